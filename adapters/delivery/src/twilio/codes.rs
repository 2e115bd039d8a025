//! Twilio's error codes in plain words that say what to do: one table for what it answers and what it reports later.
//!
//! Apart from the client because reports carry the same codes. Meanings: <https://www.twilio.com/docs/api/errors>.

use magiclink_domain::ports::Sending;

/// Whose trouble a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This number's or this message's.
    Message,
    /// Ours: the same will happen to others until somebody changes the account or the configuration.
    Operator,
    /// Whoever has the number said STOP: nothing may go there until they say START.
    OptedOut,
    /// Nobody's: it was not accepted now, and may be later.
    Later,
    /// The account's: nothing can be sent at all.
    Account,
}

use Whose::{Account, Later, Message, Operator, OptedOut};

const TABLE: &[(u32, Whose, &str)] = &[
    (10_001, Account, "Twilio has suspended the account: add funds, or ask Twilio why"),
    (20_003, Account, "Twilio refuses our credentials: check twilio.account_sid and the token or key"),
    (20_005, Account, "Twilio has suspended the account: add funds, or ask Twilio why"),
    (20_404, Account, "Twilio does not know the account: check twilio.account_sid and twilio.api_base"),
    (20_429, Later, "Twilio takes no more for the moment: it is tried again"),
    (21_211, Message, "not a number that Twilio can send to: correct the contact's phone, or send by e-mail"),
    (21_212, Operator, "our sender is not valid at Twilio: check twilio.from"),
    (21_217, Message, "not a number that can be dialled: correct the contact's phone, or send by e-mail"),
    (
        21_408,
        Operator,
        "Twilio's account may not send to this country: allow it in Twilio's geo permissions, or send by e-mail",
    ),
    (21_602, Operator, "Twilio got a message without words: check the SMS template"),
    (21_603, Operator, "Twilio got a message without a sender: set twilio.from or twilio.messaging_service_sid"),
    (21_604, Message, "Twilio got a message without a number: correct the contact's phone"),
    (21_606, Operator, "our number can't send text messages: check twilio.from in Twilio's console"),
    (21_609, Operator, "Twilio can't report to our address: server.base_url must be reachable from the internet"),
    (21_610, OptedOut, "the number has opted out with STOP: send by e-mail, or ask the contact to text START"),
    (21_611, Later, "too many messages wait for our number at Twilio: it is tried again"),
    (21_612, Message, "Twilio has no way from our number to this one: send by e-mail"),
    (21_614, Message, "not a mobile number: correct the contact's phone, or send by e-mail"),
    (21_617, Operator, "the message is longer than 1,600 characters: shorten the SMS template"),
    (21_660, Operator, "our number is not part of Twilio's account: check twilio.from and twilio.account_sid"),
    (21_703, Operator, "the messaging service has no number that could send: add one in Twilio's console"),
    (30_001, Message, "it waited too long at Twilio and was given up: send again"),
    (
        30_002,
        Operator,
        "Twilio suspended the account before it was sent: add funds, or ask Twilio why; then send again",
    ),
    (30_003, Message, "the phone can't be reached (switched off, or no service): send again later, or by e-mail"),
    (30_004, Message, "the phone or its network blocks our messages: send by e-mail"),
    (30_005, Message, "nobody has this number (any more): correct the contact's phone, or send by e-mail"),
    (30_006, Message, "a landline, or a network that takes no text messages: send by e-mail"),
    (
        30_007,
        Operator,
        "the network's spam filter stopped it: send by e-mail, and look at the sender's registration at Twilio",
    ),
    (30_008, Message, "the network did not say why it failed: send again once, then by e-mail"),
    (
        30_032,
        Operator,
        "our toll-free number is not verified: complete its verification at Twilio, and send by e-mail until then",
    ),
    (
        30_034,
        Operator,
        "our US number is not registered (A2P 10DLC): register it at Twilio, and send by e-mail until then",
    ),
    (30_036, Message, "the link's lifetime ran out before it could be delivered: make a new link"),
    (30_410, Message, "the phone's network did not answer in time: send again later, or by e-mail"),
    (30_454, Operator, "Twilio's limit of spending is reached: raise it in Twilio's console"),
];

/// Whose trouble a code is, and the code in plain words.
pub(crate) fn meaning(code: u32) -> (Whose, String) {
    TABLE.iter().find(|(known, ..)| *known == code).map_or_else(
        || (Message, format!("Twilio's error {code}: see https://www.twilio.com/docs/api/errors/{code}")),
        |(_, whose, words)| (*whose, (*words).to_owned()),
    )
}

/// Whether the table has it.
pub(super) fn is_known(code: u32) -> bool {
    TABLE.iter().any(|(known, ..)| *known == code)
}

/// A delivery that failed with this code; sounds the alarm where somebody must act before others fail alike.
pub(crate) fn failed(code: Option<u32>) -> Sending {
    let Some(code) = code else {
        return Sending::Failed {
            code: "undelivered".to_owned(),
            words: "it was not delivered, and Twilio does not say why: send by e-mail".to_owned(),
        };
    };
    let (whose, words) = meaning(code);
    if matches!(whose, Operator | Account) {
        alarm(code, &words);
    }
    let code = code.to_string();
    if whose == OptedOut { Sending::OptedOut { code, words } } else { Sending::Failed { code, words } }
}

/// Tells the operator in the log.
pub(crate) fn alarm(code: u32, words: &str) {
    tracing::error!(alarm = "twilio", code, "{words}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_in_order_and_says_what_to_do() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order");
        for (code, _, words) in TABLE {
            assert!(words.contains(':') && words.is_ascii() && !words.ends_with('.'), "{code}: {words}");
        }
    }

    #[test]
    fn an_unknown_code_is_named_with_the_page_that_explains_it() {
        let Sending::Failed { code, words } = failed(Some(30_999)) else { panic!() };
        assert_eq!(code, "30999");
        assert_eq!(words, "Twilio's error 30999: see https://www.twilio.com/docs/api/errors/30999");
        let Sending::Failed { code, words } = failed(None) else { panic!() };
        assert_eq!((code.as_str(), words.contains("e-mail")), ("undelivered", true));
    }
}
