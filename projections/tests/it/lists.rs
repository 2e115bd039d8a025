//! Long lists: whichever index answers, page by page it is the same list, newest first.

use magiclink_domain::id::LinkId;
use magiclink_domain::keys::KeyEnd;
use magiclink_domain::link::{Channel, LinkEvent, LinkRevokedWhy, LinkStatus};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Clock;
use magiclink_domain::time::Timestamp;
use magiclink_projections::{HistoryFilter, HistoryItem, HistoryKind, LinkFilter, ReadModels};

use crate::support::story::{delivery, details, issued, opened};
use crate::support::{World, contact, link};

const ROUNDS: u128 = 3;
const STATES: [LinkStatus; 4] = [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];

/// In each round one link that is live, one used up, one revoked, one expired, and one whose contact's number has risen;
/// over which channels they were to be sent says [`sent_over`].
async fn rounds(world: &World) {
    let ana = contact(1);
    world.add(ana, details("Ana", "ana@example.com", "", "")).await;
    world.renew(ana, 1).await;
    for first in (0..ROUNDS).map(|round| round * 5) {
        let [live, used, revoked, expired, behind] = [0, 1, 2, 3, 4].map(|nth| link(first + nth));
        world.issue(ana, live, 1).await;
        world.link(ana, live, opened()).await;
        world.issue(ana, used, 1).await;
        world.redeem(ana, used, 1, 1).await;
        world.redeem(ana, used, 2, 1).await;
        world.issue(ana, revoked, 1).await;
        world.link(ana, revoked, LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: None }).await;
        world.link(ana, expired, issued(ana, 1, world.clock.now())).await;
        world.issue(ana, behind, 0).await;
        for (nth, link) in (first..).zip([live, used, revoked, expired, behind]) {
            for (again, channel) in (0..).zip([Channel::Email, Channel::Sms, Channel::Sms]) {
                if sent_over(nth - first).contains(&channel) {
                    let to = Personal::Known("ana@example.com".to_owned());
                    let delivery = delivery(nth * 10 + again);
                    world.link(ana, link, LinkEvent::DeliveryRequested { delivery, channel, to }).await;
                }
            }
        }
    }
}

/// The channels of a round's links, in their order.
const fn sent_over(nth: u128) -> &'static [Channel] {
    match nth {
        0 => &[Channel::Email],
        1 | 4 => &[Channel::Sms],
        2 => &[Channel::Email, Channel::Sms],
        _ => &[],
    }
}

/// Everybody's links in this state that were to be sent over this channel, one to a page.
async fn paged(models: &ReadModels, status: Option<LinkStatus>, channel: Option<Channel>) -> Vec<LinkId> {
    let (mut found, mut after) = (vec![], None);
    loop {
        let page = models.links_sent(LinkFilter { contact: None, status }, channel, after, 1).await.unwrap();
        found.extend(page.items.iter().map(|view| view.id));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn links_of_one_state_are_those_of_all_that_are_in_it() {
    let world = World::new();
    rounds(&world).await;
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    let all = LinkFilter { contact: Some(contact(1)), status: None };
    for (ended, numbers) in [(false, [3, 3, 3, 6]), (true, [0, 3, 3, 9])] {
        if ended {
            world.keys.end(KeyEnd::Retired);
        }
        let theirs = models.links(all, None, 100).await.unwrap().items;
        assert_eq!(paged(&models, None, None).await, theirs.iter().map(|view| view.id).collect::<Vec<_>>());
        for (status, number) in STATES.into_iter().zip(numbers) {
            let expected: Vec<_> = theirs.iter().filter(|view| view.status == status).map(|view| view.id).collect();
            assert_eq!(expected.len(), number, "{status:?}");
            assert_eq!(paged(&models, Some(status), None).await, expected, "{status:?}");
        }
    }
    models.close().await;
}

#[tokio::test]
async fn links_of_a_channel_are_those_that_were_to_be_sent_over_it() {
    let world = World::new();
    rounds(&world).await;
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    let all = LinkFilter { contact: Some(contact(1)), status: None };
    let theirs = models.links(all, None, 100).await.unwrap().items;
    for (channel, numbers) in [(Channel::Email, [3, 0, 0, 3]), (Channel::Sms, [0, 3, 0, 6])] {
        let sent: Vec<LinkId> = (0..ROUNDS * 5).filter(|nth| sent_over(nth % 5).contains(&channel)).map(link).collect();
        let expected = |status: Option<LinkStatus>| -> Vec<LinkId> {
            let of_status = theirs.iter().filter(|view| status.is_none_or(|status| view.status == status));
            of_status.map(|view| view.id).filter(|id| sent.contains(id)).collect()
        };
        assert_eq!(paged(&models, None, Some(channel)).await, expected(None), "{channel:?}");
        for (status, number) in STATES.into_iter().zip(numbers) {
            let expected = expected(Some(status));
            assert_eq!(expected.len(), number, "{channel:?} {status:?}");
            assert_eq!(paged(&models, Some(status), Some(channel)).await, expected, "{channel:?} {status:?}");
            let of_ana = LinkFilter { contact: Some(contact(1)), status: Some(status) };
            let of_ana = models.links_sent(of_ana, Some(channel), None, 100).await.unwrap().items;
            assert_eq!(of_ana.iter().map(|view| view.id).collect::<Vec<_>>(), expected, "{channel:?} {status:?}");
        }
    }
    let (delivery, to) = (delivery(1_000), Personal::Known("ana@example.com".to_owned()));
    let late = LinkEvent::DeliveryRequested { delivery, channel: Channel::Email, to };
    world.link(contact(1), link(3), late).await;
    models.catch_up().await.unwrap();
    let expired = Some(LinkStatus::Expired);
    assert_eq!(paged(&models, expired, Some(Channel::Email)).await, [link(3)], "sent long after it was made");
    models.close().await;
}

/// The lines that a filter leaves, two to a page.
async fn lines(models: &ReadModels, filter: &HistoryFilter) -> Vec<HistoryItem> {
    let (mut found, mut before) = (vec![], None);
    loop {
        let page = models.history(filter, before, 2).await.unwrap();
        found.extend(page.items);
        before = page.next;
        if before.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn every_filter_of_the_history_leaves_the_lines_it_names_page_by_page() {
    let world = World::new();
    rounds(&world).await;
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    let all = models.history(&HistoryFilter::default(), None, 1_000).await.unwrap().items;
    assert!(all.is_sorted_by_key(|line| std::cmp::Reverse((line.at, line.position))) && all.len() > 20);
    let ends: [Option<Timestamp>; 4] = [None, Some(all[0].at), Some(all[7].at), Some(all[all.len() - 1].at)];
    let kinds = [None, Some(HistoryKind::Issued), Some(HistoryKind::Redeemed), Some(HistoryKind::Erased)];
    for subject in [None, Some(contact(1).into()), Some(contact(2).into())] {
        for (since, until) in ends.iter().flat_map(|since| ends.iter().map(move |until| (*since, *until))) {
            for kind in kinds {
                let filter = HistoryFilter { subject, since, until, kind };
                let left = |line: &&HistoryItem| {
                    subject.is_none_or(|subject| subject == contact(1).into())
                        && since.is_none_or(|since| line.at >= since)
                        && until.is_none_or(|until| line.at < until)
                        && kind.is_none_or(|kind| line.kind == kind)
                };
                let expected: Vec<HistoryItem> = all.iter().filter(left).cloned().collect();
                assert_eq!(lines(&models, &filter).await, expected, "{filter:?}");
            }
        }
    }
    models.close().await;
}

#[tokio::test]
async fn a_page_of_the_history_goes_on_from_any_place_in_the_log() {
    let world = World::new();
    rounds(&world).await;
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    let all = models.history(&HistoryFilter::default(), None, 1_000).await.unwrap().items;
    let head = models.position().get();
    for before in 0..=head + 1 {
        let before = magiclink_domain::log::Position::new(before);
        let page = models.history(&HistoryFilter::default(), Some(before), 1_000).await.unwrap().items;
        let expected: Vec<_> = all.iter().filter(|line| line.position < before).cloned().collect();
        assert_eq!(page, expected, "{before:?}");
        let until = all[7].at;
        let earlier = HistoryFilter { until: Some(until), ..HistoryFilter::default() };
        let page = models.history(&earlier, Some(before), 1_000).await.unwrap().items;
        let expected: Vec<_> = expected.into_iter().filter(|line| line.at < until).collect();
        assert_eq!(page, expected, "{before:?}");
    }
    models.close().await;
}
