//! Making, showing and revoking magic links.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::UseCases;
use super::cache::{Acted, Loaded};
use super::caller::Caller;
use super::contacts::present;
use super::failure::{Done, Failure};
use super::handle::Handled;
use crate::actor::Actor;
use crate::authority::{Act, may_reveal};
use crate::contact::{Contact, Details};
use crate::id::{CommandId, ContactId, LinkId, StaffId};
use crate::keys::{KeyId, Keyring, TokenKind};
use crate::link::{
    self, Channel, Destination, Issue, Link, LinkCommand, LinkKind, LinkRevokedWhy, LinkState, LinkStream, LinkSubject,
};
use crate::ports::Budget;
use crate::rejection::Rejection;
use crate::time::Lifetime;
use crate::value::{Reason, Slug};

/// What staff ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRequest {
    /// For whom.
    pub contact: ContactId,
    /// Where it leads.
    pub destination: Destination,
    /// How long it lives; `None` = the default.
    pub lifetime: Option<Lifetime>,
    /// How many redemptions it allows; `None` = 1.
    pub max_uses: Option<u8>,
    /// Over which channels it is sent at once.
    pub deliver: Vec<Channel>,
    /// What is granted in the same act, before the link is made.
    pub grants: Vec<Slug>,
    /// Why.
    pub reason: Option<Reason>,
    /// Whether the answer shows link and code.
    pub reveal: bool,
}

/// A link, with its secrets where they may be shown.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its id.
    pub id: LinkId,
    /// The link as it is now.
    pub link: Link,
    /// The URL; a secret.
    pub url: Option<SecretText>,
    /// The code; a secret.
    pub code: Option<SecretText>,
}

/// A text that only its reader may see; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Places for a link under one command, should earlier ones have made tokens that link detectors cut.
const PLACES: usize = 8;

impl UseCases {
    /// Makes a link for a contact: grants first, then the link with its deliveries; both under one command, so that a
    /// retry completes what a crash interrupted.
    ///
    /// # Errors
    /// The first problem that [`UseCases::check_link`] would name.
    pub async fn issue_link(&self, caller: &Caller, request: IssueRequest) -> Result<Done<Issued>, Failure> {
        self.issue(caller, request, true).await
    }

    /// The same as part of a bulk send, which was confirmed as a whole: it has a pace of its own and takes nothing from
    /// what a staff member may make a minute.
    pub(super) async fn issue_in_bulk(&self, caller: &Caller, request: IssueRequest) -> Result<Done<Issued>, Failure> {
        self.issue(caller, request, false).await
    }

    async fn issue(&self, caller: &Caller, request: IssueRequest, metered: bool) -> Result<Done<Issued>, Failure> {
        caller.may(Act::ManageLinks, self.now())?;
        if let Some(done) = self.issued_before(caller).await? {
            let older = self.older_links(request.contact).await?;
            // Newest first: what stands behind the link is older than it.
            let older = older.into_iter().skip_while(|link| *link != done.value.id).skip(1).collect();
            self.replace(caller, older, done.value.id).await?;
            return self.shown(caller, done, request.reveal);
        }
        if let Some(problem) = self.check_link(caller, &request).await?.into_iter().next() {
            return Err(problem.into());
        }
        if metered {
            self.take_issue(caller).await?;
        }
        if !request.grants.is_empty() {
            self.grant_all(caller, request.contact, &request.grants).await?;
        }
        let loaded = self.contact(request.contact).await?;
        let contact = present(&loaded.state)?;
        let issue = Issue {
            subject: LinkSubject::Contact { contact: request.contact, admission: contact.admission },
            destination: request.destination,
            kind: LinkKind::StaffMade,
            lifetime: request.lifetime.unwrap_or(self.policy.default_lifetime),
            max_uses: request.max_uses.unwrap_or(1),
            key: self.ports.keys.keyring().signing_id(),
            browser: None,
            reason: request.reason,
            deliveries: targets(caller.command, contact, &request.deliver)?,
            revealed: request.reveal && self.may_see(caller),
            trial: None,
        };
        let older = self.older_links(request.contact).await?;
        let done = self.make_link(caller, issue).await?;
        self.replace(caller, older, done.value.id).await?;
        self.shown(caller, done, request.reveal)
    }

    /// A staff member makes so many links a minute, through whichever door: a stolen session does not empty the portal.
    pub(super) async fn take_issue(&self, caller: &Caller) -> Result<(), Failure> {
        let (Actor::Staff(staff), Some(limit)) = (&caller.actor, self.policy.staff_issues) else { return Ok(()) };
        match self.ports.budgets.take(&format!("issues-{staff}"), &[limit], self.now()).await? {
            Budget::Taken => Ok(()),
            Budget::Exhausted { retry_after } => Err(Rejection::RateLimited(retry_after).into()),
        }
    }

    async fn older_links(&self, contact: ContactId) -> Result<Vec<LinkId>, Failure> {
        if self.policy.replace_older { self.live_links(contact).await } else { Ok(vec![]) }
    }

    async fn replace(&self, caller: &Caller, older: Vec<LinkId>, newer: LinkId) -> Result<(), Failure> {
        for link in older.into_iter().filter(|link| *link != newer) {
            let caller = Caller { fingerprint: None, ..caller.with_command(caller.command.entails("replace")) };
            let command = LinkCommand::RevokeLink { why: LinkRevokedWhy::Replaced, reason: None };
            self.link_command(&caller, link, command).await?;
        }
        Ok(())
    }

    /// What this command made before, if it did. Only a command with the caller's own idempotency key can have.
    async fn issued_before(&self, caller: &Caller) -> Result<Option<Done<Issued>>, Failure> {
        if caller.fingerprint.is_none() {
            return Ok(None);
        }
        let keys = self.ports.keys.keyring();
        // Under whichever key it was: keys may have been rotated between the first try and this one.
        let places = keys.key_ids().map(|key| place(&keys, key, TokenKind::Contact, caller.command));
        for id in places.collect::<BTreeSet<_>>() {
            let loaded = self.load::<LinkStream>(&LinkStream::name(id)).await?;
            if let LinkState::Issued(link) = &loaded.state {
                if loaded.acted(caller.command, caller.fingerprint) == Acted::Otherwise {
                    return Err(Rejection::IdempotencyKeyReused.into());
                }
                let issued = Issued { id, link: (**link).clone(), url: None, code: None };
                return Ok(Some(Done { value: issued, position: None }));
            }
        }
        Ok(None)
    }

    /// Whether this command made its link before.
    pub(super) async fn was_made(&self, caller: &Caller) -> Result<bool, Failure> {
        Ok(self.issued_before(caller).await?.is_some())
    }

    /// Appends the link's first events. The subject's rules were asked before.
    pub(super) async fn make_link(&self, caller: &Caller, issue: Issue) -> Result<Done<Issued>, Failure> {
        let keys = self.ports.keys.keyring();
        let kind = token_kind(issue.subject);
        let id = place(&keys, issue.key, kind, caller.command);
        let subject = issue.subject;
        // Without a key of the caller's own the command was drawn a moment ago: nobody can have made this link before.
        let unheard = Arc::new(Loaded::default());
        let name = LinkStream::name(id);
        let known = if caller.fingerprint.is_some() { self.load::<LinkStream>(&name).await? } else { unheard };
        let handled = self
            .handle_from::<LinkStream>(known, &name, caller, Some(subject.id()), |state, ctx| {
                link::decide(state, LinkCommand::IssueMagicLink(issue.clone()), ctx)
            })
            .await?;
        if let (LinkSubject::Contact { contact, .. }, Some(position)) = (subject, handled.position) {
            self.caches.last_links.note(contact, position);
        }
        let link = handled.loaded.state.issued().ok_or(Rejection::LinkNotFound)?.clone();
        Ok(Done { value: Issued { id, link, url: None, code: None }, position: handled.position })
    }

    /// Whether the settings let this caller see links where they ask from.
    #[must_use]
    pub fn may_see(&self, caller: &Caller) -> bool {
        let here = self.policy.reveal_in_chat || !caller.origin.is_chat();
        here && may_reveal(&caller.authority, self.policy.reveal)
    }

    /// Adds URL and code where they are asked for and may be shown.
    fn shown(&self, caller: &Caller, done: Done<Issued>, reveal: bool) -> Result<Done<Issued>, Failure> {
        let live = done.value.link.status(self.now()) == link::LinkStatus::Live;
        if !(reveal && live && self.may_see(caller)) {
            return Ok(done);
        }
        let (url, code) = self.secrets(done.value.id, &done.value.link).ok_or(Rejection::LinkNotLive)?;
        Ok(done.map(|issued| Issued { url: Some(url), code: Some(code), ..issued }))
    }

    /// URL and code of a link; `None` once its key is retired.
    pub(crate) fn secrets(&self, id: LinkId, link: &Link) -> Option<(SecretText, SecretText)> {
        let keys = self.ports.keys.keyring();
        let kind = token_kind(link.subject);
        let path = match kind {
            TokenKind::Contact => "m",
            TokenKind::Staff => "console/m",
        };
        let token = keys.token(link.key, kind, id)?;
        let code = keys.code(link.key, id)?;
        let url = format!("{}/{path}/{}", self.policy.base_url, token.expose());
        Some((SecretText(url), SecretText(code.expose())))
    }

    /// Runs one command on a link's stream.
    pub(crate) async fn link_command(
        &self, caller: &Caller, link: LinkId, command: LinkCommand,
    ) -> Result<Done<Link>, Failure> {
        let handled = self.handle_link(caller, link, command).await?;
        let link = handled.loaded.state.issued().ok_or(Rejection::LinkNotFound)?.clone();
        Ok(Done { value: link, position: handled.position })
    }

    /// The same, with everything that is known of its stream afterwards.
    pub(super) async fn handle_link(
        &self, caller: &Caller, link: LinkId, command: LinkCommand,
    ) -> Result<Handled<LinkStream>, Failure> {
        let name = LinkStream::name(link);
        let loaded = self.load::<LinkStream>(&name).await?;
        let subject = loaded.state.issued().ok_or(Rejection::LinkNotFound)?.subject;
        self.handle::<LinkStream>(&name, caller, Some(subject.id()), |state, ctx| {
            link::decide(state, command.clone(), ctx)
        })
        .await
    }

    /// The link as it is now; one whose key has ended is revoked, written down or not.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn link(&self, caller: &Caller, link: LinkId) -> Result<Link, Failure> {
        caller.may(Act::Read, self.now())?;
        self.link_now(link).await
    }

    pub(crate) async fn link_now(&self, link: LinkId) -> Result<Link, Failure> {
        let loaded = self.load::<LinkStream>(&LinkStream::name(link)).await?;
        let link = loaded.state.issued().ok_or(Rejection::LinkNotFound)?;
        Ok(self.ports.keys.keyring().counted_in(link, self.now()))
    }

    /// Makes the link unusable; idempotent.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn revoke_link(
        &self, caller: &Caller, link: LinkId, reason: Option<Reason>,
    ) -> Result<Done<Link>, Failure> {
        let subject = self.link_now(link).await?.subject;
        caller.may(on(subject, Act::ManageLinks), self.now())?;
        let command = LinkCommand::RevokeLink { why: LinkRevokedWhy::Revoked, reason };
        let done = self.link_command(caller, link, command).await?;
        if let (LinkSubject::Contact { contact, .. }, Some(position)) = (subject, done.position) {
            self.caches.last_links.note(contact, position);
        }
        Ok(done)
    }

    /// Shows a live link again, and notes that.
    ///
    /// # Errors
    /// `not_found`, `link_not_live`, `reveal_forbidden`, `forbidden`.
    pub async fn reveal_link(&self, caller: &Caller, link: LinkId) -> Result<Done<Issued>, Failure> {
        caller.may(Act::RevealLink, self.now())?;
        if !self.may_see(caller) {
            return Err(Rejection::RevealForbidden.into());
        }
        match self.link_now(link).await?.subject {
            // A staff member's way in is shown once, where it was made.
            LinkSubject::Staff(_) => return Err(Rejection::RevealForbidden.into()),
            LinkSubject::Contact { contact, admission } => {
                if present(&self.contact(contact).await?.state)?.admission != admission {
                    return Err(Rejection::LinkNotLive.into());
                }
            }
        }
        let done = self.link_command(caller, link, LinkCommand::RevealLink).await?;
        self.shown(caller, done.map(|found| Issued { id: link, link: found, url: None, code: None }), true)
    }

    /// A sign-in link for a staff member, made by an owner or on the host; shown in the answer.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `sign_in_again`.
    pub async fn issue_staff_link(
        &self, caller: &Caller, staff: StaffId, lifetime: Option<Lifetime>,
    ) -> Result<Done<Issued>, Failure> {
        caller.may(Act::ManageStaff, self.now())?;
        self.member_now(staff).await?;
        let issue = self.staff_issue(staff, LinkKind::StaffMade, lifetime);
        let done = self.make_link(caller, Issue { revealed: true, ..issue }).await?;
        let (url, code) = self.secrets(done.value.id, &done.value.link).ok_or(Rejection::LinkNotLive)?;
        Ok(done.map(|issued| Issued { url: Some(url), code: Some(code), ..issued }))
    }

    pub(super) fn staff_issue(&self, staff: StaffId, kind: LinkKind, lifetime: Option<Lifetime>) -> Issue {
        Issue {
            subject: LinkSubject::Staff(staff),
            destination: Destination::Home,
            kind,
            lifetime: lifetime.unwrap_or(Lifetime::NOW).min(Lifetime::DAY),
            max_uses: 1,
            key: self.ports.keys.keyring().signing_id(),
            browser: None,
            reason: None,
            deliveries: vec![],
            revealed: false,
            trial: None,
        }
    }
}

/// What it takes to act on a link or session: staff's own are the owners' business.
pub(super) const fn on(subject: LinkSubject, act: Act) -> Act {
    match subject {
        LinkSubject::Contact { .. } => act,
        LinkSubject::Staff(_) => Act::ManageStaff,
    }
}

/// Which kind of token a subject's links have.
pub(super) const fn token_kind(subject: LinkSubject) -> TokenKind {
    match subject {
        LinkSubject::Contact { .. } => TokenKind::Contact,
        LinkSubject::Staff(_) => TokenKind::Staff,
    }
}

/// The id of the link that `command` makes: link detectors drop trailing punctuation, so it is the first whose token has
/// none under the key that signs it.
fn place(keys: &Keyring, key: KeyId, kind: TokenKind, command: CommandId) -> LinkId {
    let mut ids = (0..PLACES).map(|nth| command.link(nth));
    ids.find(|id| keys.pastes_well(key, kind, *id)).unwrap_or_else(|| command.link(0))
}

/// The deliveries to be requested, with the addresses on file.
fn targets(
    command: CommandId, contact: &Contact, channels: &[Channel],
) -> Result<Vec<(crate::id::DeliveryId, Channel, String)>, Rejection> {
    let details = contact.details.known().ok_or(Rejection::ContactErased)?;
    let unique: BTreeSet<Channel> = channels.iter().copied().collect();
    let targets = unique.into_iter().enumerate();
    targets.map(|(nth, channel)| Ok((command.delivery(nth), channel, address(details, channel)?))).collect()
}

/// The contact's address for the channel.
pub(super) fn address(details: &Details, channel: Channel) -> Result<String, Rejection> {
    match channel {
        Channel::Sms => details.phone.as_ref().map(ToString::to_string).ok_or(Rejection::NoPhone),
        Channel::Email => details.email.as_ref().map(ToString::to_string).ok_or(Rejection::NoEmail),
    }
}
