//! A form posted to the console, with the caller it makes.
//!
//! Apart from the gate because pages that are only looked at have no command.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::actor::Origin;
use magiclink_domain::id::CommandId;
use magiclink_domain::usecases::{Caller, Done};

use super::flash::Flash;
use super::gate::Staff;
use crate::Web;
use crate::http::form::{Fields, Posted};
use crate::http::page::see_other;

/// The hidden field that names the command: the same form sent twice acts once.
const COMMAND: &str = "command";
/// The field of a second yes.
pub(super) const CONFIRM: &str = "confirm";
/// Fields that say how something is asked for, not what.
pub(super) const MANNERS: [&str; 2] = ["form", CONFIRM];
/// Characters of a command's key.
const MOST_KEY: usize = 100;

/// What a staff member asked for.
pub(super) struct Asked {
    pub(super) staff: Staff,
    pub(super) fields: Fields,
    pub(super) caller: Caller,
    /// The browser's nonce. A secret.
    pub(super) nonce: String,
}

impl FromRequest<Web> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let staff = request.extensions().get::<Staff>().cloned();
        let staff = staff.ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())?;
        let Posted { fields, nonce, .. } =
            Posted::from_request(request, web).await.map_err(IntoResponse::into_response)?;
        Self::of(web, staff, fields, nonce)
    }
}

impl Asked {
    /// What was asked for by a form that was read.
    ///
    /// # Errors
    /// The answer to a form that names no command.
    #[expect(clippy::result_large_err, reason = "the error is the answer itself and is sent at once")]
    pub(super) fn of(web: &Web, staff: Staff, fields: Fields, nonce: String) -> Result<Self, Response> {
        let key = fields.text(COMMAND);
        if !(1..=MOST_KEY).contains(&key.len()) {
            return Err(StatusCode::BAD_REQUEST.into_response());
        }
        let command = CommandId::derive(&staff.actor().to_string(), staff.path(), key);
        let caller = Caller {
            actor: staff.actor(),
            origin: Origin::Console,
            authority: staff.authority(fields.text(CONFIRM) == "yes"),
            command,
            correlation: command,
            fingerprint: Some(web.use_cases.ports().keys.keyring().fingerprint(&content(&fields))),
        };
        staff.keep(&fields);
        Ok(Self { staff, fields, caller, nonce })
    }
}

/// What is asked for, in one spelling.
fn content(fields: &Fields) -> Vec<u8> {
    let pairs = fields.pairs().filter(|(name, _)| !MANNERS.contains(name));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

/// Returns once lists show what was done; a list that lags is no reason to say that it was not.
pub(super) async fn shown<T>(web: &Web, done: &Done<T>) {
    if let Some(position) = done.position
        && let Err(error) = web.lists.passed(position).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "a page is answered before the read models have it");
    }
}

/// On to the page at `path`, which says what was done.
pub(super) async fn on_to<T>(web: &Web, done: &Done<T>, path: &str, flash: Flash) -> Response {
    shown(web, done).await;
    see_other(&format!("{path}?done={}", flash.id()))
}
