//! The pages at a link's address. None loads anything: style is inline, allowed by its hash alone.
//!
//! Apart from the handlers because these bytes are a promise: the same for every contact but for nonce and form action.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use magiclink_domain::link::{Destination, Refusal};

use super::gate::{Gate, PORTAL};
use crate::Web;
use crate::http::browser::PageNonce;
use crate::http::{failure, page};

/// The page with the button.
#[derive(Template)]
#[template(path = "portal/link.html")]
pub(super) struct Button<'a> {
    pub(super) portal: &'a str,
    pub(super) lang: &'a str,
    pub(super) action: &'a str,
    pub(super) tag: &'a str,
    /// It is the page of a staff member's link.
    pub(super) staff: bool,
    pub(super) note: Note,
    /// Who is signed in to the console in this browser.
    pub(super) console: Option<ConsoleNote>,
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

/// The page of a link that can't be used.
#[derive(Template)]
#[template(path = "portal/refused.html")]
struct Refused<'a> {
    portal: &'a str,
    lang: &'a str,
    title: &'static str,
    text: &'static str,
    support: Option<&'a str>,
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
    /// The same once more.
    Wait,
}

/// The page of a text that is no link of ours.
#[derive(Template)]
#[template(path = "portal/unknown.html")]
struct Unknown<'a> {
    portal: &'a str,
    lang: &'a str,
    sign_in: &'a str,
    staff: bool,
    tag: &'a str,
}

/// A short answer without a button.
#[derive(Template)]
#[template(path = "portal/said.html")]
struct Said<'a> {
    portal: &'a str,
    lang: &'a str,
    title: &'static str,
    text: &'static str,
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
pub(super) fn refused(
    web: &Web, gate: &Gate, nonce: &PageNonce, action: &str, (why, destination): (Refusal, &Destination),
) -> Response {
    let (title, text) = words(why);
    let new = format!("{action}/new");
    let offer = if why == Refusal::OtherBrowser {
        Offer::Code { code: gate.code, sign_in: gate.sign_in }
    } else if gate.is_staffs() || why == Refusal::SubjectGone {
        // There is no address on file, or links to it work in the asking browser alone.
        Offer::SignIn(gate.sign_in)
    } else {
        let to_offering = matches!(destination, Destination::Offering(_));
        Offer::NewLink { tag: nonce.tag(web, &new), action: new, to_offering }
    };
    let config = &web.config;
    let support = config.support_contact.as_deref();
    let refused = Refused { portal: &config.portal_name, lang: &config.locale, title, text, support, offer };
    nonce.keep(web, at_link(web, StatusCode::GONE, &refused))
}

fn words(why: Refusal) -> (&'static str, &'static str) {
    match why {
        Refusal::Expired => ("This link has expired", "Links work for a limited time, and this one’s time is over."),
        Refusal::Used => (
            "This link has been used",
            "It has already signed somebody in as often as it may, so it does not work again.",
        ),
        Refusal::Revoked => {
            ("This link was switched off", "It was withdrawn before its time, so it does not sign you in any more.")
        }
        Refusal::Replaced => (
            "There is a newer link",
            "A newer link was sent in place of this one. Look for the latest message, and use that.",
        ),
        Refusal::AccessEnded => (
            "Your access has ended",
            "At the moment nothing is open to you here. If you think it should be, ask whoever invited you. Once you have access again, you can have a new link.",
        ),
        Refusal::SubjectGone => (
            "This link belongs to nobody any more",
            "The person it was made for is not with us any more, so it signs nobody in.",
        ),
        Refusal::Test => (
            "This was a test message",
            "It shows what a message looks like when it arrives. The link in it signs nobody in.",
        ),
        Refusal::OtherBrowser => (
            "Open this link where you asked for it",
            "It works only in the browser in which it was asked for. Open it there, or type the code from the same message on the sign-in page.",
        ),
    }
}

/// 503: signing in is stopped for everybody.
pub(super) fn stopped(web: &Web) -> Response {
    let config = &web.config;
    let mut response = at_link(
        web,
        StatusCode::SERVICE_UNAVAILABLE,
        &Refused {
            portal: &config.portal_name,
            lang: &config.locale,
            title: "Signing in is paused",
            text: "We have paused signing in for a moment. Your link is not lost: try it again a little later.",
            support: config.support_contact.as_deref(),
            offer: Offer::Wait,
        },
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("300"));
    response
}

/// 404, one page for everything that is no link of ours. Reads nothing.
pub(super) fn unknown(web: &Web, gate: &Gate, nonce: &PageNonce) -> Response {
    let tag = nonce.tag(web, gate.sign_in);
    let config = &web.config;
    let unknown = Unknown {
        portal: &config.portal_name,
        lang: &config.locale,
        sign_in: gate.sign_in,
        staff: gate.is_staffs(),
        tag: &tag,
    };
    nonce.keep(web, at_link(web, StatusCode::NOT_FOUND, &unknown))
}

/// 200: a new link is on its way, if there is anybody to send it to.
pub(super) fn on_its_way(web: &Web) -> Response {
    let config = &web.config;
    at_link(
        web,
        StatusCode::OK,
        &Said {
            portal: &config.portal_name,
            lang: &config.locale,
            title: "Check your messages",
            text: "If a new link can be sent, it is on its way to the address we have on file. It takes a minute at most.",
            sign_in: PORTAL.sign_in,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::brand::Brand;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_allows_exactly_the_style_of_the_page() {
        let said = Said { portal: "P", lang: "en", title: "T", text: "t", sign_in: "/" }.render().unwrap();
        for brand in [Brand::default(), Brand::new(Some("#ffcc00"), None).unwrap()] {
            let (page, policy) = brand.dress(&said);
            let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
            let hash = data_encoding::BASE64.encode(&Sha256::digest(style));
            assert!(policy.to_str().unwrap().contains(&format!("'sha256-{hash}'")));
        }
    }
}
