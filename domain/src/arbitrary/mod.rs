//! Properties that hold for any history: folding never fails, and what is written reads back the same.
//!
//! Apart from the specs because these know no rule.

mod bulk;
mod contact;
mod link;
mod others;
mod team;
mod value;

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use uuid::Uuid;

use crate::id::{EventId, SubjectId};
use crate::personal::{SubjectKey, SubjectKeys};
use crate::stream::Stream;
use crate::wire::{Opener, Sealer};

/// A stream of which any event can be made up.
trait Arbitrary: Stream<Event: Debug + PartialEq, State: Debug + PartialEq> {
    /// Any event, in any order: also such as no rule would let happen.
    fn any_event() -> BoxedStrategy<Self::Event>;
}

fn folds<S: Arbitrary>(events: &[S::Event]) -> S::State {
    events.iter().fold(S::State::default(), S::evolve)
}

fn reads_back<S: Arbitrary>(event: &S::Event, id: u128, nonce: [u8; 12]) -> Result<(), TestCaseError> {
    let key = SubjectKey::new(SubjectId::from_uuid(Uuid::from_u128(1)), [7; 32]);
    let keys: SubjectKeys = [key.clone()].into_iter().collect();
    let id = EventId::from_uuid(Uuid::from_u128(id));
    let encoded = S::encode(event, &Sealer { event: id, key: Some(&key), nonce }).unwrap();
    let read = S::decode(encoded.kind, &encoded.data, &Opener { event: id, keys: &keys }).unwrap();
    prop_assert_eq!(&read, event);
    let opener = Opener { event: id, keys: &SubjectKeys::default() };
    prop_assert!(S::decode(encoded.kind, &encoded.data, &opener).is_ok(), "unreadable without keys");
    Ok(())
}

macro_rules! properties {
    ($($area:ident: $stream:path),+ $(,)?) => { $(
        mod $area {
            use proptest::prelude::*;

            use super::super::{Arbitrary, folds, reads_back};

            proptest! {
                #[test]
                fn any_history_folds_and_folds_the_same_again(
                    events in proptest::collection::vec(<$stream>::any_event(), 0..40),
                ) {
                    prop_assert_eq!(folds::<$stream>(&events), folds::<$stream>(&events));
                }

                #[test]
                fn any_event_reads_back_as_what_was_written(
                    event in <$stream>::any_event(), id in any::<u128>(), nonce in any::<[u8; 12]>(),
                ) {
                    reads_back::<$stream>(&event, id, nonce)?;
                }

                #[test]
                fn any_bytes_are_refused_or_read_but_never_fail(
                    event in <$stream>::any_event(), cut in any::<proptest::sample::Index>(), other in any::<u8>(),
                ) {
                    super::super::survives::<$stream>(&event, cut, other);
                }
            }
        }
    )+ };
}

/// Damages one byte of an event's stored form, or cuts it there, and reads it: an answer, whichever, is enough.
fn survives<S: Arbitrary>(event: &S::Event, place: proptest::sample::Index, other: u8) {
    let key = SubjectKey::new(SubjectId::from_uuid(Uuid::from_u128(1)), [7; 32]);
    let keys: SubjectKeys = [key.clone()].into_iter().collect();
    let id = EventId::from_uuid(Uuid::from_u128(1));
    let encoded = S::encode(event, &Sealer { event: id, key: Some(&key), nonce: [1; 12] }).unwrap();
    let at = place.index(encoded.data.len());
    let opener = Opener { event: id, keys: &keys };
    let mut damaged = encoded.data.clone();
    damaged[at] = other;
    drop(S::decode(encoded.kind, &damaged, &opener));
    assert!(S::decode(encoded.kind, &encoded.data[..at], &opener).is_err(), "half an event was read");
}

mod streams {
    properties! {
        bulk: crate::bulk::BulkStream,
        claim: crate::claim::ClaimStream,
        contact: crate::contact::ContactStream,
        link: crate::link::LinkStream,
        number: crate::number::NumberStream,
        offering: crate::offering::OfferingStream,
        settings: crate::settings::SettingsStream,
        team: crate::team::TeamStream,
    }
}
