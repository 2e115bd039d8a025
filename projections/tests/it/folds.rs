//! The rules by which events become rows, read model by read model, each seen through its query.

use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Role;
use magiclink_domain::link::{CancelledWhy, EndedWhy, LinkEvent, LinkRevokedWhy, LinkStatus, OpenedBy};
use magiclink_domain::number::{NumberEvent, NumberStream};
use magiclink_domain::offering::{OfferingEvent, OfferingStream};
use magiclink_domain::ports::{Clock, KeySource, Lookups};
use magiclink_domain::settings::{SettingsEvent, SettingsStream};
use magiclink_domain::team::{TeamEvent, TeamStream, TokenName};
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Title;
use magiclink_projections::{HistoryFilter, HistoryKind, LinkFilter, PHONE, ReadModels, Watched};
use uuid::Uuid;

use crate::support::story::{changed_words, client, delivery, details, issued, opened, requested, slug};
use crate::support::{World, contact, link, staff};

/// The log so far, folded in one go.
pub(crate) async fn folded(world: &World) -> Arc<ReadModels> {
    let name = format!("{}.db", world.clock.now().micros());
    let models = world.open(&name).await;
    models.catch_up().await.unwrap();
    models
}

pub(crate) async fn ana(world: &World) {
    world.add(contact(1), details("Ana", "ana@example.com", "+14155550100", "")).await;
}

#[tokio::test]
async fn a_grant_prolonged_before_its_end_keeps_its_beginning() {
    let world = World::new();
    ana(&world).await;
    let end = world.clock.now().plus(Lifetime::from_secs(3));
    world.grant(contact(1), "course", Some(end)).await;
    let since = world.clock.now();
    *world.actor.lock().unwrap() = Actor::Staff(staff(2));
    world.grant(contact(1), "course", None).await;
    let grant = folded(&world).await.contact(contact(1)).await.unwrap().unwrap().grants.remove(0);
    assert_eq!((grant.since, grant.until, grant.granted_by), (since, None, Actor::Staff(staff(2))));
}

#[tokio::test]
async fn a_grant_given_again_from_its_end_on_begins_anew() {
    for rows_apart in [false, true] {
        let world = World::new();
        ana(&world).await;
        let end = world.clock.now().plus(Lifetime::from_secs(2));
        let live = world.open("live.db").await;
        let first = world.grant(contact(1), "course", Some(end)).await;
        if rows_apart {
            live.passed(first).await.unwrap();
        }
        // The clock moves a second with each event: this one falls on the very end.
        let last = world.grant(contact(1), "course", None).await;
        assert_eq!(world.clock.now(), end);
        live.passed(last).await.unwrap();
        let grant = live.contact(contact(1)).await.unwrap().unwrap().grants.remove(0);
        assert_eq!(grant.since, end, "in one batch or two");
    }
}

#[tokio::test]
async fn a_revoked_grant_is_gone_and_begins_anew_when_given_again() {
    let world = World::new();
    ana(&world).await;
    world.grant(contact(1), "course", None).await;
    let end = magiclink_domain::contact::ContactEvent::AccessRevoked { offering: slug("course"), reason: None };
    world.contact(contact(1), end).await;
    assert!(folded(&world).await.contact(contact(1)).await.unwrap().unwrap().grants.is_empty());
    world.grant(contact(1), "course", None).await;
    let grant = folded(&world).await.contact(contact(1)).await.unwrap().unwrap().grants.remove(0);
    assert_eq!(grant.since, world.clock.now());
}

#[tokio::test]
async fn a_link_is_used_expired_or_revoked_as_the_domain_says() {
    let world = World::new();
    ana(&world).await;
    let end = world.clock.now().plus(Lifetime::from_hours(1));
    for number in 1..=4 {
        world.link(contact(1), link(number), issued(contact(1), 0, end)).await;
    }
    world.redeem(contact(1), link(2), 1, 0).await;
    world.redeem(contact(1), link(2), 2, 0).await;
    for why in [LinkRevokedWhy::Replaced, LinkRevokedWhy::Revoked] {
        world.link(contact(1), link(3), LinkEvent::LinkRevoked { why, reason: None }).await;
    }
    world.link(contact(1), link(4), LinkEvent::LinkOpened { by: OpenedBy::Scanner, client: client() }).await;
    world.link(contact(1), link(4), LinkEvent::LinkRevealed).await;
    let models = folded(&world).await;
    let status = async |number| models.link(link(number)).await.unwrap().unwrap().status;
    world.clock.set(end);
    assert_eq!(status(1).await, LinkStatus::Expired, "half-open: refused from its end on");
    world.clock.set(magiclink_domain::time::Timestamp::from_micros(end.micros() - 1));
    assert_eq!(status(1).await, LinkStatus::Live);
    assert_eq!(status(2).await, LinkStatus::Used);
    let third = models.link(link(3)).await.unwrap().unwrap();
    assert_eq!((third.status, third.revoked), (LinkStatus::Revoked, Some(LinkRevokedWhy::Replaced)), "the first wins");
    let fourth = models.link(link(4)).await.unwrap().unwrap();
    assert_eq!((fourth.opened_at, fourth.revealed), (None, true), "a scanner is no person");
    let live = LinkFilter { status: Some(LinkStatus::Live), ..LinkFilter::default() };
    let first = models.links(live, None, 1).await.unwrap();
    assert_eq!(first.items[0].id, link(4), "newest first");
    let rest = models.links(live, first.next, 5).await.unwrap();
    assert_eq!((rest.items.len(), rest.items[0].id, rest.next), (1, link(1), None));
    let of_other = LinkFilter { contact: Some(contact(2)), status: None };
    assert!(models.links(of_other, None, 5).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_delivery_stands_where_its_last_event_left_it() {
    let world = World::new();
    ana(&world).await;
    world.issue(contact(1), link(1), 0).await;
    for number in 1..=4 {
        world.link(contact(1), link(1), requested(delivery(number))).await;
    }
    let at = world.clock.now();
    let attempt = LinkEvent::DeliveryAttempted { delivery: delivery(1), attempt: 2, at };
    let why = CancelledWhy::OptedOut;
    for event in [
        attempt,
        LinkEvent::DeliveryUnknown { delivery: delivery(2) },
        LinkEvent::DeliveryUnknown { delivery: delivery(3) },
        LinkEvent::DeliveryFailed { delivery: delivery(3), code: "30003".into(), words: "switched off".into() },
        LinkEvent::DeliveryCancelled { delivery: delivery(4), why },
    ] {
        world.link(contact(1), link(1), event).await;
    }
    let models = folded(&world).await;
    let rows = models.deliveries(link(1)).await.unwrap();
    let states: Vec<_> = rows.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["sending", "maybe_sent", "failed", "cancelled"]);
    assert_eq!((rows[0].attempts, rows[0].attempted_at, rows[0].settled_at), (2, Some(at), None));
    assert_eq!((rows[2].code.as_deref(), rows[2].words.as_deref()), (Some("30003"), Some("switched off")));
    assert_eq!(rows[3].words.as_deref(), Some("opted_out"));
    let trouble = models.deliveries_in_trouble(at, 10).await.unwrap();
    assert_eq!(trouble.len(), 0, "asked for before");
    let trouble = models.deliveries_in_trouble(rows[2].requested_at, 10).await.unwrap();
    assert_eq!(trouble.iter().map(|row| row.id).collect::<Vec<_>>(), [delivery(3)]);
}

#[tokio::test]
async fn a_session_is_open_until_it_ends_or_its_time_is_over() {
    let world = World::new();
    ana(&world).await;
    world.issue(contact(1), link(1), 0).await;
    world.redeem(contact(1), link(1), 1, 0).await;
    world.redeem(contact(1), link(1), 2, 0).await;
    let began = world.clock.now();
    let seen = began.plus(Lifetime::DAY);
    world.link(contact(1), link(1), LinkEvent::SessionSeen { use_number: 2, at: seen }).await;
    for why in [EndedWhy::SignedOut, EndedWhy::Ended] {
        world.link(contact(1), link(1), LinkEvent::SessionEnded { use_number: 1, why }).await;
    }
    let models = folded(&world).await;
    let open = models.sessions(contact(1)).await.unwrap();
    assert_eq!((open.len(), open[0].id.use_number, open[0].last_seen), (1, 2, seen));
    let ended = models.session(magiclink_domain::id::SessionId { link: link(1), use_number: 1 }).await.unwrap();
    assert_eq!(ended.unwrap().ended, Some(EndedWhy::SignedOut), "the first wins");
    world.clock.set(open[0].expires_at);
    assert!(models.sessions(contact(1)).await.unwrap().is_empty(), "half-open: over at its end");
    let head = models.position();
    assert!(models.open_sessions(contact(1).into(), world.clock.now(), head).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_policy_wakes_by_rows_of_its_own_read_model_alone() {
    let world = World::new();
    ana(&world).await;
    world.issue(contact(1), link(1), 0).await;
    let models = folded(&world).await;
    let (mut people, mut bulk) = (models.changes(&[Watched::Contacts]), models.changes(&[Watched::BulkSends]));
    people.mark();
    bulk.mark();
    world.redeem(contact(1), link(1), 1, 0).await;
    models.catch_up().await.unwrap();
    assert!(!people.next(Duration::ZERO).await && !bulk.next(Duration::ZERO).await, "a redemption is no news for them");
    world.add(contact(2), details("Ben", "ben@example.com", "+14155550101", "")).await;
    models.catch_up().await.unwrap();
    assert!(people.next(Duration::ZERO).await && !bulk.next(Duration::ZERO).await);
    people.mark();
    assert!(!people.next(Duration::ZERO).await, "seen");
}

#[tokio::test]
async fn the_history_is_filtered_by_kind_and_half_open_time() {
    let world = World::new();
    ana(&world).await;
    world.issue(contact(1), link(1), 0).await;
    let since = world.clock.now();
    world.link(contact(1), link(1), opened()).await;
    world.redeem(contact(1), link(1), 1, 0).await;
    let until = world.clock.now();
    let models = folded(&world).await;
    let kinds = async |filter: HistoryFilter| {
        let items = models.history(&filter, None, 10).await.unwrap().items;
        items.into_iter().map(|item| item.kind).collect::<Vec<_>>()
    };
    let within = HistoryFilter { since: Some(since), until: Some(until), ..HistoryFilter::default() };
    assert_eq!(kinds(within).await, [HistoryKind::Opened, HistoryKind::Issued]);
    let redeemed = HistoryFilter { kind: Some(HistoryKind::Redeemed), ..HistoryFilter::default() };
    assert_eq!(kinds(redeemed).await, [HistoryKind::Redeemed]);
    assert!(kinds(HistoryFilter::of(contact(2))).await.is_empty());
    for kind in HistoryKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
}

#[tokio::test]
async fn tokens_end_with_the_staff_member_who_made_them() {
    let world = World::new();
    let token = |number| magiclink_domain::id::TokenId::from_uuid(Uuid::from_u128(number));
    let made = |number, made_by| TeamEvent::ApiTokenCreated {
        token: token(number),
        name: TokenName::parse("crm").unwrap(),
        role: Role::Auditor,
        secret_hash: [1; 32],
        expires_at: None,
        made_by,
    };
    let added = TeamEvent::StaffAdded { staff: staff(2), role: Role::Agent, details: None, email_index: None };
    for event in [
        added,
        TeamEvent::RoleChanged { staff: staff(2), role: Role::Owner },
        made(1, Some(staff(2))),
        made(2, None),
        TeamEvent::StaffRemoved { staff: staff(2), links_revoked: false },
    ] {
        world.append::<TeamStream>(&TeamStream::name(), None, event).await;
    }
    let models = folded(&world).await;
    let tokens = models.tokens().await.unwrap();
    assert_eq!(tokens.iter().map(|token| token.id).collect::<Vec<_>>(), [token(2), token(1)], "newest first");
    assert_eq!((tokens[0].revoked_at, tokens[1].revoked_at), (None, Some(world.clock.now())));
    let staff = models.staff().await.unwrap();
    assert_eq!((staff[0].role, staff[0].removed_at, &staff[0].details), (Role::Owner, Some(world.clock.now()), &None));
}

#[tokio::test]
async fn an_offering_counts_who_may_see_it_and_keeps_when_it_was_archived() {
    let world = World::new();
    ana(&world).await;
    world.offer("course", "Zebra").await;
    world.offer("group", "Ants").await;
    world.grant(contact(1), "course", None).await;
    let name = OfferingStream::name(&slug("course"));
    let changed = OfferingEvent::OfferingChanged { title: Title::parse("Yak").unwrap(), url: None };
    world.append::<OfferingStream>(&name, None, changed).await;
    world.append::<OfferingStream>(&name, None, OfferingEvent::OfferingArchived).await;
    let archived = world.clock.now();
    let offerings = folded(&world).await.offerings().await.unwrap();
    let shown: Vec<_> = offerings.iter().map(|one| (one.title.as_str(), one.people, one.archived_at)).collect();
    assert_eq!(shown, [("Ants", 0, None), ("Yak", 1, Some(archived))]);
}

#[tokio::test]
async fn a_stop_keeps_who_stopped_first_until_resumed() {
    let world = World::new();
    let tell = async |event| world.append::<SettingsStream>(&SettingsStream::name(), None, event).await;
    tell(SettingsEvent::IssuingStopped).await;
    let since = world.clock.now();
    tell(SettingsEvent::IssuingStopped).await;
    let settings = folded(&world).await.settings().await.unwrap();
    assert_eq!(settings.issuing_stopped, Some((since, Actor::Staff(staff(1)))));
    assert_eq!(settings.redeeming_stopped, None);
    tell(SettingsEvent::Resumed).await;
    tell(SettingsEvent::RedeemingStopped).await;
    let settings = folded(&world).await.settings().await.unwrap();
    assert!(settings.issuing_stopped.is_none() && settings.redeeming_stopped.is_some());
}

#[tokio::test]
async fn changed_words_are_listed_with_who_changed_them_last_until_they_are_restored() {
    let world = World::new();
    let tell = async |event| world.append::<SettingsStream>(&SettingsStream::name(), None, event).await;
    tell(changed_words("de", Some("{{link}}"))).await;
    tell(changed_words("fr", Some("{{link}}"))).await;
    *world.actor.lock().unwrap() = Actor::Staff(staff(2));
    tell(changed_words("de", Some("Los: {{link}}"))).await;
    let changed_at = world.clock.now();
    let listed = folded(&world).await.changed_templates().await.unwrap();
    let shown: Vec<_> = listed.iter().map(|one| (one.locale.as_str(), one.changed_by.clone())).collect();
    assert_eq!(shown, [("de", Actor::Staff(staff(2))), ("fr", Actor::Staff(staff(1)))]);
    assert_eq!(listed[0].changed_at, changed_at);
    tell(changed_words("fr", None)).await;
    let listed = folded(&world).await.changed_templates().await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn an_opt_out_belongs_to_the_number() {
    let world = World::new();
    let number = world.keys.keyring().blind_index(PHONE, "+14155550100");
    let tell = async |event| world.append::<NumberStream>(&NumberStream::name(number), None, event).await;
    tell(NumberEvent::SmsOptedOut).await;
    ana(&world).await;
    world.add(contact(2), details("Bob", "", "+14155550111", "")).await;
    let opted_out = async |number| folded(&world).await.contact(contact(number)).await.unwrap().unwrap().sms_opted_out;
    assert!(opted_out(1).await && !opted_out(2).await);
    tell(NumberEvent::SmsOptedIn).await;
    assert!(!opted_out(1).await);
}
