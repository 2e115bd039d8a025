//! What keeps text messages from costing more than they should.

use std::sync::Arc;

use magiclink_domain::id::{ContactId, DeliveryId, LinkId};
use magiclink_domain::link::{Channel, DeliveryState, LinkEvent};
use magiclink_domain::ports::{IncomingSms, Limit, Report, Sending};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::{IssueRequest, Policy};
use magiclink_domain::value::Country;

use crate::support::{Fault, Phones, World, everything, owner, refused, request};

fn countries(codes: &[&str]) -> Policy {
    let allowed = codes.iter().map(|code| Country::parse(code).unwrap()).collect();
    Policy { sms_countries: Some(allowed), ..everything() }
}

fn by_sms(contact: ContactId) -> IssueRequest {
    IssueRequest { deliver: vec![Channel::Sms], ..request(contact) }
}

/// The codes and instants under which deliveries were put off, in order.
async fn put_off(world: &World) -> Vec<(String, Timestamp)> {
    let postponed = |(_, event)| {
        let LinkEvent::DeliveryPostponed { code, until, .. } = event else { return None };
        Some((code, until))
    };
    world.links().await.into_iter().filter_map(postponed).collect()
}

#[tokio::test]
async fn a_country_that_is_not_allowed_is_refused_before_issuing_when_issuing_and_when_asking_again() {
    for (allowed, number, may) in [
        (&["US"][..], "+14155550100", true),
        (&["US"], "+447400123456", false),
        // Countries that share a calling code are told apart: toll fraud likes them.
        (&["US"], "+18765231234", false),
        (&["US", "GB"], "+447400123456", true),
        (&[], "+14155550100", false),
        (&["US"], "+80012340000", false),
    ] {
        let world = World::with(countries(allowed)).await;
        let contact = world.phone_member(number).await;
        let problems = world.node.check_link(&owner("check"), &by_sms(contact)).await.unwrap();
        let link = world.link(contact, "by hand").await.id;
        let asked = world.node.request_delivery(&owner("again"), link, Channel::Sms).await;
        let issued = world.node.issue_link(&owner("issue"), by_sms(contact)).await;
        if may {
            assert_eq!((problems, asked.is_ok(), issued.is_ok()), (vec![], true, true), "{number}");
        } else {
            assert_eq!(problems, [Rejection::CountryNotAllowed], "{number}");
            assert_eq!(refused(asked), Rejection::CountryNotAllowed, "{number}");
            assert_eq!(refused(issued), Rejection::CountryNotAllowed, "{number}");
        }
    }
}

#[tokio::test]
async fn premium_rate_and_shared_cost_numbers_are_refused_whatever_is_allowed() {
    for number in ["+19002345678", "+449012345678", "+448431234567"] {
        let world = World::new().await;
        let contact = world.phone_member(number).await;
        let problems = world.node.check_link(&owner("check"), &by_sms(contact)).await.unwrap();
        assert_eq!(problems, [Rejection::NumberCostsExtra], "{number}");
        let link = world.link(contact, "by hand").await.id;
        let asked = world.node.request_delivery(&owner("again"), link, Channel::Sms).await;
        assert_eq!(refused(asked), Rejection::NumberCostsExtra);
        assert_eq!(refused(world.node.issue_link(&owner("1"), by_sms(contact)).await), Rejection::NumberCostsExtra);
    }
}

#[tokio::test]
async fn a_number_that_is_no_longer_allowed_is_looked_at_again_right_before_sending() {
    let world = World::new().await;
    let contact = world.phone_member("+447400123456").await;
    world.node.issue_link(&owner("1"), by_sms(contact)).await.unwrap();
    let (phones, restarted) = (Arc::new(Phones::default()), world.node_under(countries(&["US"])));
    phones.work(&restarted).await;
    assert_eq!(phones.rung(), Vec::<String>::new());
    let failed = world.links().await.into_iter().find_map(|(_, event)| {
        let LinkEvent::DeliveryFailed { code, words, .. } = event else { return None };
        Some((code, words))
    });
    let (code, words) = failed.unwrap();
    assert_eq!((code.as_str(), words), ("country_not_allowed", Rejection::CountryNotAllowed.to_string()));
}

#[tokio::test]
async fn a_flood_to_one_range_of_numbers_is_bounded_an_hour_and_the_rest_of_the_world_goes_on() {
    let sms_per_prefix = Limit { most: 3, per: Lifetime::from_hours(1) };
    let policy = Policy { sms_per_prefix, sms_per_day: 7, ..everything() };
    let world = World::with(policy).await;
    for nth in 0..6 {
        let contact = world.phone_member(&format!("+1415555{:04}", 100 + nth)).await;
        world.node.issue_link(&owner(&format!("flood {nth}")), by_sms(contact)).await.unwrap();
    }
    let elsewhere = world.phone_member("+12125550100").await;
    world.node.issue_link(&owner("elsewhere"), by_sms(elsewhere)).await.unwrap();
    let phones = Arc::new(Phones::default());
    phones.work(&world.node).await;
    assert_eq!(phones.rung().len(), 4);
    assert!(phones.rung().contains(&"+12125550100".to_owned()), "what waits does not use up the day");
    let waiting = put_off(&world).await;
    assert_eq!(waiting.len(), 3);
    assert!(waiting.iter().all(|(code, until)| code == "sms_per_prefix" && *until > world.now()));
    phones.work(&world.node).await;
    assert_eq!((phones.rung().len(), put_off(&world).await.len()), (4, 3), "nothing is tried before its time");
    world.clock.set(waiting[0].1);
    phones.work(&world.node).await;
    assert_eq!(phones.rung().len(), 7);
}

#[tokio::test]
async fn when_the_day_is_used_up_every_text_message_says_that_it_waits_for_the_next() {
    let policy = Policy { sms_per_day: 2, ..everything() };
    let world = World::with(policy).await;
    for (nth, number) in ["+14155550100", "+12125550100", "+13125550100", "+13035550100"].into_iter().enumerate() {
        let contact = world.phone_member(number).await;
        let long = IssueRequest { lifetime: Some(Lifetime::from_days(3)), ..by_sms(contact) };
        world.node.issue_link(&owner(&nth.to_string()), long).await.unwrap();
    }
    let phones = Arc::new(Phones::default());
    phones.work(&world.node).await;
    let waiting = put_off(&world).await;
    assert_eq!((phones.rung().len(), waiting.len()), (2, 2));
    assert!(waiting.iter().all(|(code, until)| code == "daily_cap" && *until > world.now()));
    world.clock.set(Timestamp::from_micros(waiting[0].1.micros() - 1));
    phones.work(&world.node).await;
    assert_eq!(phones.rung().len(), 2, "just before");
    world.clock.set(waiting[0].1);
    phones.work(&world.node).await;
    assert_eq!(phones.rung().len(), 4);
}

#[tokio::test]
async fn where_budgets_can_not_be_asked_nothing_is_sent_and_nothing_is_lost() {
    let world = World::new().await;
    let contact = world.phone_member("+14155550100").await;
    world.node.issue_link(&owner("1"), by_sms(contact)).await.unwrap();
    let phones = Arc::new(Phones::default());
    assert!(phones.try_work(&Arc::new(world.node_without_budgets())).await.is_err());
    assert_eq!(phones.rung().len(), 0);
    phones.work(&world.node).await;
    assert_eq!(phones.rung().len(), 1);
}

/// What the phone with this number texts.
fn texts(id: &str, from: &str, text: &str) -> IncomingSms {
    IncomingSms { id: id.to_owned(), from: from.to_owned(), text: text.to_owned(), understood: None }
}

async fn opt_outs(world: &World) -> usize {
    world.count("number.sms_opted_out.v1").await
}

/// A link sent by text message, with its delivery.
async fn sent_by_sms(world: &World, contact: ContactId) -> (LinkId, DeliveryId) {
    let issued = world.node.issue_link(&owner("send"), by_sms(contact)).await.unwrap().value;
    (issued.id, *issued.link.deliveries.first_key_value().unwrap().0)
}

fn said_stop((link, delivery): (LinkId, DeliveryId)) -> Report {
    let outcome = Sending::OptedOut { code: "21610".to_owned(), words: "the number opted out".to_owned() };
    Report { link, delivery, outcome }
}

#[tokio::test]
async fn a_number_that_opted_out_at_the_provider_is_refused_from_then_on_until_it_comes_back() {
    let (world, phones) = (World::new().await, Arc::new(Phones::default()));
    let contact = world.phone_member("+14155550100").await;
    let neighbour = world.phone_member("+14155550101").await;
    let (link, delivery) = sent_by_sms(&world, contact).await;
    phones.say_opted_out(true);
    phones.work(&world.node).await;
    let node = world.another_node();
    assert_eq!(node.link(&owner("look"), link).await.unwrap().deliveries[&delivery].state, DeliveryState::Failed);
    assert_eq!(opt_outs(&world).await, 1);
    assert_eq!(refused(node.issue_link(&owner("more"), by_sms(contact)).await), Rejection::SmsOptedOut);
    assert_eq!(refused(node.request_delivery(&owner("again"), link, Channel::Sms).await), Rejection::SmsOptedOut);
    node.retry_delivery(&owner("retry"), link, delivery).await.unwrap();
    phones.work(&node).await;
    assert_eq!(phones.rung().len(), 1, "nothing costs anything any more");
    assert!(node.issue_link(&owner("neighbour"), by_sms(neighbour)).await.is_ok());
    node.receive_sms(&texts("1", "+14155550100", "START")).await.unwrap();
    assert!(node.issue_link(&owner("back"), by_sms(contact)).await.is_ok());
}

#[tokio::test]
async fn every_attempt_may_find_that_the_number_opted_out_again() {
    let (world, phones) = (World::new().await, Arc::new(Phones::default()));
    let contact = world.phone_member("+14155550100").await;
    let (link, delivery) = sent_by_sms(&world, contact).await;
    phones.say_opted_out(true);
    phones.work(&world.node).await;
    world.node.receive_sms(&texts("1", "+14155550100", "START")).await.unwrap();
    world.node.retry_delivery(&owner("retry"), link, delivery).await.unwrap();
    phones.work(&world.node).await;
    assert_eq!((phones.rung().len(), opt_outs(&world).await), (2, 2));
}

#[tokio::test]
async fn a_late_report_of_an_opt_out_counts_once_and_undoes_no_start() {
    let (world, phones) = (World::new().await, Arc::new(Phones::default()));
    let contact = world.phone_member("+14155550100").await;
    let sending = sent_by_sms(&world, contact).await;
    phones.work(&world.node).await;
    world.node.report_delivery(said_stop(sending)).await.unwrap();
    let state = world.node.link(&owner("look"), sending.0).await.unwrap().deliveries[&sending.1].state.clone();
    assert_eq!((state, opt_outs(&world).await), (DeliveryState::Failed, 1));
    world.node.receive_sms(&texts("1", "+14155550100", "START")).await.unwrap();
    world.another_node().report_delivery(said_stop(sending)).await.unwrap();
    assert_eq!(opt_outs(&world).await, 1);
    assert!(world.node.issue_link(&owner("more"), by_sms(contact)).await.is_ok());
}

#[tokio::test]
async fn what_is_noted_as_opted_out_is_whatever_crashes_between_and_the_provider_reports_again() {
    for kind in ["number.sms_opted_out.v1", "link.delivery_failed.v1"] {
        for fault in Fault::ALL {
            let (world, phones) = (World::new().await, Arc::new(Phones::default()));
            let contact = world.phone_member("+14155550100").await;
            let sending = sent_by_sms(&world, contact).await;
            phones.work(&world.node).await;
            world.log.fail_next(kind, fault);
            let first = world.node.report_delivery(said_stop(sending)).await;
            let noted = world.count("link.delivery_failed.v1").await;
            assert!(noted <= opt_outs(&world).await, "{kind} {fault:?}");
            assert!(first.is_err() || noted == 1, "{kind} {fault:?}: or nobody would report again");
            world.another_node().report_delivery(said_stop(sending)).await.unwrap();
            assert_eq!((world.count("link.delivery_failed.v1").await, opt_outs(&world).await), (1, 1));
        }
    }
}
