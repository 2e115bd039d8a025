//! What a bulk send would come to: who would get a message, over which channel, who would not and why, and the cost.

use std::collections::BTreeMap;

use super::BulkRequest;
use crate::authority::Act;
use crate::id::ContactId;
use crate::link::{Channel, Destination};
use crate::message::Segments;
use crate::rejection::Rejection;
use crate::time::Lifetime;
use crate::usecases::UseCases;
use crate::usecases::caller::Caller;
use crate::usecases::contacts::present;
use crate::usecases::failure::Failure;
use crate::usecases::links::IssueRequest;

/// What would come of a bulk send, counted; nothing is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkPreview {
    /// How many contacts are meant.
    pub contacts: u32,
    /// How many messages over which channel.
    pub channels: BTreeMap<Channel, u32>,
    /// Who would get none, by the word of the rule that refuses.
    pub refused: BTreeMap<&'static str, Refused>,
    /// Segments that the text messages would take, with the names on file: what providers charge for.
    pub sms_segments: u64,
}

/// How many would get no message for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason, for the first of them.
    pub why: Rejection,
    /// How many.
    pub contacts: u32,
}

impl BulkPreview {
    /// How many messages there would be.
    #[must_use]
    pub fn messages(&self) -> u32 {
        self.channels.values().sum()
    }
}

/// Everybody who is meant, sorted.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) preview: BulkPreview,
    pub(super) recipients: Vec<ContactId>,
    pub(super) refused: Vec<(ContactId, String)>,
}

impl UseCases {
    /// What [`UseCases::start_bulk_send`] would come to now.
    ///
    /// # Errors
    /// `forbidden`, and what would stop the whole.
    pub async fn preview_bulk_send(&self, caller: &Caller, request: &BulkRequest) -> Result<BulkPreview, Failure> {
        caller.may(Act::ManageLinks, self.now())?;
        // The second yes is said to what this shows.
        let sure = caller.confirmed();
        self.bulk_allowed(&sure, request).await?;
        Ok(self.sort(&sure, request).await?.preview)
    }

    pub(super) async fn sort(&self, caller: &Caller, request: &BulkRequest) -> Result<Sorted, Failure> {
        let (now, keyring) = (self.now(), self.ports.keys.keyring());
        let tag = request.tag.as_ref().map(|tag| keyring.tag_index(tag));
        let beyond = self.ports.log.head().await?;
        let meant = self.ports.lookups.segment(&request.segment, tag, now, beyond).await?;
        let mut sorted = Sorted::default();
        for contact in meant {
            sorted.preview.contacts += 1;
            match self.way_to(caller, contact, request.lifetime(), &request.channels).await? {
                Ok(channel) => {
                    *sorted.preview.channels.entry(channel).or_default() += 1;
                    if channel == Channel::Sms {
                        sorted.preview.sms_segments += self.segments(caller, contact, request.lifetime()).await?;
                    }
                    sorted.recipients.push(contact);
                }
                Err(why) => {
                    sorted.refused.push((contact, why.code().to_owned()));
                    let entry = sorted.preview.refused.entry(why.code());
                    entry.or_insert(Refused { why, contacts: 0 }).contacts += 1;
                }
            }
        }
        Ok(sorted)
    }

    /// Over which of the channels a link would reach the contact now, or why none would.
    pub(super) async fn way_to(
        &self, caller: &Caller, contact: ContactId, lifetime: Lifetime, channels: &[Channel],
    ) -> Result<Result<Channel, Rejection>, Failure> {
        let request = request(contact, lifetime);
        let mut problems = match self.check_link(caller, &request).await {
            Ok(problems) => problems,
            Err(Failure::Rejected(rejection)) => return Ok(Err(rejection)),
            Err(failure) => return Err(failure),
        };
        // Asked for the whole, not for each.
        problems.retain(|problem| *problem != Rejection::ReasonRequired);
        if let Some(problem) = problems.into_iter().next() {
            return Ok(Err(problem));
        }
        let loaded = self.contact(contact).await?;
        let contact = present(&loaded.state)?;
        let mut refused = vec![];
        for channel in channels {
            match self.deliverable(contact, *channel).await? {
                Ok(()) => return Ok(Ok(*channel)),
                Err(why) => refused.push(why),
            }
        }
        Ok(Err(unreachable(refused)))
    }

    /// Segments of the text message to this contact, in the words and language that they would get it in.
    async fn segments(&self, caller: &Caller, contact: ContactId, lifetime: Lifetime) -> Result<u64, Failure> {
        let preview = self.preview_message(caller, contact, Channel::Sms, Some(lifetime), None).await?;
        Ok(u64::try_from(Segments::of(&preview.written.text()).count).unwrap_or(u64::MAX))
    }
}

/// The link of one recipient, before its channel is chosen.
pub(super) fn request(contact: ContactId, lifetime: Lifetime) -> IssueRequest {
    IssueRequest {
        contact,
        destination: Destination::Home,
        lifetime: Some(lifetime),
        max_uses: None,
        deliver: vec![],
        grants: vec![],
        reason: None,
        reveal: false,
    }
}

/// The one reason that tells most: an address that may not be used says more than one that is not there.
fn unreachable(mut refused: Vec<Rejection>) -> Rejection {
    let missing = |why: &Rejection| matches!(why, Rejection::NoEmail | Rejection::NoPhone);
    if let Some(telling) = refused.iter().position(|why| !missing(why)) {
        return refused.swap_remove(telling);
    }
    match (refused.pop(), refused.is_empty()) {
        (Some(only), true) => only,
        (Some(_) | None, _) => Rejection::NoAddress,
    }
}
