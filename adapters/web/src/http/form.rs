//! Reading a posted form: only from our own pages, only with the tag that our page gave this browser.
//!
//! Apart from the handlers so that a form can't be read without the proof: this is the only way to the fields.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::browser::Browser;
use super::{MOST_BODY, failure, origin};
use crate::Web;

/// The hidden field that carries the tag.
pub(crate) const TAG: &str = "form";

/// How long a form may take to arrive: well within the time until an answer must begin, so that a slow sender is told.
const PATIENCE: Duration = Duration::from_secs(15);

/// The fields of a form, in the order in which they came.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field's first value; empty where it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every field with its value.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of the field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// A form from our own page. Its tag covers the path it is posted to and the browser's nonce.
pub(crate) struct Posted {
    /// What was typed.
    pub(crate) fields: Fields,
    /// The browser's nonce. A secret.
    pub(crate) nonce: String,
    /// The browser.
    pub(crate) browser: Browser,
}

/// Why a posted form is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unposted {
    /// Another site's page sent it.
    CrossSite,
    /// The browser brings no nonce cookie.
    NoCookie,
    /// The tag is missing or another's.
    BadTag,
    /// The body is too large.
    TooLarge,
    /// The body is no form.
    NoForm,
    /// The body did not arrive.
    Cut,
    /// The body took too long.
    Slow,
}

impl FromRequest<Web> for Posted {
    type Rejection = Unposted;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Unposted> {
        let (mut parts, body) = request.into_parts();
        if !origin::is_our_own(&parts.headers, &web.config.base_url) {
            return Err(Unposted::CrossSite);
        }
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(Unposted::NoForm);
        }
        let bytes = match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, MOST_BODY)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) if is_too_large(&error) => return Err(Unposted::TooLarge),
            Ok(Err(_)) => return Err(Unposted::Cut),
            Err(_) => return Err(Unposted::Slow),
        };
        let fields = Fields(url::form_urlencoded::parse(&bytes).into_owned().collect());
        let Ok(browser) = Browser::from_request_parts(&mut parts, web).await;
        let nonce = browser.nonce().ok_or(Unposted::NoCookie)?.to_owned();
        if !web.use_cases.ports().keys.keyring().verifies_form(&nonce, parts.uri.path(), fields.text(TAG)) {
            return Err(Unposted::BadTag);
        }
        Ok(Self { fields, nonce, browser })
    }
}

pub(crate) fn is_too_large(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

impl IntoResponse for Unposted {
    fn into_response(self) -> Response {
        match self {
            Self::CrossSite => failure::page(StatusCode::FORBIDDEN, "failure-cross-site"),
            Self::NoCookie | Self::BadTag => failure::page(StatusCode::FORBIDDEN, "failure-once-more"),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Self::NoForm => StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response(),
            Self::Cut => StatusCode::BAD_REQUEST.into_response(),
            Self::Slow => StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    }
}
