//! `backup` and `restore`: log and vault as two files with a manifest, never keys.
//!
//! Apart from the stores because the order of the two copies, and what a restore must kill, is no store's business.
//!
//! The log is copied first, the vault second. Whoever is added in between has a key without events, which harms nobody;
//! whoever is erased in between has events without a key, and stays erased. The other way round, people added in between
//! would be lost, and people erased in between would come back.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use data_encoding::HEXLOWER;
use magiclink_domain::id::EventId;
use magiclink_domain::log::Position;
use magiclink_domain::ports::KeySource;
use magiclink_store::{Kind, OpenError, SystemClock, SystemIds, inspect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::aside::{Aside, clear, with_suffix};
use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::folder::{DataFolder, remove, sync_folder, write_private};
use crate::keys::{FileKeys, HighWater};
use crate::wiring::App;

const MANIFEST: &str = "manifest.json";
const EVENTS: &str = "events.db";
const VAULT: &str = "vault.db";

/// What a backup says of itself. Written last: a folder without one is no backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    made_at: String,
    made_by: String,
    /// Position of the last event that is surely in it.
    head: u64,
    /// Keyed hash under the naming key: a log can't be used with another one.
    naming: String,
    /// SHA-256 of each file, in hexadecimal.
    events_sha256: String,
    vault_sha256: String,
}

/// Copies log and vault into a new folder.
pub(crate) async fn make(app: &App, folder: &Path) -> Result<Output, CliFailure> {
    if folder.exists() {
        let name = folder.display();
        return Err(CliFailure::refused(format!("{name} is there already: name a folder that is not there yet")));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        CliFailure::refused(format!(
            "{} can't be made ({error}): name a folder that this user may make",
            folder.display()
        ))
    })?;
    let head = app.head().await?;
    let (events, vault) = (folder.join(EVENTS), folder.join(VAULT));
    app.log.backup_to(&events).await?;
    app.vault.backup_to(&vault).await?;
    let manifest = Manifest {
        format: 1,
        made_at: app.use_cases.ports().clock.now().to_string(),
        made_by: format!("magiclink {}", env!("CARGO_PKG_VERSION")),
        head: head.get(),
        naming: naming(app.keys.as_ref()),
        events_sha256: digest(events).await?,
        vault_sha256: digest(vault).await?,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| CliFailure::fault(&error))?;
    write_private(&folder.join(MANIFEST), &text).map_err(|error| CliFailure::fault(&error))?;
    let name = folder.display();
    let text = format!(
        "backed up {head} events to {name}\nkeys are not in it: keep a copy of {} elsewhere; without it no backup can be read\n",
        app.keys.folder().display()
    );
    Ok(Output::new(json!({ "folder": name.to_string(), "events": head.get(), "made_at": manifest.made_at }), text))
}

/// Brings a backup back. Every link and session dies, and what was erased since is erased again.
pub(crate) async fn restore(config: &Config, folder: &DataFolder, from: &Path) -> Result<Output, CliFailure> {
    let manifest = read_manifest(from)?;
    let lock = crate::serve::lock(folder)?;
    crate::logging::start_quiet();
    verify(&manifest, from).await?;
    let keys_folder = config.keys.folder(folder.path());
    let keys = FileKeys::open(&keys_folder, false, std::sync::Arc::new(SystemClock), std::sync::Arc::new(SystemIds));
    let keys = keys.map_err(|error| {
        CliFailure::refused(format!(
            "{error}: a backup holds no keys, so copy the keys folder of the lost machine to {} first",
            keys_folder.display()
        ))
    })?;
    if naming(&keys) != manifest.naming {
        return Err(CliFailure::refused(format!(
            "the keys in {} belong to another log: copy those of the machine that was backed up",
            keys_folder.display()
        )));
    }
    let places = [config.store.events.path(folder.path()), config.store.vault.path(folder.path())];
    let [events, vault] = &places;
    let aside = Aside::of(events, vault).await;
    replace(folder, from, &keys_folder, &places, aside.as_ref()).context("the backup could not be put in place")?;
    let base_url = config.base_url(config.server.listen.port());
    let app = App::open(config.clone(), folder, &base_url, false).await?;
    let caught_up = app.read_models.catch_up().await;
    app.close().await;
    drop(lock);
    let head = caught_up?;
    let text = format!(
        "restored the backup of {}: {head} events. Every earlier link and session is dead; API tokens and the team stand \
         as in the backup: review them\n{}",
        manifest.made_at,
        aside.as_ref().map(|aside| aside.words(manifest.head)).unwrap_or_default()
    );
    let aside = aside.as_ref().map(Aside::json);
    Ok(Output::new(json!({ "events": head.get(), "made_at": manifest.made_at, "aside": aside }), text))
}

fn naming(keys: &dyn KeySource) -> String {
    HEXLOWER.encode(&keys.keyring().fingerprint(b"the naming key of a backup").0)
}

fn read_manifest(from: &Path) -> Result<Manifest, CliFailure> {
    let incomplete = || {
        CliFailure::refused(format!(
            "{} holds no complete backup: name a folder that `magiclink backup` made",
            from.display()
        ))
    };
    let bytes = fs::read(from.join(MANIFEST)).map_err(|_| incomplete())?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| incomplete())?;
    if manifest.format == 1 {
        Ok(manifest)
    } else {
        Err(CliFailure::refused("this backup was made by a newer version of magiclink: restore it with that version"))
    }
}

/// Whether the files are what the manifest says, and sound.
async fn verify(manifest: &Manifest, from: &Path) -> Result<(), CliFailure> {
    for (kind, name, expected) in
        [(Kind::Log, EVENTS, &manifest.events_sha256), (Kind::Vault, VAULT, &manifest.vault_sha256)]
    {
        let path = from.join(name);
        let damaged =
            |why: &str| CliFailure::refused(format!("{} is damaged ({why}): restore another backup", path.display()));
        if digest(path.clone()).await.map_err(|_| damaged("it can't be read"))? != *expected {
            return Err(damaged("its checksum is another"));
        }
        let found = inspect(kind, &path).await.map_err(|error| match error {
            OpenError::Newer { .. } | OpenError::OtherMasterKey { .. } => CliFailure::refused(error.to_string()),
            OpenError::Unusable { .. } => damaged("it is no database of ours"),
        })?;
        if let Some(problem) = found.problems.first() {
            return Err(damaged(problem));
        }
    }
    Ok(())
}

/// Puts the files in the places of the old ones, which are kept aside. Beforehand the high-water mark is set beyond any
/// log: whatever happens from here on, the next start recognises a restore and ends every link and session.
fn replace(
    folder: &DataFolder, from: &Path, keys: &Path, places: &[PathBuf; 2], aside: Option<&Aside>,
) -> anyhow::Result<()> {
    let mut staged = vec![];
    for (name, place) in [EVENTS, VAULT].into_iter().zip(places) {
        let beside = with_suffix(place, ".restoring");
        remove(&beside)?;
        copy_private(&from.join(name), &beside)?;
        staged.push((beside, place));
    }
    if let Some(aside) = aside {
        aside.keep()?;
    }
    let beyond =
        HighWater { position: Position::new(i64::MAX.unsigned_abs()), event: EventId::from_uuid(uuid::Uuid::nil()) };
    beyond.write(keys)?;
    crate::wiring::remove_read_models(&folder.read_models())?;
    for (beside, place) in staged {
        clear(place, aside)?;
        fs::rename(&beside, place)?;
        sync_folder(place.parent().unwrap_or(folder.path()))?;
    }
    Ok(())
}

fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut target = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut File::open(from)?, &mut target)?;
    target.sync_all()
}

async fn digest(path: PathBuf) -> Result<String, CliFailure> {
    let work = move || -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut file = File::open(path)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = io::Read::read(&mut file, &mut buffer)?;
            if read == 0 {
                return Ok(HEXLOWER.encode(&hash.finalize()));
            }
            hash.update(buffer.get(..read).unwrap_or_default());
        }
    };
    let digest = tokio::task::spawn_blocking(work).await.map_err(|error| CliFailure::fault(&error))?;
    digest.map_err(|error| CliFailure::fault(&error))
}
