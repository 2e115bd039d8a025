//! The OpenAPI 3.1 document, generated from the calls themselves.
//!
//! Apart from the calls because what holds for all of them is added here once: errors, keys, who may call.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use super::codes::{self, Code};
use super::problem::{PROBLEM_JSON, Problem, ProblemView};
use crate::Web;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Magiclink",
        description = "One-click sign-in links into a client portal. Times are UTC instants (RFC 3339). Unknown fields are \
            refused. Lists come in pages: pass `next` as `after`. A GET never holds a link's URL or code.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    components(schemas(ProblemView<'static>)),
    security(("token" = [])),
    tags(
        (name = "Offerings", description = "Courses and groups that the portal gives access to"),
        (name = "Contacts", description = "The people the business serves, and what they may see"),
        (name = "Links", description = "Magic links: will it work, make, send, revoke"),
        (name = "Bulk sends", description = "One link for each of many: what it would come to, start, follow, pause, stop"),
        (name = "Sessions", description = "Signed-in browsers"),
        (name = "History", description = "Who let whom in, when, how and why"),
        (name = "Events", description = "The log itself"),
        (name = "Staff", description = "The team"),
    ),
)]
struct Frame;

static DOCUMENT: LazyLock<Value> = LazyLock::new(make);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// The OpenAPI document.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document as an answer.
pub(super) async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

fn make() -> Value {
    let frame: OpenApiRouter<Web> = OpenApiRouter::with_openapi(Frame::openapi());
    let (_, mut document) = frame.nest(super::ROOT, super::calls()).split_for_parts();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("mlk_<id>_<secret>").build();
    document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete(method, operation);
            }
        }
    }
    document
}

/// What every call has in common.
fn complete(method: &str, operation: &mut Map<String, Value>) {
    let own = operation.remove("x-errors").unwrap_or_default();
    let own: Vec<&str> = own.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut words =
        vec!["unauthenticated", "invalid_field", "rate_limited", "internal_error", "overloaded", "unavailable"];
    words.extend(own);
    if operation.contains_key("requestBody") {
        words.extend(["invalid_json", "unknown_field", "too_large", "unsupported_media_type"]);
    }
    if method == "post" {
        words.push("idempotency_key_reused");
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(key());
        }
    }
    let listed: Vec<&Code> = codes::ALL.iter().filter(|code| words.contains(&code.code)).collect();
    operation.insert("x-codes".to_owned(), json!(listed.iter().map(|code| code.code).collect::<Vec<_>>()));
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for code in &listed {
        let status = code.status.as_str();
        let same: Vec<&&Code> = listed.iter().filter(|other| other.status == code.status).collect();
        responses.entry(status).or_insert_with(|| answer(&same));
    }
}

/// The problems that share a status.
fn answer(codes: &[&&Code]) -> Value {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.code, code.title)).collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| {
            let problem = serde_json::to_value(Problem::new(***code).view()).unwrap_or_default();
            (code.code.to_owned(), json!({ "value": problem }))
        })
        .collect();
    let content = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "examples": examples });
    let mut answer = json!({ "description": lines.join("; "), "content": { PROBLEM_JSON: content } });
    let status = codes.first().map(|code| code.status.as_u16());
    if let (Some(429 | 503), Some(answer)) = (status, answer.as_object_mut()) {
        let seconds = json!({ "Retry-After": { "description": "Seconds to wait", "schema": { "type": "integer" } } });
        answer.insert("headers".to_owned(), seconds);
    }
    answer
}

fn key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "1 to 255 visible characters of your choice. The same key and body find what the first call made, as \
            it is now; another body is refused.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" }
    })
}
