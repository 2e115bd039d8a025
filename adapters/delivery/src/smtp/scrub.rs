//! A server's words, fit for the log.
//!
//! Apart from the verdicts because the log is for ever: what a server repeats of an address, a link or a code must not
//! get there.

use super::compose::Mail;

/// Characters of a server's words that are kept.
const MOST: usize = 200;
/// What stands for a word that was taken out.
const OUT: &str = "[…]";

/// The words on one line, without addresses, links and codes.
pub(super) fn scrub(words: &str, mail: Option<&Mail>) -> String {
    let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().map(|word| if tells(word, mail) { OUT } else { word }).collect();
    super::compose::line(&words.join(" "), MOST)
}

/// Whether a word could be somebody's address, or opens a door.
fn tells(word: &str, mail: Option<&Mail>) -> bool {
    let lower = word.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let local = mail.and_then(|mail| mail.to().split_once('@')).map(|(local, _)| local.to_lowercase());
    let secret = |secret: &String| {
        let last = secret.rsplit('/').next().unwrap_or(secret);
        !last.is_empty() && lower.contains(&last.to_lowercase())
    };
    word.contains('@')
        || lower.contains("://")
        || lower.contains("%40")
        || local.is_some_and(|local| bare == local)
        || mail.is_some_and(|mail| mail.secrets.iter().any(secret))
}

#[cfg(test)]
mod tests {
    use super::super::compose::tests::{composer, mail_to};
    use super::*;

    fn scrubbed(words: &str) -> String {
        scrub(words, Some(&mail_to(&composer(), "ana.good@example.com")))
    }

    #[test]
    fn addresses_links_and_codes_are_taken_out() {
        for (words, kept) in [
            ("5.1.1 <ana.good@example.com>: no such user", "5.1.1 […] no such user"),
            ("<ANA.Good> unknown", "[…] unknown"),
            ("user Ana.Good: over quota", "user […] over quota"),
            ("blocked: https://portal.example.com/m/AQEj", "blocked: […]"),
            ("blocked /m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A here", "blocked […] here"),
            ("code ab01-cd1z seen", "code […] seen"),
            ("SRS0=x=y=example.com=ana%40example.com", "[…]"),
            ("plain\r\nwords \u{202e}twice", "plain words twice"),
        ] {
            assert_eq!(scrubbed(words), kept, "{words}");
        }
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(scrubbed(&"x".repeat(900)).chars().count(), MOST + 1);
    }
}
