//! Idempotency keys: the same key and body find what the first call made; another body is refused.
//!
//! Apart from the use cases because these know commands, not headers: the streams remember for ever which command acted on
//! them, and what it asked for.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use magiclink_domain::id::CommandId;
use magiclink_domain::usecases::Caller;
use serde::Serialize;

use super::codes;
use super::identity::Identity;
use super::problem::Problem;
use crate::Web;

/// The value of `Idempotency-Key`, with the address it came to; `None` where the caller sent none.
pub(crate) struct Key(Option<Sent>);

struct Sent {
    key: String,
    route: String,
}

/// The longest key, in characters.
const LONGEST: usize = 255;

impl FromRequestParts<Web> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _web: &Web) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let key = match values.next() {
            None => None,
            Some(value) => {
                let key = value.to_str().unwrap_or_default();
                let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
                if !(1..=LONGEST).contains(&key.len()) || !visible || values.next().is_some() {
                    let detail = "one Idempotency-Key of 1 to 255 visible ASCII characters";
                    return Err(Problem::field("Idempotency-Key", detail));
                }
                Some(Sent { key: key.to_owned(), route: format!("{} {}", parts.method, parts.uri.path()) })
            }
        };
        Ok(Self(key))
    }
}

impl Key {
    /// The caller of an act that a retry must not repeat.
    ///
    /// # Errors
    /// `internal_error` where the body can't be written down.
    pub(crate) fn caller(&self, web: &Web, identity: &Identity, body: &impl Serialize) -> Result<Caller, Problem> {
        let caller = identity.caller(web);
        let Some(Sent { key, route }) = &self.0 else { return Ok(caller) };
        let command = CommandId::derive(&identity.actor.to_string(), route, key);
        // The parsed body, so that spaces and the order of fields do not matter.
        let content = serde_json::to_vec(body).map_err(|_| Problem::new(codes::INTERNAL))?;
        let fingerprint = web.use_cases.ports().keys.keyring().fingerprint(&content);
        Ok(Caller { command, correlation: command, fingerprint: Some(fingerprint), ..caller })
    }
}
