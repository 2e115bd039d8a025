//! The words a phone can text to any number of ours, read as carriers read them.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

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

/// The words that US carriers and Twilio's default opt-out handling know (CTIA Messaging Principles, 5.1.3).
const STOP: &[&str] = &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const START: &[&str] = &["START", "YES", "UNSTOP"];
const HELP: &[&str] = &["HELP", "INFO"];

/// The keyword that `text` is, as a whole: any case and punctuation; the same word, or its synonyms, over and over again
/// count once.
#[must_use]
pub fn keyword(text: &str) -> Option<Keyword> {
    let words = words(text);
    if matches!(words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), ["OPT", "OUT"] | ["STOP", "ALL"]) {
        return Some(Keyword::Stop);
    }
    let mut meanings = words.iter().map(|word| meaning(word));
    let first = meanings.next()??;
    meanings.all(|meaning| meaning == Some(first)).then_some(first)
}

fn meaning(word: &str) -> Option<Keyword> {
    let known = [(Keyword::Stop, STOP), (Keyword::Start, START), (Keyword::Help, HELP)];
    known.into_iter().find(|(_, words)| words.contains(&word)).map(|(keyword, _)| keyword)
}

/// The words of a text in capitals, without what separates them and without characters that nobody sees.
fn words(text: &str) -> Vec<String> {
    let unseen = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let plain: String = text.nfkc().filter(|c| !unseen(c)).flat_map(char::to_uppercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What a contact texts to get a link: one word of letters and digits in capitals, none that carriers act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginKeyword(String);

/// The text can't be a [`LoginKeyword`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeyword {
    /// A carrier's word: it would never mean a link alone.
    #[error("{0} is a word that phone companies act on themselves: choose another one, such as LOGIN")]
    OfTheCarriers(String),
    /// No word of the right shape.
    #[error("a keyword is one word of 2 to 20 letters and digits, such as LOGIN")]
    NotAWord,
}

impl LoginKeyword {
    /// Validates, and makes capitals of it.
    ///
    /// # Errors
    /// [`InvalidKeyword`], see there.
    pub fn parse(text: &str) -> Result<Self, InvalidKeyword> {
        let word = text.trim();
        let plain = word.chars().all(char::is_alphanumeric) && (2..=20).contains(&word.chars().count());
        match words(word).as_slice() {
            [one] if plain && meaning(one).is_some() => Err(InvalidKeyword::OfTheCarriers(one.clone())),
            [one] if plain => Ok(Self(one.clone())),
            _ => Err(InvalidKeyword::NotAWord),
        }
    }

    /// Whether `text` is this word, as a whole: any case and punctuation.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        matches!(words(text).as_slice(), [one] if *one == self.0)
    }
}

impl Default for LoginKeyword {
    fn default() -> Self {
        Self("LOGIN".to_owned())
    }
}

impl FromStr for LoginKeyword {
    type Err = InvalidKeyword;

    fn from_str(text: &str) -> Result<Self, InvalidKeyword> {
        Self::parse(text)
    }
}

impl fmt::Display for LoginKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    fn case_and_punctuation_do_not_matter() {
        let texts = [
            "stop",
            " Stop! ",
            "\"STOP\".",
            "\n¡stop!\u{200b}",
            "opt  out",
            "(Opt Out)",
            "opt-out",
            "OPT_OUT",
            "Stop all",
            "ｓｔｏｐ",
            "st\u{ad}op",
            "stop. STOP!! stop",
            "Stop, unsubscribe",
            "🛑 stop 🛑",
        ];
        for text in texts {
            assert_eq!(keyword(text), Some(Keyword::Stop), "{text:?}");
        }
    }

    #[test]
    fn every_synonym_counts_in_any_case_between_any_punctuation() {
        for word in STOP.iter().chain(START).chain(HELP) {
            let meaning = keyword(word);
            assert!(meaning.is_some(), "{word}");
            let capital: String = word.chars().take(1).chain(word.to_lowercase().chars().skip(1)).collect();
            for spelling in [word.to_lowercase(), capital, (*word).to_owned()] {
                for mark in ["", " ", ".", "!", "?", ",", "\"", "'", "\n", "\t", "…", "*", "-", "_", "\u{feff}", "👍"]
                {
                    let text = format!("{mark}{spelling}{mark}");
                    assert_eq!(keyword(&text), meaning, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn only_a_whole_message_is_a_keyword() {
        for text in [
            "",
            "   ",
            "...",
            "please stop",
            "stop it",
            "stopping",
            "st op",
            "yes please",
            "STOP2",
            "LOGIN",
            "stop start",
            "stop help",
        ] {
            assert_eq!(keyword(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_word_for_a_link_is_recognised_as_carriers_recognise_theirs() {
        let login = LoginKeyword::default();
        for text in ["LOGIN", "login", " Login! ", "lo\u{200b}gin", "\"login\"", "ＬＯＧＩＮ"] {
            assert!(login.is(text), "{text:?}");
        }
        for text in ["", "log in", "login please", "LOGINS", "STOP", "LOGIN LOGIN"] {
            assert!(!login.is(text), "{text:?}");
        }
        assert!(LoginKeyword::parse("Zugang").unwrap().is("ZUGANG"));
        assert!(!LoginKeyword::parse("Zugang").unwrap().is("login"));
    }

    #[test]
    fn a_word_of_the_carriers_can_not_ask_for_a_link() {
        for word in STOP.iter().chain(START).chain(HELP) {
            for text in [(*word).to_owned(), word.to_lowercase(), format!(" {word} ")] {
                let refused = LoginKeyword::parse(&text).unwrap_err().to_string();
                assert!(refused.contains(word) && refused.contains("phone companies"), "{refused}");
            }
        }
        for text in ["", "a", "log in", "login!", "opt-out", &"a".repeat(21)] {
            assert!(matches!(LoginKeyword::parse(text), Err(InvalidKeyword::NotAWord)), "{text}");
        }
        assert_eq!(LoginKeyword::parse(" link ").unwrap().to_string(), "LINK");
    }
}
