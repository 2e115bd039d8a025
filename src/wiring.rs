//! Which adapter stands behind which port.
//!
//! Apart because this is the only place that names concrete stores and senders; everything else sees ports.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use magiclink_bots::sandbox::ChatSandbox;
use magiclink_delivery::Sandbox;
use magiclink_delivery::twilio::Twilio;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::{Channel, SessionLimits};
use magiclink_domain::log::{EventStore, Position};
use magiclink_domain::ports::{Clock, Ids, Leases, Limit, Sender, SmsHooks};
use magiclink_domain::team::ChatPlatform;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Policy, Ports, UseCases};
use magiclink_projections::ReadModels;
use magiclink_store::{SqliteLog, SqliteParcels, SqliteState, SqliteVault, SystemClock, SystemIds};
use magiclink_web::{BaseUrl, CountedLog, CountedSender};

use crate::command::CliFailure;
use crate::config::Config;
use crate::folder::{DataFolder, remove};
use crate::keys::FileKeys;
use crate::providers;
use crate::watch::Watch;

/// Everything one process needs, open.
pub(crate) struct App {
    /// What the operator set.
    pub(crate) config: Config,
    /// Where everything lies.
    pub(crate) folder: DataFolder,
    /// The keys in force.
    pub(crate) keys: Arc<FileKeys>,
    /// The only way to change anything.
    pub(crate) use_cases: Arc<UseCases>,
    /// Lists.
    pub(crate) read_models: Arc<ReadModels>,
    /// What takes the place of vendors.
    pub(crate) stand_ins: StandIns,
    /// The event log.
    pub(crate) log: Arc<SqliteLog>,
    /// The same log as the use cases see it: counted.
    pub(crate) counted: Arc<CountedLog>,
    /// The subjects' keys.
    pub(crate) vault: Arc<SqliteVault>,
    /// Remembers how far the log had come.
    pub(crate) watch: Watch,
    state: Arc<SqliteState>,
    parcels: Arc<SqliteParcels>,
}

/// What takes the place of vendors in a sandbox.
#[derive(Default)]
pub(crate) struct StandIns {
    /// A phone and a mailbox.
    pub(crate) messages: Option<Arc<Sandbox>>,
    /// Chat rooms of the platforms that are not configured.
    pub(crate) chat: Option<Arc<ChatSandbox>>,
}

impl StandIns {
    async fn open(
        sandbox: bool, config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, base_url: &BaseUrl,
    ) -> anyhow::Result<Self> {
        if !sandbox {
            return Ok(Self::default());
        }
        let set = |platform: &ChatPlatform| match platform {
            ChatPlatform::Slack => config.slack.is_set(),
            ChatPlatform::Discord => config.discord.is_set(),
        };
        let free: Vec<_> = ChatPlatform::ALL.into_iter().filter(|platform| !set(platform)).collect();
        let chat = if free.is_empty() {
            None
        } else {
            Some(ChatSandbox::open(Arc::clone(&clock), Arc::clone(&ids), free).await?)
        };
        Ok(Self { messages: Some(Sandbox::open(clock, ids, base_url.as_str()).await?), chat })
    }
}

impl App {
    /// Opens everything in the folder, whose lock the caller holds.
    pub(crate) async fn open(
        config: Config, folder: &DataFolder, base_url: &BaseUrl, sandbox: bool,
    ) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let data = folder.path();
        let [events, vault, state] =
            [&config.store.events, &config.store.vault, &config.store.state].map(|s| s.path(data));
        let fresh = !events.exists() && !vault.exists();
        let keys = FileKeys::open(&config.keys.folder(data), fresh, Arc::clone(&clock), Arc::clone(&ids))?;
        let keys = Arc::new(keys);
        let master = keys.master()?;
        let (log, vault, state) = tokio::try_join!(
            SqliteLog::open(&events, Arc::clone(&clock)),
            SqliteVault::open(&vault, &master, Arc::clone(&clock), Arc::clone(&ids)),
            SqliteState::open(&state),
        )?;
        let parcels = SqliteParcels::open(&config.store.state.path(data), &master, Arc::clone(&ids)).await?;
        let watch = Watch::new(Arc::clone(&log) as Arc<dyn EventStore>, keys.folder());
        let restored = watch.recognise().await?;
        if restored {
            crate::restored::before_opening(&keys, vault.as_ref()).await?;
            remove_read_models(&folder.read_models())?;
        }
        let read_models = read_models(folder, &log, &vault, &keys, &clock).await?;
        let counted = CountedLog::new(Arc::clone(&log) as _);
        let ports = Ports {
            log: Arc::clone(&counted) as _,
            vault: Arc::clone(&vault) as _,
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            keys: Arc::clone(&keys) as _,
            budgets: Arc::clone(&state) as _,
            once: Arc::clone(&parcels) as _,
            parcels: Arc::clone(&parcels) as _,
            lookups: Arc::clone(&read_models) as _,
        };
        let use_cases = Arc::new(UseCases::new(ports, policy(&config, base_url, sandbox)));
        let stand_ins = StandIns::open(sandbox, &config, clock, ids, base_url).await?;
        let app = Self {
            config,
            folder: folder.clone(),
            keys,
            use_cases,
            read_models,
            stand_ins,
            log,
            counted,
            vault,
            watch,
            state,
            parcels,
        };
        if restored {
            crate::restored::after_opening(&app).await.context("a restored backup could not be completed")?;
        }
        Ok(app)
    }

    /// The senders of the channels that have one, counted.
    ///
    /// # Errors
    /// One sentence with the remedy, when a provider can't be used as it is configured.
    pub(crate) fn senders(&self, base_url: &BaseUrl) -> anyhow::Result<Vec<Arc<dyn Sender>>> {
        let senders: Vec<Arc<dyn Sender>> = match &self.stand_ins.messages {
            Some(sandbox) => {
                vec![Arc::new(Twilio::new(sandbox.twilio())?), sandbox.email(providers::brand(&self.config))?]
            }
            None => providers::senders(&self.config, base_url)?,
        };
        Ok(senders.into_iter().map(|sender| CountedSender::new(sender) as _).collect())
    }

    /// What reads the SMS vendor's calls.
    ///
    /// # Errors
    /// One sentence with the remedy, when the provider can't be used as it is configured.
    pub(crate) fn sms_hooks(&self, base_url: &BaseUrl) -> anyhow::Result<Option<Arc<dyn SmsHooks>>> {
        match &self.stand_ins.messages {
            Some(sandbox) => Ok(providers::hooks_of(&sandbox.twilio(), None)),
            None => providers::sms_hooks(&self.config, base_url),
        }
    }

    /// What one of several nodes does at a time.
    pub(crate) fn leases(&self) -> Arc<dyn Leases> {
        Arc::clone(&self.parcels) as _
    }

    /// Where the log ends.
    pub(crate) async fn head(&self) -> Result<Position, CliFailure> {
        self.log.head().await.map_err(|error| CliFailure::fault(&error))
    }

    /// Waits until the read models show at least what the log held at `position`.
    pub(crate) async fn caught_up(&self, position: Position) -> Result<(), CliFailure> {
        if self.read_models.position() < position {
            self.read_models.catch_up().await?;
        }
        Ok(())
    }

    /// Contacts by any part of their details, best match first.
    pub(crate) async fn search(&self, text: &str, limit: usize) -> Result<Vec<ContactId>, CliFailure> {
        Ok(self.read_models.search(text, limit).await?.into_iter().map(|contact| contact.id).collect())
    }

    /// Makes sure that no restore undoes an erasure.
    pub(crate) async fn after_erasure(&self) -> Result<(), CliFailure> {
        Ok(self.watch.advance().await?)
    }

    /// Closes everything; what was acknowledged is on disk already.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.watch.advance().await {
            tracing::warn!(error = %format!("{error:#}"), "the high-water mark could not be written");
        }
        self.read_models.close().await;
        self.parcels.close().await;
        self.state.close().await;
        self.vault.close().await;
        self.log.close().await;
    }
}

async fn read_models(
    folder: &DataFolder, log: &Arc<SqliteLog>, vault: &Arc<SqliteVault>, keys: &Arc<FileKeys>, clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<ReadModels>> {
    let (log, vault, keys) = (Arc::clone(log), Arc::clone(vault), Arc::clone(keys));
    Ok(ReadModels::open(&folder.read_models(), log as _, vault as _, keys as _, Arc::clone(clock)).await?)
}

fn policy(config: &Config, base_url: &BaseUrl, sandbox: bool) -> Policy {
    let Config { portal, links, sessions, twilio, limits, .. } = config;
    let channels = if sandbox { vec![Channel::Sms, Channel::Email] } else { providers::channels(config) };
    Policy {
        base_url: base_url.as_str().to_owned(),
        portal_name: portal.name.clone(),
        time_zone: portal.time_zone,
        locale: portal.locale.clone(),
        default_lifetime: links.default_lifetime(),
        max_lifetime: links.max_lifetime,
        max_live_per_contact: links.max_live_per_contact,
        require_reason: links.require_reason,
        replace_older: links.replace_older,
        reveal: links.reveal,
        reveal_in_chat: links.reveal_in_chat,
        contact_sessions: SessionLimits { idle: sessions.contact_idle, absolute: sessions.contact_absolute },
        staff_sessions: SessionLimits { idle: sessions.staff_idle, absolute: sessions.staff_absolute },
        contact_sends: limits.contact_sends.0,
        code_attempts: limits.code_attempts.iter().map(|rate| rate.0).collect(),
        staff_issues: (limits.staff_issues > 0)
            .then(|| Limit { most: limits.staff_issues, per: Lifetime::from_mins(1) }),
        sms_per_day: twilio.daily_cap.unwrap_or(limits.sms_per_day),
        sms_per_prefix: limits.sms_per_prefix.0,
        sms_countries: (!sandbox).then(|| twilio.allowed_countries()),
        sms_keyword: twilio.keyword.clone(),
        look_up_after: twilio.look_up_after,
        support_contact: portal.support_contact.clone(),
        channels: channels.into_iter().collect(),
    }
}

/// Removes the read models' file with what SQLite keeps beside it.
pub(crate) fn remove_read_models(path: &Path) -> anyhow::Result<()> {
    for suffix in ["", "-wal", "-shm", "-unsynced"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        remove(Path::new(&name)).context("the read models could not be removed")?;
    }
    Ok(())
}
