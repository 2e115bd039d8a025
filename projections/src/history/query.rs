//! The login history, filtered, newest first.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::id::{ContactId, DeliveryId, LinkId, SessionId, SubjectId};
use magiclink_domain::link::{Channel, Client};
use magiclink_domain::log::Position;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::Reason;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::kind::HistoryKind;
use crate::links::SubjectView;
use crate::models::ReadModels;
use crate::read::{Listed, at, bad, count, one_more, parse, parse_opt, unavailable};
use crate::sealed::Openings;

/// One line of the login history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its event's place in the log.
    pub position: Position,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: HistoryKind,
    /// Whom it is about.
    pub subject: Option<SubjectView>,
    /// Of which link.
    pub link: Option<LinkId>,
    /// Of which session.
    pub session: Option<SessionId>,
    /// Of which delivery.
    pub delivery: Option<DeliveryId>,
    /// How that delivery travels.
    pub channel: Option<Channel>,
    /// Who acted.
    pub actor: Actor,
    /// Through which door.
    pub origin: Origin,
    /// How and why; nothing personal.
    pub detail: Value,
    /// From where, of an opening, redemption or refusal.
    pub client: Option<Personal<Client>>,
    /// In staff's words, of an issue or revocation.
    pub reason: Option<Personal<Reason>>,
    /// Where to, of a requested delivery.
    pub to: Option<Personal<String>>,
}

/// Which lines to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// About this contact or staff member.
    pub subject: Option<SubjectId>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Of this kind.
    pub kind: Option<HistoryKind>,
}

impl HistoryFilter {
    /// Everything about one contact.
    #[must_use]
    pub fn of(contact: ContactId) -> Self {
        Self { subject: Some(contact.into()), ..Self::default() }
    }
}

// A statement each, so that each can follow its own index.
macro_rules! history_where {
    ($which:literal) => {
        concat!(
            "select history.*, links.of_staff as of_staff, deliveries.channel as channel
             from history left join links on links.id = history.link_id
                 left join deliveries on deliveries.id = history.delivery_id
             where ",
            $which,
            " and (history.at_us, history.position) < (?2, ?3) and history.at_us >= ?4
             order by history.at_us desc, history.position desc limit ?6"
        )
    };
}

/// The question about one subject or everybody, about one kind of line or all.
pub(crate) const fn statement(of_subject: bool, of_kind: bool) -> &'static str {
    match (of_subject, of_kind) {
        (true, _) => history_where!("history.subject = ?1 and (?5 is null or history.kind = ?5)"),
        (false, true) => history_where!("?1 is null and history.kind = ?5"),
        (false, false) => history_where!("?1 is null and ?5 is null"),
    }
}

impl ReadModels {
    /// The login history, newest first, at most `limit`, going on before the line of a position.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn history(
        &self, filter: &HistoryFilter, before: Option<Position>, limit: usize,
    ) -> Result<Listed<HistoryItem, Position>, Unavailable> {
        let sql = statement(filter.subject.is_some(), filter.kind.is_some());
        let (at, position) = self.history_bound(filter.until, before).await?;
        let rows = sqlx::query(sql)
            .bind(filter.subject.map(|subject| subject.to_string()))
            .bind(at)
            .bind(position)
            .bind(filter.since.map_or(i64::MIN, Timestamp::micros))
            .bind(filter.kind.map(HistoryKind::as_str))
            .bind(one_more(limit))
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let sealed: Vec<Option<String>> =
            rows.iter().map(|row| row.try_get("sealed")).collect::<Result<_, _>>().map_err(unavailable)?;
        let keys = Openings::of(self.vault(), sealed.iter().map(Option::as_ref)).await?;
        let items: Result<Vec<_>, _> =
            rows.iter().zip(&sealed).map(|(row, sealed)| item(row, sealed.as_ref(), &keys)).collect();
        Ok(Listed::of(items?, limit, |item| item.position))
    }

    /// Time and position before which lines lie: those of the line shown last, or the end of the time asked for.
    async fn history_bound(
        &self, until: Option<Timestamp>, before: Option<Position>,
    ) -> Result<(i64, i64), Unavailable> {
        let until = until.map_or((i64::MAX, i64::MAX), |until| (until.micros(), i64::MIN));
        let Some(before) = before else { return Ok(until) };
        let before = i64::try_from(before.get()).unwrap_or(i64::MAX);
        let last: Option<i64> =
            sqlx::query_scalar("select at_us from history where position <= ?1 order by position desc limit 1")
                .bind(before)
                .fetch_optional(self.readers())
                .await
                .map_err(unavailable)?;
        // Nothing lies before the first line.
        Ok(last.map_or((i64::MIN, i64::MIN), |at| until.min((at, before))))
    }
}

fn item(row: &SqliteRow, sealed: Option<&String>, keys: &Openings) -> Result<HistoryItem, Unavailable> {
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(unavailable);
    let text_opt = |column: &'static str| row.try_get::<Option<String>, _>(column).map_err(unavailable);
    let number = |column: &'static str| row.try_get::<i64, _>(column).map_err(unavailable);
    let kind: HistoryKind = text("kind")?.parse().map_err(unavailable)?;
    let of_staff: Option<bool> = row.try_get("of_staff").map_err(unavailable)?;
    let subject: Option<SubjectId> = parse_opt("subject", text_opt("subject")?.as_ref())?;
    let link: Option<LinkId> = parse_opt("link_id", text_opt("link_id")?.as_ref())?;
    let use_number: Option<i64> = row.try_get("use_number").map_err(unavailable)?;
    let use_number: Option<u8> = use_number.map(|number| count("use_number", number)).transpose()?;
    let channel = text_opt("channel")?.map(|word| Channel::from_word(&word).ok_or_else(|| bad("channel")));
    let from_browser = matches!(kind, HistoryKind::Opened | HistoryKind::Redeemed | HistoryKind::Refused);
    let in_words = matches!(kind, HistoryKind::Issued | HistoryKind::Revoked) && sealed.is_some();
    Ok(HistoryItem {
        position: Position::new(count("position", number("position")?)?),
        at: at(number("at_us")?),
        kind,
        subject: subject.map(|subject| SubjectView::new(subject, of_staff.unwrap_or_default())),
        link,
        session: link.zip(use_number).map(|(link, use_number)| SessionId { link, use_number }),
        delivery: parse_opt("delivery_id", text_opt("delivery_id")?.as_ref())?,
        channel: channel.transpose()?,
        actor: parse("actor", &text("actor")?)?,
        origin: parse("origin", &text("origin")?)?,
        detail: serde_json::from_str(&text("detail")?).map_err(unavailable)?,
        client: from_browser.then(|| keys.client(sealed)),
        reason: in_words.then(|| keys.reason(sealed)),
        to: (kind == HistoryKind::DeliveryRequested).then(|| keys.target(sealed)),
    })
}
