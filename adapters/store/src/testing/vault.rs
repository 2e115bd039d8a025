//! A vault in memory.
//!
//! Apart from the real one: same contract, no file, no wrapping.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::{SubjectKey, SubjectKeys};
use magiclink_domain::ports::{Ids, Unavailable, Vault};

/// Subject keys in memory; gone with the process.
pub struct MemoryVault {
    ids: Arc<dyn Ids>,
    /// `None` where the key was destroyed.
    keys: Mutex<HashMap<SubjectId, Option<SubjectKey>>>,
}

impl MemoryVault {
    /// An empty vault.
    #[must_use]
    pub fn new(ids: Arc<dyn Ids>) -> Arc<Self> {
        Arc::new(Self { ids, keys: Mutex::default() })
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SubjectId, Option<SubjectKey>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn create(&self, subject: SubjectId) -> Result<Option<SubjectKey>, Unavailable> {
        let mut keys = self.locked();
        let made = || Some(SubjectKey::new(subject, self.ids.secret()));
        Ok(keys.entry(subject).or_insert_with(made).clone())
    }

    async fn keys(&self, subjects: &[SubjectId]) -> Result<SubjectKeys, Unavailable> {
        let keys = self.locked();
        Ok(subjects.iter().filter_map(|subject| keys.get(subject).cloned().flatten()).collect())
    }

    async fn destroy(&self, subject: SubjectId) -> Result<(), Unavailable> {
        self.locked().insert(subject, None);
        Ok(())
    }
}
