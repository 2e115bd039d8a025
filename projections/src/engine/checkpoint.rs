//! Where each projection stands, and making its tables.

use magiclink_domain::log::Position;
use magiclink_domain::time::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::projection::Projection;

/// Where `projection` stands; at the start, with empty tables, when it is new or its schema has changed.
pub(super) async fn open(
    connection: &mut SqliteConnection, projection: &dyn Projection, now: Timestamp,
) -> Result<Position, sqlx::Error> {
    let row: Option<(i64, String)> =
        sqlx::query_as("select position, schema_hash from checkpoints where projection = ?1")
            .bind(projection.name())
            .fetch_optional(&mut *connection)
            .await?;
    match row {
        Some((position, hash)) if hash == schema_hash(projection) => {
            Ok(Position::new(u64::try_from(position).unwrap_or_default()))
        }
        Some(_) | None => clear(connection, projection, now).await.map(|()| Position::START),
    }
}

/// Makes the projection's tables anew and sets it back to the start.
pub(super) async fn clear(
    connection: &mut SqliteConnection, projection: &dyn Projection, now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    sqlx::raw_sql(projection.schema()).execute(&mut *transaction).await?;
    sqlx::query("delete from failures where projection = ?1")
        .bind(projection.name())
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "insert into checkpoints (projection, position, schema_hash, updated_at_us) values (?1, 0, ?2, ?3)
         on conflict (projection) do update set position = excluded.position, schema_hash = excluded.schema_hash,
             updated_at_us = excluded.updated_at_us",
    )
    .bind(projection.name())
    .bind(schema_hash(projection))
    .bind(now.micros())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}

/// Moves projections on; part of the transaction that writes their rows.
pub(super) async fn advance(
    connection: &mut SqliteConnection, projections: &[&'static dyn Projection], to: Position, now: Timestamp,
) -> Result<(), sqlx::Error> {
    let names: Vec<_> = projections.iter().map(|projection| projection.name()).collect();
    let names = serde_json::to_string(&names).unwrap_or_default();
    sqlx::query(
        "update checkpoints set position = ?2, updated_at_us = ?3
         where projection in (select value from json_each(?1))",
    )
    .bind(names)
    .bind(i64::try_from(to.get()).unwrap_or(i64::MAX))
    .bind(now.micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells one schema from another (FNV-1a, 64 bits: nobody attacks it).
pub(super) fn schema_hash(projection: &dyn Projection) -> String {
    let hash = projection
        .schema()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
