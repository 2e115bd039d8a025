//! Text as Discord's markdown that shows it as it is.
//!
//! Apart from the messages because every character that Discord gives a meaning is met here, once.

/// Escaped: formats nothing, pings nobody, links nowhere.
///
/// A backslash before a character that is neither a letter, a digit nor white space shows that character; so every one of
/// ASCII gets one, whether Discord knows it or will know it some day. Lines end in ours alone.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if c.is_control() => escaped.push(' '),
            // These form nothing, and a name full of backslashes would be cut for them.
            ' ' | ',' | '\'' | '"' | ';' | '?' | '%' | '/' | '=' | '&' => escaped.push(c),
            _ if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Our own words: the same, but for what is harmless between words.
pub(super) fn own(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_control() => own.push(' '),
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '@' | '#' => own.extend(['\\', c]),
            _ => own.push(c),
        }
    }
    own
}

/// Something to be typed: in a code span, in which nothing can be escaped.
pub(super) fn code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    format!("`{plain}`")
}

/// Cut to `most` UTF-16 units, as Discord counts at its strictest, with a sign that it was.
pub(super) fn short(text: &str, most: usize) -> String {
    let length = |text: &str| text.encode_utf16().count();
    if length(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut left = most.saturating_sub(1);
    for c in text.chars() {
        let Some(rest) = left.checked_sub(c.len_utf16()) else { break };
        left = rest;
        cut.push(c);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped_and_nothing_else() {
        let plain = "Ána María López, 24 h / 7 d? \"x\" 'y' مصطفى 👩";
        assert_eq!(escaped(plain), plain);
        assert_eq!(escaped("<@1> @everyone"), "\\<\\@1\\> \\@everyone");
        assert_eq!(escaped("**_~`|[a](http://b)"), "\\*\\*\\_\\~\\`\\|\\[a\\]\\(http\\://b\\)");
        assert_eq!(escaped("a\n# b\r\n- c\t> d"), "a \\# b  \\- c \\> d");
        assert_eq!(escaped("https://a.example"), "https\\://a\\.example", "no address is made a link");
        assert_eq!(escaped("1. a"), "1\\. a");
        for c in ('!'..='~').filter(char::is_ascii_punctuation).filter(|c| !",'\";?%/=&".contains(*c)) {
            assert_eq!(escaped(&c.to_string()), format!("\\{c}"));
        }
    }

    #[test]
    fn our_own_words_need_less() {
        assert_eq!(
            own("Works once, until 10:07. Sent to <x>: *y*"),
            "Works once, until 10:07. Sent to \\<x\\>: \\*y\\*"
        );
    }

    #[test]
    fn a_code_span_is_never_left() {
        assert_eq!(code("a`b``c\nd"), "`a b  c d`");
    }

    #[test]
    fn both_sides_of_the_cut() {
        assert_eq!(short("12345", 5), "12345");
        assert_eq!(short("123456", 5), "1234…");
        assert_eq!(short("😀😀😀", 6), "😀😀😀");
        assert_eq!(short("😀😀😀", 5), "😀😀…");
        assert_eq!(short("😀😀😀", 4), "😀…", "half of a pair is none");
    }
}
