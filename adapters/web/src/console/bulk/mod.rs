//! Bulk sending: choose who is meant, see what it would come to, confirm, follow, pause, stop.
//!
//! Apart from single links because what is confirmed here goes to thousands.

mod ask;
mod choose;
mod list;
mod one;
mod rows;

pub(super) use ask::{ask, start};
pub(super) use list::list;
pub(super) use one::{pause, resume, show, stop};
pub(super) use rows::export;

use magiclink_domain::bulk::BulkStatus;
use magiclink_domain::personal::Personal;
use magiclink_domain::time::Lifetime;
use magiclink_projections::{BulkResult, BulkSendView};

use super::words;
use crate::api::codes;

/// `4,812`.
fn number(count: u32) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join(",")
}

const fn status(status: BulkStatus) -> &'static str {
    match status {
        BulkStatus::Starting => "Starting",
        BulkStatus::Running => "Sending",
        BulkStatus::Paused => "Paused",
        BulkStatus::Stopped => "Stopped",
        BulkStatus::Finished => "Finished",
    }
}

/// The look of a state, as links have it.
const fn class(status: BulkStatus) -> &'static str {
    match status {
        BulkStatus::Starting | BulkStatus::Running => "live",
        BulkStatus::Paused => "expired",
        BulkStatus::Stopped => "revoked",
        BulkStatus::Finished => "",
    }
}

const fn result(result: BulkResult) -> &'static str {
    match result {
        BulkResult::SignedIn => "Signed in",
        BulkResult::Opened => "Opened",
        BulkResult::Delivered => "Delivered",
        BulkResult::Sent => "Sent",
        BulkResult::MaybeSent => "Maybe sent",
        BulkResult::Sending => "Being sent",
        BulkResult::Queued => "Waiting to be sent",
        BulkResult::Waiting => "Not yet their turn",
        BulkResult::Failed => "Failed",
        BulkResult::Cancelled => "Not sent",
        BulkResult::Skipped => "Left out",
    }
}

/// Why somebody got no message, by the rule's word.
fn why(code: &str) -> String {
    let words = match code {
        "signed_in" => "Signed in before their turn came",
        "no_address" => "No e-mail address or phone number on file",
        other => codes::find(other).map_or(other, |code| code.title),
    };
    words.to_owned()
}

/// Who was meant, in one line.
fn meant(bulk: &BulkSendView) -> String {
    let segment = &bulk.segment;
    let words = bulk.words.as_ref().and_then(Personal::known);
    let mut parts = vec![];
    if segment.never_signed_in {
        parts.push("never signed in".to_owned());
    }
    if segment.unused {
        parts.push("had a link and never signed in".to_owned());
    }
    if segment.unused_of.is_some() {
        parts.push("did not use the link of an earlier bulk send".to_owned());
    }
    parts.extend(segment.offering.as_ref().map(|slug| format!("may see {slug}")));
    parts.extend(words.and_then(|words| words.tag.as_ref()).map(|tag| format!("tagged “{tag}”")));
    parts.join(", ")
}

/// Over which channels, and for how long.
fn how(bulk: &BulkSendView) -> String {
    let channels: Vec<&str> = bulk.channels.iter().map(|channel| words::channel(*channel)).collect();
    format!("by {}; links work for {}", channels.join(", else "), span(bulk.lifetime))
}

fn span(lifetime: Lifetime) -> String {
    words::span(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_easy_to_read() {
        assert_eq!(
            [0, 12, 999, 1_000, 4_812, 1_234_567].map(number),
            ["0", "12", "999", "1,000", "4,812", "1,234,567"]
        );
    }
}
