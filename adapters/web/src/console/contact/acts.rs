//! What staff do to one contact.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::SessionId;
use magiclink_domain::link::LinkSubject;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::{EmailAddress, ExternalId, InvalidValue, Locale, Name, PhoneNumber, Reason, Slug};

use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::contacts::filled;
use crate::console::flash::Flash;
use crate::console::refused::Refused;
use crate::http::form::Fields;

pub(in crate::console) async fn change(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let change = entered(&asked.fields).map_err(Rejection::from)?;
    let done = web.use_cases.change_contact(&asked.caller, contact, change).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::DetailsChanged).await)
}

/// The form holds every detail: an empty field removes it.
fn entered(fields: &Fields) -> Result<DetailsChange, InvalidValue> {
    Ok(DetailsChange {
        name: Some(Name::parse(fields.text("name"))?),
        email: Some(filled(fields.text("email"), EmailAddress::parse)?),
        phone: Some(filled(fields.text("phone"), |phone| PhoneNumber::parse(phone, None))?),
        locale: Some(filled(fields.text("locale"), Locale::parse)?),
        external_id: Some(filled(fields.text("external_id"), ExternalId::parse)?),
    })
}

pub(in crate::console) async fn grant(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let offering = Slug::parse(asked.fields.text("offering")).map_err(Rejection::from)?;
    let until = asked.fields.text("until").trim();
    let until = if until.is_empty() { None } else { Some(instant(web.config.time_zone, until)?) };
    let done = web.use_cases.grant_access(&asked.caller, contact, offering, until).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::Granted).await)
}

/// A time as browsers send it, in the portal's zone; in a doubled hour the earlier one.
pub(in crate::console) fn instant(zone: Tz, text: &str) -> Result<Timestamp, Rejection> {
    let shapes = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let naive = shapes.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok());
    let local = naive.and_then(|naive| naive.and_local_timezone(zone).earliest());
    let reason = "not a time such as 2026-05-01 15:00";
    local.map(|local| local.to_utc().into()).ok_or(InvalidValue { field: "until", reason }.into())
}

pub(in crate::console) async fn ungrant(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let offering = Slug::parse(asked.fields.text("offering")).map_err(Rejection::from)?;
    let reason = Reason::parse(asked.fields.text("reason")).map_err(Rejection::from)?;
    let done = web.use_cases.revoke_access(&asked.caller, contact, offering, reason).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::Ungranted).await)
}

pub(in crate::console) async fn end_session(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let session: SessionId = asked.fields.text("session").parse().map_err(|_| Rejection::SessionNotFound)?;
    // A session of somebody else is none of this contact's.
    match web.use_cases.link(&asked.caller, session.link).await.map(|link| link.subject) {
        Ok(LinkSubject::Contact { contact: of, .. }) if of == contact => {}
        Ok(LinkSubject::Contact { .. } | LinkSubject::Staff(_)) | Err(Failure::Rejected(_)) => {
            return Err(Rejection::SessionNotFound.into());
        }
        Err(failure) => return Err(failure.into()),
    }
    let done = web.use_cases.end_session(&asked.caller, session).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::SessionEnded).await)
}

pub(in crate::console) async fn sign_out_everywhere(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let done = web.use_cases.sign_out_everywhere(&asked.caller, contact).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::SignedOut).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_meant_in_the_portals_zone() {
        let berlin = |text| instant(Tz::Europe__Berlin, text).map(|at| at.to_string());
        assert_eq!(berlin("2026-05-01T15:00").unwrap(), "2026-05-01T13:00:00Z");
        assert_eq!(berlin("2026-10-25T02:30").unwrap(), "2026-10-25T00:30:00Z", "twice that night");
        assert!(berlin("2026-03-29T02:30").is_err(), "never that night");
        assert!(berlin("tomorrow").is_err());
    }
}
