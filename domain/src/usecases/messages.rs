//! What messages say: the words in force for their reader, filled with what is known.
//!
//! Apart from the deliveries because previews ask the same, and must answer the same.

use super::UseCases;
use super::caller::Caller;
use super::contacts::present;
use super::failure::{Done, Failure};
use crate::actor::Actor;
use crate::authority::Act;
use crate::contact::ContactState;
use crate::id::{ContactId, DeliveryId, LinkId};
use crate::link::{Channel, Delivery, Issue, Link, LinkKind, LinkSubject, Trial};
use crate::message::{Facts, Message, Template, Variant, Written, system};
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};
use crate::value::{InvalidValue, Locale, PhoneNumber};

/// As long as a token.
const TOKEN_LENGTH: usize = 44;
/// A code that is none: it has letters that codes do without.
const SAMPLE_CODE: &str = "CODE-CODE";

/// Who reads a message.
#[derive(Default)]
struct Reader {
    name: Option<String>,
    locale: Option<Locale>,
}

/// A message as a contact would get it, with a link and a code that lead nowhere.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The words.
    pub written: Written,
    /// The template they come from.
    pub variant: Variant,
}

impl UseCases {
    /// The message that this contact would get over `channel`, with a link of `lifetime`. With `draft`, in these words
    /// instead of those in force. Nothing is made: link and code are stand-ins of the right length.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn preview_message(
        &self, caller: &Caller, contact: ContactId, channel: Channel, lifetime: Option<Lifetime>,
        draft: Option<(Locale, Template)>,
    ) -> Result<Preview, Failure> {
        caller.may(Act::Read, self.now())?;
        present(&self.contact(contact).await?.state)?;
        let reader = self.reader(contact).await?;
        let variant = match draft {
            Some((locale, template)) => Variant { channel, locale, template, own: true },
            None => self.settings_now().await?.templates.choose(channel, reader.locale.as_ref(), &self.policy.locale),
        };
        let lasts = lifetime.unwrap_or(self.policy.default_lifetime);
        let url = format!("{}/m/{}", self.policy.base_url, "x".repeat(TOKEN_LENGTH));
        let facts = Facts {
            name: reader.name.as_deref(),
            url: &url,
            code: SAMPLE_CODE,
            lasts,
            expires_at: self.now().plus(lasts),
            ..self.facts()
        };
        let written = variant.template.render(facts, &variant.locale);
        Ok(Preview { written, variant })
    }

    /// Sends words to try them out: to the asking staff member's own mailbox, or to a phone. It is a delivery like any
    /// other, of a link that signs nobody in. Answers that link.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`, `channel_not_configured`, `no_email`, `invalid_phone`, `sms_opted_out`,
    /// `country_not_allowed`, `issuing_stopped`, `rate_limited`.
    pub async fn send_test(
        &self, caller: &Caller, locale: Locale, template: Template, phone: Option<PhoneNumber>,
    ) -> Result<Done<LinkId>, Failure> {
        caller.may(Act::ManageSettings, self.now())?;
        let Actor::Staff(staff) = caller.actor else { return Err(Rejection::Forbidden.into()) };
        if self.settings_now().await?.issuing_stopped {
            return Err(Rejection::IssuingStopped.into());
        }
        let channel = template.channel();
        let to = match (channel, phone) {
            (Channel::Email, _) => self.staff_address(staff, Channel::Email).await?,
            (Channel::Sms, Some(phone)) => self.testable(&phone).await?,
            (Channel::Sms, None) => {
                return Err(Rejection::Invalid(InvalidValue::new("phone", "name the phone that gets the test")).into());
            }
        };
        self.take_issue(caller).await?;
        let issue = Issue {
            deliveries: vec![(caller.command.delivery(0), channel, to)],
            trial: Some(Trial { channel, locale: locale.canonical(), words: template.words().clone() }),
            ..self.staff_issue(staff, LinkKind::StaffMade, None)
        };
        Ok(self.make_link(caller, issue).await?.map(|issued| issued.id))
    }

    /// The number, if a text message may go there.
    async fn testable(&self, phone: &PhoneNumber) -> Result<String, Failure> {
        if !self.policy.channels.contains(&Channel::Sms) {
            return Err(Rejection::ChannelNotConfigured(Channel::Sms).into());
        }
        if self.is_opted_out(phone).await? {
            return Err(Rejection::SmsOptedOut.into());
        }
        self.may_text(phone)?;
        Ok(phone.to_string())
    }

    /// The message of a delivery as it would be written now. `None` once the subject is erased or the key retired.
    pub(super) async fn message(
        &self, id: LinkId, link: &Link, delivery: DeliveryId, pending: &Delivery,
    ) -> Result<Option<Message>, Failure> {
        let (Some(to), Some((url, code))) = (pending.to.known(), self.secrets(id, link)) else { return Ok(None) };
        let (reader, (language, template)) = match link.subject {
            LinkSubject::Contact { contact, .. } => {
                let reader = self.reader(contact).await?;
                let templates = self.settings_now().await?.templates;
                let chosen = templates.choose(pending.channel, reader.locale.as_ref(), &self.policy.locale);
                (reader, (chosen.locale, chosen.template))
            }
            LinkSubject::Staff(staff) => {
                let name = match self.name_now(staff).await {
                    Ok(name) => name,
                    Err(Failure::Rejected(_)) => None,
                    Err(failure) => return Err(failure),
                };
                let tried = link.trial.as_deref().filter(|trial| trial.channel == pending.channel);
                let words = tried.map(|trial| (trial.locale.clone(), Template::of(trial.channel, trial.words.clone())));
                (Reader { name, locale: None }, words.unwrap_or_else(|| system::staff(&self.policy.locale)))
            }
        };
        let lasts = link.remaining(self.now());
        let facts = Facts {
            name: reader.name.as_deref(),
            url: &url.0,
            code: &code.0,
            lasts,
            expires_at: link.expires_at,
            ..self.facts()
        };
        let written = template.render(facts, &language);
        Ok(Some(Message {
            delivery,
            link: Some(id),
            channel: pending.channel,
            to: to.clone(),
            subject: written.subject,
            paragraphs: written.paragraphs,
            language: written.language.to_string(),
            valid_for: lasts,
        }))
    }

    /// Name and language of a contact, as far as they are known.
    async fn reader(&self, contact: ContactId) -> Result<Reader, Failure> {
        let loaded = self.contact(contact).await?;
        let ContactState::Present(contact) = &loaded.state else { return Ok(Reader::default()) };
        let known = |details: &crate::contact::Details| Reader {
            name: Some(details.name.to_string()),
            locale: details.locale.clone(),
        };
        Ok(contact.details.known().map(known).unwrap_or_default())
    }

    /// What all messages have in common.
    fn facts(&self) -> Facts<'_> {
        Facts {
            portal: &self.policy.portal_name,
            name: None,
            url: "",
            code: "",
            expires_at: Timestamp::default(),
            zone: self.policy.time_zone,
            lasts: Lifetime::default(),
            support: self.policy.support_contact.as_deref(),
        }
    }
}
