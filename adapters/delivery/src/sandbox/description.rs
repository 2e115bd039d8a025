//! The parameters of a new message, from Twilio's API description (twilio-oai, `CreateMessageRequest`, release 2.6.7).
//!
//! Apart from the rules because a test holds it against the description itself.

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Phone,
    /// Whole seconds up to ten hours.
    Seconds,
    Whole,
    Number,
    Flag,
    Sid(&'static str),
    OneOf(&'static [&'static str]),
    Address,
}

const RETENTION: Kind = Kind::OneOf(&["retain", "discard"]);

/// Every parameter there is.
pub(super) const PARAMETERS: &[(&str, Kind)] = &[
    ("To", Kind::Phone),
    ("StatusCallback", Kind::Address),
    ("ApplicationSid", Kind::Sid("AP")),
    ("MaxPrice", Kind::Number),
    ("ProvideFeedback", Kind::Flag),
    ("Attempt", Kind::Whole),
    ("ValidityPeriod", Kind::Seconds),
    ("ForceDelivery", Kind::Flag),
    ("ContentRetention", RETENTION),
    ("AddressRetention", Kind::OneOf(&["retain", "obfuscate"])),
    ("SmartEncoded", Kind::Flag),
    ("PersistentAction", Kind::Text),
    ("TrafficType", Kind::OneOf(&["free"])),
    ("ShortenUrls", Kind::Flag),
    ("ScheduleType", Kind::OneOf(&["fixed"])),
    ("SendAt", Kind::Text),
    ("SendAsMms", Kind::Flag),
    ("ContentVariables", Kind::Text),
    ("RiskCheck", Kind::OneOf(&["enable", "disable"])),
    ("From", Kind::Phone),
    ("FallbackFrom", Kind::Phone),
    ("MessagingServiceSid", Kind::Sid("MG")),
    ("Body", Kind::Text),
    ("MediaUrl", Kind::Address),
    ("ContentSid", Kind::Sid("HX")),
];
