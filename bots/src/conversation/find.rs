//! Whom somebody means: one contact for sure, several to choose from, or nobody.
//!
//! Apart from the turns because a wrong guess sends a link to the wrong person: what is not sure is asked.

use magiclink_domain::id::ContactId;
use magiclink_domain::link::Destination;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure};
use magiclink_domain::value::{EmailAddress, PhoneNumber, Slug};
use magiclink_projections::{ContactView, OfferingView, normalised};

use super::answer::MOST_CHOICES;
use super::talk::Conversation;

/// Whom a text means.
pub(super) enum Found {
    /// Surely this one.
    One(ContactId),
    /// One of these.
    Several(Vec<ContactView>),
    /// Nobody quite; perhaps one of these.
    Perhaps(Vec<ContactView>),
    /// Nobody.
    Nobody,
}

impl Conversation {
    /// Whom `text` means.
    pub(super) async fn find(&self, caller: &Caller, text: &str) -> Result<Found, Failure> {
        match self.use_cases.find_contact(caller, text).await {
            Ok(contact) => return Ok(Found::One(contact)),
            Err(Failure::Rejected(Rejection::ContactAmbiguous(_))) => return self.sharers(text).await,
            Err(Failure::Rejected(Rejection::ContactNotFound)) => {}
            Err(failure) => return Err(failure),
        }
        // One more than fit, to tell that there are more.
        let views = self.read_models.search(text, MOST_CHOICES + 1).await?;
        if let Some(contact) = surely(&views, text) {
            return Ok(Found::One(contact));
        }
        if !views.is_empty() {
            return Ok(Found::Several(views));
        }
        let views = self.read_models.similar(text, MOST_CHOICES).await?;
        Ok(if views.is_empty() { Found::Nobody } else { Found::Perhaps(views) })
    }

    /// Everybody with exactly this address.
    async fn sharers(&self, text: &str) -> Result<Found, Failure> {
        let email = EmailAddress::parse(text).map(|email| email.to_string());
        let phone = || PhoneNumber::parse(text, None).map(|phone| phone.to_string());
        let address = email.or_else(|_| phone()).unwrap_or_default();
        let mut views = vec![];
        for contact in self.read_models.contacts_by_text(&address, MOST_CHOICES + 1).await? {
            views.extend(self.read_models.contact(contact).await?);
        }
        Ok(Found::Several(views))
    }

    /// Where `text` leads: an offering by slug or title, or the portal's home.
    ///
    /// `Err` holds what it might mean.
    pub(super) async fn place(&self, text: &str) -> Result<Result<Destination, Vec<OfferingView>>, Failure> {
        let wanted = normalised(text).replace(['-', '_'], " ");
        if matches!(wanted.as_str(), "home" | "portal" | "the portal") {
            return Ok(Ok(Destination::Home));
        }
        let mut offerings = self.read_models.offerings().await?;
        offerings.retain(|offering| offering.archived_at.is_none());
        let names = |offering: &OfferingView| {
            [
                normalised(offering.slug.as_str()).replace('-', " "),
                normalised(offering.title.as_str()).replace('-', " "),
            ]
        };
        let exactly = offerings.iter().find(|offering| names(offering).contains(&wanted));
        if let Some(offering) = exactly {
            return Ok(Ok(Destination::Offering(offering.slug.clone())));
        }
        let like = |offering: &OfferingView| names(offering).iter().any(|name| name.contains(&wanted));
        let near = |offering: &OfferingView| {
            names(offering).iter().any(|name| strsim::normalized_damerau_levenshtein(name, &wanted) > 0.75)
        };
        let mut alike: Vec<OfferingView> = offerings.iter().filter(|one| like(one)).cloned().collect();
        if alike.is_empty() {
            alike = offerings.into_iter().filter(near).collect();
        }
        Ok(match alike.as_slice() {
            [only] => Ok(Destination::Offering(only.slug.clone())),
            _ => Err(alike),
        })
    }

    /// What the offering is called.
    pub(super) async fn title(&self, slug: &Slug) -> Result<String, Failure> {
        let offering = self.read_models.offering(slug).await?;
        Ok(offering.map_or_else(|| slug.to_string(), |offering| offering.title.to_string()))
    }
}

/// The contact that is meant, where that is beyond doubt: the only one with every typed word as a word of the name, or
/// the only one at all whose name, address or number begins like that.
fn surely(views: &[ContactView], text: &str) -> Option<ContactId> {
    let typed = normalised(text);
    let words: Vec<&str> = typed.split(' ').filter(|word| !word.is_empty()).collect();
    let whole = |view: &&ContactView| {
        let name = name(view).map(normalised).unwrap_or_default();
        words.iter().all(|word| name.split(' ').any(|part| part == *word))
    };
    let mut whole = views.iter().filter(whole);
    if let Some(first) = whole.next() {
        return whole.next().is_none().then_some(first.id);
    }
    let [only] = views else { return None };
    let details = only.details.known()?;
    let name = normalised(details.name.as_str());
    let begins = words.iter().all(|word| name.split(' ').any(|part| part.starts_with(word)));
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let national = digits.trim_start_matches('0');
    let phone = details.phone.as_ref().is_some_and(|phone| phone.as_str().ends_with(national) && national.len() >= 7);
    (begins || phone).then_some(only.id)
}

/// What a contact is called; nothing of the erased.
pub(super) fn name(view: &ContactView) -> Option<&str> {
    view.details.known().map(|details| details.name.as_str())
}

/// What tells contacts of the same name apart.
pub(super) fn detail(view: &ContactView) -> String {
    let Some(details) = view.details.known() else { return String::new() };
    let mut parts: Vec<String> = vec![];
    parts.extend(details.email.as_ref().map(ToString::to_string));
    parts.extend(details.phone.as_ref().map(ToString::to_string));
    parts.extend(details.external_id.as_ref().map(ToString::to_string));
    parts.join(" · ")
}
