//! From redemptions and what follows them to a session's row.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::id::{LinkId, SessionId};
use magiclink_domain::link::{EndedWhy, LinkEvent};
use serde::Serialize;

use crate::admissions;
use crate::projection::{Batch, Entry, Folded, Text};

const ADMISSIONS: &str = "
    insert into session_admissions (subject, admission, gone)
    select value ->> 0, value ->> 1, value ->> 2 from jsonb_each(?1) where true
    on conflict (subject) do update set admission = coalesce(excluded.admission, session_admissions.admission),
        gone = case when excluded.gone = 1 then 1 else session_admissions.gone end";

const BEGIN: &str = "
    insert into sessions (link_id, use_number, subject, of_staff, admission, method, started_at_us, expires_at_us,
        idle_s, beside, client, seen_at_us, ended, behind)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12,
        exists (select 1 from session_admissions where subject = value ->> 2 and (gone = 1 or admission > value ->> 4))
    from jsonb_each(?1)";

const CHANGE: &str = "
    update sessions set seen_at_us = coalesce(made.value ->> 2, seen_at_us), ended = coalesce(ended, made.value ->> 3)
    from jsonb_each(?1) as made
    where sessions.link_id = made.value ->> 0 and sessions.use_number = made.value ->> 1";

const BEHIND: &str = "
    update sessions set behind = 1
    where subject in (select value ->> 0 from jsonb_each(?1)) and behind = 0 and exists (
        select 1 from session_admissions as now
        where now.subject = sessions.subject and (now.gone = 1 or now.admission > sessions.admission))";

const ERASE: &str = "update sessions set client = null where subject in (select value from jsonb_each(?1))";

/// What the batch says about one session.
#[derive(Default)]
struct Row<'a> {
    begun: Option<&'a Entry>,
    seen_at_us: Option<i64>,
    ended: Option<&'static str>,
}

fn row<'a, 'b>(rows: &'b mut BTreeMap<SessionId, Row<'a>>, link: LinkId, use_number: u8) -> &'b mut Row<'a> {
    rows.entry(SessionId { link, use_number }).or_default()
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<SessionId, Row<'_>> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Link(link, event) = &entry.event else { continue };
        match event {
            LinkEvent::LinkRedeemed { use_number, .. } => row(&mut rows, *link, *use_number).begun = Some(entry),
            LinkEvent::SessionSeen { use_number, at } => {
                row(&mut rows, *link, *use_number).seen_at_us = Some(at.micros());
            }
            LinkEvent::SessionEnded { use_number, why } => {
                row(&mut rows, *link, *use_number).ended.get_or_insert(EndedWhy::as_str(*why));
            }
            LinkEvent::LinkIssued { .. }
            | LinkEvent::DeliveryRequested { .. }
            | LinkEvent::DeliveryAttempted { .. }
            | LinkEvent::DeliverySent { .. }
            | LinkEvent::DeliveryFailed { .. }
            | LinkEvent::DeliveryConfirmed { .. }
            | LinkEvent::DeliveryUnknown { .. }
            | LinkEvent::DeliveryPostponed { .. }
            | LinkEvent::DeliveryRequeued { .. }
            | LinkEvent::DeliveryCancelled { .. }
            | LinkEvent::LinkRevealed
            | LinkEvent::WordsTried(_)
            | LinkEvent::LinkOpened { .. }
            | LinkEvent::RedemptionRefused { .. }
            | LinkEvent::LinkRevoked { .. } => {}
        }
    }
    let mut folded = Folded::default();
    let admissions = admissions::fold(batch);
    folded.write(ADMISSIONS, &admissions)?;
    folded.write(BEGIN, rows.iter().filter_map(|(session, row)| begin(*session, row)))?;
    let changed = rows.iter().filter(|(_, row)| row.begun.is_none());
    folded.write(
        CHANGE,
        changed.map(|(session, row)| (Text(session.link), session.use_number, row.seen_at_us, row.ended)),
    )?;
    folded.write(BEHIND, &admissions)?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}

fn begin<'a>(session: SessionId, row: &Row<'a>) -> Option<impl Serialize + use<'a>> {
    let entry = row.begun?;
    let Event::Link(_, LinkEvent::LinkRedeemed { method, admission, at, limits, beside, .. }) = &entry.event else {
        return None;
    };
    let ends = at.plus(limits.absolute).micros();
    let idle_s = i64::try_from(limits.idle.secs()).unwrap_or(i64::MAX);
    Some((
        Text(session.link),
        session.use_number,
        entry.subject(),
        u8::from(admission.is_none()),
        admission.map(|admission| admission.0),
        method.as_str(),
        at.micros(),
        ends,
        idle_s,
        beside.map(Text),
        entry.sealed.as_deref(),
        row.seen_at_us.unwrap_or(at.micros()),
        row.ended,
    ))
}
