//! Grants and the admission number: what dies, everywhere, at once.

use std::sync::Arc;

use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::Refusal;
use magiclink_domain::policies::CloseTheDoor;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{SignedIn, UseCases};
use magiclink_domain::value::{EmailAddress, Slug};

use crate::support::{World, owner, press, refused};

/// A member with an open session and a live link.
async fn inside(world: &World) -> (ContactId, SignedIn, LinkId) {
    let contact = world.member("ana@example.com").await;
    let used = world.link(contact, "used").await.id;
    let live = world.link(contact, "live").await.id;
    (contact, world.node.redeem(press(used, "a")).await.unwrap(), live)
}

async fn all_dead(node: &UseCases, signed_in: &SignedIn, live: LinkId) -> bool {
    let session = node.portal_session(&signed_in.cookie.0).await.unwrap();
    let same_browser = node.redeem(press(signed_in.session.link, "a")).await;
    let link = node.redeem(press(live, "b")).await;
    session.is_none() && same_browser.is_err() && refused(link) == Rejection::Refused(Refusal::Revoked)
}

#[tokio::test]
async fn signing_out_everywhere_kills_links_and_sessions_on_another_node_at_once() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    let elsewhere = world.another_node();
    assert!(elsewhere.portal_session(&signed_in.cookie.0).await.unwrap().is_some(), "known to the other node");
    world.node.sign_out_everywhere(&owner("out"), contact).await.unwrap();
    assert!(all_dead(&elsewhere, &signed_in, live).await);
}

#[tokio::test]
async fn revoking_all_links_kills_sessions_too() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    world.node.revoke_all_links(&owner("revoke"), contact).await.unwrap();
    assert!(all_dead(&world.another_node(), &signed_in, live).await);
}

#[tokio::test]
async fn a_moved_address_kills_links_and_sessions_and_a_corrected_name_does_not() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    let name = magiclink_domain::value::Name::parse("Ana Better").unwrap();
    let named = DetailsChange { name: Some(name), ..DetailsChange::default() };
    world.node.change_contact(&owner("name"), contact, named).await.unwrap();
    assert!(world.node.portal_session(&signed_in.cookie.0).await.unwrap().is_some());
    let email = EmailAddress::parse("ana@example.org").unwrap();
    let moved = DetailsChange { email: Some(Some(email)), ..DetailsChange::default() };
    world.node.change_contact(&owner("move"), contact, moved).await.unwrap();
    assert!(all_dead(&world.another_node(), &signed_in, live).await);
}

#[tokio::test]
async fn who_comes_back_after_having_no_grant_needs_a_new_link() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    let slug = Slug::parse("alumni").unwrap();
    world.node.revoke_access(&owner("revoke"), contact, slug.clone(), None).await.unwrap();
    let elsewhere = world.another_node();
    assert_eq!(refused(elsewhere.redeem(press(live, "b")).await), Rejection::Refused(Refusal::AccessEnded));
    assert!(elsewhere.portal_session(&signed_in.cookie.0).await.unwrap().is_some(), "in, and sees that it ended");
    assert!(!elsewhere.portal_view(&owner("look"), contact, None).await.unwrap().in_portal);
    world.node.grant_access(&owner("again"), contact, slug, None).await.unwrap();
    assert!(all_dead(&elsewhere, &signed_in, live).await);
}

#[tokio::test]
async fn a_grant_ends_by_itself_at_its_end() {
    let world = World::new().await;
    let (slug, contact) = (world.offering("alumni").await, world.contact("ana@example.com").await);
    let end = world.now().plus(Lifetime::from_hours(1));
    world.node.grant_access(&owner("grant"), contact, slug, Some(end)).await.unwrap();
    let link = world.link(contact, "1").await.id;
    world.clock.set(magiclink_domain::time::Timestamp::from_micros(end.micros() - 1));
    assert_eq!(world.node.portal_view(&owner("look"), contact, None).await.unwrap().offerings.len(), 1);
    world.clock.set(end);
    assert_eq!(world.node.portal_view(&owner("look"), contact, None).await.unwrap().offerings, []);
    assert_eq!(refused(world.node.redeem(press(link, "a")).await), Rejection::Refused(Refusal::AccessEnded));
}

#[tokio::test]
async fn an_archived_offering_takes_no_new_grants_and_keeps_those_it_has() {
    let world = World::new().await;
    let (contact, _, _) = inside(&world).await;
    let other = world.contact("bo@example.com").await;
    let slug = Slug::parse("alumni").unwrap();
    world.node.archive_offering(&owner("archive"), slug.clone()).await.unwrap();
    let refusal = refused(world.node.grant_access(&owner("late"), other, slug.clone(), None).await);
    assert_eq!(refusal, Rejection::OfferingArchived);
    assert_eq!(world.node.portal_view(&owner("look"), contact, None).await.unwrap().offerings.len(), 1);
    world.node.revoke_access(&owner("revoke"), contact, slug, None).await.unwrap();
    assert_eq!(world.node.portal_view(&owner("look"), contact, None).await.unwrap().offerings, []);
}

#[tokio::test]
async fn closing_the_door_writes_down_what_died_and_then_finds_nothing_more() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    world.node.sign_out_everywhere(&owner("out"), contact).await.unwrap();
    let policy = CloseTheDoor::new(Arc::clone(&world.node));
    assert_eq!(policy.run().await.unwrap(), 2);
    assert_eq!((world.count("link.revoked.v1").await, world.count("link.session_ended.v1").await), (1, 1));
    assert_eq!(policy.run().await.unwrap(), 0);
    assert!(all_dead(&world.node, &signed_in, live).await);
}
