//! Rows of a file, taken over or rehearsed.

use magiclink_domain::authority::Role;
use magiclink_domain::import::{ContactFile, OfferingFile};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure, ImportRow, Imported, Rehearsed};

use crate::support::{World, owner, refused, staff};

fn row(text: &str) -> ImportRow {
    let file = format!("Contact Id,First Name,Last Name,Email,Phone,Country,Grants\n{text}\n");
    let mut file = ContactFile::open(std::io::Cursor::new(file)).unwrap();
    file.next_line().unwrap().unwrap().row.unwrap()
}

async fn rehearse(world: &World, caller: &Caller, text: &str) -> Result<Rehearsed, Failure> {
    world.node.rehearse_contact(caller, &row(text)).await
}

async fn import(world: &World, key: &str, text: &str) -> Imported {
    world.node.import_contact(&owner(key), row(text)).await.unwrap().value.1
}

#[tokio::test]
async fn a_rehearsal_says_what_the_import_will_do_and_makes_nothing() {
    let world = World::new().await;
    world.offering("alumni").await;
    let first = "crm-1,Ana,Good,ana@example.com,,US,alumni";
    let moved = "crm-1,Ana,Good,ana@example.org,,US,alumni";
    for (text, expected, moves) in
        [(first, Imported::Added, false), (first, Imported::Unchanged, false), (moved, Imported::Changed, true)]
    {
        let head = world.log_head().await;
        let rehearsed = rehearse(&world, &owner("look"), text).await.unwrap();
        assert_eq!(rehearsed, Rehearsed { imported: expected, moves_an_address: moves }, "{text}");
        assert_eq!(world.log_head().await, head);
        assert_eq!(import(&world, &format!("{expected:?}"), text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn a_rehearsal_is_refused_for_what_the_import_would_be() {
    let world = World::new().await;
    let archived = world.offering("old-course").await;
    world.node.archive_offering(&owner("archive"), archived).await.unwrap();
    for (text, rejection) in [
        ("crm-1,Ana,Good,ana@example.com,,US,unknown", Rejection::OfferingNotFound),
        ("crm-1,Ana,Good,ana@example.com,,US,old-course", Rejection::OfferingArchived),
    ] {
        assert_eq!(refused(rehearse(&world, &owner("look"), text).await), rejection);
        assert_eq!(refused(world.node.import_contact(&owner(text), row(text)).await), rejection);
    }
}

#[tokio::test]
async fn an_agent_confirms_rows_that_move_an_address() {
    let world = World::new().await;
    import(&world, "first", "crm-1,Ana,Good,ana@example.com,,US,").await;
    let unsure = Caller { authority: unconfirmed(), ..staff(Role::Agent, "look") };
    let moved = "crm-1,Ana,Good,ana@example.org,,US,";
    assert_eq!(refused(rehearse(&world, &unsure, moved).await), Rejection::ConfirmationRequired);
    assert!(rehearse(&world, &staff(Role::Agent, "sure"), moved).await.unwrap().moves_an_address);
    assert!(rehearse(&world, &unsure, "crm-1,Anna,Good,ana@example.com,,US,").await.is_ok());
}

fn unconfirmed() -> magiclink_domain::authority::Authority {
    magiclink_domain::authority::Authority::Role {
        role: Role::Agent,
        signed_in_at: None,
        confirmed: false,
        token: false,
    }
}

#[tokio::test]
async fn offerings_are_added_corrected_and_left_alone() {
    let world = World::new().await;
    for (nth, (text, expected)) in [
        ("alumni,group,Alumni,", Ok(Imported::Added)),
        ("alumni,group,Alumni,", Ok(Imported::Unchanged)),
        ("alumni,group,All Alumni,https://example.com/a", Ok(Imported::Changed)),
        ("alumni,course,All Alumni,", Err(Rejection::SlugTaken)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut file = OfferingFile::open(std::io::Cursor::new(format!("slug,kind,title,url\n{text}\n"))).unwrap();
        let row = file.next_line().unwrap().unwrap().row.unwrap();
        let head = world.log_head().await;
        let answer = |failure: Failure| failure.rejection().unwrap().clone();
        let rehearsed = world.node.rehearse_offering(&owner("look"), &row).await.map_err(answer);
        assert_eq!(rehearsed, expected, "{text}");
        assert_eq!(world.log_head().await, head);
        let done = world.node.import_offering(&owner(&format!("row {nth}")), row).await;
        assert_eq!(done.map(|done| done.value).map_err(answer), expected, "{text}");
    }
}
