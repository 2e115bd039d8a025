//! What is counted, and what comes first: the dashboard's figures and the short lists beside them.

use std::time::Duration;

use magiclink_domain::actor::Actor;
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::link::{LinkEvent, LinkRevokedWhy, LinkStatus, Method, Refusal};
use magiclink_domain::log::{EventStore as _, Position};
use magiclink_domain::ports::{Clock, KeySource, Lookups};
use magiclink_domain::time::Lifetime;
use magiclink_projections::{Outcome, utc_days};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::folds::{ana, folded};
use crate::support::story::{client, details, issued, redeemed, slug};
use crate::support::{World, contact, link, staff};

#[tokio::test]
async fn the_dashboard_counts_contacts_and_never_staff() {
    let world = World::new();
    for number in 1..=4 {
        world.add(contact(number), details("Ana", "ana@example.com", "", "")).await;
        world.grant(contact(number), "course", None).await;
        world.issue(contact(number), link(number), 0).await;
    }
    let now = world.clock.now();
    world.link(contact(1), link(1), redeemed(1, 0, now)).await;
    world.link(contact(2), link(2), redeemed(1, 0, now.plus(Lifetime::DAY))).await;
    let mut by_staff = redeemed(1, 0, now);
    if let LinkEvent::LinkRedeemed { admission, .. } = &mut by_staff {
        *admission = None;
    }
    world.link(contact(3), link(3), by_staff).await;
    let models = folded(&world).await;
    let view = models.dashboard(&utc_days(now, 2)).await.unwrap();
    assert_eq!((view.contacts, view.invited, view.active, view.live_links), (4, 2, 2, 4));
    assert_eq!(view.logins, [0, 2], "the last day is open-ended");
    let morrow = now.plus(Lifetime::DAY);
    assert_eq!(models.dashboard(&utc_days(morrow, 2)).await.unwrap().logins, [1, 1]);
    world.clock.set(now.plus(Lifetime::from_days(30)));
    assert_eq!(models.dashboard(&[]).await.unwrap().active, 2, "thirty days to the instant");
    world.clock.advance(Lifetime::from_secs(1));
    assert_eq!(models.dashboard(&[]).await.unwrap().active, 1);
}

#[tokio::test]
async fn who_is_in_the_portal_and_never_signed_in_is_invited() {
    let world = World::new();
    let invited = async || folded(&world).await.dashboard(&[]).await.unwrap().invited;
    ana(&world).await;
    assert_eq!(invited().await, 0, "nothing is granted");
    let end = world.clock.now().plus(Lifetime::DAY);
    world.grant(contact(1), "course", Some(end)).await;
    assert_eq!(invited().await, 1);
    world.grant(contact(1), "group", Some(end.plus(Lifetime::DAY))).await;
    assert_eq!(invited().await, 1, "however many grants");
    world.clock.set(end);
    assert_eq!(invited().await, 1, "the longer one goes on");
    let gone = ContactEvent::AccessRevoked { offering: slug("group"), reason: None };
    world.contact(contact(1), gone).await;
    assert_eq!(invited().await, 0, "the other has ended, at its end");
    world.grant(contact(1), "course", None).await;
    assert_eq!(invited().await, 1);
    world.issue(contact(1), link(1), 0).await;
    world.redeem(contact(1), link(1), 1, 0).await;
    assert_eq!(invited().await, 0, "signed in");
    let gone = ContactEvent::AccessRevoked { offering: slug("course"), reason: None };
    world.contact(contact(1), gone).await;
    world.grant(contact(1), "course", None).await;
    assert_eq!(invited().await, 0, "and that is never forgotten");
    world.add(contact(2), details("Bob", "bob@example.com", "", "")).await;
    world.grant(contact(2), "course", None).await;
    assert_eq!(invited().await, 1);
    world.contact(contact(2), ContactEvent::ErasureRequested).await;
    let figures = folded(&world).await.dashboard(&[]).await.unwrap();
    assert_eq!((figures.contacts, figures.invited), (1, 0), "who is erased counts for nothing");
}

#[tokio::test]
async fn what_comes_of_presses_is_counted_by_day_and_never_that_of_staff() {
    let world = World::new();
    ana(&world).await;
    world.issue(contact(1), link(1), 0).await;
    let press = async |actor, event| {
        *world.actor.lock().unwrap() = actor;
        world.link(contact(1), link(1), event).await;
    };
    let refused = |why| LinkEvent::RedemptionRefused { why, client: client() };
    let by_code = |mut event| {
        if let LinkEvent::LinkRedeemed { method, .. } = &mut event {
            *method = Method::Code;
        }
        event
    };
    let (one, day) = (Actor::Contact(contact(1)), world.clock.now());
    press(one.clone(), redeemed(1, 0, day)).await;
    press(one.clone(), by_code(redeemed(2, 0, day))).await;
    press(one.clone(), refused(Refusal::Used)).await;
    press(one.clone(), refused(Refusal::Used)).await;
    press(one.clone(), refused(Refusal::Used)).await;
    press(Actor::Staff(staff(1)), refused(Refusal::Expired)).await;
    world.clock.advance(Lifetime::DAY);
    press(one.clone(), refused(Refusal::Expired)).await;
    press(one, refused(Refusal::Expired)).await;
    let models = folded(&world).await;
    let today = world.clock.now();
    let figures = models.dashboard(&utc_days(today, 2)).await.unwrap();
    assert_eq!(figures.logins, [2, 0]);
    let (link, code) = (Outcome::SignedIn(Method::Link), Outcome::SignedIn(Method::Code));
    let mut all = figures.outcomes.clone();
    assert_eq!(all.remove(0), (Outcome::Refused(Refusal::Used), 3), "the most frequent first");
    assert_eq!(all.remove(0), (Outcome::Refused(Refusal::Expired), 2), "staff's is none of them");
    assert!(all.contains(&(link, 1)) && all.contains(&(code, 1)) && all.len() == 2);
    let figures = models.dashboard(&utc_days(today, 1)).await.unwrap();
    assert_eq!(figures.outcomes, [(Outcome::Refused(Refusal::Expired), 2)], "of these days alone");
    assert_eq!(models.dashboard(&[]).await.unwrap().outcomes, []);
}

#[tokio::test]
async fn the_latest_live_links_come_first_and_one_that_lasts_is_found_behind_many_dead_ones() {
    let world = World::new();
    ana(&world).await;
    let lasting = world.clock.now().plus(Lifetime::from_days(7));
    world.link(contact(1), link(1), issued(contact(1), 0, lasting)).await;
    for number in 2..=400 {
        world.issue(contact(1), link(number), 0).await;
        if number <= 397 {
            let why = LinkRevokedWhy::Revoked;
            world.link(contact(1), link(number), LinkEvent::LinkRevoked { why, reason: None }).await;
        }
    }
    let models = folded(&world).await;
    let listed = async |limit| -> Vec<_> {
        let views = models.latest_live_links(limit).await.unwrap();
        assert!(views.iter().all(|view| view.status == LinkStatus::Live));
        views.iter().map(|view| view.id).collect()
    };
    assert_eq!(listed(2).await, [link(400), link(399)]);
    assert_eq!(listed(10).await, [link(400), link(399), link(398), link(1)]);
    world.clock.set(lasting);
    assert!(listed(10).await.is_empty(), "at its end it is not live");
}

#[tokio::test]
async fn contacts_share_an_address_oldest_first() {
    let world = World::new();
    for number in [3, 1, 2] {
        world.add(contact(number), details("Ana", "ana@example.com", "", "")).await;
    }
    let models = folded(&world).await;
    let address = world.keys.keyring().blind_index("email", "ana@example.com");
    let found = models.contacts_by_address(address, 2, Position::START).await.unwrap();
    assert_eq!(found, [contact(3), contact(1)]);
}

#[tokio::test]
async fn whoever_asks_by_address_waits_for_who_was_added_a_moment_ago() {
    let world = World::new();
    ana(&world).await;
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    let options = SqliteConnectOptions::new().filename(world.path("read.db"));
    let mut holder = SqliteConnection::connect_with(&options).await.unwrap();
    // While somebody else writes, the read models can't go on.
    sqlx::query("begin immediate").execute(&mut holder).await.unwrap();
    world.add(contact(2), details("Ann", "ana@example.com", "", "")).await;
    let head = world.log.head().await.unwrap();
    let address = world.keys.keyring().blind_index("email", "ana@example.com");
    let mut asked = models.contacts_by_address(address, 5, head);
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut asked).await.is_err(), "answered too early");
    assert_eq!(models.contacts_by_address(address, 5, Position::START).await.unwrap(), [contact(1)]);
    sqlx::query("rollback").execute(&mut holder).await.unwrap();
    assert_eq!(asked.await.unwrap(), [contact(1), contact(2)]);
}
