//! What happened to a link or contact, in order, read from the stream itself.

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use crate::authority::Act;
use crate::contact::{ContactEvent, ContactStream};
use crate::id::{ContactId, LinkId};
use crate::link::{LinkEvent, LinkStream};
use crate::log::{Metadata, StreamName};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::wire::Opener;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When, who, through which door.
    pub meta: Metadata,
    /// Stored type of the event.
    pub kind: String,
    /// What.
    pub event: TimelineEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineEvent {
    /// To a contact.
    Contact(ContactEvent),
    /// To a link.
    Link(LinkEvent),
}

const PAGE: usize = 500;

impl UseCases {
    /// A link's timeline, oldest first.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn link_timeline(&self, caller: &Caller, link: LinkId) -> Result<Vec<TimelineEntry>, Failure> {
        caller.may(Act::Read, self.now())?;
        let entries = self.timeline::<LinkStream>(&LinkStream::name(link), TimelineEvent::Link).await?;
        if entries.is_empty() { Err(Rejection::LinkNotFound.into()) } else { Ok(entries) }
    }

    /// A contact's own timeline (without their links'), oldest first.
    ///
    /// # Errors
    /// `contact_not_found`, `forbidden`.
    pub async fn contact_timeline(&self, caller: &Caller, contact: ContactId) -> Result<Vec<TimelineEntry>, Failure> {
        caller.may(Act::Read, self.now())?;
        let entries = self.timeline::<ContactStream>(&ContactStream::name(contact), TimelineEvent::Contact).await?;
        if entries.is_empty() { Err(Rejection::ContactNotFound.into()) } else { Ok(entries) }
    }

    async fn timeline<S: Stream>(
        &self, name: &StreamName, wrap: impl Fn(S::Event) -> TimelineEvent,
    ) -> Result<Vec<TimelineEntry>, Failure> {
        let mut entries = vec![];
        let mut from = 0;
        loop {
            let events = self.ports.log.read_stream(name, from, PAGE).await?;
            let (metas, keys) = self.keys_for(&events).await?;
            for (recorded, meta) in events.iter().zip(metas) {
                let opener = Opener { event: recorded.id, keys: &keys };
                let event = wrap(S::decode(&recorded.kind, &recorded.data, &opener)?);
                entries.push(TimelineEntry { meta, kind: recorded.kind.clone(), event });
            }
            match events.last() {
                Some(last) if events.len() == PAGE => from = last.version + 1,
                Some(_) | None => return Ok(entries),
            }
        }
    }
}
