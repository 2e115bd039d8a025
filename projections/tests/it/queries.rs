//! What the interfaces ask, answered over a short history.

use magiclink_domain::contact::{ContactEvent, NoticeOutcome};
use magiclink_domain::id::NoticeId;
use magiclink_domain::keys::KeyEnd;
use magiclink_domain::link::{Channel, EndedWhy, LinkEvent, LinkRevokedWhy, LinkStatus};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{Clock, KeySource, LeftBehind, Lookups};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_projections::{HistoryFilter, HistoryKind, LinkFilter, utc_days};
use uuid::Uuid;

use crate::support::story::{client, delivery, details, opened, requested, slug};
use crate::support::{World, contact, link};

#[tokio::test]
async fn a_contact_is_found_listed_and_shown_with_what_they_may_see() {
    let world = World::new();
    let models = world.open("read.db").await;
    world.offer("course", "A Course").await;
    let ana = details("Ana López", "ana@example.com", "+14155550100", "crm-1");
    world.add(contact(1), ana.clone()).await;
    world.add(contact(2), details("Bob", "bob@example.com", "", "")).await;
    let since = world.clock.now();
    let until = since.plus(Lifetime::from_days(2));
    let position = world.grant(contact(1), "course", Some(until)).await;
    models.passed(position).await.unwrap();

    let found = models.search("lopez", 10).await.unwrap();
    assert_eq!(found.len(), 1);
    let view = &found[0];
    assert_eq!((view.id, &view.details), (contact(1), &Personal::Known(ana)));
    assert!(view.in_portal && !view.sms_opted_out);
    let grant = &view.grants[0];
    assert_eq!(grant.title.as_ref().unwrap().as_str(), "A Course");
    assert_eq!((grant.until, &grant.granted_by), (Some(until), &*world.actor.lock().unwrap()));

    let first = models.contacts(None, 1).await.unwrap();
    assert_eq!(first.items[0].id, contact(2), "newest first");
    let second = models.contacts(first.next, 1).await.unwrap();
    assert_eq!((second.items[0].id, second.next), (contact(1), None));
    for text in ["crm-1", "ana@example.com", "+14155550100"] {
        assert_eq!(models.contacts_by_text(text, 5).await.unwrap(), [contact(1)], "{text}");
    }
    world.clock.set(until);
    assert!(!models.contact(contact(1)).await.unwrap().unwrap().in_portal, "a grant ends at its end");
    assert_eq!(models.offering(&slug("course")).await.unwrap().unwrap().people, 0);
    models.close().await;
}

#[tokio::test]
async fn a_links_life_shows_in_lists_history_sessions_and_figures() {
    let world = World::new();
    let models = world.open("read.db").await;
    let (ana, one) = (contact(1), link(1));
    world.add(ana, details("Ana", "ana@example.com", "", "")).await;
    world.grant(ana, "course", None).await;
    world.issue(ana, one, 0).await;
    world.link(ana, one, requested(delivery(1))).await;
    world.link(ana, one, opened()).await;
    let position = world.redeem(ana, one, 1, 0).await;
    models.passed(position).await.unwrap();

    let view = models.link(one).await.unwrap().unwrap();
    assert_eq!((view.status, view.uses), (LinkStatus::Live, 1));
    assert!(view.opened_at.is_some() && view.reason.is_some_and(|reason| reason.known().is_some()));
    let now = world.clock.now();
    let pending = models.due_deliveries(Channel::Sms, now, now, 10).await.unwrap();
    assert_eq!((pending.len(), pending[0].delivery), (1, delivery(1)));
    let to = models.deliveries(one).await.unwrap()[0].to.clone();
    assert_eq!(to, Personal::Known("+14155550100".to_owned()));
    let session = models.sessions(ana).await.unwrap().remove(0);
    assert_eq!(session.client, client());
    let history = models.history(&HistoryFilter::of(ana), None, 2).await.unwrap();
    let kinds: Vec<_> = history.items.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [HistoryKind::Redeemed, HistoryKind::Opened]);
    assert_eq!(history.items[0].session, Some(session.id));
    let older = models.history(&HistoryFilter::of(ana), history.next, 10).await.unwrap();
    let kinds: Vec<_> = older.items.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [HistoryKind::DeliveryRequested, HistoryKind::Issued]);
    let figures = models.dashboard(&utc_days(world.clock.now(), 30)).await.unwrap();
    assert_eq!((figures.contacts, figures.invited, figures.active, figures.live_links), (1, 0, 1, 1));
    assert_eq!((figures.logins.len(), figures.logins[29], figures.logins.iter().sum::<u64>()), (30, 1, 1));
    models.close().await;
}

#[tokio::test]
async fn a_risen_admission_number_leaves_links_and_sessions_behind_until_that_is_noted() {
    let world = World::new();
    let models = world.open("read.db").await;
    let (ana, one) = (contact(1), link(1));
    world.add(ana, details("Ana", "ana@example.com", "", "")).await;
    world.issue(ana, one, 0).await;
    world.redeem(ana, one, 1, 0).await;
    world.renew(ana, 1).await;
    let position = world.issue(ana, link(2), 1).await;
    models.passed(position).await.unwrap();

    let now = world.clock.now();
    let left = models.left_behind(now, 10).await.unwrap();
    let session = magiclink_domain::id::SessionId { link: one, use_number: 1 };
    assert_eq!(left, LeftBehind { links: vec![one], sessions: vec![session] });
    assert_eq!(models.live_links(ana.into(), now, true, position).await.unwrap(), [link(2)]);
    assert!(models.sessions(ana).await.unwrap().is_empty());
    let revoked = LinkFilter { contact: Some(ana), status: Some(LinkStatus::Revoked) };
    assert_eq!(models.links(revoked, None, 10).await.unwrap().items[0].id, one);

    let why = LinkRevokedWhy::AdmissionsRenewed;
    let position = world.link(ana, one, LinkEvent::LinkRevoked { why, reason: None }).await;
    models.passed(position).await.unwrap();
    assert!(models.left_behind(now, 10).await.unwrap().links.is_empty());
    models.close().await;
}

#[tokio::test]
async fn what_ended_with_its_key_counts_as_ended_at_once_and_is_left_until_that_is_noted() {
    let world = World::new();
    let models = world.open("read.db").await;
    let ana = contact(1);
    world.add(ana, details("Ana", "ana@example.com", "", "")).await;
    world.issue(ana, link(1), 0).await;
    let position = world.redeem(ana, link(1), 1, 0).await;
    models.passed(position).await.unwrap();
    let now = world.clock.now();
    let session = magiclink_domain::id::SessionId { link: link(1), use_number: 1 };
    let live = async || models.live_links(ana.into(), now, true, position).await.unwrap();
    let left = async || {
        let keyring = world.keys.keyring();
        models.left_by_keys(&keyring, now, 10, position).await.unwrap()
    };
    let sessions = async || {
        let shown = models.sessions(ana).await.unwrap().len();
        assert_eq!(models.open_sessions(ana.into(), now, position).await.unwrap().len(), shown);
        shown
    };
    assert_eq!((live().await, left().await, sessions().await), (vec![link(1)], LeftBehind::default(), 1));

    world.keys.end(KeyEnd::Retired);
    assert_eq!(models.link(link(1)).await.unwrap().unwrap().status, LinkStatus::Revoked);
    let revoked = LinkFilter { contact: Some(ana), status: Some(LinkStatus::Revoked) };
    assert_eq!(models.links(revoked, None, 10).await.unwrap().items.len(), 1);
    assert_eq!(models.dashboard(&utc_days(now, 30)).await.unwrap().live_links, 0);
    let link_alone = LeftBehind { links: vec![link(1)], sessions: vec![] };
    assert_eq!((live().await, left().await, sessions().await), (vec![], link_alone, 1));

    world.keys.end(KeyEnd::Restored);
    let both = LeftBehind { links: vec![link(1)], sessions: vec![session] };
    assert_eq!((live().await, left().await, sessions().await), (vec![], both, 0));
    let why = LinkRevokedWhy::Restored;
    world.link(ana, link(1), LinkEvent::LinkRevoked { why, reason: None }).await;
    let ended = LinkEvent::SessionEnded { use_number: 1, why: EndedWhy::Ended };
    let position = world.link(ana, link(1), ended).await;
    models.passed(position).await.unwrap();
    assert_eq!(left().await, LeftBehind::default());
    models.close().await;
}

#[tokio::test]
async fn notices_are_due_while_they_have_no_outcome_and_their_history_says_which_it_was() {
    for at_once in [false, true] {
        let world = World::new();
        let models = world.open("read.db").await;
        let (ana, notice) = (contact(1), NoticeId::from_uuid(Uuid::from_u128(7)));
        let now = world.clock.now();
        let (soon, later) = (now.plus(Lifetime::from_secs(10)), now.plus(Lifetime::from_secs(20)));
        let due = async |channel, now, lost| models.due_notices(channel, now, lost, 10).await.unwrap().len();
        let take = async |event| {
            let position = world.contact(ana, event).await;
            if !at_once {
                models.passed(position).await.unwrap();
            }
        };
        world.add(ana, details("Ana", "ana@example.com", "", "")).await;
        let to = Personal::Known("old@example.com".to_owned());
        take(ContactEvent::NoticeRequested { notice, channel: Channel::Email, to, at: now }).await;
        if !at_once {
            assert_eq!((due(Channel::Email, now, now).await, due(Channel::Sms, now, now).await), (1, 0));
        }
        take(ContactEvent::NoticeAttempted { notice, at: soon }).await;
        if !at_once {
            let just_before = Timestamp::from_micros(soon.micros() - 1);
            assert_eq!((due(Channel::Email, later, just_before).await, due(Channel::Email, later, soon).await), (0, 1));
        }
        let (code, words) = ("503".to_owned(), "not now".to_owned());
        take(ContactEvent::NoticePostponed { notice, until: later, code, words }).await;
        models.catch_up().await.unwrap();
        let just_before = Timestamp::from_micros(later.micros() - 1);
        assert_eq!((due(Channel::Email, just_before, later).await, due(Channel::Email, later, now).await), (0, 1));
        take(ContactEvent::NoticeSettled { notice, outcome: NoticeOutcome::Sent }).await;
        models.catch_up().await.unwrap();
        assert_eq!(due(Channel::Email, later, later).await, 0);
        let (code, words) = ("550".to_owned(), "no such mailbox".to_owned());
        for outcome in [NoticeOutcome::Unknown, NoticeOutcome::Failed { code, words }] {
            take(ContactEvent::NoticeSettled { notice, outcome }).await;
        }
        models.catch_up().await.unwrap();
        let items = models.history(&HistoryFilter::of(ana), None, 10).await.unwrap().items;
        let told: Vec<_> = items.iter().map(|item| (item.kind, item.detail["words"].as_str())).collect();
        let expected = [
            (HistoryKind::NoticeNotSent, Some("no such mailbox")),
            (HistoryKind::NoticeMaybeSent, None),
            (HistoryKind::NoticeSent, None),
        ];
        assert_eq!(told, expected, "{at_once}");
        models.close().await;
    }
}

#[tokio::test]
async fn an_erased_contact_is_gone_from_every_answer() {
    let world = World::new();
    let models = world.open("read.db").await;
    let ana = contact(1);
    world.add(ana, details("Ana", "ana@example.com", "", "")).await;
    world.grant(ana, "course", None).await;
    world.contact(ana, ContactEvent::PortalPreviewed).await;
    world.issue(ana, link(1), 0).await;
    let position = world.contact(ana, ContactEvent::ErasureRequested).await;
    models.passed(position).await.unwrap();

    assert_eq!(models.erasures_pending(10).await.unwrap(), [ana]);
    assert!(models.search("ana", 10).await.unwrap().is_empty());
    assert!(models.contacts(None, 10).await.unwrap().items.is_empty());
    assert!(models.contacts_by_text("ana@example.com", 10).await.unwrap().is_empty());
    let view = models.contact(ana).await.unwrap().unwrap();
    assert_eq!((view.details, view.grants.len()), (Personal::Erased, 0));
    assert_eq!(models.left_behind(world.clock.now(), 10).await.unwrap().links, [link(1)]);
    let position = world.contact(ana, ContactEvent::ContactErased).await;
    models.passed(position).await.unwrap();
    assert!(models.erasures_pending(10).await.unwrap().is_empty());
    models.close().await;
}
