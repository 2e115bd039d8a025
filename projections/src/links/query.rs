//! Links, listed and shown, with their state at the instant of the answer.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::id::{ContactId, LinkId, StaffId, SubjectId};
use magiclink_domain::link::{Channel, Destination, LinkKind, LinkRevokedWhy, LinkStatus};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::{Reason, Slug};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::models::ReadModels;
use crate::read::{Listed, at, bad, count, one_more, parse, unavailable};
use crate::sealed::Openings;

/// Whom a link or session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectView {
    /// A contact.
    Contact(ContactId),
    /// A staff member.
    Staff(StaffId),
}

impl SubjectView {
    pub(crate) fn new(subject: SubjectId, of_staff: bool) -> Self {
        if of_staff {
            Self::Staff(StaffId::from_uuid(subject.uuid()))
        } else {
            Self::Contact(ContactId::from_uuid(subject.uuid()))
        }
    }

    /// The contact, unless it is a staff member.
    #[must_use]
    pub fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(contact) => Some(contact),
            Self::Staff(_) => None,
        }
    }
}

/// A magic link as lists and pages show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// Which link.
    pub id: LinkId,
    /// Whom it signs in.
    pub subject: SubjectView,
    /// Where it leads.
    pub destination: Destination,
    /// What for.
    pub kind: LinkKind,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Refused from this instant on.
    pub expires_at: Timestamp,
    /// How many redemptions it allows.
    pub max_uses: u8,
    /// How many there were.
    pub uses: u8,
    /// Whether it works. A link whose contact's admission number has risen, or whose key has ended, counts as revoked.
    pub status: LinkStatus,
    /// Why it was revoked, once that is written down.
    pub revoked: Option<LinkRevokedWhy>,
    /// Who made it.
    pub issued_by: Actor,
    /// Through which door.
    pub origin: Origin,
    /// Why, in staff's words.
    pub reason: Option<Personal<Reason>>,
    /// It was shown to staff, to be handed over.
    pub revealed: bool,
    /// When a person first opened its page.
    pub opened_at: Option<Timestamp>,
    /// When it was last redeemed.
    pub redeemed_at: Option<Timestamp>,
}

/// Which links to list; contacts' alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkFilter {
    /// Those of one contact.
    pub contact: Option<ContactId>,
    /// Those in one state.
    pub status: Option<LinkStatus>,
}

/// Where a list of links goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkCursor {
    /// When the last one shown was made.
    pub issued_at: Timestamp,
    /// The last one shown.
    pub id: LinkId,
}

// ?1 is the instant of the answer, ?2 the keys that verify. In the order of the domain's own rule.
macro_rules! links_where {
    ($($rest:tt)*) => {
        concat!(
            "select * from (select *, case
                 when revoked is not null then 'revoked' when uses >= max_uses then 'used'
                 when expires_at_us <= ?1 then 'expired' when behind = 1 then 'revoked'
                 when key_id not in (select value from json_each(?2)) then 'revoked' else 'live' end as status
             from links) as links ",
            $($rest)*
        )
    };
}

// Of one fate, as the index tells it, and sent as `$sent` says; the state says the rest.
macro_rules! links_of_fate {
    ($fate:literal, $sent:literal) => {
        links_where!(
            "where (case when revoked is not null then 2 when uses >= max_uses then 1 else 0 end) = ",
            $fate,
            $sent,
            " and of_staff = 0 and (issued_at_us, id) < (?4, ?5) and (?3 is null or status = ?3)
             order by issued_at_us desc, id desc limit ?7"
        )
    };
}

macro_rules! links_of_fates {
    ($sent:literal, $first:literal $(, $fate:literal)*) => {
        concat!(
            "select * from (",
            links_of_fate!($first, $sent),
            $(") union all select * from (", links_of_fate!($fate, $sent),)*
            ") order by issued_at_us desc, id desc limit ?7"
        )
    };
}

// Those that count as revoked before that is written down are among the links of no fate.
macro_rules! links_in_state {
    ($status:expr, $sent:literal, $all:expr) => {
        match $status {
            None => $all,
            Some(LinkStatus::Live | LinkStatus::Expired) => links_of_fate!("0", $sent),
            Some(LinkStatus::Used) => links_of_fate!("1", $sent),
            Some(LinkStatus::Revoked) => links_of_fates!($sent, "2", "0"),
        }
    };
}

/// Links of every contact, or those of them that were to be sent over this channel.
pub(crate) const fn everybodys(status: Option<LinkStatus>, channel: Option<Channel>) -> &'static str {
    match channel {
        None => links_in_state!(
            status,
            "",
            links_where!(
                "where of_staff = 0 and (issued_at_us, id) < (?4, ?5) order by issued_at_us desc, id desc limit ?7"
            )
        ),
        Some(Channel::Email) => {
            links_in_state!(status, " and emailed = 1", links_of_fates!(" and emailed = 1", "2", "1", "0"))
        }
        Some(Channel::Sms) => {
            links_in_state!(status, " and texted = 1", links_of_fates!(" and texted = 1", "2", "1", "0"))
        }
    }
}

pub(crate) const LATEST_LIVE: &str = "
    select *, 'live' as status
    from (select * from links where of_staff = 0 order by issued_at_us desc, id desc limit 300) as links
    where revoked is null and uses < max_uses and expires_at_us > ?1 and behind = 0
        and key_id in (select value from json_each(?2))
    order by issued_at_us desc, id desc limit ?3";

pub(crate) const LONGEST_LIVE: &str = "
    select *, 'live' as status from links
    where revoked is null and uses < max_uses and expires_at_us > ?1 and behind = 0 and of_staff = 0
        and key_id in (select value from json_each(?2))
    order by expires_at_us desc limit ?3";

impl ReadModels {
    /// The link as last projected; `None` for an unknown id.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn link(&self, link: LinkId) -> Result<Option<LinkView>, Unavailable> {
        let rows = sqlx::query(links_where!("where id = ?3"))
            .bind(self.now().micros())
            .bind(self.verifying_keys())
            .bind(link.to_string())
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        Ok(self.link_views(&rows).await?.pop())
    }

    /// Links of contacts, newest first, at most `limit`, going on after a cursor.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn links(
        &self, filter: LinkFilter, after: Option<LinkCursor>, limit: usize,
    ) -> Result<Listed<LinkView, LinkCursor>, Unavailable> {
        self.links_sent(filter, None, after, limit).await
    }

    /// The same, of links that were to be sent over this channel alone.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn links_sent(
        &self, filter: LinkFilter, channel: Option<Channel>, after: Option<LinkCursor>, limit: usize,
    ) -> Result<Listed<LinkView, LinkCursor>, Unavailable> {
        let sql = match filter.contact {
            Some(_) => links_where!(
                "where subject = ?6 and of_staff = 0 and (issued_at_us, id) < (?4, ?5) and (?3 is null or status = ?3)
                 and (?8 is null or iif(?8 = 'email', emailed, texted) = 1)
                 order by issued_at_us desc, id desc limit ?7"
            ),
            None => everybodys(filter.status, channel),
        };
        let rows = sqlx::query(sql)
            .bind(self.now().micros())
            .bind(self.verifying_keys())
            .bind(filter.status.map(LinkStatus::as_str))
            .bind(after.map_or(i64::MAX, |after| after.issued_at.micros()))
            .bind(after.map_or_else(String::new, |after| after.id.to_string()))
            .bind(filter.contact.map(|contact| contact.to_string()))
            .bind(one_more(limit))
            .bind(channel.map(Channel::as_str))
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let views = self.link_views(&rows).await?;
        Ok(Listed::of(views, limit, |view| LinkCursor { issued_at: view.issued_at, id: view.id }))
    }

    /// Contacts' links that work, newest first, at most `limit`. However many links there are, a bounded number of them is
    /// looked at: the latest made, then those that last longest.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn latest_live_links(&self, limit: usize) -> Result<Vec<LinkView>, Unavailable> {
        let mut live: Vec<LinkView> = vec![];
        for sql in [LATEST_LIVE, LONGEST_LIVE] {
            if live.len() >= limit {
                break;
            }
            let rows = sqlx::query(sql)
                .bind(self.now().micros())
                .bind(self.verifying_keys())
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
            for view in self.link_views(&rows).await? {
                if !live.iter().any(|known| known.id == view.id) {
                    live.push(view);
                }
            }
        }
        live.sort_by_key(|view| std::cmp::Reverse((view.issued_at, view.id)));
        live.truncate(limit);
        Ok(live)
    }

    async fn link_views(&self, rows: &[SqliteRow]) -> Result<Vec<LinkView>, Unavailable> {
        let reasons: Vec<Option<String>> =
            rows.iter().map(|row| row.try_get("reason")).collect::<Result<_, _>>().map_err(unavailable)?;
        let keys = Openings::of(self.vault(), reasons.iter().map(Option::as_ref)).await?;
        rows.iter().zip(&reasons).map(|(row, reason)| view(row, reason.as_ref(), &keys)).collect()
    }
}

fn view(row: &SqliteRow, reason: Option<&String>, keys: &Openings) -> Result<LinkView, Unavailable> {
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(unavailable);
    let number = |column: &'static str| row.try_get::<i64, _>(column).map_err(unavailable);
    let time = |column: &'static str| row.try_get::<Option<i64>, _>(column).map(|us| us.map(at)).map_err(unavailable);
    let subject = parse("subject", &text("subject")?)?;
    let revoked: Option<String> = row.try_get("revoked").map_err(unavailable)?;
    Ok(LinkView {
        id: parse("id", &text("id")?)?,
        subject: SubjectView::new(subject, number("of_staff")? == 1),
        destination: destination(text("destination")?),
        kind: LinkKind::from_word(&text("kind")?).ok_or_else(|| bad("kind"))?,
        issued_at: at(number("issued_at_us")?),
        expires_at: at(number("expires_at_us")?),
        max_uses: count("max_uses", number("max_uses")?)?,
        uses: count("uses", number("uses")?)?,
        status: status(&text("status")?)?,
        revoked: revoked.map(|word| LinkRevokedWhy::from_word(&word).ok_or_else(|| bad("revoked"))).transpose()?,
        issued_by: parse("issued_by", &text("issued_by")?)?,
        origin: parse("origin", &text("origin")?)?,
        reason: reason.map(|_| keys.reason(reason)),
        revealed: number("revealed")? == 1,
        opened_at: time("opened_at_us")?,
        redeemed_at: time("redeemed_at_us")?,
    })
}

fn destination(word: String) -> Destination {
    if word == "home" { Destination::Home } else { Destination::Offering(Slug::stored(word)) }
}

fn status(word: &str) -> Result<LinkStatus, Unavailable> {
    let all = [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];
    all.into_iter().find(|status| status.as_str() == word).ok_or_else(|| bad("status"))
}
