//! One room: what was said in it, and the dialog that is open.
//!
//! Apart from the platforms because a room looks alike on all of them.

use std::collections::VecDeque;

use magiclink_domain::ports::{ChatDialog, ChatElement, ChatField, ChatFieldKind, ChatMessage, ChatOption, ChatRoom};
use magiclink_domain::team::ChatPlatform;
use serde_json::Value;

/// Messages that are kept.
const MOST: usize = 40;

/// A room.
#[derive(Default)]
pub(super) struct Room {
    messages: VecDeque<Kept>,
    dialog: Option<Open>,
}

/// A message with what came.
pub(super) struct Kept {
    pub(super) shown: ChatMessage,
    /// As the service sent it.
    pub(super) body: Value,
}

/// An open dialog.
pub(super) struct Open {
    pub(super) shown: ChatDialog,
    /// As the service sent it.
    pub(super) body: Value,
}

impl Room {
    pub(super) fn shown(&self, platform: ChatPlatform, revision: u64) -> ChatRoom {
        ChatRoom {
            platform,
            revision,
            messages: self.messages.iter().map(|kept| kept.shown.clone()).collect(),
            dialog: self.dialog.as_ref().map(|open| open.shown.clone()),
        }
    }

    /// Says something; what was said long ago is forgotten.
    pub(super) fn say(&mut self, message: Kept) {
        self.messages.push_back(message);
        while self.messages.len() > MOST {
            self.messages.pop_front();
        }
    }

    /// Puts another message in the place of one; `false` when it is forgotten.
    pub(super) fn replace(&mut self, nth: u64, message: Kept) -> bool {
        let Some(kept) = self.messages.iter_mut().find(|kept| kept.shown.nth == nth) else { return false };
        let edits = kept.shown.edits + 1;
        *kept = Kept { shown: ChatMessage { nth, edits, at: kept.shown.at, ..message.shown }, body: message.body };
        true
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

    pub(super) fn open(&mut self, dialog: Open) {
        self.dialog = Some(dialog);
    }

    pub(super) fn dialog(&self) -> Option<&Open> {
        self.dialog.as_ref()
    }

    pub(super) fn close(&mut self) -> Option<Open> {
        self.dialog.take()
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

/// What was filled in of a field.
pub(super) fn typed<'a>(fields: &'a [(String, String)], field: &ChatField) -> Option<&'a str> {
    fields.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value.as_str())
}
