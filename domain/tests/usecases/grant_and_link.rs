//! Several streams under one command id: what a crash between two appends leaves behind, and how a retry completes it.

use magiclink_domain::id::ContactId;
use magiclink_domain::link::LinkEvent;
use magiclink_domain::log::Fingerprint;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure, IssueRequest, Issued, NewContact};
use magiclink_domain::value::{EmailAddress, ExternalId, Name};

use crate::support::{Fault, World, owner, refused, request};

async fn grant_and_link(world: &World, contact: ContactId) -> Result<Issued, Failure> {
    let slug = magiclink_domain::value::Slug::parse("alumni").unwrap();
    let request = IssueRequest { grants: vec![slug], ..request(contact) };
    // Each try comes to a node that knows nothing of the one before.
    world.another_node().issue_link(&owner("grant and link"), request).await.map(|done| done.value)
}

#[tokio::test]
async fn a_crash_anywhere_in_grant_and_link_never_leaves_a_link_without_its_grant_and_a_retry_completes_it() {
    for step in ["contact.access_granted.v1", "link.issued.v1"] {
        for fault in Fault::ALL {
            let world = World::new().await;
            world.offering("alumni").await;
            let contact = world.contact("ana@example.com").await;
            world.log.fail_next(step, fault);
            let first = grant_and_link(&world, contact).await;
            assert!(world.log.has_failed(), "{step} {fault:?}");
            let in_doubt = matches!(fault, Fault::Vanished | Fault::AnswerLost);
            assert_eq!(first.is_ok(), in_doubt, "{step} {fault:?}: what is only unknown is found out");
            let grants = world.count("contact.access_granted.v1").await;
            let links = world.count("link.issued.v1").await;
            assert!(links <= grants, "{step} {fault:?}: a link without its grant");
            let second = grant_and_link(&world, contact).await.unwrap();
            assert!(second.url.is_some() && first.is_ok_and(|first| first.id == second.id) == in_doubt);
            for kind in ["contact.access_granted.v1", "link.issued.v1"] {
                assert_eq!(world.count(kind).await, 1, "{step} {fault:?}: {kind}");
            }
        }
    }
}

#[tokio::test]
async fn the_same_key_and_body_gives_the_first_link_as_it_is_now() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let first = world.link(contact, "1").await;
    let again = world.link(contact, "1").await;
    assert_eq!((first.id, first.url), (again.id, again.url));
    world.node.revoke_link(&owner("revoke"), first.id, None).await.unwrap();
    let revoked = world.link(contact, "1").await;
    assert_eq!((revoked.id, revoked.url), (first.id, None), "a dead link is not shown");
    assert_eq!(world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_whatever_the_first_did() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    world.link(contact, "1").await;
    let other = Caller { fingerprint: Some(Fingerprint([8; 16])), ..owner("1") };
    assert_eq!(refused(world.node.issue_link(&other, request(contact)).await), Rejection::IdempotencyKeyReused);
    let elsewhere = world.another_node();
    assert_eq!(refused(elsewhere.issue_link(&other, request(contact)).await), Rejection::IdempotencyKeyReused);
    let slug = world.offering("founders-circle").await;
    let granted = owner("grant");
    world.node.grant_access(&granted, contact, slug.clone(), None).await.unwrap();
    let other = Caller { fingerprint: Some(Fingerprint([8; 16])), ..granted };
    let until = Some(world.now().plus(magiclink_domain::time::Lifetime::DAY));
    let reused = world.node.grant_access(&other, contact, slug, until).await;
    assert_eq!(refused(reused), Rejection::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_link_asked_to_be_sent_is_sent_once_however_often_the_request_comes() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let mail = IssueRequest { deliver: vec![magiclink_domain::link::Channel::Email; 3], ..request(contact) };
    for _ in 0..3 {
        world.another_node().issue_link(&owner("1"), mail.clone()).await.unwrap();
    }
    let requested = |event: &LinkEvent| matches!(event, LinkEvent::DeliveryRequested { .. });
    assert_eq!(world.links().await.iter().filter(|(_, event)| requested(event)).count(), 1);
}

fn crm(id: &str) -> NewContact {
    NewContact {
        name: Name::parse("Ana Good").unwrap(),
        email: Some(EmailAddress::parse("ana@example.com").unwrap()),
        phone: None,
        locale: None,
        external_id: Some(ExternalId::parse(id).unwrap()),
    }
}

#[tokio::test]
async fn a_claim_whose_contact_is_missing_is_completed_with_that_id_by_whoever_comes_next() {
    for retry in ["add", "another request"] {
        let world = World::new().await;
        world.log.fail_next("contact.added.v1", Fault::Unavailable);
        assert!(world.node.add_contact(&owner("add"), crm("crm-1")).await.is_err());
        assert_eq!((world.count("claim.claimed.v1").await, world.count("contact.added.v1").await), (1, 0));
        let added = world.another_node().add_contact(&owner(retry), crm("crm-1")).await.unwrap().value;
        assert_eq!(added, owner("add").command.contact(), "{retry}");
        assert_eq!(world.node.find_contact(&owner("look"), "crm-1").await.unwrap(), added);
        assert_eq!((world.count("claim.claimed.v1").await, world.count("contact.added.v1").await), (1, 1));
    }
}

#[tokio::test]
async fn an_external_id_belongs_to_one_contact_until_that_one_is_erased() {
    let world = World::new().await;
    let first = world.node.add_contact(&owner("1"), crm("crm-1")).await.unwrap().value;
    assert_eq!(refused(world.node.add_contact(&owner("2"), crm("crm-1")).await), Rejection::ExternalIdTaken);
    world.node.erase_contact(&owner("erase"), first).await.unwrap();
    let second = world.node.add_contact(&owner("3"), crm("crm-1")).await.unwrap().value;
    assert_ne!(first, second);
    assert_eq!(world.another_node().find_contact(&owner("look"), "crm-1").await.unwrap(), second);
}
