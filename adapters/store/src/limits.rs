//! The limits of the event store's port.
//!
//! Apart so that every store refuses the same requests.

use magiclink_domain::log::{AppendError, MAX_BYTES, MAX_EVENTS, MAX_STREAM_NAME, NewEvent, StreamName};

/// How many events one page of `read_all` holds at most.
pub(crate) const MAX_PAGE: usize = 5_000;

/// Bytes of data and metadata of the events together.
pub(crate) fn bytes_of(events: &[NewEvent]) -> usize {
    events.iter().map(|event| event.data.len() + event.meta.len()).sum()
}

/// Refuses what the port does not allow.
pub(crate) fn check(stream: &StreamName, events: &[NewEvent]) -> Result<(), AppendError> {
    let fits = (1..=MAX_EVENTS).contains(&events.len())
        && (1..=MAX_STREAM_NAME).contains(&stream.as_str().len())
        && bytes_of(events) <= MAX_BYTES;
    if fits { Ok(()) } else { Err(AppendError::OutOfBounds) }
}
