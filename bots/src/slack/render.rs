//! Answers as Slack's blocks.
//!
//! Texts are `rich_text` and `plain_text` throughout: Slack parses neither, so that a name pings nobody, links nowhere and
//! formats nothing. The one field that it does parse, the notification's text, is escaped and holds no secret.

use serde_json::{Value, json};

use crate::conversation::{Answer, Button, Choice, Does, Line, Look, Menu, Piece, short};

/// Characters of somebody else's text that are shown.
const MOST_FOREIGN: usize = 300;
/// Characters of a notification.
const MOST_NOTIFIED: usize = 300;

/// A message for a `response_url`, in place of the one that it belongs to or as a new one.
pub(super) fn message(answer: &Answer, in_place: bool) -> Value {
    json!({
        "response_type": "ephemeral",
        "replace_original": in_place,
        "unfurl_links": false,
        "unfurl_media": false,
        "link_names": false,
        "parse": "none",
        "text": notification(answer),
        "blocks": blocks(answer),
    })
}

/// A message to one person.
pub(super) fn direct(user: &str, answer: &Answer) -> Value {
    json!({
        "channel": user,
        "unfurl_links": false,
        "unfurl_media": false,
        "link_names": false,
        "parse": "none",
        "text": notification(answer),
        "blocks": blocks(answer),
    })
}

fn blocks(answer: &Answer) -> Vec<Value> {
    let mut blocks = vec![text(&answer.lines)];
    if let Some(menu) = answer.menu.as_ref().filter(|menu| !menu.choices.is_empty()) {
        blocks.push(json!({ "type": "actions", "elements": [select(menu)] }));
    }
    if !answer.buttons.is_empty() {
        let buttons: Vec<Value> = answer.buttons.iter().enumerate().map(|(nth, one)| button(nth, one)).collect();
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    blocks
}

fn text(lines: &[Line]) -> Value {
    let mut elements = vec![];
    for (nth, line) in lines.iter().enumerate() {
        if nth > 0 {
            elements.push(json!({ "type": "text", "text": "\n" }));
        }
        elements.extend(line.0.iter().filter_map(piece));
    }
    json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
}

fn piece(piece: &Piece) -> Option<Value> {
    let plain = |text: &str| json!({ "type": "text", "text": text });
    let styled = |text: &str, style: &str| json!({ "type": "text", "text": text, "style": { style: true } });
    let piece = match piece {
        Piece::Words(text) => plain(text),
        Piece::Foreign(text) => plain(&short(text.clone(), MOST_FOREIGN)),
        Piece::Strong(text) => styled(&short(text.clone(), MOST_FOREIGN), "bold"),
        Piece::Typed(text) => styled(text, "code"),
        Piece::Code(secret) => styled(&secret.0, "code"),
        Piece::Url(secret) => json!({ "type": "link", "url": secret.0 }),
    };
    // Slack refuses elements without text.
    let empty = piece.get("text").and_then(Value::as_str) == Some("");
    (!empty).then_some(piece)
}

fn plain_text(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": short(text.to_owned(), most), "emoji": false })
}

fn button(nth: usize, button: &Button) -> Value {
    let mut element = json!({
        "type": "button",
        "action_id": format!("button{nth}"),
        "text": plain_text(&button.label, 75),
    });
    let (key, value) = match &button.does {
        Does::Act(act) => ("value", act.encode()),
        Does::Open(page) => ("url", page.clone()),
    };
    let style = match button.look {
        Look::Plain => None,
        Look::Primary => Some("primary"),
        Look::Danger => Some("danger"),
    };
    if let Some(element) = element.as_object_mut() {
        element.insert(key.to_owned(), json!(value));
        if let Some(style) = style {
            element.insert("style".to_owned(), json!(style));
        }
    }
    element
}

fn select(menu: &Menu) -> Value {
    let options: Vec<Value> = menu.choices.iter().map(choice).collect();
    json!({
        "type": "static_select",
        "action_id": "choice",
        "placeholder": plain_text(menu.asks, 150),
        "options": options,
    })
}

fn choice(choice: &Choice) -> Value {
    option(&choice.label, &choice.detail, &choice.act.encode())
}

/// One option of a menu.
pub(super) fn option(label: &str, detail: &str, value: &str) -> Value {
    let mut option = json!({ "text": plain_text(label, 75), "value": value });
    if let Some(option) = option.as_object_mut().filter(|_| !detail.is_empty()) {
        option.insert("description".to_owned(), plain_text(detail, 75));
    }
    option
}

/// The first line without its secrets, escaped as Slack asks ("Formatting text for app surfaces").
fn notification(answer: &Answer) -> String {
    let words = |piece: &Piece| match piece {
        Piece::Words(text) | Piece::Foreign(text) | Piece::Strong(text) | Piece::Typed(text) => text.clone(),
        Piece::Url(_) | Piece::Code(_) => "…".to_owned(),
    };
    let line: String = answer.lines.first().map(|line| line.0.iter().map(words).collect()).unwrap_or_default();
    short(line, MOST_NOTIFIED).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
