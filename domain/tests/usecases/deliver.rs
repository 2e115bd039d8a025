//! *Deliver*: every delivery is made once or said to be *maybe sent*, whatever the provider, the log and the workers do.

use std::sync::Arc;

use magiclink_domain::id::{ContactId, DeliveryId, LinkId};
use magiclink_domain::link::{CancelledWhy, Channel, DeliveryState, LinkEvent, LinkSubject};
use magiclink_domain::policies::Made;
use magiclink_domain::ports::{DueDelivery, IncomingSms};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::IssueRequest;

use crate::support::{Does, Fault, Knows, LOOK_UP_AFTER, Phones, Vendor, World, owner, refused, request, work};

/// Leases are lost after this long.
const LEASE: Lifetime = Lifetime::from_secs(90);

/// A link that is to be sent by e-mail.
async fn requested(world: &World) -> (LinkId, DeliveryId) {
    let contact = world.member("ana@example.com").await;
    let request = IssueRequest { deliver: vec![Channel::Email], ..request(contact) };
    let issued = world.node.issue_link(&owner("send"), request).await.unwrap().value;
    (issued.id, *issued.link.deliveries.first_key_value().unwrap().0)
}

async fn state(world: &World, (link, delivery): (LinkId, DeliveryId)) -> DeliveryState {
    // By a node with nothing in its memory: what the log says.
    world.another_node().link(&owner("look"), link).await.unwrap().deliveries[&delivery].state.clone()
}

async fn contact_of(world: &World, link: LinkId) -> ContactId {
    match world.node.link(&owner("look"), link).await.unwrap().subject {
        LinkSubject::Contact { contact, .. } => contact,
        LinkSubject::Staff(_) => panic!("a contact's link"),
    }
}

fn down(takes: bool, retry_after: Option<Lifetime>) -> Does {
    Does::NotNow { takes, retry_after, whole_channel: false }
}

/// Lets the clock run and a fresh worker work, until nothing is due for an hour; with `faults`, as after many restarts.
async fn until_quiet(world: &World, vendor: &Arc<Vendor>) {
    for _ in 0..60 {
        let worker = vendor.worker(&world.another_node());
        drop(work(&worker).await);
        world.clock.advance(Lifetime::from_mins(1));
    }
}

#[tokio::test]
async fn a_delivery_is_sent_once_and_never_again() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let sending = requested(&world).await;
    let worker = vendor.worker(&world.node);
    assert_eq!(work(&worker).await.unwrap(), [Made::Settled]);
    assert_eq!((state(&world, sending).await, vendor.ledger()), (DeliveryState::Sent, vec![sending.1]));
    world.clock.advance(Lifetime::from_hours(3));
    assert_eq!(work(&worker).await.unwrap(), []);
    assert_eq!((vendor.ledger().len(), vendor.looks()), (1, 0), "a first attempt asks nobody");
}

#[tokio::test]
async fn several_workers_on_several_nodes_never_send_the_same_delivery() {
    // Also when the answer to a lease is lost, and another worker's lease may stand in its place.
    for fault in [None, Some(Fault::Vanished), Some(Fault::AnswerLost)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let (link, delivery) = requested(&world).await;
        let due = DueDelivery { link, delivery, attempted_at: None };
        if let Some(fault) = fault {
            world.log.fail_next("link.delivery_attempted.v1", fault);
        }
        let mut racing = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let worker = vendor.worker(&world.another_node());
            racing.spawn(async move { worker.make(due).await.unwrap() });
        }
        let made = racing.join_all().await;
        assert_eq!(made.iter().filter(|made| **made == Made::Settled).count(), 1, "{fault:?}");
        assert_eq!(vendor.ledger(), [delivery], "{fault:?}");
        assert_eq!(world.count("link.delivery_attempted.v1").await, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_crash_at_any_step_loses_no_delivery_and_doubles_none() {
    for kind in ["link.delivery_attempted.v1", "link.delivery_sent.v1"] {
        for fault in Fault::ALL {
            let (world, vendor) = (World::new().await, Vendor::new());
            let sending = requested(&world).await;
            world.log.fail_next(kind, fault);
            until_quiet(&world, &vendor).await;
            assert!(world.log.has_failed(), "{kind} {fault:?}");
            let (state, ledger) = (state(&world, sending).await, vendor.ledger());
            // Died between the lease and the call: nobody can know, so staff are asked.
            let never_called = kind == "link.delivery_attempted.v1" && fault == Fault::DiedAfter;
            if never_called {
                assert_eq!((state, ledger.len()), (DeliveryState::MaybeSent, 0), "{kind} {fault:?}");
            } else {
                assert_eq!((state, ledger), (DeliveryState::Sent, vec![sending.1]), "{kind} {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_crash_while_an_outcome_is_noted_doubles_nothing() {
    let not_now = || down(false, None);
    for (kind, does, copies) in [
        ("link.delivery_failed.v1", Does::Refuses, 0..=1),
        ("link.delivery_postponed.v1", not_now(), 0..=1),
        ("link.delivery_unknown.v1", Does::LosesTheAnswer { takes: true }, 1..=1),
        ("link.delivery_unknown.v1", Does::LosesTheAnswer { takes: false }, 0..=0),
    ] {
        for fault in Fault::ALL {
            let (world, vendor) = (World::new().await, Vendor::new());
            let sending = requested(&world).await;
            vendor.will([does.clone()]);
            world.log.fail_next(kind, fault);
            until_quiet(&world, &vendor).await;
            assert!(world.log.has_failed(), "{kind} {fault:?}");
            let taken = vendor.ledger().len();
            assert!(copies.contains(&taken), "{kind} {fault:?}: {taken} copies");
            let ended = state(&world, sending).await;
            let told = match taken {
                0 => matches!(ended, DeliveryState::Failed | DeliveryState::MaybeSent),
                _ => ended == DeliveryState::Sent,
            };
            assert!(told, "{kind} {fault:?}: {taken} copies, and staff are told {ended:?}");
        }
    }
}

#[tokio::test]
async fn a_lease_without_an_outcome_is_lost_after_ninety_seconds_and_not_before() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let sending = requested(&world).await;
    world.log.fail_next("link.delivery_attempted.v1", Fault::DiedAfter);
    assert!(work(&vendor.worker(&world.node)).await.is_err());
    let begun = world.now();
    let worker = vendor.worker(&world.another_node());
    world.clock.set(Timestamp::from_micros(begun.plus(LEASE).micros() - 1));
    assert_eq!(work(&worker).await.unwrap(), []);
    world.clock.set(begun.plus(LEASE));
    assert_eq!(work(&worker).await.unwrap(), [Made::Settled]);
    assert_eq!((state(&world, sending).await, vendor.ledger().len()), (DeliveryState::MaybeSent, 0));
}

/// How long each of the first waits was.
async fn waits(world: &World) -> Vec<u64> {
    let mut begun = world.now();
    let mut waits = vec![];
    for (_, event) in world.links().await {
        if let LinkEvent::DeliveryAttempted { at, .. } = event {
            begun = at;
        } else if let LinkEvent::DeliveryPostponed { until, .. } = event {
            waits.push(until.since(begun).secs());
        }
    }
    waits
}

#[tokio::test]
async fn waits_double_up_to_an_hour_and_half_of_each_is_drawn_by_lot() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let sending = requested(&world).await;
    vendor.will(std::iter::repeat_n(down(false, None), 14));
    let worker = vendor.worker(&world.node);
    work(&worker).await.unwrap();
    while let DeliveryState::Postponed(until) = state(&world, sending).await {
        world.clock.set(until);
        work(&worker).await.unwrap();
    }
    assert_eq!(vendor.ledger(), [sending.1]);
    let waits = waits(&world).await;
    assert_eq!(waits.len(), 14);
    for (nth, wait) in waits.iter().enumerate() {
        let whole = (5_u64 << nth).min(3_600);
        assert!((whole.div_ceil(2)..=whole).contains(wait), "wait {nth} was {wait} s of {whole} s");
    }
    let drawn = (0..4).map(|nth| waits[10 + nth]).collect::<std::collections::BTreeSet<_>>();
    assert!(drawn.len() > 1, "the longest waits differ: {waits:?}");
}

#[tokio::test]
async fn a_wait_is_never_shorter_than_the_provider_wishes() {
    for (wish, at_least, at_most) in [(600, 600, 600), (1, 3, 5), (0, 3, 5)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let sending = requested(&world).await;
        vendor.will([down(false, Some(Lifetime::from_secs(wish)))]);
        let worker = vendor.worker(&world.node);
        work(&worker).await.unwrap();
        let wait = waits(&world).await[0];
        assert!((at_least..=at_most).contains(&wait), "{wish}: {wait}");
        let DeliveryState::Postponed(until) = state(&world, sending).await else { panic!("it waits") };
        world.clock.set(Timestamp::from_micros(until.micros() - 1));
        assert_eq!(work(&worker).await.unwrap(), [], "not a moment earlier");
        world.clock.set(until);
        assert_eq!(work(&worker).await.unwrap(), [Made::Settled]);
        assert_eq!(vendor.ledger().len(), 1);
    }
}

#[tokio::test]
async fn what_is_about_the_whole_channel_makes_the_channel_wait() {
    for (whole_channel, wait) in [(true, true), (false, false)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let sending = requested(&world).await;
        vendor.will([Does::NotNow { takes: false, retry_after: Some(Lifetime::from_mins(7)), whole_channel }]);
        let made = work(&vendor.worker(&world.node)).await.unwrap();
        let until = world.now().plus(Lifetime::from_mins(7));
        assert_eq!(made, [if wait { Made::ChannelWaits(until) } else { Made::Settled }]);
        assert_eq!(state(&world, sending).await, DeliveryState::Postponed(until), "and the delivery says so");
    }
}

#[tokio::test]
async fn a_retry_looks_first_and_sends_nothing_that_the_provider_has() {
    for takes in [true, false] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let sending = requested(&world).await;
        vendor.will([down(takes, None)]);
        until_quiet(&world, &vendor).await;
        assert_eq!((vendor.ledger(), state(&world, sending).await), (vec![sending.1], DeliveryState::Sent), "{takes}");
        assert_eq!(vendor.looks(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_say_whether_it_has_the_message_gets_no_second_copy() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let sending = requested(&world).await;
    vendor.will([down(true, None)]);
    vendor.knows(Knows::Silent);
    until_quiet(&world, &vendor).await;
    assert_eq!(vendor.ledger().len(), 1);
    assert!(matches!(state(&world, sending).await, DeliveryState::Postponed(_)), "it goes on waiting");
    vendor.knows(Knows::TheLedger);
    world.clock.advance(Lifetime::from_hours(2));
    work(&vendor.worker(&world.node)).await.unwrap();
    assert_eq!((state(&world, sending).await, vendor.ledger().len()), (DeliveryState::Sent, 1));
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_after_a_while_and_not_before() {
    for (takes, last) in [(true, DeliveryState::Sent), (false, DeliveryState::MaybeSent)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let sending = requested(&world).await;
        vendor.will([Does::LosesTheAnswer { takes }]);
        let worker = vendor.worker(&world.node);
        let begun = world.now();
        work(&worker).await.unwrap();
        assert_eq!(state(&world, sending).await, DeliveryState::MaybeSent);
        world.clock.set(Timestamp::from_micros(begun.plus(LOOK_UP_AFTER).micros() - 1));
        work(&worker).await.unwrap();
        assert_eq!(vendor.looks(), 0);
        world.clock.set(begun.plus(LOOK_UP_AFTER));
        work(&worker).await.unwrap();
        assert_eq!((vendor.looks(), state(&world, sending).await), (1, last));
        assert_eq!(vendor.ledger().len(), usize::from(takes));
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_twice_at_most_and_then_stays_with_staff() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let sending = requested(&world).await;
    vendor.will([Does::LosesTheAnswer { takes: false }]);
    let worker = vendor.worker(&world.node);
    let begun = world.now();
    let mut looked_at = vec![];
    for second in (0..3_600).step_by(30) {
        let before = vendor.looks();
        work(&worker).await.unwrap();
        if vendor.looks() > before {
            looked_at.push(second);
        }
        world.clock.set(begun.plus(Lifetime::from_secs(second + 30)));
    }
    let first = LOOK_UP_AFTER.secs();
    assert_eq!(looked_at, [first, first + 5 * first]);
    assert_eq!((state(&world, sending).await, vendor.ledger().len()), (DeliveryState::MaybeSent, 0));
}

#[tokio::test]
async fn send_again_makes_the_same_delivery_once_more_and_only_where_the_provider_has_it_not() {
    for (takes, knows, copies) in [(false, Knows::TheLedger, 1), (true, Knows::TheLedger, 1), (true, Knows::Nothing, 2)]
    {
        let (world, vendor) = (World::new().await, Vendor::new());
        let (link, delivery) = requested(&world).await;
        vendor.will([Does::LosesTheAnswer { takes }]);
        let worker = vendor.worker(&world.node);
        work(&worker).await.unwrap();
        vendor.knows(knows);
        world.node.retry_delivery(&owner("send again"), link, delivery).await.unwrap();
        world.node.retry_delivery(&owner("send again"), link, delivery).await.unwrap();
        work(&worker).await.unwrap();
        let what = format!("{takes} {knows:?}");
        assert_eq!(
            (vendor.ledger(), state(&world, (link, delivery)).await),
            (vec![delivery; copies], DeliveryState::Sent),
            "{what}"
        );
        assert_eq!(world.count("link.delivery_requeued.v1").await, 1, "{what}");
        let sent = refused(world.node.retry_delivery(&owner("and again"), link, delivery).await);
        assert_eq!(sent, Rejection::DeliveryUnderWay, "{what}");
    }
}

#[tokio::test]
async fn send_again_ends_a_wait() {
    let (world, vendor) = (World::new().await, Vendor::new());
    let (link, delivery) = requested(&world).await;
    vendor.will([down(false, Some(Lifetime::from_hours(5)))]);
    let worker = vendor.worker(&world.node);
    work(&worker).await.unwrap();
    assert_eq!(work(&worker).await.unwrap(), []);
    world.node.retry_delivery(&owner("now"), link, delivery).await.unwrap();
    assert_eq!(work(&worker).await.unwrap(), [Made::Settled]);
    assert_eq!(vendor.ledger(), [delivery]);
}

#[tokio::test]
async fn what_no_longer_allows_a_delivery_right_before_it_calls_it_off() {
    for (what, why) in [
        ("revoked", CancelledWhy::LinkNotLive),
        ("expired", CancelledWhy::LinkNotLive),
        ("moved", CancelledWhy::LinkNotLive),
        ("erased", CancelledWhy::SubjectGone),
    ] {
        for waits in [false, true] {
            let (world, vendor) = (World::new().await, Vendor::new());
            let sending = requested(&world).await;
            let worker = vendor.worker(&world.node);
            if waits {
                vendor.will([down(false, None)]);
                work(&worker).await.unwrap();
            }
            let contact = contact_of(&world, sending.0).await;
            match what {
                "revoked" => drop(world.node.revoke_link(&owner("r"), sending.0, None).await.unwrap()),
                "expired" => world.clock.advance(Lifetime::DAY),
                "moved" => drop(world.node.sign_out_everywhere(&owner("s"), contact).await.unwrap()),
                _ => drop(world.node.erase_contact(&owner("e"), contact).await.unwrap()),
            }
            world.clock.advance(Lifetime::from_mins(1));
            work(&worker).await.unwrap();
            assert_eq!(state(&world, sending).await, DeliveryState::Cancelled(why), "{what}, waiting {waits}");
            assert_eq!(vendor.ledger(), [], "{what}");
        }
    }
}

#[tokio::test]
async fn a_number_that_says_stop_right_before_gets_nothing() {
    let (world, phones) = (World::new().await, Arc::new(Phones::default()));
    let contact = world.phone_member("+14155550100").await;
    let request = IssueRequest { deliver: vec![Channel::Sms], ..request(contact) };
    let issued = world.node.issue_link(&owner("send"), request).await.unwrap().value;
    let (id, from, text) = ("1".to_owned(), "+14155550100".to_owned(), "STOP".to_owned());
    world.node.receive_sms(&IncomingSms { id, from, text, understood: None }).await.unwrap();
    phones.work(&world.another_node()).await;
    let delivery = world.node.link(&owner("look"), issued.id).await.unwrap().deliveries.into_values().next().unwrap();
    assert_eq!((delivery.state, phones.rung()), (DeliveryState::Cancelled(CancelledWhy::OptedOut), vec![]));
}
