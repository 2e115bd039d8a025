//! Lists: how many, from where on, and the opaque cursor that leads on.
//!
//! Apart from the handlers so that every list pages alike.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use magiclink_domain::keys::Keyring;
use magiclink_domain::usecases::Failure;
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::Web;

/// Items in an answer unless the caller says otherwise.
const DEFAULT: usize = 50;
/// Items in an answer at most.
const MOST: usize = 200;
/// Bytes of a tag.
const TAG: usize = 16;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Pass it as `after` for the next page; null at the end.
    #[schema(required = true)]
    pub(crate) next: Option<String>,
}

/// Waits until the read models show what the log holds at this moment: whoever made something finds it, through whichever
/// door it was made. Waiting in the lists keeps the calls that write fast.
///
/// # Errors
/// [`Failure::Unavailable`] when that takes longer than two seconds.
pub(crate) async fn caught_up(web: &Web) -> Result<(), Failure> {
    let head = web.use_cases.ports().log.head().await?;
    Ok(web.lists.passed(head).await?)
}

/// How many items are wanted.
///
/// # Errors
/// `invalid_field` (limit) for anything but a number from 1 to 200.
pub(crate) fn limit(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(DEFAULT) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = digits.then(|| text.parse().ok()).flatten().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| Problem::field("limit", "limit is a number from 1 to 200"))
}

/// A page of a list that somebody asks for. Its place is where the page before ended.
pub(crate) struct Asked<P> {
    /// Items wanted.
    pub(crate) limit: usize,
    /// Go on behind this.
    pub(crate) after: Option<P>,
    keyring: Arc<Keyring>,
    list: String,
}

impl<P: Display + FromStr> Asked<P> {
    /// What the parameters `limit` and `after` ask for. The list's name holds its filters, so that a cursor of one query does
    /// not pass in another.
    ///
    /// # Errors
    /// `invalid_field` (limit) as [`limit`] says; `invalid_field` (after) for anything but our own cursor of the same list.
    pub(crate) fn read(
        web: &Web, list: impl Into<String>, limit: Option<&str>, after: Option<&str>,
    ) -> Result<Self, Problem> {
        let (limit, list) = (self::limit(limit)?, list.into());
        let keyring = web.use_cases.ports().keys.keyring();
        let after = after.map(|cursor| place(&keyring, &list, cursor)).transpose()?;
        Ok(Self { limit, after, keyring, list })
    }

    /// The answer: `next` is where its last item stands, if others follow.
    pub(crate) fn listing<T>(&self, items: Vec<T>, next: Option<P>) -> Listing<T> {
        Listing { items, next: next.map(|place| cursor(&self.keyring, &self.list, &place.to_string())) }
    }

    /// Cuts a list off at the limit; answers where the last item stands, if any had to go.
    pub(crate) fn cut<T>(&self, items: &mut Vec<T>, place: impl Fn(&T) -> P) -> Option<P> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        items.last().filter(|_| more).map(place)
    }
}

/// A place that is told by two things, such as an instant and an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Two<A, B>(pub(crate) A, pub(crate) B);

impl<A: Display, B: Display> Display for Two<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

impl<A: FromStr, B: FromStr> FromStr for Two<A, B> {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (first, second) = text.split_once(' ').ok_or(())?;
        Ok(Self(first.parse().map_err(drop)?, second.parse().map_err(drop)?))
    }
}

fn cursor(keyring: &Keyring, list: &str, place: &str) -> String {
    let mut bytes = Vec::with_capacity(TAG + place.len());
    bytes.extend_from_slice(&keyring.cursor_tag(list, place.as_bytes()));
    bytes.extend_from_slice(place.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The place that [`cursor`] was made for.
fn place<P: FromStr>(keyring: &Keyring, list: &str, cursor: &str) -> Result<P, Problem> {
    let invalid = || Problem::field("after", "after is the next of an earlier answer to the same query");
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| invalid())?;
    let (tag, place) = bytes.split_at_checked(TAG).ok_or_else(invalid)?;
    if !bool::from(keyring.cursor_tag(list, place).ct_eq(tag)) {
        return Err(invalid());
    }
    let other = || Problem::field("after", "this cursor is of another version: start again without it");
    std::str::from_utf8(place).ok().and_then(|place| place.parse().ok()).ok_or_else(other)
}
