//! From a bulk send's events, and those of its links, to rows.

use std::collections::BTreeMap;

use magiclink_domain::bulk::{BulkEvent, Plan};
use magiclink_domain::event::Event;
use magiclink_domain::id::{BulkId, CommandId, ContactId, LinkId};
use magiclink_domain::link::{Channel, LinkEvent, LinkSubject};
use serde::Serialize;

use crate::projection::{Batch, Entry, Folded, Text};

const START: &str = "
    insert into bulk_sends (id, started_at_us, started_by, origin, never_signed_in, unused, unused_of, offering,
        channels, lifetime_s, messages, words, listed, paused, ended, ended_at_us)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, 0, 0, null, null
    from jsonb_each(?1) where true on conflict (id) do nothing";

const LIST: &str = "
    insert into bulk_recipients (bulk_id, contact_id, nth) select value ->> 0, value ->> 1, value ->> 2
    from jsonb_each(?1) where true on conflict (bulk_id, contact_id) do nothing";

const SKIP: &str = "
    insert into bulk_recipients (bulk_id, contact_id, nth, skipped)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from jsonb_each(?1) where true
    on conflict (bulk_id, contact_id) do update set skipped = coalesce(bulk_recipients.skipped, excluded.skipped)";

const CHANGE: &str = "
    update bulk_sends set
        listed = listed + (made.value ->> '$[1].listed'),
        paused = coalesce(made.value ->> '$[1].paused', paused),
        ended = coalesce(ended, made.value ->> '$[1].ended'),
        ended_at_us = coalesce(ended_at_us, made.value ->> '$[1].ended_at_us')
    from jsonb_each(?1) as made where bulk_sends.id = made.value ->> 0";

const LINK: &str = "
    insert into bulk_links (link_id, bulk_id, contact_id) select value ->> 0, value ->> 1, value ->> 2
    from jsonb_each(?1) where true on conflict (link_id) do nothing";

/// Recipients of one event are numbered from here on.
const ROOM: u64 = 1_000;

/// What happened to a bulk send after it was started.
#[derive(Default, Serialize)]
struct Change {
    listed: usize,
    paused: Option<u8>,
    ended: Option<&'static str>,
    ended_at_us: Option<i64>,
}

impl Change {
    fn end(&mut self, word: &'static str, entry: &Entry) {
        self.ended.get_or_insert(word);
        self.ended_at_us.get_or_insert(entry.at_us());
    }
}

type Recipient<'a> = (Text<BulkId>, Text<ContactId>, u64, Option<&'a str>);

/// What a batch says.
#[derive(Default)]
struct Rows<'a> {
    listed: Vec<Recipient<'a>>,
    skipped: Vec<Recipient<'a>>,
    changes: BTreeMap<BulkId, Change>,
    links: Vec<(Text<LinkId>, Text<CommandId>, Text<ContactId>)>,
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let (mut started, mut rows) = (vec![], Rows::default());
    for entry in &batch.entries {
        match &entry.event {
            Event::Bulk(bulk, BulkEvent::BulkStarted(plan)) => started.push(start(*bulk, plan, entry)),
            Event::Bulk(bulk, event) => note(&mut rows, *bulk, event, entry),
            Event::Link(link, LinkEvent::LinkIssued { subject: LinkSubject::Contact { contact, .. }, .. })
                if entry.meta.correlation != entry.meta.command =>
            {
                rows.links.push((Text(*link), Text(entry.meta.correlation), Text(*contact)));
            }
            Event::Contact(..)
            | Event::Link(..)
            | Event::Number(..)
            | Event::Team(_)
            | Event::Offering(..)
            | Event::Settings(_)
            | Event::Claim(..) => {}
        }
    }
    let mut folded = Folded::default();
    folded.write(START, started)?;
    folded.write(LIST, rows.listed)?;
    folded.write(SKIP, rows.skipped)?;
    folded.write(CHANGE, rows.changes.iter().map(|(bulk, change)| (Text(*bulk), change)))?;
    folded.write(LINK, rows.links)?;
    Ok(folded)
}

fn start<'a>(bulk: BulkId, plan: &'a Plan, entry: &'a Entry) -> impl Serialize + use<'a> {
    let Plan { segment, channels, lifetime, messages, .. } = plan;
    let channels: Vec<&str> = channels.iter().map(|channel| Channel::as_str(*channel)).collect();
    (
        Text(bulk),
        entry.at_us(),
        Text(&entry.meta.actor),
        entry.meta.origin.as_str(),
        u8::from(segment.never_signed_in),
        u8::from(segment.unused),
        segment.unused_of.map(Text),
        segment.offering.as_ref().map(Text),
        channels.join(","),
        lifetime.secs(),
        *messages,
        entry.sealed.as_deref(),
    )
}

fn note<'a>(rows: &mut Rows<'a>, bulk: BulkId, event: &'a BulkEvent, entry: &Entry) {
    let first = entry.position.get().saturating_mul(ROOM);
    let numbered = |contacts: &'a [ContactId], code: Option<&'a str>| {
        (first..).zip(contacts).map(move |(nth, contact)| (Text(bulk), Text(*contact), nth, code))
    };
    let change = rows.changes.entry(bulk).or_default();
    match event {
        BulkEvent::BulkStarted(_) => {}
        BulkEvent::RecipientsListed { contacts } => {
            change.listed += contacts.len();
            rows.listed.extend(numbered(contacts, None));
        }
        BulkEvent::RecipientsSkipped { code, contacts } => rows.skipped.extend(numbered(contacts, Some(code))),
        BulkEvent::BulkPaused => change.paused = Some(1),
        BulkEvent::BulkResumed => change.paused = Some(0),
        BulkEvent::BulkStopped { why } => change.end(why.as_str(), entry),
        BulkEvent::BulkFinished => change.end("finished", entry),
    }
}
