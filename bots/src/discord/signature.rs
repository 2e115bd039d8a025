//! Discord's signature of a request: Ed25519 over timestamp and raw body.
//!
//! Apart from reading the request because it must be asked of the raw bytes, before anything is parsed. Own few lines over
//! `ed25519-dalek`: serenity's verifier believes signatures of any age, and accepts keys and signatures of small order.

use data_encoding::HEXLOWER_PERMISSIVE;
use ed25519_dalek::Signature;

use super::secrets::PublicKey;

/// How many seconds a request's time may differ from ours; Discord names none, so it is Slack's.
const TOLERANCE: u64 = 300;

/// Whether Discord signed `body` with one of `keys`, at about this time (`now`, seconds since the Unix epoch).
pub(super) fn is_genuine(keys: &[PublicKey], timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
    is_recent(timestamp, now) && is_signed(keys, timestamp, signature, body)
}

/// Whether the timestamp is of about now.
fn is_recent(timestamp: &str, now: i64) -> bool {
    // One spelling: a number parses with a sign, too.
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit());
    digits && timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= TOLERANCE)
}

/// Whether one of `keys` signed it, at any time.
pub(super) fn is_signed(keys: &[PublicKey], timestamp: &str, signature: &str, body: &[u8]) -> bool {
    let Ok(bytes) = HEXLOWER_PERMISSIVE.decode(signature.as_bytes()) else { return false };
    let Ok(signature) = Signature::from_slice(&bytes) else { return false };
    let signed = [timestamp.as_bytes(), body].concat();
    keys.iter().any(|key| key.0.verify_strict(&signed, &signature).is_ok())
}
