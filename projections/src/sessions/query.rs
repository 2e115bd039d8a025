//! Who is signed in, on which device.

use magiclink_domain::id::{SessionId, StaffId, SubjectId};
use magiclink_domain::link::{Client, EndedWhy, Method};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;

use crate::links::SubjectView;
use crate::models::ReadModels;
use crate::read::{at, bad, count, parse, parse_opt, unavailable};
use crate::sealed::Openings;

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Which session.
    pub id: SessionId,
    /// Who is signed in.
    pub subject: SubjectView,
    /// The device's own words (user agent) and its address.
    pub client: Personal<Client>,
    /// By the button or by the code.
    pub method: Method,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used; noted at most once a day.
    pub last_seen: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// The staff member whose console was open in the same browser.
    pub beside: Option<StaffId>,
    /// Why it ended, if it did.
    pub ended: Option<EndedWhy>,
}

type Row = (String, i64, String, bool, String, i64, i64, i64, Option<String>, Option<String>, Option<String>);

macro_rules! sessions_where {
    ($rest:literal) => {
        concat!(
            "select link_id, use_number, subject, of_staff, method, started_at_us, seen_at_us, expires_at_us, beside,
                 client, ended
             from sessions ",
            $rest
        )
    };
}

impl ReadModels {
    /// The open sessions of a contact or staff member, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn sessions(&self, subject: impl Into<SubjectId>) -> Result<Vec<SessionView>, Unavailable> {
        let rows: Vec<Row> = sqlx::query_as(sessions_where!(
            "where subject = ?1 and ended is null and behind = 0 and expires_at_us > ?2 and not exists (
                 select 1 from links where id = link_id and key_id in (select value from json_each(?3)))
             order by started_at_us desc, link_id, use_number desc"
        ))
        .bind(subject.into().to_string())
        .bind(self.now().micros())
        .bind(self.ended_keys())
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        self.session_views(rows).await
    }

    /// The session as last projected, ended or not; `None` for an unknown id.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn session(&self, session: SessionId) -> Result<Option<SessionView>, Unavailable> {
        let rows: Vec<Row> =
            sqlx::query_as(sessions_where!("where link_id = ?1 and use_number = ?2 and subject is not null"))
                .bind(session.link.to_string())
                .bind(i64::from(session.use_number))
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
        Ok(self.session_views(rows).await?.pop())
    }

    async fn session_views(&self, rows: Vec<Row>) -> Result<Vec<SessionView>, Unavailable> {
        let keys = Openings::of(self.vault(), rows.iter().map(|row| row.9.as_ref())).await?;
        rows.iter().map(|row| view(row, &keys)).collect()
    }
}

fn view(row: &Row, keys: &Openings) -> Result<SessionView, Unavailable> {
    let (link, number, subject, of_staff, method, since, seen, expires, beside, client, ended) = row;
    let ended = ended.as_ref().map(|word| EndedWhy::from_word(word).ok_or_else(|| bad("ended")));
    Ok(SessionView {
        id: SessionId { link: parse("link_id", link)?, use_number: count("use_number", *number)? },
        subject: SubjectView::new(parse("subject", subject)?, *of_staff),
        client: keys.client(client.as_ref()),
        method: Method::from_word(method).ok_or_else(|| bad("method"))?,
        since: at(*since),
        last_seen: at(*seen),
        expires_at: at(*expires),
        beside: parse_opt("beside", beside.as_ref())?,
        ended: ended.transpose()?,
    })
}
