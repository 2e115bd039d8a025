//! Everything that stands in a file of read models.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// The rows of every read model's tables, in the order of their keys.
pub(crate) async fn dump(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut connection = connect(path).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_master where type = 'table' and name not in ('checkpoints', 'failures')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut dump = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info(?1)")
            .bind(&table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let sql = format!("select json_array({}) from {table} order by 1", columns.join(", "));
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        dump.insert(table, rows);
    }
    connection.close().await.unwrap();
    dump
}

/// The bytes of the file and of what SQLite keeps beside it.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    let beside = |suffix: &str| std::fs::read(format!("{}{suffix}", path.display())).unwrap_or_default();
    [beside(""), beside("-wal"), beside("-shm")].concat()
}
