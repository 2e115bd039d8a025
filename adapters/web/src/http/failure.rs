//! What people see when something did not work: a page in plain words that says what to do next.
//!
//! Apart from the handlers so that every failure of a kind looks the same, wherever it happened. Programs get the same
//! answers as problem details ([`super::problem`]).

use std::any::Any;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::page::{self, Frame};
use super::{guard, problem};
use crate::Web;
use crate::language::{self, Language};
use crate::state::WebConfig;

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

/// The page of a rule's no. Staff read the rule's own words, contacts those of the catalogue.
pub(crate) fn rejected(rejection: &Rejection) -> Response {
    let status = problem::status(rejection);
    let key = match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => "failure-gone",
        _ => key(status),
    };
    say(status, Said { key, rule: Some(sentence(&rejection.to_string())) })
}

/// A rule's words as a sentence.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// What an answer is to say, until the page is made where its reader's language is known.
#[derive(Clone)]
struct Said {
    /// Of the catalogue: what happened, and (`.text`) what it means and what to do next.
    key: &'static str,
    /// What staff read instead of the text.
    rule: Option<String>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    frame: Frame<'a>,
    title: &'a str,
    text: &'a str,
    console: bool,
}

/// An answer that will be a page with these words of the catalogue.
pub(crate) fn page(status: StatusCode, key: &'static str) -> Response {
    say(status, Said { key, rule: None })
}

fn say(status: StatusCode, said: Said) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(said);
    response
}

/// Whether a path belongs to the console.
pub(crate) fn is_consoles(path: &str) -> bool {
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
pub(super) async fn dress(State(web): State<Web>, request: Request, next: Next) -> Response {
    dressed(&web.config, request, next).await
}

async fn dressed(config: &WebConfig, request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let console = is_consoles(request.uri().path());
    let accepts = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
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
    let mut dressed = if program {
        problem::of_status(status)
    } else {
        let t = if console { Language::english() } else { language::choose(None, accepts.as_ref(), &config.locale) };
        drawn(Frame::new(config, t), &response, console)
    };
    carry_over(response.headers(), dressed.headers_mut());
    dressed
}

fn drawn(frame: Frame<'_>, response: &Response, console: bool) -> Response {
    let status = response.status();
    let plain = || Said { key: key(status), rule: None };
    let said = response.extensions().get::<Said>().cloned().unwrap_or_else(plain);
    let wait = response.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
    let own = said.rule.filter(|_| console);
    let text = own.map_or_else(|| frame.t.count(&format!("{}.text", said.key), &wait.unwrap_or(60)), Into::into);
    let title = frame.t.say(said.key);
    page::html(status, &FailurePage { title: &title, text: &text, frame, console })
}

/// What the undressed answer had to say beside its body.
fn carry_over(from: &HeaderMap, to: &mut HeaderMap) {
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONNECTION] {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}

/// What the catalogue says of a status.
fn key(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "failure-not-found",
        StatusCode::METHOD_NOT_ALLOWED => "failure-method",
        StatusCode::PAYLOAD_TOO_LARGE => "failure-too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            "failure-unreadable"
        }
        StatusCode::REQUEST_TIMEOUT => "failure-slow",
        StatusCode::TOO_MANY_REQUESTS => "failure-too-many",
        StatusCode::SERVICE_UNAVAILABLE => "failure-busy",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "failure-not-allowed",
        status if status.is_server_error() => "failure-broken",
        _ => "failure-other",
    }
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

    async fn plainly(request: Request, next: Next) -> Response {
        dressed(&WebConfig::default(), request, next).await
    }

    #[tokio::test]
    async fn a_panic_is_a_bare_500_with_nothing_of_what_it_said() {
        let router =
            Router::new().route("/boom", get(boom)).layer(CatchPanicLayer::custom(panicked)).layer(from_fn(plainly));
        let answer = router.oneshot(Request::get("/boom").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_page_that_is_not_there_leads_to_where_it_was_looked_for() {
        let router: Router = Router::new().fallback(nothing_here).layer(from_fn(plainly));
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
            assert_eq!(body.matches("<a ").count(), 1, "one way on: {body}");
            assert!(body.contains(&format!("href=\"{way}\"")), "{path}: {body}");
        }
    }

    #[test]
    fn a_rules_words_become_a_sentence() {
        assert_eq!(sentence("no such link: make one"), "No such link: make one.");
        assert_eq!(sentence(""), "");
    }
}
