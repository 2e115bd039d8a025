//! Looking at a link: a page with a button, which changes nothing.
//!
//! Apart from pressing it because scanners, previews and prefetchers end here.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::{Link, LinkSubject};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Door, Failure, PortalSession, StaffSession};

use super::gate::{Gate, RawToken};
use super::link_page::{self, Button, ConsoleNote, Head, Inside, Note};
use super::opener::opener;
use super::session::{console_session, own_name, portal_session};
use crate::Web;
use crate::http::browser::{Browser, PageNonce};
use crate::http::failure::PageFailure;
use crate::language::Language;

/// `GET` of a link's address.
pub(super) async fn show(
    gate: &'static Gate, State(web): State<Web>, RawToken(token): RawToken, browser: Browser, method: Method,
    headers: HeaderMap,
) -> Result<Response, PageFailure> {
    let nonce = browser.nonce_or_new(&web);
    let Some(id) = web.use_cases.verify_token(gate.kind, &token) else {
        return Ok(link_page::unknown(&web, gate, &browser, &nonce));
    };
    let visit = Visit::new(&web, gate, &browser, &nonce, &token);
    let Some(door) = visit.door(id).await? else { return Ok(link_page::unknown(&web, gate, &browser, &nonce)) };
    let by = opener(&method, &headers);
    if !door_link(&door).opened_by.contains(&by) {
        let (use_cases, client) = (web.use_cases.clone(), browser.client());
        web.background.perhaps("opening", async move { use_cases.note_opening(id, by, client).await });
    }
    visit.page(&door, StatusCode::OK, None).await
}

fn door_link(door: &Door) -> &Link {
    match door {
        Door::Ready(link) | Door::Again(link) | Door::Stopped(link) | Door::Refused { link, .. } => link,
    }
}

/// One browser at one link.
pub(super) struct Visit<'a> {
    pub(super) web: &'a Web,
    pub(super) gate: &'static Gate,
    pub(super) browser: &'a Browser,
    pub(super) nonce: &'a PageNonce,
    pub(super) token: &'a str,
    /// Its language: never the contact's own, or the page would tell whose link it is.
    pub(super) t: &'static Language,
}

/// Who else is signed in in the browser.
pub(super) struct Company {
    /// In the link's own realm.
    pub(super) own: Own,
    /// To the console, at a contact's link.
    pub(super) staff: Option<StaffSession>,
}

/// Who is signed in in the link's realm.
pub(super) enum Own {
    Nobody,
    Contact(PortalSession),
    Staff(StaffSession),
}

impl<'a> Visit<'a> {
    pub(super) fn new(
        web: &'a Web, gate: &'static Gate, browser: &'a Browser, nonce: &'a PageNonce, token: &'a str,
    ) -> Self {
        Self { web, gate, browser, nonce, token, t: browser.language(None) }
    }

    /// What the page begins with.
    pub(super) fn head(&self) -> Head<'a> {
        Head::new(self.web, self.t)
    }

    /// The link's address.
    pub(super) fn action(&self) -> String {
        format!("{}{}", self.gate.links, self.token)
    }

    /// What the link would do; `None` for one that was never issued.
    pub(super) async fn door(&self, id: LinkId) -> Result<Option<Door>, Failure> {
        match self.web.use_cases.door(id, Some(self.nonce.value())).await {
            Ok(door) => Ok(Some(door)),
            Err(Failure::Rejected(Rejection::LinkNotFound)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The page that shows the door. `note` = what to say instead of what the door says by itself.
    pub(super) async fn page(
        &self, door: &Door, status: StatusCode, note: Option<Note>,
    ) -> Result<Response, PageFailure> {
        let (link, said) = match door {
            Door::Ready(link) => (link, Note::Plain),
            Door::Again(link) => (link, Note::Again),
            Door::Refused { link, why } => {
                return Ok(link_page::refused(self, *why, link));
            }
            Door::Stopped(_) => return Ok(link_page::stopped(self.web, self.t)),
        };
        let company = self.company().await?;
        let note = match (note, self.somebody_else(link, &company.own).await?) {
            (Some(note), _) => note,
            (None, Some(name)) => Note::SomebodyElse(name),
            (None, None) => said,
        };
        let console = self.console_note(link, company.staff.as_ref()).await?;
        let action = self.action();
        let tag = self.nonce.tag(self.web, &action);
        let button = Button {
            head: self.head(),
            action: &action,
            tag: &tag,
            staff: self.gate.is_staffs(),
            note,
            console,
            inside: Inside::of(self.browser.user_agent(), self.web, self.t, &action),
        };
        Ok(self.nonce.keep(self.web, link_page::at_link(self.web, status, &button)))
    }

    /// Who else is signed in in this browser.
    pub(super) async fn company(&self) -> Result<Company, PageFailure> {
        let console = console_session(self.web, self.browser).await?;
        if self.gate.is_staffs() {
            return Ok(Company { own: console.map_or(Own::Nobody, Own::Staff), staff: None });
        }
        let portal = portal_session(self.web, self.browser).await?;
        Ok(Company { own: portal.map_or(Own::Nobody, Own::Contact), staff: console })
    }

    /// The name of whoever is signed in here, if that is not the link's own subject.
    pub(super) async fn somebody_else(&self, link: &Link, own: &Own) -> Result<Option<String>, PageFailure> {
        match (own, link.subject) {
            (Own::Contact(session), subject) if contact_of(subject) != Some(session.contact) => {
                own_name(self.web, session, self.t).await.map(Some)
            }
            (Own::Staff(session), subject) if subject != LinkSubject::Staff(session.staff) => {
                self.staff_name(session).await.map(Some)
            }
            (Own::Nobody | Own::Contact(_) | Own::Staff(_), _) => Ok(None),
        }
    }

    async fn staff_name(&self, session: &StaffSession) -> Result<String, PageFailure> {
        let name = self.web.use_cases.own_name(session).await?;
        Ok(name.unwrap_or_else(|| self.t.say("staff-member").into_owned()))
    }

    async fn console_note(
        &self, link: &Link, staff: Option<&StaffSession>,
    ) -> Result<Option<ConsoleNote>, PageFailure> {
        let (Some(staff), Some(contact)) = (staff, contact_of(link.subject)) else { return Ok(None) };
        let preview = format!("/console/contacts/{contact}/preview");
        Ok(Some(ConsoleNote {
            name: self.staff_name(staff).await?,
            tag: self.nonce.tag(self.web, &preview),
            // Auditors change nothing, and a preview is written down.
            preview: if staff.role == Role::Auditor { String::new() } else { preview },
            command: self.web.use_cases.ports().ids.id().to_string(),
        }))
    }
}

fn contact_of(subject: LinkSubject) -> Option<ContactId> {
    match subject {
        LinkSubject::Contact { contact, .. } => Some(contact),
        LinkSubject::Staff(_) => None,
    }
}
