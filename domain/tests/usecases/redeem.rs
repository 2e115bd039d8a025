//! Pressing the button: races, repeats, and what the streams say at that moment.

use std::sync::Arc;

use magiclink_domain::link::{Destination, EndedWhy, LinkEvent, Refusal, SessionLimits};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{IssueRequest, LEAST_IDLE, Policy, PressRequest, SignedIn};
use tokio::task::JoinSet;

use crate::support::{World, owner, press, refused, request};

const RACERS: usize = 64;

async fn race(world: &World, presses: impl Iterator<Item = PressRequest>) -> (Vec<SignedIn>, Vec<Rejection>) {
    let nodes = [Arc::clone(&world.node), world.another_node()];
    let mut racers = JoinSet::new();
    for (nth, press) in presses.enumerate() {
        let node = Arc::clone(&nodes[nth % nodes.len()]);
        racers.spawn(async move { node.redeem(press).await });
    }
    let (mut sessions, mut refusals) = (vec![], vec![]);
    for outcome in racers.join_all().await {
        match outcome {
            Ok(signed_in) => sessions.push(signed_in),
            failed => refusals.push(refused(failed)),
        }
    }
    (sessions, refusals)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_racing_redeemers_on_two_nodes_one_signs_in_and_at_most_five_refusals_are_noted() {
    let world = World::new().await;
    let link = world.link(world.member("ana@example.com").await, "1").await.id;
    let (sessions, refusals) = race(&world, (0..RACERS).map(|nth| press(link, &format!("browser {nth}")))).await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(refusals, vec![Rejection::Refused(Refusal::Used); RACERS - 1]);
    assert_eq!(world.count("link.redeemed.v1").await, 1);
    let noted = world.count("link.redemption_refused.v1").await;
    assert!((1..=5).contains(&noted), "{noted} refusals noted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_link_for_three_devices_signs_in_three_of_64_racers() {
    let world = World::new().await;
    let three = IssueRequest { max_uses: Some(3), ..request(world.member("ana@example.com").await) };
    let link = world.node.issue_link(&owner("1"), three).await.unwrap().value.id;
    let (sessions, _) = race(&world, (0..RACERS).map(|nth| press(link, &format!("browser {nth}")))).await;
    let mut numbers: Vec<u8> = sessions.iter().map(|signed_in| signed_in.session.use_number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_browser_pressing_many_times_at_once_gets_one_session_every_time() {
    let world = World::new().await;
    let link = world.link(world.member("ana@example.com").await, "1").await.id;
    let (sessions, refusals) = race(&world, (0..16).map(|_| press(link, "the same browser"))).await;
    assert_eq!((sessions.len(), refusals.len()), (16, 0));
    assert!(sessions.iter().all(|signed_in| signed_in.session.use_number == 1));
    assert_eq!(world.count("link.redeemed.v1").await, 1);
}

#[tokio::test]
async fn a_destination_no_longer_granted_leads_home_with_a_notice() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let circle = world.offering("founders-circle").await;
    let to_circle = IssueRequest {
        destination: Destination::Offering(circle.clone()),
        grants: vec![circle.clone()],
        max_uses: Some(2),
        ..request(contact)
    };
    let link = world.node.issue_link(&owner("1"), to_circle).await.unwrap().value.id;
    let signed_in = world.node.redeem(press(link, "a")).await.unwrap();
    assert_eq!((signed_in.offering, signed_in.destination_ended), (Some(circle.clone()), false));
    world.node.revoke_access(&owner("2"), contact, circle, None).await.unwrap();
    let signed_in = world.node.redeem(press(link, "b")).await.unwrap();
    assert_eq!((signed_in.offering, signed_in.destination_ended), (None, true));
}

#[tokio::test]
async fn a_new_session_in_the_same_browser_ends_the_one_before() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let (first, second) = (world.link(contact, "1").await.id, world.link(contact, "2").await.id);
    let before = world.node.redeem(press(first, "a")).await.unwrap();
    let again = PressRequest { previous: Some(before.session), ..press(second, "a") };
    let now = world.node.redeem(again).await.unwrap();
    assert!(world.node.portal_session(&before.cookie.0).await.unwrap().is_none());
    assert!(world.node.portal_session(&now.cookie.0).await.unwrap().is_some());
    let ended = LinkEvent::SessionEnded { use_number: 1, why: EndedWhy::Superseded };
    assert!(world.links().await.contains(&(first, ended)));
}

#[tokio::test]
async fn the_emergency_switch_stops_signing_in_but_nobody_who_is_in() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let link = world.link(contact, "1").await.id;
    let signed_in = world.node.redeem(press(link, "a")).await.unwrap();
    let other = world.link(contact, "2").await.id;
    world.node.switch(&owner("stop"), SettingsCommand::StopRedeeming).await.unwrap();
    let elsewhere = world.another_node();
    assert_eq!(refused(elsewhere.redeem(press(other, "b")).await), Rejection::RedeemingStopped);
    assert!(elsewhere.redeem(press(link, "a")).await.is_ok(), "the same browser, once more");
    assert!(elsewhere.portal_session(&signed_in.cookie.0).await.unwrap().is_some());
    world.node.switch(&owner("resume"), SettingsCommand::Resume).await.unwrap();
    assert!(elsewhere.redeem(press(other, "b")).await.is_ok());
}

#[tokio::test]
async fn a_session_without_requests_ends_at_its_idle_limit_and_a_used_one_goes_on() {
    let world = World::new().await;
    let link = world.link(world.member("ana@example.com").await, "1").await.id;
    let first = world.node.redeem(press(link, "a")).await.unwrap().cookie;
    world.clock.advance(Lifetime::from_mins(4));
    assert!(world.node.portal_session(&first.0).await.unwrap().unwrap().cookie.is_none(), "not yet issued anew");
    world.clock.advance(Lifetime::from_days(6));
    let second = world.node.portal_session(&first.0).await.unwrap().unwrap().cookie.expect("issued anew");
    world.clock.advance(Lifetime::from_days(1));
    assert!(world.node.portal_session(&first.0).await.unwrap().is_none(), "seven days without a request");
    assert!(world.node.portal_session(&second.0).await.unwrap().is_some());
}

#[tokio::test]
async fn the_least_idle_limit_signs_nobody_out_within_five_minutes_of_a_request() {
    let limits = SessionLimits { idle: LEAST_IDLE, absolute: Lifetime::from_days(1) };
    let world = World::with(Policy { contact_sessions: limits, ..Policy::default() }).await;
    let link = world.link(world.member("ana@example.com").await, "1").await.id;
    let first = world.node.redeem(press(link, "a")).await.unwrap().cookie;
    world.clock.advance(Lifetime::from_secs(299));
    assert!(world.node.portal_session(&first.0).await.unwrap().unwrap().cookie.is_none(), "not yet issued anew");
    world.clock.advance(Lifetime::from_mins(5));
    let second = world.node.portal_session(&first.0).await.unwrap().unwrap().cookie.expect("issued anew");
    world.clock.advance(LEAST_IDLE);
    assert!(world.node.portal_session(&second.0).await.unwrap().is_none(), "ten minutes without a request");
}

#[tokio::test]
async fn no_cookie_opens_a_session_beyond_its_absolute_limit() {
    let world = World::new().await;
    let link = world.link(world.member("ana@example.com").await, "1").await.id;
    let mut cookie = world.node.redeem(press(link, "a")).await.unwrap().cookie;
    for _ in 0..29 {
        world.clock.advance(Lifetime::from_days(1));
        let session = world.node.portal_session(&cookie.0).await.unwrap().expect("within thirty days");
        assert!(session.sight_due);
        world.node.note_seen(session.session).await.unwrap();
        cookie = session.cookie.unwrap();
    }
    world.clock.advance(Lifetime::from_days(1));
    assert!(world.node.portal_session(&cookie.0).await.unwrap().is_none());
}
