//! Why a rule said no, in one enum: the reasons are the product's, whichever stream decides.

use crate::link::{Channel, Refusal};
use crate::time::Lifetime;
use crate::value::InvalidValue;

/// A rule said no. The message is one sentence for people that says what to do next where something can be done;
/// [`Rejection::code`] is stable for programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// An entered value is not acceptable.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    /// A contact needs a way to be reached.
    #[error("a contact needs an e-mail address or a phone number: give at least one of the two")]
    NoAddress,
    /// Nobody has this id, external id, e-mail or phone.
    #[error("no such contact: check the spelling, or add the contact first")]
    ContactNotFound,
    /// Several contacts share the address.
    #[error("{0} contacts share this address: name the one you mean by id or external id")]
    ContactAmbiguous(usize),
    /// The contact was erased.
    #[error("this contact was erased at their request and can't be used any more")]
    ContactErased,
    /// No live grant.
    #[error("the contact is not in the portal: grant a course or group first")]
    ContactNotInPortal,
    /// Another contact has the external id.
    #[error("another contact already has this external id: take another one, or change the contact that has it")]
    ExternalIdTaken,
    /// No such offering.
    #[error("no such offering: see the list of offerings for the right slug")]
    OfferingNotFound,
    /// The offering takes no new grants.
    #[error("this offering is archived and takes no new grants: choose another one")]
    OfferingArchived,
    /// An offering of that slug exists.
    #[error("an offering with this slug exists already: take another slug, or change that offering")]
    SlugTaken,
    /// The end of a grant lies in the past.
    #[error("the end of the grant lies in the past: name a later time, or leave it out")]
    UntilInThePast,
    /// The contact has no live grant for the destination.
    #[error(
        "the contact has no access to this destination: grant it in the same step, or let the link lead to the portal's home"
    )]
    DestinationNotGranted,
    /// Longer than allowed.
    #[error("a link may live at most {0}: ask for no longer than that")]
    ExpiresInTooLong(Lifetime),
    /// A link works 1 to 10 times.
    #[error("max_uses is a number from 1 to 10")]
    MaxUsesOutOfRange,
    /// The setting asks for a reason.
    #[error("a reason is required for every link: give one")]
    ReasonRequired,
    /// Too many live links.
    #[error("the contact already has {0} live links: revoke one, or let them expire")]
    TooManyLiveLinks(u32),
    /// No provider for the channel.
    #[error("no provider is configured for {0}: configure one, or hand the link over another way")]
    ChannelNotConfigured(Channel),
    /// No phone number on file.
    #[error("the contact has no phone number on file: add one, or send by e-mail")]
    NoPhone,
    /// No e-mail address on file.
    #[error("the contact has no e-mail address on file: add one, or send by SMS")]
    NoEmail,
    /// The number said STOP.
    #[error("this number opted out of text messages: send by e-mail, or ask them to text START")]
    SmsOptedOut,
    /// `twilio.countries` says no.
    #[error(
        "text messages to the country of this number are not allowed here: send by e-mail, or ask the operator to allow it"
    )]
    CountryNotAllowed,
    /// A premium-rate or shared-cost number.
    #[error(
        "text messages are not sent to premium-rate and shared-cost numbers: add a mobile number, or send by e-mail"
    )]
    NumberCostsExtra,
    /// No such link.
    #[error("no such link: see the list of links for the right id")]
    LinkNotFound,
    /// The link can't be used any more.
    #[error("this link is no longer live: make a new one")]
    LinkNotLive,
    /// No such delivery.
    #[error("no such delivery: see the link's timeline for the right id")]
    DeliveryNotFound,
    /// Sent already, or about to be.
    #[error("this delivery was sent, or is being sent right now: ask for a new delivery to send the link once more")]
    DeliveryUnderWay,
    /// No such session, or it ended.
    #[error("no such session: it may have ended already")]
    SessionNotFound,
    /// The link does not sign in; its page says why.
    #[error("this link does not sign in: {0}")]
    Refused(Refusal),
    /// `links.reveal` says no.
    #[error("links are not shown here: send it by SMS or e-mail instead")]
    RevealForbidden,
    /// No such staff member.
    #[error("no such staff member: see the list of staff for the right id")]
    StaffNotFound,
    /// Another staff member has the e-mail.
    #[error("another staff member already has this e-mail address: take another address, or change that staff member")]
    StaffEmailTaken,
    /// The last owner stays.
    #[error("this is the only owner: make somebody else an owner first")]
    LastOwner,
    /// Another staff member commands from this chat user.
    #[error("another staff member is connected to this chat user: they disconnect it in the console first")]
    ChatTaken,
    /// A staff member has many chats already.
    #[error("you are connected to as many chats as one person can be: disconnect one in the console first")]
    TooManyChats,
    /// The code that connects a chat is wrong, used or over.
    #[error(
        "this code does not work: it is wrong, was used, or is older than ten minutes; get a new one in the console"
    )]
    ChatCodeInvalid,
    /// No such API token.
    #[error("no such API token: see the list of API tokens for the right id")]
    TokenNotFound,
    /// A live token has the name.
    #[error("a live API token already has this name: take another name, or revoke that API token first")]
    TokenNameTaken,
    /// An owner token outside its limits.
    #[error(
        "an owner token is made on the host's command line alone and expires within 90 days: name the end there, such as --expires 90d"
    )]
    OwnerToken,
    /// The role does not allow it.
    #[error("your role does not allow this: ask an owner")]
    Forbidden,
    /// No token does it, whatever its role.
    #[error("staff and API tokens are managed in the console or on the command line, never by token")]
    NotByToken,
    /// The act wants a second yes.
    #[error("this needs an explicit confirmation")]
    ConfirmationRequired,
    /// The act wants a fresh sign-in.
    #[error("sign in again first: this is only allowed within 15 minutes of signing in")]
    SignInAgain,
    /// Nobody is signed in, or the token is not valid.
    #[error("sign in first, or send a valid API token")]
    Unauthenticated,
    /// Issuing is stopped.
    #[error("issuing links is stopped: an owner can resume it")]
    IssuingStopped,
    /// Redeeming is stopped.
    #[error("signing in by link is stopped at the moment: try again later")]
    RedeemingStopped,
    /// The idempotency key came with another request before.
    #[error("this idempotency key was used for another request: take a new key")]
    IdempotencyKeyReused,
    /// No such bulk send.
    #[error("no such bulk send: see the list of bulk sends")]
    BulkNotFound,
    /// It was stopped, or is done.
    #[error("this bulk send has ended: start another one")]
    BulkEnded,
    /// Nobody who is meant can be written to.
    #[error("nobody would get a message: choose other contacts, or another channel")]
    NobodyToSendTo,
    /// More contacts are meant than were confirmed.
    #[error(
        "{now} messages would be sent now, not {confirmed}: look at the figures again, then confirm the new number"
    )]
    CountChanged {
        /// How many were confirmed.
        confirmed: u32,
        /// How many it would be.
        now: u32,
    },
    /// More at once than one act takes.
    #[error("that is too much at once: ask for less")]
    TooMuch,
    /// A budget is used up.
    #[error("too many attempts: try again in {0}")]
    RateLimited(Lifetime),
}

impl Rejection {
    /// The stable word for programs, as the API, `--json` and the logs show it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(value) => match value.field {
                "email" => "invalid_email",
                "phone" => "invalid_phone",
                _ => "invalid_field",
            },
            Self::MaxUsesOutOfRange | Self::UntilInThePast => "invalid_field",
            Self::NoAddress => "no_address",
            Self::ContactNotFound => "contact_not_found",
            Self::ContactAmbiguous(_) => "contact_ambiguous",
            Self::ContactErased => "contact_erased",
            Self::ContactNotInPortal => "contact_not_in_portal",
            Self::ExternalIdTaken => "external_id_taken",
            Self::OfferingNotFound => "offering_not_found",
            Self::OfferingArchived => "offering_archived",
            Self::SlugTaken => "slug_taken",
            Self::DestinationNotGranted => "destination_not_granted",
            Self::ExpiresInTooLong(_) => "expires_in_too_long",
            Self::ReasonRequired => "reason_required",
            Self::TooManyLiveLinks(_) => "too_many_live_links",
            Self::ChannelNotConfigured(_) => "channel_not_configured",
            Self::NoPhone => "no_phone",
            Self::NoEmail => "no_email",
            Self::SmsOptedOut => "sms_opted_out",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::NumberCostsExtra => "number_costs_extra",
            Self::LinkNotFound
            | Self::DeliveryNotFound
            | Self::SessionNotFound
            | Self::StaffNotFound
            | Self::BulkNotFound
            | Self::TokenNotFound => "not_found",
            Self::LinkNotLive => "link_not_live",
            Self::DeliveryUnderWay => "delivery_under_way",
            Self::Refused(why) => why.as_str(),
            Self::RevealForbidden => "reveal_forbidden",
            Self::StaffEmailTaken => "staff_email_taken",
            Self::LastOwner => "last_owner",
            Self::ChatTaken => "chat_taken",
            Self::TooManyChats => "too_many_chats",
            Self::ChatCodeInvalid => "chat_code_invalid",
            Self::TokenNameTaken => "token_name_taken",
            Self::OwnerToken => "owner_token",
            Self::Forbidden | Self::NotByToken => "forbidden",
            Self::ConfirmationRequired => "confirmation_required",
            Self::SignInAgain => "sign_in_again",
            Self::Unauthenticated => "unauthenticated",
            Self::IssuingStopped => "issuing_stopped",
            Self::RedeemingStopped => "redeeming_stopped",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::BulkEnded => "bulk_ended",
            Self::NobodyToSendTo => "nobody_to_send_to",
            Self::CountChanged { .. } => "count_changed",
            Self::TooMuch => "too_large",
            Self::RateLimited(_) => "rate_limited",
        }
    }

    /// The request field at fault, where there is one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(value) => Some(value.field),
            Self::MaxUsesOutOfRange => Some("max_uses"),
            Self::UntilInThePast => Some("until"),
            Self::ExpiresInTooLong(_) => Some("expires_in"),
            Self::ReasonRequired => Some("reason"),
            Self::NoAddress
            | Self::ContactNotFound
            | Self::ContactAmbiguous(_)
            | Self::ContactErased
            | Self::ContactNotInPortal
            | Self::ExternalIdTaken
            | Self::OfferingNotFound
            | Self::OfferingArchived
            | Self::SlugTaken
            | Self::DestinationNotGranted
            | Self::TooManyLiveLinks(_)
            | Self::ChannelNotConfigured(_)
            | Self::NoPhone
            | Self::NoEmail
            | Self::SmsOptedOut
            | Self::CountryNotAllowed
            | Self::NumberCostsExtra
            | Self::LinkNotFound
            | Self::LinkNotLive
            | Self::Refused(_)
            | Self::DeliveryNotFound
            | Self::DeliveryUnderWay
            | Self::SessionNotFound
            | Self::RevealForbidden
            | Self::StaffNotFound
            | Self::StaffEmailTaken
            | Self::LastOwner
            | Self::ChatTaken
            | Self::TooManyChats
            | Self::ChatCodeInvalid
            | Self::TokenNotFound
            | Self::TokenNameTaken
            | Self::OwnerToken
            | Self::Forbidden
            | Self::NotByToken
            | Self::ConfirmationRequired
            | Self::SignInAgain
            | Self::Unauthenticated
            | Self::IssuingStopped
            | Self::RedeemingStopped
            | Self::IdempotencyKeyReused
            | Self::BulkNotFound
            | Self::BulkEnded
            | Self::NobodyToSendTo
            | Self::TooMuch
            | Self::RateLimited(_) => None,
            Self::CountChanged { .. } => Some("confirmed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_put_right_says_how() {
        for rejection in [
            Rejection::NoAddress,
            Rejection::ExternalIdTaken,
            Rejection::OfferingArchived,
            Rejection::SlugTaken,
            Rejection::UntilInThePast,
            Rejection::ExpiresInTooLong(Lifetime::from_days(30)),
            Rejection::ReasonRequired,
            Rejection::LinkNotFound,
            Rejection::DeliveryNotFound,
            Rejection::StaffNotFound,
            Rejection::StaffEmailTaken,
            Rejection::TokenNotFound,
            Rejection::TokenNameTaken,
            Rejection::OwnerToken,
        ] {
            let sentence = rejection.to_string();
            let remedy = sentence.split_once(": ").map(|(_, remedy)| remedy);
            assert!(remedy.is_some_and(|remedy| remedy.len() > 5), "{sentence}");
        }
        assert!(Rejection::OwnerToken.to_string().contains("--expires 90d"));
    }
}
