//! Who may have been meant when nobody is found: names and e-mail addresses a few slips of the finger away.
//!
//! Apart from the query because it is asked only after that found nothing, and looks at every entry's outline.

use magiclink_domain::id::ContactId;

use super::haystack::{Haystack, email, name, spelled};
use super::normal::normal;
use super::outline::Outline;
use super::wanted::Wanted;

/// Longer than any name or address that people type, in bytes: such a query is like nobody.
const LONGEST: usize = 200;

/// Words beyond these are not looked at.
const MOST_WORDS: usize = 6;

/// The places of the `limit` entries with the fewest slips, best first; then by name.
pub(super) fn similar(haystack: &Haystack, query: &str, limit: usize) -> Vec<usize> {
    let query = normal(query);
    if query.is_empty() || query.len() > LONGEST {
        return vec![];
    }
    let mut nearest = Nearest { limit, found: vec![] };
    if query.contains('@') {
        by_email(haystack, &Wanted::of(&query), &mut nearest);
    } else {
        let mut wanted: Vec<Wanted<'_>> = query.split(' ').take(MOST_WORDS).map(Wanted::of).collect();
        // The longest word is like the fewest others.
        wanted.sort_by_key(|word| std::cmp::Reverse(word.length()));
        by_name(haystack, &wanted, &mut nearest);
    }
    nearest.found.into_iter().map(|near| near.place).collect()
}

fn by_email<'a>(haystack: &'a Haystack, wanted: &Wanted<'_>, nearest: &mut Nearest<'a>) {
    for place in 0..haystack.len() {
        if haystack.outlines(place).first().is_some_and(|outline| wanted.may_be(*outline))
            && let Some(slips) = wanted.slips(spelled(email(haystack.entry(place))))
        {
            nearest.offer(haystack, place, slips);
        }
    }
}

fn by_name<'a>(haystack: &'a Haystack, wanted: &[Wanted<'_>], nearest: &mut Nearest<'a>) {
    for place in 0..haystack.len() {
        let outlines = haystack.outlines(place).get(1..).unwrap_or_default();
        if wanted.iter().all(|word| outlines.iter().any(|outline| word.may_be(*outline)))
            && let Some(slips) = of_name(spelled(name(haystack.entry(place))), outlines, wanted)
        {
            nearest.offer(haystack, place, slips);
        }
    }
}

/// Every wanted word must be like a word of the name.
fn of_name(name: &str, outlines: &[Outline], wanted: &[Wanted<'_>]) -> Option<u32> {
    let mut all = 0;
    for word in wanted {
        let parts = name.split(' ').zip(outlines).filter(|(_, outline)| word.may_be(**outline));
        all += parts.filter_map(|(part, _)| word.slips(part)).min()?;
    }
    Some(all)
}

/// One that may have been meant. The id settles ties, so that the order does not depend on how the directory was filled.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Near<'a> {
    slips: u32,
    name: &'a [u8],
    contact: Option<ContactId>,
    place: usize,
}

/// The nearest so far, nearest first.
struct Nearest<'a> {
    limit: usize,
    found: Vec<Near<'a>>,
}

impl<'a> Nearest<'a> {
    fn offer(&mut self, haystack: &'a Haystack, place: usize, slips: u32) {
        let near = Near { slips, name: name(haystack.entry(place)), contact: haystack.contact(place), place };
        if self.found.len() >= self.limit && self.found.last().is_none_or(|last| near >= *last) {
            return;
        }
        let rank = self.found.partition_point(|other| *other < near);
        self.found.insert(rank, near);
        self.found.truncate(self.limit);
    }
}
