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
use crate::keys::BlindIndex;
use crate::link::{Channel, Destination, Issue, LinkKind, LinkSubject};
use crate::ports::{Budget, Limit};
use crate::time::Lifetime;
use crate::value::EmailAddress;

/// Messages at most for one request, where several contacts share the address.
const SHARED_EMAIL: usize = 5;
const SHARED_SMS: usize = 3;
/// How often a vendor may hand a text message over again.
const HANDED_OVER_AGAIN: u32 = 3;

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
        let asking = |contact| self.asking(Actor::Contact(contact), Origin::SelfService);
        self.send_own_links(index, channel, most, true, asking).await.map(drop)
    }

    /// The number texted the keyword for a link: every contact who has it gets one, three at most. Answers whether
    /// anybody may have one. The same `command` sends the same links: handed over again, it completes what a fault
    /// interrupted, and is not charged again.
    pub(super) async fn ask_by_sms(&self, number: BlindIndex, command: CommandId) -> Result<bool, Failure> {
        let first = self.takes(&format!("asked-{command}"), 1).await?;
        if !first && !self.takes(&format!("asked-again-{command}"), HANDED_OVER_AGAIN).await? {
            return Ok(true);
        }
        let asking = |contact: ContactId| {
            let actor = Actor::Contact(contact);
            let command = command.entails(&actor.to_string());
            let authority = Authority::Nobody;
            Caller { actor, origin: Origin::Sms, authority, command, correlation: command, fingerprint: None }
        };
        self.send_own_links(number, Channel::Sms, SHARED_SMS, first, asking).await
    }

    /// Sends the first `most` contacts at this address that may have a link theirs. Answers whether there was any.
    async fn send_own_links(
        &self, address: BlindIndex, channel: Channel, most: usize, charge: bool,
        asking: impl Fn(ContactId) -> Caller + Send + Sync,
    ) -> Result<bool, Failure> {
        let mut served = 0;
        for contact in self.contacts_at(address).await? {
            if served == most {
                break;
            }
            // Who asked too often is served too: asking once more does not reach those behind them.
            let caller = asking(contact);
            served += match self.send_own_link(&caller, charge, contact, channel, &Destination::Home).await? {
                OwnLink::Sent | OwnLink::TooOften => 1,
                OwnLink::Refused => 0,
            };
        }
        Ok(served > 0)
    }

    /// *Send me a new one*, on the page of a link that no longer works: to the address on file, same destination, three
    /// times an hour. Called after the page was answered.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn ask_for_replacement(&self, id: LinkId) -> Result<(), Failure> {
        let link = self.link_now(id).await?;
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
                let caller = self.asking(Actor::Contact(contact), Origin::SelfService);
                return self.send_own_link(&caller, true, contact, channel, reachable).await.map(drop);
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
        let Some((staff, _)) = self.team_now().await?.by_email(index).map(|(staff, member)| (staff, member.role))
        else {
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
    async fn send_own_link(
        &self, caller: &Caller, charge: bool, contact: ContactId, channel: Channel, destination: &Destination,
    ) -> Result<OwnLink, Failure> {
        let loaded = self.contact(contact).await?;
        let Ok(state) = present(&loaded.state) else { return Ok(OwnLink::Refused) };
        let stopped = self.settings_now().await?.issuing_stopped;
        if stopped || !state.in_portal(self.now()) || self.deliverable(state, channel).await?.is_err() {
            return Ok(OwnLink::Refused);
        }
        if charge && !self.may_ask(contact.into()).await? {
            return Ok(OwnLink::TooOften);
        }
        if let Some(live) = self.own_live_link(contact, state, destination).await? {
            return unless_rejected(self.deliver_again(caller, live, channel).await);
        }
        let Some(details) = state.details.known() else { return Ok(OwnLink::Refused) };
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
            trial: None,
        };
        unless_rejected(self.make_link(caller, issue).await)
    }

    /// The contact's own live link to the same place.
    async fn own_live_link(
        &self, contact: ContactId, state: &Contact, destination: &Destination,
    ) -> Result<Option<LinkId>, Failure> {
        let beyond = self.caches.last_links.get(contact);
        for id in self.ports.lookups.live_links(contact.into(), self.now(), true, beyond).await? {
            let link = self.link_now(id).await?;
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

    async fn takes(&self, key: &str, most_a_day: u32) -> Result<bool, Failure> {
        let limit = Limit { most: most_a_day, per: Lifetime::from_days(1) };
        Ok(self.ports.budgets.take(key, &[limit], self.now()).await? == Budget::Taken)
    }

    fn asking(&self, actor: Actor, origin: Origin) -> Caller {
        let command = CommandId::from_uuid(self.ports.ids.id());
        Caller { actor, origin, authority: Authority::Nobody, command, correlation: command, fingerprint: None }
    }
}

/// What came of asking for a contact's own link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OwnLink {
    /// It will be sent.
    Sent,
    /// It was asked for too often; one is on its way, or was sent just now.
    TooOften,
    /// The rules say no.
    Refused,
}

/// A rule's no is not told to whoever asked anonymously.
fn unless_rejected<T>(result: Result<T, Failure>) -> Result<OwnLink, Failure> {
    match result {
        Ok(_) => Ok(OwnLink::Sent),
        Err(Failure::Rejected(_)) => Ok(OwnLink::Refused),
        Err(failure) => Err(failure),
    }
}
