//! What a page may say on top after a redirect: fixed words, chosen by name.
//!
//! Apart from the pages so that no address can put words of its own on them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::Web;

/// The key of the words that `?notice=` stands for; empty for none of ours.
pub(super) struct Notice(pub(super) &'static str);

impl FromRequestParts<Web> for Notice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let name = parts.uri.query().and_then(|query| query.strip_prefix("notice=")).unwrap_or_default();
        Ok(Self(key(name)))
    }
}

fn key(name: &str) -> &'static str {
    match name {
        "destination" => "notice-destination",
        "signed-out" => "notice-signed-out",
        "everywhere" => "notice-everywhere",
        "not-me" => "notice-not-me",
        "ended" => "notice-ended",
        _ => "",
    }
}
