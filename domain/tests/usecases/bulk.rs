//! Bulk sends: what is shown is what is sent, once to each, whatever breaks on the way.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::bulk::{BulkEvent, BulkStatus, Segment, StoppedWhy};
use magiclink_domain::event::Event;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::{Channel, LinkEvent};
use magiclink_domain::log::{EventStore as _, Metadata, Position};
use magiclink_domain::policies::BulkSend;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{BulkRequest, Caller, ImportRow, NewContact, Policy};
use magiclink_domain::value::{EmailAddress, ExternalId, Name, Slug, Tag};

use crate::support::bulk::{invite, member, members, operator, skipped, status, text, work, written_to};
use crate::support::{Fault, World, owner, press, refused, request, staff};

#[tokio::test]
async fn the_rehearsal_counts_by_channel_and_by_reason_and_makes_nothing() {
    let world = World::new().await;
    member(&world, 1, true, true).await;
    member(&world, 2, false, true).await;
    member(&world, 3, false, true).await;
    text(&world, "+14155550003", "STOP").await;
    let full = member(&world, 4, true, false).await;
    for nth in 0..5 {
        world.link(full, &format!("link {nth}")).await;
    }
    world.contact("outside@example.com").await;
    let before = world.log.head().await.unwrap();
    let preview = world.node.preview_bulk_send(&operator("look"), &invite()).await.unwrap();
    assert_eq!((preview.contacts, preview.messages(), preview.sms_segments), (4, 2, 1));
    assert_eq!(preview.channels.into_iter().collect::<Vec<_>>(), [(Channel::Sms, 1), (Channel::Email, 1)]);
    let reasons: Vec<_> = preview.refused.iter().map(|(code, refused)| (*code, refused.contacts)).collect();
    assert_eq!(reasons, [("sms_opted_out", 1), ("too_many_live_links", 1)]);
    assert_eq!(world.log.head().await.unwrap(), before);
    let by_sms = BulkRequest { channels: vec![Channel::Sms], ..invite() };
    let preview = world.node.preview_bulk_send(&operator("look"), &by_sms).await.unwrap();
    let reasons: Vec<_> = preview.refused.iter().map(|(code, refused)| (*code, refused.contacts)).collect();
    assert_eq!(reasons, [("sms_opted_out", 1), ("too_many_live_links", 1)]);
    assert_eq!(preview.messages(), 2);
}

#[tokio::test]
async fn everybody_meant_gets_one_link_over_the_first_channel_that_reaches_them() {
    let world = World::new().await;
    let both = member(&world, 1, true, true).await;
    let by_sms = member(&world, 2, false, true).await;
    let bulk = world.node.start_bulk_send(&operator("start"), &invite(), 2).await.unwrap().value;
    assert_eq!(status(&world, bulk).await, BulkStatus::Running);
    work(&world.another_node()).await;
    assert_eq!(written_to(&world).await, [(both, vec![Channel::Email]), (by_sms, vec![Channel::Sms])]);
    assert_eq!(status(&world, bulk).await, BulkStatus::Finished);
    let page = world.log.read_all(Position::START, 5_000).await.unwrap();
    for issued in page.events.iter().filter(|event| event.kind == "link.issued.v1") {
        let meta = Metadata::decode(&issued.meta).unwrap();
        assert_eq!((meta.actor, meta.origin), (Actor::CommandLine("ops".into()), Origin::Cli));
        assert_eq!(meta.correlation, bulk.into());
    }
}

#[tokio::test]
async fn fewer_than_were_confirmed_may_be_sent_but_never_more() {
    let world = World::new().await;
    members(&world, 3).await;
    let start =
        async |confirmed| world.node.start_bulk_send(&operator(&format!("{confirmed}")), &invite(), confirmed).await;
    assert_eq!(refused(start(2).await), Rejection::CountChanged { confirmed: 2, now: 3 });
    assert_eq!(world.count("bulk.started.v1").await, 0);
    start(3).await.unwrap();
    // Who came later was not shown to whoever confirmed.
    let late = member(&world, 9, true, false).await;
    work(&world.node).await;
    let written = written_to(&world).await;
    assert!(written.len() == 3 && written.iter().all(|(contact, _)| *contact != late));
}

#[tokio::test]
async fn who_was_refused_when_it_started_gets_nothing_later_either() {
    let world = World::new().await;
    member(&world, 1, true, false).await;
    let silent = member(&world, 2, false, true).await;
    text(&world, "+14155550002", "STOP").await;
    world.node.start_bulk_send(&operator("start"), &invite(), 1).await.unwrap();
    assert_eq!(skipped(&world).await, [("sms_opted_out".to_owned(), vec![silent])]);
    text(&world, "+14155550002", "START").await;
    work(&world.node).await;
    assert_eq!(written_to(&world).await.len(), 1);
}

#[tokio::test]
async fn who_is_refused_or_signed_in_by_the_time_of_their_turn_is_left_out_with_the_reason() {
    let world = World::new().await;
    let members = members(&world, 4).await;
    let before = world.link(members[0], "earlier").await;
    world.node.start_bulk_send(&operator("start"), &invite(), 4).await.unwrap();
    world.clock.advance(Lifetime::from_secs(1));
    world.node.redeem(press(before.id, "nonce")).await.unwrap();
    let alumni = Slug::parse("alumni").unwrap();
    world.node.revoke_access(&owner("ungrant"), members[1], alumni, None).await.unwrap();
    world.node.erase_contact(&owner("erase"), members[2]).await.unwrap();
    work(&world.node).await;
    let mut left_out = skipped(&world).await;
    left_out.sort();
    let expected = [("contact_erased", members[2]), ("contact_not_in_portal", members[1]), ("signed_in", members[0])];
    assert_eq!(left_out, expected.map(|(code, contact)| (code.to_owned(), vec![contact])));
    assert_eq!(written_to(&world).await.iter().filter(|(_, channels)| !channels.is_empty()).count(), 1);
}

#[tokio::test]
async fn a_crash_between_any_two_steps_leaves_one_link_and_one_delivery_for_each() {
    for step in ["link.issued.v1", "bulk.recipients_skipped.v1", "bulk.finished.v1"] {
        for fault in Fault::ALL {
            for nodes in [1, 2] {
                let world = World::new().await;
                let members = members(&world, 3).await;
                let bulk = world.node.start_bulk_send(&operator("start"), &invite(), 3).await.unwrap().value;
                world.node.erase_contact(&owner("erase"), members[1]).await.unwrap();
                world.log.fail_next(step, fault);
                // Each run comes to a node that knows nothing of the ones before; two at once where a test says so.
                for _ in 0..6 {
                    let policies: Vec<_> = (0..nodes).map(|_| BulkSend::new(world.another_node(), 5)).collect();
                    futures_join(&policies).await;
                }
                assert!(world.log.has_failed(), "{step} {fault:?}");
                let written = written_to(&world).await;
                let to: Vec<ContactId> = written.iter().map(|(contact, _)| *contact).collect();
                assert_eq!(to, [members[0], members[2]], "{step} {fault:?} {nodes}");
                assert!(written.iter().all(|(_, by)| *by == [Channel::Email]), "{step} {fault:?} {nodes}");
                assert_eq!(status(&world, bulk).await, BulkStatus::Finished, "{step} {fault:?} {nodes}");
                assert_eq!(world.count("bulk.finished.v1").await, 1, "{step} {fault:?} {nodes}");
            }
        }
    }
}

/// Runs every policy once, at the same time; failures are for the next run.
async fn futures_join(policies: &[BulkSend]) {
    match policies {
        [one] => drop(one.run().await),
        [one, two] => drop(tokio::join!(one.run(), two.run())),
        _ => unreachable!("a test asks for one node or two"),
    }
}

#[tokio::test]
async fn a_start_cut_off_anywhere_sends_nothing_until_a_retry_or_ends_as_interrupted() {
    for fault in Fault::ALL {
        let world = World::new().await;
        members(&world, 2).await;
        world.log.fail_next("bulk.recipients_listed.v1", fault);
        let first = world.node.start_bulk_send(&operator("start"), &invite(), 2).await;
        let complete = matches!(fault, Fault::Vanished | Fault::AnswerLost | Fault::DiedAfter);
        assert_eq!(first.is_ok(), matches!(fault, Fault::Vanished | Fault::AnswerLost), "{fault:?}");
        work(&world.another_node()).await;
        assert_eq!(written_to(&world).await.len(), if complete { 2 } else { 0 }, "{fault:?}");
        if !complete {
            world.clock.advance(Lifetime::from_mins(10));
            work(&world.another_node()).await;
            let stopped = BulkEvent::BulkStopped { why: StoppedWhy::Interrupted };
            assert!(
                world
                    .history()
                    .await
                    .into_iter()
                    .any(|event| matches!(event, Event::Bulk(_, event) if event == stopped))
            );
            assert_eq!(written_to(&world).await, []);
        }
    }
}

#[tokio::test]
async fn the_same_command_starts_one_bulk_send() {
    let world = World::new().await;
    members(&world, 2).await;
    let first = world.node.start_bulk_send(&operator("start"), &invite(), 2).await.unwrap();
    let again = world.another_node().start_bulk_send(&operator("start"), &invite(), 2).await.unwrap();
    assert_eq!((again.value, again.position), (first.value, None));
    let other = Caller { fingerprint: Some(magiclink_domain::log::Fingerprint([8; 16])), ..operator("start") };
    assert_eq!(refused(world.node.start_bulk_send(&other, &invite(), 3).await), Rejection::IdempotencyKeyReused);
}

#[tokio::test]
async fn no_more_deliveries_wait_for_the_provider_than_the_pace_allows() {
    let world = World::new().await;
    members(&world, 8).await;
    let bulk = world.node.start_bulk_send(&operator("start"), &invite(), 8).await.unwrap().value;
    work(&world.node).await;
    assert_eq!(world.count("link.delivery_requested.v1").await, 5);
    assert_eq!(status(&world, bulk).await, BulkStatus::Running);
    let asked = |(link, event)| {
        let LinkEvent::DeliveryRequested { delivery, .. } = event else { return None };
        Some((link, delivery))
    };
    let (link, delivery) = world.links().await.into_iter().find_map(asked).unwrap();
    let report = |link, delivery| magiclink_domain::ports::Report {
        link,
        delivery,
        outcome: magiclink_domain::ports::Sending::Delivered,
    };
    world.node.report_delivery(report(link, delivery)).await.unwrap();
    work(&world.node).await;
    assert_eq!(world.count("link.delivery_requested.v1").await, 6, "one left the queue, one came");
}

#[tokio::test]
async fn a_paused_one_sends_nothing_until_resumed_and_a_stopped_one_never_again() {
    let world = World::new().await;
    members(&world, 2).await;
    let bulk = world.node.start_bulk_send(&operator("start"), &invite(), 2).await.unwrap().value;
    world.node.pause_bulk_send(&operator("pause"), bulk).await.unwrap();
    assert_eq!(work(&world.node).await, 0);
    world.node.resume_bulk_send(&operator("resume"), bulk).await.unwrap();
    assert_eq!(work(&world.node).await, 3, "two links and the end");
    let second = world.node.start_bulk_send(&operator("second"), &invite(), 2).await.unwrap().value;
    world.node.stop_bulk_send(&operator("stop"), second).await.unwrap();
    assert_eq!(work(&world.node).await, 0);
    assert_eq!(refused(world.node.resume_bulk_send(&operator("again"), second).await), Rejection::BulkEnded);
    assert_eq!(written_to(&world).await.len(), 2);
}

#[tokio::test]
async fn while_issuing_is_stopped_nobody_is_left_out() {
    let world = World::new().await;
    members(&world, 2).await;
    world.node.start_bulk_send(&operator("start"), &invite(), 2).await.unwrap();
    world.node.switch(&operator("stop"), SettingsCommand::StopIssuing).await.unwrap();
    assert_eq!(work(&world.node).await, 0);
    assert_eq!(skipped(&world).await, []);
    let more = world.node.start_bulk_send(&operator("more"), &invite(), 2).await;
    assert_eq!(refused(more), Rejection::IssuingStopped);
    world.node.switch(&operator("on"), SettingsCommand::Resume).await.unwrap();
    work(&world.node).await;
    assert_eq!(written_to(&world).await.len(), 2);
}

#[tokio::test]
async fn it_ends_with_the_right_of_whoever_started_it() {
    let world = World::new().await;
    members(&world, 2).await;
    let details = |name: &str, email: &str| StaffDetails {
        name: Name::parse(name).unwrap(),
        email: EmailAddress::parse(email).unwrap(),
    };
    let kim = details("Kim", "kim@example.com");
    let kim = world.node.add_staff(&operator("kim"), Role::Agent, kim).await.unwrap().value;
    let caller = Caller { actor: Actor::Staff(kim), ..staff(Role::Agent, "start") };
    let bulk = world.node.start_bulk_send(&caller, &invite(), 2).await.unwrap().value;
    world.node.change_role(&operator("role"), kim, Role::Auditor).await.unwrap();
    work(&world.node).await;
    assert_eq!(status(&world, bulk).await, BulkStatus::Stopped);
    assert_eq!(written_to(&world).await, []);
}

#[tokio::test]
async fn starting_and_resuming_need_a_second_yes_of_agents_and_nobody_may_who_may_make_no_links() {
    let world = World::new().await;
    members(&world, 1).await;
    let unsure = |role, key: &str| {
        let authority = Authority::Role { role, signed_in_at: None, confirmed: false, token: false };
        Caller { authority, ..staff(role, key) }
    };
    let start = async |caller: Caller| world.node.start_bulk_send(&caller, &invite(), 1).await;
    assert_eq!(refused(start(unsure(Role::Agent, "a")).await), Rejection::ConfirmationRequired);
    assert_eq!(refused(start(staff(Role::Auditor, "b")).await), Rejection::Forbidden);
    assert!(world.node.preview_bulk_send(&unsure(Role::Agent, "c"), &invite()).await.is_ok());
    assert_eq!(
        refused(world.node.preview_bulk_send(&unsure(Role::Auditor, "d"), &invite()).await),
        Rejection::Forbidden
    );
    let bulk = start(staff(Role::Agent, "e")).await.unwrap().value;
    world.node.pause_bulk_send(&unsure(Role::Agent, "f"), bulk).await.unwrap();
    let resumed = world.node.resume_bulk_send(&unsure(Role::Agent, "g"), bulk).await;
    assert_eq!(refused(resumed), Rejection::ConfirmationRequired);
    for refusal in [
        refused(world.node.pause_bulk_send(&staff(Role::Auditor, "h"), bulk).await),
        refused(world.node.stop_bulk_send(&staff(Role::Auditor, "i"), bulk).await),
    ] {
        assert_eq!(refusal, Rejection::Forbidden);
    }
}

#[tokio::test]
async fn the_limit_of_what_one_staff_member_makes_a_minute_is_not_touched() {
    let limit = magiclink_domain::ports::Limit { most: 1, per: Lifetime::from_mins(1) };
    let channels = Channel::ALL.iter().copied().collect();
    let world = World::with(Policy { channels, staff_issues: Some(limit), ..Policy::default() }).await;
    let members = members(&world, 3).await;
    let kim =
        StaffDetails { name: Name::parse("Kim").unwrap(), email: EmailAddress::parse("kim@example.com").unwrap() };
    let kim = world.node.add_staff(&operator("kim"), Role::Owner, kim).await.unwrap().value;
    let caller = |key: &str| Caller { actor: Actor::Staff(kim), ..owner(key) };
    world.node.start_bulk_send(&caller("start"), &invite(), 3).await.unwrap();
    work(&world.node).await;
    assert_eq!(written_to(&world).await.len(), 3);
    world.node.issue_link(&caller("one"), request(members[0])).await.unwrap();
    let second = world.node.issue_link(&caller("two"), request(members[0])).await;
    assert!(matches!(refused(second), Rejection::RateLimited(_)));
}

#[tokio::test]
async fn a_second_one_reaches_only_those_whose_link_of_the_first_was_not_used() {
    let world = World::new().await;
    let members = members(&world, 3).await;
    let first = world.node.start_bulk_send(&operator("first"), &invite(), 3).await.unwrap().value;
    work(&world.node).await;
    world.clock.advance(Lifetime::from_secs(1));
    let used = world.links().await.first().unwrap().0;
    world.node.redeem(press(used, "nonce")).await.unwrap();
    let segment = Segment { unused_of: Some(first), ..Segment::default() };
    let again = BulkRequest { segment, ..invite() };
    world.node.start_bulk_send(&operator("second"), &again, 2).await.unwrap();
    work(&world.node).await;
    let to: Vec<ContactId> = written_to(&world).await.into_iter().map(|(contact, _)| contact).collect();
    assert_eq!(to, [members[0], members[1], members[2], members[1], members[2]]);
}

#[tokio::test]
async fn a_tag_means_those_who_have_it_in_any_case() {
    let world = World::new().await;
    let slug = world.offering("alumni").await;
    for (id, tags) in [("crm-1", "VIP;2025"), ("crm-2", "customer")] {
        let contact = NewContact {
            name: Name::parse("Ana").unwrap(),
            email: Some(EmailAddress::parse("ana@example.com").unwrap()),
            phone: None,
            locale: None,
            external_id: Some(ExternalId::parse(id).unwrap()),
        };
        let attributes = vec![("tags".to_owned(), tags.to_owned())];
        let row = ImportRow { contact, attributes, grants: vec![slug.clone()], cells: vec![id.to_owned()] };
        world.node.import_contact(&owner(id), row).await.unwrap();
    }
    let tagged = |tag| BulkRequest { tag: Some(Tag::parse(tag).unwrap()), segment: Segment::default(), ..invite() };
    for (tag, number) in [("vip", 1), ("2025", 1), ("Customer", 1), ("vi", 0)] {
        let preview = world.node.preview_bulk_send(&operator("look"), &tagged(tag)).await.unwrap();
        assert_eq!(preview.messages(), number, "{tag}");
    }
}
