//! Contacts, listed, found and shown.

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;

use crate::access::{self, GrantView};
use crate::directory::Change;
use crate::lookups::{EMAIL, EXTERNAL_ID, PHONE};
use crate::models::ReadModels;
use crate::read::{Listed, at, bad, one_more, parse, texts, unavailable};
use crate::sealed::Openings;

/// Where a contact's life stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactPhase {
    /// Known to the business.
    Present,
    /// Erasure was asked for.
    Erasing,
    /// Erased.
    Erased,
}

/// A contact as lists and pages show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactView {
    /// Which contact.
    pub id: ContactId,
    /// Who they are.
    pub details: Personal<Details>,
    /// Where their life stands.
    pub phase: ContactPhase,
    /// At least one live grant, at the instant of the answer.
    pub in_portal: bool,
    /// Their number takes no text messages.
    pub sms_opted_out: bool,
    /// What they may see, by title; ended grants stay until revoked.
    pub grants: Vec<GrantView>,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in: Option<Timestamp>,
}

/// Where a list of contacts goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactCursor {
    /// When the last one shown was added.
    pub added_at: Timestamp,
    /// The last one shown.
    pub id: ContactId,
}

type Row = (String, Option<String>, String, i64, bool, Option<i64>);

macro_rules! contacts_where {
    ($rest:literal) => {
        concat!(
            "select contacts.id, contacts.details, contacts.phase, contacts.added_at_us,
                 exists (select 1 from opted_out_numbers as numbers where numbers.phone_index = contacts.phone_index),
                 signed_in_contacts.last_us
             from contacts left join signed_in_contacts on signed_in_contacts.contact_id = contacts.id ",
            $rest
        )
    };
}

impl ReadModels {
    /// The contact as last projected, erased ones too; `None` for an unknown id.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn contact(&self, contact: ContactId) -> Result<Option<ContactView>, Unavailable> {
        Ok(self.contacts_by_id(&[contact]).await?.pop())
    }

    /// Contacts that are not erased, newest first, at most `limit`, going on after a cursor.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn contacts(
        &self, after: Option<ContactCursor>, limit: usize,
    ) -> Result<Listed<ContactView, ContactCursor>, Unavailable> {
        let rows: Vec<Row> = sqlx::query_as(contacts_where!(
            "where contacts.phase = 'present' and (contacts.added_at_us, contacts.id) < (?1, ?2)
             order by contacts.added_at_us desc, contacts.id desc limit ?3"
        ))
        .bind(after.map_or(i64::MAX, |after| after.added_at.micros()))
        .bind(after.map_or_else(String::new, |after| after.id.to_string()))
        .bind(one_more(limit))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let views = self.views(rows).await?;
        Ok(Listed::of(views, limit, |view| ContactCursor { added_at: view.created_at, id: view.id }))
    }

    /// The contacts that `query` finds by any part of name, e-mail, phone or external id, best match first; several
    /// words must all be found. Waits until the directory has been loaded after a start.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<ContactView>, Unavailable> {
        let found = self.found(query, limit).await?;
        let mut views = self.contacts_by_id(&found).await?;
        views.retain(|view| view.phase == ContactPhase::Present);
        Ok(views)
    }

    /// Those that the directory finds.
    pub(super) async fn found(&self, query: &str, limit: usize) -> Result<Vec<ContactId>, Unavailable> {
        let query = query.to_owned();
        self.directory().ask(move |directory| directory.search(&query, limit)).await
    }

    /// The contacts whose name or e-mail address is a few slips of the finger away from `query`, nearest first: for when
    /// [`ReadModels::search`] finds nobody.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn similar(&self, query: &str, limit: usize) -> Result<Vec<ContactView>, Unavailable> {
        let query = query.to_owned();
        let found = self.directory().ask(move |directory| directory.similar(&query, limit)).await?;
        let mut views = self.contacts_by_id(&found).await?;
        views.retain(|view| view.phase == ContactPhase::Present);
        Ok(views)
    }

    /// The contacts with exactly this e-mail address, phone number or external id, oldest first: what people mean by
    /// `ana@example.com`, `+14155550100` or `crm-000001`. `text` is compared as given, so it is normalised by its
    /// value type before.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn contacts_by_text(&self, text: &str, limit: usize) -> Result<Vec<ContactId>, Unavailable> {
        let keyring = self.keyring();
        let index = |purpose: &str| keyring.blind_index(purpose, text);
        let mut found = self.contacts_by_external_id(index(EXTERNAL_ID)).await?;
        for index in [index(EMAIL), index(PHONE)] {
            for contact in self.contacts_by_index(index, limit).await? {
                if !found.contains(&contact) {
                    found.push(contact);
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The contact that holds this external id (one, but for the moment of an erasure).
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn contacts_by_external_id(&self, external_id: BlindIndex) -> Result<Vec<ContactId>, Unavailable> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select id from contacts where external_id_index = ?1 and phase = 'present' order by added_at_us, id",
        )
        .bind(external_id.to_string())
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        rows.iter().map(|id| parse("id", id)).collect()
    }

    /// Contacts with this e-mail address or phone number, oldest first.
    pub(crate) async fn contacts_by_index(
        &self, index: BlindIndex, limit: usize,
    ) -> Result<Vec<ContactId>, Unavailable> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select id from contacts where (email_index = ?1 or phone_index = ?1) and phase = 'present'
             order by added_at_us, id limit ?2",
        )
        .bind(index.to_string())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        rows.iter().map(|id| parse("id", id)).collect()
    }

    /// In the order of `contacts`; unknown ids are left out.
    pub(super) async fn contacts_by_id(&self, contacts: &[ContactId]) -> Result<Vec<ContactView>, Unavailable> {
        if contacts.is_empty() {
            return Ok(vec![]);
        }
        let rows: Vec<Row> = sqlx::query_as(contacts_where!("where contacts.id in (select value from json_each(?1))"))
            .bind(texts(contacts)?)
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let mut views = self.views(rows).await?;
        views.sort_by_key(|view| contacts.iter().position(|contact| *contact == view.id));
        Ok(views)
    }

    async fn views(&self, rows: Vec<Row>) -> Result<Vec<ContactView>, Unavailable> {
        let now = self.now();
        let keys = Openings::of(self.vault(), rows.iter().map(|row| row.1.as_ref())).await?;
        let ids: Vec<ContactId> = rows.iter().map(|row| parse("id", &row.0)).collect::<Result<_, _>>()?;
        let mut grants = access::of(self.readers(), &ids).await?;
        let mut views = Vec::with_capacity(rows.len());
        for (id, (_, details, phase, added, sms_opted_out, last)) in ids.into_iter().zip(rows) {
            let grants = grants.remove(&id).unwrap_or_default();
            views.push(ContactView {
                id,
                details: keys.details(details.as_ref()),
                phase: phase_of(&phase)?,
                in_portal: grants.iter().any(|grant| grant.is_live(now)),
                sms_opted_out,
                grants,
                created_at: at(added),
                last_sign_in: last.map(at),
            });
        }
        Ok(views)
    }

    /// Loads the directory from the rows, once, at the start.
    pub(crate) async fn load_directory(&self) -> Result<(), Unavailable> {
        use futures_util::TryStreamExt;
        let rows =
            sqlx::query_as::<_, (String, Option<String>)>("select id, details from contacts where details is not null");
        let mut chunks = rows.fetch(self.readers()).try_chunks(CHUNK);
        while let Some(chunk) = chunks.try_next().await.map_err(|error| unavailable(error.1))? {
            let keys = Openings::of(self.vault(), chunk.iter().map(|row| row.1.as_ref())).await?;
            let mut changes = Vec::with_capacity(chunk.len());
            for (id, details) in &chunk {
                changes.push(Change::of(parse("id", id)?, &keys.details(details.as_ref())));
            }
            self.directory().load(changes);
        }
        self.directory().loaded();
        Ok(())
    }
}

/// Rows loaded into the directory at a time.
const CHUNK: usize = 2_000;

fn phase_of(word: &str) -> Result<ContactPhase, Unavailable> {
    match word {
        "present" => Ok(ContactPhase::Present),
        "erasing" => Ok(ContactPhase::Erasing),
        "erased" => Ok(ContactPhase::Erased),
        _ => Err(bad("phase")),
    }
}
