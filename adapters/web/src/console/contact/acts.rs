//! What staff do to a contact's sessions; and times as forms send them.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use magiclink_domain::id::SessionId;
use magiclink_domain::link::LinkSubject;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::InvalidValue;

use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::refused::Refused;

/// A time as browsers send it, in the portal's zone; in a doubled hour the earlier one.
pub(in crate::console) fn instant(zone: Tz, text: &str) -> Result<Timestamp, Rejection> {
    let shapes = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let naive = shapes.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok());
    let local = naive.and_then(|naive| naive.and_local_timezone(zone).earliest());
    let reason = "not a time such as 2026-05-01 15:00";
    local.map(|local| local.to_utc().into()).ok_or(InvalidValue { field: "until", reason }.into())
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
