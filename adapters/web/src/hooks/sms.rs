//! An SMS vendor's hooks: reports on messages, and messages that came in.
//!
//! Apart from the vendor's adapter because what a vendor means is its own; here is only what HTTP makes of it. Nothing of a
//! request is logged: it holds people's numbers and words.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use magiclink_domain::ports::{HookRequest, SmsHooks};
use magiclink_domain::usecases::Failure;

use crate::Web;
use crate::http::failure::{Bare, log};

/// The largest body that is read, in bytes: a message of 1,600 characters takes a third.
const MOST_BODY: usize = 16 * 1024;
/// How long a body may take to arrive; vendors wait 15 s for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The header that carries the signature.
const SIGNATURE: &str = "x-twilio-signature";

/// A signed form, as it came.
struct Form {
    path_and_query: String,
    fields: Vec<(String, String)>,
    signature: String,
}

impl Form {
    fn request(&self) -> HookRequest<'_> {
        HookRequest { path_and_query: &self.path_and_query, fields: &self.fields, signature: &self.signature }
    }
}

/// `POST /hooks/twilio/status`: 204 whether it was news or not, so that the vendor lets it be.
pub(super) async fn status(State(web): State<Web>, request: Request) -> Response {
    let (hooks, form) = match genuine(&web, request).await {
        Ok(genuine) => genuine,
        Err(refused) => return refused,
    };
    let noted = match hooks.report(&form.request()) {
        Some(report) => web.use_cases.report_delivery(report).await,
        None => Ok(()),
    };
    match noted {
        // A delivery that never was is no reason to call again.
        Ok(()) | Err(Failure::Rejected(_)) => bare(StatusCode::NO_CONTENT),
        Err(failure) => again(&failure),
    }
}

/// `POST /hooks/twilio/inbound`: what the sender is to be answered, if anything.
pub(super) async fn inbound(State(web): State<Web>, request: Request) -> Response {
    let (hooks, form) = match genuine(&web, request).await {
        Ok(genuine) => genuine,
        Err(refused) => return refused,
    };
    let answered = match hooks.incoming(&form.request()) {
        Some(sms) => web.use_cases.receive_sms(&sms).await,
        None => Ok(None),
    };
    let words = match answered {
        Ok(words) => words,
        Err(Failure::Rejected(_)) => None,
        Err(failure) => return again(&failure),
    };
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], hooks.reply(words.as_deref())).into_response()
}

/// The form, if the vendor signed it; otherwise the answer to give.
async fn genuine(web: &Web, request: Request) -> Result<(Arc<dyn SmsHooks>, Form), Response> {
    let hooks = web.sms_hooks.clone().ok_or_else(|| bare(StatusCode::NOT_FOUND))?;
    let (parts, body) = request.into_parts();
    let body = read(body).await.map_err(bare)?;
    let path_and_query = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let fields = url::form_urlencoded::parse(&body).into_owned().collect();
    let form = Form { path_and_query, fields, signature: signature(&parts.headers) };
    if hooks.is_genuine(&form.request()) {
        Ok((hooks, form))
    } else {
        metrics::counter!("magiclink_forged_hooks_total", "vendor" => "twilio").increment(1);
        Err(bare(StatusCode::FORBIDDEN))
    }
}

async fn read(body: axum::body::Body) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, MOST_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if crate::http::form::is_too_large(&error) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The one signature; of several none is believed.
fn signature(headers: &HeaderMap) -> String {
    let mut all = headers.get_all(SIGNATURE).into_iter();
    let first = all.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if all.next().is_none() { first.to_owned() } else { String::new() }
}

/// 503: what was said could not be written down, so the vendor is to say it again.
fn again(failure: &Failure) -> Response {
    log(failure);
    bare(StatusCode::SERVICE_UNAVAILABLE)
}

fn bare(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Bare);
    response
}
