//! The dialog as Slack's modal, and what comes back from it.

use serde_json::{Value, json};

use super::incoming::View;
use super::render::option;
use crate::conversation::{Act, Dialog, Entered, Field, Filled, Form};

/// Tells our dialog from others.
pub(super) const CALLBACK: &str = "magiclink";
/// Tells our form from others.
pub(super) const FORM: &str = "magiclink-form";
/// The action by which the contact menu is known.
pub(super) const CONTACT: &str = "contact";
/// Options of a menu that is not searched.
const MOST_OPTIONS: usize = 100;
/// What stands for "not chosen"; Slack wants a value.
const DEFAULT: &str = "default";

/// The modal. `memory` comes back with it.
pub(super) fn view(dialog: &Dialog, memory: &str) -> Value {
    let home = ("home".to_owned(), "The portal".to_owned());
    let places: Vec<Value> = std::iter::once(&home)
        .chain(&dialog.destinations)
        .take(MOST_OPTIONS)
        .map(|(slug, title)| option(title, "", slug))
        .collect();
    let lifetimes: Vec<Value> = dialog
        .lifetimes
        .iter()
        .map(|(word, shown)| option(shown, "", if word.is_empty() { DEFAULT } else { word }))
        .collect();
    let channels: Vec<Value> = dialog.channels.iter().map(|(word, shown)| option(shown, "", word)).collect();
    let mut blocks = vec![
        input("contact", "Contact", false, &contact_menu()),
        input("destination", "Leads to", false, &menu("destination", &places)),
        input("lifetime", "Works for", false, &menu("lifetime", &lifetimes)),
    ];
    if !channels.is_empty() {
        blocks.push(input("channel", "Hand over", false, &menu("channel", &channels)));
    }
    let reason = json!({ "type": "plain_text_input", "action_id": "reason", "max_length": 500 });
    blocks.push(input("reason", "Reason", !dialog.reason_required, &reason));
    json!({
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": memory,
        "title": { "type": "plain_text", "text": dialog.title },
        "submit": { "type": "plain_text", "text": "Make the link" },
        "close": { "type": "plain_text", "text": "Cancel" },
        "blocks": blocks,
    })
}

fn contact_menu() -> Value {
    json!({
        "type": "external_select",
        "action_id": CONTACT,
        "min_query_length": 2,
        "placeholder": { "type": "plain_text", "text": "Name, e-mail or phone" },
    })
}

fn menu(action: &str, options: &[Value]) -> Value {
    json!({
        "type": "static_select",
        "action_id": action,
        "options": options,
        "initial_option": options.first(),
    })
}

fn input(block: &str, label: &str, optional: bool, element: &Value) -> Value {
    json!({
        "type": "input",
        "block_id": block,
        "optional": optional,
        "label": { "type": "plain_text", "text": label },
        "element": element,
    })
}

/// What was filled in.
pub(super) fn filled(view: &View) -> Filled {
    let field = |name: &str| view.state.pointer(&format!("/values/{name}/{name}"));
    let chosen = |name: &str| {
        let value = field(name).and_then(|field| field.pointer("/selected_option/value")).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let reason = field("reason").and_then(|field| field.get("value")).and_then(Value::as_str).unwrap_or_default();
    Filled {
        contact: chosen("contact"),
        destination: chosen("destination"),
        lifetime: chosen("lifetime"),
        channels: vec![chosen("channel")],
        reason: reason.to_owned(),
    }
}

/// A form as a modal. `memory` and the form's act come back with it.
pub(super) fn form(form: &Form, memory: &str) -> Value {
    json!({
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": format!("{memory} {}", form.act.encode()),
        "title": { "type": "plain_text", "text": form.title },
        "submit": { "type": "plain_text", "text": form.submit },
        "close": { "type": "plain_text", "text": "Cancel" },
        "blocks": form.fields.iter().map(field).collect::<Vec<_>>(),
    })
}

fn field(field: &Field) -> Value {
    let mut element = json!({ "type": "plain_text_input", "action_id": field.key, "max_length": field.most });
    if let Some(element) = element.as_object_mut().filter(|_| !field.value.is_empty()) {
        element.insert("initial_value".to_owned(), json!(field.value));
    }
    input(field.key, field.label, field.optional, &element)
}

/// What a modal remembered: the address for its answer, and the act of a form.
pub(super) fn remembered(view: &View) -> (&str, Option<Act>) {
    match view.private_metadata.split_once(' ') {
        Some((memory, act)) => (memory, Act::decode(act)),
        None => (&view.private_metadata, None),
    }
}

/// What was entered into a form.
pub(super) fn entered(view: &View) -> Entered {
    Entered::of(|key| {
        let field = view.state.pointer(&format!("/values/{key}/{key}/value"));
        field.and_then(Value::as_str).unwrap_or_default().to_owned()
    })
}
