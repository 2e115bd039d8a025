//! One contact: who they are, what they may see, and everything that happened.

mod access;
mod acts;
mod details;
mod erasure;
mod page;
mod preview;
mod then;
mod why;

pub(super) use access::{grant, revoke_all, undo, ungrant};
pub(super) use acts::{end_session, instant, sign_out_everywhere};
pub(super) use details::{change, edit};
pub(super) use erasure::{ask as ask_to_erase, erase};
pub(super) use page::show;
pub(super) use preview::preview;
pub(super) use then::then;
pub(super) use why::why;

use magiclink_domain::id::ContactId;
use magiclink_domain::rejection::Rejection;

use super::refused::Refused;

/// The contact that a path names; what is no id names nobody.
fn named(id: &str) -> Result<ContactId, Refused> {
    id.parse().map_err(|_| Refused::from(Rejection::ContactNotFound))
}

fn path(contact: ContactId) -> String {
    format!("/console/contacts/{contact}")
}
