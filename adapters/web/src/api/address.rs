//! What stands in the path of a call: ids and slugs, or that there is nothing here.
//!
//! Apart from the handlers so that an id that can't be one and an id of nothing look alike.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use magiclink_domain::id::{BulkId, ContactId, DeliveryId, LinkId, SessionId, StaffId};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::value::Slug;

use super::problem::Problem;
use crate::Web;

/// What a path names.
pub(crate) struct At<T>(pub(crate) T);

/// Something that a path can name.
pub(crate) trait Named: Sized {
    /// The thing with this name, or that there is none.
    fn named(text: &str) -> Result<Self, Rejection>;
}

impl Named for ContactId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::ContactNotFound)
    }
}

impl Named for LinkId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::LinkNotFound)
    }
}

impl Named for DeliveryId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::DeliveryNotFound)
    }
}

impl Named for BulkId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::BulkNotFound)
    }
}

impl Named for SessionId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::SessionNotFound)
    }
}

impl Named for StaffId {
    fn named(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|_| Rejection::StaffNotFound)
    }
}

impl Named for Slug {
    fn named(text: &str) -> Result<Self, Rejection> {
        Self::parse(text).map_err(|_| Rejection::OfferingNotFound)
    }
}

impl<T: Named> FromRequestParts<Web> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let texts = texts(parts, web).await;
        Ok(Self(T::named(texts.first().map_or("", String::as_str))?))
    }
}

impl<A: Named, B: Named> FromRequestParts<Web> for At<(A, B)> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let mut texts = texts(parts, web).await.into_iter();
        let first = A::named(&texts.next().unwrap_or_default())?;
        Ok(Self((first, B::named(&texts.next().unwrap_or_default())?)))
    }
}

/// The path's names; bytes that are no text name nothing.
async fn texts(parts: &mut Parts, web: &Web) -> Vec<String> {
    match RawPathParams::from_request_parts(parts, web).await {
        Ok(params) => params.iter().map(|(_, value)| value.to_owned()).collect(),
        Err(_) => vec![],
    }
}
