//! Lists of those contacts alone of whom something holds.

use magiclink_domain::keys::BlindIndex;
use magiclink_domain::number::{NumberEvent, NumberStream};
use magiclink_domain::ports::{Clock, KeySource};
use magiclink_domain::time::Lifetime;
use magiclink_projections::{ContactFilter, PHONE, ReadModels};

use crate::support::story::details;
use crate::support::{World, contact, link};

/// 1: in the portal and signed in. 2: invited, until tomorrow. 3: in no portal, by phone alone, opted out. 4: never granted.
async fn people(world: &World) {
    world.offer("course", "A Course").await;
    world.add(contact(1), details("Ana One", "ana@example.com", "+14155550100", "")).await;
    world.add(contact(2), details("Bo Two", "bo@example.com", "", "")).await;
    world.add(contact(3), details("Cy Three", "", "+14155550103", "")).await;
    world.add(contact(4), details("Di Four", "di@example.com", "+14155550104", "")).await;
    world.grant(contact(1), "course", None).await;
    world.grant(contact(2), "course", Some(world.clock.now().plus(Lifetime::DAY))).await;
    world.issue(contact(1), link(1), 0).await;
    world.redeem(contact(1), link(1), 1, 0).await;
    let number: BlindIndex = world.keys.keyring().blind_index(PHONE, "+14155550103");
    world.append::<NumberStream>(&NumberStream::name(number), None, NumberEvent::SmsOptedOut).await;
}

async fn that(models: &ReadModels, filter: ContactFilter) -> Vec<u128> {
    let listed = models.contacts_that(filter, None, 10).await.unwrap();
    assert_eq!(listed.next, None);
    listed.items.iter().map(|view| (1..=4).find(|number| contact(*number) == view.id).unwrap()).collect()
}

#[tokio::test]
async fn each_filter_lists_those_of_whom_it_holds_newest_first() {
    let world = World::new();
    let models = world.open("read.db").await;
    people(&world).await;
    models.catch_up().await.unwrap();
    for (filter, expected) in [
        (ContactFilter::InPortal, vec![2, 1]),
        (ContactFilter::Invited, vec![2]),
        (ContactFilter::Outside, vec![4, 3]),
        (ContactFilter::OptedOut, vec![3]),
        (ContactFilter::NoEmail, vec![3]),
        (ContactFilter::NoPhone, vec![2]),
    ] {
        assert_eq!(that(&models, filter).await, expected, "{filter:?}");
        assert_eq!(ContactFilter::from_word(filter.as_str()), Some(filter));
    }
    world.clock.set(world.clock.now().plus(Lifetime::DAY));
    assert_eq!(that(&models, ContactFilter::InPortal).await, [1], "a grant ends at its end");
    models.close().await;
}

#[tokio::test]
async fn a_filtered_list_goes_on_after_its_last_and_a_search_keeps_to_it() {
    let world = World::new();
    let models = world.open("read.db").await;
    people(&world).await;
    models.catch_up().await.unwrap();
    for filter in [ContactFilter::InPortal, ContactFilter::Outside] {
        let first = models.contacts_that(filter, None, 1).await.unwrap();
        let second = models.contacts_that(filter, first.next, 1).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next), (1, 1, None), "{filter:?}");
        assert_ne!(first.items[0].id, second.items[0].id);
    }
    let found = models.search_that(ContactFilter::Outside, "example.com", 10).await.unwrap();
    assert_eq!(found.iter().map(|view| view.id).collect::<Vec<_>>(), [contact(4)]);
    assert!(models.search_that(ContactFilter::OptedOut, "ana", 10).await.unwrap().is_empty());
    models.close().await;
}
