//! A log in memory with everything that read models need beside it, and a short way to append to it.

pub(crate) mod chronicle;
pub(crate) mod dump;
pub(crate) mod faulty;
pub(crate) mod story;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::id::{CommandId, ContactId, EventId, LinkId, StaffId, SubjectId};
use magiclink_domain::keys::{KeyEnd, KeyId, Keyring, MacKey};
use magiclink_domain::log::{EventStore, Expected, Metadata, NewEvent, Position, StreamName};
use magiclink_domain::ports::{Clock, Ids, KeySource, Vault};
use magiclink_domain::stream::Stream;
use magiclink_domain::time::Lifetime;
use magiclink_domain::wire::Sealer;
use magiclink_projections::ReadModels;
use magiclink_store::MemoryLog;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryVault};
use uuid::Uuid;

/// Keys that change only when told to.
pub(crate) struct FixedKeys(Mutex<Arc<Keyring>>);

impl Default for FixedKeys {
    fn default() -> Self {
        let signing = (KeyId(1), MacKey::new([1; 32]));
        Self(Mutex::new(Arc::new(Keyring::new(signing, [], MacKey::new([2; 32])))))
    }
}

impl FixedKeys {
    /// Key 2 signs from now on, and key 1 ended like this.
    pub(crate) fn end(&self, end: KeyEnd) {
        let keyring = Keyring::new((KeyId(2), MacKey::new([3; 32])), [], MacKey::new([2; 32]));
        *self.0.lock().unwrap() = Arc::new(keyring.knowing([(KeyId(1), end)]));
    }
}

impl KeySource for FixedKeys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

/// See the module.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<CountingIds>,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) keys: Arc<FixedKeys>,
    pub(crate) actor: Mutex<Actor>,
    /// Of what the next event is a part, if not of a command of its own.
    pub(crate) part_of: Mutex<Option<CommandId>>,
    versions: Mutex<HashMap<StreamName, u64>>,
    dir: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(CountingIds::default());
        Self {
            log: MemoryLog::new(clock.clone()),
            vault: MemoryVault::new(ids.clone()),
            clock,
            ids,
            keys: Arc::new(FixedKeys::default()),
            actor: Mutex::new(Actor::Staff(staff(1))),
            part_of: Mutex::default(),
            versions: Mutex::default(),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) async fn open(&self, name: &str) -> Arc<ReadModels> {
        self.open_on(name, self.log.clone()).await
    }

    pub(crate) async fn open_on(&self, name: &str, log: Arc<dyn EventStore>) -> Arc<ReadModels> {
        ReadModels::open(&self.path(name), log, self.vault.clone(), self.keys.clone(), self.clock.clone())
            .await
            .unwrap()
    }

    /// Appends one event about `subject`, a second after the last.
    pub(crate) async fn append<S: Stream>(
        &self, stream: &StreamName, subject: Option<SubjectId>, event: S::Event,
    ) -> Position {
        self.clock.advance(Lifetime::from_secs(1));
        let id = EventId::from_uuid(self.ids.id());
        let key = match subject {
            Some(subject) => self.vault.create(subject).await.unwrap(),
            None => None,
        };
        let sealer = Sealer { event: id, key: key.as_ref(), nonce: self.ids.nonce() };
        let encoded = S::encode(&event, &sealer).unwrap();
        self.append_raw(stream, id, subject, encoded.kind, encoded.data).await
    }

    /// Appends whatever it is told to.
    pub(crate) async fn append_raw(
        &self, stream: &StreamName, id: EventId, subject: Option<SubjectId>, kind: &'static str, data: Vec<u8>,
    ) -> Position {
        let command = CommandId::from_uuid(self.ids.id());
        let meta = Metadata {
            at: self.clock.now(),
            actor: self.actor.lock().unwrap().clone(),
            origin: Origin::Console,
            command,
            correlation: self.part_of.lock().unwrap().take().unwrap_or(command),
            fingerprint: None,
            subject,
        };
        let event = NewEvent { id, kind, data, meta: meta.encode().unwrap() };
        let expected = match self.versions.lock().unwrap().get(stream) {
            Some(version) => Expected::Exact(*version),
            None => Expected::NoStream,
        };
        let appended = self.log.append(stream, expected, vec![event]).await.unwrap();
        self.versions.lock().unwrap().insert(stream.clone(), appended.version);
        appended.position
    }
}

pub(crate) fn contact(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(0xc0_0000 + number))
}

pub(crate) fn link(number: u128) -> LinkId {
    LinkId::from_uuid(Uuid::from_u128(0x1_0000_0000 + number))
}

pub(crate) fn staff(number: u128) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0x5_0000_0000 + number))
}
