//! What a contact may see: granted, granted until another time, taken away, and taken back.

use axum::extract::{Path, State};
use axum::response::Response;
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Done, Failure, Undo};
use magiclink_domain::value::{InvalidValue, Reason, Slug};
use magiclink_projections::OfferingView;
use uuid::Uuid;

use super::acts::instant;
use super::page::{Refusal, draw};
use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, shown};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::Shell;
use crate::http::failure::sentence;
use crate::http::page::see_other;

/// On to the contact, who is told what was done and how to take it back.
async fn back(web: &Web, asked: &Asked, done: &Done<ContactId>, flash: Flash) -> Response {
    shown(web, done).await;
    let undo = done.position.map_or(String::new(), |_| format!("&undo={}", asked.caller.command));
    see_other(&format!("{}?done={}{undo}", path(done.value), flash.id()))
}

pub(in crate::console) async fn grant(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let offering = Slug::parse(asked.fields.text("offering")).map_err(Rejection::from)?;
    let known = web.use_cases.contact_state(&asked.staff.reader(&web), contact).await?;
    let changes = known.present().is_some_and(|known| known.grants.contains_key(&offering));
    let granted = match until(&web, asked.fields.text("until")) {
        Ok(until) => web.use_cases.grant_access(&asked.caller, contact, offering.clone(), until).await,
        Err(rejection) => Err(rejection.into()),
    };
    match granted {
        Ok(done) => {
            let flash = if changes { Flash::UntilChanged } else { Flash::Granted };
            Ok(back(&web, &asked, &done, flash).await)
        }
        Err(Failure::Rejected(rejection @ (Rejection::UntilInThePast | Rejection::Invalid(_)))) => {
            let text = sentence(&rejection.to_string());
            let refusal = Refusal { rejection, text, offering, until: asked.fields.text("until").to_owned() };
            draw(&web, &asked.staff, contact, None, Some(refusal)).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Nothing typed is for good.
fn until(web: &Web, text: &str) -> Result<Option<Timestamp>, Rejection> {
    match text.trim() {
        "" => Ok(None),
        text => instant(web.config.time_zone, text).map(Some),
    }
}

pub(in crate::console) async fn ungrant(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let offering = Slug::parse(asked.fields.text("offering")).map_err(Rejection::from)?;
    let reason = Reason::parse(asked.fields.text("reason")).map_err(Rejection::from)?;
    let done = web.use_cases.revoke_access(&asked.caller, contact, offering, reason).await?;
    Ok(back(&web, &asked, &done, Flash::Ungranted).await)
}

/// Out of the portal.
pub(in crate::console) async fn revoke_all(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let reason = Reason::parse(asked.fields.text("reason")).map_err(Rejection::from)?;
    let done = web.use_cases.revoke_all_access(&asked.caller, contact, reason).await?;
    Ok(back(&web, &asked, &done, Flash::AllUngranted).await)
}

pub(in crate::console) async fn undo(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let reason = "this form names nothing to be undone: reload the contact's page";
    let of = command(asked.fields.text("of")).ok_or(Rejection::from(InvalidValue { field: "of", reason }))?;
    let done = web.use_cases.undo_access(&asked.caller, contact, of).await?;
    shown(&web, &done).await;
    Ok(see_other(&format!("{}?done={}", path(contact), Flash::Undone.id())))
}

fn command(text: &str) -> Option<CommandId> {
    Uuid::try_parse(text).ok().map(CommandId::from_uuid)
}

/// What can be taken back, in words.
pub(super) struct Undoable {
    pub(super) of: CommandId,
    pub(super) steps: Vec<String>,
}

/// What the page offers to take back, if the reader just did it.
pub(super) async fn undoable(
    web: &Web, page: &Shell<'_>, staff: &Staff, contact: ContactId, (of, offerings): (&str, &[OfferingView]),
) -> Result<Option<Undoable>, Failure> {
    let Some(of) = command(of) else { return Ok(None) };
    let title = |slug: &Slug| {
        let known = offerings.iter().find(|offering| offering.slug == *slug);
        known.map_or_else(|| slug.to_string(), |offering| offering.title.to_string())
    };
    let words = |step: &Undo| match step {
        Undo::Grant { offering, until: None } => format!("grant {} again", title(offering)),
        Undo::Grant { offering, until: Some(until) } => {
            format!("grant {} until {}", title(offering), page.when(*until))
        }
        Undo::Revoke { offering } => format!("take {} away again", title(offering)),
    };
    let steps: Vec<String> = web.use_cases.undoable(&staff.reader(web), contact, of).await?.iter().map(words).collect();
    Ok((!steps.is_empty()).then_some(Undoable { of, steps }))
}
