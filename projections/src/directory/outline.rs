//! What words are made of, so compact that almost all of those that are unlike a wanted one are told without being read.
//!
//! Apart from the comparison because the haystack keeps these beside its texts.

/// Bits of a word's length; those above it are its letters.
const LENGTH: u64 = 0xff;

/// The letters of a word, in no order and each once, and how many it has (255 stands for more).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline(u64);

impl Outline {
    pub(super) fn of(word: &str) -> Self {
        let (mut letters, mut length) = (0, 0);
        for letter in word.chars() {
            letters |= 1 << (8 + class(letter));
            length = LENGTH.min(length + 1);
        }
        Self(letters | length)
    }

    /// How many letters the word has, as far as that is known.
    pub(super) const fn length(self) -> u64 {
        self.0 & LENGTH
    }

    /// Whether so few slips may lie between the words; never denied where they do. A slip changes the length by one, takes
    /// one letter away and brings one, at most.
    pub(super) const fn near(self, other: Self, slips: u32) -> bool {
        self.length().abs_diff(other.length()) <= slips as u64
            && (self.0 & !other.0 & !LENGTH).count_ones() <= slips
            && (other.0 & !self.0 & !LENGTH).count_ones() <= slips
    }
}

/// Of 56: each letter and each digit has its own, all others share the rest.
const fn class(letter: char) -> u32 {
    match letter {
        'a'..='z' => letter as u32 - 'a' as u32,
        '0'..='9' => 26 + letter as u32 - '0' as u32,
        _ => 36 + letter as u32 % 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_slips_are_never_denied_and_other_words_are() {
        for (one, other, slips) in [
            ("susana", "susana", 0),
            ("susana", "suzana", 1),
            ("susana", "susaan", 0),
            ("susana", "susna", 1),
            ("susana", "ssusannah", 3),
            ("иванова", "иваноба", 1),
            ("胡桂香", "胡香", 1),
            ("", "a", 1),
        ] {
            assert!(Outline::of(one).near(Outline::of(other), slips), "{one} {other}");
            assert!(Outline::of(other).near(Outline::of(one), slips), "{other} {one}");
        }
        for (one, other, slips) in
            [("susana", "suzana", 0), ("susana", "susanna", 0), ("ana", "anaaaa", 2), ("abcdef", "xyzdef", 2)]
        {
            assert!(!Outline::of(one).near(Outline::of(other), slips), "{one} {other}");
            assert!(!Outline::of(other).near(Outline::of(one), slips), "{other} {one}");
        }
    }

    #[test]
    fn a_word_longer_than_can_be_counted_is_near_its_like() {
        let (long, longer) = ("a".repeat(254), "a".repeat(300));
        assert!(Outline::of(&long).near(Outline::of(&longer), 1), "nothing more is known of them");
        assert!(!Outline::of(&longer).near(Outline::of("a"), 2));
    }
}
