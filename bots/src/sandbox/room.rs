//! One room: what was said in it, and the dialog that is open.
//!
//! Apart from the platforms because a room looks alike on all of them.

use std::collections::VecDeque;

use magiclink_domain::ports::{
    ChatDialog, ChatElement, ChatField, ChatFieldKind, ChatLook, ChatMessage, ChatOption, ChatPiece, ChatRoom,
};
use magiclink_domain::team::ChatUser;
use magiclink_domain::time::Timestamp;
use serde_json::Value;

/// Messages that are kept.
const MOST: usize = 40;

/// A room.
pub(super) struct Room {
    person: ChatUser,
    messages: VecDeque<Kept>,
    dialog: Option<Open>,
    suggested: Vec<ChatOption>,
}

/// A message with what came.
pub(super) struct Kept {
    shown: ChatMessage,
    waits: bool,
    /// As the service sent it.
    pub(super) body: Value,
}

/// What the app says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) lines: Vec<Vec<ChatPiece>>,
    pub(super) elements: Vec<ChatElement>,
    pub(super) picture: Option<Vec<u8>>,
    pub(super) direct: bool,
    /// It stands where an answer will: what takes its place is no edit.
    pub(super) waits: bool,
    /// As the service sent it.
    pub(super) body: Value,
}

/// An open dialog.
pub(super) struct Open {
    pub(super) shown: ChatDialog,
    /// As the service sent it.
    pub(super) body: Value,
    /// The message in which a button opened it.
    pub(super) from: Option<u64>,
}

/// A dialog that was filled in.
pub(super) struct Filled {
    pub(super) body: Value,
    pub(super) from: Option<u64>,
    /// Its fields with what stands in them.
    pub(super) fields: Vec<(ChatField, String)>,
}

pub(super) fn plain(text: &str) -> ChatPiece {
    ChatPiece { text: text.to_owned(), look: ChatLook::Plain }
}

impl Room {
    pub(super) const fn of(person: ChatUser) -> Self {
        Self { person, messages: VecDeque::new(), dialog: None, suggested: vec![] }
    }

    pub(super) const fn person(&self) -> &ChatUser {
        &self.person
    }

    pub(super) fn shown(&self, revision: u64) -> ChatRoom {
        ChatRoom {
            person: self.person.clone(),
            revision,
            messages: self.messages.iter().map(|kept| kept.shown.clone()).collect(),
            dialog: self.dialog.as_ref().map(|open| open.shown.clone()),
            suggested: self.suggested.clone(),
        }
    }

    /// The person's own words.
    pub(super) fn own(&mut self, nth: u64, at: Timestamp, text: &str) {
        self.suggested.clear();
        self.keep(message(nth, at, true, Said { lines: vec![vec![plain(text)]], ..Said::default() }));
    }

    /// The app says something: in the place of a message, where that one is still known; its place.
    pub(super) fn say(&mut self, nth: u64, at: Timestamp, said: Said, in_place_of: Option<u64>) -> u64 {
        let old = self.messages.iter_mut().find(|kept| Some(kept.shown.nth) == in_place_of);
        let Some(old) = old else {
            self.keep(message(nth, at, false, said));
            return nth;
        };
        let edits = old.shown.edits + u32::from(!old.waits);
        let fresh = message(old.shown.nth, old.shown.at, false, said);
        *old = Kept { shown: ChatMessage { edits, ..fresh.shown }, ..fresh };
        old.shown.nth
    }

    /// What was said long ago is forgotten.
    fn keep(&mut self, message: Kept) {
        self.messages.push_back(message);
        while self.messages.len() > MOST {
            self.messages.pop_front();
        }
    }

    /// The message, if it carries `value`.
    pub(super) fn carrying(&self, nth: u64, value: &str) -> Option<&Kept> {
        let carries = |element: &ChatElement| match element {
            ChatElement::Button { value: carried, .. } => carried == value,
            ChatElement::Page { .. } => false,
            ChatElement::Menu { options, .. } => options.iter().any(|option| option.value == value),
        };
        self.messages.iter().find(|kept| kept.shown.nth == nth).filter(|kept| kept.shown.elements.iter().any(carries))
    }

    /// What the service sent in a message, with its picture.
    pub(super) fn said(&self, nth: u64) -> Option<(Value, Option<Vec<u8>>)> {
        let kept = self.messages.iter().find(|kept| kept.shown.nth == nth)?;
        Some((kept.body.clone(), kept.shown.picture.clone()))
    }

    /// Commands that the service suggests for what is being typed.
    pub(super) fn suggest(&mut self, suggested: Vec<ChatOption>) {
        self.suggested = suggested;
    }

    pub(super) fn open(&mut self, dialog: Open) {
        self.dialog = Some(dialog);
    }

    pub(super) fn close(&mut self) {
        self.dialog = None;
    }

    /// The open dialog with these fields.
    ///
    /// # Errors
    /// In words, when there is none, or something is missing.
    pub(super) fn filled(&mut self, fields: &[(String, String)]) -> Result<Filled, String> {
        self.fill(fields);
        let open = self.dialog.as_ref().ok_or("no dialog is open any more")?;
        let mut filled = Filled { body: open.body.clone(), from: open.from, fields: vec![] };
        for field in &open.shown.fields {
            let value = typed(fields, field).unwrap_or_default();
            if value.is_empty() && !field.optional {
                return Err(format!("{} is missing", field.label));
            }
            filled.fields.push((field.clone(), value.to_owned()));
        }
        Ok(filled)
    }

    /// What the service offers for something typed into the dialog's menu.
    pub(super) fn offer(&mut self, offered: &[ChatOption]) {
        let fields = self.dialog.iter_mut().flat_map(|open| &mut open.shown.fields);
        for field in fields.filter(|field| matches!(field.kind, ChatFieldKind::Search(_))) {
            field.kind = ChatFieldKind::Search(offered.to_vec());
        }
    }

    /// Keeps what was filled in so far, for a dialog that is drawn anew.
    pub(super) fn fill(&mut self, fields: &[(String, String)]) {
        let open = self.dialog.iter_mut().flat_map(|open| &mut open.shown.fields);
        for field in open {
            if let Some(value) = typed(fields, field) {
                value.clone_into(&mut field.value);
            }
        }
    }
}

fn message(nth: u64, at: Timestamp, own: bool, said: Said) -> Kept {
    let Said { lines, elements, picture, direct, waits, body } = said;
    let raw = if own { String::new() } else { serde_json::to_string_pretty(&body).unwrap_or_default() };
    Kept { shown: ChatMessage { nth, at, own, direct, edits: 0, lines, picture, elements, raw }, waits, body }
}

/// What was filled in of a field.
fn typed<'a>(fields: &'a [(String, String)], field: &ChatField) -> Option<&'a str> {
    fields.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value.as_str())
}
