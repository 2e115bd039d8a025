//! How many segments a text message takes, and why.
//!
//! Apart from the templates because money hangs on it: previews, dry runs and the sandbox ask the same question. Ours
//! because no kept crate tells which characters cost extra; the rules are 3GPP TS 23.038 (6.2.1) and TS 23.040 (9.2.3.24).

/// The default alphabet of TS 23.038, its escape left out.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension table: an escape and a character, never parted.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How the characters of a text message travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Seven bits each: 160 to a message, 153 to a part of one.
    Gsm7,
    /// Sixteen bits each: 70 to a message, 67 to a part of one.
    Ucs2,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        }
    }

    /// Units in a message that is whole, and in each part of one that is not.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// What a text message takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments {
    /// How it travels.
    pub encoding: Encoding,
    /// Parts, each of which is paid for; none where there is no text.
    pub count: usize,
    /// Units that the last part still has room for: characters, where they are plain ones.
    pub left: usize,
    /// The characters that only UCS-2 has, each once, in the order of the text.
    pub foreign: Vec<char>,
    /// The characters that take the place of two in GSM-7, each once, in the order of the text; none in UCS-2.
    pub double: Vec<char>,
}

impl Segments {
    /// Counts `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let foreign = distinct(text, |c| width(c).is_none());
        let encoding = if foreign.is_empty() { Encoding::Gsm7 } else { Encoding::Ucs2 };
        let double = if foreign.is_empty() { distinct(text, |c| width(c) == Some(2)) } else { vec![] };
        let widths = text.chars().map(|c| match encoding {
            Encoding::Gsm7 => width(c).unwrap_or(1),
            Encoding::Ucs2 => c.len_utf16(),
        });
        let (whole, part) = encoding.room();
        let units: usize = widths.clone().sum();
        let (count, left) =
            if units <= whole { (units.min(1), whole.saturating_sub(units)) } else { parts(widths, part) };
        Self { encoding, count, left, foreign, double }
    }
}

/// Units that a character takes in GSM-7; `None` where it has no such character.
fn width(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Whether GSM-7 has the character.
pub(super) fn is_gsm(c: char) -> bool {
    width(c).is_some()
}

/// Fills parts one after the other; a character that does not fit moves whole. Answers their number, and the room left.
fn parts(widths: impl Iterator<Item = usize>, part: usize) -> (usize, usize) {
    let (mut count, mut used) = (1, 0);
    for width in widths {
        if used + width > part {
            count += 1;
            used = 0;
        }
        used += width;
    }
    (count, part.saturating_sub(used))
}

fn distinct(text: &str, wanted: impl Fn(char) -> bool) -> Vec<char> {
    let mut found = vec![];
    for c in text.chars().filter(|c| wanted(*c)) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(text: &str) -> (Encoding, usize, usize) {
        let segments = Segments::of(text);
        (segments.encoding, segments.count, segments.left)
    }

    #[test]
    fn a_message_is_whole_up_to_its_limit_and_in_parts_beyond() {
        use Encoding::{Gsm7, Ucs2};
        for (text, expected) in [
            (String::new(), (Gsm7, 0, 160)),
            ("a".repeat(160), (Gsm7, 1, 0)),
            ("a".repeat(161), (Gsm7, 2, 145)),
            ("a".repeat(306), (Gsm7, 2, 0)),
            ("a".repeat(307), (Gsm7, 3, 152)),
            ("я".repeat(70), (Ucs2, 1, 0)),
            ("я".repeat(71), (Ucs2, 2, 63)),
            ("я".repeat(134), (Ucs2, 2, 0)),
            ("я".repeat(135), (Ucs2, 3, 66)),
            ("😀".repeat(35), (Ucs2, 1, 0)),
            ("😀".repeat(36), (Ucs2, 2, 61)),
            ("€".repeat(80), (Gsm7, 1, 0)),
            ("€".repeat(81), (Gsm7, 2, 143)),
        ] {
            assert_eq!(counted(&text), expected, "{} of {:?}", text.chars().count(), text.chars().next());
        }
    }

    #[test]
    fn a_character_of_two_units_is_never_parted() {
        let (euro, emoji) = ("a".repeat(152) + "€", "я".repeat(66) + "😀");
        assert_eq!(counted(&euro), (Encoding::Gsm7, 1, 6), "within one message there is no boundary at 153");
        assert_eq!(counted(&(euro.clone() + &"a".repeat(151))).1, 2);
        // 306 units would fit two parts, were the euro's two not in the way.
        assert_eq!(counted(&(euro + &"a".repeat(152))), (Encoding::Gsm7, 3, 152));
        assert_eq!(counted(&(emoji.clone() + &"я".repeat(65))).1, 2);
        assert_eq!(counted(&(emoji + &"я".repeat(66))), (Encoding::Ucs2, 3, 66));
    }

    #[test]
    fn what_costs_extra_is_named_once() {
        let polish = Segments::of("Łukasz, ł and “ł” for 5 €");
        assert_eq!((polish.encoding, polish.foreign), (Encoding::Ucs2, vec!['Ł', 'ł', '“', '”']));
        assert!(polish.double.is_empty(), "in UCS-2 a euro sign is one unit like another");
        let money = Segments::of("[5 €] or {6 €}");
        assert_eq!((money.encoding, money.double), (Encoding::Gsm7, vec!['[', '€', ']', '{', '}']));
        assert_eq!(Segments::of("ç").encoding, Encoding::Ucs2, "only the capital is in the alphabet");
        assert_eq!(Segments::of("Ç à ñ ß Ω \n").encoding, Encoding::Gsm7);
    }

    #[test]
    fn the_alphabet_has_its_size() {
        assert_eq!(BASIC.chars().count(), 127, "128 places, one of them the escape");
        assert_eq!(EXTENSION.chars().count(), 10);
        assert!(BASIC.chars().all(|c| !EXTENSION.contains(c)));
    }

    proptest! {
        #[test]
        fn one_more_character_never_makes_a_message_smaller(text in "\\PC{0,200}", more in any::<char>()) {
            let (before, after) = (Segments::of(&text), Segments::of(&format!("{text}{more}")));
            prop_assert!(after.count >= before.count && after.count >= 1);
            prop_assert!(after.foreign.len() >= before.foreign.len());
        }
    }
}
