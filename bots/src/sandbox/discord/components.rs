//! Discord's messages and modals as the room shows them: what Discord would draw of them, no more.
//!
//! Apart from the calls because it is a matter of shapes alone.

use magiclink_domain::ports::{ChatDialog, ChatElement, ChatField, ChatFieldKind, ChatOption};
use serde_json::{Value, json};

use super::markdown;
use crate::sandbox::room::Said;

/// The kinds of a component.
mod kind {
    pub(super) const BUTTON: u64 = 2;
    pub(super) const MENU: u64 = 3;
    pub(super) const LINE: u64 = 4;
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A message.
pub(super) fn said(body: &Value) -> Said {
    Said {
        lines: markdown::lines(text(body, "content")),
        elements: components(body).filter_map(element).collect(),
        body: body.clone(),
        ..Said::default()
    }
}

/// What stands in the rows.
fn components(body: &Value) -> impl Iterator<Item = &Value> {
    list(body, "components").flat_map(|row| list(row, "components"))
}

fn element(component: &Value) -> Option<ChatElement> {
    let label = text(component, "label").to_owned();
    match (number(component, "type"), text(component, "url")) {
        (kind::BUTTON, "") => Some(ChatElement::Button {
            label,
            value: text(component, "custom_id").to_owned(),
            style: match number(component, "style") {
                1 | 3 => "primary",
                4 => "danger",
                _ => "",
            }
            .to_owned(),
        }),
        (kind::BUTTON, url) => Some(ChatElement::Page { label, url: url.to_owned() }),
        (kind::MENU, _) => Some(ChatElement::Menu {
            asks: text(component, "placeholder").to_owned(),
            options: list(component, "options").map(option).collect(),
        }),
        _ => None,
    }
}

fn option(option: &Value) -> ChatOption {
    ChatOption {
        label: text(option, "label").to_owned(),
        detail: text(option, "description").to_owned(),
        value: text(option, "value").to_owned(),
    }
}

/// What is told of the button or option that carries `value`.
pub(super) fn pressed(body: &Value, value: &str) -> Option<Value> {
    components(body).find_map(|component| {
        let (kind, id) = (number(component, "type"), text(component, "custom_id"));
        if kind == kind::MENU {
            list(component, "options").find(|option| text(option, "value") == value)?;
            return Some(json!({ "component_type": kind, "custom_id": id, "values": [value] }));
        }
        (id == value).then(|| json!({ "component_type": kind, "custom_id": id }))
    })
}

/// A modal.
pub(super) fn dialog(modal: &Value) -> ChatDialog {
    let field = |input: &Value| ChatField {
        key: text(input, "custom_id").to_owned(),
        label: text(input, "label").to_owned(),
        optional: input.get("required").and_then(Value::as_bool) == Some(false),
        value: text(input, "value").to_owned(),
        hint: text(input, "placeholder").to_owned(),
        kind: ChatFieldKind::Text,
    };
    ChatDialog {
        title: text(modal, "title").to_owned(),
        submit: "Submit".to_owned(),
        fields: components(modal).filter(|input| number(input, "type") == kind::LINE).map(field).collect(),
    }
}

/// What is told of a modal that was filled in.
pub(super) fn filled(modal: &Value, fields: &[(ChatField, String)]) -> Value {
    let row = |(field, value): &(ChatField, String)| json!({ "type": 1, "components": [{ "type": kind::LINE, "custom_id": field.key, "value": value }] });
    let rows: Vec<Value> = fields.iter().map(row).collect();
    json!({ "custom_id": text(modal, "custom_id"), "components": rows })
}
