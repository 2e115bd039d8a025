//! What keeps text messages from costing more than they should: toll fraud sends them to ranges of numbers that somebody
//! earns by, in countries where nobody of ours lives.
//!
//! Apart from the deliveries because answers to texts that come in cost as much as links that go out.

use super::UseCases;
use super::failure::Failure;
use crate::ports::{Budget, Limit};
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};
use crate::value::PhoneNumber;

/// Why a text message waits, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// It may go out from then on.
    pub(crate) until: Timestamp,
    /// For programs.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) words: &'static str,
}

const RANGE: (&str, &str) = (
    "sms_per_prefix",
    "many text messages went to numbers that begin like this one; more wait, as a protection against fraud",
);
const DAY: (&str, &str) =
    ("daily_cap", "the text messages of this day are used up; it is sent when the next day begins");

impl UseCases {
    /// Whether this number may get text messages at all.
    pub(super) fn may_text(&self, phone: &PhoneNumber) -> Result<(), Rejection> {
        if phone.costs_extra() {
            return Err(Rejection::NumberCostsExtra);
        }
        match &self.policy.sms_countries {
            None => Ok(()),
            Some(allowed) if phone.country().is_some_and(|country| allowed.contains(&country)) => Ok(()),
            Some(_) => Err(Rejection::CountryNotAllowed),
        }
    }

    /// Takes one text message to this number from the budgets of its range and of the day, in this order: a flood of
    /// one range must not use up everybody's day.
    pub(super) async fn take_sms(&self, phone: &PhoneNumber) -> Result<Result<(), Wait>, Failure> {
        let range = self.ports.keys.keyring().blind_index("phone_range", phone.range());
        let day = Limit { most: self.policy.sms_per_day, per: Lifetime::from_days(1) };
        for (key, limit, (code, words)) in
            [(format!("sms-range-{range}"), self.policy.sms_per_prefix, RANGE), ("sms-per-day".to_owned(), day, DAY)]
        {
            if let Budget::Exhausted { retry_after } = self.ports.budgets.take(&key, &[limit], self.now()).await? {
                return Ok(Err(Wait { until: self.now().plus(retry_after), code, words }));
            }
        }
        Ok(Ok(()))
    }
}
