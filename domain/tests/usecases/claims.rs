//! External ids that move from contact to contact, and crashes in the middle of it.

use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::ContactId;
use magiclink_domain::log::Fingerprint;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, ImportRow, NewContact, UseCases};
use magiclink_domain::value::{EmailAddress, ExternalId, Name};

use crate::support::{Fault, World, owner, refused};

/// What a change of an external id appends, in order.
const STEPS: [&str; 3] = ["claim.claimed.v1", "contact.details_changed.v1", "claim.released.v1"];

fn crm(id: &str) -> NewContact {
    NewContact {
        name: Name::parse("Ana Good").unwrap(),
        email: Some(EmailAddress::parse("ana@example.com").unwrap()),
        phone: None,
        locale: None,
        external_id: Some(ExternalId::parse(id).unwrap()),
    }
}

fn to(id: &str) -> DetailsChange {
    DetailsChange { external_id: Some(Some(ExternalId::parse(id).unwrap())), ..DetailsChange::default() }
}

async fn has(world: &World, id: &str) -> Option<ContactId> {
    world.another_node().find_contact(&owner("look"), id).await.ok()
}

/// Gives Ana, who had `crm-1`, `crm-2`; at `step` it goes wrong.
async fn moved(world: &World, step: &'static str, fault: Fault) -> ContactId {
    let ana = world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value;
    world.log.fail_next(step, fault);
    drop(world.node.change_contact(&owner("move"), ana, to("crm-2")).await);
    assert!(world.log.has_failed(), "{step} {fault:?}");
    ana
}

/// The ways to come by an external id.
#[derive(Clone, Copy, Debug)]
enum Way {
    Added,
    Changed,
    Imported,
}

async fn takes(node: &UseCases, way: Way, key: &str, id: &str) -> Result<ContactId, Rejection> {
    let caller = owner(key);
    let taken = match way {
        Way::Added => node.add_contact(&caller, crm(id)).await.map(|done| done.value),
        Way::Changed => {
            let new = NewContact { external_id: None, ..crm(id) };
            let other = node.add_contact(&owner(&format!("{key}, other")), new).await.unwrap().value;
            node.change_contact(&caller, other, to(id)).await.map(|done| done.value)
        }
        Way::Imported => {
            let row = ImportRow { contact: crm(id), attributes: vec![], grants: vec![], cells: vec![id.to_owned()] };
            node.import_contact(&caller, row).await.map(|done| done.value.0)
        }
    };
    taken.map_err(|failure| failure.rejection().expect("a rule says no").clone())
}

#[tokio::test]
async fn an_external_id_whose_contact_has_another_may_be_taken_though_nobody_completed_the_change() {
    for way in [Way::Added, Way::Changed, Way::Imported] {
        for fault in Fault::ALL {
            let case = format!("{way:?} {fault:?}");
            let world = World::new().await;
            let ana = moved(&world, "claim.released.v1", fault).await;
            assert_eq!((has(&world, "crm-1").await, has(&world, "crm-2").await), (None, Some(ana)), "{case}");
            let bea = takes(&world.another_node(), way, "bea", "crm-1").await;
            assert!(bea.as_ref().is_ok_and(|bea| *bea != ana), "{case}: {bea:?}");
            assert_eq!((has(&world, "crm-1").await, has(&world, "crm-2").await), (bea.ok(), Some(ana)), "{case}");
            assert_eq!(takes(&world.node, Way::Added, "eve", "crm-1").await, Err(Rejection::ExternalIdTaken), "{case}");
            assert_eq!(takes(&world.node, Way::Added, "eve", "crm-2").await, Err(Rejection::ExternalIdTaken), "{case}");
        }
    }
}

#[tokio::test]
async fn a_change_that_crashed_at_any_append_is_completed_by_asking_again() {
    for step in STEPS {
        for fault in Fault::ALL {
            let case = format!("{step} {fault:?}");
            let world = World::new().await;
            let ana = moved(&world, step, fault).await;
            world.another_node().change_contact(&owner("move"), ana, to("crm-2")).await.unwrap();
            assert_eq!((has(&world, "crm-1").await, has(&world, "crm-2").await), (None, Some(ana)), "{case}");
            assert_eq!(world.count("contact.details_changed.v1").await, 1, "{case}");
            let bea = takes(&world.another_node(), Way::Added, "bea", "crm-1").await.unwrap();
            assert_eq!((has(&world, "crm-1").await, has(&world, "crm-2").await), (Some(bea), Some(ana)), "{case}");
        }
    }
}

#[tokio::test]
async fn an_external_id_that_is_on_its_way_to_a_contact_is_taken_by_no_other() {
    let world = World::new().await;
    let ana = moved(&world, "contact.details_changed.v1", Fault::Unavailable).await;
    for way in [Way::Added, Way::Changed, Way::Imported] {
        let taken = takes(&world.another_node(), way, &format!("{way:?}"), "crm-2").await;
        assert_eq!(taken, Err(Rejection::ExternalIdTaken), "{way:?}");
    }
    world.another_node().change_contact(&owner("move"), ana, to("crm-2")).await.unwrap();
    assert_eq!(has(&world, "crm-2").await, Some(ana));
}

#[tokio::test]
async fn an_external_id_that_a_contact_takes_back_is_on_its_way_too() {
    let world = World::new().await;
    let ana = moved(&world, "claim.released.v1", Fault::Unavailable).await;
    world.log.fail_next("contact.details_changed.v1", Fault::Unavailable);
    assert!(world.node.change_contact(&owner("back"), ana, to("crm-1")).await.is_err());
    let bea = takes(&world.another_node(), Way::Added, "bea", "crm-1").await;
    assert_eq!(bea, Err(Rejection::ExternalIdTaken), "it left them before, and they claimed it since");
    world.another_node().change_contact(&owner("back"), ana, to("crm-1")).await.unwrap();
    assert_eq!((has(&world, "crm-1").await, has(&world, "crm-2").await), (Some(ana), None));
    assert!(takes(&world.another_node(), Way::Added, "bea", "crm-2").await.is_ok());
}

#[tokio::test]
async fn an_external_id_that_was_taken_away_is_free() {
    for fault in Fault::ALL {
        let world = World::new().await;
        let ana = world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value;
        world.log.fail_next("claim.released.v1", fault);
        let none = DetailsChange { external_id: Some(None), ..DetailsChange::default() };
        drop(world.node.change_contact(&owner("none"), ana, none).await);
        let bea = takes(&world.another_node(), Way::Added, "bea", "crm-1").await.unwrap();
        assert_eq!(has(&world, "crm-1").await, Some(bea), "{fault:?}");
    }
}

#[tokio::test]
async fn a_change_asked_for_again_when_the_contact_has_moved_on_claims_nothing() {
    let world = World::new().await;
    let ana = world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value;
    for (key, id) in [("first", "crm-2"), ("second", "crm-3"), ("first", "crm-2")] {
        world.another_node().change_contact(&owner(key), ana, to(id)).await.unwrap();
    }
    world.another_node().add_contact(&owner("ana"), crm("crm-1")).await.unwrap();
    assert_eq!(has(&world, "crm-3").await, Some(ana));
    for id in ["crm-1", "crm-2"] {
        let bea = takes(&world.another_node(), Way::Added, id, id).await.unwrap();
        assert_ne!(bea, ana);
    }
    // Even now that others have them.
    assert_eq!(world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value, ana);
    let other = Caller { fingerprint: Some(Fingerprint([8; 16])), ..owner("first") };
    assert_eq!(refused(world.node.change_contact(&other, ana, to("crm-4")).await), Rejection::IdempotencyKeyReused);
    assert!(takes(&world.node, Way::Added, "crm-4", "crm-4").await.is_ok());
}

#[tokio::test]
async fn a_change_that_others_overtook_claims_anew_before_it_is_written() {
    let world = World::new().await;
    let ana = world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value;
    let gate = world.log.hold_next("contact.details_changed.v1");
    let node = world.another_node();
    let late = tokio::spawn(async move { node.change_contact(&owner("late"), ana, to("crm-9")).await });
    gate.reached().await;
    for (key, id) in [("there", "crm-9"), ("back", "crm-1")] {
        world.node.change_contact(&owner(key), ana, to(id)).await.unwrap();
    }
    let bea = takes(&world.node, Way::Added, "bea", "crm-9").await.unwrap();
    gate.open();
    assert_eq!(refused(late.await.unwrap()), Rejection::ExternalIdTaken);
    assert_eq!((has(&world, "crm-1").await, has(&world, "crm-9").await), (Some(ana), Some(bea)));
}

#[tokio::test]
async fn a_release_that_comes_late_leaves_what_was_claimed_since() {
    let world = World::new().await;
    let ana = world.node.add_contact(&owner("ana"), crm("crm-1")).await.unwrap().value;
    let gate = world.log.hold_next("claim.released.v1");
    let node = world.another_node();
    let late = tokio::spawn(async move { node.change_contact(&owner("move"), ana, to("crm-2")).await });
    gate.reached().await;
    world.node.change_contact(&owner("back"), ana, to("crm-1")).await.unwrap();
    gate.open();
    late.await.unwrap().unwrap();
    assert_eq!(takes(&world.node, Way::Added, "bea", "crm-1").await, Err(Rejection::ExternalIdTaken));
    assert_eq!(has(&world, "crm-1").await, Some(ana));
}
