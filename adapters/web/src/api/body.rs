//! Request bodies: JSON of one known shape, or a problem that names the field.
//!
//! Apart from the handlers so that none of them sees a body that was not checked.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::codes;
use super::problem::Problem;
use crate::Web;
use crate::http::MOST_BODY;

/// A JSON body. Unknown fields are refused by the types themselves.
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out altogether.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _web: &Web) -> Result<Self, Problem> {
        require_json(request.headers())?;
        parse(&read(request).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<Web> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _web: &Web) -> Result<Self, Problem> {
        let json = require_json(request.headers());
        let bytes = read(request).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        json?;
        parse(&bytes).map(Self)
    }
}

/// `application/json`, whatever its parameters.
fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media_type == "application/json" { Ok(()) } else { Err(Problem::new(codes::UNSUPPORTED_MEDIA_TYPE)) }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    // A body that breaks off is the client's doing as well.
    axum::body::to_bytes(request.into_body(), MOST_BODY).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if too_large {
            Problem::new(codes::TOO_LARGE)
        } else {
            Problem::with(codes::INVALID_JSON, "the body broke off")
        }
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take a list of values in the order of the fields as well.
    let object = bytes.trim_ascii_start().starts_with(b"{");
    serde_json::from_slice(bytes).ok().filter(|_| object).ok_or_else(|| refusal::<T>(bytes))
}

/// Reads once more, slowly, to name the field.
fn refusal<T: DeserializeOwned>(bytes: &[u8]) -> Problem {
    // Some types tell of a value in the wrong shape as if it were no JSON at all.
    let value = match serde_json::from_slice::<Value>(bytes) {
        Ok(value) if value.is_object() => value,
        Ok(_) => return Problem::with(codes::INVALID_JSON, "the body is no JSON object: send one, such as {}"),
        Err(error) => {
            let place = format!("the body is not JSON: line {}, column {}", error.line(), error.column());
            return Problem::with(codes::INVALID_JSON, place);
        }
    };
    match serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(bytes)) {
        Ok(_) => Problem::new(codes::INVALID_JSON),
        Err(error) => {
            let choices = choices::<T>(value, error.path());
            wrong_shape(&choices.unwrap_or_else(|| error.inner().to_string()), Some(&error.path().to_string()))
        }
    }
}

/// What serde says of a word that cannot be meant, where only some words can stand at `path`.
fn choices<T: DeserializeOwned>(mut value: Value, path: &Path) -> Option<String> {
    let place = path.iter().try_fold(&mut value, |value, segment| match segment {
        Segment::Map { key } => value.get_mut(key),
        Segment::Seq { index } => value.get_mut(*index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })?;
    *place = Value::String(String::new());
    let said = serde_json::from_value::<T>(value).err()?.to_string();
    said.starts_with("unknown variant ``").then_some(said)
}

/// What serde says of a value in the wrong shape, in our words: its own name types of this program.
pub(super) fn wrong_shape(message: &str, path: Option<&str>) -> Problem {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let name = cut(rest.split_once("`, ").map_or(rest, |(name, _)| name));
        return Problem::with(codes::UNKNOWN_FIELD, format!("{name:?} is no field of this call")).at(name);
    }
    for (prefix, says) in [("missing field `", "is missing"), ("duplicate field `", "comes twice")] {
        if let Some(name) = message.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('`')) {
            return Problem::with(codes::INVALID_FIELD, format!("{} {says}", cut(name))).at(cut(name));
        }
    }
    let path = path.unwrap_or_default();
    let Some(field) = path.split(['.', '[']).next().filter(|field| !field.is_empty() && *field != "?").map(cut) else {
        return Problem::with(codes::INVALID_JSON, "a value does not fit: /api/docs says what this call takes");
    };
    let each = if path.contains('[') { "each entry of " } else { "" };
    let detail = match expected(message) {
        Some(what) => format!("{each}{field} is to be {what}"),
        None => format!("{field} does not fit: /api/docs says what it takes"),
    };
    Problem::with(codes::INVALID_FIELD, detail).at(field)
}

/// What was expected, for people who don't know how this program calls it.
fn expected(message: &str) -> Option<Cow<'static, str>> {
    let (_, what) = message.rsplit_once(", expected ")?;
    Some(Cow::Borrowed(match what {
        "a string" | "a borrowed string" | "string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u8" | "u16" | "u32" | "u64" | "usize" if message.starts_with("invalid value: integer") => {
            "a whole number that is neither negative nor that large"
        }
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        choices if choices.contains('`') => {
            let words: Vec<&str> = choices.split('`').skip(1).step_by(2).collect();
            return words.split_last().map(|(last, others)| match others {
                [] => Cow::Owned((*last).to_owned()),
                others => Cow::Owned(format!("{} or {last}", others.join(", "))),
            });
        }
        _ => return None,
    }))
}

/// Enough of a text that came from outside to recognise it.
fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}
