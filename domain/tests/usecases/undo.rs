//! Taking back what was just done to a contact's access.

use magiclink_domain::id::ContactId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::{Caller, Undo};
use magiclink_domain::value::Slug;

use crate::support::{World, owner, refused};

/// A member with one grant for good and one until a time.
async fn member(world: &World) -> (ContactId, Slug, Timestamp) {
    let contact = world.member("ana@example.com").await;
    let slug = world.offering("pricing").await;
    let until = world.now().plus(Lifetime::from_days(30));
    world.node.grant_access(&owner("until"), contact, slug.clone(), Some(until)).await.unwrap();
    (contact, slug, until)
}

async fn granted(world: &World, contact: ContactId) -> Vec<(String, Option<Timestamp>)> {
    let view = world.node.portal_view(&owner("look"), contact, None).await.unwrap();
    view.offerings.into_iter().map(|offering| (offering.slug.to_string(), offering.until)).collect()
}

async fn undo(world: &World, contact: ContactId, of: &Caller) {
    let key = format!("undo {}", of.command);
    world.node.undo_access(&owner(&key), contact, of.command).await.unwrap();
}

#[tokio::test]
async fn all_access_goes_in_one_append_and_comes_back_as_it_was() {
    let world = World::new().await;
    let (contact, ..) = member(&world).await;
    let before = granted(&world, contact).await;
    let revoke = owner("revoke all");
    let position = world.log_head().await;
    world.node.revoke_all_access(&revoke, contact, None).await.unwrap();
    assert_eq!(granted(&world, contact).await, []);
    assert_eq!(world.count("contact.access_revoked.v1").await, 2);
    assert!(world.log_head().await > position);
    undo(&world, contact, &revoke).await;
    assert_eq!(granted(&world, contact).await, before);
}

#[tokio::test]
async fn a_grant_and_another_until_are_taken_back_too() {
    let world = World::new().await;
    let (contact, slug, until) = member(&world).await;
    let later = owner("later");
    world.node.grant_access(&later, contact, slug.clone(), None).await.unwrap();
    let expected = [Undo::Grant { offering: slug.clone(), until: Some(until) }];
    assert_eq!(world.node.undoable(&owner("look"), contact, later.command).await.unwrap(), expected);
    undo(&world, contact, &later).await;
    assert!(granted(&world, contact).await.contains(&(slug.to_string(), Some(until))));
    let extra = world.offering("extra").await;
    let grant = owner("extra grant");
    world.node.grant_access(&grant, contact, extra.clone(), None).await.unwrap();
    undo(&world, contact, &grant).await;
    assert!(!granted(&world, contact).await.iter().any(|(slug, _)| slug == extra.as_str()));
}

#[tokio::test]
async fn what_was_done_long_ago_by_somebody_else_or_was_changed_since_stays() {
    let world = World::new().await;
    let (contact, slug, _) = member(&world).await;
    let revoke = owner("revoke");
    world.node.revoke_access(&revoke, contact, slug.clone(), None).await.unwrap();
    let nothing = |caller: Caller| {
        let (node, of) = (&world.node, revoke.command);
        async move { node.undoable(&caller, contact, of).await.unwrap().is_empty() }
    };
    assert!(!nothing(owner("look")).await);
    let kim = Caller { actor: magiclink_domain::actor::Actor::System, ..owner("look") };
    assert!(nothing(kim).await, "it was not theirs");
    world.clock.advance(Lifetime::from_mins(15));
    assert!(nothing(owner("look")).await, "fifteen minutes later");
    let again = owner("again");
    world.node.grant_access(&again, contact, slug.clone(), None).await.unwrap();
    world.node.revoke_access(&owner("and away"), contact, slug.clone(), None).await.unwrap();
    let refusal = refused(world.node.undo_access(&owner("undo"), contact, again.command).await);
    assert!(matches!(refusal, Rejection::Invalid(_)), "somebody has changed it since: {refusal:?}");
}

#[tokio::test]
async fn just_before_fifteen_minutes_are_over_it_can_be_taken_back() {
    let world = World::new().await;
    let (contact, slug, _) = member(&world).await;
    let revoke = owner("revoke");
    world.node.revoke_access(&revoke, contact, slug, None).await.unwrap();
    world.clock.advance(Lifetime::from_secs(15 * 60 - 1));
    assert_eq!(world.node.undoable(&owner("look"), contact, revoke.command).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_archived_offering_is_not_granted_again() {
    let world = World::new().await;
    let (contact, slug, _) = member(&world).await;
    world.node.archive_offering(&owner("archive"), slug.clone()).await.unwrap();
    let revoke = owner("revoke");
    world.node.revoke_access(&revoke, contact, slug, None).await.unwrap();
    assert_eq!(world.node.undoable(&owner("look"), contact, revoke.command).await.unwrap(), []);
}

#[tokio::test]
async fn what_has_ended_meanwhile_is_not_granted_again() {
    let world = World::new().await;
    let (contact, slug, _) = member(&world).await;
    let soon = Some(world.now().plus(Lifetime::from_mins(5)));
    world.node.grant_access(&owner("soon"), contact, slug.clone(), soon).await.unwrap();
    let revoke = owner("revoke");
    world.node.revoke_access(&revoke, contact, slug, None).await.unwrap();
    world.clock.advance(Lifetime::from_mins(5));
    assert_eq!(world.node.undoable(&owner("look"), contact, revoke.command).await.unwrap(), []);
}

#[tokio::test]
async fn taking_back_twice_is_once() {
    let world = World::new().await;
    let (contact, ..) = member(&world).await;
    let revoke = owner("revoke all");
    world.node.revoke_all_access(&revoke, contact, None).await.unwrap();
    undo(&world, contact, &revoke).await;
    let grants = world.count("contact.access_granted.v1").await;
    undo(&world, contact, &revoke).await;
    assert_eq!(world.count("contact.access_granted.v1").await, grants);
}
