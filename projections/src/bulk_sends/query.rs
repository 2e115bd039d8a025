//! Bulk sends, listed and shown, and what came of each recipient at the instant of the answer.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::bulk::{BulkStatus, Segment, Words};
use magiclink_domain::id::{BulkId, ContactId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::value::Slug;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::models::ReadModels;
use crate::read::{Listed, at, bad, count, one_more, parse, parse_opt, unavailable};
use crate::sealed::Openings;

/// What came of one recipient, the furthest first: who signed in has opened the link, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BulkResult {
    /// Signed in with the link.
    SignedIn,
    /// A person opened the link's page.
    Opened,
    /// The message arrived.
    Delivered,
    /// The provider took the message.
    Sent,
    /// The answer was lost.
    MaybeSent,
    /// The message is being sent.
    Sending,
    /// The message waits for the provider.
    Queued,
    /// The contact's turn has not come.
    Waiting,
    /// The message could not be delivered.
    Failed,
    /// Something no longer allowed it right before sending.
    Cancelled,
    /// A rule refused.
    Skipped,
}

impl BulkResult {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::SignedIn,
        Self::Opened,
        Self::Delivered,
        Self::Sent,
        Self::MaybeSent,
        Self::Sending,
        Self::Queued,
        Self::Waiting,
        Self::Failed,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// The shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Opened => "opened",
            Self::Delivered => "delivered",
            Self::Sent => "sent",
            Self::MaybeSent => "maybe_sent",
            Self::Sending => "sending",
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == word)
    }
}

/// A bulk send as lists and pages show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkSendView {
    /// Which one.
    pub id: BulkId,
    /// When it was started.
    pub started_at: Timestamp,
    /// By whom.
    pub started_by: Actor,
    /// Through which door.
    pub origin: Origin,
    /// Who was meant.
    pub segment: Segment,
    /// Tag and reason, where one was given.
    pub words: Option<Personal<Words>>,
    /// Over which channels, the first that reached each.
    pub channels: Vec<Channel>,
    /// How long each link lives.
    pub lifetime: Lifetime,
    /// How many messages were confirmed.
    pub messages: u32,
    /// Where it stands.
    pub status: BulkStatus,
    /// Why it was stopped, if it was: `asked`, `starter_gone`, `interrupted`.
    pub stopped: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How many recipients came to what.
    pub results: Vec<(BulkResult, u32)>,
}

impl BulkSendView {
    /// How many recipients came to this.
    #[must_use]
    pub fn number(&self, result: BulkResult) -> u32 {
        self.results.iter().find(|(found, _)| *found == result).map_or(0, |(_, number)| *number)
    }

    /// How many of the confirmed messages have had their turn.
    #[must_use]
    pub fn done(&self) -> u32 {
        self.messages.saturating_sub(self.number(BulkResult::Waiting))
    }
}

/// What came of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    /// Who.
    pub contact: ContactId,
    /// What to call them; erased with them.
    pub name: Personal<String>,
    /// What came of it.
    pub result: BulkResult,
    /// The word of the rule that refused, or the provider's code.
    pub code: Option<String>,
    /// The code in plain words, where the provider gave one.
    pub words: Option<String>,
    /// The link, once made.
    pub link: Option<LinkId>,
    /// Over which channel it was sent.
    pub channel: Option<Channel>,
    /// When that was asked for.
    pub requested_at: Option<Timestamp>,
    nth: i64,
}

/// Where a list of recipients goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkCursor(
    /// The place of the last one shown.
    pub i64,
);

macro_rules! results {
    ($select:literal, $rest:literal) => {
        concat!(
            "with results as (
                 select recipients.bulk_id, recipients.contact_id, recipients.nth, made.link_id, sent.channel,
                     sent.requested_at_us, coalesce(recipients.skipped, sent.code) as code,
                     iif(recipients.skipped is null, sent.words, null) as words,
                     case when links.redeemed_at_us is not null then 'signed_in'
                         when links.opened_at_us is not null then 'opened'
                         when made.link_id is not null then coalesce(sent.state, 'queued')
                         when recipients.skipped is not null then 'skipped' else 'waiting' end as result
                 from bulk_recipients as recipients
                 left join bulk_links as made
                     on made.bulk_id = recipients.bulk_id and made.contact_id = recipients.contact_id
                 left join links on links.id = made.link_id
                 left join deliveries as sent on sent.id = (select id from deliveries
                     where deliveries.link_id = made.link_id order by requested_at_us desc, id desc limit 1)
                 where recipients.bulk_id = ?1) ",
            $select,
            " ",
            $rest
        )
    };
}

impl ReadModels {
    /// Bulk sends, newest first, `limit` at most.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn bulk_sends(
        &self, after: Option<BulkId>, limit: usize,
    ) -> Result<Listed<BulkSendView, BulkId>, Unavailable> {
        let rows = sqlx::query(
            "select * from bulk_sends
             where ?1 is null or (started_at_us, id) < (select started_at_us, id from bulk_sends where id = ?1)
             order by started_at_us desc, id desc limit ?2",
        )
        .bind(after.map(|after| after.to_string()))
        .bind(one_more(limit))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let views = self.bulk_views(&rows).await?;
        Ok(Listed::of(views, limit, |view| view.id))
    }

    /// The bulk send as last projected; `None` for an unknown id.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn bulk_send(&self, bulk: BulkId) -> Result<Option<BulkSendView>, Unavailable> {
        let rows = sqlx::query("select * from bulk_sends where id = ?1")
            .bind(bulk.to_string())
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        Ok(self.bulk_views(&rows).await?.pop())
    }

    /// Recipients in the order of sending, those refused at once first; `limit` at most, going on after a cursor.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn bulk_rows(
        &self, bulk: BulkId, result: Option<BulkResult>, after: Option<BulkCursor>, limit: usize,
    ) -> Result<Listed<BulkRow, BulkCursor>, Unavailable> {
        let rows = sqlx::query(results!(
            "select results.*, contacts.details from results left join contacts on contacts.id = results.contact_id",
            "where results.nth > ?2 and (?3 is null or results.result = ?3) order by results.nth limit ?4"
        ))
        .bind(bulk.to_string())
        .bind(after.map_or(-1, |after| after.0))
        .bind(result.map(BulkResult::as_str))
        .bind(one_more(limit))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let details: Vec<Option<String>> =
            rows.iter().map(|row| row.try_get("details")).collect::<Result<_, _>>().map_err(unavailable)?;
        let keys = Openings::of(self.vault(), details.iter().map(Option::as_ref)).await?;
        let views = rows.iter().zip(&details).map(|(row, details)| recipient(row, details.as_ref(), &keys));
        Ok(Listed::of(views.collect::<Result<_, _>>()?, limit, |row| BulkCursor(row.nth)))
    }

    async fn bulk_views(&self, rows: &[SqliteRow]) -> Result<Vec<BulkSendView>, Unavailable> {
        let words: Vec<Option<String>> =
            rows.iter().map(|row| row.try_get("words")).collect::<Result<_, _>>().map_err(unavailable)?;
        let keys = Openings::of(self.vault(), words.iter().map(Option::as_ref)).await?;
        let mut views = vec![];
        for (row, words) in rows.iter().zip(&words) {
            let mut view = view(row)?;
            view.words = words.as_ref().map(|_| keys.words(words.as_ref()));
            view.results = self.bulk_results(view.id).await?;
            views.push(view);
        }
        Ok(views)
    }

    async fn bulk_results(&self, bulk: BulkId) -> Result<Vec<(BulkResult, u32)>, Unavailable> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as(results!("select result, count(*) from results", "group by result"))
                .bind(bulk.to_string())
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
        let mut results = vec![];
        for (word, number) in rows {
            results.push((BulkResult::from_word(&word).ok_or_else(|| bad("result"))?, count("count", number)?));
        }
        results.sort_unstable();
        Ok(results)
    }
}

fn view(row: &SqliteRow) -> Result<BulkSendView, Unavailable> {
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(unavailable);
    let text_opt = |column: &'static str| row.try_get::<Option<String>, _>(column).map_err(unavailable);
    let number = |column: &'static str| row.try_get::<i64, _>(column).map_err(unavailable);
    let ended = text_opt("ended")?;
    let (listed, messages) = (number("listed")?, number("messages")?);
    let status = match ended.as_deref() {
        Some("finished") => BulkStatus::Finished,
        Some(_) => BulkStatus::Stopped,
        None if number("paused")? == 1 => BulkStatus::Paused,
        None if listed >= messages => BulkStatus::Running,
        None => BulkStatus::Starting,
    };
    let channels = text("channels")?;
    let channel = |word: &str| Channel::from_word(word).ok_or_else(|| bad("channels"));
    Ok(BulkSendView {
        id: parse("id", &text("id")?)?,
        started_at: at(number("started_at_us")?),
        started_by: parse("started_by", &text("started_by")?)?,
        origin: parse("origin", &text("origin")?)?,
        segment: Segment {
            never_signed_in: number("never_signed_in")? == 1,
            unused: number("unused")? == 1,
            unused_of: parse_opt("unused_of", text_opt("unused_of")?.as_ref())?,
            offering: text_opt("offering")?.map(Slug::stored),
        },
        words: None,
        channels: channels.split(',').filter(|word| !word.is_empty()).map(channel).collect::<Result<_, _>>()?,
        lifetime: Lifetime::from_secs(count("lifetime_s", number("lifetime_s")?)?),
        messages: count("messages", messages)?,
        status,
        stopped: ended.filter(|word| word != "finished"),
        ended_at: row.try_get::<Option<i64>, _>("ended_at_us").map_err(unavailable)?.map(at),
        results: vec![],
    })
}

fn recipient(row: &SqliteRow, details: Option<&String>, keys: &Openings) -> Result<BulkRow, Unavailable> {
    let text = |column: &'static str| row.try_get::<Option<String>, _>(column).map_err(unavailable);
    let channel = text("channel")?;
    Ok(BulkRow {
        contact: parse("contact_id", &text("contact_id")?.unwrap_or_default())?,
        name: match keys.details(details) {
            Personal::Known(details) => Personal::Known(details.name.to_string()),
            Personal::Erased => Personal::Erased,
        },
        result: BulkResult::from_word(&text("result")?.unwrap_or_default()).ok_or_else(|| bad("result"))?,
        code: text("code")?,
        words: text("words")?,
        link: parse_opt("link_id", text("link_id")?.as_ref())?,
        channel: channel.map(|word| Channel::from_word(&word).ok_or_else(|| bad("channel"))).transpose()?,
        requested_at: row.try_get::<Option<i64>, _>("requested_at_us").map_err(unavailable)?.map(at),
        nth: row.try_get("nth").map_err(unavailable)?,
    })
}
