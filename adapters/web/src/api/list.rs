//! Lists: how many, from where on, and the opaque cursor that leads on.
//!
//! Apart from the handlers so that every list pages alike.

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
    Ok(web.read_models.passed(head).await?)
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

/// The cursor that leads on after `place` in `list`. The list's name holds its filters, so that a cursor of one query
/// does not pass in another.
pub(crate) fn cursor(keyring: &Keyring, list: &str, place: &str) -> String {
    let mut bytes = Vec::with_capacity(TAG + place.len());
    bytes.extend_from_slice(&keyring.cursor_tag(list, place.as_bytes()));
    bytes.extend_from_slice(place.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The place that [`cursor`] was made for.
///
/// # Errors
/// `invalid_field` (after) for anything else than our own cursor of the same list.
pub(crate) fn place(keyring: &Keyring, list: &str, cursor: &str) -> Result<String, Problem> {
    let invalid = || Problem::field("after", "after is the `next` of an earlier answer to the same query");
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| invalid())?;
    let (tag, place) = bytes.split_at_checked(TAG).ok_or_else(invalid)?;
    if !bool::from(keyring.cursor_tag(list, place).ct_eq(tag)) {
        return Err(invalid());
    }
    String::from_utf8(place.to_vec()).map_err(|_| invalid())
}
