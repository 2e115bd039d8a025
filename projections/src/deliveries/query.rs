//! Deliveries of a link, and those that need somebody's attention.

use magiclink_domain::actor::Actor;
use magiclink_domain::id::{DeliveryId, LinkId, SubjectId};
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::models::ReadModels;
use crate::read::{at, bad, count, parse, parse_opt, texts, unavailable};
use crate::sealed::Openings;

/// One sending of one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryView {
    /// Which sending.
    pub id: DeliveryId,
    /// Of which link.
    pub link: LinkId,
    /// Whom the link is for.
    pub subject: Option<SubjectId>,
    /// How.
    pub channel: Channel,
    /// E-mail address or E.164 number.
    pub to: Personal<String>,
    /// `queued`, `sending`, `sent`, `delivered`, `failed`, `maybe_sent` or `cancelled`.
    pub state: String,
    /// How many attempts began.
    pub attempts: u32,
    /// Who asked for it.
    pub requested_by: Actor,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the last attempt began.
    pub attempted_at: Option<Timestamp>,
    /// When it is tried again, where it waits for that.
    pub due_at: Option<Timestamp>,
    /// When its outcome was noted.
    pub settled_at: Option<Timestamp>,
    /// The provider's code of a failure, or of the reason for waiting.
    pub code: Option<String>,
    /// The code in plain words, or why it was cancelled.
    pub words: Option<String>,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Those in this state, by its word.
    pub state: Option<&'static str>,
    /// Those over this channel.
    pub channel: Option<Channel>,
    /// Those asked for since then.
    pub since: Option<Timestamp>,
}

impl ReadModels {
    /// One delivery.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn delivery(&self, delivery: DeliveryId) -> Result<Option<DeliveryView>, Unavailable> {
        let rows = sqlx::query("select * from deliveries where id = ?1")
            .bind(delivery.to_string())
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        Ok(self.delivery_views(&rows).await?.pop())
    }

    /// Deliveries, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn deliveries_listed(
        &self, filter: &DeliveryFilter, limit: usize,
    ) -> Result<Vec<DeliveryView>, Unavailable> {
        let rows = sqlx::query(
            "select * from deliveries
             where (?1 is null or state = ?1) and (?2 is null or channel = ?2) and requested_at_us >= coalesce(?3, 0)
             order by requested_at_us desc, id desc limit ?4",
        )
        .bind(filter.state)
        .bind(filter.channel.map(Channel::as_str))
        .bind(filter.since.map(Timestamp::micros))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        self.delivery_views(&rows).await
    }

    /// The deliveries of a link, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn deliveries(&self, link: LinkId) -> Result<Vec<DeliveryView>, Unavailable> {
        self.deliveries_of(&[link]).await
    }

    /// The deliveries of several links, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn deliveries_of(&self, links: &[LinkId]) -> Result<Vec<DeliveryView>, Unavailable> {
        let rows = sqlx::query(
            "select * from deliveries where link_id in (select value from json_each(?1)) order by requested_at_us, id",
        )
        .bind(texts(links)?)
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        self.delivery_views(&rows).await
    }

    /// Deliveries that failed or may not have been sent, asked for since `since`, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn deliveries_in_trouble(
        &self, since: Timestamp, limit: usize,
    ) -> Result<Vec<DeliveryView>, Unavailable> {
        let rows = sqlx::query(
            "select * from deliveries where state in ('failed', 'maybe_sent') and requested_at_us >= ?1
             order by requested_at_us desc, id desc limit ?2",
        )
        .bind(since.micros())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        self.delivery_views(&rows).await
    }

    async fn delivery_views(&self, rows: &[SqliteRow]) -> Result<Vec<DeliveryView>, Unavailable> {
        let targets: Vec<Option<String>> =
            rows.iter().map(|row| row.try_get("target")).collect::<Result<_, _>>().map_err(unavailable)?;
        let keys = Openings::of(self.vault(), targets.iter().map(Option::as_ref)).await?;
        rows.iter().zip(&targets).map(|(row, target)| view(row, target.as_ref(), &keys)).collect()
    }
}

fn view(row: &SqliteRow, target: Option<&String>, keys: &Openings) -> Result<DeliveryView, Unavailable> {
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(unavailable);
    let text_opt = |column: &'static str| row.try_get::<Option<String>, _>(column).map_err(unavailable);
    let number = |column: &'static str| row.try_get::<i64, _>(column).map_err(unavailable);
    let time = |column: &'static str| row.try_get::<Option<i64>, _>(column).map(|us| us.map(at)).map_err(unavailable);
    Ok(DeliveryView {
        id: parse("id", &text("id")?)?,
        link: parse("link_id", &text("link_id")?)?,
        subject: parse_opt("subject", text_opt("subject")?.as_ref())?,
        channel: Channel::from_word(&text("channel")?).ok_or_else(|| bad("channel"))?,
        to: keys.target(target),
        state: text("state")?,
        attempts: count("attempts", number("attempts")?)?,
        requested_by: parse("requested_by", &text("requested_by")?)?,
        requested_at: at(number("requested_at_us")?),
        attempted_at: time("attempted_at_us")?,
        due_at: time("due_at_us")?,
        settled_at: time("settled_at_us")?,
        code: text_opt("code")?,
        words: text_opt("words")?,
    })
}
