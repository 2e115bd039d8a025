//! Values made fit for a message: names that bring no link, and letters that cost no second segment.
//!
//! Apart from rendering because these are the rules about what others wrote: names and addresses of people.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::segments::is_gsm;

/// A name fit for a message, or none: nothing that a mail reader would turn into a link, and no markup.
pub(super) fn name(name: &str) -> Option<&str> {
    let linkish = |c: char| matches!(c, '.' | '/' | '@' | ':' | '<' | '>' | '\\');
    (name.chars().count() <= 60 && !name.contains(linkish)).then_some(name)
}

/// The same in characters that GSM-7 has, where it can be read that way: `Łukasz` becomes `Lukasz`. `None` for scripts
/// that would have to be spelled out.
pub(super) fn gsm(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfc() {
        if is_gsm(c) {
            plain.push(c);
        } else if let Some(like) = like(c) {
            plain.push_str(like);
        } else {
            let base: String = std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)).collect();
            if !base.chars().all(is_gsm) {
                return None;
            }
            plain.push_str(&base);
        }
    }
    Some(plain)
}

/// Letters and signs that are no base with a mark.
const fn like(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "Th",
        '‘' | '’' | '`' | '´' => "'",
        '“' | '”' | '„' => "\"",
        '–' | '—' => "-",
        '…' => "...",
        '\u{a0}' | '\u{202f}' => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_marks_become_letters() {
        for (text, plain) in [
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("José Ángel", "José Angel"),
            ("O’Brien", "O'Brien"),
            ("Þór", "Thor"),
            ("İpek Işık", "Ipek Isik"),
            ("días", "dias"),
            ("Ana", "Ana"),
        ] {
            assert_eq!(gsm(text).as_deref(), Some(plain), "{text}");
        }
        for text in ["Анна", "桂香", "سارة", "Ana 😀"] {
            assert_eq!(gsm(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_link_or_a_tag_is_no_name() {
        for text in ["<b>Ana</b>", "https://evil.example", "evil.example", "ana@evil", "a\\b", &"x".repeat(61)] {
            assert_eq!(name(text), None, "{text}");
        }
        assert_eq!(name("Ana Good"), Some("Ana Good"));
    }
}
