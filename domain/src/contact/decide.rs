//! The contact's rules.

use super::command::{ContactCommand, DetailsChange};
use super::event::{Admission, ContactEvent, Details, RenewedWhy, RowDigest};
use super::notice;
use super::state::{Contact, ContactState};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::time::Timestamp;
use crate::value::Slug;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// The [`Rejection`] of the rule that says no.
pub fn decide(state: &ContactState, command: ContactCommand, ctx: &Ctx) -> Result<Vec<ContactEvent>, Rejection> {
    match (state, command) {
        (ContactState::Absent, ContactCommand::AddContact(details)) => add(details),
        (ContactState::Absent, ContactCommand::ImportContact { details, row, grants }) => {
            let mut events = add(Details { row: Some(row), ..details })?;
            events.extend(grants.into_iter().map(|offering| ContactEvent::AccessGranted { offering, until: None }));
            Ok(events)
        }
        (ContactState::Absent, _) => Err(Rejection::ContactNotFound),
        // Whoever asks to erase twice has what they wanted; and nothing is left of an address that had a notice.
        (
            ContactState::Erasing(_) | ContactState::Erased,
            ContactCommand::RequestErasure | ContactCommand::ServeNotice { .. },
        )
        | (ContactState::Erased, ContactCommand::RecordKeyDestroyed) => Ok(vec![]),
        (ContactState::Erasing(_), ContactCommand::RecordKeyDestroyed) => Ok(vec![ContactEvent::ContactErased]),
        (ContactState::Erasing(_) | ContactState::Erased, _) => Err(Rejection::ContactErased),
        (ContactState::Present(contact), command) => present(contact, command, ctx),
    }
}

fn present(contact: &Contact, command: ContactCommand, ctx: &Ctx) -> Result<Vec<ContactEvent>, Rejection> {
    match command {
        // Somebody else's command added the contact, under the external id that both claimed.
        ContactCommand::AddContact(_) => Err(Rejection::ExternalIdTaken),
        // A key is destroyed only after erasure was requested; without, there is nothing to note.
        ContactCommand::RecordKeyDestroyed => Ok(vec![]),
        ContactCommand::ChangeContactDetails(change) => change_details(contact, &change, ctx),
        ContactCommand::ImportContact { details, row, grants } => import(contact, details, row, grants, ctx),
        ContactCommand::GrantAccess { offering, until } => grant(contact, offering, until, ctx.now),
        ContactCommand::RevokeAccess { offering, reason } => Ok(match contact.grants.get(&offering) {
            Some(_) => vec![ContactEvent::AccessRevoked { offering, reason: reason.map(Personal::Known) }],
            None => vec![],
        }),
        ContactCommand::SignOutEverywhere => Ok(vec![renewed(contact, RenewedWhy::SignedOutEverywhere)]),
        ContactCommand::DisputeSignIn => {
            Ok(vec![ContactEvent::SignInDisputed, renewed(contact, RenewedWhy::SignedOutEverywhere)])
        }
        ContactCommand::RevokeAllLinks => Ok(vec![renewed(contact, RenewedWhy::LinksRevoked)]),
        ContactCommand::ServeNotice { notice, step } => Ok(notice::step(&contact.notices, notice, step, ctx.now)),
        ContactCommand::PreviewPortal => Ok(vec![ContactEvent::PortalPreviewed]),
        ContactCommand::RequestErasure => {
            Ok(vec![renewed(contact, RenewedWhy::Erasure), ContactEvent::ErasureRequested])
        }
    }
}

fn add(details: Details) -> Result<Vec<ContactEvent>, Rejection> {
    reachable(&details)?;
    Ok(vec![ContactEvent::ContactAdded { details: Personal::Known(details) }])
}

fn reachable(details: &Details) -> Result<(), Rejection> {
    if details.email.is_none() && details.phone.is_none() { Err(Rejection::NoAddress) } else { Ok(()) }
}

fn change_details(contact: &Contact, change: &DetailsChange, ctx: &Ctx) -> Result<Vec<ContactEvent>, Rejection> {
    let Personal::Known(old) = &contact.details else { return Err(Rejection::ContactErased) };
    let new = change.applied_to(old);
    reachable(&new)?;
    if new == *old {
        return Ok(vec![]);
    }
    let notices = notice::requested(old, &new, ctx);
    let mut events = vec![ContactEvent::ContactDetailsChanged { details: Personal::Known(new) }];
    if change.moves_an_address(old) {
        events.push(renewed(contact, RenewedWhy::AddressChanged));
    }
    events.extend(notices);
    Ok(events)
}

fn import(
    contact: &Contact, details: Details, row: RowDigest, grants: Vec<Slug>, ctx: &Ctx,
) -> Result<Vec<ContactEvent>, Rejection> {
    let Personal::Known(old) = &contact.details else { return Err(Rejection::ContactErased) };
    if old.row == Some(row) {
        return Ok(vec![]);
    }
    // A row never removes: an empty cell leaves what is known.
    let new = Details {
        email: details.email.or_else(|| old.email.clone()),
        phone: details.phone.or_else(|| old.phone.clone()),
        locale: details.locale.or_else(|| old.locale.clone()),
        external_id: old.external_id.clone().or(details.external_id),
        row: Some(row),
        ..details
    };
    let notices = notice::requested(old, &new, ctx);
    let mut events = vec![ContactEvent::ContactDetailsChanged { details: Personal::Known(new) }];
    let fresh: Vec<_> = grants.into_iter().filter(|offering| !contact.may_see(offering, ctx.now)).collect();
    if !notices.is_empty() {
        events.push(renewed(contact, RenewedWhy::AddressChanged));
    } else if !fresh.is_empty() && readmits(contact, ctx.now) {
        events.push(renewed(contact, RenewedWhy::Readmitted));
    }
    events.extend(notices);
    events.extend(fresh.into_iter().map(|offering| ContactEvent::AccessGranted { offering, until: None }));
    Ok(events)
}

fn grant(
    contact: &Contact, offering: Slug, until: Option<Timestamp>, now: Timestamp,
) -> Result<Vec<ContactEvent>, Rejection> {
    if until.is_some_and(|until| until <= now) {
        return Err(Rejection::UntilInThePast);
    }
    if contact.grants.get(&offering).is_some_and(|grant| grant.until == until) {
        return Ok(vec![]);
    }
    let mut events = vec![ContactEvent::AccessGranted { offering, until }];
    if readmits(contact, now) {
        events.push(renewed(contact, RenewedWhy::Readmitted));
    }
    Ok(events)
}

/// The next grant is the first after having none: links from the time before must not come back to life.
fn readmits(contact: &Contact, now: Timestamp) -> bool {
    contact.was_in_portal && !contact.in_portal(now)
}

fn renewed(contact: &Contact, why: RenewedWhy) -> ContactEvent {
    ContactEvent::AdmissionsRenewed { admission: Admission(contact.admission.0.saturating_add(1)), why }
}
