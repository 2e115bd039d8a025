//! The one spelling in which names, addresses and queries are compared.
//!
//! Apart because what is stored and what is asked must pass through the very same steps.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents and compatibility forms, runs of white space folded to one space, no control characters.
#[must_use]
pub fn normal(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.extend(text.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            match plain(letter) {
                Some(plain) => folded.push_str(plain),
                None => folded.push(letter),
            }
        }
    }
    let mut normal = String::with_capacity(folded.len());
    for word in folded.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// What people type for letters that have no decomposition.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ŋ' => "n",
        '’' | '‘' | 'ʼ' => "'",
        '‐' | '‑' | '–' | '—' => "-",
        _ => return None,
    })
}

/// The digits of what looks like (part of) a phone number in any spelling; `None` where it does not.
pub(super) fn phone_digits(text: &str) -> Option<String> {
    let looks = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-' | '.' | '/'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (looks && digits.len() >= 3).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_widths_do_not_matter() {
        for (text, expected) in [
            ("  Ana   MARÍA ", "ana maria"),
            ("Jörg Weiß", "jorg weiss"),
            ("STRAẞE", "strasse"),
            ("Łukasz Ødegård", "lukasz odegard"),
            ("İpek Işık", "ipek isik"),
            ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
            ("O’Neill", "o'neill"),
            ("桂香 胡", "桂香 胡"),
            ("a\u{0}b\tc\u{1}d", "a b c d"),
            ("e\u{301}", "e"),
            ("%_'\"", "%_'\""),
        ] {
            assert_eq!(normal(text), expected, "{text:?}");
            assert_eq!(normal(&normal(text)), normal(text), "{text:?} twice");
        }
    }

    #[test]
    fn a_phone_number_is_known_by_its_shape() {
        assert_eq!(phone_digits("+1 (415) 555-0100").as_deref(), Some("14155550100"));
        assert_eq!(phone_digits("555").as_deref(), Some("555"));
        for text in ["55", "", "+", "crm-000001", "４１５", "ana"] {
            assert_eq!(phone_digits(text), None, "{text:?}");
        }
    }
}
