//! Slack's blocks as the room shows them: what Slack would draw of them, no more.
//!
//! Apart from the calls because it is a matter of shapes alone.

use magiclink_domain::ports::{ChatDialog, ChatElement, ChatField, ChatFieldKind, ChatLook, ChatOption, ChatPiece};
use serde_json::{Value, json};

use crate::sandbox::room::Said;

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A message.
pub(super) fn said(body: &Value) -> Said {
    Said { lines: lines(body), elements: elements(body), body: body.clone(), ..Said::default() }
}

/// The lines of a message.
fn lines(message: &Value) -> Vec<Vec<ChatPiece>> {
    let mut lines = vec![];
    for section in list(message, "blocks")
        .filter(|block| text(block, "/type") == "rich_text")
        .flat_map(|block| list(block, "elements"))
    {
        let mut line = vec![];
        for piece in list(section, "elements") {
            let piece = piece_of(piece);
            let mut parts = piece.text.split('\n');
            let first = parts.next().unwrap_or_default().to_owned();
            line.push(ChatPiece { text: first, ..piece });
            for part in parts {
                lines.push(std::mem::take(&mut line));
                line.push(ChatPiece { text: part.to_owned(), ..piece });
            }
        }
        lines.push(line);
    }
    for line in &mut lines {
        line.retain(|piece| !piece.text.is_empty());
    }
    lines
}

fn piece_of(piece: &Value) -> ChatPiece {
    let set = |style: &str| piece.pointer(&format!("/style/{style}")).and_then(Value::as_bool) == Some(true);
    let look = match text(piece, "/type") {
        "link" => return ChatPiece { text: text(piece, "/url").to_owned(), look: ChatLook::Link },
        _ if set("code") => ChatLook::Code,
        _ if set("bold") => ChatLook::Strong,
        _ => ChatLook::Plain,
    };
    ChatPiece { text: text(piece, "/text").to_owned(), look }
}

fn actions(message: &Value) -> impl Iterator<Item = &Value> {
    list(message, "blocks").filter(|block| text(block, "/type") == "actions").flat_map(|block| list(block, "elements"))
}

/// What can be pressed and chosen in a message.
fn elements(message: &Value) -> Vec<ChatElement> {
    let element = |element: &Value| {
        let label = text(element, "/text/text").to_owned();
        match (text(element, "/type"), text(element, "/url")) {
            ("button", "") => Some(ChatElement::Button {
                label,
                value: text(element, "/value").to_owned(),
                style: text(element, "/style").to_owned(),
            }),
            ("button", url) => Some(ChatElement::Page { label, url: url.to_owned() }),
            ("static_select", _) => Some(ChatElement::Menu {
                asks: text(element, "/placeholder/text").to_owned(),
                options: options(element),
            }),
            _ => None,
        }
    };
    actions(message).filter_map(element).collect()
}

/// The options of a menu, or of the answer to one.
pub(super) fn options(menu: &Value) -> Vec<ChatOption> {
    let option = |option: &Value| ChatOption {
        label: text(option, "/text/text").to_owned(),
        detail: text(option, "/description/text").to_owned(),
        value: text(option, "/value").to_owned(),
    };
    list(menu, "options").map(option).collect()
}

/// The act of whoever presses or chooses what carries `value`, as Slack tells it.
pub(super) fn pressed(message: &Value, value: &str) -> Option<Value> {
    actions(message).find_map(|element| {
        let (kind, id) = (text(element, "/type"), text(element, "/action_id"));
        if kind == "static_select" {
            let chosen = list(element, "options").find(|option| text(option, "/value") == value)?;
            return Some(json!({ "type": kind, "action_id": id, "selected_option": chosen }));
        }
        (text(element, "/value") == value).then(|| json!({ "type": kind, "action_id": id, "value": value }))
    })
}

/// A modal.
pub(super) fn dialog(view: &Value) -> ChatDialog {
    let field = |block: &Value| ChatField {
        key: text(block, "/block_id").to_owned(),
        label: text(block, "/label/text").to_owned(),
        optional: block.get("optional").and_then(Value::as_bool) == Some(true),
        value: match text(block, "/element/initial_value") {
            "" => text(block, "/element/initial_option/value").to_owned(),
            typed => typed.to_owned(),
        },
        hint: text(block, "/element/placeholder/text").to_owned(),
        kind: match text(block, "/element/type") {
            "static_select" => ChatFieldKind::Menu(block.get("element").map(options).unwrap_or_default()),
            "external_select" => ChatFieldKind::Search(vec![]),
            _ => ChatFieldKind::Text,
        },
    };
    ChatDialog {
        title: text(view, "/title/text").to_owned(),
        submit: text(view, "/submit/text").to_owned(),
        fields: list(view, "blocks").filter(|block| text(block, "/type") == "input").map(field).collect(),
    }
}
