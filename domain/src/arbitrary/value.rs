//! Any value an event may hold, from few enough that histories hit the same things again.

use proptest::prelude::*;
use uuid::Uuid;

use crate::id::{ContactId, StaffId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::{EmailAddress, Name, Reason, Slug};

pub(super) fn contact() -> impl Strategy<Value = ContactId> {
    few().prop_map(ContactId::from_uuid)
}

pub(super) fn staff() -> impl Strategy<Value = StaffId> {
    few().prop_map(StaffId::from_uuid)
}

/// One of five ids.
pub(super) fn few() -> impl Strategy<Value = Uuid> {
    (0_u128..5).prop_map(Uuid::from_u128)
}

pub(super) fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![any::<i64>(), 0_i64..5].prop_map(Timestamp::from_micros)
}

pub(super) fn slug() -> impl Strategy<Value = Slug> {
    "[a-c]{1,2}(-[0-9])?".prop_map(Slug::stored)
}

pub(super) fn name() -> impl Strategy<Value = Name> {
    "\\PC{0,20}".prop_map(Name::stored)
}

pub(super) fn email() -> impl Strategy<Value = EmailAddress> {
    "[a-c]{1,2}@example\\.com".prop_map(EmailAddress::stored)
}

pub(super) fn index() -> impl Strategy<Value = BlindIndex> {
    (0_u8..5).prop_map(|byte| BlindIndex([byte; 16]))
}

pub(super) fn reason() -> impl Strategy<Value = Option<Personal<Reason>>> {
    proptest::option::of(personal(".{0,20}".prop_map(Reason::stored)))
}

/// Known or erased.
pub(super) fn personal<T: Clone + std::fmt::Debug>(
    known: impl Strategy<Value = T>,
) -> impl Strategy<Value = Personal<T>> {
    proptest::option::weighted(0.8, known).prop_map(|known| known.map_or(Personal::Erased, Personal::Known))
}
