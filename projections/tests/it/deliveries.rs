//! Deliveries, listed and at a glance.

use magiclink_domain::link::{Channel, LinkEvent};
use magiclink_domain::ports::Clock;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_projections::{ChannelGlance, DeliveryFilter, Queue, glance_at_deliveries};

use crate::support::story::{delivery, details, requested};
use crate::support::{World, contact, link};

#[tokio::test]
async fn deliveries_are_listed_by_state_and_time_and_told_at_a_glance() {
    let world = World::new();
    world.add(contact(1), details("Ana", "ana@example.com", "+14155550100", "")).await;
    world.issue(contact(1), link(1), 0).await;
    let early = world.clock.now();
    for number in 1..=4 {
        world.link(contact(1), link(1), requested(delivery(number))).await;
        world.clock.advance(Lifetime::from_mins(1));
    }
    let (code, words, until) = ("503".to_owned(), "the provider is down".to_owned(), world.clock.now());
    for event in [
        LinkEvent::DeliveryPostponed { delivery: delivery(1), until, code: code.clone(), words: words.clone() },
        LinkEvent::DeliveryUnknown { delivery: delivery(2) },
        LinkEvent::DeliveryFailed { delivery: delivery(3), code: "30003".into(), words: "switched off".into() },
    ] {
        world.link(contact(1), link(1), event).await;
    }
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();

    let listed = async |filter: DeliveryFilter, limit| {
        let rows = models.deliveries_listed(&filter, limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let all = [4, 3, 2, 1].map(delivery);
    let any = DeliveryFilter::default;
    assert_eq!(listed(any(), 9).await, all, "newest first");
    assert_eq!(listed(any(), 2).await, all[..2]);
    assert_eq!(listed(DeliveryFilter { state: Some("failed"), ..any() }, 9).await, [delivery(3)]);
    assert_eq!(listed(DeliveryFilter { channel: Some(Channel::Email), ..any() }, 9).await, []);
    let since = Some(early.plus(Lifetime::from_mins(2)));
    assert_eq!(listed(DeliveryFilter { since, ..any() }, 9).await, all[..2], "those asked for since");
    assert_eq!(models.delivery(delivery(2)).await.unwrap().unwrap().state, "maybe_sent");
    assert!(models.delivery(delivery(9)).await.unwrap().is_none());

    let oldest = models.delivery(delivery(1)).await.unwrap().unwrap().requested_at;
    let queue = Queue { length: 2, oldest };
    assert_eq!(models.delivery_queues().await.unwrap(), [(Channel::Sms, queue)].into());
    let glance = async |since: Timestamp| glance_at_deliveries(&world.path("read.db"), since).await.unwrap();
    let put_off = Some((code, words));
    let sms = ChannelGlance { queue: Some(queue), put_off: put_off.clone(), maybe_sent: 1, failed: 1 };
    assert_eq!(glance(early).await, [(Channel::Sms, sms)].into());
    let later = ChannelGlance { queue: Some(queue), put_off, maybe_sent: 0, failed: 0 };
    assert_eq!(glance(world.clock.now()).await, [(Channel::Sms, later)].into(), "what waits is news for ever");
    assert!(glance_at_deliveries(&world.path("none.db"), early).await.is_err());
    models.close().await;
}
