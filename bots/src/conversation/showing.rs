//! How contacts and links stand, read for a message, and revoking what is shown.
//!
//! Apart from the cards, which are pure.

use magiclink_domain::authority::Act as Right;
use magiclink_domain::card::StepKind;
use magiclink_domain::id::{CommandId, ContactId, LinkId};
use magiclink_domain::keys::TokenKind;
use magiclink_domain::link::{Channel, DeliveryState, Destination, LinkSubject};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure};
use magiclink_projections::LinkFilter;

use super::act::Act;
use super::answer::Answer;
use super::cards::{self, ContactFacts, LinkFacts};
use super::find::Found;
use super::making::which;
use super::parse::Wish;
use super::says;
use super::talk::{Asking, Conversation};
use super::words;

/// Links shown of a contact.
const LATEST: usize = 5;

impl Conversation {
    /// How a contact stands.
    pub(super) async fn status(&self, asking: &Asking, who: &str) -> Result<Answer, Failure> {
        if who.is_empty() {
            return Ok(says::for_whom("status "));
        }
        let turn = asking.turn();
        let act = |contact| Act::Status { turn, contact };
        match self.find(&asking.caller, who).await? {
            Found::One(contact) => self.contact_card(asking, contact).await,
            Found::Several(views) => Ok(which(says::several(who), &views, act)),
            Found::Perhaps(views) => {
                self.keep_wish(asking, &Wish { who: who.to_owned(), ..Wish::default() }).await?;
                Ok(Self::or_add(asking, which(says::perhaps(who), &views, act)))
            }
            Found::Nobody => {
                self.keep_wish(asking, &Wish { who: who.to_owned(), ..Wish::default() }).await?;
                Ok(Self::nobody(asking, who, ""))
            }
        }
    }

    /// How this contact stands.
    pub(super) async fn contact_card(&self, asking: &Asking, contact: ContactId) -> Result<Answer, Failure> {
        let card = self.use_cases.contact_card(&asking.caller, contact).await?;
        let view = self.read_models.contact(contact).await?;
        let filter = LinkFilter { contact: Some(contact), status: None };
        let links = self.read_models.links(filter, None, LATEST).await?.items;
        let addresses =
            [card.details.email.map(|email| email.to_string()), card.details.phone.map(|to| to.to_string())];
        let facts = ContactFacts {
            id: contact,
            name: card.details.name.to_string(),
            addresses: addresses.into_iter().flatten().collect(),
            opted_out: card.sms_opted_out,
            sees: card.grants.iter().map(|grant| grant.offering.title.to_string()).collect(),
            last_sign_in: view.and_then(|view| view.last_sign_in),
            links: links.iter().map(|link| (link.id, link.issued_at, link.status)).collect(),
        };
        let page = self.page(&format!("contacts/{}", facts.id));
        Ok(cards::contact(&facts, asking.turn(), page, asking.may(Right::ManageLinks), self.seen()))
    }

    /// Revokes the link that was pasted, or shows whose links could be.
    pub(super) async fn revoke(&self, asking: &Asking, what: &str) -> Result<Answer, Failure> {
        if what.is_empty() {
            return Ok(says::which_link());
        }
        let last = what.trim_end_matches('/').rsplit('/').next().unwrap_or(what);
        let token = self.use_cases.ports().keys.keyring().verify_token(TokenKind::Contact, last);
        match token.or_else(|| last.parse().ok()) {
            Some(link) => self.revoke_link(asking, link).await,
            None if what.contains("/m/") => Ok(says::which_link()),
            // Whose links there are shows which can be revoked.
            None => self.revocable(asking, what).await,
        }
    }

    /// How whoever is meant stands, with their links. Adding somebody would give nothing to revoke.
    async fn revocable(&self, asking: &Asking, who: &str) -> Result<Answer, Failure> {
        let turn = asking.turn();
        let act = |contact| Act::Status { turn, contact };
        match self.find(&asking.caller, who).await? {
            Found::One(contact) => self.contact_card(asking, contact).await,
            Found::Several(views) => Ok(which(says::several(who), &views, act)),
            Found::Perhaps(views) => Ok(which(says::perhaps(who), &views, act)),
            Found::Nobody => Ok(says::nobody(who, "Check the spelling, or paste the link itself.")),
        }
    }

    /// Revokes a link, and shows how it stands.
    pub(super) async fn revoke_link(&self, asking: &Asking, link: LinkId) -> Result<Answer, Failure> {
        let done = self.use_cases.revoke_link(&asking.caller, link, None).await?;
        self.passed(done.position).await;
        Ok(self.link_card(link, None, asking.turn(), self.use_cases.may_see(&asking.caller)).await?.1)
    }

    /// How a link of a contact stands.
    pub(super) async fn facts(&self, link: LinkId) -> Result<LinkFacts, Failure> {
        let reader = Caller::system(CommandId::from_uuid(link.uuid()));
        let card = self.use_cases.link_card(&reader, link).await?;
        let LinkSubject::Contact { contact, .. } = card.subject else { return Err(Rejection::LinkNotFound.into()) };
        let found = self.use_cases.link(&reader, link).await?;
        let state = self.use_cases.contact_state(&reader, contact).await?;
        let details = state.present().and_then(|contact| contact.details.known());
        let destination = match &found.destination {
            Destination::Home => None,
            Destination::Offering(slug) => Some(self.title(slug).await?),
        };
        let at = |kind: StepKind| card.steps.iter().rfind(|step| step.kind == kind).and_then(|step| step.at);
        let sending = |delivery: &magiclink_domain::card::DeliveryCard| {
            let to = delivery.to.known().cloned().unwrap_or_else(|| "an erased address".to_owned());
            let state = words::delivery(&delivery.state);
            let state = match &delivery.code_words {
                Some(why) => format!("{state}: {why}"),
                None => state.to_owned(),
            };
            (delivery.channel, to, state)
        };
        // What is about to be sent is not sent once more by an impatient finger.
        let waits = |state: &DeliveryState| state.is_waiting() || matches!(state, DeliveryState::Sending(_));
        let on_its_way =
            |channel: Channel| card.deliveries.iter().any(|one| one.channel == channel && waits(&one.state));
        Ok(LinkFacts {
            id: link,
            name: details.map(|details| details.name.to_string()),
            destination,
            expires_at: card.expires_at,
            status: card.status,
            revoked: found.revoked.map(words::revoked),
            sendings: card.deliveries.iter().map(sending).collect(),
            opened_at: at(StepKind::OpenedByPerson),
            signed_in_at: at(StepKind::SignedIn),
            sendable: card.channels.iter().copied().filter(|channel| !on_its_way(*channel)).collect(),
        })
    }
}
