//! What the policy asks: who is meant, and whose turn it is.

use magiclink_domain::bulk::Segment;
use magiclink_domain::id::{BulkId, ContactId};
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::ports::{BulkWork, Unavailable};
use magiclink_domain::time::Timestamp;

use crate::models::ReadModels;
use crate::read::{at, count, parse, unavailable};

const SEGMENT: &str = "
    select id from contacts
    where phase = 'present'
        and exists (select 1 from grants where contact_id = contacts.id and (until_us is null or until_us > ?1)
            and (?2 is null or offering = ?2))
        and ((?3 = 0 and ?4 = 0) or not exists (select 1 from signed_in_contacts where contact_id = contacts.id))
        and (?4 = 0 or exists (select 1 from links where subject = contacts.id and of_staff = 0))
        and (?5 is null or exists (
            select 1 from bulk_sends as bulk
            join bulk_links as made on made.bulk_id = bulk.id and made.contact_id = contacts.id
            join links on links.id = made.link_id
            where bulk.id = ?5 and links.uses = 0 and not exists (select 1 from signed_in_contacts
                where contact_id = contacts.id and last_us >= bulk.started_at_us)))
        and (?6 is null or exists (select 1 from contact_tags where tag_index = ?6 and contact_id = contacts.id))
    order by added_at_us, id";

impl ReadModels {
    pub(crate) async fn contacts_of_segment(
        &self, segment: &Segment, tag: Option<BlindIndex>, now: Timestamp,
    ) -> Result<Vec<ContactId>, Unavailable> {
        let rows: Vec<String> = sqlx::query_scalar(SEGMENT)
            .bind(now.micros())
            .bind(segment.offering.as_ref().map(ToString::to_string))
            .bind(segment.never_signed_in)
            .bind(segment.unused)
            .bind(segment.unused_of.map(|bulk| bulk.to_string()))
            .bind(tag.map(|tag| tag.to_string()))
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        rows.iter().map(|id| parse("id", id)).collect()
    }

    pub(crate) async fn bulk_sends_not_ended(&self) -> Result<Vec<BulkId>, Unavailable> {
        let rows: Vec<String> =
            sqlx::query_scalar("select id from bulk_sends where ended is null order by started_at_us, id")
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
        rows.iter().map(|id| parse("id", id)).collect()
    }

    pub(crate) async fn work_of_bulk_send(&self, bulk: BulkId, limit: usize) -> Result<BulkWork, Unavailable> {
        let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
            "select recipients.contact_id, signed_in.last_us from bulk_recipients as recipients
             left join signed_in_contacts as signed_in on signed_in.contact_id = recipients.contact_id
             where recipients.bulk_id = ?1 and recipients.skipped is null and not exists (
                 select 1 from bulk_links as made
                 where made.bulk_id = recipients.bulk_id and made.contact_id = recipients.contact_id)
             order by recipients.nth limit ?2",
        )
        .bind(bulk.to_string())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let queued: i64 = sqlx::query_scalar(
            "select count(*) from deliveries
             where state in ('queued', 'sending') and link_id in (select link_id from bulk_links where bulk_id = ?1)",
        )
        .bind(bulk.to_string())
        .fetch_one(self.readers())
        .await
        .map_err(unavailable)?;
        let next = |(contact, last): &(String, Option<i64>)| Ok((parse("contact_id", contact)?, last.map(at)));
        Ok(BulkWork {
            next: rows.iter().map(next).collect::<Result<_, Unavailable>>()?,
            queued: count("queued", queued)?,
        })
    }
}
