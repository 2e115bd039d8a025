//! The domain's questions to the read models ([`Lookups`]): candidates for the streams to decide on.
//!
//! Apart from the queries of the interfaces because use cases and policies ask these.

use std::fmt::Display;
use std::str::FromStr;

use async_trait::async_trait;
use magiclink_domain::bulk::Segment;
use magiclink_domain::id::{BulkId, ContactId, LinkId, SessionId, SubjectId};
use magiclink_domain::keys::{BlindIndex, Keyring};
use magiclink_domain::link::Channel;
use magiclink_domain::log::Position;
use magiclink_domain::ports::{BulkWork, DueDelivery, DueNotice, LeftBehind, Lookups, Unavailable};
use magiclink_domain::time::Timestamp;
use sqlx::Sqlite;
use sqlx::query::{QueryAs, QueryScalar};
use sqlx::sqlite::SqliteArguments;

use crate::models::ReadModels;
use crate::read::{at, count, most, numbers, parse, unavailable};

/// What the blind index of an e-mail address is made for.
pub const EMAIL: &str = "email";
/// What the blind index of a phone number is made for.
pub const PHONE: &str = "phone";
/// What the blind index of an external id is made for.
pub const EXTERNAL_ID: &str = "external_id";

#[async_trait]
impl Lookups for ReadModels {
    async fn contacts_by_address(
        &self, address: BlindIndex, limit: usize, beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable> {
        if let Err(error) = self.passed(beyond).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "contacts added lately are not found by their address"
            );
        }
        self.contacts_by_index(address, limit).await
    }

    async fn live_links(
        &self, subject: SubjectId, now: Timestamp, self_service: bool, beyond: Position,
    ) -> Result<Vec<LinkId>, Unavailable> {
        self.passed(beyond).await?;
        let asked = sqlx::query_scalar(
            "select id from links
             where subject = ?1 and revoked is null and uses < max_uses and expires_at_us > ?2 and behind = 0
                 and (?3 or kind <> 'self_service') and key_id in (select value from json_each(?4))
             order by issued_at_us desc, id desc",
        )
        .bind(subject.to_string())
        .bind(now.micros())
        .bind(self_service)
        .bind(self.verifying_keys());
        self.ids(asked).await
    }

    async fn open_sessions(
        &self, subject: SubjectId, now: Timestamp, beyond: Position,
    ) -> Result<Vec<SessionId>, Unavailable> {
        self.passed(beyond).await?;
        let asked = sqlx::query_as(
            "select link_id, use_number from sessions
             where subject = ?1 and ended is null and expires_at_us > ?2 and not exists (
                 select 1 from links where id = link_id and key_id in (select value from json_each(?3)))
             order by started_at_us desc, link_id, use_number desc",
        )
        .bind(subject.to_string())
        .bind(now.micros())
        .bind(self.ended_keys());
        self.sessions_asked(asked).await
    }

    async fn due_deliveries(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable> {
        let asked = sqlx::query_as(
            "select link_id, id, iif(state = 'sending', attempted_at_us, null) from deliveries
             where channel = ?1 and state in ('queued', 'sending')
                 and iif(state = 'sending', attempted_at_us <= ?3, coalesce(due_at_us, 0) <= ?2)
             order by requested_at_us, id limit ?4",
        )
        .bind(channel.as_str())
        .bind(now.micros())
        .bind(lost_before.micros())
        .bind(most(limit));
        self.deliveries_asked(asked).await
    }

    async fn unanswered_deliveries(
        &self, channel: Channel, since: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable> {
        let asked = sqlx::query_as(
            "select link_id, id, attempted_at_us from deliveries
             where channel = ?1 and state = 'maybe_sent' and attempted_at_us >= ?2
             order by attempted_at_us desc, id limit ?3",
        )
        .bind(channel.as_str())
        .bind(since.micros())
        .bind(most(limit));
        self.deliveries_asked(asked).await
    }

    async fn due_notices(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueNotice>, Unavailable> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select contact_id, id from notices
             where channel = ?1 and (state = 'waiting' and since_us <= ?2 or state = 'sending' and since_us <= ?3)
             order by since_us, id limit ?4",
        )
        .bind(channel.as_str())
        .bind(now.micros())
        .bind(lost_before.micros())
        .bind(most(limit))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let due = |(contact, notice): &(String, String)| {
            Ok(DueNotice { contact: parse("contact_id", contact)?, notice: parse("id", notice)? })
        };
        rows.iter().map(due).collect()
    }

    async fn left_behind(&self, now: Timestamp, limit: usize) -> Result<LeftBehind, Unavailable> {
        let limit = most(limit);
        let links = sqlx::query_scalar(
            "select id from links
             where behind = 1 and revoked is null and expires_at_us > ?1 and uses < max_uses
             order by expires_at_us, id limit ?2",
        )
        .bind(now.micros())
        .bind(limit);
        let sessions = sqlx::query_as(
            "select link_id, use_number from sessions
             where behind = 1 and ended is null and expires_at_us > ?1
             order by expires_at_us, link_id, use_number limit ?2",
        )
        .bind(now.micros())
        .bind(limit);
        Ok(LeftBehind { links: self.ids(links).await?, sessions: self.sessions_asked(sessions).await? })
    }

    async fn left_by_keys(
        &self, keyring: &Keyring, now: Timestamp, limit: usize, beyond: Position,
    ) -> Result<LeftBehind, Unavailable> {
        self.passed(beyond).await?;
        let limit = most(limit);
        let links = sqlx::query_scalar(
            "select id from links
             where key_id not in (select value from json_each(?1)) and revoked is null and expires_at_us > ?2
                 and uses < max_uses
             order by expires_at_us, id limit ?3",
        )
        .bind(numbers(keyring.key_ids()))
        .bind(now.micros())
        .bind(limit);
        let sessions = sqlx::query_as(
            "select link_id, use_number from sessions
             where ended is null and expires_at_us > ?2 and exists (
                 select 1 from links where id = link_id and key_id in (select value from json_each(?1)))
             order by expires_at_us, link_id, use_number limit ?3",
        )
        .bind(numbers(keyring.ended_with_sessions()))
        .bind(now.micros())
        .bind(limit);
        Ok(LeftBehind { links: self.ids(links).await?, sessions: self.sessions_asked(sessions).await? })
    }

    async fn segment(
        &self, segment: &Segment, tag: Option<BlindIndex>, now: Timestamp, beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable> {
        self.passed(beyond).await?;
        self.contacts_of_segment(segment, tag, now).await
    }

    async fn open_bulk_sends(&self) -> Result<Vec<BulkId>, Unavailable> {
        self.bulk_sends_not_ended().await
    }

    async fn bulk_work(&self, bulk: BulkId, limit: usize, beyond: Position) -> Result<BulkWork, Unavailable> {
        self.passed(beyond).await?;
        self.work_of_bulk_send(bulk, limit).await
    }

    async fn erasures_pending(&self, limit: usize) -> Result<Vec<ContactId>, Unavailable> {
        let asked =
            sqlx::query_scalar("select id from contacts where phase = 'erasing' order by added_at_us, id limit ?1")
                .bind(most(limit));
        self.ids(asked).await
    }
}

type Ids<'q> = QueryScalar<'q, Sqlite, String, SqliteArguments>;
type Sessions<'q> = QueryAs<'q, Sqlite, (String, i64), SqliteArguments>;
type Deliveries<'q> = QueryAs<'q, Sqlite, (String, String, Option<i64>), SqliteArguments>;

/// The answers, row by row.
impl ReadModels {
    async fn ids<T: FromStr>(&self, asked: Ids<'_>) -> Result<Vec<T>, Unavailable>
    where
        T::Err: Display,
    {
        let rows = asked.fetch_all(self.readers()).await.map_err(unavailable)?;
        rows.iter().map(|id| parse("id", id)).collect()
    }

    async fn sessions_asked(&self, asked: Sessions<'_>) -> Result<Vec<SessionId>, Unavailable> {
        let rows = asked.fetch_all(self.readers()).await.map_err(unavailable)?;
        rows.iter().map(session).collect()
    }

    async fn deliveries_asked(&self, asked: Deliveries<'_>) -> Result<Vec<DueDelivery>, Unavailable> {
        let rows = asked.fetch_all(self.readers()).await.map_err(unavailable)?;
        rows.iter().map(due).collect()
    }
}

fn session((link, use_number): &(String, i64)) -> Result<SessionId, Unavailable> {
    Ok(SessionId { link: parse("link_id", link)?, use_number: count("use_number", *use_number)? })
}

fn due((link, delivery, attempted_at): &(String, String, Option<i64>)) -> Result<DueDelivery, Unavailable> {
    let (link, delivery) = (parse("link_id", link)?, parse("id", delivery)?);
    Ok(DueDelivery { link, delivery, attempted_at: attempted_at.map(at) })
}
