//! Who may have been meant when nobody is found: names and e-mail addresses a few slips of the finger away.
//!
//! Apart from the query because it is asked only after that found nothing, and looks at every entry.

use super::haystack::{Haystack, SEPARATOR, name};
use super::normal::normal;

/// A word, with the letters it is made of as bits.
struct Word<'a> {
    text: &'a str,
    letters: u32,
    length: usize,
}

impl<'a> Word<'a> {
    fn of(text: &'a str) -> Self {
        let letters = text.bytes().fold(0, |letters, byte| letters | 1 << (byte % 32));
        Self { text, letters, length: text.chars().count() }
    }

    /// Slips that a word of this length forgives.
    const fn forgives(&self) -> usize {
        match self.length {
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        }
    }

    /// How many slips lie between the words; `None` beyond what is forgiven.
    fn slips(&self, other: &Self) -> Option<usize> {
        let most = self.forgives();
        // A slip changes the length by one and the set of letters by two at most: most words are done with here.
        let far = (self.letters ^ other.letters).count_ones() as usize > 2 * most;
        if far || self.length.abs_diff(other.length) > most {
            return None;
        }
        let slips = strsim::osa_distance(self.text, other.text);
        (slips <= most).then_some(slips)
    }
}

/// The places of the `limit` entries with the fewest slips, best first; then by name.
pub(super) fn similar(haystack: &Haystack, query: &str, limit: usize) -> Vec<usize> {
    let query = normal(query);
    let wanted: Vec<Word<'_>> = query.split(' ').filter(|word| !word.is_empty()).take(6).map(Word::of).collect();
    if wanted.is_empty() || query.len() > 200 {
        return vec![];
    }
    let mut found: Vec<(usize, &str, usize)> = vec![];
    for place in 0..haystack.len() {
        let entry = haystack.entry(place);
        // What is left of somebody who is gone.
        if entry.first() != Some(&SEPARATOR) {
            continue;
        }
        let name = std::str::from_utf8(name(entry)).unwrap_or_default();
        let slips = if query.contains('@') { of_email(entry, &query) } else { of_name(name, &wanted) };
        found.extend(slips.map(|slips| (slips, name, place)));
    }
    found.sort_unstable();
    found.into_iter().take(limit).map(|(_, _, place)| place).collect()
}

/// Every wanted word must be like a word of the name.
fn of_name(name: &str, wanted: &[Word<'_>]) -> Option<usize> {
    let mut all = 0;
    for word in wanted {
        all += name.split(' ').filter_map(|part| word.slips(&Word::of(part))).min()?;
    }
    Some(all)
}

fn of_email(entry: &[u8], query: &str) -> Option<usize> {
    let email = entry.split(|byte| *byte == SEPARATOR).nth(2)?;
    Word::of(query).slips(&Word::of(std::str::from_utf8(email).ok()?))
}
