//! Times, channels and states as people say them.
//!
//! Apart from the answers so that the same thing has the same words in all of them.

use chrono_tz::Tz;
use magiclink_domain::link::{CancelledWhy, Channel, DeliveryState, LinkRevokedWhy, LinkStatus};
use magiclink_domain::time::{Lifetime, Timestamp};

/// An instant in the portal's zone: the time alone on the day of `now`.
pub(super) fn when(zone: Tz, at: Timestamp, now: Timestamp) -> String {
    let local = |at: Timestamp| at.to_datetime().with_timezone(&zone);
    let (at, now) = (local(at), local(now));
    if at.date_naive() == now.date_naive() {
        at.format("%H:%M").to_string()
    } else {
        at.format("%-d %b %Y, %H:%M").to_string()
    }
}

pub(super) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "SMS",
        Channel::Email => "e-mail",
    }
}

pub(super) const fn status(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Live => "live",
        LinkStatus::Used => "used",
        LinkStatus::Expired => "expired",
        LinkStatus::Revoked => "revoked",
    }
}

pub(super) const fn delivery(state: &DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "waiting to be sent",
        DeliveryState::Postponed(_) => "waiting to be tried again",
        DeliveryState::Sending(_) => "being sent",
        DeliveryState::Sent => "sent",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::MaybeSent => "maybe sent: the provider's answer was lost",
        DeliveryState::Cancelled(CancelledWhy::LinkNotLive) => "not sent: the link was no longer live",
        DeliveryState::Cancelled(CancelledWhy::OptedOut) => "not sent: the number takes no text messages",
        DeliveryState::Cancelled(CancelledWhy::SubjectGone) => "not sent: the person is gone",
        DeliveryState::Cancelled(CancelledWhy::ChannelNotConfigured) => "not sent: no provider is configured any more",
    }
}

pub(super) const fn revoked(why: LinkRevokedWhy) -> &'static str {
    match why {
        LinkRevokedWhy::Revoked => "revoked",
        LinkRevokedWhy::Replaced => "replaced by a newer link",
        LinkRevokedWhy::AdmissionsRenewed => "ended with every earlier link of the contact",
        LinkRevokedWhy::SubjectGone => "ended, because the person is gone",
        LinkRevokedWhy::Restored => "ended, because a backup was restored",
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

/// A sentence as it stands in a text: with a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}
