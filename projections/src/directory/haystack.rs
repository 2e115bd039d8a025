//! All search texts in one stretch of memory.
//!
//! Apart because offsets and separators are nobody else's business. One allocation keeps 100,000 contacts compact, and
//! one pass of a vectorised search over it is faster than any index of parts would be.

use std::collections::HashMap;
use std::ops::Range;

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;

use super::normal::normal;
use super::outline::Outline;

/// Stands before, between and after the fields; texts hold no control characters.
pub(super) const SEPARATOR: u8 = 1;

/// What a contact is found by: name, e-mail, phone and external id, normalised and separated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchText(Vec<u8>);

impl SearchText {
    pub(super) fn of(details: &Details) -> Self {
        let mut text = Vec::with_capacity(96);
        text.push(SEPARATOR);
        text.extend_from_slice(normal(details.name.as_str()).as_bytes());
        text.push(SEPARATOR);
        if let Some(email) = &details.email {
            text.extend_from_slice(normal(email.as_str()).as_bytes());
        }
        text.push(SEPARATOR);
        if let Some(phone) = &details.phone {
            text.extend(phone.as_str().bytes().filter(u8::is_ascii_digit));
        }
        text.push(SEPARATOR);
        if let Some(id) = &details.external_id {
            text.extend_from_slice(normal(id.as_str()).as_bytes());
        }
        text.push(SEPARATOR);
        Self(text)
    }
}

/// The name in a search text.
pub(super) fn name(text: &[u8]) -> &[u8] {
    field(text, 1)
}

/// The e-mail address in a search text; empty where there is none.
pub(super) fn email(text: &[u8]) -> &[u8] {
    field(text, 2)
}

fn field(text: &[u8], nth: usize) -> &[u8] {
    text.split(|byte| *byte == SEPARATOR).nth(nth).unwrap_or_default()
}

/// A field as the text that it was made of.
pub(super) fn spelled(field: &[u8]) -> &str {
    std::str::from_utf8(field).unwrap_or_default()
}

#[derive(Debug)]
struct Entry {
    /// Where its text begins.
    text: u32,
    /// Where its outlines begin.
    outlines: u32,
    contact: ContactId,
}

#[derive(Debug, Default)]
pub(super) struct Haystack {
    text: Vec<u8>,
    /// Of each entry, the outline of its e-mail address, then those of the words of its name.
    outlines: Vec<Outline>,
    /// In the order of their texts.
    entries: Vec<Entry>,
    places: HashMap<ContactId, u32>,
    /// Bytes of entries that are gone.
    dead: usize,
}

impl Haystack {
    pub(super) fn contains(&self, contact: ContactId) -> bool {
        self.places.contains_key(&contact)
    }

    pub(super) fn put(&mut self, contact: ContactId, text: &SearchText) {
        self.remove(contact);
        // Four thousand million bytes are more contacts than one process serves; beyond, they are not found.
        let [Ok(start), Ok(outlines), Ok(place)] =
            [self.text.len(), self.outlines.len(), self.entries.len()].map(u32::try_from)
        else {
            return;
        };
        self.text.extend_from_slice(&text.0);
        self.outlines.push(Outline::of(spelled(email(&text.0))));
        self.outlines.extend(spelled(name(&text.0)).split(' ').map(Outline::of));
        self.entries.push(Entry { text: start, outlines, contact });
        self.places.insert(contact, place);
    }

    /// Overwrites the entry, so that no erased name stays in memory.
    pub(super) fn remove(&mut self, contact: ContactId) {
        let Some(place) = self.places.remove(&contact) else { return };
        let outlines = self.outlines_range(place as usize);
        if let Some(outlines) = self.outlines.get_mut(outlines) {
            outlines.fill(Outline::default());
        }
        let range = self.range(place as usize);
        self.dead += range.len();
        if let Some(text) = self.text.get_mut(range) {
            text.fill(0);
        }
        if self.dead > 1 << 16 && self.dead > self.text.len() / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let old = std::mem::take(self);
        self.text.reserve_exact(old.text.len() - old.dead);
        for (place, Entry { contact, .. }) in old.entries.iter().enumerate() {
            if old.places.get(contact).is_some_and(|current| *current as usize == place) {
                self.put(*contact, &SearchText(old.entry(place).to_vec()));
            }
        }
    }

    /// How many contacts are found.
    pub(super) fn contacts(&self) -> usize {
        self.places.len()
    }

    /// How many entries there are, those of contacts who are gone among them.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All texts.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where the entry lies in the text.
    pub(super) fn range(&self, place: usize) -> Range<usize> {
        let start = |place: usize| self.entries.get(place).map_or(self.text.len(), |entry| entry.text as usize);
        start(place)..start(place + 1)
    }

    fn outlines_range(&self, place: usize) -> Range<usize> {
        let start = |place: usize| self.entries.get(place).map_or(self.outlines.len(), |entry| entry.outlines as usize);
        start(place)..start(place + 1)
    }

    /// The outline of the entry's e-mail address, then those of the words of its name; of somebody who is gone they are
    /// like no word's.
    pub(super) fn outlines(&self, place: usize) -> &[Outline] {
        self.outlines.get(self.outlines_range(place)).unwrap_or_default()
    }

    /// The entry in which the byte at `offset` lies, which is `from` or a later one.
    pub(super) fn place_of(&self, offset: usize, from: usize) -> usize {
        let later = self.entries.get(from..).unwrap_or_default();
        // Galloping: near hits cost a step or two, far ones a logarithm.
        let mut bound = 1;
        while later.get(bound).is_some_and(|entry| entry.text as usize <= offset) {
            bound *= 2;
        }
        let within = later.get(..bound.min(later.len())).unwrap_or_default();
        from + within.partition_point(|entry| entry.text as usize <= offset).saturating_sub(1)
    }

    /// The entry's text.
    pub(super) fn entry(&self, place: usize) -> &[u8] {
        self.text.get(self.range(place)).unwrap_or_default()
    }

    /// Whose entry it is.
    pub(super) fn contact(&self, place: usize) -> Option<ContactId> {
        self.entries.get(place).map(|entry| entry.contact)
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.outlines.shrink_to_fit();
        self.entries.shrink_to_fit();
        self.places.shrink_to_fit();
    }
}
