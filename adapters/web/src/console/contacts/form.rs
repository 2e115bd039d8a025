//! The fields of a contact: what was typed, what is wrong with it, and what it will be taken as.
//!
//! Apart from adding and changing because both have the same fields, and the page asks while somebody types: the rules are
//! the values' own, once.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use magiclink_domain::authority::Act;
use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Failure, NewContact};
use magiclink_domain::value::{Country, EmailAddress, ExternalId, InvalidValue, Locale, Name, PhoneNumber};
use magiclink_projections::EXTERNAL_ID;
use serde_json::json;

use crate::Web;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::http::failure::sentence;
use crate::http::form::{Fields, Posted};

/// The fields, as forms name them.
const FIELDS: [&str; 6] = ["name", "email", "phone", "country", "external_id", "locale"];
/// What stands below a field while there is nothing better to say.
const HINTS: [(&str, &str); 5] = [
    ("email", "Where links and notices are sent."),
    ("phone", "With + and the country’s code, or name the country below."),
    ("country", "Two letters such as US."),
    ("external_id", "Their id in your CRM; no two contacts have the same."),
    ("locale", "Such as en or pt-BR: the language of messages and pages."),
];
/// Others with the same address that are named.
const SHARERS: usize = 2;

/// What was typed into a contact's form.
#[derive(Default)]
pub(in crate::console) struct Typed {
    texts: BTreeMap<&'static str, String>,
    problems: BTreeMap<&'static str, String>,
    hints: BTreeMap<&'static str, String>,
}

impl Typed {
    /// An empty form but for one field.
    pub(in crate::console) fn begun(field: &'static str, text: &str) -> Self {
        Self { texts: [(field, text.to_owned())].into(), ..Self::default() }
    }

    /// What stands in the form of a contact who is known.
    pub(in crate::console) fn of(details: &Details) -> Self {
        let text = |value: Option<String>| value.unwrap_or_default();
        let phone = details.phone.as_ref().map(PhoneNumber::international);
        let texts = [
            ("name", details.name.to_string()),
            ("email", text(details.email.as_ref().map(ToString::to_string))),
            ("phone", text(phone)),
            ("external_id", text(details.external_id.as_ref().map(ToString::to_string))),
            ("locale", text(details.locale.as_ref().map(ToString::to_string))),
        ];
        Self { texts: texts.into(), ..Self::default() }
    }

    /// The contact that was typed, or nothing where something is wrong; and what the form says beside each field.
    pub(in crate::console) fn read(fields: &Fields) -> (Option<NewContact>, Self) {
        let texts = FIELDS.map(|field| (field, fields.text(field).to_owned()));
        let mut typed = Self { texts: texts.into(), ..Self::default() };
        let country = typed.take("country", |text| filled(text, Country::parse));
        let name = typed.take("name", Name::parse);
        let email = typed.take("email", |text| filled(text, EmailAddress::parse));
        let phone = typed.take("phone", |text| filled(text, |text| PhoneNumber::parse(text, country.flatten())));
        let external_id = typed.take("external_id", |text| filled(text, ExternalId::parse));
        let locale = typed.take("locale", |text| filled(text, Locale::parse));
        if let (Some(None), Some(None)) = (&email, &phone) {
            typed.problems.insert("email", sentence(&Rejection::NoAddress.to_string()));
        }
        if let Some(Some(phone)) = &phone {
            let of = phone.country().map_or(String::new(), |country| format!(" ({country})"));
            typed.hints.insert("phone", format!("{}{of}", phone.international()));
        }
        let read = |typed: &Self| {
            let (Some(name), Some(email), Some(phone)) = (name, email, phone) else { return None };
            let (Some(external_id), Some(locale)) = (external_id, locale) else { return None };
            typed.problems.is_empty().then_some(NewContact { name, email, phone, locale, external_id })
        };
        (read(&typed), typed)
    }

    /// The field's value; notes what is wrong with it.
    fn take<T>(&mut self, field: &'static str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>) -> Option<T> {
        let parsed = parse(self.texts.get(field).map_or("", String::as_str));
        parsed.map_err(|invalid| self.problems.insert(field, sentence(invalid.reason))).ok()
    }

    /// A rule's no that belongs to one field; `false` where it belongs to none.
    pub(in crate::console) fn refuse(&mut self, rejection: &Rejection) -> bool {
        let invalid = if let Rejection::Invalid(invalid) = rejection { invalid.field } else { "" };
        let named = match rejection.code() {
            "no_address" => "email",
            "external_id_taken" => "external_id",
            _ => invalid,
        };
        let Some(field) = FIELDS.into_iter().find(|field| *field == named) else { return false };
        self.problems.insert(field, sentence(&rejection.to_string()));
        true
    }

    /// Says who else has what was typed; another's external id is a problem, a shared address is not.
    async fn compare(
        &mut self, web: &Web, staff: &Staff, new: &Shared, except: Option<ContactId>,
    ) -> Result<(), Failure> {
        let lists = staff.lists(web, Act::Read)?;
        let keyring = web.use_cases.ports().keys.keyring();
        if let Some(external_id) = &new.external_id {
            let index = keyring.blind_index(EXTERNAL_ID, external_id.as_str());
            let holders = lists.contacts_by_external_id(index).await?;
            if holders.iter().any(|holder| Some(*holder) != except) {
                self.problems.insert("external_id", sentence(&Rejection::ExternalIdTaken.to_string()));
            }
        }
        let email = new.email.as_ref().map(EmailAddress::as_str);
        let phone = new.phone.as_ref().map(PhoneNumber::as_str);
        for (field, address) in [("email", email), ("phone", phone)] {
            let Some(address) = address else { continue };
            let mut sharers = lists.contacts_by_text(address, SHARERS + 1).await?;
            sharers.retain(|sharer| Some(*sharer) != except);
            let Some(first) = sharers.first() else { continue };
            let name = lists.contact(*first).await?.map_or_else(String::new, |view| people::name(&view));
            let others = if sharers.len() > 1 { " and others have" } else { " has" };
            let shared = format!("{name}{others} it too; that is fine where they share it.");
            let hint = self.hints.remove(field).map_or(shared.clone(), |hint| format!("{hint}. {shared}"));
            self.hints.insert(field, hint);
        }
        Ok(())
    }

    pub(in crate::console) fn text(&self, field: &str) -> &str {
        self.texts.get(field).map_or("", String::as_str)
    }

    pub(in crate::console) fn problem(&self, field: &str) -> &str {
        self.problems.get(field).map_or("", String::as_str)
    }

    pub(in crate::console) fn is_wrong(&self, field: &str) -> bool {
        self.problems.contains_key(field)
    }

    pub(in crate::console) fn hint(&self, field: &str) -> &str {
        let standing = || HINTS.iter().find(|(name, _)| *name == field).map_or("", |(_, hint)| hint);
        self.hints.get(field).map_or_else(standing, String::as_str)
    }
}

/// What contacts may have in common.
struct Shared {
    email: Option<EmailAddress>,
    phone: Option<PhoneNumber>,
    external_id: Option<ExternalId>,
}

/// What stands in a field that may stay empty.
pub(in crate::console) fn filled<T>(
    text: &str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Result<Option<T>, InvalidValue> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// What the page says beside each field, while somebody types. Makes nothing.
pub(in crate::console) async fn check(
    State(web): State<Web>, staff: Staff, posted: Posted,
) -> Result<Response, Refused> {
    let fields = &posted.fields;
    let (_, mut typed) = Typed::read(fields);
    let country = Country::parse(fields.text("country")).ok();
    let shared = Shared {
        email: EmailAddress::parse(fields.text("email")).ok(),
        phone: PhoneNumber::parse(fields.text("phone"), country).ok(),
        external_id: ExternalId::parse(fields.text("external_id")).ok(),
    };
    typed.compare(&web, &staff, &shared, fields.text("except").parse().ok()).await?;
    let told =
        FIELDS.map(|field| json!({ "field": field, "problem": typed.problem(field), "hint": typed.hint(field) }));
    Ok(Json(told).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Option<NewContact>, Typed) {
        Typed::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_field_at_fault_is_named_at_once() {
        let (new, typed) =
            read(&[("name", " "), ("email", "a@@b"), ("phone", "12"), ("country", "XX"), ("locale", "1234567890")]);
        assert!(new.is_none());
        for field in ["name", "email", "phone", "country", "locale"] {
            assert!(typed.is_wrong(field) && typed.problem(field).ends_with('.'), "{field}");
        }
        assert_eq!(typed.text("email"), "a@@b", "what was typed stays");
        assert!(!typed.is_wrong("external_id"));
    }

    #[test]
    fn the_phone_is_told_as_people_read_it() {
        let (new, typed) = read(&[("name", "Ana"), ("phone", "(415) 555-0100"), ("country", "us")]);
        assert_eq!(new.unwrap().phone.unwrap().as_str(), "+14155550100");
        assert_eq!(typed.hint("phone"), "+1 415-555-0100 (US)");
    }

    #[test]
    fn one_address_is_needed_and_one_is_enough() {
        assert!(read(&[("name", "Ana")]).1.problem("email").contains("e-mail address or a phone number"));
        assert!(read(&[("name", "Ana"), ("email", "ana@example.com")]).0.is_some());
        assert!(read(&[("name", "Ana"), ("phone", "+14155550100")]).0.is_some());
    }
}
