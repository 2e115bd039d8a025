//! The pages at a link's address. None loads anything: style is inline, allowed by its hash alone.
//!
//! Apart from the handlers because these bytes are a promise: the same for every contact but for nonce and form action.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use magiclink_domain::link::{Destination, Link, LinkRevokedWhy, Refusal};

use super::door::Visit;
use super::gate::{Gate, PORTAL};
use super::in_app::in_app;
use crate::Web;
use crate::http::browser::{Browser, PageNonce};
use crate::http::page::{Support, initial};
use crate::http::{failure, page};
use crate::language::Language;

/// What every page at a link's address begins and ends with.
pub(super) struct Head<'a> {
    pub(super) t: &'static Language,
    pub(super) portal: &'a str,
    /// Stands for the logo, which would have to be loaded.
    initial: String,
    support: Option<Support<'a>>,
}

impl<'a> Head<'a> {
    pub(super) fn new(web: &'a Web, t: &'static Language) -> Self {
        let config = &web.config;
        Self { t, portal: &config.portal_name, initial: initial(&config.portal_name), support: Support::of(config) }
    }
}

/// The page with the button.
#[derive(Template)]
#[template(path = "portal/link.html")]
pub(super) struct Button<'a> {
    pub(super) head: Head<'a>,
    pub(super) action: &'a str,
    pub(super) tag: &'a str,
    /// It is the page of a staff member's link.
    pub(super) staff: bool,
    pub(super) note: Note,
    /// Who is signed in to the console in this browser.
    pub(super) console: Option<ConsoleNote>,
    /// The app in whose browser the page is.
    pub(super) inside: Option<Inside>,
}

/// What the page says beside the button.
pub(super) enum Note {
    /// Nothing special.
    Plain,
    /// This browser is signed in by this link already.
    Again,
    /// The press could not be taken: the browser brought no cookie.
    OnceMore,
    /// Somebody else is signed in: by that name.
    SomebodyElse(String),
}

/// What the page offers to staff who look at a contact's link.
pub(super) struct ConsoleNote {
    pub(super) name: String,
    pub(super) preview: String,
    pub(super) tag: String,
    pub(super) command: String,
}

/// How to get out of an app's browser.
pub(super) struct Inside {
    app: String,
    way_out: String,
    url: String,
}

impl Inside {
    /// Of the app that this user agent names, at the link's address `action`.
    pub(super) fn of(user_agent: &str, web: &Web, t: &Language, action: &str) -> Option<Self> {
        let app = in_app(user_agent)?;
        let url = format!("{}{action}", web.config.base_url.as_str());
        let name = app.name.map_or_else(|| t.say("app").into_owned(), str::to_owned);
        Some(Self { app: name, way_out: app.way_out(&url), url })
    }
}

/// The page of a link that can't be used.
#[derive(Template)]
#[template(path = "portal/refused.html")]
struct Refused<'a> {
    head: Head<'a>,
    key: &'static str,
    offer: Offer<'a>,
}

/// What a refused page offers.
enum Offer<'a> {
    /// A new link to the address on file.
    NewLink { action: String, tag: String, to_offering: bool },
    /// The sign-in page.
    SignIn(&'a str),
    /// The code's page, and the sign-in page.
    Code { code: &'a str, sign_in: &'a str },
    /// The same once more, at this address.
    Wait(&'a str),
}

/// The page of a text that is no link of ours.
#[derive(Template)]
#[template(path = "portal/unknown.html")]
struct Unknown<'a> {
    head: Head<'a>,
    sign_in: &'a str,
    staff: bool,
    tag: &'a str,
}

/// A new link is on its way.
#[derive(Template)]
#[template(path = "portal/on_its_way.html")]
struct OnItsWay<'a> {
    head: Head<'a>,
    sign_in: &'static str,
}

/// A page at a link's address. `strict-origin` because under `no-referrer` browsers send `Origin: null` with our own form,
/// and under anything wider the token would travel in `Referer`.
pub(super) fn at_link(web: &Web, status: StatusCode, template: &impl Template) -> Response {
    let Ok(text) = template.render() else { return failure::broken() };
    let (text, policy) = web.config.brand.dress(&text);
    let mut response = page::answer(status, text);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response
}

/// 410 with the page of this refusal.
pub(super) fn refused(at: &Visit<'_>, why: Refusal, link: &Link) -> Response {
    let gate = at.gate;
    let new = format!("{}/new", at.action());
    let offer = if why == Refusal::OtherBrowser {
        Offer::Code { code: gate.code, sign_in: gate.sign_in }
    } else if gate.is_staffs() || why == Refusal::SubjectGone {
        // There is no address on file, or links to it work in the asking browser alone.
        Offer::SignIn(gate.sign_in)
    } else {
        let to_offering = matches!(link.destination, Destination::Offering(_));
        Offer::NewLink { tag: at.nonce.tag(at.web, &new), action: new, to_offering }
    };
    let refused = Refused { head: at.head(), key: key(why, link.revoked), offer };
    at.nonce.keep(at.web, at_link(at.web, StatusCode::GONE, &refused))
}

/// What the catalogue says of a refusal.
const fn key(why: Refusal, revoked: Option<LinkRevokedWhy>) -> &'static str {
    match why {
        // Nobody took this very link back: the contact's admission number rose, which the history may not tell yet.
        Refusal::Revoked if matches!(revoked, None | Some(LinkRevokedWhy::AdmissionsRenewed)) => "refused-renewed",
        Refusal::Expired => "refused-expired",
        Refusal::Used => "refused-used",
        Refusal::Revoked => "refused-revoked",
        Refusal::Replaced => "refused-replaced",
        Refusal::AccessEnded => "refused-access-ended",
        Refusal::SubjectGone => "refused-subject-gone",
        Refusal::Test => "refused-test",
        Refusal::OtherBrowser => "refused-other-browser",
    }
}

/// 503: signing in is stopped for everybody.
pub(super) fn stopped(web: &Web, t: &'static Language) -> Response {
    let refused = Refused { head: Head::new(web, t), key: "stopped", offer: Offer::Wait("") };
    waiting(at_link(web, StatusCode::SERVICE_UNAVAILABLE, &refused))
}

/// 503: no links are made, so none is on its way.
pub(super) fn paused(web: &Web, t: &'static Language, link: &str) -> Response {
    let refused = Refused { head: Head::new(web, t), key: "paused", offer: Offer::Wait(link) };
    waiting(at_link(web, StatusCode::SERVICE_UNAVAILABLE, &refused))
}

/// Nobody knows how long the emergency switch stays on.
pub(super) fn waiting(mut response: Response) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("300"));
    response
}

/// 404, one page for everything that is no link of ours. Reads nothing.
pub(super) fn unknown(web: &Web, gate: &Gate, browser: &Browser, nonce: &PageNonce) -> Response {
    let tag = nonce.tag(web, gate.sign_in);
    let head = Head::new(web, browser.language(None));
    let unknown = Unknown { head, sign_in: gate.sign_in, staff: gate.is_staffs(), tag: &tag };
    nonce.keep(web, at_link(web, StatusCode::NOT_FOUND, &unknown))
}

/// 200: a new link is on its way, if there is anybody to send it to.
pub(super) fn on_its_way(web: &Web, t: &'static Language) -> Response {
    at_link(web, StatusCode::OK, &OnItsWay { head: Head::new(web, t), sign_in: PORTAL.sign_in })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::brand::Brand;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_allows_exactly_the_style_of_the_page() {
        let head = Head { t: Language::english(), portal: "P", initial: String::new(), support: None };
        let said = OnItsWay { head, sign_in: "/" }.render().unwrap();
        for brand in [Brand::default(), Brand::new(Some("#ffcc00"), None).unwrap()] {
            let (page, policy) = brand.dress(&said);
            let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
            let hash = data_encoding::BASE64.encode(&Sha256::digest(style));
            assert!(policy.to_str().unwrap().contains(&format!("'sha256-{hash}'")));
        }
    }
}
