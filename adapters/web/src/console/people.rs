//! Who people are, by their ids, and what offerings are called, for lists and histories.
//!
//! Apart from the pages because a list asks once for everybody on it.

use std::collections::HashMap;

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, StaffId};
use magiclink_domain::link::Destination;
use magiclink_domain::usecases::{Failure, TeamNames};
use magiclink_domain::value::{Slug, Title};
use magiclink_projections::{ContactView, SubjectView};

use super::gate::Staff;
use crate::Web;

/// Names at hand.
pub(super) struct People {
    team: TeamNames,
    contacts: HashMap<ContactId, String>,
    titles: HashMap<Slug, Title>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: String,
    /// An offering's name in addresses.
    pub(super) slug: Option<String>,
}

impl People {
    /// The names of the team, of the catalogue, and of these contacts.
    pub(super) async fn of(web: &Web, staff: &Staff, contacts: Vec<ContactId>) -> Result<Self, Failure> {
        let team = web.use_cases.team_names(&staff.reader(web)).await?;
        let titles = staff.lists(web, Act::Read)?.titles().await?;
        let mut people = Self { team, contacts: HashMap::new(), titles };
        for contact in contacts {
            if !people.contacts.contains_key(&contact)
                && let Some(view) = staff.lists(web, Act::Read)?.contact(contact).await?
            {
                people.contacts.insert(contact, name(&view));
            }
        }
        Ok(people)
    }

    pub(super) fn contact(&self, contact: ContactId) -> &str {
        self.contacts.get(&contact).map_or("a contact", String::as_str)
    }

    pub(super) fn staff(&self, staff: StaffId) -> String {
        match self.team.staff.get(&staff) {
            Some(Some(name)) => name.clone(),
            Some(None) => "First owner".to_owned(),
            None => "a former staff member".to_owned(),
        }
    }

    pub(super) fn subject(&self, subject: SubjectView) -> String {
        match subject {
            SubjectView::Contact(contact) => self.contact(contact).to_owned(),
            SubjectView::Staff(staff) => self.staff(staff),
        }
    }

    /// What an offering is called; its slug where the catalogue does not know it.
    pub(super) fn offering(&self, slug: &Slug) -> String {
        self.titles.get(slug).map_or_else(|| slug.to_string(), ToString::to_string)
    }

    pub(super) fn place(&self, destination: &Destination) -> Place {
        match destination {
            Destination::Home => Place { name: "Portal home".to_owned(), slug: None },
            Destination::Offering(slug) => Place { name: self.offering(slug), slug: Some(slug.to_string()) },
        }
    }

    pub(super) fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Staff(staff) => self.staff(*staff),
            Actor::Contact(_) => "the contact".to_owned(),
            Actor::Token(token) => match self.team.tokens.get(token) {
                Some(name) => format!("API token {name}"),
                None => "an API token".to_owned(),
            },
            Actor::CommandLine(user) => format!("{user} on the command line"),
            Actor::System => "Magiclink".to_owned(),
        }
    }
}

/// The contact that a filter names by id, external id, e-mail or phone; an erased one by its id alone.
pub(super) async fn asked_for(web: &Web, staff: &Staff, text: &str) -> Result<Option<ContactId>, Failure> {
    match (text.trim(), text.trim().parse()) {
        ("", _) => Ok(None),
        (_, Ok(contact)) => Ok(Some(contact)),
        (text, Err(_)) => web.use_cases.find_contact(&staff.reader(web), text).await.map(Some),
    }
}

/// What to call a contact.
pub(super) fn name(view: &ContactView) -> String {
    view.details.known().map_or_else(|| "Erased contact".to_owned(), |details| details.name.to_string())
}
