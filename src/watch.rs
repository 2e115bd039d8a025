//! Remembers beside the keys how far the log had come, and what a restore must not undo.
//!
//! Apart from the log because it must notice when the log is replaced by an older one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::contact::{ContactEvent, ContactStream};
use magiclink_domain::id::{ContactId, SubjectId};
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::log::{EventStore, Position, Recorded};
use magiclink_domain::number::{NumberEvent, NumberStream};
use magiclink_domain::personal::SubjectKeys;
use magiclink_domain::stream::Stream;
use magiclink_domain::wire::Opener;
use tokio::sync::Mutex;

use crate::keys::{HighWater, Tombstone, Tombstones};

const PAGE: usize = 1_000;
/// How often the mark follows the log while serving. What lies between mark and head would not be missed after a restore
/// by hand, so this is short.
const PACE: Duration = Duration::from_secs(1);

/// The watch over one log.
pub(crate) struct Watch {
    log: Arc<dyn EventStore>,
    folder: PathBuf,
    mark: Mutex<Option<Position>>,
}

impl Watch {
    /// A watch that keeps its mark in the folder of the keys.
    pub(crate) fn new(log: Arc<dyn EventStore>, folder: &Path) -> Self {
        Self { log, folder: folder.to_owned(), mark: Mutex::default() }
    }

    /// Whether the log is older than the one last seen, or another one: a backup was restored.
    pub(crate) async fn recognise(&self) -> anyhow::Result<bool> {
        let Some(mark) = HighWater::read(&self.folder)? else { return Ok(false) };
        let before = Position::new(mark.position.get().saturating_sub(1));
        let page = self.log.read_all(before, 1).await?;
        let same = page.events.first().is_some_and(|event| event.position == mark.position && event.id == mark.event);
        *self.mark.lock().await = Some(mark.position);
        Ok(!same)
    }

    /// Moves the mark to the end of the log, and writes down what it passes over that no restore may undo.
    pub(crate) async fn advance(&self) -> anyhow::Result<()> {
        let mut mark = self.mark.lock().await;
        loop {
            let from = mark.unwrap_or_default();
            let page = self.log.read_all(from, PAGE).await?;
            let Some(last) = page.events.last() else { return Ok(()) };
            let tombstones: Vec<_> = page.events.iter().filter_map(tombstone).collect();
            let next = HighWater { position: last.position, event: last.id };
            let folder = self.folder.clone();
            // Tombstones first: the mark says that they are written.
            let written = tokio::task::spawn_blocking(move || {
                Tombstones::add(&folder, &tombstones)?;
                next.write(&folder)
            });
            written.await??;
            *mark = Some(next.position);
            if page.end {
                return Ok(());
            }
        }
    }

    /// Begins anew at the log's end, whatever was there before.
    pub(crate) async fn begin_anew(&self) -> anyhow::Result<()> {
        *self.mark.lock().await = None;
        self.advance().await
    }

    /// Follows the log for ever.
    pub(crate) async fn follow(&self) {
        loop {
            let seen = self.mark.lock().await.unwrap_or_default();
            self.log.wait_beyond(seen, Duration::from_mins(1)).await;
            if let Err(error) = self.advance().await {
                tracing::warn!(error = %format!("{error:#}"), "the high-water mark could not be written, trying again");
            }
            tokio::time::sleep(PACE).await;
        }
    }
}

/// What the event means for a later restore. An erasure counts from its request on: it is never taken back.
fn tombstone(event: &Recorded) -> Option<Tombstone> {
    let keys = SubjectKeys::default();
    let opener = Opener { event: event.id, keys: &keys };
    match event.stream.area() {
        "contact" => {
            let decoded = ContactStream::decode(&event.kind, &event.data, &opener).ok()?;
            let erased = matches!(decoded, ContactEvent::ErasureRequested | ContactEvent::ContactErased);
            let contact: ContactId = event.stream.id()?.parse().ok()?;
            erased.then(|| Tombstone::Key(SubjectId::from(contact)))
        }
        "number" => {
            let bits = u128::from_str_radix(event.stream.id()?, 16).ok()?;
            let number = BlindIndex(bits.to_be_bytes());
            Some(match NumberStream::decode(&event.kind, &event.data, &opener).ok()? {
                NumberEvent::SmsOptedOut => Tombstone::OptedOut(number),
                NumberEvent::SmsOptedIn => Tombstone::OptedIn(number),
            })
        }
        _ => None,
    }
}
