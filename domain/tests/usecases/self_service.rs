//! Asking for a link oneself, and signing in by code: uniform answers, and budgets that are charged first.

use magiclink_domain::id::ContactId;
use magiclink_domain::keys::Realm;
use magiclink_domain::link::{Channel, Client, LinkEvent, LinkKind, Refusal};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{CodeAttempt, NewContact, Policy};
use magiclink_domain::value::{EmailAddress, Name};

use crate::support::{World, owner, phone, press, refused};

fn attempt(address: &str, code: &str) -> CodeAttempt {
    CodeAttempt {
        realm: Realm::Portal,
        address: address.to_owned(),
        code: code.to_owned(),
        nonce: "a".to_owned(),
        client: Client::default(),
        beside: None,
        previous: None,
    }
}

async fn sendings(world: &World) -> usize {
    world.count("link.delivery_requested.v1").await
}

#[tokio::test]
async fn asking_with_an_address_nobody_has_makes_no_event_and_the_same_answer() {
    let world = World::new().await;
    world.member("ana@example.com").await;
    let before = world.history().await.len();
    for typed in ["bo@example.com", "+14155550100", "nonsense", "", "ana@example.com, bo@example.com"] {
        world.node.ask_for_link(typed).await.unwrap();
    }
    assert_eq!(world.history().await.len(), before);
    world.node.ask_for_link(" ANA@example.com ").await.unwrap();
    assert_eq!((world.count("link.issued.v1").await, sendings(&world).await), (1, 1));
}

#[tokio::test]
async fn a_contact_who_is_not_in_the_portal_gets_nothing() {
    let world = World::new().await;
    world.contact("ana@example.com").await;
    world.node.ask_for_link("ana@example.com").await.unwrap();
    assert_eq!(world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn asking_again_sends_the_live_link_again_once_a_minute() {
    let world = World::new().await;
    world.member("ana@example.com").await;
    let ask = || world.node.ask_for_link("ana@example.com");
    ask().await.unwrap();
    ask().await.unwrap();
    assert_eq!(sendings(&world).await, 1, "within the minute");
    world.clock.advance(Lifetime::from_mins(1));
    ask().await.unwrap();
    assert_eq!((world.count("link.issued.v1").await, sendings(&world).await), (1, 2));
    world.clock.advance(Lifetime::NOW);
    ask().await.unwrap();
    assert_eq!((world.count("link.issued.v1").await, sendings(&world).await), (2, 3), "the first ran out");
}

#[tokio::test]
async fn five_messages_an_hour_and_not_a_sixth() {
    let world = World::new().await;
    world.member("ana@example.com").await;
    for _ in 0..8 {
        world.node.ask_for_link("ana@example.com").await.unwrap();
        world.clock.advance(Lifetime::from_mins(2));
    }
    assert_eq!(sendings(&world).await, 5);
    world.clock.advance(Lifetime::from_hours(1));
    world.node.ask_for_link("ana@example.com").await.unwrap();
    assert_eq!(sendings(&world).await, 6);
}

async fn sharing(world: &World, count: usize) {
    let slug = world.offering("alumni").await;
    for nth in 0..count {
        let new = NewContact {
            name: Name::parse("Somebody").unwrap(),
            email: Some(EmailAddress::parse("family@example.com").unwrap()),
            phone: Some(phone("+14155550100")),
            locale: None,
            external_id: None,
        };
        let contact = world.node.add_contact(&owner(&format!("add {nth}")), new).await.unwrap().value;
        world.node.grant_access(&owner(&format!("grant {nth}")), contact, slug.clone(), None).await.unwrap();
    }
}

#[tokio::test]
async fn several_contacts_at_one_address_get_one_message_each_up_to_five_mails_or_three_texts() {
    for (typed, channel, most) in [("family@example.com", Channel::Email, 5), ("+1 415 555 0100", Channel::Sms, 3)] {
        for sharers in [most, most + 1] {
            let world = World::new().await;
            sharing(&world, sharers).await;
            world.node.ask_for_link(typed).await.unwrap();
            assert_eq!(sendings(&world).await, most, "{sharers} share {channel}");
        }
    }
}

#[tokio::test]
async fn a_new_one_for_a_dead_link_is_sent_three_times_an_hour_to_the_address_on_file() {
    let world = World::with(Policy {
        channels: [Channel::Email].into(),
        contact_sends: magiclink_domain::ports::Limit { most: 50, per: Lifetime::from_hours(1) },
        ..Policy::default()
    })
    .await;
    let old = world.link(world.member("ana@example.com").await, "1").await.id;
    world.clock.advance(Lifetime::DAY);
    for _ in 0..5 {
        world.node.ask_for_replacement(old).await.unwrap();
        world.clock.advance(Lifetime::from_mins(2));
    }
    assert_eq!(sendings(&world).await, 3);
}

/// A live link's code.
async fn code(world: &World, contact: ContactId, key: &str) -> String {
    world.link(contact, key).await.code.unwrap().0
}

#[tokio::test]
async fn a_code_signs_in_at_its_contacts_address_alone() {
    let world = World::new().await;
    let code = code(&world, world.member("ana@example.com").await, "1").await;
    world.contact("bo@example.com").await;
    for (address, typed) in [
        ("bo@example.com", code.as_str()),
        ("nobody@example.com", &code),
        ("nonsense", &code),
        ("ana@example.com", "0000-0000"),
        ("ana@example.com", "nonsense"),
    ] {
        assert!(world.node.sign_in_by_code(attempt(address, typed)).await.unwrap().is_none(), "{address} {typed}");
    }
    assert!(world.node.sign_in_by_code(attempt("ana@example.com", &code)).await.unwrap().is_some());
}

#[tokio::test]
async fn code_and_link_are_one_secret_and_using_one_ends_both() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let link = world.link(contact, "1").await;
    let code = link.code.unwrap().0;
    assert!(world.node.sign_in_by_code(attempt("ana@example.com", &code)).await.unwrap().is_some());
    assert_eq!(refused(world.node.redeem(press(link.id, "b")).await), Rejection::Refused(Refusal::Used));
}

#[tokio::test]
async fn ten_attempts_an_hour_are_charged_right_or_wrong_and_the_link_still_works() {
    let world = World::new().await;
    let link = world.link(world.member("ana@example.com").await, "1").await;
    let code = link.code.unwrap().0;
    for _ in 0..10 {
        assert!(world.node.sign_in_by_code(attempt("ana@example.com", "0000-0000")).await.unwrap().is_none());
    }
    let right = world.another_node().sign_in_by_code(attempt("ana@example.com", &code)).await.unwrap();
    assert!(right.is_none(), "the eleventh, though right, and on another node");
    assert!(world.node.redeem(press(link.id, "b")).await.is_ok());
}

#[tokio::test]
async fn the_tenth_attempt_is_still_compared_and_the_next_hour_begins_anew() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let (first, second) = (code(&world, contact, "1").await, code(&world, contact, "2").await);
    for _ in 0..9 {
        world.node.sign_in_by_code(attempt("ana@example.com", "0000-0000")).await.unwrap();
    }
    assert!(world.node.sign_in_by_code(attempt("ana@example.com", &first)).await.unwrap().is_some());
    assert!(world.node.sign_in_by_code(attempt("ana@example.com", &second)).await.unwrap().is_none());
    world.clock.advance(Lifetime::from_hours(1));
    assert!(world.node.sign_in_by_code(attempt("ana@example.com", &second)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_staff_members_own_link_works_in_the_asking_browser_and_its_code_anywhere() {
    let world = World::new().await;
    let details =
        StaffDetails { name: Name::parse("Sam").unwrap(), email: EmailAddress::parse("sam@example.com").unwrap() };
    world.node.add_staff(&owner("sam"), magiclink_domain::authority::Role::Agent, details).await.unwrap();
    world.node.ask_for_staff_link("sam@example.com", "asking").await.unwrap();
    let own = |event: &LinkEvent| matches!(event, LinkEvent::LinkIssued { kind: LinkKind::SelfService, .. });
    let link = world.links().await.into_iter().find(|(_, event)| own(event)).unwrap().0;
    let elsewhere = refused(world.node.redeem(press(link, "other")).await);
    assert_eq!(elsewhere, Rejection::Refused(Refusal::OtherBrowser));
    assert!(world.node.redeem(press(link, "asking")).await.is_ok());
}
