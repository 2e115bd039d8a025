//! The dashboard's figures.

use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::{Lifetime, Timestamp};

use crate::models::ReadModels;
use crate::read::{count, unavailable};

/// The dashboard's figures at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardView {
    /// Contacts that are not erased.
    pub contacts: u64,
    /// Contacts with a live grant who never signed in.
    pub invited: u64,
    /// Contacts who signed in within 30 days.
    pub active: u64,
    /// Contacts' links that work.
    pub live_links: u64,
    /// Deliveries that failed, asked for within 30 days.
    pub failed_deliveries: u64,
    /// Deliveries that may not have been sent, asked for within 30 days.
    pub maybe_sent_deliveries: u64,
    /// Sign-ins of contacts on each of the days asked for.
    pub logins: Vec<u64>,
}

const COUNTS: &str = "
    select
        (select count(*) from contacts where phase = 'present'),
        (select count(*) from (select distinct contact_id from grants where until_us is null or until_us > ?1) as granted
         where not exists (select 1 from signed_in_contacts as signed_in
             where signed_in.contact_id = granted.contact_id)),
        (select count(*) from signed_in_contacts where last_us >= ?2),
        (select count(*) from links
         where revoked is null and expires_at_us > ?1 and uses < max_uses and behind = 0 and of_staff = 0
             and key_id in (select value from json_each(?3))),
        (select count(*) from deliveries where state = 'failed' and requested_at_us >= ?2),
        (select count(*) from deliveries where state = 'maybe_sent' and requested_at_us >= ?2)";

impl ReadModels {
    /// The figures now, with the sign-ins of days that begin at `days` (in the reader's zone, ascending); the last one
    /// is open-ended. [`utc_days`] gives the last 30.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn dashboard(&self, days: &[Timestamp]) -> Result<DashboardView, Unavailable> {
        let now = self.now();
        let month_ago = now.micros().saturating_sub(Lifetime::from_days(30).micros());
        let counts: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(COUNTS)
            .bind(now.micros())
            .bind(month_ago)
            .bind(self.verifying_keys())
            .fetch_one(self.readers())
            .await
            .map_err(unavailable)?;
        Ok(DashboardView {
            contacts: count("contacts", counts.0)?,
            invited: count("invited", counts.1)?,
            active: count("active", counts.2)?,
            live_links: count("live_links", counts.3)?,
            failed_deliveries: count("failed", counts.4)?,
            maybe_sent_deliveries: count("maybe_sent", counts.5)?,
            logins: self.logins(days).await?,
        })
    }

    async fn logins(&self, days: &[Timestamp]) -> Result<Vec<u64>, Unavailable> {
        let mut logins = vec![0_u64; days.len()];
        let Some(first) = days.first() else { return Ok(logins) };
        let rows: Vec<(i64, i64)> = sqlx::query_as("select quarter_us, count from sign_ins where quarter_us >= ?1")
            .bind(first.micros())
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        for (quarter, number) in rows {
            let day = days.partition_point(|day| day.micros() <= quarter);
            if let Some(logins) = day.checked_sub(1).and_then(|day| logins.get_mut(day)) {
                *logins += count::<u64>("count", number)?;
            }
        }
        Ok(logins)
    }
}

/// The beginnings of the last `days` days up to the one of `now`, in UTC.
#[must_use]
pub fn utc_days(now: Timestamp, days: u16) -> Vec<Timestamp> {
    const DAY_US: i64 = 86_400_000_000;
    let today = now.micros().div_euclid(DAY_US);
    (0..i64::from(days)).rev().map(|ago| Timestamp::from_micros((today - ago) * DAY_US)).collect()
}
