//! Calls about contacts: who they are and what they may see.

pub(super) mod access;
pub(super) mod search;
mod view;

pub(crate) use view::{ContactView, GrantView};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::contact::{ContactEvent, DetailsChange};
use magiclink_domain::id::ContactId;
use magiclink_domain::usecases::{Caller, NewContact, TimelineEvent};
use magiclink_domain::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address::At;
use super::body::Body;
use super::fields::{Becomes, Time, becomes, change, optional, text};
use super::identity::Identity;
use super::once::Key;
use super::problem::Problem;
use crate::Web;

/// A contact to be added. At least an e-mail address or a phone number is needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContact, example = json!({
    "name": "Ana Lima", "email": "ana@example.com", "phone": "+14155550100", "external_id": "crm-000001", "locale": "pt-BR"
}))]
pub(crate) struct NewContactBody {
    /// 1 to 200 characters in any script.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// One plain address; kept in lower case.
    #[schema(max_length = 254)]
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// E.164: + and the country's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Their id in your CRM, 1 to 100 characters; unique.
    #[schema(min_length = 1, max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// The language of messages and pages, such as en or pt-BR.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

/// What is to be different about a contact; what is left out stays, null removes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ana Souza", "phone": null}))]
pub(crate) struct ContactChange {
    /// Another name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Another e-mail address.
    #[serde(default, deserialize_with = "becomes")]
    #[schema(value_type = Option<String>, max_length = 254)]
    email: Option<Becomes>,
    /// Another phone number.
    #[serde(default, deserialize_with = "becomes")]
    #[schema(value_type = Option<String>)]
    phone: Option<Becomes>,
    /// Another id in your CRM.
    #[serde(default, deserialize_with = "becomes")]
    #[schema(value_type = Option<String>, max_length = 100)]
    external_id: Option<Becomes>,
    /// Another language.
    #[serde(default, deserialize_with = "becomes")]
    #[schema(value_type = Option<String>)]
    locale: Option<Becomes>,
}

/// Proof of an erasure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErasureReceipt, example = json!({
    "contact_id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "erased_at": "2026-05-01T15:00:00Z"
}))]
pub(crate) struct Receipt {
    /// Who was erased.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    contact_id: ContactId,
    /// When their key was destroyed.
    erased_at: Time,
}

/// Add a contact
#[utoipa::path(
    post, path = "/contacts", tag = "Contacts", operation_id = "add_contact",
    request_body = NewContactBody,
    responses((status = 201, description = "The contact", body = ContactView)),
    extensions(("x-errors" = json!([
        "forbidden", "invalid_email", "invalid_phone", "no_address", "external_id_taken", "contact_erased"
    ]))),
)]
pub(crate) async fn add(
    State(web): State<Web>, identity: Identity, key: Key, Body(body): Body<NewContactBody>,
) -> Result<(StatusCode, Json<ContactView>), Problem> {
    let new = NewContact {
        name: Name::parse(&body.name)?,
        email: optional(body.email.as_ref(), EmailAddress::parse)?,
        phone: optional(body.phone.as_ref(), |phone| PhoneNumber::parse(phone, None))?,
        locale: optional(body.locale.as_ref(), Locale::parse)?,
        external_id: optional(body.external_id.as_ref(), ExternalId::parse)?,
    };
    let caller = key.caller(&web, &identity, &body)?;
    let done = web.use_cases.add_contact(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(card(&web, &caller, done.value).await?)))
}

/// Get a contact
#[utoipa::path(
    get, path = "/contacts/{id}", tag = "Contacts", operation_id = "get_contact",
    params(("id" = String, Path, description = "The contact", format = Uuid)),
    responses((status = 200, description = "The contact", body = ContactView)),
    extensions(("x-errors" = json!(["contact_not_found", "contact_erased"]))),
)]
pub(crate) async fn get_one(
    State(web): State<Web>, identity: Identity, At(contact): At<ContactId>,
) -> Result<Json<ContactView>, Problem> {
    card(&web, &identity.caller(&web), contact).await.map(Json)
}

/// Change a contact
///
/// A changed or removed address ends the contact's links and sessions; an agent's token confirms that with
/// `?confirm=true`.
#[utoipa::path(
    patch, path = "/contacts/{id}", tag = "Contacts", operation_id = "change_contact",
    params(
        ("id" = String, Path, description = "The contact", format = Uuid),
        ("confirm" = Option<bool>, Query, description = "Says yes to what needs a confirmation"),
    ),
    request_body = ContactChange,
    responses((status = 200, description = "The contact", body = ContactView)),
    extensions(("x-errors" = json!([
        "forbidden", "confirmation_required", "contact_not_found", "contact_erased", "invalid_email", "invalid_phone",
        "no_address", "external_id_taken"
    ]))),
)]
pub(crate) async fn change_one(
    State(web): State<Web>, identity: Identity, At(contact): At<ContactId>, Body(body): Body<ContactChange>,
) -> Result<Json<ContactView>, Problem> {
    let wanted = DetailsChange {
        name: optional(body.name.as_ref(), Name::parse)?,
        email: change(body.email.as_ref(), EmailAddress::parse)?,
        phone: change(body.phone.as_ref(), |phone| PhoneNumber::parse(phone, None))?,
        locale: change(body.locale.as_ref(), Locale::parse)?,
        external_id: change(body.external_id.as_ref(), ExternalId::parse)?,
    };
    let caller = identity.caller(&web);
    web.use_cases.change_contact(&caller, contact, wanted).await?;
    card(&web, &caller, contact).await.map(Json)
}

/// Erase a contact
///
/// Destroys the key of everything personal about them, for good; the history stays, without the person. Idempotent.
#[utoipa::path(
    delete, path = "/contacts/{id}", tag = "Contacts", operation_id = "erase_contact",
    params(("id" = String, Path, description = "The contact", format = Uuid)),
    responses((status = 200, description = "Erased: a receipt", body = Receipt)),
    extensions(("x-errors" = json!(["forbidden", "contact_not_found"]))),
)]
pub(crate) async fn erase(
    State(web): State<Web>, identity: Identity, At(contact): At<ContactId>,
) -> Result<Json<Receipt>, Problem> {
    let caller = identity.caller(&web);
    let done = web.use_cases.erase_contact(&caller, contact).await?;
    // Whoever asks again gets the receipt of the first time.
    let timeline = web.use_cases.contact_timeline(&caller, contact).await?;
    let erased = timeline.iter().find(|entry| entry.event == TimelineEvent::Contact(ContactEvent::ContactErased));
    let erased_at = erased.map_or(done.value.erased_at, |entry| entry.meta.at);
    Ok(Json(Receipt { contact_id: contact, erased_at: Time(erased_at) }))
}

async fn card(web: &Web, caller: &Caller, contact: ContactId) -> Result<ContactView, Problem> {
    Ok(web.use_cases.contact_card(caller, contact).await?.into())
}
