//! The stored form of every event, frozen: literal samples with their JSON pinned, and golden files that must be read
//! for ever.
//!
//! Apart from the streams' own tests because these never change when a rule does.

mod bulk;
mod contact;
mod golden;
mod link;
mod metadata;
mod others;
mod team;

use std::fmt::{Debug, Write as _};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{CommandId, ContactId, EventId, StaffId, SubjectId};
use crate::personal::{NONCE_BYTES, SubjectKey, SubjectKeys};
use crate::stream::Stream;
use crate::wire::{Opener, Sealer};

/// Whose data the samples hold.
const ANA: ContactId = ContactId::from_uuid(Uuid::from_u128(0xA17A));
/// Another one's: a staff member.
const OLGA: StaffId = StaffId::from_uuid(Uuid::from_u128(0x0164));

/// The keys that seal the samples, here and in the golden files.
fn keys() -> SubjectKeys {
    [SubjectId::from(ANA), SubjectId::from(OLGA)].into_iter().map(|subject| SubjectKey::new(subject, [7; 32])).collect()
}

/// A stream whose every event has samples. [`sampled!`] makes sure of "every".
trait Sampled: Stream<Event: Debug + PartialEq> {
    /// The names of all variants of its event.
    const VARIANTS: &'static [&'static str];
    /// Whose key seals it.
    fn subject() -> SubjectId;
    /// The name of the event's variant.
    fn variant(event: &Self::Event) -> &'static str;
    /// At least one of each.
    fn samples() -> Vec<Self::Event>;
}

/// Lists the variants of a stream's event: one that is missing does not compile, one without a sample fails its test.
macro_rules! sampled {
    ($stream:ident sealed by $subject:expr, $event:ident { $($variant:ident),+ $(,)? }, $samples:ident) => {
        impl $crate::samples::Sampled for $stream {
            const VARIANTS: &'static [&'static str] = &[$(stringify!($variant)),+];

            fn subject() -> $crate::id::SubjectId {
                $subject.into()
            }

            fn variant(event: &$event) -> &'static str {
                match event { $($event::$variant { .. } => stringify!($variant)),+ }
            }

            fn samples() -> Vec<$event> {
                $samples()
            }
        }
    };
}
use sampled;

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    kind: String,
    event: Uuid,
    data: String,
}

/// Encodes the samples of `S`, in their order.
fn stored<S: Sampled>() -> Vec<Stored> {
    S::samples().iter().zip(1_u8..).map(|(event, nth)| store::<S>(event, nth)).collect()
}

fn store<S: Sampled>(event: &S::Event, nth: u8) -> Stored {
    let id = CommandId::derive("system", "sample", S::variant(event)).event(Uuid::nil(), usize::from(nth));
    let keys = keys();
    let sealer = Sealer { event: id, key: keys.get(S::subject()), nonce: [nth; NONCE_BYTES] };
    let encoded = S::encode(event, &sealer).unwrap();
    Stored { kind: encoded.kind.to_owned(), event: id.uuid(), data: String::from_utf8(encoded.data).unwrap() }
}

/// What is sealed in a stored event, in plain.
fn plain(stored: &Stored) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(&stored.data).unwrap();
    let sealed = crate::personal::Sealed(data.get("sealed")?.as_str()?.to_owned());
    let keys = keys();
    let plain = keys.get(sealed.subject().unwrap()).unwrap().open(EventId::from_uuid(stored.event), &sealed).unwrap();
    Some(String::from_utf8(plain.to_vec()).unwrap())
}

/// Reads a stored event back.
fn read<S: Sampled>(stored: &Stored, keys: &SubjectKeys) -> S::Event {
    S::decode(&stored.kind, stored.data.as_bytes(), &Opener { event: EventId::from_uuid(stored.event), keys }).unwrap()
}

/// Everything about the samples of `S` that must not change: stored type, JSON, what is sealed.
fn frozen<S: Sampled>() -> String {
    let mut text = String::new();
    for stored in stored::<S>() {
        writeln!(text, "{}\n    {}", stored.kind, stored.data).unwrap();
        if let Some(plain) = plain(&stored) {
            writeln!(text, "    sealed: {plain}").unwrap();
        }
    }
    text
}

fn every_variant_has_a_sample<S: Sampled>() {
    let sampled: Vec<_> = S::samples().iter().map(S::variant).collect();
    for variant in S::VARIANTS {
        assert!(sampled.contains(variant), "no sample of {variant}");
    }
}

fn samples_read_back<S: Sampled>() {
    for (event, stored) in S::samples().into_iter().zip(stored::<S>()) {
        assert_eq!(read::<S>(&stored, &keys()), event);
    }
}

fn fields_we_do_not_know_are_refused<S: Sampled>() {
    for stored in stored::<S>() {
        let mut data: serde_json::Value = serde_json::from_str(&stored.data).unwrap();
        data["unknown"] = true.into();
        let opener = Opener { event: EventId::from_uuid(stored.event), keys: &keys() };
        let answer = S::decode(&stored.kind, data.to_string().as_bytes(), &opener);
        assert!(matches!(answer, Err(crate::wire::WireError::Decode { .. })), "{}", stored.kind);
        let later = S::decode(&format!("{}0", stored.kind), stored.data.as_bytes(), &opener);
        assert!(matches!(later, Err(crate::wire::WireError::UnknownKind { .. })), "{}", stored.kind);
    }
}

/// The tests that hold for the samples of every stream, and the pinned form of each.
macro_rules! frozen {
    ($($area:ident: $stream:path),+ $(,)?) => { $(
        mod $area {
            use super::super::{every_variant_has_a_sample, fields_we_do_not_know_are_refused, frozen, samples_read_back};

            #[test]
            fn every_event_has_a_sample() {
                every_variant_has_a_sample::<$stream>();
            }

            #[test]
            fn every_sample_reads_back_as_what_was_written() {
                samples_read_back::<$stream>();
            }

            #[test]
            fn a_field_or_version_we_do_not_know_is_refused() {
                fields_we_do_not_know_are_refused::<$stream>();
            }

            #[test]
            fn the_stored_form_never_changes() {
                insta::assert_snapshot!("stored", frozen::<$stream>());
            }
        }
    )+ };
}

mod streams {
    frozen! {
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
