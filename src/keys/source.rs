//! The keys in force, read from their files and re-read while serving.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::ports::{Clock, Ids, KeySource};
use magiclink_store::MasterKey;

use super::manifest::{Ended, KeyEntry, KeyState, Manifest};
use super::{KeyError, file};
use crate::folder::{make_private, remove, sync_folder};

/// How often the files are read again while serving.
const REREAD: Duration = Duration::from_secs(10);

/// The keys in a folder.
pub(crate) struct FileKeys {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    keyring: ArcSwap<Keyring>,
    changing: Mutex<()>,
}

impl FileKeys {
    /// Opens the folder; where there is none, or an empty one, makes it and its first keys. `may_make` is false where
    /// there is data already: new keys could not read it.
    pub(crate) fn open(
        folder: &Path, may_make: bool, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>,
    ) -> Result<Self, KeyError> {
        if may_make && !folder.join("manifest.json").exists() {
            make(folder, clock.as_ref(), ids.as_ref())?;
        }
        let keyring = ArcSwap::from_pointee(read(folder)?);
        Ok(Self { folder: folder.to_owned(), clock, ids, keyring, changing: Mutex::default() })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key that wraps the vault's keys.
    pub(crate) fn master(&self) -> Result<MasterKey, KeyError> {
        file::read(&self.folder.join("master.key")).map(MasterKey::new)
    }

    /// All signing keys, oldest first.
    pub(crate) fn list(&self) -> Result<Vec<KeyEntry>, KeyError> {
        Ok(self.manifest()?.signing)
    }

    /// Reads the files again.
    pub(crate) fn reread(&self) -> Result<(), KeyError> {
        self.keyring.store(Arc::new(read(&self.folder)?));
        Ok(())
    }

    /// Reads the files again, for ever; files that can't be read leave the keys as they are.
    pub(crate) async fn keep_reading(self: Arc<Self>) {
        loop {
            tokio::time::sleep(REREAD).await;
            if let Err(error) = self.reread() {
                tracing::error!(%error, "the keys could not be read again; those in memory stay in force");
            }
        }
    }

    /// Makes a key that verifies everywhere before it signs.
    pub(crate) fn stage(&self) -> Result<u8, KeyError> {
        self.change(|manifest| self.staged(manifest))
    }

    /// Lets a staged key sign.
    pub(crate) fn activate(&self, id: Option<u8>) -> Result<u8, KeyError> {
        self.change(|manifest| manifest.activate(id, self.clock.now()))
    }

    /// Ends a key: every link and session it signed is dead.
    pub(crate) fn retire(&self, id: Option<u8>) -> Result<u8, KeyError> {
        self.change(|manifest| manifest.retire(id, self.clock.now()))
    }

    /// A new key signs at once; the older ones verify, or with `ended` end, and every link and session with them.
    pub(crate) fn rotate(&self, ended: Option<Ended>) -> Result<u8, KeyError> {
        self.change(|manifest| {
            let id = self.staged(manifest)?;
            manifest.activate(Some(id), self.clock.now())?;
            if let Some(ended) = ended {
                manifest.end_others(ended, self.clock.now());
            }
            Ok(id)
        })
    }

    fn staged(&self, manifest: &mut Manifest) -> Result<u8, KeyError> {
        let id = manifest.stage(self.clock.now())?;
        // Before the manifest names it: a file that nobody names does no harm, a name without a file does.
        file::write(&signing(&self.folder, id), &self.ids.secret())?;
        Ok(id)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Manifest) -> Result<T, KeyError>) -> Result<T, KeyError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut manifest = self.manifest()?;
        let changed = change(&mut manifest)?;
        manifest.write(&manifest_path(&self.folder))?;
        self.reread()?;
        for key in manifest.signing.iter().filter(|key| key.state == KeyState::Retired) {
            let path = signing(&self.folder, key.id);
            remove(&path).map_err(|source| KeyError::Unusable { path, source })?;
        }
        Ok(changed)
    }

    fn manifest(&self) -> Result<Manifest, KeyError> {
        let path = manifest_path(&self.folder);
        Manifest::read(&path)?.ok_or(KeyError::Missing(path))
    }
}

impl KeySource for FileKeys {
    fn keyring(&self) -> Arc<Keyring> {
        self.keyring.load_full()
    }
}

impl std::fmt::Debug for FileKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileKeys({})", self.folder.display())
    }
}

/// Whether the folder holds keys.
fn manifest_path(folder: &Path) -> PathBuf {
    folder.join("manifest.json")
}

fn signing(folder: &Path, id: u8) -> PathBuf {
    folder.join(format!("signing-{id}.key"))
}

/// The first keys. The manifest comes last: where it is missing, nothing has been signed or wrapped yet.
fn make(folder: &Path, clock: &dyn Clock, ids: &dyn Ids) -> Result<(), KeyError> {
    make_private(folder).map_err(|source| KeyError::Unusable { path: folder.to_owned(), source })?;
    let mut manifest = Manifest::default();
    let id = manifest.stage(clock.now())?;
    manifest.activate(Some(id), clock.now())?;
    for path in [folder.join("master.key"), folder.join("naming.key"), signing(folder, id)] {
        if !path.exists() {
            file::write_unnamed(&path, &ids.secret())?;
        }
    }
    // One sync of the folder names them all, before the manifest does.
    sync_folder(folder).map_err(|source| KeyError::Unusable { path: folder.to_owned(), source })?;
    manifest.write(&manifest_path(folder))
}

fn read(folder: &Path) -> Result<Keyring, KeyError> {
    let path = manifest_path(folder);
    let manifest = Manifest::read(&path)?.ok_or(KeyError::Missing(path.clone()))?;
    let key = |id| file::read(&signing(folder, id)).map(|bits| (KeyId(id), MacKey::new(bits)));
    let active = key(manifest.active().ok_or(KeyError::Manifest(path))?)?;
    let verifying = manifest.signing.iter().filter(|key| matches!(key.state, KeyState::Staged | KeyState::Verify));
    let verifying = verifying.map(|entry| key(entry.id)).collect::<Result<Vec<_>, _>>()?;
    let naming = MacKey::new(file::read(&folder.join("naming.key"))?);
    file::read(&folder.join("master.key"))?;
    let ended = manifest.signing.iter().filter_map(|key| Some((KeyId(key.id), key.end()?)));
    Ok(Keyring::new(active, verifying, naming).knowing(ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use magiclink_domain::id::LinkId;
    use magiclink_domain::keys::TokenKind;
    use magiclink_store::{SystemClock, SystemIds};

    fn open(folder: &Path, may_make: bool) -> Result<FileKeys, KeyError> {
        FileKeys::open(folder, may_make, Arc::new(SystemClock), Arc::new(SystemIds))
    }

    fn link() -> LinkId {
        LinkId::from_uuid(uuid::Uuid::from_u128(7))
    }

    fn verifies(keys: &FileKeys, token: &str) -> bool {
        keys.keyring().verify_token(TokenKind::Contact, token).is_some()
    }

    fn token(keys: &FileKeys) -> String {
        let keyring = keys.keyring();
        keyring.token(keyring.signing_id(), TokenKind::Contact, link()).unwrap().expose().to_owned()
    }

    #[test]
    fn keys_are_made_once_and_read_again() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("keys");
        assert!(matches!(open(&folder, false), Err(KeyError::Missing(_))), "data without keys");
        let text = token(&open(&folder, true).unwrap());
        assert_eq!(token(&open(&folder, true).unwrap()), text);
        fs::remove_file(folder.join("naming.key")).unwrap();
        assert!(open(&folder, true).is_err(), "a lost key is not replaced in silence");
    }

    #[test]
    fn a_token_lives_as_long_as_its_key_verifies() {
        let data = tempfile::tempdir().unwrap();
        let keys = open(&data.path().join("keys"), true).unwrap();
        let old = token(&keys);
        let next = keys.stage().unwrap();
        assert_eq!(token(&keys), old, "a staged key does not sign");
        let other_node = open(keys.folder(), false).unwrap();
        assert_eq!(keys.activate(None).unwrap(), next);
        let new = token(&keys);
        assert_ne!(new, old);
        assert!(verifies(&keys, &old) && verifies(&keys, &new));
        assert!(verifies(&other_node, &new), "a node that has read the staged key knows what it signs");
        keys.retire(None).unwrap();
        assert!(!verifies(&keys, &old) && verifies(&keys, &new));
        assert!(!signing(keys.folder(), 1).exists());
        other_node.reread().unwrap();
        assert!(!verifies(&other_node, &old));
    }

    #[test]
    fn rotating_with_revocation_ends_everything_signed_before() {
        let data = tempfile::tempdir().unwrap();
        let keys = open(&data.path().join("keys"), true).unwrap();
        let first = token(&keys);
        keys.rotate(None).unwrap();
        assert!(verifies(&keys, &first));
        let second = token(&keys);
        keys.rotate(Some(Ended::Revoked)).unwrap();
        assert!(!verifies(&keys, &first) && !verifies(&keys, &second) && verifies(&keys, &token(&keys)));
    }
}
