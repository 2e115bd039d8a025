//! Erasing a contact, and crashing in the middle of it.

use std::sync::Arc;

use magiclink_domain::contact::ContactState;
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::Refusal;
use magiclink_domain::policies::CloseTheDoor;
use magiclink_domain::ports::Vault;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::NewContact;
use magiclink_domain::value::{EmailAddress, ExternalId, Name};

use crate::support::{Fault, World, owner, press, refused};

const STEPS: [&str; 3] = ["contact.admissions_renewed.v1", "claim.released.v1", "contact.erased.v1"];

async fn ana(world: &World) -> (ContactId, LinkId) {
    let slug = world.offering("alumni").await;
    let new = NewContact {
        name: Name::parse("Ana Good").unwrap(),
        email: Some(EmailAddress::parse("ana@example.com").unwrap()),
        phone: None,
        locale: None,
        external_id: Some(ExternalId::parse("crm-1").unwrap()),
    };
    let contact = world.node.add_contact(&owner("add"), new).await.unwrap().value;
    world.node.grant_access(&owner("grant"), contact, slug, None).await.unwrap();
    (contact, world.link(contact, "1").await.id)
}

/// Key gone, external id free, link dead, said so once; the same on a node that knows nothing yet.
async fn assert_erased(world: &World, contact: ContactId, link: LinkId, case: &str) {
    assert!(world.vault.keys(&[contact.into()]).await.unwrap().get(contact.into()).is_none(), "{case}: the key");
    for kind in STEPS {
        assert_eq!(world.count(kind).await, 1, "{case}: {kind}");
    }
    for node in [&world.node, &world.another_node()] {
        assert_eq!(node.contact_state(&owner("look"), contact).await.unwrap(), ContactState::Erased, "{case}");
        let refusal = refused(node.redeem(press(link, "a")).await);
        assert_eq!(refusal, Rejection::Refused(Refusal::SubjectGone), "{case}");
        for text in ["crm-1", "ana@example.com"] {
            assert_eq!(
                refused(node.find_contact(&owner("look"), text).await),
                Rejection::ContactNotFound,
                "{case}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn an_erased_contact_is_gone_for_good() {
    let world = World::new().await;
    let (contact, link) = ana(&world).await;
    let signed_in = world.node.redeem(press(link, "a")).await.unwrap();
    world.node.erase_contact(&owner("erase"), contact).await.unwrap();
    assert!(world.another_node().portal_session(&signed_in.cookie.0).await.unwrap().is_none());
    assert_erased(&world, contact, link, "without a crash").await;
    world.node.erase_contact(&owner("once more"), contact).await.unwrap();
    assert_erased(&world, contact, link, "erased twice").await;
}

#[tokio::test]
async fn an_erasure_that_crashed_at_any_append_is_completed_by_the_policy_or_by_asking_again() {
    for again in [false, true] {
        for step in STEPS {
            for fault in Fault::ALL {
                let case = format!("{step} {fault:?} {again}");
                let world = World::new().await;
                let (contact, link) = ana(&world).await;
                world.log.fail_next(step, fault);
                let first = world.node.erase_contact(&owner("erase"), contact).await;
                assert!(world.log.has_failed(), "{case}");
                let requested = world.count("contact.erasure_requested.v1").await == 1;
                assert!(requested || step == STEPS[0], "{case}");
                if again || (first.is_err() && !requested) {
                    world.another_node().erase_contact(&owner("erase"), contact).await.unwrap();
                } else {
                    CloseTheDoor::new(world.another_node()).run().await.unwrap();
                }
                assert_erased(&world, contact, link, &case).await;
            }
        }
    }
}

#[tokio::test]
async fn an_erasure_that_crashed_at_the_vault_is_completed_by_the_policy() {
    for done in [false, true] {
        let world = World::new().await;
        let (contact, link) = ana(&world).await;
        world.vault.fail_next_destruction(done);
        assert!(world.node.erase_contact(&owner("erase"), contact).await.is_err());
        assert_eq!(world.count("contact.erased.v1").await, 0);
        CloseTheDoor::new(Arc::clone(&world.node)).run().await.unwrap();
        // The policy also notes the dead link; its key is gone, and it needs none.
        assert_erased(&world, contact, link, if done { "after" } else { "before" }).await;
    }
}

#[tokio::test]
async fn the_history_of_an_erased_contact_reads_on_without_the_person() {
    let world = World::new().await;
    let (contact, link) = ana(&world).await;
    world.node.erase_contact(&owner("erase"), contact).await.unwrap();
    CloseTheDoor::new(Arc::clone(&world.node)).run().await.unwrap();
    let reader = world.another_node();
    assert_eq!(reader.contact_timeline(&owner("read"), contact).await.unwrap().len(), 5);
    let entries = reader.link_timeline(&owner("read"), link).await.unwrap();
    assert!(!format!("{entries:?}").contains("ana@example.com"));
}
