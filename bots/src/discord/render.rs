//! Answers as Discord's messages: visible to the asker alone, pinging nobody, unfurled nowhere.
//!
//! Texts are Discord's markdown, so whatever is not ours is escaped; each goes as far as Discord's limits.

use serde_json::{Value, json};

use super::escape::{code, escaped, own, short};
use crate::conversation::{Answer, Button, Choice, Does, Line, Look, MOST_ACT, Menu, Piece, Suggestion};

/// A message that the asker alone sees (`EPHEMERAL`).
const EPHEMERAL: u64 = 1 << 6;
/// A message whose links are not unfurled (`SUPPRESS_EMBEDS`).
const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// UTF-16 units of a message's text.
const MOST_CONTENT: usize = 2_000;
/// Characters of somebody else's text that are shown, before it is escaped.
const MOST_FOREIGN: usize = 200;
/// Characters of an address behind a button.
const MOST_URL: usize = 512;
/// Buttons in a row.
const ROW: usize = 5;
/// Units of a button's label.
const MOST_LABEL: usize = 80;
/// Units of a choice's label, detail and value, and of a suggestion's name.
const MOST_CHOICE: usize = 100;
/// Units of a menu's question.
const MOST_PLACEHOLDER: usize = 150;
const _: () = assert!(MOST_ACT <= 100, "an act fits a custom_id and a value");

/// The kinds of a first answer.
mod kind {
    pub(super) const PONG: u8 = 1;
    pub(super) const MESSAGE: u8 = 4;
    pub(super) const MESSAGE_LATER: u8 = 5;
    pub(super) const UPDATE_LATER: u8 = 6;
    pub(super) const UPDATE: u8 = 7;
    pub(super) const SUGGESTIONS: u8 = 8;
    pub(super) const DIALOG: u8 = 9;
}

/// The answer to Discord's own question whether somebody is there.
pub(super) fn pong() -> Value {
    json!({ "type": kind::PONG })
}

/// A first answer that says everything, as a new message or in place of the one that was pressed in.
pub(super) fn first(answer: &Answer, in_place: bool) -> Value {
    let mut data = message(answer);
    if let Some(data) = data.as_object_mut() {
        // An edit can't make a message ephemeral; the one that it changes is.
        let flags = if in_place { SUPPRESS_EMBEDS } else { EPHEMERAL | SUPPRESS_EMBEDS };
        data.insert("flags".to_owned(), json!(flags));
    }
    json!({ "type": if in_place { kind::UPDATE } else { kind::MESSAGE }, "data": data })
}

/// A first answer that says that more will come.
pub(super) fn later(in_place: bool) -> Value {
    if in_place {
        json!({ "type": kind::UPDATE_LATER })
    } else {
        json!({ "type": kind::MESSAGE_LATER, "data": { "flags": EPHEMERAL } })
    }
}

/// Opens a dialog.
pub(super) fn dialog(modal: &Value) -> Value {
    json!({ "type": kind::DIALOG, "data": modal })
}

/// What could be meant.
pub(super) fn suggestions(found: &[Suggestion]) -> Value {
    let choice = |one: &Suggestion| {
        let name = [one.label.as_str(), one.detail.as_str()].into_iter().filter(|text| !text.is_empty());
        json!({ "name": shown(&name.collect::<Vec<_>>().join(" · "), MOST_CHOICE), "value": one.id })
    };
    // A value that is cut means something else, or nothing.
    let fits = |one: &&Suggestion| one.id.encode_utf16().count() <= MOST_CHOICE;
    let choices: Vec<Value> = found.iter().filter(fits).map(choice).collect();
    json!({ "type": kind::SUGGESTIONS, "data": { "choices": choices } })
}

/// A message, as an edit takes it.
pub(super) fn message(answer: &Answer) -> Value {
    json!({
        "content": content(answer),
        "embeds": [],
        "allowed_mentions": { "parse": [] },
        "components": components(answer),
        "flags": SUPPRESS_EMBEDS,
    })
}

/// The lines that fit, and the addresses of buttons that can't be.
fn content(answer: &Answer) -> String {
    let mut content = String::new();
    for text in answer.lines.iter().map(line).chain(pages(answer)) {
        let text = if content.is_empty() { text } else { format!("\n{text}") };
        if content.encode_utf16().count() + text.encode_utf16().count() > MOST_CONTENT - 2 {
            content.push_str("\n…");
            break;
        }
        content.push_str(&text);
    }
    content
}

fn line(line: &Line) -> String {
    let foreign = |text: &str| escaped(&short(text, MOST_FOREIGN));
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) => own(text),
        Piece::Foreign(text) => foreign(text),
        Piece::Strong(text) if text.trim().is_empty() => String::new(),
        Piece::Strong(text) => format!("**{}**", foreign(text)),
        Piece::Typed(text) => code(text),
        Piece::Code(secret) => code(&secret.0),
        // In angle brackets Discord shows no preview.
        Piece::Url(secret) => format!("<{}>", secret.0),
    };
    line.0.iter().map(piece).collect()
}

/// Addresses that Discord takes behind no button.
fn pages(answer: &Answer) -> impl Iterator<Item = String> {
    answer.buttons.iter().filter_map(|button| match &button.does {
        Does::Open(page) if !is_public(page) => Some(format!("{}: <{page}>", own(&button.label))),
        Does::Open(_) | Does::Act(_) => None,
    })
}

/// Whether Discord takes the address behind a button: it wants a host with a dot in its name.
fn is_public(page: &str) -> bool {
    let parsed = url::Url::parse(page).ok();
    let host = parsed.as_ref().and_then(|url| url.host_str()).is_some_and(|host| host.contains('.'));
    host && page.len() <= MOST_URL
}

fn components(answer: &Answer) -> Vec<Value> {
    let row = |components: &[Value]| json!({ "type": 1, "components": components });
    let menu = answer.menu.as_ref().filter(|menu| !menu.choices.is_empty()).map(select);
    let buttons: Vec<Value> = answer.buttons.iter().filter_map(button).collect();
    menu.map(|menu| row(&[menu])).into_iter().chain(buttons.chunks(ROW).map(row)).take(5).collect()
}

fn button(button: &Button) -> Option<Value> {
    let label = shown(&button.label, MOST_LABEL);
    match (&button.does, button.look) {
        (Does::Open(page), _) => is_public(page).then(|| json!({ "type": 2, "style": 5, "label": label, "url": page })),
        (Does::Act(act), look) => {
            let style = match look {
                Look::Primary => 1,
                Look::Plain => 2,
                Look::Danger => 4,
            };
            Some(json!({ "type": 2, "style": style, "label": label, "custom_id": act.encode() }))
        }
    }
}

fn select(menu: &Menu) -> Value {
    let options: Vec<Value> = menu.choices.iter().map(choice).collect();
    json!({
        "type": 3,
        "custom_id": "choice",
        "placeholder": shown(menu.asks, MOST_PLACEHOLDER),
        "options": options,
    })
}

fn choice(choice: &Choice) -> Value {
    let mut option = json!({ "label": shown(&choice.label, MOST_CHOICE), "value": choice.act.encode() });
    if let Some(option) = option.as_object_mut().filter(|_| !choice.detail.trim().is_empty()) {
        option.insert("description".to_owned(), json!(shown(&choice.detail, MOST_CHOICE)));
    }
    option
}

/// A text that Discord shows as it is, and does not take empty.
pub(super) fn shown(text: &str, most: usize) -> String {
    if text.trim().is_empty() { "–".to_owned() } else { short(text, most) }
}
