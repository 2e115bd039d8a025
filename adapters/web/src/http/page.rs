//! What every page has in common, and how a template becomes an answer.
//!
//! Apart from the templates because askama renders text alone.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{assets, failure};
use crate::language::Language;
use crate::state::WebConfig;

/// What `base.html` needs.
pub(crate) struct Frame<'a> {
    /// The portal's name.
    pub(crate) portal: &'a str,
    /// Its first letter, which stands where there is no logo.
    pub(crate) initial: String,
    /// The language of the page.
    pub(crate) t: &'static Language,
    /// The style sheet's address.
    pub(crate) css: &'static str,
    /// The script's address; pages work without.
    pub(crate) script: &'static str,
    /// The address of the brand's style sheet; empty where there is none.
    pub(crate) brand: String,
    /// Whom to turn to.
    pub(crate) support: Option<Support<'a>>,
}

impl<'a> Frame<'a> {
    /// The frame of a contact's page in this language.
    pub(crate) fn new(config: &'a WebConfig, t: &'static Language) -> Self {
        Self {
            portal: &config.portal_name,
            initial: initial(&config.portal_name),
            t,
            css: assets::href("portal.css"),
            script: assets::href("portal.js"),
            brand: config.brand.href(),
            support: Support::of(config),
        }
    }
}

/// The first letter of a name.
pub(crate) fn initial(name: &str) -> String {
    name.chars()
        .find(|letter| letter.is_alphanumeric())
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default()
}

/// Whom to turn to, as the operator wrote it.
pub(crate) struct Support<'a> {
    /// In their words.
    pub(crate) words: &'a str,
    /// Where a press on the words leads; empty where they are just words.
    pub(crate) href: String,
}

impl<'a> Support<'a> {
    /// The configured one: an e-mail address, a phone number and a web address can be pressed. Told by their looks, which
    /// costs a page nothing.
    pub(crate) fn of(config: &'a WebConfig) -> Option<Self> {
        let words = config.support_contact.as_deref()?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || ".+-_@".contains(letter);
        let href = if words.split_once('@').is_some_and(|(_, host)| host.contains('.')) && words.chars().all(plain) {
            format!("mailto:{words}")
        } else if words.starts_with('+')
            && words.chars().all(|letter| letter.is_ascii_digit() || "+ -()".contains(letter))
        {
            let digits: String = words.chars().filter(char::is_ascii_digit).collect();
            format!("tel:+{digits}")
        } else if words.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(' ')) {
            words.to_owned()
        } else {
            String::new()
        };
        Some(Self { words, href })
    }
}

/// The rendered template as an HTML answer.
pub(crate) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => answer(status, text),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page can't be rendered");
            failure::broken()
        }
    }
}

/// Rendered HTML as an answer.
pub(crate) fn answer(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
}

/// 303: whatever was posted, look there.
pub(crate) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => failure::broken(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_turn_to_can_be_pressed_where_it_is_an_address() {
        for (words, href) in [
            ("help@example.com", "mailto:help@example.com"),
            ("+1 415 555 0100", "tel:+14155550100"),
            ("https://example.com/help", "https://example.com/help"),
            ("Ask at the desk", ""),
            ("javascript:alert(1)", ""),
            ("help@example.com?subject=x", ""),
            ("Ana <help@example.com>", ""),
            ("https://", ""),
            ("http://example.com", ""),
        ] {
            let config = WebConfig { support_contact: Some(words.to_owned()), ..WebConfig::default() };
            let support = Support::of(&config).unwrap();
            assert_eq!((support.words, support.href.as_str()), (words, href));
        }
    }
}
