//! What an SMS vendor tells us by calling us.

use crate::id::{DeliveryId, LinkId};
use crate::number::Keyword;
use crate::ports::Sending;

/// A request as it came in: a vendor signs these bytes.
#[derive(Clone, Copy, Debug)]
pub struct HookRequest<'a> {
    /// Path and query, exactly as requested; scheme and host come from configuration, never from the request.
    pub path_and_query: &'a str,
    /// The decoded form fields in the order they came.
    pub fields: &'a [(String, String)],
    /// The signature header, empty where there is none.
    pub signature: &'a str,
}

/// News of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The link that was sent.
    pub link: LinkId,
    /// Which sending.
    pub delivery: DeliveryId,
    /// How it stands. Reports come late, twice and out of order; the delivery's rules sort them.
    pub outcome: Sending,
}

/// A text message that a phone sent to us. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingSms {
    /// The vendor's id of the message: the same one handed over twice acts once.
    pub id: String,
    /// The sender's number as the vendor gives it; may be a short code.
    pub from: String,
    /// The text.
    pub text: String,
    /// What the vendor took the text for, where it acted on it and answered the sender itself: it may know more words
    /// than we do.
    pub understood: Option<Keyword>,
}

/// Reads what an SMS vendor's hooks carry.
///
/// * `is_genuine` compares in constant time, accepts the previous secret while it is being rotated, and never takes
///   the kind of check from the request.
/// * The others are called for genuine requests alone, and ignore fields they do not know.
pub trait SmsHooks: Send + Sync + 'static {
    /// Whether the vendor signed this request.
    fn is_genuine(&self, request: &HookRequest<'_>) -> bool;
    /// What a status callback says; `None` when it is news to nobody.
    fn report(&self, request: &HookRequest<'_>) -> Option<Report>;
    /// The text message that came in; `None` when something belongs to no message.
    fn incoming(&self, request: &HookRequest<'_>) -> Option<IncomingSms>;
    /// The body that answers an incoming message: these constant words, or nothing. Served as `text/xml`.
    fn reply(&self, words: Option<&str>) -> String;
}
