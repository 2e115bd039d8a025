//! Values of fields: texts and times as JSON carries them, and the values of the domain.
//!
//! Apart from the calls because several take the same fields.

use magiclink_domain::time::{Lifetime, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::problem::Problem;

/// An instant in an answer: RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant in UTC, RFC 3339."))
            .examples(["2026-05-01T15:00:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Time {}

/// Anything that is written as its text.
pub(crate) fn text<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// What a field is to become: a text, or nothing (null).
#[derive(Debug)]
pub(crate) struct Becomes(pub(crate) Option<String>);

/// Reads a field that may be left out (leave as is), be null (remove) or have a value.
pub(crate) fn becomes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Becomes>, D::Error> {
    Option::deserialize(deserializer).map(|text| Some(Becomes(text)))
}

/// Parses a value that may be left out.
pub(crate) fn optional<T, E: Into<Problem>>(
    text: Option<&String>, parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    text.map(|text| parse(text)).transpose().map_err(Into::into)
}

/// Parses a value that may be left out or removed.
#[expect(clippy::option_option, reason = "the domain's own way of saying leave, remove or set")]
pub(crate) fn change<T, E: Into<Problem>>(
    text: Option<&Becomes>, parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<Option<T>>, Problem> {
    text.map(|Becomes(text)| optional(text.as_ref(), parse)).transpose()
}

/// The years that times may lie in. Beyond, no database and no calendar agrees with another.
const FIRST: &str = "1970-01-01T00:00:00Z";
const LAST: &str = "9999-12-31T23:59:59Z";

/// An instant that a caller names.
///
/// # Errors
/// `invalid_field` for anything but RFC 3339 between 1970 and 9999.
pub(crate) fn time(field: &'static str, text: &str) -> Result<Timestamp, Problem> {
    let invalid = || Problem::field(field, "a time looks like 2026-05-01T15:00:00Z (RFC 3339, 1970 to 9999)");
    let (first, last) = (FIRST.parse::<Timestamp>(), LAST.parse::<Timestamp>());
    let at: Timestamp = text.parse().map_err(|_| invalid())?;
    match (first, last) {
        (Ok(first), Ok(last)) if (first..=last).contains(&at) => Ok(at),
        _ => Err(invalid()),
    }
}

/// How long a link shall live.
///
/// # Errors
/// `invalid_field` (`expires_in`).
pub(crate) fn lifetime(text: &str) -> Result<Lifetime, Problem> {
    text.parse().map_err(|_| Problem::field("expires_in", "a lifetime looks like 900s, 15m, 24h or 7d"))
}
