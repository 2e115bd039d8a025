//! Twilio's Messages API as the sandbox answers it.
//!
//! Apart from what it keeps because these are the vendor's words and shapes (twilio-oai, `api.v2010.account.message`).

use std::sync::{Arc, Weak};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use data_encoding::BASE64;
use magiclink_domain::ports::{Fate, SandboxText};
use magiclink_domain::time::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::phones::Kept;
use super::refusal::{self, AUTHENTICATE, NOT_FOUND, NewMessage, Refusal};
use super::{NUMBER, Sandbox, reports};

const VERSION: &str = "2010-04-01";
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 1_000;

/// Answers until the sandbox is gone.
pub(super) async fn serve(listener: TcpListener, sandbox: Weak<Sandbox>) {
    let routes = Router::new()
        .route("/2010-04-01/Accounts/{account}/Messages.json", get(list).post(create))
        .route("/2010-04-01/Accounts/{account}/Messages/{message}", get(one))
        .route("/2010-04-01/Accounts/{account}", get(account))
        .fallback(async || NOT_FOUND.into_response())
        .with_state(sandbox);
    if let Err(error) = axum::serve(listener, routes).await {
        tracing::error!(%error, "the sandbox's vendor ended");
    }
}

/// Whoever calls must know the account and its token.
fn known(sandbox: &Weak<Sandbox>, headers: &HeaderMap, account: &str) -> Result<Arc<Sandbox>, Refusal> {
    let sandbox = sandbox.upgrade().ok_or(NOT_FOUND)?;
    let (user, password) = sandbox.config.basic();
    let right = format!("Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes()));
    let given = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    if given != Some(right.as_str()) {
        return Err(AUTHENTICATE);
    }
    if account == sandbox.config.account_sid.as_str() { Ok(sandbox) } else { Err(NOT_FOUND) }
}

async fn create(
    State(sandbox): State<Weak<Sandbox>>, Path(account): Path<String>, headers: HeaderMap, body: Bytes,
) -> Result<Response, Refusal> {
    let sandbox = known(&sandbox, &headers, &account)?;
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let new = refusal::read(&form)?;
    let (id, fate, kept) = keep(&sandbox, new, form);
    if sandbox.hooks.get().is_some() {
        tokio::spawn(reports::live(sandbox, id, fate));
    }
    Ok((StatusCode::CREATED, Json(kept)).into_response())
}

fn keep(sandbox: &Sandbox, new: NewMessage, form: Vec<(String, String)>) -> (String, Fate, Value) {
    let (id, at) = (sandbox.sid(), sandbox.clock.now());
    let mut inside = sandbox.inside();
    let shown = SandboxText {
        nth: inside.next(),
        id: id.clone(),
        phone: new.to,
        from_phone: false,
        text: new.body,
        state: if new.service.is_some() { "accepted" } else { "queued" }.to_owned(),
        error: None,
        form,
        reports: vec![],
        at,
    };
    let kept = Kept { shown, from: new.from, service: new.service, callback: new.callback, updated: at };
    let (fate, answer) = (inside.phones.fate, message(sandbox, &kept));
    inside.phones.keep(kept);
    (id, fate, answer)
}

async fn list(
    State(sandbox): State<Weak<Sandbox>>, Path(account): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap,
) -> Result<Response, Refusal> {
    let sandbox = known(&sandbox, &headers, &account)?;
    let query = query.unwrap_or_default();
    let asked: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let size = field("PageSize").and_then(|size| size.parse().ok()).unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let inside = sandbox.inside();
    let messages: Vec<Value> =
        inside.phones.sent_to(field("To")).take(size).map(|kept| message(&sandbox, kept)).collect();
    let uri = format!("/{VERSION}/Accounts/{account}/Messages.json?{query}");
    let end = messages.len().saturating_sub(1);
    let page = json!({
        "first_page_uri": format!("{uri}&Page=0"), "next_page_uri": null, "previous_page_uri": null, "uri": uri,
        "page": 0, "page_size": size, "start": 0, "end": end, "messages": messages,
    });
    Ok(Json(page).into_response())
}

async fn one(
    State(sandbox): State<Weak<Sandbox>>, Path((account, id)): Path<(String, String)>, headers: HeaderMap,
) -> Result<Response, Refusal> {
    let sandbox = known(&sandbox, &headers, &account)?;
    let inside = sandbox.inside();
    let kept = inside.phones.get(id.strip_suffix(".json").unwrap_or_default()).ok_or(NOT_FOUND)?;
    Ok(Json(message(&sandbox, kept)).into_response())
}

async fn account(
    State(sandbox): State<Weak<Sandbox>>, Path(account): Path<String>, headers: HeaderMap,
) -> Result<Response, Refusal> {
    let account = account.strip_suffix(".json").ok_or(NOT_FOUND)?;
    known(&sandbox, &headers, account)?;
    let uri = format!("/{VERSION}/Accounts/{account}");
    let body = json!({
        "sid": account, "owner_account_sid": account, "friendly_name": "Sandbox", "status": "active", "type": "Trial",
        "uri": format!("{uri}.json"), "subresource_uris": { "messages": format!("{uri}/Messages.json") },
    });
    Ok(Json(body).into_response())
}

/// A message in Twilio's shape.
fn message(sandbox: &Sandbox, kept: &Kept) -> Value {
    let (shown, account) = (&kept.shown, sandbox.config.account_sid.as_str());
    let uri = format!("/{VERSION}/Accounts/{account}/Messages/{}", shown.id);
    let left = !matches!(shown.state.as_str(), "queued" | "accepted");
    let from = kept.from.as_deref().or(left.then_some(NUMBER));
    let (from, to) = if shown.from_phone { (Some(shown.phone.as_str()), NUMBER) } else { (from, shown.phone.as_str()) };
    json!({
        "account_sid": account, "api_version": VERSION, "sid": shown.id, "body": shown.text,
        "from": from, "to": to, "messaging_service_sid": kept.service,
        "direction": if shown.from_phone { "inbound" } else { "outbound-api" },
        "status": shown.state, "error_code": shown.error, "error_message": null,
        "num_media": "0", "num_segments": if kept.service.is_some() && !left { "0" } else { "1" },
        "price": null, "price_unit": null,
        "date_created": date(shown.at), "date_updated": date(kept.updated), "date_sent": left.then(|| date(kept.updated)),
        "uri": format!("{uri}.json"), "subresource_uris": { "media": format!("{uri}/Media.json") },
    })
}

/// RFC 2822.
fn date(at: Timestamp) -> String {
    at.to_datetime().format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let info = format!("https://www.twilio.com/docs/errors/{}", self.code);
        let body = json!({ "code": self.code, "message": self.message, "more_info": info, "status": self.status });
        (status, Json(body)).into_response()
    }
}
