//! *Notify*: an address that a contact had learns of it once at most, whatever provider, log and workers do.

use std::sync::Arc;

use magiclink_domain::contact::{ContactEvent, DetailsChange, NoticeOutcome};
use magiclink_domain::event::Event;
use magiclink_domain::id::{ContactId, DeliveryId};
use magiclink_domain::link::Channel;
use magiclink_domain::policies::{Made, Notify};
use magiclink_domain::ports::{DueNotice, IncomingSms};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::{Failure, Policy};
use magiclink_domain::value::EmailAddress;

use crate::support::{Does, Fault, Phones, Vendor, World, everything, notify_phones, owner, phone};

const LEASE: Lifetime = Lifetime::from_secs(90);
/// How long a notice is worth sending.
const WORTH: Lifetime = Lifetime::from_days(3);

/// A contact who was ana@example.com and is ana@example.org now.
async fn moved(world: &World) -> ContactId {
    let contact = world.member("ana@example.com").await;
    let email = Some(Some(EmailAddress::parse("ana@example.org").unwrap()));
    let change = DetailsChange { email, ..DetailsChange::default() };
    world.node.change_contact(&owner("move"), contact, change).await.unwrap();
    contact
}

/// The contact is called from another number now.
async fn renumbered(world: &World, contact: ContactId, number: &str) {
    let change = DetailsChange { phone: Some(Some(phone(number))), ..DetailsChange::default() };
    world.node.change_contact(&owner(&format!("renumber {contact}")), contact, change).await.unwrap();
}

/// Does what is due, once; answers what came of each.
async fn work(notify: &Notify) -> Result<Vec<Made>, Failure> {
    let mut made = vec![];
    for due in notify.due(Channel::Email, 100).await? {
        made.push(notify.make(due).await?);
    }
    Ok(made)
}

/// As after many restarts.
async fn until_quiet(world: &World, vendor: &Arc<Vendor>) {
    for _ in 0..60 {
        drop(work(&vendor.notifier(&world.another_node())).await);
        world.clock.advance(Lifetime::from_mins(1));
    }
}

async fn the_due(world: &World, vendor: &Arc<Vendor>) -> DueNotice {
    vendor.notifier(&world.node).due(Channel::Email, 1).await.unwrap()[0]
}

async fn outcomes(world: &World) -> Vec<NoticeOutcome> {
    let of = |event| {
        let Event::Contact(_, ContactEvent::NoticeSettled { outcome, .. }) = event else { return None };
        Some(outcome)
    };
    world.history().await.into_iter().filter_map(of).collect()
}

#[tokio::test]
async fn the_old_address_learns_of_its_change_once_and_nothing_of_the_new_one() {
    let (world, vendor) = (World::new().await, Vendor::new());
    moved(&world).await;
    let notify = vendor.notifier(&world.node);
    assert_eq!(work(&notify).await.unwrap(), [Made::Settled]);
    let letters = vendor.letters();
    assert_eq!((letters.len(), letters[0].0.as_str()), (1, "ana@example.com"));
    assert!(letters[0].1.contains("your e-mail address for Client portal was changed"), "{}", letters[0].1);
    for secret in ["example.org", "http", "/m/", "Ana"] {
        assert!(!letters[0].1.contains(secret), "{secret} in {}", letters[0].1);
    }
    world.clock.advance(Lifetime::from_hours(3));
    assert_eq!(work(&notify).await.unwrap(), []);
    assert_eq!((vendor.letters().len(), outcomes(&world).await), (1, vec![NoticeOutcome::Sent]));
}

#[tokio::test]
async fn a_crash_at_any_step_sends_no_second_notice_and_leaves_none_without_an_outcome() {
    let not_now = || Does::NotNow { takes: false, retry_after: None, whole_channel: false };
    for (kind, does) in [
        ("contact.notice_attempted.v1", Does::Takes),
        ("contact.notice_settled.v1", Does::Takes),
        ("contact.notice_settled.v1", Does::Refuses),
        ("contact.notice_settled.v1", Does::LosesTheAnswer { takes: true }),
        ("contact.notice_postponed.v1", not_now()),
    ] {
        for fault in Fault::ALL {
            let case = format!("{kind} {does:?} {fault:?}");
            let (world, vendor) = (World::new().await, Vendor::new());
            moved(&world).await;
            vendor.will([does.clone()]);
            world.log.fail_next(kind, fault);
            until_quiet(&world, &vendor).await;
            assert!(world.log.has_failed(), "{case}");
            let (outcomes, copies) = (outcomes(&world).await, vendor.letters().len());
            assert_eq!(outcomes.len(), 1, "{case}: {outcomes:?}");
            match &outcomes[0] {
                NoticeOutcome::Sent => assert_eq!(copies, 1, "{case}"),
                NoticeOutcome::Unknown => assert!(copies <= 1, "{case}"),
                NoticeOutcome::Failed { code, .. } => assert_eq!((copies, code.as_str()), (0, "550"), "{case}"),
                NoticeOutcome::Cancelled { .. } => panic!("{case}: nothing forbids it"),
            }
            let harmless = matches!(fault, Fault::Vanished | Fault::AnswerLost);
            let lost = matches!(does, Does::LosesTheAnswer { .. });
            assert!(!harmless || lost || outcomes[0] != NoticeOutcome::Unknown, "{case}: {outcomes:?}");
        }
    }
}

#[tokio::test]
async fn several_workers_send_one_notice_even_when_the_answer_to_a_lease_is_lost() {
    for fault in [None, Some(Fault::Vanished), Some(Fault::AnswerLost)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        moved(&world).await;
        let due = the_due(&world, &vendor).await;
        if let Some(fault) = fault {
            world.log.fail_next("contact.notice_attempted.v1", fault);
        }
        let mut racing = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let notify = vendor.notifier(&world.another_node());
            racing.spawn(async move { notify.make(due).await.unwrap() });
        }
        let made = racing.join_all().await;
        assert_eq!(made.iter().filter(|made| **made == Made::Settled).count(), 1, "{fault:?}");
        assert_eq!(vendor.ledger(), [DeliveryId::from_uuid(due.notice.uuid())], "{fault:?}");
        assert_eq!(world.count("contact.notice_attempted.v1").await, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_lease_without_an_outcome_is_lost_after_ninety_seconds_and_not_before() {
    let (world, vendor) = (World::new().await, Vendor::new());
    moved(&world).await;
    let due = the_due(&world, &vendor).await;
    world.log.fail_next("contact.notice_attempted.v1", Fault::DiedAfter);
    assert!(vendor.notifier(&world.node).make(due).await.is_err());
    let begun = world.now();
    let notify = vendor.notifier(&world.another_node());
    world.clock.set(Timestamp::from_micros(begun.plus(LEASE).micros() - 1));
    assert_eq!((work(&notify).await.unwrap(), notify.make(due).await.unwrap()), (vec![], Made::Nothing));
    world.clock.set(begun.plus(LEASE));
    assert_eq!(work(&notify).await.unwrap(), [Made::Settled]);
    assert_eq!((outcomes(&world).await, vendor.letters().len()), (vec![NoticeOutcome::Unknown], 0));
}

#[tokio::test]
async fn a_notice_put_off_is_sent_later_but_not_after_three_days() {
    for (late, copies) in [(false, 1), (true, 0)] {
        let (world, vendor) = (World::new().await, Vendor::new());
        moved(&world).await;
        let changed = world.now();
        let retry_after = Some(Lifetime::from_hours(1));
        vendor.will([Does::NotNow { takes: false, retry_after, whole_channel: true }]);
        let notify = vendor.notifier(&world.node);
        assert_eq!(work(&notify).await.unwrap(), [Made::ChannelWaits(changed.plus(Lifetime::from_hours(1)))]);
        assert_eq!(work(&notify).await.unwrap(), [], "its time has not come");
        let end = changed.plus(WORTH);
        world.clock.set(if late { end } else { Timestamp::from_micros(end.micros() - 1) });
        assert_eq!(work(&notify).await.unwrap(), [Made::Settled]);
        let outcomes = outcomes(&world).await;
        let failed = matches!(outcomes.as_slice(), [NoticeOutcome::Failed { code, .. }] if code == "too_late");
        assert_eq!((vendor.letters().len(), failed), (copies, late), "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_number_that_said_stop_gets_no_notice_and_the_history_says_why() {
    for stop in [false, true] {
        let (world, phones) = (World::new().await, Arc::new(Phones::default()));
        let contact = world.phone_member("+14155550100").await;
        renumbered(&world, contact, "+14155550199").await;
        if stop {
            let (id, from, text) = ("SM1".to_owned(), "+14155550100".to_owned(), "STOP".to_owned());
            world.node.receive_sms(&IncomingSms { id, from, text, understood: None }).await.unwrap();
        }
        notify_phones(&phones, &world.node).await;
        let outcomes = outcomes(&world).await;
        if stop {
            let said =
                matches!(outcomes.as_slice(), [NoticeOutcome::Cancelled { code, .. }] if code == "sms_opted_out");
            assert!(said && phones.rung().is_empty(), "{outcomes:?}");
        } else {
            assert_eq!((phones.rung(), outcomes), (vec!["+14155550100".to_owned()], vec![NoticeOutcome::Sent]));
            assert!(phones.said().contains("your phone number was changed on"), "{}", phones.said());
        }
    }
}

#[tokio::test]
async fn a_channel_without_a_provider_sends_no_notice_and_the_history_says_why() {
    let world = World::with(Policy::default()).await;
    moved(&world).await;
    let notify = Notify::new(Arc::clone(&world.node), []);
    assert_eq!(work(&notify).await.unwrap(), [Made::Settled]);
    let outcomes = outcomes(&world).await;
    let said =
        matches!(outcomes.as_slice(), [NoticeOutcome::Cancelled { code, .. }] if code == "channel_not_configured");
    assert!(said, "{outcomes:?}");
}

#[tokio::test]
async fn notices_by_text_message_count_against_the_day() {
    let world = World::with(Policy { sms_per_day: 1, ..everything() }).await;
    let phones = Arc::new(Phones::default());
    for (old, new) in [("+14155550100", "+14155550198"), ("+14155550101", "+14155550199")] {
        let contact = world.phone_member(old).await;
        renumbered(&world, contact, new).await;
    }
    notify_phones(&phones, &world.node).await;
    notify_phones(&phones, &world.node).await;
    assert_eq!((phones.rung().len(), world.count("contact.notice_postponed.v1").await), (1, 1));
    world.clock.advance(Lifetime::from_days(1));
    notify_phones(&phones, &world.node).await;
    assert_eq!(phones.rung().len(), 2);
}

#[tokio::test]
async fn an_erasure_ends_a_notice_wherever_it_stands() {
    for begun in [false, true] {
        let (world, vendor) = (World::new().await, Vendor::new());
        let contact = moved(&world).await;
        let due = the_due(&world, &vendor).await;
        if begun {
            world.log.fail_next("contact.notice_attempted.v1", Fault::DiedAfter);
            assert!(vendor.notifier(&world.node).make(due).await.is_err());
        }
        world.node.erase_contact(&owner("erase"), contact).await.unwrap();
        world.clock.advance(Lifetime::from_hours(1));
        let notify = vendor.notifier(&world.another_node());
        assert_eq!((work(&notify).await.unwrap(), notify.make(due).await.unwrap()), (vec![], Made::Nothing));
        assert_eq!((vendor.letters(), outcomes(&world).await), (vec![], vec![]), "{begun}");
    }
}
