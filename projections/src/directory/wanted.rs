//! A word as somebody typed it, and how many slips of the finger lie between it and another.
//!
//! Apart from the search because the counting is a published algorithm: H. Hyyrö, "A Bit-Vector Algorithm for Computing
//! Levenshtein and Damerau Edit Distances" (Nordic Journal of Computing 10, 2003), which takes one step for each letter of
//! the other word. A test holds it against a table's.

use super::outline::Outline;

/// Letters that are compared at once.
const MOST: usize = 64;

/// A word to look for.
pub(super) struct Wanted<'a> {
    text: &'a str,
    outline: Outline,
    places: Option<Places>,
}

/// For each letter, the bits of the places where it stands.
struct Places {
    ascii: [u64; 128],
    others: Vec<(char, u64)>,
    last: u64,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, outline: Outline::of(text), places: Places::of(text) }
    }

    /// Letters of the word, as far as that is known.
    pub(super) const fn length(&self) -> u64 {
        self.outline.length()
    }

    /// Slips that a word of this length forgives.
    const fn forgives(&self) -> u32 {
        match self.length() {
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        }
    }

    /// Whether a word of this outline may be like it.
    pub(super) const fn may_be(&self, other: Outline) -> bool {
        self.outline.near(other, self.forgives())
    }

    /// How many slips lie between the words: a letter more, a letter less, another letter, two neighbours that changed
    /// places. `None` beyond what is forgiven.
    pub(super) fn slips(&self, other: &str) -> Option<u32> {
        let slips = match &self.places {
            Some(places) => places.slips(self.text, other),
            None => u32::try_from(strsim::osa_distance(self.text, other)).unwrap_or(u32::MAX),
        };
        (slips <= self.forgives()).then_some(slips)
    }
}

impl Places {
    /// `None` of more letters than are compared at once.
    fn of(text: &str) -> Option<Self> {
        let mut places = Self { ascii: [0; 128], others: vec![], last: 0 };
        for (nth, letter) in text.chars().enumerate() {
            if nth == MOST {
                return None;
            }
            places.last = 1 << nth;
            if let Some(known) = places.ascii.get_mut(letter as usize) {
                *known |= places.last;
            } else if let Some((_, known)) = places.others.iter_mut().find(|(other, _)| *other == letter) {
                *known |= places.last;
            } else {
                places.others.push((letter, places.last));
            }
        }
        Some(places)
    }

    fn of_letter(&self, letter: char) -> u64 {
        let other = || self.others.iter().find(|(other, _)| *other == letter).map(|(_, places)| *places);
        self.ascii.get(letter as usize).copied().or_else(other).unwrap_or_default()
    }

    /// The names of the vectors are the paper's.
    fn slips(&self, text: &str, other: &str) -> u32 {
        let (mut vp, mut vn, mut d0, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
        let mut slips = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        for letter in other.chars() {
            let here = self.of_letter(letter);
            let swapped = ((!d0 & here) << 1) & before;
            d0 = ((here & vp).wrapping_add(vp) ^ vp) | here | vn | swapped;
            let (mut hp, mut hn) = (vn | !(d0 | vp), d0 & vp);
            slips += u32::from(hp & self.last != 0);
            slips -= u32::from(hn & self.last != 0);
            (hp, hn) = (hp << 1 | 1, hn << 1);
            (vp, vn) = (hn | !(d0 | hp), hp & d0);
            before = here;
        }
        slips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All words of these letters, up to this length.
    fn words(letters: &str, longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let until = all.len();
            for nth in from..until {
                all.extend(letters.chars().map(|letter| format!("{}{letter}", all[nth])).collect::<Vec<_>>());
            }
            from = until;
        }
        all
    }

    #[test]
    fn slips_are_counted_as_a_table_counts_them() {
        let all = words("abж", 5);
        assert_eq!(all.len(), 364);
        for one in all.iter().filter(|one| !one.is_empty()) {
            let places = Places::of(one).unwrap();
            for other in &all {
                assert_eq!(places.slips(one, other) as usize, strsim::osa_distance(one, other), "{one} {other}");
            }
        }
    }

    #[test]
    fn the_longest_that_is_compared_at_once_and_the_next_are_counted_alike() {
        for length in [MOST - 1, MOST, MOST + 1] {
            let long = "abcdefg".repeat(10)[..length].to_owned();
            let wanted = Wanted::of(&long);
            assert_eq!(wanted.places.is_some(), length <= MOST);
            assert_eq!(wanted.slips(&long), Some(0));
            assert_eq!(wanted.slips(&long[1..]), Some(1));
            assert_eq!(wanted.slips(&format!("{}yz", &long[..length - 2])), Some(2));
            assert_eq!(wanted.slips(&format!("{long}xyz")), None);
        }
    }

    #[test]
    fn whatever_is_forgiven_may_be_meant() {
        let all = words("abж1", 4);
        for one in all.iter().filter(|one| !one.is_empty()).map(|one| Wanted::of(one)) {
            for other in &all {
                assert!(one.slips(other).is_none() || one.may_be(Outline::of(other)), "{} {other}", one.text);
            }
        }
    }

    #[test]
    fn short_words_forgive_less() {
        for (typed, meant, slips) in [
            ("bo", "ba", None),
            ("bo", "bo", Some(0)),
            ("bob", "bab", Some(1)),
            ("bobby", "bubyb", None),
            ("bobbie", "bubbei", Some(2)),
            ("bobbie", "bubbeia", None),
        ] {
            assert_eq!(Wanted::of(typed).slips(meant), slips, "{typed} {meant}");
        }
    }
}
