//! What people see when something did not work: a page in plain words that says what to do next.
//!
//! Apart from the handlers so that every failure of a kind looks the same, wherever it happened. Programs get the same
//! answers as problem details ([`super::problem`]).

use std::any::Any;

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::{assets, guard, page, problem};

/// A use case that did not end well, on its way to becoming a page.
#[derive(Debug)]
pub(crate) struct PageFailure(Failure);

impl<F: Into<Failure>> From<F> for PageFailure {
    fn from(failure: F) -> Self {
        Self(failure.into())
    }
}

impl PageFailure {
    /// The page of a failure that others hold.
    pub(crate) fn of(failure: &Failure) -> Response {
        match failure {
            Failure::Rejected(rejection) => rejected(rejection),
            Failure::Overloaded | Failure::Contended { .. } => guard::busy(),
            Failure::Unavailable(_) => {
                log(failure);
                guard::busy()
            }
            Failure::Wire(_) => {
                log(failure);
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        Self::of(&self.0)
    }
}

/// A fault goes to the log, with its causes.
pub(crate) fn log(failure: &Failure) {
    tracing::error!(error = failure as &dyn std::error::Error, "a use case failed");
}

/// The page of a rule's no, in the rule's own words.
pub(crate) fn rejected(rejection: &Rejection) -> Response {
    let text = sentence(&rejection.to_string());
    let title = match problem::status(rejection) {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => "Not allowed",
        StatusCode::GONE => "Gone",
        StatusCode::TOO_MANY_REQUESTS => "Too many attempts",
        StatusCode::SERVICE_UNAVAILABLE => "Not at the moment",
        _ => "That did not work",
    };
    page(problem::status(rejection), &Words { title, text: &text })
}

/// A rule's words as a sentence.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// What a failure page says.
pub(crate) struct Words<'a> {
    /// What happened, in a few words.
    pub(crate) title: &'a str,
    /// What it means and what to do next.
    pub(crate) text: &'a str,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    css: &'static str,
    words: &'a Words<'a>,
    console: bool,
}

/// A failure page that leads to the portal.
pub(crate) fn page(status: StatusCode, words: &Words<'_>) -> Response {
    leading(status, words, false)
}

/// A failure page that leads to the console or the portal.
fn leading(status: StatusCode, words: &Words<'_>, console: bool) -> Response {
    page::html(status, &FailurePage { css: assets::href("portal.css"), words, console })
}

/// Whether a path belongs to the console.
fn is_consoles(path: &str) -> bool {
    path.strip_prefix("/console").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// 500 with nothing in it: not even a template is trusted any more.
pub(crate) fn broken() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Bare);
    response
}

/// A panic, contained.
#[expect(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    // What a panic says may hold anything, so only its kind is kept.
    tracing::error!(text = panic.is::<String>() || panic.is::<&str>(), "a request panicked");
    metrics::counter!("magiclink_panics_total").increment(1);
    broken()
}

/// Nothing lives at this path.
pub(super) async fn nothing_here() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Marks an answer that is to go out without a body: its status says it all, to a program.
#[derive(Clone, Copy)]
pub(crate) struct Bare;

/// Gives a body to error answers that have none fit to be seen, in the caller's language: problem details under `/api`,
/// a page elsewhere.
pub(super) async fn dress(request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let console = is_consoles(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error())
        || !plain
        || response.extensions().get::<Bare>().is_some()
    {
        return response;
    }
    let mut dressed = if program { problem::of_status(status) } else { leading(status, &words(status), console) };
    carry_over(response.headers(), dressed.headers_mut());
    dressed
}

/// What the undressed answer had to say beside its body.
fn carry_over(from: &HeaderMap, to: &mut HeaderMap) {
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONNECTION] {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}

fn words(status: StatusCode) -> Words<'static> {
    let (title, text) = match status {
        StatusCode::NOT_FOUND => {
            ("Nothing here", "There is no page at this address. Check it for typing errors, or start anew.")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("That can’t be done here", "This address exists, but not for what was asked of it. Start anew.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("Too much at once", "What was sent is too large. Send less and try again."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => (
            "That could not be read",
            "What was sent was not understood, so nothing was done. Go back, reload the page, and try again.",
        ),
        StatusCode::REQUEST_TIMEOUT => ("That took too long", "Your connection was too slow this time. Try again."),
        StatusCode::TOO_MANY_REQUESTS => (
            "Too many requests",
            "A lot was asked from your connection in a short time. Wait a minute, then try again.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Busy at the moment", "We can’t answer right now. Nothing was lost: try again in a few seconds.")
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            ("Not allowed", "You can’t see this page. Sign in, or ask whoever invited you.")
        }
        status if status.is_server_error() => {
            ("Something went wrong", "This is our fault, not yours. Try again in a moment.")
        }
        _ => ("That did not work", "Nothing was done. Go back and try again."),
    };
    Words { title, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn boom() -> &'static str {
        panic!("a secret")
    }

    #[tokio::test]
    async fn a_panic_is_a_bare_500_with_nothing_of_what_it_said() {
        let router =
            Router::new().route("/boom", get(boom)).layer(CatchPanicLayer::custom(panicked)).layer(from_fn(dress));
        let answer = router.oneshot(Request::get("/boom").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_page_that_is_not_there_leads_to_where_it_was_looked_for() {
        let router: Router = Router::new().fallback(nothing_here).layer(from_fn(dress));
        for (path, way) in [
            ("/console/nonsense", "/console"),
            ("/console", "/console"),
            ("/consoles", "/portal"),
            ("/portal/x", "/portal"),
            ("/x/console/", "/portal"),
        ] {
            let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert_eq!(body.matches("href=\"/").count(), 2, "the style sheet, and one way on: {body}");
            assert!(body.contains(&format!("href=\"{way}\"")), "{path}: {body}");
        }
    }

    #[test]
    fn a_rules_words_become_a_sentence() {
        assert_eq!(sentence("no such link: make one"), "No such link: make one.");
        assert_eq!(sentence(""), "");
    }
}
