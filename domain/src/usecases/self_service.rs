//! Asking for a link oneself: on the sign-in pages, and on the page of a link that no longer works.

use super::UseCases;
use super::caller::Caller;
use super::contacts::present;
use super::failure::Failure;
use super::links::address;
use crate::actor::{Actor, Origin};
use crate::authority::Authority;
use crate::contact::Contact;
use crate::id::{CommandId, ContactId, LinkId, SubjectId};
use crate::link::{Channel, Destination, Issue, LinkKind, LinkSubject};
use crate::ports::{Budget, Limit};
use crate::time::Lifetime;
use crate::value::EmailAddress;

/// Messages at most for one request, where several contacts share the address.
const SHARED_EMAIL: usize = 5;
const SHARED_SMS: usize = 3;

impl UseCases {
    /// A contact asks for a link and code on the sign-in page. Called after the page was answered, the same for known
    /// and unknown addresses; so it answers nothing, and whatever is refused is simply not sent.
    ///
    /// Asking again while such a link is live sends that one again. Several contacts at one address: one message each.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn ask_for_link(&self, typed: &str) -> Result<(), Failure> {
        let Some(index) = self.address_index(typed) else { return Ok(()) };
        let (channel, most) = if EmailAddress::parse(typed).is_ok() {
            (Channel::Email, SHARED_EMAIL)
        } else {
            (Channel::Sms, SHARED_SMS)
        };
        let mut sent = 0;
        for contact in self.contacts_at(index).await? {
            sent += usize::from(self.send_own_link(contact, channel, &Destination::Home).await?);
            if sent == most {
                break;
            }
        }
        Ok(())
    }

    /// *Send me a new one*, on the page of a link that no longer works: to the address on file, same destination, three
    /// times an hour. Called after the page was answered.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn ask_for_replacement(&self, id: LinkId) -> Result<(), Failure> {
        let link = self.link(id).await?;
        let LinkSubject::Contact { contact, .. } = link.subject else { return Ok(()) };
        let three = Limit { most: 3, per: Lifetime::from_hours(1) };
        let Budget::Taken = self.ports.budgets.take(&format!("replace-{contact}"), &[three], self.now()).await? else {
            return Ok(());
        };
        // The way it came before, else whichever reaches the contact.
        let came = link.deliveries.values().map(|delivery| delivery.channel);
        let channels: Vec<Channel> = came.chain([Channel::Email, Channel::Sms]).collect();
        let loaded = self.contact(contact).await?;
        let Ok(contact_now) = present(&loaded.state) else { return Ok(()) };
        for channel in channels {
            if self.deliverable(contact_now, channel).await?.is_ok() {
                let ended =
                    matches!(&link.destination, Destination::Offering(slug) if !contact_now.may_see(slug, self.now()));
                let reachable = if ended { &Destination::Home } else { &link.destination };
                return self.send_own_link(contact, channel, reachable).await.map(drop);
            }
        }
        Ok(())
    }

    /// A staff member asks for a link at the console's sign-in page; it works in the asking browser alone, its code
    /// anywhere. Called after the page was answered.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn ask_for_staff_link(&self, typed: &str, nonce: &str) -> Result<(), Failure> {
        let Some(index) = self.address_index(typed) else { return Ok(()) };
        let Some((staff, _)) = self.team().await?.by_email(index).map(|(staff, member)| (staff, member.role)) else {
            return Ok(());
        };
        if !self.may_ask(staff.into()).await? {
            return Ok(());
        }
        let caller = self.asking(Actor::Staff(staff), Origin::Console);
        let to = match self.staff_address(staff, Channel::Email).await {
            Ok(to) => to,
            Err(Failure::Rejected(_)) => return Ok(()),
            Err(failure) => return Err(failure),
        };
        let issue = Issue {
            browser: Some(self.ports.keys.keyring().nonce_hash(nonce)),
            deliveries: vec![(caller.command.delivery(0), Channel::Email, to)],
            ..self.staff_issue(staff, LinkKind::SelfService, None)
        };
        unless_rejected(self.make_link(&caller, issue).await).map(drop)
    }

    /// Sends the contact a link of their own, if the rules and the budget allow: the live one again, or a new one.
    /// Answers whether it did.
    async fn send_own_link(
        &self, contact: ContactId, channel: Channel, destination: &Destination,
    ) -> Result<bool, Failure> {
        let loaded = self.contact(contact).await?;
        let Ok(state) = present(&loaded.state) else { return Ok(false) };
        let stopped = self.settings().await?.issuing_stopped;
        if stopped || !state.in_portal(self.now()) || self.deliverable(state, channel).await?.is_err() {
            return Ok(false);
        }
        if !self.may_ask(contact.into()).await? {
            return Ok(false);
        }
        let caller = self.asking(Actor::Contact(contact), Origin::SelfService);
        if let Some(live) = self.own_live_link(contact, state, destination).await? {
            return unless_rejected(self.deliver_again(&caller, live, channel).await);
        }
        let Some(details) = state.details.known() else { return Ok(false) };
        let issue = Issue {
            subject: LinkSubject::Contact { contact, admission: state.admission },
            destination: destination.clone(),
            kind: LinkKind::SelfService,
            lifetime: Lifetime::NOW,
            max_uses: 1,
            key: self.ports.keys.keyring().signing_id(),
            browser: None,
            reason: None,
            deliveries: vec![(caller.command.delivery(0), channel, address(details, channel)?)],
            revealed: false,
        };
        unless_rejected(self.make_link(&caller, issue).await)
    }

    /// The contact's own live link to the same place.
    async fn own_live_link(
        &self, contact: ContactId, state: &Contact, destination: &Destination,
    ) -> Result<Option<LinkId>, Failure> {
        let beyond = self.caches.last_links.get(contact);
        for id in self.ports.lookups.live_links(contact.into(), self.now(), true, beyond).await? {
            let link = self.link(id).await?;
            let current = link.subject == LinkSubject::Contact { contact, admission: state.admission };
            if link.kind == LinkKind::SelfService && current && link.destination == *destination {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// One message a minute, and `contact_sends` an hour.
    async fn may_ask(&self, subject: SubjectId) -> Result<bool, Failure> {
        let limits = [Limit { most: 1, per: Lifetime::from_mins(1) }, self.policy.contact_sends];
        Ok(self.ports.budgets.take(&format!("ask-{subject}"), &limits, self.now()).await? == Budget::Taken)
    }

    fn asking(&self, actor: Actor, origin: Origin) -> Caller {
        let command = CommandId::from_uuid(self.ports.ids.id());
        Caller { actor, origin, authority: Authority::Nobody, command, correlation: command, fingerprint: None }
    }
}

/// A rule's no is not told to whoever asked anonymously; `false` stands for it.
fn unless_rejected<T>(result: Result<T, Failure>) -> Result<bool, Failure> {
    match result {
        Ok(_) => Ok(true),
        Err(Failure::Rejected(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}
