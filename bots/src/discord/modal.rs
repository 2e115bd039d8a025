//! The dialog as Discord's modal, and what comes back from it, or from the command's own options.
//!
//! All fields are lines of text: the one kind that Discord's modals and serenity's gateway both know. What is typed into
//! them is read as forgivingly as behind the command.

use serde_json::{Value, json};

use super::escape::short;
use super::incoming::Interaction;
use crate::conversation::{Act, Dialog, Entered, Field, Filled, Form};

/// Tells our dialog from others; behind it stands the interaction that opened it.
const CALLBACK: &str = "magiclink:";
/// Tells our form from others; behind it stands its act.
const FORM: &str = "magiclink-form:";
/// Characters of a line, of its label, and of what stands in it before something is typed.
const MOST_LINE: usize = 300;
const MOST_LABEL: usize = 45;
const MOST_PLACEHOLDER: usize = 100;

/// The modal; `opened_by` comes back with it.
pub(super) fn modal(dialog: &Dialog, opened_by: &str) -> Value {
    let contact = dialog.contact.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default();
    let places: Vec<&str> = dialog.destinations.iter().map(|(_, title)| title.as_str()).take(3).collect();
    let places =
        if places.is_empty() { "The portal".to_owned() } else { format!("The portal; or {}", places.join(", ")) };
    let lifetimes: Vec<&str> = dialog.lifetimes.iter().map(|(_, shown)| shown.as_str()).collect();
    let channels: Vec<&str> = dialog.channels.iter().map(|(_, shown)| *shown).collect();
    let mut rows = vec![
        row("contact", "Contact", "Name, e-mail, phone or external id", true, contact, MOST_LINE),
        row("destination", "Leads to", &places, false, "", MOST_LINE),
        row("lifetime", "Works for", &lifetimes.join(", "), false, "", MOST_LINE),
    ];
    if !channels.is_empty() {
        rows.push(row("channel", "Hand over", &channels.join(", "), false, "", MOST_LINE));
    }
    rows.push(row("reason", "Reason", "", dialog.reason_required, "", MOST_LINE));
    json!({ "custom_id": format!("{CALLBACK}{opened_by}"), "title": short(dialog.title, MOST_LABEL), "components": rows })
}

fn row(name: &str, label: &str, placeholder: &str, required: bool, value: &str, most: usize) -> Value {
    let mut field = json!({
        "type": 4,
        "style": 1,
        "custom_id": name,
        "label": short(label, MOST_LABEL),
        "required": required,
        "max_length": most,
    });
    for (key, text, fits) in [("placeholder", placeholder, MOST_PLACEHOLDER), ("value", value, most)] {
        if let Some(field) = field.as_object_mut().filter(|_| !text.is_empty()) {
            field.insert(key.to_owned(), json!(short(text, fits)));
        }
    }
    json!({ "type": 1, "components": [field] })
}

/// A form as a modal; its act comes back with it.
pub(super) fn form(form: &Form) -> Value {
    let line = |field: &Field| row(field.key, field.label, "", !field.optional, &field.value, field.most.into());
    let rows: Vec<Value> = form.fields.iter().map(line).collect();
    let title = short(form.title, MOST_LABEL);
    json!({ "custom_id": format!("{FORM}{}", form.act.encode()), "title": title, "components": rows })
}

/// The act of our form; `None` where it is none of ours.
pub(super) fn form_of(interaction: &Interaction) -> Option<Act> {
    Act::decode(interaction.data.custom_id.strip_prefix(FORM)?)
}

/// What was entered into a form.
pub(super) fn entered(interaction: &Interaction) -> Entered {
    Entered::of(|key| interaction.field(key).to_owned())
}

/// The interaction that opened our dialog; `None` where it is none of ours.
pub(super) fn opened_by(interaction: &Interaction) -> Option<&str> {
    let id = interaction.data.custom_id.strip_prefix(CALLBACK)?;
    (!id.is_empty()).then_some(id)
}

/// What was filled in.
pub(super) fn filled(interaction: &Interaction) -> Filled {
    let field = |name: &str| interaction.field(name).to_owned();
    Filled {
        contact: field("contact"),
        destination: field("destination"),
        lifetime: field("lifetime"),
        channels: vec![field("channel")],
        reason: field("reason"),
    }
}
