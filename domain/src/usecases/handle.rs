//! The path of a command through one stream: load, decide, append with the expected version, on conflict decide again.

use std::sync::Arc;

use super::UseCases;
use super::cache::{Acted, Cached, Loaded};
use super::caller::Caller;
use super::failure::Failure;
use crate::id::SubjectId;
use crate::log::{AppendError, Expected, Metadata, NewEvent, Position, Recorded, StreamName};
use crate::personal::{SubjectKey, SubjectKeys};
use crate::rejection::Rejection;
use crate::stream::{Ctx, Stream};
use crate::time::Timestamp;
use uuid::Uuid;

use crate::wire::{Opener, Sealer, WireError};

/// How often a conflict is decided again. Each conflict means that somebody else got through.
const TRIES: usize = 200;
/// Events read at a time.
const PAGE: usize = 500;

/// What came of a command on one stream.
pub(super) struct Handled<S: Stream> {
    /// The stream afterwards.
    pub(super) loaded: Arc<Loaded<S>>,
    /// Where the last new event stands; `None` where it was already so.
    pub(super) position: Option<Position>,
}

/// What came of one try.
enum Step<S: Stream> {
    Done(Handled<S>),
    /// The stream had moved on.
    Conflict,
    /// The append's answer was lost.
    Unclear,
}

impl UseCases {
    pub(super) fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// The stream as it is now: from memory, read past what is known.
    pub(super) async fn load<S: Cached>(&self, name: &StreamName) -> Result<Arc<Loaded<S>>, Failure> {
        let cache = S::cache(&self.caches);
        let mut loaded = cache.get(name).unwrap_or_default();
        loop {
            let events = self.ports.log.read_stream(name, loaded.next_version(), PAGE).await?;
            if events.is_empty() {
                return Ok(loaded);
            }
            let complete = events.len() < PAGE;
            loaded = Arc::new(self.fold::<S>(&loaded, &events).await?);
            cache.put(name, &loaded);
            if complete {
                return Ok(loaded);
            }
        }
    }

    async fn fold<S: Cached>(&self, loaded: &Loaded<S>, events: &[Recorded]) -> Result<Loaded<S>, Failure> {
        let (metas, keys) = self.keys_for(events).await?;
        let mut loaded = loaded.clone();
        for (recorded, meta) in events.iter().zip(&metas) {
            let event = S::decode(&recorded.kind, &recorded.data, &Opener { event: recorded.id, keys: &keys })?;
            loaded.state = S::evolve(loaded.state, &event);
            loaded.version = Some(recorded.version);
            loaded.position = recorded.position;
            if loaded.acted(meta.command, meta.fingerprint) == Acted::No {
                loaded.commands.push((meta.command, meta.fingerprint));
            }
        }
        Ok(loaded)
    }

    /// The events' metadata, and the keys of everybody they are about.
    pub(super) async fn keys_for(&self, events: &[Recorded]) -> Result<(Vec<Metadata>, SubjectKeys), Failure> {
        let metas = events.iter().map(|event| Metadata::decode(&event.meta)).collect::<Result<Vec<_>, _>>()?;
        let mut subjects: Vec<SubjectId> = metas.iter().filter_map(|meta| meta.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = if subjects.is_empty() { SubjectKeys::default() } else { self.ports.vault.keys(&subjects).await? };
        Ok((metas, keys))
    }

    /// Runs one command on one stream. `subject` is whom the events are about. A command that has acted on the stream
    /// before acts no second time; under another request's content it is refused.
    pub(super) async fn handle<S: Cached>(
        &self, name: &StreamName, caller: &Caller, subject: Option<SubjectId>,
        decide: impl Fn(&S::State, &Ctx) -> Result<Vec<S::Event>, Rejection> + Send + Sync,
    ) -> Result<Handled<S>, Failure> {
        let loaded = self.load::<S>(name).await?;
        self.handle_from(loaded, name, caller, subject, decide).await
    }

    /// The same, beginning with what is believed of the stream. A wrong belief costs a conflict, nothing else: a stream
    /// whose id was drawn a moment ago need not be looked for.
    pub(super) async fn handle_from<S: Cached>(
        &self, mut loaded: Arc<Loaded<S>>, name: &StreamName, caller: &Caller, subject: Option<SubjectId>,
        decide: impl Fn(&S::State, &Ctx) -> Result<Vec<S::Event>, Rejection> + Send + Sync,
    ) -> Result<Handled<S>, Failure> {
        // Only this call's own appends share event ids: what another call appended under the same command is told by the
        // stream, not taken for ours.
        let draw = self.ports.ids.id();
        let mut unclear = false;
        for _ in 0..TRIES {
            match self.step(&loaded, name, caller, subject, draw, &decide).await? {
                // Our own append, whose answer was lost.
                Step::Done(done) if unclear && done.position.is_none() => {
                    let position = Some(done.loaded.position);
                    return Ok(Handled { position, ..done });
                }
                Step::Done(done) => return Ok(done),
                Step::Conflict => {}
                Step::Unclear => unclear = true,
            }
            // Somebody else was first, or perhaps we were: the stream tells.
            loaded = self.load::<S>(name).await?;
        }
        Err(Failure::Contended { stream: name.to_string() })
    }

    /// One try: a conflict is left at that.
    pub(super) async fn handle_once<S: Cached>(
        &self, name: &StreamName, caller: &Caller, subject: Option<SubjectId>,
        decide: impl Fn(&S::State, &Ctx) -> Result<Vec<S::Event>, Rejection> + Send + Sync,
    ) -> Result<(), Failure> {
        let loaded = self.load::<S>(name).await?;
        self.handle_seen(&loaded, name, caller, subject, decide).await.map(drop)
    }

    /// One try on exactly what was seen of the stream; `None` where it has moved on, or may have.
    pub(super) async fn handle_seen<S: Cached>(
        &self, seen: &Arc<Loaded<S>>, name: &StreamName, caller: &Caller, subject: Option<SubjectId>,
        decide: impl Fn(&S::State, &Ctx) -> Result<Vec<S::Event>, Rejection> + Send + Sync,
    ) -> Result<Option<Handled<S>>, Failure> {
        Ok(match self.step(seen, name, caller, subject, self.ports.ids.id(), &decide).await? {
            Step::Done(done) => Some(done),
            Step::Conflict | Step::Unclear => None,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the loop's own state, handed through once")]
    async fn step<S: Cached>(
        &self, loaded: &Arc<Loaded<S>>, name: &StreamName, caller: &Caller, subject: Option<SubjectId>, draw: Uuid,
        decide: &(impl Fn(&S::State, &Ctx) -> Result<Vec<S::Event>, Rejection> + Send + Sync),
    ) -> Result<Step<S>, Failure> {
        let as_it_is = || Step::Done(Handled { loaded: Arc::clone(loaded), position: None });
        match loaded.acted(caller.command, caller.fingerprint) {
            Acted::Otherwise => return Err(Rejection::IdempotencyKeyReused.into()),
            Acted::Same => return Ok(as_it_is()),
            Acted::No => {}
        }
        let now = self.now();
        let events = decide(&loaded.state, &Ctx { now, command: caller.command })?;
        if events.is_empty() {
            return Ok(as_it_is());
        }
        let encoded = self.encode::<S>(caller, subject, draw, now, &events).await?;
        let expected = loaded.version.map_or(Expected::NoStream, Expected::Exact);
        match self.ports.log.append(name, expected, encoded).await {
            Ok(appended) => {
                let loaded = after(loaded, &events, caller, appended.version, appended.position);
                S::cache(&self.caches).put(name, &loaded);
                Ok(Step::Done(Handled { loaded, position: Some(appended.position) }))
            }
            Err(AppendError::Conflict { .. }) => Ok(Step::Conflict),
            Err(AppendError::UnknownOutcome { .. }) => Ok(Step::Unclear),
            Err(error) => Err(error.into()),
        }
    }

    async fn encode<S: Stream>(
        &self, caller: &Caller, subject: Option<SubjectId>, draw: Uuid, now: Timestamp, events: &[S::Event],
    ) -> Result<Vec<NewEvent>, Failure> {
        let key: Option<SubjectKey> = match subject {
            Some(subject) => self.ports.vault.create(subject).await?,
            None => None,
        };
        let meta = Metadata {
            at: now,
            actor: caller.actor.clone(),
            origin: caller.origin,
            command: caller.command,
            correlation: caller.correlation,
            fingerprint: caller.fingerprint,
            subject,
        }
        .encode()?;
        let encode = |(nth, event)| {
            let id = caller.command.event(draw, nth);
            let sealer = Sealer { event: id, key: key.as_ref(), nonce: self.ports.ids.nonce() };
            let encoded = S::encode(event, &sealer).map_err(|error| {
                // Without a key its subject was erased in the meantime.
                let erased = subject.is_some() && matches!(error, WireError::NoKey { .. });
                if erased { Failure::Rejected(Rejection::ContactErased) } else { Failure::Wire(error) }
            })?;
            Ok(NewEvent { id, kind: encoded.kind, data: encoded.data, meta: meta.clone() })
        };
        events.iter().enumerate().map(encode).collect()
    }
}

/// The state after our own append, without reading it back.
fn after<S: Stream>(
    loaded: &Loaded<S>, events: &[S::Event], caller: &Caller, version: u64, position: Position,
) -> Arc<Loaded<S>> {
    let mut next = loaded.clone();
    next.state = events.iter().fold(next.state, |state, event| S::evolve(state, event));
    next.version = Some(version);
    next.position = position;
    next.commands.push((caller.command, caller.fingerprint));
    Arc::new(next)
}
