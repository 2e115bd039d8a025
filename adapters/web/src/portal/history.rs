//! A contact's own login history in plain words.
//!
//! Apart from the account because staff's history says more, in other words.

use magiclink_domain::actor::Actor;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_projections::{HistoryFilter, HistoryItem, HistoryKind};

use super::device::device;
use super::time::{Shown, instant};
use crate::Web;
use crate::http::failure::PageFailure;

/// One line.
pub(super) struct Line {
    pub(super) at: Shown,
    pub(super) words: String,
}

/// Lines read at a time; many say nothing to a contact.
const MOST: usize = 60;

/// The newest lines that mean something to the contact.
pub(super) async fn own(web: &Web, contact: ContactId) -> Result<Vec<Line>, PageFailure> {
    let listed = web.read_models.history(&HistoryFilter::of(contact), None, MOST).await?;
    let zone = web.config.time_zone;
    let line = |item: HistoryItem| words(&item, contact).map(|words| Line { at: instant(item.at, zone), words });
    Ok(listed.items.into_iter().filter_map(line).collect())
}

fn words(item: &HistoryItem, contact: ContactId) -> Option<String> {
    let own = item.actor == Actor::Contact(contact);
    let why = item.detail.get("why").and_then(serde_json::Value::as_str).unwrap_or_default();
    Some(match item.kind {
        HistoryKind::Issued if own => "You asked for a link.".to_owned(),
        HistoryKind::Issued => "A link was made for you.".to_owned(),
        HistoryKind::Revealed => "A link of yours was shown to staff, to hand it over to you.".to_owned(),
        HistoryKind::Sent => match item.channel {
            Some(Channel::Sms) => "A link was sent to your phone.".to_owned(),
            Some(Channel::Email) => "A link was sent to your e-mail address.".to_owned(),
            None => "A link was sent to you.".to_owned(),
        },
        HistoryKind::Failed => "A message to you could not be delivered.".to_owned(),
        HistoryKind::Redeemed => {
            let by_code = item.detail.get("method").is_some_and(|method| method == "code");
            format!("Signed in by {} with {}.", if by_code { "code" } else { "link" }, browser(item))
        }
        HistoryKind::Refused => {
            format!("A link was pressed that {}, with {}.", refused(why), browser(item))
        }
        HistoryKind::SessionEnded => match why {
            "signed_out" => "Signed out.".to_owned(),
            "superseded" => "A new sign-in took the place of an older one in the same browser.".to_owned(),
            "admissions_renewed" => "Signed out, with all other devices.".to_owned(),
            _ if own => "You signed out another device.".to_owned(),
            _ => "A device was signed out.".to_owned(),
        },
        HistoryKind::Revoked => "A link of yours was switched off.".to_owned(),
        HistoryKind::AdmissionsRenewed if own => "You signed out everywhere.".to_owned(),
        HistoryKind::AdmissionsRenewed => "All earlier links and sessions of yours were ended.".to_owned(),
        HistoryKind::NoticeSent => "A notice of the change went to your old address.".to_owned(),
        HistoryKind::Previewed => "Staff looked at the portal as you see it.".to_owned(),
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

fn browser(item: &HistoryItem) -> String {
    match item.client.as_ref().and_then(Personal::known) {
        Some(client) => device(&client.user_agent),
        None => "a browser".to_owned(),
    }
}

fn refused(why: &str) -> &'static str {
    match why {
        "expired" => "had expired",
        "used" => "had been used before",
        "revoked" => "had been switched off",
        "replaced" => "had been replaced by a newer one",
        "access_ended" => "led to nothing any more",
        "other_browser" => "was asked for in another browser",
        _ => "no longer worked",
    }
}
