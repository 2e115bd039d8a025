//! `contact`, `grant`, `revoke`.

use magiclink_domain::contact::ContactState;
use magiclink_domain::id::ContactId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{ContactCard, NewContact};
use magiclink_domain::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Slug};
use serde_json::{Value, json};

use super::arguments::{AddContact, ContactCommand};
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time::shown;

pub(super) async fn run(asking: &Asking<'_>, command: ContactCommand) -> Result<Output, CliFailure> {
    match command {
        ContactCommand::Add(new) => add(asking, &new).await,
        ContactCommand::Show { contact } => {
            let contact = asking.contact(&contact).await?;
            show(asking, contact).await
        }
        ContactCommand::Search { text, limit } => search(asking, &text, limit).await,
        ContactCommand::Erase { contact } => erase(asking, &contact).await,
    }
}

async fn add(asking: &Asking<'_>, new: &AddContact) -> Result<Output, CliFailure> {
    let new = NewContact {
        name: Name::parse(&new.name)?,
        email: new.email.as_deref().map(EmailAddress::parse).transpose()?,
        phone: new.phone.as_deref().map(|phone| PhoneNumber::parse(phone, None)).transpose()?,
        locale: new.locale.as_deref().map(Locale::parse).transpose()?,
        external_id: new.external_id.as_deref().map(ExternalId::parse).transpose()?,
    };
    let done = asking.use_cases().add_contact(&asking.caller, new).await?;
    asking.shown(done.position).await?;
    let mut output = show(asking, done.value).await?;
    output.text = format!("added {}\n", done.value);
    Ok(output)
}

async fn show(asking: &Asking<'_>, contact: ContactId) -> Result<Output, CliFailure> {
    let card = asking.use_cases().contact_card(&asking.caller, contact).await?;
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![vec!["id".to_owned(), card.id.to_string()], vec!["name".into(), card.details.name.to_string()]];
    let mut row = |what: &str, value: Option<String>| rows.extend(value.map(|value| vec![what.to_owned(), value]));
    row("e-mail", card.details.email.as_ref().map(ToString::to_string));
    row("phone", card.details.phone.as_ref().map(ToString::to_string));
    row("external id", card.details.external_id.as_ref().map(ToString::to_string));
    row("language", card.details.locale.as_ref().map(ToString::to_string));
    row("in the portal", Some(if card.in_portal { "yes" } else { "no" }.to_owned()));
    row("text messages", card.sms_opted_out.then(|| "opted out".to_owned()));
    row("added", Some(shown(card.created_at, zone)));
    for grant in &card.grants {
        let until = grant.until.map_or_else(String::new, |until| format!(" until {}", shown(until, zone)));
        row(grant.offering.kind.as_str(), Some(format!("{} ({}){until}", grant.offering.title, grant.slug)));
    }
    Ok(Output::new(contact_json(&card), table(&rows)))
}

/// A contact as the API shows one.
pub(super) fn contact_json(card: &ContactCard) -> Value {
    let text = |value: Option<String>| value.map_or(Value::Null, Value::String);
    let grants: Vec<Value> = card
        .grants
        .iter()
        .map(|grant| {
            json!({
                "offering": grant.slug.as_str(),
                "kind": grant.offering.kind.as_str(),
                "title": grant.offering.title.as_str(),
                "since": grant.since.to_string(),
                "until": text(grant.until.map(|until| until.to_string())),
            })
        })
        .collect();
    json!({
        "id": card.id.to_string(),
        "name": card.details.name.as_str(),
        "email": text(card.details.email.as_ref().map(ToString::to_string)),
        "phone": text(card.details.phone.as_ref().map(ToString::to_string)),
        "external_id": text(card.details.external_id.as_ref().map(ToString::to_string)),
        "locale": text(card.details.locale.as_ref().map(ToString::to_string)),
        "in_portal": card.in_portal,
        "sms_opted_out": card.sms_opted_out,
        "grants": grants,
        "created_at": card.created_at.to_string(),
    })
}

async fn search(asking: &Asking<'_>, text: &str, limit: u32) -> Result<Output, CliFailure> {
    asking.shown(Some(asking.app.head().await?)).await?;
    let found = asking.app.search(text, limit as usize).await?;
    let mut items = vec![];
    let mut rows = vec![["id", "name", "e-mail", "phone", "external id"].map(str::to_owned).to_vec()];
    for contact in found {
        // Erased a moment ago.
        let Ok(card) = asking.use_cases().contact_card(&asking.caller, contact).await else { continue };
        let cell = |value: Option<String>| value.unwrap_or_default();
        rows.push(vec![
            card.id.to_string(),
            card.details.name.to_string(),
            cell(card.details.email.as_ref().map(ToString::to_string)),
            cell(card.details.phone.as_ref().map(ToString::to_string)),
            cell(card.details.external_id.as_ref().map(ToString::to_string)),
        ]);
        items.push(contact_json(&card));
    }
    let text = if items.is_empty() { "nobody found\n".to_owned() } else { table(&rows) };
    Ok(Output::new(json!({ "items": items }), text))
}

async fn erase(asking: &Asking<'_>, contact: &str) -> Result<Output, CliFailure> {
    // An erasure that was cut off can be asked for again by id.
    let contact = match contact.parse::<ContactId>() {
        Ok(id) if !matches!(asking.use_cases().contact_state(&asking.caller, id).await?, ContactState::Absent) => id,
        Ok(_) => return Err(Rejection::ContactNotFound.into()),
        Err(_) => asking.contact(contact).await?,
    };
    let done = asking.use_cases().erase_contact(&asking.caller, contact).await?;
    asking.shown(done.position).await?;
    asking.app.after_erasure().await?;
    let at = done.value.erased_at;
    let text = format!("erased {contact}: nothing personal can be read any more; the history stays\n");
    Ok(Output::new(json!({ "contact_id": contact.to_string(), "erased_at": at.to_string() }), text))
}

pub(super) async fn grant(
    asking: &Asking<'_>, contact: &str, offering: &str, until: Option<String>,
) -> Result<Output, CliFailure> {
    let slug = Slug::parse(offering)?;
    let until = until.map(|text| asking.time(&text)).transpose()?;
    let contact = asking.contact(contact).await?;
    let done = asking.use_cases().grant_access(&asking.caller, contact, slug.clone(), until).await?;
    asking.shown(done.position).await?;
    let json = json!({
        "contact_id": contact.to_string(), "offering": slug.as_str(), "until": until.map(|until| until.to_string()),
    });
    let text = if done.position.is_some() { "granted" } else { "already granted" };
    Ok(Output::new(json, format!("{text}: {contact} sees {slug}\n")))
}

pub(super) async fn revoke(asking: &Asking<'_>, contact: &str, offering: &str) -> Result<Output, CliFailure> {
    let slug = Slug::parse(offering)?;
    let contact = asking.contact(contact).await?;
    let done = asking.use_cases().revoke_access(&asking.caller, contact, slug.clone(), None).await?;
    asking.shown(done.position).await?;
    let json = json!({ "contact_id": contact.to_string(), "offering": slug.as_str() });
    let text = if done.position.is_some() { "revoked" } else { "there was no such grant" };
    Ok(Output::new(json, format!("{text}: {contact} does not see {slug}\n")))
}
