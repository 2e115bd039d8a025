//! What Discord's documentation allows of a payload; whatever is beyond, it refuses. Texts are counted in UTF-16 units, the
//! strictest way there is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::conversation::{Act, Answer, Choice, Line, Look};
use crate::discord::render;

/// What Discord would refuse in a first answer.
pub(super) fn first(answer: &Value) -> Result<(), String> {
    let data = &answer["data"];
    match answer["type"].as_u64() {
        Some(1 | 6) => Ok(()),
        Some(4) => {
            check(data["flags"] == 68, "a message for the asker alone, without previews")?;
            message(data)
        }
        Some(5) => check(*data == json!({ "flags": 64 }), "for the asker alone, and nothing more yet"),
        Some(7) => message(data),
        Some(8) => suggestions(&data["choices"]),
        Some(9) => modal(data),
        other => Err(format!("unknown type {other:?}")),
    }
}

/// What Discord would refuse in a message or an edit, and what would ping, preview or format.
pub(super) fn message(message: &Value) -> Result<(), String> {
    text(&message["content"], 1, 2_000, "content")?;
    check(message["allowed_mentions"] == json!({ "parse": [] }), "allowed_mentions")?;
    check(message["flags"].as_u64().is_some_and(|flags| flags & 4 == 4), "embeds are not suppressed")?;
    check(message["embeds"] == json!([]), "embeds")?;
    let rows = message["components"].as_array().ok_or("components are always said: an edit would keep the old ones")?;
    check(rows.len() <= 5, "rows")?;
    let mut ids = BTreeSet::new();
    for row in rows {
        let components = row["components"].as_array().ok_or("a row without components")?;
        let menus = components.iter().filter(|one| one["type"] == 3).count();
        let most = if menus > 0 { 1 } else { 5 };
        check(row["type"] == 1 && (1..=most).contains(&components.len()), "a row")?;
        for component in components {
            element(component)?;
            let id = component["custom_id"].as_str().or(component["url"].as_str()).unwrap_or_default();
            check(ids.insert(id.to_owned()), &format!("{id} twice"))?;
        }
    }
    Ok(())
}

fn element(component: &Value) -> Result<(), String> {
    match component["type"].as_u64() {
        Some(2) => {
            text(&component["label"], 1, 80, "label")?;
            if component["style"] == 5 {
                check(component["custom_id"].is_null(), "a link with a custom_id")?;
                text(&component["url"], 1, 512, "url")
            } else {
                check(matches!(component["style"].as_u64(), Some(1..=4)), "style")?;
                check(component["url"].is_null(), "a button with a url")?;
                text(&component["custom_id"], 1, 100, "custom_id")
            }
        }
        Some(3) => {
            text(&component["custom_id"], 1, 100, "custom_id")?;
            text(&component["placeholder"], 0, 150, "placeholder")?;
            let options = component["options"].as_array().ok_or("options")?;
            check((1..=25).contains(&options.len()), "options")?;
            let values: BTreeSet<_> = options.iter().map(|option| option["value"].as_str()).collect();
            check(values.len() == options.len(), "two options of one value")?;
            options.iter().try_for_each(|option| {
                text(&option["label"], 1, 100, "option's label")?;
                text(&option["value"], 1, 100, "option's value")?;
                if option["description"].is_null() { Ok(()) } else { text(&option["description"], 1, 100, "detail") }
            })
        }
        other => Err(format!("unknown component {other:?}")),
    }
}

fn suggestions(choices: &Value) -> Result<(), String> {
    let choices = choices.as_array().ok_or("choices")?;
    check(choices.len() <= 25, "choices")?;
    choices.iter().try_for_each(|choice| {
        text(&choice["name"], 1, 100, "a choice's name")?;
        text(&choice["value"], 1, 100, "a choice's value")
    })
}

fn modal(modal: &Value) -> Result<(), String> {
    text(&modal["custom_id"], 1, 100, "custom_id")?;
    text(&modal["title"], 1, 45, "title")?;
    let rows = modal["components"].as_array().ok_or("components")?;
    check((1..=5).contains(&rows.len()), "rows")?;
    rows.iter().try_for_each(|row| {
        let fields = row["components"].as_array().ok_or("fields")?;
        check(row["type"] == 1 && fields.len() == 1, "one field a row")?;
        let field = &fields[0];
        check(field["type"] == 4 && matches!(field["style"].as_u64(), Some(1 | 2)), "a line of text")?;
        text(&field["custom_id"], 1, 100, "custom_id")?;
        text(&field["label"], 1, 45, "label")?;
        check(field["max_length"].as_u64().is_some_and(|most| (1..=4_000).contains(&most)), "max_length")?;
        let most = field["max_length"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or_default();
        for (key, most) in [("placeholder", 100), ("value", most)] {
            if !field[key].is_null() {
                text(&field[key], 1, most, key)?;
            }
        }
        Ok(())
    })
}

/// What Discord would refuse in a command.
pub(super) fn command(command: &Value) -> Result<(), String> {
    let name = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        let fine = name.chars().all(|c| c == '-' || c == '_' || (c.is_alphanumeric() && !c.is_uppercase()));
        check(fine && (1..=32).contains(&name.chars().count()), &format!("name {name}"))
    };
    name(&command["name"])?;
    text(&command["description"], 1, 100, "description")?;
    let options = command["options"].as_array().ok_or("options")?;
    check(options.len() <= 25, "options")?;
    let length = |value: &Value| value.as_str().unwrap_or_default().len();
    let mut whole = length(&command["name"]) + length(&command["description"]);
    for option in options {
        name(&option["name"])?;
        text(&option["description"], 1, 100, "an option's description")?;
        let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        check(choices.is_empty() || option["autocomplete"].is_null(), "choices and autocomplete")?;
        check(option["choices"].is_null() || (1..=25).contains(&choices.len()), "choices")?;
        whole += length(&option["name"]) + length(&option["description"]);
        for choice in choices {
            text(&choice["name"], 1, 100, "a choice's name")?;
            text(&choice["value"], 1, 100, "a choice's value")?;
            whole += length(&choice["name"]) + length(&choice["value"]);
        }
    }
    check(whole <= 8_000, "all texts together")
}

fn check(fine: bool, what: &str) -> Result<(), String> {
    if fine { Ok(()) } else { Err(what.to_owned()) }
}

fn text(value: &Value, least: usize, most: usize, what: &str) -> Result<(), String> {
    let text = value.as_str().ok_or(format!("{what} is no text"))?;
    let length = if text.trim().is_empty() { 0 } else { text.encode_utf16().count() };
    check((least..=most).contains(&length), &format!("{what} of {length}: {text}"))
}

fn act(nth: u8) -> Act {
    let turn = magiclink_domain::id::CommandId::derive("staff", "discord", &nth.to_string());
    Act::Status { turn, contact: turn.contact() }
}

#[test]
fn whatever_is_answered_stays_within_the_limits() {
    let long = "<@😀*".repeat(200);
    let mut answer = Answer::default();
    for nth in 0..40 {
        answer = answer.line(Line::of("Magic link for ").strong(long.clone()).foreign(long.clone()));
        answer = answer.button(long.clone(), Look::Plain, act(nth));
    }
    let choice = |nth| Choice { label: " ".to_owned(), detail: long.clone(), act: act(nth) };
    answer = answer.open(String::new(), format!("https://portal.example.com/{}", "a".repeat(600)));
    answer = answer.menu("Choose a contact", (100..160).map(choice).collect());
    for in_place in [false, true] {
        first(&render::first(&answer, in_place)).unwrap();
    }
    let message = render::message(&answer);
    assert!(message["content"].as_str().unwrap().ends_with("\n…"), "that something was left out is seen");
    assert_eq!(message["components"].as_array().unwrap().len(), 5);
}

#[test]
fn the_limits_are_limits() {
    let fine = render::first(&Answer::of(Line::of("x")).button("y", Look::Plain, act(0)), false);
    first(&fine).unwrap();
    for (at, wrong) in [
        ("/data/content", json!("x".repeat(2_001))),
        ("/data/content", json!("")),
        ("/data/allowed_mentions", json!({ "parse": ["everyone"] })),
        ("/data/flags", json!(64)),
        ("/data/flags", json!(4)),
        ("/data/components/0/components/0/label", json!("y".repeat(81))),
        ("/data/components/0/components/0/custom_id", json!("z".repeat(101))),
        ("/data/components/0/components/0/style", json!(5)),
        ("/data/components/0/components", json!([])),
        ("/type", json!(10)),
    ] {
        let mut broken = fine.clone();
        *broken.pointer_mut(at).unwrap() = wrong.clone();
        assert!(first(&broken).is_err(), "{at} {wrong}");
    }
}
