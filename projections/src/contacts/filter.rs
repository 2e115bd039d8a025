//! Lists of those contacts alone of whom something holds.
//!
//! Apart from the other queries because each question has its own way through the tables: what few answer to is found by an
//! index; for what has none, only so many contacts are looked at for one page, and the list says where to go on.

use std::collections::HashSet;

use magiclink_domain::id::ContactId;
use magiclink_domain::ports::Unavailable;

use super::query::{ContactCursor, ContactPhase, ContactView};
use crate::models::ReadModels;
use crate::read::{Listed, at, one_more, parse, texts, unavailable};

/// What holds of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactFilter {
    /// In the portal: a live grant.
    InPortal,
    /// In the portal, and never signed in.
    Invited,
    /// Not in the portal.
    Outside,
    /// Their number takes no text messages.
    OptedOut,
    /// No e-mail address on file.
    NoEmail,
    /// No phone number on file.
    NoPhone,
}

impl ContactFilter {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::InPortal, Self::Invited, Self::Outside, Self::OptedOut, Self::NoEmail, Self::NoPhone];

    /// Its word, in addresses of pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InPortal => "in",
            Self::Invited => "invited",
            Self::Outside => "out",
            Self::OptedOut => "opted-out",
            Self::NoEmail => "no-email",
            Self::NoPhone => "no-phone",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.as_str() == word)
    }
}

/// Contacts looked at for one page, where no index leads to those that are meant.
const LOOK: i64 = 20_000;
/// Of so many that a search finds, those are shown of whom it holds.
const FOUND: usize = 2_000;

macro_rules! holds {
    (InPortal) => {
        "exists (select 1 from portal_members where contact_id = contacts.id and until_us > ?1)"
    };
    (Invited) => {
        "exists (select 1 from portal_members where contact_id = contacts.id and until_us > ?1 and signed_in = 0)"
    };
    (Outside) => {
        "not exists (select 1 from portal_members where contact_id = contacts.id and until_us > ?1)"
    };
    (OptedOut) => {
        "?1 is not null and contacts.phone_index in (select phone_index from opted_out_numbers)"
    };
    (NoEmail) => {
        "?1 is not null and contacts.email_index is null"
    };
    (NoPhone) => {
        "?1 is not null and contacts.phone_index is null"
    };
}

/// A page by looking at contacts one after another.
macro_rules! looking {
    ($filter:ident) => {
        concat!(
            "select contacts.id, contacts.added_at_us from (
                 select id, added_at_us from contacts where phase = 'present' and (added_at_us, id) < (?2, ?3)
                 order by added_at_us desc, id desc limit ?5) as contacts
             where ",
            holds!($filter),
            " order by contacts.added_at_us desc, contacts.id desc limit ?4"
        )
    };
}

/// A page by an index of those that are meant. A sign of plus before `added` keeps the planner from going by age.
macro_rules! leading {
    ($from:literal, $added:literal, $filter:ident) => {
        concat!(
            "select contacts.id, contacts.added_at_us from ",
            $from,
            " where contacts.phase = 'present' and (",
            $added,
            ", contacts.id) < (?2, ?3) and ?5 > 0 and ",
            holds!($filter),
            " order by ",
            $added,
            " desc, contacts.id desc limit ?4"
        )
    };
}

/// Those among some.
macro_rules! among {
    ($filter:ident) => {
        concat!(
            "select contacts.id from contacts where phase = 'present' and id in (select value from json_each(?2)) and ",
            holds!($filter)
        )
    };
}

/// The statement of a page, and whether it looks at contacts one after another.
const fn page(filter: ContactFilter) -> (&'static str, bool) {
    match filter {
        ContactFilter::InPortal => (looking!(InPortal), true),
        ContactFilter::Invited => (looking!(Invited), true),
        ContactFilter::Outside => (looking!(Outside), true),
        ContactFilter::OptedOut => (leading!("contacts", "+contacts.added_at_us", OptedOut), false),
        ContactFilter::NoEmail => {
            (leading!("contacts indexed by contacts_without_email", "contacts.added_at_us", NoEmail), false)
        }
        ContactFilter::NoPhone => {
            (leading!("contacts indexed by contacts_without_phone", "contacts.added_at_us", NoPhone), false)
        }
    }
}

const fn among(filter: ContactFilter) -> &'static str {
    match filter {
        ContactFilter::InPortal => among!(InPortal),
        ContactFilter::Invited => among!(Invited),
        ContactFilter::Outside => among!(Outside),
        ContactFilter::OptedOut => among!(OptedOut),
        ContactFilter::NoEmail => among!(NoEmail),
        ContactFilter::NoPhone => among!(NoPhone),
    }
}

impl ReadModels {
    /// Contacts of whom `filter` holds now, newest first, at most `limit`, going on after a cursor. There may be fewer on a
    /// page although there is a next one, even none.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn contacts_that(
        &self, filter: ContactFilter, after: Option<ContactCursor>, limit: usize,
    ) -> Result<Listed<ContactView, ContactCursor>, Unavailable> {
        let (statement, looks) = page(filter);
        let rows: Vec<(String, i64)> = sqlx::query_as(statement)
            .bind(self.now().micros())
            .bind(added(after))
            .bind(id(after))
            .bind(one_more(limit))
            .bind(LOOK)
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let cursors = rows.iter().map(|(id, added)| cursor(id, *added)).collect::<Result<Vec<_>, _>>()?;
        let listed = Listed::of(cursors, limit, |cursor| *cursor);
        let next = match listed.next {
            None if looks => self.last_looked_at(after).await?,
            next => next,
        };
        let ids: Vec<ContactId> = listed.items.iter().map(|cursor| cursor.id).collect();
        Ok(Listed { items: self.contacts_by_id(&ids).await?, next })
    }

    /// The contacts that `query` finds and of whom `filter` holds now, best match first.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn search_that(
        &self, filter: ContactFilter, query: &str, limit: usize,
    ) -> Result<Vec<ContactView>, Unavailable> {
        let mut found = self.found(query, FOUND).await?;
        let holds: Vec<String> = sqlx::query_scalar(among(filter))
            .bind(self.now().micros())
            .bind(texts(&found)?)
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let holds = holds.iter().map(|id| parse("id", id)).collect::<Result<HashSet<ContactId>, _>>()?;
        found.retain(|contact| holds.contains(contact));
        found.truncate(limit);
        let mut views = self.contacts_by_id(&found).await?;
        views.retain(|view| view.phase == ContactPhase::Present);
        Ok(views)
    }

    /// The last contact that a page looked at, if there are more.
    async fn last_looked_at(&self, after: Option<ContactCursor>) -> Result<Option<ContactCursor>, Unavailable> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "select id, added_at_us from contacts where phase = 'present' and (added_at_us, id) < (?1, ?2)
             order by added_at_us desc, id desc limit 1 offset ?3",
        )
        .bind(added(after))
        .bind(id(after))
        .bind(LOOK - 1)
        .fetch_optional(self.readers())
        .await
        .map_err(unavailable)?;
        row.map(|(id, added)| cursor(&id, added)).transpose()
    }
}

fn cursor(id: &str, added: i64) -> Result<ContactCursor, Unavailable> {
    Ok(ContactCursor { added_at: at(added), id: parse("id", id)? })
}

fn added(after: Option<ContactCursor>) -> i64 {
    after.map_or(i64::MAX, |after| after.added_at.micros())
}

fn id(after: Option<ContactCursor>) -> String {
    after.map_or_else(String::new, |after| after.id.to_string())
}
