//! What every page has in common, and how a template becomes an answer.
//!
//! Apart from the templates because askama renders text alone.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{assets, failure};
use crate::state::WebConfig;

/// What `base.html` needs.
pub(crate) struct Frame<'a> {
    /// The portal's name.
    pub(crate) portal: &'a str,
    /// Language of the page.
    pub(crate) lang: &'a str,
    /// The style sheet's address.
    pub(crate) css: &'static str,
    /// The address of the brand's style sheet; empty where there is none.
    pub(crate) brand: String,
    /// Whom to turn to.
    pub(crate) support: Option<&'a str>,
}

impl<'a> Frame<'a> {
    /// The frame of a page dressed by the style sheet `css`, an asset's name.
    pub(crate) fn new(config: &'a WebConfig, css: &str) -> Self {
        Self {
            portal: &config.portal_name,
            lang: &config.locale,
            css: assets::href(css),
            brand: config.brand.href(),
            support: config.support_contact.as_deref(),
        }
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
