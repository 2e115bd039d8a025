//! Samples of what surrounds every event.

use uuid::Uuid;

use super::{ANA, OLGA, Stored};
use crate::actor::{Actor, Origin};
use crate::id::{CommandId, TokenId};
use crate::log::{Fingerprint, Metadata};
use crate::time::Timestamp;

const COMMAND: CommandId = CommandId::from_uuid(Uuid::from_u128(0xC0));

fn bare(actor: Actor, origin: Origin) -> Metadata {
    Metadata {
        at: Timestamp::from_micros(1_777_636_800_000_001),
        actor,
        origin,
        command: COMMAND,
        correlation: CommandId::from_uuid(Uuid::from_u128(0xC1)),
        fingerprint: None,
        subject: None,
    }
}

/// One of each actor, and every door.
fn samples() -> Vec<Metadata> {
    let actors = [
        Actor::Staff(OLGA),
        Actor::Contact(ANA),
        Actor::Token(TokenId::from_uuid(Uuid::from_u128(0x70CE))),
        Actor::CommandLine("root".into()),
        Actor::System,
    ];
    let mut samples: Vec<_> = actors.into_iter().map(|actor| bare(actor, Origin::System)).collect();
    samples.extend(Origin::ALL.map(|origin| bare(Actor::System, origin)));
    samples.push(Metadata {
        fingerprint: Some(Fingerprint([0xf1; 16])),
        subject: Some(ANA.into()),
        ..bare(Actor::Staff(OLGA), Origin::Console)
    });
    samples
}

/// The samples as the log holds them.
pub(super) fn stored() -> Vec<Stored> {
    let data = |sample: &Metadata| String::from_utf8(sample.encode().unwrap()).unwrap();
    samples()
        .iter()
        .map(|sample| Stored { kind: "metadata.v1".into(), event: COMMAND.uuid(), data: data(sample) })
        .collect()
}

/// What a stored one means.
pub(super) fn shown(stored: &Stored) -> String {
    format!("{:?}", Metadata::decode(stored.data.as_bytes()).unwrap())
}

#[test]
fn the_stored_form_never_changes() {
    let lines: Vec<_> = stored().into_iter().map(|stored| stored.data).collect();
    insta::assert_snapshot!("stored", lines.join("\n"));
}

#[test]
fn every_sample_reads_back_as_what_was_written() {
    for sample in samples() {
        assert_eq!(Metadata::decode(&sample.encode().unwrap()).unwrap(), sample);
    }
}
