//! From a link's events to its row.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::id::{LinkId, SubjectId};
use magiclink_domain::link::{Channel, LinkEvent, LinkRevokedWhy, LinkSubject, OpenedBy};
use serde::Serialize;

use crate::admissions;
use crate::projection::{Batch, Entry, Folded, Text};

const ADMISSIONS: &str = "
    insert into link_admissions (subject, admission, gone)
    select value ->> 0, value ->> 1, value ->> 2 from jsonb_each(?1) where true
    on conflict (subject) do update set admission = coalesce(excluded.admission, link_admissions.admission),
        gone = case when excluded.gone = 1 then 1 else link_admissions.gone end";

const ISSUE: &str = "
    insert into links (id, subject, of_staff, admission, destination, kind, max_uses, issued_at_us, expires_at_us,
        issued_by, origin, reason, key_id, uses, revoked, revealed, opened_at_us, redeemed_at_us, emailed, texted, behind)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> '$[13].uses',
        value ->> '$[13].revoked', value ->> '$[13].revealed', value ->> '$[13].opened_at_us',
        value ->> '$[13].redeemed_at_us', value ->> '$[13].emailed', value ->> '$[13].texted',
        exists (select 1 from link_admissions where subject = value ->> 1 and (gone = 1 or admission > value ->> 3))
    from jsonb_each(?1)";

// Apart, because SQLite writes every index anew whose columns a statement may change, and no index is by these two.
const SEE: &str = "
    update links set
        revealed = case when made.value ->> '$[1].revealed' = 1 then 1 else revealed end,
        opened_at_us = coalesce(opened_at_us, made.value ->> '$[1].opened_at_us')
    from jsonb_each(?1) as made where links.id = made.value ->> 0";

const TURN: &str = "
    update links set
        uses = uses + (made.value ->> '$[1].uses'),
        revoked = coalesce(revoked, made.value ->> '$[1].revoked'),
        redeemed_at_us = coalesce(made.value ->> '$[1].redeemed_at_us', redeemed_at_us),
        emailed = max(emailed, made.value ->> '$[1].emailed'),
        texted = max(texted, made.value ->> '$[1].texted')
    from jsonb_each(?1) as made where links.id = made.value ->> 0";

const BEHIND: &str = "
    update links set behind = 1
    where subject in (select value ->> 0 from jsonb_each(?1)) and behind = 0 and exists (
        select 1 from link_admissions as now
        where now.subject = links.subject and (now.gone = 1 or now.admission > links.admission))";

const ERASE: &str = "update links set reason = null where subject in (select value from jsonb_each(?1))";

/// What happened to a link after it was made.
#[derive(Clone, Default, Serialize)]
struct Change {
    uses: u8,
    revoked: Option<&'static str>,
    revealed: u8,
    opened_at_us: Option<i64>,
    redeemed_at_us: Option<i64>,
    emailed: u8,
    texted: u8,
}

impl Change {
    const fn sees(&self) -> bool {
        self.revealed > 0 || self.opened_at_us.is_some()
    }

    const fn turns(&self) -> bool {
        self.uses > 0 || self.revoked.is_some() || self.emailed > 0 || self.texted > 0
    }
}

/// What the batch says about one link.
#[derive(Default)]
struct Row<'a> {
    issued: Option<&'a Entry>,
    change: Option<Change>,
}

impl Row<'_> {
    fn change(&mut self) -> &mut Change {
        self.change.get_or_insert_default()
    }
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<LinkId, Row<'_>> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Link(link, event) = &entry.event else { continue };
        note(rows.entry(*link).or_default(), entry, event);
    }
    let mut folded = Folded::default();
    let admissions = admissions::fold(batch);
    folded.write(ADMISSIONS, &admissions)?;
    let (mut issued, mut changed) = (vec![], vec![]);
    for (link, row) in &rows {
        match (row.issued, &row.change) {
            (Some(entry), change) => issued.extend(issue(*link, entry, change.as_ref())),
            (None, Some(change)) => changed.push((Text(*link), change)),
            (None, None) => {}
        }
    }
    folded.write(ISSUE, issued)?;
    folded.write(SEE, changed.iter().filter(|(_, change)| change.sees()))?;
    folded.write(TURN, changed.iter().filter(|(_, change)| change.turns()))?;
    folded.write(BEHIND, &admissions)?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}

fn note<'a>(row: &mut Row<'a>, entry: &'a Entry, event: &LinkEvent) {
    match event {
        LinkEvent::LinkIssued { .. } => row.issued = Some(entry),
        LinkEvent::LinkRevealed => row.change().revealed = 1,
        LinkEvent::DeliveryRequested { channel: Channel::Email, .. } => row.change().emailed = 1,
        LinkEvent::DeliveryRequested { channel: Channel::Sms, .. } => row.change().texted = 1,
        LinkEvent::LinkOpened { by: OpenedBy::Person, .. } => {
            row.change().opened_at_us.get_or_insert(entry.at_us());
        }
        LinkEvent::LinkRedeemed { at, .. } => {
            let change = row.change();
            change.uses = change.uses.saturating_add(1);
            change.redeemed_at_us = Some(at.micros());
        }
        LinkEvent::LinkRevoked { why, .. } => {
            row.change().revoked.get_or_insert(LinkRevokedWhy::as_str(*why));
        }
        LinkEvent::LinkOpened { by: OpenedBy::Scanner, .. }
        | LinkEvent::WordsTried(_)
        | LinkEvent::DeliveryAttempted { .. }
        | LinkEvent::DeliverySent { .. }
        | LinkEvent::DeliveryFailed { .. }
        | LinkEvent::DeliveryConfirmed { .. }
        | LinkEvent::DeliveryUnknown { .. }
        | LinkEvent::DeliveryPostponed { .. }
        | LinkEvent::DeliveryRequeued { .. }
        | LinkEvent::DeliveryCancelled { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. } => {}
    }
}

fn issue<'a>(link: LinkId, entry: &'a Entry, change: Option<&'a Change>) -> Option<impl Serialize + use<'a>> {
    let Event::Link(_, LinkEvent::LinkIssued { subject, destination, kind, expires_at, max_uses, key, .. }) =
        &entry.event
    else {
        return None;
    };
    let (of_staff, admission) = match subject {
        LinkSubject::Contact { admission, .. } => (0, Some(admission.0)),
        LinkSubject::Staff(_) => (1, None),
    };
    let subject: Text<SubjectId> = Text(subject.id());
    let place = (destination.as_str(), kind.as_str(), *max_uses, entry.at_us(), expires_at.micros());
    let whence = (Text(&entry.meta.actor), entry.meta.origin.as_str(), entry.sealed.as_deref());
    let change = change.map_or_else(Change::default, Change::clone);
    Some((
        Text(link),
        subject,
        of_staff,
        admission,
        place.0,
        place.1,
        place.2,
        place.3,
        place.4,
        whence.0,
        whence.1,
        whence.2,
        key.0,
        change,
    ))
}
