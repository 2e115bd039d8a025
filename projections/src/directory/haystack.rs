//! All search texts in one stretch of memory.
//!
//! Apart because offsets and separators are nobody else's business. One allocation keeps 100,000 contacts compact, and
//! one pass of a vectorised search over it is faster than any index of parts would be.

use std::collections::HashMap;
use std::ops::Range;

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;

use super::normal::normal;

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
    let name = text.get(1..).unwrap_or_default();
    name.split(|byte| *byte == SEPARATOR).next().unwrap_or_default()
}

#[derive(Debug, Default)]
pub(super) struct Haystack {
    text: Vec<u8>,
    /// Where each entry begins, and whose it is; ascending.
    entries: Vec<(u32, ContactId)>,
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
        let (Ok(start), Ok(place)) = (u32::try_from(self.text.len()), u32::try_from(self.entries.len())) else {
            return;
        };
        self.text.extend_from_slice(&text.0);
        self.entries.push((start, contact));
        self.places.insert(contact, place);
    }

    /// Overwrites the entry, so that no erased name stays in memory.
    pub(super) fn remove(&mut self, contact: ContactId) {
        let Some(place) = self.places.remove(&contact) else { return };
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
        for (place, (_, contact)) in old.entries.iter().enumerate() {
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
        let start = self.entries.get(place).map_or(self.text.len(), |(start, _)| *start as usize);
        let end = self.entries.get(place + 1).map_or(self.text.len(), |(start, _)| *start as usize);
        start..end
    }

    /// The entry in which the byte at `offset` lies, which is `from` or a later one.
    pub(super) fn place_of(&self, offset: usize, from: usize) -> usize {
        let later = self.entries.get(from..).unwrap_or_default();
        // Galloping: near hits cost a step or two, far ones a logarithm.
        let mut bound = 1;
        while later.get(bound).is_some_and(|(start, _)| *start as usize <= offset) {
            bound *= 2;
        }
        let within = later.get(..bound.min(later.len())).unwrap_or_default();
        from + within.partition_point(|(start, _)| *start as usize <= offset).saturating_sub(1)
    }

    /// The entry's text.
    pub(super) fn entry(&self, place: usize) -> &[u8] {
        self.text.get(self.range(place)).unwrap_or_default()
    }

    /// Whose entry it is.
    pub(super) fn contact(&self, place: usize) -> Option<ContactId> {
        self.entries.get(place).map(|(_, contact)| *contact)
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.entries.shrink_to_fit();
        self.places.shrink_to_fit();
    }
}
