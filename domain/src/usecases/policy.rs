//! The values that configuration gives to the rules.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use crate::authority::Reveal;
use crate::link::{Channel, SessionLimits};
use crate::number::LoginKeyword;
use crate::ports::Limit;
use crate::time::Lifetime;
use crate::value::{Country, Locale};

/// Configuration, as the rules see it.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where links lead to: scheme, host and port, no slash at the end.
    pub base_url: String,
    /// The portal's name in messages.
    pub portal_name: String,
    /// The zone in which messages say times: contacts have none of their own.
    pub time_zone: Tz,
    /// The language of messages to whoever has none of their own.
    pub locale: Locale,
    /// How long a staff-made link lives unless said otherwise.
    pub default_lifetime: Lifetime,
    /// The longest a link may live.
    pub max_lifetime: Lifetime,
    /// Soft limit of live staff-made links per contact.
    pub max_live_per_contact: u32,
    /// Every staff-made link needs a reason.
    pub require_reason: bool,
    /// A new link takes the place of the contact's older ones.
    pub replace_older: bool,
    /// Who may see links and codes.
    pub reveal: Reveal,
    /// Whether links are shown in chats to those who may see them; otherwise they are only sent from there.
    pub reveal_in_chat: bool,
    /// How long a contact stays signed in.
    pub contact_sessions: SessionLimits,
    /// How long a staff member stays signed in.
    pub staff_sessions: SessionLimits,
    /// How many messages a contact may ask for.
    pub contact_sends: Limit,
    /// How many codes may be tried per address.
    pub code_attempts: Vec<Limit>,
    /// How many links one staff member may make; `None` = no limit.
    pub staff_issues: Option<Limit>,
    /// How many text messages may be sent a day, all together.
    pub sms_per_day: u32,
    /// How long after an unanswered attempt a provider is first asked what became of it.
    pub look_up_after: Lifetime,
    /// How many text messages may be sent to one range of numbers: toll fraud comes in ranges.
    pub sms_per_prefix: Limit,
    /// Countries whose numbers get text messages; `None` = all.
    pub sms_countries: Option<Vec<Country>>,
    /// What a contact texts to get a link.
    pub sms_keyword: LoginKeyword,
    /// Whom contacts can turn to.
    pub support_contact: Option<String>,
    /// Channels that have a provider.
    pub channels: BTreeSet<Channel>,
}

impl Default for Policy {
    /// The defaults of the configuration reference, with no channel.
    fn default() -> Self {
        Self {
            base_url: "http://localhost:8080".to_owned(),
            portal_name: "Client portal".to_owned(),
            time_zone: Tz::UTC,
            locale: Locale::stored("en".to_owned()),
            default_lifetime: Lifetime::DAY,
            max_lifetime: Lifetime::LONGEST,
            max_live_per_contact: 5,
            require_reason: false,
            replace_older: false,
            reveal: Reveal::Always,
            reveal_in_chat: true,
            contact_sessions: SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) },
            staff_sessions: SessionLimits { idle: Lifetime::from_hours(1), absolute: Lifetime::from_hours(12) },
            contact_sends: Limit { most: 5, per: Lifetime::from_hours(1) },
            code_attempts: vec![
                Limit { most: 10, per: Lifetime::from_hours(1) },
                Limit { most: 30, per: Lifetime::from_days(1) },
            ],
            staff_issues: Some(Limit { most: 60, per: Lifetime::from_mins(1) }),
            sms_per_day: 500,
            look_up_after: Lifetime::from_mins(1),
            sms_per_prefix: Limit { most: 50, per: Lifetime::from_hours(1) },
            sms_countries: None,
            sms_keyword: LoginKeyword::default(),
            support_contact: None,
            channels: BTreeSet::new(),
        }
    }
}
