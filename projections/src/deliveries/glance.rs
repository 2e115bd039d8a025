//! Deliveries at a glance: what waits, and what wants somebody's attention, per channel.
//!
//! Apart from the lists because metrics ask all the time, and `doctor` asks the file beside a running server.

use std::collections::BTreeMap;
use std::path::Path;

use magiclink_domain::link::Channel;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::models::ReadModels;
use crate::read::{at, bad, count, unavailable};

/// What waits for an attempt, or for an attempt's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// How many.
    pub length: u64,
    /// When the oldest of them was asked for.
    pub oldest: Timestamp,
}

/// One channel at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelGlance {
    /// What waits.
    pub queue: Option<Queue>,
    /// The provider's code, and in plain words, for which the latest of them were put off.
    pub put_off: Option<(String, String)>,
    /// How many may not have been sent.
    pub maybe_sent: u64,
    /// How many failed.
    pub failed: u64,
}

const QUEUES: &str = "
    select channel, count(*), min(requested_at_us) from deliveries where state in ('queued', 'sending') group by channel";

const TROUBLE: &str = "
    select channel, sum(state = 'maybe_sent'), sum(state = 'failed') from deliveries
    where state in ('failed', 'maybe_sent') and requested_at_us >= ?1 group by channel";

const PUT_OFF: &str = "
    select channel, code, words, max(attempted_at_us) from deliveries
    where state in ('queued', 'sending') and code is not null group by channel";

impl ReadModels {
    /// What waits, per channel; a channel for which nothing waits is left out.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn delivery_queues(&self) -> Result<BTreeMap<Channel, Queue>, Unavailable> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as(QUEUES).fetch_all(self.readers()).await.map_err(unavailable)?;
        rows.iter().map(queue).collect()
    }
}

fn queue((name, length, oldest): &(String, i64, i64)) -> Result<(Channel, Queue), Unavailable> {
    Ok((channel(name)?, Queue { length: count("length", *length)?, oldest: at(*oldest) }))
}

fn channel(word: &str) -> Result<Channel, Unavailable> {
    Channel::from_word(word).ok_or_else(|| bad("channel"))
}

/// Looks into the file of the read models at `path` without changing it: what waits, and what failed or may not have been
/// sent of what was asked for since `since`. As far as the file has taken in the log.
///
/// # Errors
/// [`Unavailable`] when there is no such file, or it can't be read.
pub async fn glance_at_deliveries(
    path: &Path, since: Timestamp,
) -> Result<BTreeMap<Channel, ChannelGlance>, Unavailable> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(unavailable)?;
    let glance = look(&mut connection, since).await;
    connection.close().await.map_err(unavailable)?;
    glance
}

async fn look(
    connection: &mut SqliteConnection, since: Timestamp,
) -> Result<BTreeMap<Channel, ChannelGlance>, Unavailable> {
    let mut channels: BTreeMap<Channel, ChannelGlance> = BTreeMap::new();
    let queues: Vec<(String, i64, i64)> =
        sqlx::query_as(QUEUES).fetch_all(&mut *connection).await.map_err(unavailable)?;
    for (channel, found) in queues.iter().map(queue).collect::<Result<Vec<_>, _>>()? {
        channels.entry(channel).or_default().queue = Some(found);
    }
    let trouble: Vec<(String, i64, i64)> =
        sqlx::query_as(TROUBLE).bind(since.micros()).fetch_all(&mut *connection).await.map_err(unavailable)?;
    for (name, maybe_sent, failed) in trouble {
        let glance = channels.entry(channel(&name)?).or_default();
        (glance.maybe_sent, glance.failed) = (count("maybe_sent", maybe_sent)?, count("failed", failed)?);
    }
    let put_off: Vec<(String, String, Option<String>, Option<i64>)> =
        sqlx::query_as(PUT_OFF).fetch_all(&mut *connection).await.map_err(unavailable)?;
    for (name, code, words, _) in put_off {
        channels.entry(channel(&name)?).or_default().put_off = Some((code, words.unwrap_or_default()));
    }
    Ok(channels)
}
