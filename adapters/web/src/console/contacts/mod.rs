//! Finding and adding contacts.

mod export;
mod form;
mod list;
mod new;

pub(super) use export::export;
pub(super) use form::{Typed, check, filled};
pub(super) use list::{found, list};
pub(super) use new::{add, new};
