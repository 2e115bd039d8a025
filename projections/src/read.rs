//! Reading rows back: shared by the queries of every read model.
//!
//! Apart because a row that no fold of ours wrote is an error of the file, whoever asks.

use std::fmt::Display;
use std::str::FromStr;

use magiclink_domain::keys::KeyId;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;

/// A list's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T, C> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page goes on, if there is one.
    pub next: Option<C>,
}

impl<T, C> Listed<T, C> {
    /// A page of `limit` from rows of which one more was asked for.
    pub(crate) fn of(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> C) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

/// The read models can't answer.
pub(crate) fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Unavailable {
    Unavailable { what: "the read models", source: source.into() }
}

/// A column holds what no fold writes.
#[derive(Debug, thiserror::Error)]
#[error("a row of the read models holds a bad {column}")]
pub(crate) struct BadRow {
    column: &'static str,
}

pub(crate) fn bad(column: &'static str) -> Unavailable {
    unavailable(BadRow { column })
}

/// Numbers of keys as a JSON array, the one parameter that a statement takes for a set.
pub(crate) fn numbers(keys: impl Iterator<Item = KeyId>) -> String {
    keys.map(|key| key.0).collect::<serde_json::Value>().to_string()
}

/// A column that holds something's text.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T, Unavailable>
where
    T::Err: Display,
{
    text.parse().map_err(|_| bad(column))
}

/// The same where the column may be null.
pub(crate) fn parse_opt<T: FromStr>(column: &'static str, text: Option<&String>) -> Result<Option<T>, Unavailable>
where
    T::Err: Display,
{
    text.map(|text| parse(column, text)).transpose()
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

/// A number that is never negative.
pub(crate) fn count<T: TryFrom<i64>>(column: &'static str, number: i64) -> Result<T, Unavailable> {
    T::try_from(number).map_err(|_| bad(column))
}

/// A limit as SQL takes it.
pub(crate) fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A limit as SQL takes it, one more than asked for to see whether there is a next page.
pub(crate) fn one_more(limit: usize) -> i64 {
    most(limit.saturating_add(1))
}

/// A JSON array of texts, for `in (select value from json_each(?))`.
pub(crate) fn texts<T: Display>(values: impl IntoIterator<Item = T>) -> Result<String, Unavailable> {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    serde_json::to_string(&values).map_err(unavailable)
}
