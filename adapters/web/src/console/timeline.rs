//! What happened, in plain words, newest first.
//!
//! Apart from the pages because a link's page and its contact's tell of the same things.

use chrono_tz::Tz;
use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::contact::{ContactEvent, NoticeOutcome, RenewedWhy};
use magiclink_domain::id::LinkId;
use magiclink_domain::link::{Client, LinkEvent, OpenedBy};
use magiclink_domain::personal::Personal;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Caller, Failure, TimelineEntry, TimelineEvent};
use magiclink_domain::value::Reason;
use magiclink_projections::HistoryKind;

use super::people::People;
use super::words::{self, When, happened};
use crate::Web;

/// One line of a timeline.
pub(super) struct Line {
    at: Timestamp,
    pub(super) when: When,
    /// What happened.
    pub(super) what: String,
    /// More about it; may be empty.
    pub(super) detail: String,
    /// Who, and through which door.
    pub(super) by: String,
    /// The link it happened to.
    pub(super) link: Option<LinkId>,
}

/// How words are made of events.
struct Teller<'a> {
    zone: Tz,
    people: &'a People,
}

/// One link's timeline.
pub(super) async fn of_link(web: &Web, caller: &Caller, people: &People, link: LinkId) -> Result<Vec<Line>, Failure> {
    let teller = Teller { zone: web.config.time_zone, people };
    let entries = web.use_cases.link_timeline(caller, link).await?;
    Ok(newest_first(entries.iter().map(|entry| teller.line(entry, None)).collect()))
}

/// A contact's own timeline, told together with those of its latest links.
pub(super) async fn of_contact(
    web: &Web, caller: &Caller, people: &People, entries: &[TimelineEntry], links: &[LinkId],
) -> Result<Vec<Line>, Failure> {
    let teller = Teller { zone: web.config.time_zone, people };
    let mut lines: Vec<Line> = entries.iter().map(|entry| teller.line(entry, None)).collect();
    for link in links {
        let entries = web.use_cases.link_timeline(caller, *link).await?;
        lines.extend(entries.iter().map(|entry| teller.line(entry, Some(*link))));
    }
    Ok(newest_first(lines))
}

fn newest_first(mut lines: Vec<Line>) -> Vec<Line> {
    lines.reverse();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    lines
}

impl Teller<'_> {
    fn line(&self, entry: &TimelineEntry, link: Option<LinkId>) -> Line {
        let (what, detail) = match &entry.event {
            TimelineEvent::Contact(event) => self.of_contact(event),
            TimelineEvent::Link(event) => self.of_link(event),
        };
        let by = by(self.people, &entry.meta.actor, entry.meta.origin);
        Line { at: entry.meta.at, when: self.when(entry.meta.at), what: what.to_owned(), detail, by, link }
    }

    fn when(&self, at: Timestamp) -> When {
        When::new(self.zone, at)
    }

    fn of_contact(&self, event: &ContactEvent) -> (&'static str, String) {
        match event {
            ContactEvent::ContactAdded { .. } => ("Contact added", String::new()),
            ContactEvent::ContactDetailsChanged { .. } => ("Details changed", String::new()),
            ContactEvent::AccessGranted { offering, until } => {
                let until = until.map_or(String::new(), |until| format!(" until {}", self.when(until)));
                ("Access granted", format!("{}{until}", self.people.offering(offering)))
            }
            ContactEvent::AccessRevoked { offering, reason } => {
                ("Access removed", with_reason(self.people.offering(offering), reason.as_ref()))
            }
            ContactEvent::AdmissionsRenewed { why, .. } => {
                (happened(HistoryKind::AdmissionsRenewed), renewed(*why).to_owned())
            }
            ContactEvent::NoticeRequested { channel, to, .. } => {
                let to = to.known().map_or_else(|| words::channel(*channel).to_owned(), |to| format!("to {to}"));
                ("A notice is to go to the old address", to)
            }
            ContactEvent::NoticeAttempted { .. } => ("Sending of the notice began", String::new()),
            ContactEvent::NoticePostponed { until, words, .. } => {
                ("The notice waits", format!("until {}: {words}", self.when(*until)))
            }
            ContactEvent::NoticeSettled { outcome, .. } => notice(outcome),
            ContactEvent::PortalPreviewed => (happened(HistoryKind::Previewed), String::new()),
            ContactEvent::SignInDisputed => {
                (happened(HistoryKind::Disputed), "the contact did not recognise a sign-in or a device".to_owned())
            }
            ContactEvent::ErasureRequested => (happened(HistoryKind::ErasureRequested), String::new()),
            ContactEvent::ContactErased => (happened(HistoryKind::Erased), String::new()),
        }
    }

    fn of_link(&self, event: &LinkEvent) -> (&'static str, String) {
        match event {
            LinkEvent::LinkIssued { destination, expires_at, max_uses, reason, .. } => {
                let uses = if *max_uses == 1 { "once".to_owned() } else { format!("{max_uses} times") };
                let to = self.people.place(destination).name;
                let text = format!("to {to}, works {uses}, until {}", self.when(*expires_at));
                (happened(HistoryKind::Issued), with_reason(text, reason.as_ref()))
            }
            LinkEvent::WordsTried(_) => ("Made for a test message", "it signs nobody in".to_owned()),
            LinkEvent::LinkRevealed => (happened(HistoryKind::Revealed), String::new()),
            LinkEvent::LinkOpened { by: OpenedBy::Person, client } => (happened(HistoryKind::Opened), device(client)),
            LinkEvent::LinkOpened { by: OpenedBy::Scanner, client } => {
                ("Page looked at by a mail scanner", device(client))
            }
            LinkEvent::LinkRedeemed { method, client, beside, .. } => {
                let beside = beside.map_or(String::new(), |staff| {
                    format!("; {} was signed in to the console in the same browser", self.people.staff(staff))
                });
                (happened(HistoryKind::Redeemed), format!("{}, {}{beside}", words::method(*method), device(client)))
            }
            LinkEvent::RedemptionRefused { why, client } => {
                (happened(HistoryKind::Refused), format!("{}, {}", words::refusal(*why), device(client)))
            }
            LinkEvent::SessionSeen { .. } => ("Still signed in", String::new()),
            LinkEvent::SessionEnded { why, .. } => (happened(HistoryKind::SessionEnded), words::ended(*why).to_owned()),
            LinkEvent::LinkRevoked { why, reason } => {
                (happened(HistoryKind::Revoked), with_reason(words::revoked(*why).to_owned(), reason.as_ref()))
            }
            LinkEvent::DeliveryRequested { .. }
            | LinkEvent::DeliveryAttempted { .. }
            | LinkEvent::DeliverySent { .. }
            | LinkEvent::DeliveryFailed { .. }
            | LinkEvent::DeliveryConfirmed { .. }
            | LinkEvent::DeliveryPostponed { .. }
            | LinkEvent::DeliveryRequeued { .. }
            | LinkEvent::DeliveryUnknown { .. }
            | LinkEvent::DeliveryCancelled { .. } => of_delivery(event),
        }
    }
}

fn of_delivery(event: &LinkEvent) -> (&'static str, String) {
    match event {
        LinkEvent::DeliveryRequested { channel, to, .. } => {
            let to = to.known().map_or("an erased address", String::as_str);
            (happened(HistoryKind::DeliveryRequested), format!("by {} to {to}", words::channel(*channel)))
        }
        LinkEvent::DeliveryAttempted { attempt, .. } => ("Being sent", format!("attempt {attempt}")),
        LinkEvent::DeliverySent { .. } => (happened(HistoryKind::Sent), "the provider took it".to_owned()),
        LinkEvent::DeliveryFailed { code, words, .. } => (happened(HistoryKind::Failed), format!("{words} ({code})")),
        LinkEvent::DeliveryConfirmed { .. } => {
            (happened(HistoryKind::Delivered), "the provider says that it arrived".to_owned())
        }
        LinkEvent::DeliveryPostponed { words, code, .. } => ("Tried again later", format!("{words} ({code})")),
        LinkEvent::DeliveryRequeued { .. } => (happened(HistoryKind::Requeued), String::new()),
        LinkEvent::DeliveryUnknown { .. } => {
            (happened(HistoryKind::MaybeSent), "the provider’s answer was lost".to_owned())
        }
        LinkEvent::DeliveryCancelled { why, .. } => {
            (happened(HistoryKind::Cancelled), words::cancelled(*why).to_owned())
        }
        LinkEvent::LinkIssued { .. }
        | LinkEvent::LinkRevealed
        | LinkEvent::WordsTried(_)
        | LinkEvent::LinkOpened { .. }
        | LinkEvent::LinkRedeemed { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. }
        | LinkEvent::LinkRevoked { .. } => ("", String::new()),
    }
}

fn with_reason(text: String, reason: Option<&Personal<Reason>>) -> String {
    match reason.map(Personal::known) {
        Some(Some(reason)) => format!("{text} – “{reason}”"),
        Some(None) | None => text,
    }
}

fn device(client: &Personal<Client>) -> String {
    client.known().map_or_else(|| "erased device".to_owned(), words::device)
}

fn notice(outcome: &NoticeOutcome) -> (&'static str, String) {
    match outcome {
        NoticeOutcome::Sent => (happened(HistoryKind::NoticeSent), String::new()),
        NoticeOutcome::Unknown => (happened(HistoryKind::NoticeMaybeSent), String::new()),
        NoticeOutcome::Failed { words, .. } | NoticeOutcome::Cancelled { words, .. } => {
            (happened(HistoryKind::NoticeNotSent), words.clone())
        }
    }
}

const fn renewed(why: RenewedWhy) -> &'static str {
    match why {
        RenewedWhy::AddressChanged => "an address changed",
        RenewedWhy::Readmitted => "back in the portal after having no access",
        RenewedWhy::LinksRevoked => "all links were revoked",
        RenewedWhy::SignedOutEverywhere => "signed out everywhere",
        RenewedWhy::Erasure => "erasure",
    }
}

/// Who acted, and through which door.
pub(super) fn by(people: &People, actor: &Actor, origin: Origin) -> String {
    match (actor, origin) {
        // Their name says it already.
        (Actor::CommandLine(_), Origin::Cli) => people.actor(actor),
        _ => format!("{}, {}", people.actor(actor), door(origin.as_str())),
    }
}

fn door(origin: &str) -> &str {
    match origin {
        "console" => "in the console",
        "api" => "by API",
        "cli" => "on the command line",
        "sms" => "by text message",
        "self-service" => "on the portal’s pages",
        "system" => "by itself",
        other => other,
    }
}
