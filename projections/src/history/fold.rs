//! From events to lines of the login history.

use magiclink_domain::contact::{ContactEvent, NoticeOutcome};
use magiclink_domain::event::Event;
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::LinkEvent;
use serde_json::{Value, json};

use super::kind::HistoryKind;
use crate::projection::{Batch, Folded, Text};

const ADD: &str = "
    insert into history (position, at_us, kind, subject, link_id, use_number, delivery_id, actor, origin, detail, sealed)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10
    from jsonb_each(?1)";

const ERASE: &str =
    "update history set sealed = null where sealed is not null and subject in (select value from jsonb_each(?1))";

/// What an event says to the login history.
struct Line {
    kind: HistoryKind,
    use_number: Option<u8>,
    delivery: Option<DeliveryId>,
    detail: Value,
}

impl Line {
    fn new(kind: HistoryKind, detail: Value) -> Self {
        Self { kind, use_number: None, delivery: None, detail }
    }

    fn of_delivery(kind: HistoryKind, delivery: DeliveryId, detail: Value) -> Self {
        Self { delivery: Some(delivery), ..Self::new(kind, detail) }
    }

    fn of_session(kind: HistoryKind, use_number: u8, detail: Value) -> Self {
        Self { use_number: Some(use_number), ..Self::new(kind, detail) }
    }
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows = vec![];
    for entry in &batch.entries {
        let (line, link, subject) = match &entry.event {
            Event::Contact(contact, event) => (of_contact(event), None, Some(contact.to_string())),
            Event::Link(link, event) => (of_link(event), Some(*link), entry.subject()),
            Event::Number(..)
            | Event::Team(_)
            | Event::Offering(..)
            | Event::Settings(_)
            | Event::Claim(..)
            | Event::Bulk(..) => {
                continue;
            }
        };
        let Some(line) = line else { continue };
        let (actor, origin) = (Text(&entry.meta.actor), entry.meta.origin.as_str());
        rows.push((
            entry.position.get(),
            entry.at_us(),
            line.kind.as_str(),
            subject,
            link.map(Text::<LinkId>),
            line.use_number,
            line.delivery.map(Text),
            actor,
            origin,
            Text(line.detail),
            entry.sealed.as_deref(),
        ));
    }
    let mut folded = Folded::default();
    folded.write(ADD, rows)?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}

fn of_contact(event: &ContactEvent) -> Option<Line> {
    Some(match event {
        ContactEvent::AdmissionsRenewed { why, .. } => {
            Line::new(HistoryKind::AdmissionsRenewed, json!({ "why": why.as_str() }))
        }
        ContactEvent::NoticeSettled { outcome, .. } => of_notice(outcome),
        ContactEvent::PortalPreviewed => Line::new(HistoryKind::Previewed, json!({})),
        ContactEvent::SignInDisputed => Line::new(HistoryKind::Disputed, json!({})),
        ContactEvent::ErasureRequested => Line::new(HistoryKind::ErasureRequested, json!({})),
        ContactEvent::ContactErased => Line::new(HistoryKind::Erased, json!({})),
        ContactEvent::ContactAdded { .. }
        | ContactEvent::ContactDetailsChanged { .. }
        | ContactEvent::AccessGranted { .. }
        | ContactEvent::AccessRevoked { .. }
        | ContactEvent::NoticeRequested { .. }
        | ContactEvent::NoticeAttempted { .. }
        | ContactEvent::NoticePostponed { .. } => return None,
    })
}

fn of_notice(outcome: &NoticeOutcome) -> Line {
    match outcome {
        NoticeOutcome::Sent => Line::new(HistoryKind::NoticeSent, json!({})),
        NoticeOutcome::Unknown => Line::new(HistoryKind::NoticeMaybeSent, json!({})),
        NoticeOutcome::Failed { code, words } | NoticeOutcome::Cancelled { code, words } => {
            Line::new(HistoryKind::NoticeNotSent, json!({ "code": code, "words": words }))
        }
    }
}

fn of_link(event: &LinkEvent) -> Option<Line> {
    Some(match event {
        LinkEvent::LinkIssued { destination, kind, expires_at, max_uses, .. } => Line::new(
            HistoryKind::Issued,
            json!({
                "destination": destination.as_str(),
                "kind": kind.as_str(),
                "expires_at": expires_at.to_string(),
                "max_uses": max_uses,
            }),
        ),
        LinkEvent::LinkRevealed => Line::new(HistoryKind::Revealed, json!({})),
        LinkEvent::DeliveryRequested { delivery, channel, .. } => {
            Line::of_delivery(HistoryKind::DeliveryRequested, *delivery, json!({ "channel": channel.as_str() }))
        }
        LinkEvent::DeliverySent { delivery, .. } => Line::of_delivery(HistoryKind::Sent, *delivery, json!({})),
        LinkEvent::DeliveryFailed { delivery, code, words } => {
            Line::of_delivery(HistoryKind::Failed, *delivery, json!({ "code": code, "words": words }))
        }
        LinkEvent::DeliveryConfirmed { delivery } => Line::of_delivery(HistoryKind::Delivered, *delivery, json!({})),
        LinkEvent::DeliveryRequeued { delivery } => Line::of_delivery(HistoryKind::Requeued, *delivery, json!({})),
        LinkEvent::DeliveryUnknown { delivery } => Line::of_delivery(HistoryKind::MaybeSent, *delivery, json!({})),
        LinkEvent::DeliveryCancelled { delivery, why } => {
            Line::of_delivery(HistoryKind::Cancelled, *delivery, json!({ "why": why.as_str() }))
        }
        LinkEvent::LinkOpened { by, .. } => Line::new(HistoryKind::Opened, json!({ "by": by.as_str() })),
        LinkEvent::LinkRedeemed { use_number, method, beside, .. } => {
            let mut detail = json!({ "method": method.as_str() });
            if let (Some(staff), Some(detail)) = (beside, detail.as_object_mut()) {
                detail.insert("beside".to_owned(), json!(format!("staff:{staff}")));
            }
            Line::of_session(HistoryKind::Redeemed, *use_number, detail)
        }
        LinkEvent::RedemptionRefused { why, .. } => Line::new(HistoryKind::Refused, json!({ "why": why.as_str() })),
        LinkEvent::SessionEnded { use_number, why } => {
            Line::of_session(HistoryKind::SessionEnded, *use_number, json!({ "why": why.as_str() }))
        }
        LinkEvent::LinkRevoked { why, .. } => Line::new(HistoryKind::Revoked, json!({ "why": why.as_str() })),
        LinkEvent::DeliveryAttempted { .. }
        | LinkEvent::DeliveryPostponed { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::WordsTried(_) => {
            return None;
        }
    })
}
