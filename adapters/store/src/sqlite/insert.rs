//! The statements that write events: many rows in one.
//!
//! Apart from the writer because their texts and their bindings belong together: one row per statement would cost more
//! than the rows themselves.

use std::fmt::Write as _;
use std::sync::Arc;

use magiclink_domain::log::Recorded;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

/// How many rows one statement writes at most.
pub(super) const MOST_ROWS: usize = 64;

/// The texts, one for each number of rows, made when first needed.
#[derive(Debug)]
pub(super) struct Inserts {
    texts: [Option<Arc<str>>; MOST_ROWS],
}

impl Inserts {
    pub(super) fn new() -> Self {
        Self { texts: [const { None }; MOST_ROWS] }
    }

    /// Writes at most [`MOST_ROWS`] rows with dense positions in one statement.
    pub(super) async fn write(
        &mut self, connection: &mut SqliteConnection, rows: &[Recorded],
    ) -> Result<(), sqlx::Error> {
        let Some(first) = rows.first() else { return Ok(()) };
        let mut arguments = SqliteArguments::default();
        bind(&mut arguments, first, rows).map_err(sqlx::Error::Encode)?;
        let text = AssertSqlSafe(self.text(rows.len()));
        sqlx::query_with(text, arguments).execute(connection).await.map(drop)
    }

    fn text(&mut self, rows: usize) -> Arc<str> {
        match self.texts.get_mut(rows.saturating_sub(1)) {
            Some(text) => Arc::clone(text.get_or_insert_with(|| insert(rows).into())),
            None => insert(rows).into(),
        }
    }
}

/// `?1` is the first row's position, `?2` the time; each row has six of its own.
fn insert(rows: usize) -> String {
    let mut text =
        String::from("insert into events (position, recorded_at_us, stream, version, id, kind, data, meta) values ");
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        let own = 3 + row * 6;
        // Writing to a String can't fail.
        let _: std::fmt::Result = write!(
            text,
            "{comma}(?1+{row},?2,?{own},?{},?{},?{},?{},?{})",
            own + 1,
            own + 2,
            own + 3,
            own + 4,
            own + 5
        );
    }
    text
}

fn bind(arguments: &mut SqliteArguments, first: &Recorded, rows: &[Recorded]) -> Result<(), BoxDynError> {
    arguments.reserve(2 + rows.len() * 6, 0);
    arguments.add(i64::try_from(first.position.get())?)?;
    arguments.add(first.recorded_at.micros())?;
    for row in rows {
        arguments.add(row.stream.as_str())?;
        arguments.add(i64::try_from(row.version)?)?;
        arguments.add(row.id.uuid().as_bytes().as_slice())?;
        arguments.add(row.kind.as_str())?;
        arguments.add(row.data.as_slice())?;
        arguments.add(row.meta.as_slice())?;
    }
    Ok(())
}
