//! What a page may say on top after a redirect: fixed words, chosen by name.
//!
//! Apart from the pages so that no address can put words of its own on them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::Web;

/// The words that `?notice=` stands for; empty for none of ours.
pub(super) struct Notice(pub(super) &'static str);

impl FromRequestParts<Web> for Notice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let name = parts.uri.query().and_then(|query| query.strip_prefix("notice=")).unwrap_or_default();
        Ok(Self(words(name)))
    }
}

fn words(name: &str) -> &'static str {
    match name {
        "destination" => "What your link led to is no longer open to you. Here is everything that is.",
        "signed-out" => "You are signed out.",
        "everywhere" => {
            "You are signed out on every device, and every link that was sent to you is dead. If somebody else used your \
             link, tell whoever invited you."
        }
        "ended" => "That device is signed out.",
        _ => "",
    }
}
