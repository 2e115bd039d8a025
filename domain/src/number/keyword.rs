//! The words a phone can text to any number of ours, read as carriers read them.

/// A word that opts a number out or in, or asks what this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// No more text messages.
    Stop,
    /// Text messages again.
    Start,
    /// Who sends these?
    Help,
}

/// The keyword that `text` is, as a whole: any case, punctuation and spaces around it ignored.
///
/// The words are those that US carriers and Twilio's default opt-out handling know (CTIA Messaging Principles, 5.1.3).
#[must_use]
pub fn keyword(text: &str) -> Option<Keyword> {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_uppercase();
    match word.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT"] | ["OPT", "OUT"] => {
            Some(Keyword::Stop)
        }
        ["START" | "YES" | "UNSTOP"] => Some(Keyword::Start),
        ["HELP" | "INFO"] => Some(Keyword::Help),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_synonym_counts() {
        let all = [
            (Keyword::Stop, "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT"),
            (Keyword::Start, "START YES UNSTOP"),
            (Keyword::Help, "HELP INFO"),
        ];
        for (meaning, words) in all {
            for word in words.split(' ') {
                assert_eq!(keyword(word), Some(meaning), "{word}");
            }
        }
        assert_eq!(keyword("OPT OUT"), Some(Keyword::Stop));
    }

    #[test]
    fn case_and_what_stands_around_the_word_do_not_matter() {
        for text in ["stop", " Stop! ", "\"STOP\".", "\n¡stop!\u{200b}", "opt  out", "(Opt Out)"] {
            assert_eq!(keyword(text), Some(Keyword::Stop), "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_message_is_a_keyword() {
        for text in ["", "   ", "...", "please stop", "stop it", "stopping", "st op", "yes please", "STOP2", "LOGIN"] {
            assert_eq!(keyword(text), None, "{text:?}");
        }
    }
}
