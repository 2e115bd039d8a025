//! Anything that could happen to a bulk send.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::Arbitrary;
use super::value::{contact, few, personal, slug};
use crate::bulk::{BulkEvent, BulkStream, Plan, Segment, StoppedWhy, Words};
use crate::id::BulkId;
use crate::link::{Channel, Destination};
use crate::time::Lifetime;
use crate::value::{Reason, Tag};

impl Arbitrary for BulkStream {
    fn any_event() -> BoxedStrategy<BulkEvent> {
        prop_oneof![
            plan().prop_map(BulkEvent::BulkStarted),
            vec(contact(), 0..5).prop_map(|contacts| BulkEvent::RecipientsListed { contacts }),
            ("[a-z_]{0,9}", vec(contact(), 0..5))
                .prop_map(|(code, contacts)| BulkEvent::RecipientsSkipped { code, contacts }),
            Just(BulkEvent::BulkPaused),
            Just(BulkEvent::BulkResumed),
            select(&StoppedWhy::ALL[..]).prop_map(|why| BulkEvent::BulkStopped { why }),
            Just(BulkEvent::BulkFinished),
        ]
        .boxed()
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let segment = (any::<bool>(), any::<bool>(), of(few().prop_map(BulkId::from_uuid)), of(slug())).prop_map(
        |(never_signed_in, unused, unused_of, offering)| Segment { never_signed_in, unused, unused_of, offering },
    );
    let destination = prop_oneof![Just(Destination::Home), slug().prop_map(Destination::Offering)];
    let words = (of(".{0,9}".prop_map(Tag::stored)), of(".{0,9}".prop_map(Reason::stored)))
        .prop_map(|(tag, reason)| Words { tag, reason });
    let channels = vec(select(Channel::ALL), 0..3);
    (segment, channels, any::<u32>(), destination, any::<u32>(), of(personal(words))).prop_map(
        |(segment, channels, secs, destination, messages, words)| Plan {
            segment,
            channels,
            lifetime: Lifetime::from_secs(secs.into()),
            destination,
            messages,
            words,
        },
    )
}
