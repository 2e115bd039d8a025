//! Slack's signature of a request, version 0.
//!
//! Apart from reading the request because it must be asked of the raw bytes, before anything is parsed.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many seconds a request's time may differ from ours (Slack: "Verifying requests from Slack").
const TOLERANCE: u64 = 300;

/// Whether Slack signed `body` with one of `secrets`, at about this time (`now`, seconds since the Unix epoch).
/// Compared in constant time.
pub(super) fn is_genuine(secrets: &[String], timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if now.abs_diff(at) > TOLERANCE {
        return false;
    }
    let Some(Ok(theirs)) = signature.strip_prefix("v0=").map(|hex| HEXLOWER.decode(hex.as_bytes())) else {
        return false;
    };
    let mut genuine = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { continue };
        for part in [b"v0:".as_slice(), timestamp.as_bytes(), b":", body] {
            mac.update(part);
        }
        genuine |= mac.verify_slice(&theirs).is_ok();
    }
    genuine
}
