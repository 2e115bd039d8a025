//! Times, states and devices as people say them.
//!
//! Apart from the pages so that the same thing has the same words everywhere.

use std::fmt;

use chrono_tz::Tz;
use magiclink_domain::link::{CancelledWhy, Channel, Client, EndedWhy, LinkRevokedWhy, LinkStatus, Method, Refusal};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_projections::HistoryKind;

use crate::portal::device;

/// One choice among some.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// What happened, in a few words.
pub(super) const fn happened(kind: HistoryKind) -> &'static str {
    match kind {
        HistoryKind::Issued => "Link made",
        HistoryKind::Revealed => "Link shown to staff",
        HistoryKind::DeliveryRequested => "To be sent",
        HistoryKind::Sent => "Sent",
        HistoryKind::Delivered => "Delivered",
        HistoryKind::Requeued => "To be sent again",
        HistoryKind::Failed => "Could not be sent",
        HistoryKind::MaybeSent => "Maybe sent",
        HistoryKind::Cancelled => "Not sent",
        HistoryKind::Opened => "Page opened",
        HistoryKind::Redeemed => "Signed in",
        HistoryKind::Refused => "Not let in",
        HistoryKind::SessionEnded => "Session ended",
        HistoryKind::Revoked => "Link revoked",
        HistoryKind::AdmissionsRenewed => "Earlier links and sessions ended",
        HistoryKind::NoticeSent => "A notice went to the old address",
        HistoryKind::NoticeMaybeSent => "A notice to the old address was maybe sent",
        HistoryKind::NoticeNotSent => "No notice went to the old address",
        HistoryKind::Previewed => "Portal previewed by staff",
        HistoryKind::Disputed => "“This was not me”",
        HistoryKind::ErasureRequested => "Erasure asked for",
        HistoryKind::Erased => "Erased",
    }
}

/// An instant, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct When {
    text: String,
    day: String,
    short: String,
    clock: String,
    iso: String,
}

impl When {
    pub(super) fn new(zone: Tz, at: Timestamp) -> Self {
        let local = at.to_datetime().with_timezone(&zone);
        let written = |format: &str| local.format(format).to_string();
        Self {
            text: written("%-d %b %Y, %H:%M"),
            day: written("%-d %b %Y"),
            short: written("%-d %b, %H:%M"),
            clock: written("%H:%M"),
            iso: at.to_string(),
        }
    }

    /// The day alone.
    pub(super) fn day(&self) -> &str {
        &self.day
    }

    /// Without the year.
    pub(super) fn short(&self) -> &str {
        &self.short
    }

    /// The time of day alone.
    pub(super) fn clock(&self) -> &str {
        &self.clock
    }

    /// RFC 3339 in UTC.
    pub(super) fn iso(&self) -> &str {
        &self.iso
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `AG` for Ana Good: what stands in the circle beside a name.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    words.next().into_iter().chain(words.next_back()).collect()
}

pub(super) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "SMS",
        Channel::Email => "e-mail",
    }
}

/// Sending over one channel, to be chosen.
pub(super) fn send_by(by: Channel) -> Choice {
    Choice { value: by.as_str(), label: format!("Send by {}", channel(by)), chosen: false }
}

pub(super) const fn status(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Live => "Live",
        LinkStatus::Used => "Used",
        LinkStatus::Expired => "Expired",
        LinkStatus::Revoked => "Revoked",
    }
}

/// The state of a delivery, by its stored word.
pub(super) fn delivery(word: &str) -> &'static str {
    match word {
        "queued" => "Waiting to be sent",
        "sending" => "Being sent",
        "sent" => "Sent",
        "delivered" => "Delivered",
        "failed" => "Failed",
        "maybe_sent" => "Maybe sent",
        _ => "Not sent",
    }
}

pub(super) const fn method(method: Method) -> &'static str {
    match method {
        Method::Link => "by link",
        Method::Code => "by code",
    }
}

pub(super) const fn refusal(why: Refusal) -> &'static str {
    match why {
        Refusal::Expired => "the link had expired",
        Refusal::Used => "the link was used already",
        Refusal::Revoked => "the link was revoked",
        Refusal::Replaced => "a newer link had replaced it",
        Refusal::AccessEnded => "the contact had no access any more",
        Refusal::SubjectGone => "the person is gone",
        Refusal::Test => "it was the link of a test message",
        Refusal::OtherBrowser => "it was another browser than the one that asked for the link",
    }
}

pub(super) const fn revoked(why: LinkRevokedWhy) -> &'static str {
    match why {
        LinkRevokedWhy::Revoked => "by hand",
        LinkRevokedWhy::Replaced => "a newer link replaced it",
        LinkRevokedWhy::AdmissionsRenewed => "every earlier link of the contact ended",
        LinkRevokedWhy::SubjectGone => "the person is gone",
        LinkRevokedWhy::Restored => "a backup was restored",
    }
}

pub(super) const fn ended(why: EndedWhy) -> &'static str {
    match why {
        EndedWhy::SignedOut => "signed out",
        EndedWhy::Ended => "ended from another place",
        EndedWhy::Superseded => "signed in again in the same browser",
        EndedWhy::AdmissionsRenewed => "every earlier session of the contact ended",
        EndedWhy::SubjectGone => "the person is gone",
    }
}

pub(super) const fn cancelled(why: CancelledWhy) -> &'static str {
    match why {
        CancelledWhy::LinkNotLive => "the link was no longer live",
        CancelledWhy::OptedOut => "the number takes no text messages",
        CancelledWhy::SubjectGone => "the person is gone",
        CancelledWhy::ChannelNotConfigured => "no provider was configured any more",
    }
}

/// `15 minutes`, `24 hours`, `7 days`.
pub(super) fn span(lifetime: Lifetime) -> String {
    let secs = lifetime.secs();
    let (count, unit) = match secs {
        0..60 => (secs, "second"),
        60..7_200 => (secs / 60, "minute"),
        7_200..172_800 => (secs / 3_600, "hour"),
        _ => (secs / 86_400, "day"),
    };
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

/// A device by its everyday name, and its address: `Safari on iPhone, 192.0.2.1`.
pub(super) fn device(client: &Client) -> String {
    let device = device::device(&client.user_agent);
    client.ip.map_or(device.clone(), |ip| format!("{device}, {ip}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_portals_zone() {
        let at: Timestamp = "2026-05-01T22:30:00Z".parse().unwrap();
        let when = When::new(Tz::Europe__Berlin, at);
        assert_eq!((when.to_string().as_str(), when.iso()), ("2 May 2026, 00:30", "2026-05-01T22:30:00Z"));
        assert_eq!((when.day(), when.short(), when.clock()), ("2 May 2026", "2 May, 00:30", "00:30"));
    }

    #[test]
    fn a_span_is_said_in_its_largest_sensible_unit() {
        let said: Vec<_> = [1, 60, 900, 7_200, 86_400, 604_800].map(|s| span(Lifetime::from_secs(s))).into();
        assert_eq!(said, ["1 second", "1 minute", "15 minutes", "2 hours", "24 hours", "7 days"]);
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        let told =
            ["Ana Good", "ana maria de la cruz", "Åse", "", "  ", "\u{202e}<b> Zoë", "(Bo)", "王 小明"].map(initials);
        assert_eq!(told, ["AG", "ac", "Å", "", "", "bZ", "B", "王小"]);
    }

    #[test]
    fn a_device_is_told_with_its_address() {
        let curl = Client { ip: Some([192, 0, 2, 1].into()), user_agent: "curl/8".to_owned() };
        assert_eq!(device(&curl), "Another program, 192.0.2.1");
    }
}
