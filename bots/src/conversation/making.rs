//! Making a link for whom somebody named, and the buttons where something stands in the way.
//!
//! Apart from the turns because a wish outlives its turn: the buttons of its answer go on with it.

use std::collections::BTreeSet;

use magiclink_domain::authority::Act as Right;
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Failure, IssueRequest};
use magiclink_domain::value::{Reason, Slug};
use magiclink_projections::{ContactView, OfferingView};
use serde::{Deserialize, Serialize};

use super::act::{Act, OfferingRef};
use super::answer::{Answer, Choice, Look, MOST_CHOICES, short};
use super::find::{Found, detail, name};
use super::parse::Wish;
use super::talk::{Asking, Conversation};
use super::text::Line;
use super::{refusals, says, words};

/// How long the buttons of an answer work.
pub(super) const BUTTONS_WORK: Lifetime = Lifetime::from_hours(1);
/// Grants offered as buttons; more become a menu.
const MOST_BUTTONS: usize = 4;

impl Conversation {
    /// Makes the link that was asked for, or asks what is missing.
    pub(super) async fn wished(&self, asking: &Asking, wish: Wish) -> Result<Answer, Failure> {
        if wish.who.is_empty() {
            return Ok(says::for_whom(""));
        }
        // Nobody without the right learns who is in the directory by asking for links.
        if !asking.may(Right::ManageLinks) {
            return Err(Rejection::Forbidden.into());
        }
        self.keep_wish(asking, &wish).await?;
        let turn = asking.turn();
        let act = |contact| Act::Make { turn, contact, grant: None, confirmed: false, home: false };
        match self.find(&asking.caller, &wish.who).await? {
            Found::One(contact) => self.make(asking, &wish, contact, None).await,
            Found::Several(views) => Ok(which(says::several(&wish.who), &views, act)),
            Found::Perhaps(views) => Ok(Self::or_add(asking, which(says::perhaps(&wish.who), &views, act))),
            Found::Nobody => Ok(Self::nobody(asking, &wish.who, "; the link is made then")),
        }
    }

    /// Makes the link for this contact.
    pub(super) async fn make(
        &self, asking: &Asking, wish: &Wish, contact: ContactId, grant: Option<OfferingRef>,
    ) -> Result<Answer, Failure> {
        let grants = match grant {
            Some(short) => vec![self.offering(short).await?],
            None => vec![],
        };
        let destination = match &wish.destination {
            None => Destination::Home,
            Some(text) => match self.place(text).await? {
                Ok(destination) => destination,
                Err(alike) => return Ok(which_place(text, &alike)),
            },
        };
        let reason = wish.reason.as_deref().map(Reason::parse).transpose().map_err(Rejection::from)?.flatten();
        let request = IssueRequest {
            contact,
            destination,
            lifetime: wish.lifetime,
            max_uses: None,
            deliver: wish.channels.iter().copied().collect(),
            grants,
            reason,
            // What is sent need not be shown as well.
            reveal: wish.channels.is_empty(),
        };
        match self.use_cases.issue_link(&asking.caller, request.clone()).await {
            Ok(done) => {
                self.passed(done.position).await;
                self.issued(asking, done.value).await
            }
            Err(Failure::Rejected(rejection)) => self.offer(asking, &request, rejection, grant).await,
            Err(failure) => Err(failure),
        }
    }

    /// Where something stands in the way that a button can take away, the button; otherwise the rule's no.
    async fn offer(
        &self, asking: &Asking, request: &IssueRequest, rejection: Rejection, grant: Option<OfferingRef>,
    ) -> Result<Answer, Failure> {
        let (turn, contact) = (asking.turn(), request.contact);
        // The buttons of this answer find the wish under this answer's own turn.
        let act = |grant, confirmed, home| Act::Make { turn, contact, grant, confirmed, home };
        let answer = refusals::of_rule(&rejection);
        match (&rejection, &request.destination) {
            (Rejection::ConfirmationRequired, _) => {
                let life = words::span(request.lifetime.unwrap_or(self.use_cases.policy().default_lifetime));
                let asks = Answer::of(Line::of(format!("The link would work for {life}. That is long: sure?")));
                Ok(asks.button("Yes, make it", Look::Danger, act(grant, true, false)))
            }
            (Rejection::DestinationNotGranted, Destination::Offering(slug)) => {
                let label = format!("Grant {} and make the link", self.title(slug).await?);
                let answer = answer.button(label, Look::Primary, act(Some(OfferingRef::of(slug)), false, false));
                Ok(answer.button("Lead to the portal instead", Look::Plain, act(grant, false, true)))
            }
            (Rejection::ContactNotInPortal, Destination::Offering(slug)) => {
                let label = format!("Grant {} and make the link", self.title(slug).await?);
                Ok(answer.button(label, Look::Primary, act(Some(OfferingRef::of(slug)), false, false)))
            }
            (Rejection::ContactNotInPortal, Destination::Home) => self.offer_grants(answer, act).await,
            _ => Ok(answer),
        }
    }

    /// Everything that could be granted, with the link in one act.
    async fn offer_grants(
        &self, answer: Answer, act: impl Fn(Option<OfferingRef>, bool, bool) -> Act,
    ) -> Result<Answer, Failure> {
        let mut offerings = self.read_models.offerings().await?;
        offerings.retain(|offering| offering.archived_at.is_none());
        let act = |slug: &Slug| act(Some(OfferingRef::of(slug)), false, false);
        if offerings.len() <= MOST_BUTTONS {
            return Ok(offerings.iter().fold(answer, |answer, offering| {
                answer.button(format!("Grant {} and send", offering.title), Look::Plain, act(&offering.slug))
            }));
        }
        let choice = |offering: &OfferingView| Choice {
            label: short(offering.title.to_string(), 75),
            detail: offering.slug.to_string(),
            act: act(&offering.slug),
        };
        let answer = if offerings.len() > MOST_CHOICES {
            answer.line(Line::of("There are more: grant them in the console."))
        } else {
            answer
        };
        Ok(answer.menu("Grant and make the link", offerings.iter().map(choice).collect()))
    }

    async fn offering(&self, short: OfferingRef) -> Result<Slug, Failure> {
        let offerings = self.read_models.offerings().await?;
        let found = offerings.into_iter().find(|offering| OfferingRef::of(&offering.slug) == short);
        Ok(found.ok_or(Rejection::OfferingNotFound)?.slug)
    }

    /// What could be granted to somebody new: what was wished for, or else everything.
    pub(super) async fn first_grants(
        &self, asking: &Asking, wish: &Wish, contact: ContactId, answer: Answer,
    ) -> Result<Answer, Failure> {
        let turn = asking.turn();
        let act = |grant, confirmed, home| Act::Make { turn, contact, grant, confirmed, home };
        let place = match &wish.destination {
            Some(text) => self.place(text).await?,
            None => Ok(Destination::Home),
        };
        match place {
            Ok(Destination::Offering(slug)) => {
                let label = format!("Grant {} and make the link", self.title(&slug).await?);
                Ok(answer.button(label, Look::Primary, act(Some(OfferingRef::of(&slug)), false, false)))
            }
            Ok(Destination::Home) | Err(_) => self.offer_grants(answer, act).await,
        }
    }

    /// Keeps what was asked for, for the buttons of the answer.
    pub(super) async fn keep_wish(&self, asking: &Asking, wish: &Wish) -> Result<(), Failure> {
        let kept = WishV1 {
            who: wish.who.clone(),
            staff: asking.member.staff.to_string(),
            channels: wish.channels.iter().map(|channel| channel.as_str().to_owned()).collect(),
            lifetime_s: wish.lifetime.map(Lifetime::secs),
            destination: wish.destination.clone(),
            reason: wish.reason.clone(),
        };
        let ports = self.use_cases.ports();
        let until = ports.clock.now().plus(BUTTONS_WORK);
        let bytes = serde_json::to_vec(&kept).unwrap_or_default();
        Ok(ports.parcels.put(&wish_key(asking.turn()), &bytes, until).await?)
    }

    /// What was asked for at that turn, by the same staff member; kept for the buttons of the next answer too.
    pub(super) async fn kept_wish(&self, asking: &Asking, turn: CommandId) -> Result<Option<Wish>, Failure> {
        let ports = self.use_cases.ports();
        let Some(bytes) = ports.parcels.look(&wish_key(turn), ports.clock.now()).await? else { return Ok(None) };
        let Ok(kept) = serde_json::from_slice::<WishV1>(&bytes) else { return Ok(None) };
        if kept.staff != asking.member.staff.to_string() {
            return Ok(None);
        }
        let channels: BTreeSet<Channel> = kept.channels.iter().filter_map(|word| Channel::from_word(word)).collect();
        let lifetime = kept.lifetime_s.map(Lifetime::from_secs);
        let wish = Wish { who: kept.who, channels, lifetime, destination: kept.destination, reason: kept.reason };
        self.keep_wish(asking, &wish).await?;
        Ok(Some(wish))
    }
}

fn wish_key(turn: CommandId) -> String {
    format!("chat-wish/{turn}")
}

#[derive(Serialize, Deserialize)]
struct WishV1 {
    #[serde(default)]
    who: String,
    staff: String,
    channels: Vec<String>,
    lifetime_s: Option<u64>,
    destination: Option<String>,
    reason: Option<String>,
}

/// Asks which contact is meant.
pub(super) fn which(asks: Line, views: &[ContactView], act: impl Fn(ContactId) -> Act) -> Answer {
    let choice = |view: &ContactView| {
        Some(Choice { label: short(name(view)?.to_owned(), 75), detail: short(detail(view), 75), act: act(view.id) })
    };
    let answer = Answer::of(asks).menu("Choose a contact", views.iter().filter_map(choice).collect());
    if views.len() > MOST_CHOICES { answer.line(says::more()) } else { answer }
}

/// Asks which course or group is meant.
fn which_place(text: &str, alike: &[OfferingView]) -> Answer {
    let mut line = Line::of("No course or group is called ").strong(text.to_owned()).words(".");
    for (nth, offering) in alike.iter().take(5).enumerate() {
        line = line.words(if nth == 0 { " Perhaps: " } else { ", " }).typed(offering.slug.to_string());
    }
    let hint =
        if alike.is_empty() { "See the console for what there is." } else { "Type the command with one of them." };
    Answer::of(line).line(Line::of(hint))
}
