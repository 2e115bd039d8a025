//! The questions that read models answer, answered by folding the whole log: slow, and never behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use magiclink_domain::bulk::{Bulk, BulkEvent, BulkState, BulkStream, Segment};
use magiclink_domain::contact::{Contact, ContactState, ContactStream, Notice, NoticeState};
use magiclink_domain::event::{self, Event};
use magiclink_domain::id::{BulkId, CommandId, ContactId, LinkId, SessionId, SubjectId};
use magiclink_domain::keys::{BlindIndex, Keyring};
use magiclink_domain::link::{
    Channel, Delivery, DeliveryState, Link, LinkKind, LinkState, LinkStatus, LinkStream, LinkSubject, Use,
};
use magiclink_domain::log::{EventStore, Metadata, Position};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{BulkWork, DueDelivery, DueNotice, KeySource, LeftBehind, Lookups, Unavailable, Vault};
use magiclink_domain::stream::Stream;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::Tag;

use super::{FaultyLog, FaultyVault, Keys};

pub(super) struct LogLookups {
    log: Arc<FaultyLog>,
    vault: Arc<FaultyVault>,
    keys: Arc<Keys>,
}

/// Every event of the log, in order.
pub(super) async fn history(log: &FaultyLog, vault: &FaultyVault) -> Vec<Event> {
    let events = log.read_all(Position::START, 5_000).await.unwrap().events;
    let subjects: Vec<SubjectId> =
        events.iter().filter_map(|event| Metadata::decode(&event.meta).unwrap().subject).collect();
    let keys = vault.keys(&subjects).await.unwrap();
    events.iter().map(|recorded| event::decode(recorded, &keys).unwrap().0).collect()
}

#[derive(Default)]
struct States {
    /// In the order of the log.
    order: Vec<ContactId>,
    contacts: BTreeMap<ContactId, ContactState>,
    /// In the order of the log.
    made: Vec<LinkId>,
    links: BTreeMap<LinkId, LinkState>,
    /// Of what each link is a part.
    part_of: BTreeMap<LinkId, CommandId>,
    /// In the order of the log.
    bulks: Vec<(BulkId, BulkState)>,
    /// In the order of the log.
    listed: Vec<(BulkId, ContactId)>,
}

impl States {
    fn links(&self) -> impl DoubleEndedIterator<Item = (LinkId, &Link)> {
        self.made.iter().filter_map(|id| Some((*id, self.links.get(id)?.issued()?)))
    }

    /// The channel's deliveries for which `wanted` answers when their last attempt began.
    fn deliveries(
        &self, channel: Channel, limit: usize, wanted: impl Fn(&Delivery) -> Option<Option<Timestamp>>,
    ) -> Vec<DueDelivery> {
        let all = self.links().flat_map(|(link, state)| state.deliveries.iter().map(move |one| (link, one)));
        let due = all.filter_map(|(link, (delivery, state))| {
            let attempted_at = wanted(state).filter(|_| state.channel == channel)?;
            Some(DueDelivery { link, delivery: *delivery, attempted_at })
        });
        due.take(limit).collect()
    }

    fn links_of(&self, contact: ContactId) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links().filter(move |(_, link)| link.subject.id() == contact.into())
    }

    fn last_sign_in(&self, contact: ContactId) -> Option<Timestamp> {
        self.links_of(contact).flat_map(|(_, link)| link.uses.iter().map(|used| used.at)).max()
    }

    fn bulk(&self, id: BulkId) -> Option<&Bulk> {
        self.bulks.iter().find(|(bulk, _)| *bulk == id)?.1.started()
    }

    /// The links that a bulk send made.
    fn made_by(&self, bulk: BulkId) -> impl Iterator<Item = &Link> {
        let of = move |id: &LinkId| self.part_of.get(id) == Some(&bulk.into());
        self.links().filter(move |(id, _)| of(id)).map(|(_, link)| link)
    }

    fn meant(&self, contact: ContactId, segment: &Segment, now: Timestamp) -> bool {
        let Some(present) = self.present(contact) else { return false };
        let signed_in = self.last_sign_in(contact).is_some();
        let left = |bulk| self.made_by(bulk).any(|link| link.subject.id() == contact.into() && link.uses.is_empty());
        present.in_portal(now)
            && segment.offering.as_ref().is_none_or(|offering| present.may_see(offering, now))
            && !(signed_in && (segment.never_signed_in || segment.unused))
            && (!segment.unused || self.links_of(contact).next().is_some())
            && segment.unused_of.is_none_or(left)
    }

    fn present(&self, contact: ContactId) -> Option<&Contact> {
        self.contacts.get(&contact)?.present()
    }

    fn is_behind(&self, subject: LinkSubject, used: Option<&Use>) -> bool {
        let LinkSubject::Contact { contact, admission } = subject else { return false };
        let admission = used.map_or(Some(admission), |used| used.admission);
        self.present(contact).map(|contact| contact.admission) != admission
    }
}

impl LogLookups {
    pub(super) fn new(log: Arc<FaultyLog>, vault: Arc<FaultyVault>, keys: Arc<Keys>) -> Self {
        Self { log, vault, keys }
    }

    async fn states(&self) -> States {
        let mut states = States::default();
        let metas = self.log.read_all(Position::START, 5_000).await.unwrap().events;
        let metas = metas.iter().map(|event| Metadata::decode(&event.meta).unwrap());
        for (event, meta) in history(&self.log, &self.vault).await.into_iter().zip(metas) {
            match event {
                Event::Contact(id, event) => {
                    let state = states.contacts.remove(&id).unwrap_or_else(|| {
                        states.order.push(id);
                        ContactState::default()
                    });
                    states.contacts.insert(id, ContactStream::evolve(state, &event));
                }
                Event::Link(id, event) => {
                    let state = states.links.remove(&id).unwrap_or_else(|| {
                        states.made.push(id);
                        states.part_of.insert(id, meta.correlation);
                        LinkState::default()
                    });
                    states.links.insert(id, LinkStream::evolve(state, &event));
                }
                Event::Bulk(id, event) => {
                    if let BulkEvent::RecipientsListed { contacts } = &event {
                        states.listed.extend(contacts.iter().map(|contact| (id, *contact)));
                    }
                    let place = states.bulks.iter().position(|(bulk, _)| *bulk == id);
                    let before = place.map(|place| states.bulks[place].1.clone()).unwrap_or_default();
                    let after = (id, BulkStream::evolve(before, &event));
                    match place {
                        Some(place) => states.bulks[place] = after,
                        None => states.bulks.push(after),
                    }
                }
                Event::Number(..) | Event::Team(_) | Event::Offering(..) | Event::Settings(_) | Event::Claim(..) => {}
            }
        }
        states
    }
}

#[async_trait]
impl Lookups for LogLookups {
    async fn contacts_by_address(
        &self, address: BlindIndex, limit: usize, _beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable> {
        let (states, keyring) = (self.states().await, self.keys.keyring());
        let has = |contact: &Contact| {
            let Personal::Known(details) = &contact.details else { return false };
            details.email.as_ref().is_some_and(|email| keyring.email_index(email) == address)
                || details.phone.as_ref().is_some_and(|phone| keyring.phone_index(phone) == address)
        };
        let found = states.order.iter().copied().filter(|id| states.present(*id).is_some_and(has));
        Ok(found.take(limit).collect())
    }

    async fn live_links(
        &self, subject: SubjectId, now: Timestamp, self_service: bool, _beyond: Position,
    ) -> Result<Vec<LinkId>, Unavailable> {
        let (states, keyring) = (self.states().await, self.keys.keyring());
        let wanted = |link: &Link| {
            link.subject.id() == subject
                && keyring.end_of(link.key).is_none()
                && link.status(now) == LinkStatus::Live
                && !states.is_behind(link.subject, None)
                && (self_service || link.kind != LinkKind::SelfService)
        };
        Ok(states.links().rev().filter(|(_, link)| wanted(link)).map(|(id, _)| id).collect())
    }

    async fn open_sessions(
        &self, subject: SubjectId, now: Timestamp, _beyond: Position,
    ) -> Result<Vec<SessionId>, Unavailable> {
        let (states, keyring) = (self.states().await, self.keys.keyring());
        let open = |link: &Link| !keyring.ended_with_sessions().any(|key| key == link.key);
        let of = states.links().rev().filter(|(_, link)| link.subject.id() == subject && open(link));
        Ok(of.flat_map(|(id, link)| sessions(id, link, |used| used.is_open(now))).collect())
    }

    async fn due_deliveries(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable> {
        let due = |delivery: &Delivery| match delivery.state {
            DeliveryState::Queued => Some(None),
            DeliveryState::Postponed(until) => (until <= now).then_some(None),
            DeliveryState::Sending(at) => (at <= lost_before).then_some(Some(at)),
            DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Failed
            | DeliveryState::MaybeSent
            | DeliveryState::Cancelled(_) => None,
        };
        Ok(self.states().await.deliveries(channel, limit, due))
    }

    async fn unanswered_deliveries(
        &self, channel: Channel, since: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable> {
        let lost = |delivery: &Delivery| match delivery.state {
            DeliveryState::MaybeSent => delivery.first_attempt_at.filter(|at| *at >= since).map(Some),
            DeliveryState::Queued
            | DeliveryState::Postponed(_)
            | DeliveryState::Sending(_)
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Failed
            | DeliveryState::Cancelled(_) => None,
        };
        Ok(self.states().await.deliveries(channel, limit, lost))
    }

    async fn due_notices(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueNotice>, Unavailable> {
        let states = self.states().await;
        let wants = |notice: &Notice| {
            notice.channel == channel
                && match notice.state {
                    NoticeState::Waiting(until) => until <= now,
                    NoticeState::Sending(at) => at <= lost_before,
                }
        };
        let all = states.order.iter().filter_map(|id| Some((*id, states.present(*id)?)));
        let due = all.flat_map(|(contact, state)| {
            let wanted = state.notices.iter().filter(|(_, notice)| wants(notice));
            wanted.map(move |(notice, _)| DueNotice { contact, notice: *notice })
        });
        Ok(due.take(limit).collect())
    }

    async fn left_behind(&self, now: Timestamp, limit: usize) -> Result<LeftBehind, Unavailable> {
        let states = self.states().await;
        let behind = |link: &Link| link.status(now) == LinkStatus::Live && states.is_behind(link.subject, None);
        let links = states.links().filter(|(_, link)| behind(link)).map(|(id, _)| id).take(limit).collect();
        let dead = |link: &Link, used: &Use| used.is_open(now) && states.is_behind(link.subject, Some(used));
        let sessions = states.links().flat_map(|(id, link)| sessions(id, link, |used| dead(link, used)));
        Ok(LeftBehind { links, sessions: sessions.take(limit).collect() })
    }

    async fn left_by_keys(
        &self, keyring: &Keyring, now: Timestamp, limit: usize, _beyond: Position,
    ) -> Result<LeftBehind, Unavailable> {
        let states = self.states().await;
        let dead = |link: &Link| link.status(now) == LinkStatus::Live && keyring.end_of(link.key).is_some();
        let links = states.links().filter(|(_, link)| dead(link)).map(|(id, _)| id).take(limit).collect();
        let ended = |link: &Link| keyring.ended_with_sessions().any(|key| key == link.key);
        let of = states.links().filter(|(_, link)| ended(link));
        let sessions = of.flat_map(|(id, link)| sessions(id, link, |used| used.is_open(now)));
        Ok(LeftBehind { links, sessions: sessions.take(limit).collect() })
    }

    async fn segment(
        &self, segment: &Segment, tag: Option<BlindIndex>, now: Timestamp, _beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable> {
        let (states, keyring) = (self.states().await, self.keys.keyring());
        let tagged = |contact: ContactId| {
            let known = states.present(contact).and_then(|contact| contact.details.known());
            let cells = known.into_iter().flat_map(|details| &details.attributes).filter(|(name, _)| name == "tags");
            cells.flat_map(|(_, cell)| Tag::split(cell)).any(|one| Some(keyring.tag_index(&one)) == tag)
        };
        let meant = |contact: &ContactId| states.meant(*contact, segment, now) && (tag.is_none() || tagged(*contact));
        Ok(states.order.iter().copied().filter(meant).collect())
    }

    async fn open_bulk_sends(&self) -> Result<Vec<BulkId>, Unavailable> {
        let states = self.states().await;
        let open = |state: &BulkState| state.started().is_some_and(|bulk| bulk.ended.is_none());
        Ok(states.bulks.iter().filter(|(_, state)| open(state)).map(|(id, _)| *id).collect())
    }

    async fn bulk_work(&self, bulk: BulkId, limit: usize, _beyond: Position) -> Result<BulkWork, Unavailable> {
        let states = self.states().await;
        let waits = |contact: ContactId| {
            states.bulk(bulk).is_some_and(|bulk| bulk.awaits(contact))
                && !states.made_by(bulk).any(|link| link.subject.id() == contact.into())
        };
        let listed = states.listed.iter().filter(|(of, contact)| *of == bulk && waits(*contact));
        let next = listed.map(|(_, contact)| (*contact, states.last_sign_in(*contact))).take(limit).collect();
        let queued =
            |delivery: &&Delivery| delivery.state.is_waiting() || matches!(delivery.state, DeliveryState::Sending(_));
        let queued = states.made_by(bulk).flat_map(|link| link.deliveries.values()).filter(queued).count();
        Ok(BulkWork { next, queued })
    }

    async fn erasures_pending(&self, limit: usize) -> Result<Vec<ContactId>, Unavailable> {
        let states = self.states().await;
        let erasing = |id: &&ContactId| matches!(states.contacts.get(id), Some(ContactState::Erasing(_)));
        Ok(states.order.iter().filter(erasing).copied().take(limit).collect())
    }
}

fn sessions(link: LinkId, state: &Link, wanted: impl Fn(&Use) -> bool) -> Vec<SessionId> {
    let numbered = (1..).zip(&state.uses).filter(|(_, used)| wanted(used));
    numbered.map(|(use_number, _)| SessionId { link, use_number }).collect()
}
