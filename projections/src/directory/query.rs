//! What a query means, and which entries answer it best.
//!
//! Apart from the texts so that ranking can be read in one place.

use memchr::memmem::Finder;

use super::haystack::{Haystack, SEPARATOR, name};
use super::normal::{normal, phone_digits};

/// Longer than any field, in bytes: such a query finds nothing.
const LONGEST: usize = 1_000;

/// Words beyond these are not looked at: a query must not cost more than a pass over the texts.
const MOST_WORDS: usize = 12;

/// How well a word or phrase matches an entry; lower is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    WholeField,
    StartOfField,
    StartOfWord,
    Inside,
}

/// How well an entry answers; lower is better. The whole phrase goes before its words one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Score {
    Phrase(Tier),
    Words(Tier),
}

/// One way to read a query: every word must be found.
struct Reading {
    phrase: String,
    words: Vec<String>,
}

impl Reading {
    fn new(words: Vec<String>) -> Self {
        Self { phrase: words.join(" "), words }
    }
}

/// As typed, with phone numbers by their digits, and as one phone number in any spelling.
fn readings(query: &str) -> Vec<Reading> {
    let typed = normal(query);
    let mut words: Vec<String> = vec![];
    for word in typed.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    if words.is_empty() || typed.len() > LONGEST {
        return vec![];
    }
    let by_digits = words.iter().map(|word| phone_digits(word).map_or_else(|| word.clone(), international)).collect();
    let mut readings: Vec<Vec<String>> = vec![words, by_digits];
    if let Some(digits) = phone_digits(&typed) {
        let national = digits.strip_prefix('0').filter(|rest| rest.len() >= 3 && !rest.starts_with('0'));
        readings.extend(national.map(|digits| vec![digits.to_owned()]));
        readings.push(vec![international(digits)]);
    }
    let mut distinct: Vec<Vec<String>> = vec![];
    for reading in readings {
        if !distinct.contains(&reading) {
            distinct.push(reading);
        }
    }
    distinct.into_iter().map(Reading::new).collect()
}

/// Without the `00` that some dial instead of `+`.
fn international(digits: String) -> String {
    match digits.strip_prefix("00") {
        Some(rest) if rest.len() >= 3 => rest.to_owned(),
        Some(_) | None => digits,
    }
}

/// The places of the best `limit` entries, best first.
pub(super) fn best(haystack: &Haystack, query: &str, limit: usize) -> Vec<usize> {
    let mut top = Top { haystack, limit, found: Vec::with_capacity(limit.min(1_000) + 1) };
    if limit > 0 {
        for reading in readings(query) {
            scan(haystack, &reading, &mut top);
        }
    }
    top.found.into_iter().map(|(_, place)| place).collect()
}

fn scan(haystack: &Haystack, reading: &Reading, top: &mut Top<'_>) {
    let phrase = Finder::new(&reading.phrase);
    let words: Vec<_> = reading.words.iter().map(Finder::new).collect();
    // What begins a field beats all else; often that is enough, and far less than what matches anywhere.
    let at_start = [&[SEPARATOR], reading.phrase.as_bytes()].concat();
    each_entry(haystack, &Finder::new(&at_start), |place, entry| {
        if let Some(tier) = tier(entry, &phrase) {
            top.offer(Score::Phrase(tier), place);
        }
    });
    if top.worst().is_some_and(|worst| worst <= Score::Phrase(Tier::StartOfField)) {
        return;
    }
    // The longest word is the rarest.
    let Some(rarest) = words.iter().max_by_key(|word| word.needle().len()) else { return };
    each_entry(haystack, rarest, |place, entry| {
        if let Some(score) = score(entry, &phrase, &words) {
            top.offer(score, place);
        }
    });
}

/// Visits every entry in which `finder` finds something.
fn each_entry(haystack: &Haystack, finder: &Finder<'_>, mut visit: impl FnMut(usize, &[u8])) {
    let text = haystack.text();
    let (mut from, mut place) = (0, 0);
    while let Some(hit) = text.get(from..).and_then(|rest| finder.find(rest)) {
        place = haystack.place_of(from + hit, place);
        visit(place, haystack.entry(place));
        from = haystack.range(place).end;
    }
}

fn score(entry: &[u8], phrase: &Finder<'_>, words: &[Finder<'_>]) -> Option<Score> {
    if let Some(tier) = tier(entry, phrase) {
        return Some(Score::Phrase(tier));
    }
    let mut worst = Tier::WholeField;
    for word in words {
        worst = worst.max(tier(entry, word)?);
    }
    Some(Score::Words(worst))
}

fn tier(entry: &[u8], finder: &Finder<'_>) -> Option<Tier> {
    let length = finder.needle().len();
    let mut best = None;
    for hit in finder.find_iter(entry) {
        let before = hit.checked_sub(1).and_then(|place| entry.get(place)).copied().unwrap_or_default();
        let after = entry.get(hit + length).copied().unwrap_or_default();
        let tier = match (before == SEPARATOR, after == SEPARATOR) {
            (true, true) => return Some(Tier::WholeField),
            (true, false) => Tier::StartOfField,
            (false, _) if before.is_ascii_alphanumeric() || !before.is_ascii() => Tier::Inside,
            (false, _) => Tier::StartOfWord,
        };
        best = Some(best.map_or(tier, |best: Tier| best.min(tier)));
    }
    best
}

/// The best so far, best first, each entry once.
struct Top<'a> {
    haystack: &'a Haystack,
    limit: usize,
    found: Vec<(Score, usize)>,
}

impl Top<'_> {
    /// The worst that is kept, once as many as wanted are.
    fn worst(&self) -> Option<Score> {
        self.found.get(self.limit.checked_sub(1)?).map(|(score, _)| *score)
    }

    fn offer(&mut self, score: Score, place: usize) {
        // The id settles ties, so that the order does not depend on how the directory was filled.
        let key = |score: Score, place: usize| (score, name(self.haystack.entry(place)), self.haystack.contact(place));
        let full = self.found.len() >= self.limit;
        if full
            && self.found.last().is_some_and(|(worst, last)| score > *worst || key(score, place) >= key(*worst, *last))
        {
            return;
        }
        if let Some(known) = self.found.iter().position(|(_, other)| *other == place) {
            if self.found.get(known).is_some_and(|(other, _)| *other <= score) {
                return;
            }
            self.found.remove(known);
        }
        let rank = self.found.partition_point(|(other, at)| key(*other, *at) < key(score, place));
        self.found.insert(rank, (score, place));
        self.found.truncate(self.limit);
    }
}
