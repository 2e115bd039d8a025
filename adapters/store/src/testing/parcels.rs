//! Marks, parcels and leases in memory.
//!
//! Apart from the real ones: same contract, no file, nothing sealed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use magiclink_domain::ports::{Leases, Once, Parcel, Parcels, Unavailable};
use magiclink_domain::time::Timestamp;
use uuid::Uuid;

/// Marks, parcels and leases in memory; gone with the process.
#[derive(Debug, Default)]
pub struct MemoryParcels {
    marks: Mutex<BTreeMap<String, Timestamp>>,
    parcels: Mutex<BTreeMap<String, (Vec<u8>, Timestamp)>>,
    leases: Mutex<BTreeMap<String, (Uuid, Timestamp)>>,
}

impl MemoryParcels {
    /// Nothing there yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }
}

#[async_trait]
impl Once for MemoryParcels {
    async fn first(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.retain(|_, end| *end > now);
        Ok(marks.insert(key.to_owned(), until).is_none_or(|before| {
            marks.insert(key.to_owned(), before);
            false
        }))
    }
}

#[async_trait]
impl Parcels for MemoryParcels {
    async fn put(&self, key: &str, content: &[u8], until: Timestamp) -> Result<(), Unavailable> {
        let mut parcels = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        parcels.insert(key.to_owned(), (content.to_vec(), until));
        Ok(())
    }

    async fn look(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable> {
        let parcels = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(parcels.get(key).filter(|(_, until)| *until > now).map(|(content, _)| content.clone()))
    }

    async fn take(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable> {
        let mut parcels = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(parcels.remove(key).filter(|(_, until)| *until > now).map(|(content, _)| content))
    }

    async fn list(&self, prefix: &str, now: Timestamp) -> Result<Vec<Parcel>, Unavailable> {
        let parcels = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        let live = parcels.iter().filter(|(key, (_, until))| key.starts_with(prefix) && *until > now);
        Ok(live.map(|(key, (content, _))| Parcel { key: key.clone(), content: content.clone() }).collect())
    }
}

#[async_trait]
impl Leases for MemoryParcels {
    async fn hold(&self, name: &str, holder: Uuid, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let free = leases.get(name).is_none_or(|(by, end)| *by == holder || *end <= now);
        if free {
            leases.insert(name.to_owned(), (holder, until));
        }
        Ok(free)
    }

    async fn let_go(&self, name: &str, holder: Uuid) -> Result<(), Unavailable> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|held, (by, _)| held != name || *by != holder);
        Ok(())
    }
}
