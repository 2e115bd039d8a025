//! Query strings of one known shape, or a problem that names the parameter.
//!
//! Apart from the handlers so that a misspelt parameter is never silently ignored.

use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::body::wrong_shape;
use super::problem::Problem;
use crate::Web;

/// The parameters of a call. Unknown ones are refused by the types themselves.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, web).await.unwrap_or(RawQuery(None));
        let query = query.unwrap_or_default();
        // Every call may be confirmed; who calls reads that.
        let own: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_confirm(pair)).collect();
        serde_urlencoded::from_str(&own.join("&"))
            .map(Self)
            .map_err(|error| wrong_shape(&error.to_string(), Some("query")))
    }
}

fn is_confirm(pair: &str) -> bool {
    pair.split_once('=').map_or(pair, |(name, _)| name) == "confirm"
}

/// Whether the caller said yes twice: `?confirm=true`.
///
/// # Errors
/// `invalid_field` for any other value than `true` and `false`.
pub(super) fn confirmed(query: Option<&str>) -> Result<bool, Problem> {
    let said = query.unwrap_or_default().split('&').find(|pair| is_confirm(pair));
    match said.map(|pair| pair.split_once('=').map_or("", |(_, value)| value)) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::field("confirm", "confirm is true or false")),
    }
}
