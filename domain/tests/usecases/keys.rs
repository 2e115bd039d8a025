//! What ends with a signing key, and how the history comes to tell it.

use std::sync::Arc;

use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::keys::{KeyEnd, KeyId, Keyring, MacKey};
use magiclink_domain::link::{EndedWhy, LinkEvent, LinkRevokedWhy, LinkStatus, Refusal};
use magiclink_domain::policies::CloseTheDoor;
use magiclink_domain::usecases::{Door, SignedIn};

use crate::support::{World, owner, press};

/// A member with an open session, a live link and a spent one, all under key 1.
async fn inside(world: &World) -> (ContactId, SignedIn, LinkId) {
    let contact = world.member("ana@example.com").await;
    let used = world.link(contact, "used").await.id;
    let live = world.link(contact, "live").await.id;
    (contact, world.node.redeem(press(used, "a")).await.unwrap(), live)
}

/// Key 2 signs from now on, and key 1 ended like this.
fn ended(end: KeyEnd) -> Keyring {
    Keyring::new((KeyId(2), MacKey::new([2; 32])), [], MacKey::new([9; 32])).knowing([(KeyId(1), end)])
}

/// What the log says of links that ended, without what was made.
async fn endings(world: &World) -> Vec<(LinkId, LinkEvent)> {
    let ends = |event: &LinkEvent| matches!(event, LinkEvent::LinkRevoked { .. } | LinkEvent::SessionEnded { .. });
    world.links().await.into_iter().filter(|(_, event)| ends(event)).collect()
}

#[tokio::test]
async fn links_and_sessions_that_ended_with_their_key_are_written_down_with_the_reason() {
    for (end, why) in [(KeyEnd::Restored, LinkRevokedWhy::Restored), (KeyEnd::Revoked, LinkRevokedWhy::Revoked)] {
        let world = World::new().await;
        let (_, signed_in, live) = inside(&world).await;
        let policy = CloseTheDoor::new(Arc::clone(&world.node));
        assert_eq!(policy.run().await.unwrap(), 0, "every key verifies");
        world.keys.exchange(ended(end));
        assert_eq!(policy.run().await.unwrap(), 2);
        let session = LinkEvent::SessionEnded { use_number: 1, why: EndedWhy::Ended };
        let told = [(live, LinkEvent::LinkRevoked { why, reason: None }), (signed_in.session.link, session)];
        assert_eq!(endings(&world).await, told);
        assert_eq!(policy.run().await.unwrap(), 0);
        assert_eq!(CloseTheDoor::new(world.another_node()).run().await.unwrap(), 0, "once, whoever looks");
    }
}

#[tokio::test]
async fn a_key_that_was_merely_retired_takes_its_links_along_and_no_session() {
    let world = World::new().await;
    let (_, _, live) = inside(&world).await;
    world.keys.exchange(ended(KeyEnd::Retired));
    assert_eq!(CloseTheDoor::new(Arc::clone(&world.node)).run().await.unwrap(), 1);
    let revoked = LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: None };
    assert_eq!(endings(&world).await, [(live, revoked)]);
}

#[tokio::test]
async fn a_link_is_revoked_from_the_end_of_its_key_on_and_a_spent_one_stays_spent() {
    let world = World::new().await;
    let (contact, signed_in, live) = inside(&world).await;
    let status = async |link| world.node.link(&owner("look"), link).await.unwrap().status(world.now());
    assert_eq!((status(live).await, status(signed_in.session.link).await), (LinkStatus::Live, LinkStatus::Used));
    world.keys.exchange(ended(KeyEnd::Restored));
    assert_eq!((status(live).await, status(signed_in.session.link).await), (LinkStatus::Revoked, LinkStatus::Used));
    let door = world.node.door(live, None).await.unwrap();
    assert!(matches!(door, Door::Refused { why: Refusal::Revoked, .. }), "{door:?}");
    let fresh = world.link(contact, "under key 2").await.id;
    assert_eq!(status(fresh).await, LinkStatus::Live);
}
