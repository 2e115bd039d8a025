//! Marks, sealed parcels, and leases.
//!
//! Apart from the budgets because they are few: one connection behind a lock is enough, and nothing is kept in memory.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use magiclink_domain::ports::{Ids, Leases, Once, Parcel, Parcels, Unavailable};
use magiclink_domain::time::Timestamp;
use sqlx::SqliteConnection;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::STEPS;
use crate::connection::{WriteConnection, WriteError};
use crate::database::{Database, OpenError};
use crate::vault::{MasterKey, Wrapper};

const WHAT: &str = "the store of short-lived state";

/// Marks, parcels and leases in the same file as the budgets; parcels are sealed under the master key.
pub struct SqliteParcels {
    connection: Mutex<WriteConnection>,
    wrapper: Wrapper,
    ids: Arc<dyn Ids>,
}

impl std::fmt::Debug for SqliteParcels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteParcels(***)")
    }
}

impl SqliteParcels {
    /// Opens the state at `path`, making the file if there is none.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer version wrote it, [`OpenError::Unusable`] if it can't be opened.
    pub async fn open(path: &Path, master: &MasterKey, ids: Arc<dyn Ids>) -> Result<Arc<Self>, OpenError> {
        let database = Database::at(path);
        let connection = database.open(STEPS).await?;
        let connection = Mutex::new(WriteConnection::new(database, connection));
        Ok(Arc::new(Self { connection, wrapper: Wrapper::new(master), ids }))
    }

    /// Leaves everything in the one file `path`.
    pub async fn close(&self) {
        self.connection.lock().await.close().await;
    }

    /// Runs one write; after a failure the connection is opened anew by the next.
    async fn with<T>(
        &self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Unavailable> {
        let mut connection = self.connection.lock().await;
        let done = match connection.get().await {
            Ok(open) => work(open).await.map_err(WriteError::from),
            Err(error) => Err(error),
        };
        done.map_err(|error| {
            connection.failed(&error);
            error.unavailable(WHAT)
        })
    }

    /// A parcel that does not open was made under another master key or for another place: it is nobody's.
    fn open_parcel(&self, key: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.wrapper.open(sealed, &aad(key)).map(|content| content.to_vec())
    }
}

/// Longer than a subject's id and than the vault's check, so that nothing can be mistaken for a key.
fn aad(key: &str) -> Vec<u8> {
    [b"magiclink-parcel:", key.as_bytes()].concat()
}

#[async_trait]
impl Once for SqliteParcels {
    async fn first(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable> {
        self.with(async |connection| {
            sqlx::query("delete from marks where until_us <= ?").bind(now.micros()).execute(&mut *connection).await?;
            let set = sqlx::query("insert into marks (key, until_us) values (?, ?) on conflict (key) do nothing");
            Ok(set.bind(key).bind(until.micros()).execute(connection).await?.rows_affected() == 1)
        })
        .await
    }
}

#[async_trait]
impl Parcels for SqliteParcels {
    async fn put(&self, key: &str, content: &[u8], until: Timestamp) -> Result<(), Unavailable> {
        let sealed = self.wrapper.seal(content, &aad(key), self.ids.nonce());
        let sealed = sealed.ok_or(Unavailable { what: WHAT, source: "a parcel is too large".into() })?;
        self.with(async |connection| {
            let put = sqlx::query(
                "insert into parcels (key, sealed, until_us) values (?, ?, ?)
                 on conflict (key) do update set sealed = excluded.sealed, until_us = excluded.until_us",
            );
            put.bind(key).bind(sealed).bind(until.micros()).execute(connection).await.map(drop)
        })
        .await
    }

    async fn look(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable> {
        let row: Option<(Vec<u8>,)> = self
            .with(async |connection| {
                let found = sqlx::query_as("select sealed from parcels where key = ? and until_us > ?");
                found.bind(key).bind(now.micros()).fetch_optional(connection).await
            })
            .await?;
        Ok(row.and_then(|(sealed,)| self.open_parcel(key, &sealed)))
    }

    async fn take(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable> {
        let row: Option<(Vec<u8>, i64)> = self
            .with(async |connection| {
                let taken = sqlx::query_as("delete from parcels where key = ? returning sealed, until_us");
                taken.bind(key).fetch_optional(connection).await
            })
            .await?;
        let live = row.filter(|(_, until_us)| *until_us > now.micros());
        Ok(live.and_then(|(sealed, _)| self.open_parcel(key, &sealed)))
    }

    async fn list(&self, prefix: &str, now: Timestamp) -> Result<Vec<Parcel>, Unavailable> {
        let rows: Vec<(String, Vec<u8>)> = self
            .with(async |connection| {
                sqlx::query("delete from parcels where until_us <= ?")
                    .bind(now.micros())
                    .execute(&mut *connection)
                    .await?;
                let all = sqlx::query_as(
                    "select key, sealed from parcels where substr(key, 1, length(?1)) = ?1 order by key",
                );
                all.bind(prefix).fetch_all(connection).await
            })
            .await?;
        let opened = rows.into_iter().filter_map(|(key, sealed)| {
            let content = self.open_parcel(&key, &sealed)?;
            Some(Parcel { key, content })
        });
        Ok(opened.collect())
    }
}

#[async_trait]
impl Leases for SqliteParcels {
    async fn hold(&self, name: &str, holder: Uuid, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable> {
        self.with(async |connection| {
            let held = sqlx::query(
                "insert into leases (name, holder, until_us) values (?1, ?2, ?3)
                 on conflict (name) do update set holder = excluded.holder, until_us = excluded.until_us
                 where leases.holder = excluded.holder or leases.until_us <= ?4",
            );
            let held = held.bind(name).bind(holder.as_bytes().as_slice()).bind(until.micros()).bind(now.micros());
            Ok(held.execute(connection).await?.rows_affected() == 1)
        })
        .await
    }

    async fn let_go(&self, name: &str, holder: Uuid) -> Result<(), Unavailable> {
        self.with(async |connection| {
            let gone = sqlx::query("delete from leases where name = ? and holder = ?");
            gone.bind(name).bind(holder.as_bytes().as_slice()).execute(connection).await.map(drop)
        })
        .await
    }
}
