//! Where implementations under test keep what they keep.
//!
//! Apart from the contracts so that these do not know one from the other.

use std::sync::Arc;

use magiclink_domain::log::EventStore;
use magiclink_domain::ports::{Budgets, Leases, Once, Parcels, Vault};
use magiclink_store::testing::{CountingIds, ManualClock, MemoryBudgets, MemoryParcels, MemoryVault};
use magiclink_store::{
    MasterKey, MemoryLog, SqliteLog, SqliteLogOptions, SqliteParcels, SqliteState, SqliteVault, SystemIds,
};
use tempfile::TempDir;

/// A place for one log, vault and state, fresh at first.
pub(crate) trait Place {
    /// The log of this place.
    async fn log(&self) -> Arc<dyn EventStore>;
    /// The log after a restart; `None` where nothing outlives one.
    async fn log_again(&self) -> Option<Arc<dyn EventStore>>;
    /// The vault of this place.
    async fn vault(&self) -> Arc<dyn Vault>;
    /// The vault after a restart.
    async fn vault_again(&self) -> Option<Arc<dyn Vault>>;
    /// The budgets of this place.
    async fn budgets(&self) -> Arc<dyn Budgets>;
    /// The budgets after a restart.
    async fn budgets_again(&self) -> Option<Arc<dyn Budgets>>;
    /// The marks of this place.
    async fn once(&self) -> Arc<dyn Once>;
    /// The parcels of this place.
    async fn parcels(&self) -> Arc<dyn Parcels>;
    /// The leases of this place, as each of several nodes reaches them.
    async fn leases(&self) -> Arc<dyn Leases>;
    /// Marks and parcels after a restart.
    async fn short_lived_again(&self) -> Option<(Arc<dyn Once>, Arc<dyn Parcels>)>;
    /// Every file of this place.
    fn files(&self) -> Vec<std::path::PathBuf>;
    /// The clock of everything here.
    fn clock(&self) -> Arc<ManualClock>;
}

/// Nothing on disk.
pub(crate) struct InMemory {
    clock: Arc<ManualClock>,
    leases: Arc<MemoryParcels>,
}

impl InMemory {
    pub(crate) fn new() -> Self {
        Self { clock: Arc::default(), leases: MemoryParcels::new() }
    }
}

impl Place for InMemory {
    async fn log(&self) -> Arc<dyn EventStore> {
        MemoryLog::new(Arc::clone(&self.clock) as _)
    }

    async fn log_again(&self) -> Option<Arc<dyn EventStore>> {
        None
    }

    async fn vault(&self) -> Arc<dyn Vault> {
        MemoryVault::new(Arc::new(CountingIds::default()))
    }

    async fn vault_again(&self) -> Option<Arc<dyn Vault>> {
        None
    }

    async fn budgets(&self) -> Arc<dyn Budgets> {
        MemoryBudgets::new()
    }

    async fn budgets_again(&self) -> Option<Arc<dyn Budgets>> {
        None
    }

    async fn once(&self) -> Arc<dyn Once> {
        MemoryParcels::new()
    }

    async fn parcels(&self) -> Arc<dyn Parcels> {
        MemoryParcels::new()
    }

    async fn leases(&self) -> Arc<dyn Leases> {
        self.leases.clone()
    }

    async fn short_lived_again(&self) -> Option<(Arc<dyn Once>, Arc<dyn Parcels>)> {
        None
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        vec![]
    }

    fn clock(&self) -> Arc<ManualClock> {
        Arc::clone(&self.clock)
    }
}

/// Files in a folder of their own.
pub(crate) struct InSqlite {
    folder: TempDir,
    clock: Arc<ManualClock>,
    options: SqliteLogOptions,
}

impl InSqlite {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), clock: Arc::default(), options: SqliteLogOptions::default() }
    }

    /// Nothing kept in memory: every answer comes from the file.
    pub(crate) fn forgetful() -> Self {
        let options = SqliteLogOptions { recent_bytes: 0, recent_streams: 0, ..SqliteLogOptions::default() };
        Self { options, ..Self::new() }
    }

    async fn short_lived(&self) -> Arc<SqliteParcels> {
        let (master, ids) = (MasterKey::new([7; 32]), Arc::new(SystemIds));
        SqliteParcels::open(&self.folder.path().join("state.db"), &master, ids).await.unwrap()
    }
}

impl Place for InSqlite {
    async fn log(&self) -> Arc<dyn EventStore> {
        SqliteLog::open_with(&self.folder.path().join("events.db"), self.clock(), self.options).await.unwrap()
    }

    async fn log_again(&self) -> Option<Arc<dyn EventStore>> {
        // Without closing the first: what was answered must be there also after a crash.
        Some(self.log().await)
    }

    async fn vault(&self) -> Arc<dyn Vault> {
        let (master, ids) = (MasterKey::new([7; 32]), Arc::new(SystemIds));
        SqliteVault::open(&self.folder.path().join("vault.db"), &master, self.clock(), ids).await.unwrap()
    }

    async fn vault_again(&self) -> Option<Arc<dyn Vault>> {
        Some(self.vault().await)
    }

    async fn budgets(&self) -> Arc<dyn Budgets> {
        SqliteState::open(&self.folder.path().join("state.db")).await.unwrap()
    }

    async fn budgets_again(&self) -> Option<Arc<dyn Budgets>> {
        Some(self.budgets().await)
    }

    async fn once(&self) -> Arc<dyn Once> {
        self.short_lived().await
    }

    async fn parcels(&self) -> Arc<dyn Parcels> {
        self.short_lived().await
    }

    async fn leases(&self) -> Arc<dyn Leases> {
        self.short_lived().await
    }

    async fn short_lived_again(&self) -> Option<(Arc<dyn Once>, Arc<dyn Parcels>)> {
        Some((self.short_lived().await, self.short_lived().await))
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn clock(&self) -> Arc<ManualClock> {
        Arc::clone(&self.clock)
    }
}
