//! A contact's own login history in plain words.
//!
//! Apart from the account because staff's history says more, in other words.

use magiclink_domain::actor::Actor;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_domain::usecases::PortalSession;
use magiclink_projections::{HistoryItem, HistoryKind};

use super::device::spoken;
use crate::Web;
use crate::http::failure::PageFailure;
use crate::language::{Language, Shown};

/// One line.
pub(super) struct Line {
    pub(super) at: Shown,
    pub(super) words: String,
}

/// Lines read at a time; many say nothing to a contact.
const MOST: usize = 60;

/// The newest lines that mean something to the contact.
pub(super) async fn own(web: &Web, session: &PortalSession, t: &Language) -> Result<Vec<Line>, PageFailure> {
    let items = web.lists.own(session).history(MOST).await?;
    let zone = web.config.time_zone;
    let line =
        |item: HistoryItem| words(&item, session.contact, t).map(|words| Line { at: t.instant(item.at, zone), words });
    Ok(items.into_iter().filter_map(line).collect())
}

fn words(item: &HistoryItem, contact: ContactId, t: &Language) -> Option<String> {
    let key = key(item, contact)?;
    let with_device = matches!(item.kind, HistoryKind::Redeemed | HistoryKind::Refused);
    let words = if with_device { t.with(key, "device", &browser(item, t)) } else { t.say(key) };
    Some(words.into_owned())
}

/// What the catalogue says of it; none for what means nothing to the contact.
fn key(item: &HistoryItem, contact: ContactId) -> Option<&'static str> {
    let own = item.actor == Actor::Contact(contact);
    let why = item.detail.get("why").and_then(serde_json::Value::as_str).unwrap_or_default();
    Some(match item.kind {
        HistoryKind::Issued if own => "did-ask",
        HistoryKind::Issued => "did-make",
        HistoryKind::Revealed => "did-show",
        HistoryKind::Sent => match item.channel {
            Some(Channel::Sms) => "did-text",
            Some(Channel::Email) => "did-mail",
            None => "did-send",
        },
        HistoryKind::Failed => "did-fail",
        HistoryKind::Redeemed if item.detail.get("method").is_some_and(|method| method == "code") => "did-sign-in-code",
        HistoryKind::Redeemed => "did-sign-in-link",
        HistoryKind::Refused => refused(why),
        HistoryKind::SessionEnded => match why {
            "signed_out" => "did-sign-out",
            "superseded" => "did-supersede",
            "admissions_renewed" => "did-end-with-all",
            _ if own => "did-end-own",
            _ => "did-end",
        },
        HistoryKind::Revoked => "did-revoke",
        HistoryKind::AdmissionsRenewed if own => "did-renew-own",
        HistoryKind::AdmissionsRenewed => "did-renew",
        HistoryKind::Disputed => "did-dispute",
        HistoryKind::NoticeSent => "did-notice",
        HistoryKind::Previewed => "did-preview",
        HistoryKind::DeliveryRequested
        | HistoryKind::Delivered
        | HistoryKind::Requeued
        | HistoryKind::MaybeSent
        | HistoryKind::Cancelled
        | HistoryKind::Opened
        | HistoryKind::NoticeMaybeSent
        | HistoryKind::NoticeNotSent
        | HistoryKind::ErasureRequested
        | HistoryKind::Erased => return None,
    })
}

fn browser(item: &HistoryItem, t: &Language) -> String {
    match item.client.as_ref().and_then(Personal::known) {
        Some(client) => spoken(&client.user_agent, t),
        None => t.say("a-browser").into_owned(),
    }
}

fn refused(why: &str) -> &'static str {
    match why {
        "expired" => "did-refuse-expired",
        "used" => "did-refuse-used",
        "revoked" => "did-refuse-revoked",
        "replaced" => "did-refuse-replaced",
        "access_ended" => "did-refuse-access-ended",
        "other_browser" => "did-refuse-other-browser",
        _ => "did-refuse",
    }
}
