//! Samples of what can happen to a bulk send.

use uuid::Uuid;

use super::{ANA, sampled};
use crate::bulk::{BulkEvent, BulkStream, Plan, Segment, StoppedWhy, Words};
use crate::id::{BulkId, ContactId};
use crate::link::{Channel, Destination};
use crate::personal::Personal;
use crate::time::Lifetime;
use crate::value::{Reason, Slug, Tag};

sampled! {
    BulkStream sealed by ANA,
    BulkEvent {
        BulkStarted, RecipientsListed, RecipientsSkipped, BulkPaused, BulkResumed, BulkStopped, BulkFinished
    },
    samples
}

fn samples() -> Vec<BulkEvent> {
    let bea = ContactId::from_uuid(Uuid::from_u128(0xBEA));
    let never = Segment { never_signed_in: true, ..Segment::default() };
    let started = Plan {
        segment: never,
        channels: vec![Channel::Email],
        lifetime: Lifetime::WELCOME,
        destination: Destination::Home,
        messages: 4_812,
        words: None,
    };
    let all = Segment {
        never_signed_in: false,
        unused: true,
        unused_of: Some(BulkId::from_uuid(Uuid::from_u128(0xB0))),
        offering: Some(Slug::stored("founders-circle".into())),
    };
    let words = Words { tag: Some(Tag::stored("VIP".into())), reason: Some(Reason::stored("Launch week".into())) };
    let full = Plan {
        segment: all,
        channels: vec![Channel::Email, Channel::Sms],
        destination: Destination::Offering(Slug::stored("founders-circle".into())),
        words: Some(Personal::Known(words)),
        ..started.clone()
    };
    let mut samples = vec![
        BulkEvent::BulkStarted(started),
        BulkEvent::BulkStarted(full),
        BulkEvent::RecipientsListed { contacts: vec![ANA, bea] },
        BulkEvent::RecipientsSkipped { code: "no_address".into(), contacts: vec![bea] },
        BulkEvent::BulkPaused,
        BulkEvent::BulkResumed,
    ];
    samples.extend(StoppedWhy::ALL.map(|why| BulkEvent::BulkStopped { why }));
    samples.push(BulkEvent::BulkFinished);
    samples
}
