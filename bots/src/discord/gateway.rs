//! The gateway: interactions over a websocket that we open, for installations that Discord can't reach.
//!
//! Apart from the hooks because there is no signature: the bot's token is the proof. The connection itself is serenity's
//! ([`Session`]); here is watched over it, and a new one is made where it does not come back, is refused, or has another
//! token now. Nothing here is waited for by anybody else: while Discord is away, links are made and sent all the same.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Discord;
use super::api::ApiError;
use super::incoming::Interaction;
use super::session::{Heard, Refusal, Session};

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// The first wait before connecting anew; each further one is twice as long.
    pub(super) first: Duration,
    pub(super) longest: Duration,
    /// How long a lost connection has to come back by itself.
    pub(super) grace: Duration,
    /// How often is looked at the connection, and at the token.
    pub(super) look: Duration,
    /// How long a refusal is taken for granted while the token stays the same.
    pub(super) refused: Duration,
}

impl Timing {
    /// What Discord heard in the meantime is answered too late after three seconds: a resumed session is worth no longer wait.
    pub(super) const USUAL: Self = Self {
        first: Duration::from_secs(1),
        longest: Duration::from_mins(1),
        grace: Duration::from_secs(5),
        look: Duration::from_secs(1),
        refused: Duration::from_hours(1),
    };
}

/// How the gateway stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not connected, and on the way there.
    Down,
    /// Connected.
    Open,
    /// Discord wants no connection from this bot.
    Refused,
    /// Discord begins no more sessions for this bot today.
    Spent,
}

impl Standing {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Down, Self::Open, Self::Refused, Self::Spent];

    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Spent => "spent",
        }
    }
}

/// Why a connection ended, or was not made.
#[derive(Debug)]
enum Ended {
    /// The token is another one now.
    Renewed,
    /// It did not come back, or there was none to be had.
    Lost(String),
    /// Discord wants none from this bot.
    Refused(Refusal),
    /// No session may be begun before.
    Spent(Duration),
}

impl Discord {
    /// Keeps a connection to the gateway open until `stop`.
    pub async fn keep_listening(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        self.listen(Timing::USUAL, stop).await;
    }

    pub(super) async fn listen(self: Arc<Self>, timing: Timing, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let mut wait = timing.first;
        loop {
            let token = self.secrets.secrets().bot_token.clone();
            let opened = tokio::select! { opened = self.open(&token) => opened, () = &mut stop => return };
            let ended = match opened {
                Ok(mut session) => {
                    let served = tokio::select! {
                        served = self.serve(&mut session, &token, timing) => Some(served),
                        () = &mut stop => None,
                    };
                    self.stands(Standing::Down);
                    if session.was_connected {
                        wait = timing.first;
                    }
                    session.close().await;
                    let Some(ended) = served else { return };
                    ended
                }
                Err(ended) => ended,
            };
            let (standing, rest) = told(&ended, self.spread(wait), timing);
            self.stands(standing);
            if matches!(ended, Ended::Lost(_)) {
                wait = (wait * 2).min(timing.longest);
            }
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = self.renewed(&token, timing.look) => wait = timing.first,
                () = &mut stop => return,
            }
            self.stands(Standing::Down);
        }
    }

    async fn open(&self, token: &str) -> Result<Session, Ended> {
        let gateway = self.api.gateway().await.map_err(|error| match error {
            ApiError::Unauthorised => Ended::Refused(Refusal::Token),
            ApiError::Unreachable(_) | ApiError::Refused { .. } => Ended::Lost(error.to_string()),
        })?;
        if gateway.remaining == 0 {
            return Err(Ended::Spent(gateway.reset_after));
        }
        Session::open(self.api.base().as_str(), gateway.url, token).await.map_err(Ended::Lost)
    }

    /// Serves one connection to its end.
    async fn serve(self: &Arc<Self>, session: &mut Session, token: &str, timing: Timing) -> Ended {
        let mut look = interval(timing.look);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connected = Instant::now();
        loop {
            tokio::select! {
                heard = session.heard() => match heard {
                    Ok(heard) => self.hear(session, heard).await,
                    Err(None) => return Ended::Lost("the connection is gone".to_owned()),
                    Err(Some(refusal)) => return Ended::Refused(refusal),
                },
                _ = look.tick() => {
                    if self.secrets.secrets().bot_token != token {
                        return Ended::Renewed;
                    }
                    if session.is_connected().await {
                        connected = Instant::now();
                        self.stands(Standing::Open);
                    } else if connected.elapsed() > timing.grace {
                        return Ended::Lost("the connection did not come back by itself".to_owned());
                    } else {
                        self.stands(Standing::Down);
                    }
                }
            }
        }
    }

    async fn hear(self: &Arc<Self>, session: &mut Session, heard: Heard) {
        match heard {
            Heard::Ready { resume_at } => {
                session.was_connected = true;
                if self.api.is_gateway(&resume_at) {
                    session.resume_at(resume_at).await;
                }
                self.stands(Standing::Open);
                tracing::info!("discord's gateway is open");
            }
            Heard::Resumed => {
                tracing::info!("discord's gateway was resumed");
            }
            Heard::Interaction(event) => self.take(event),
        }
    }

    /// Answers one interaction, beside all others.
    fn take(self: &Arc<Self>, event: Value) {
        let Some(interaction) = Interaction::read(event) else {
            tracing::warn!("an interaction of discord can't be read");
            return;
        };
        let discord = Arc::clone(self);
        self.tasks.spawn(async move {
            let (id, token) = (interaction.id.clone(), interaction.token.clone());
            // One that came before is answered by whoever took it first.
            let Some(answered) = discord.answer(interaction).await else { return };
            match discord.api.callback(&id, &token, &answered.first).await {
                Ok(()) => discord.carry_on(answered.then),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "an answer did not reach discord in time");
                }
            }
        });
    }

    /// How the gateway stands, now and from now on.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    fn stands(&self, standing: Standing) {
        self.standing.send_if_modified(|before| std::mem::replace(before, standing) != standing);
    }

    /// Returns once there is another token.
    async fn renewed(&self, token: &str, look: Duration) {
        while self.secrets.secrets().bot_token == token {
            tokio::time::sleep(look).await;
        }
    }

    /// Between half of the wait and all of it, so that nodes do not come back all at once.
    fn spread(&self, wait: Duration) -> Duration {
        let random = u32::from(self.talk.use_cases().ports().ids.id().as_bytes()[15]);
        wait / 2 + wait / 2 * random / 255
    }
}

/// Says why a connection ended; how things stand then, and how long to wait before the next.
fn told(ended: &Ended, wait: Duration, timing: Timing) -> (Standing, Duration) {
    match ended {
        Ended::Renewed => {
            tracing::info!("the bot's token was changed: discord's gateway is opened anew");
            (Standing::Down, Duration::ZERO)
        }
        Ended::Lost(why) => {
            tracing::warn!(why, "discord's gateway is down; trying again in {wait:.1?}");
            (Standing::Down, wait)
        }
        Ended::Refused(refusal) => {
            tracing::error!(refusal = refusal.code(), "discord's gateway is closed to us: {}", refusal.remedy());
            (Standing::Refused, timing.refused)
        }
        Ended::Spent(wait) => {
            tracing::error!("discord begins no more sessions for this bot today; trying again in {wait:.0?}");
            (Standing::Spent, *wait)
        }
    }
}
