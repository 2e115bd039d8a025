//! The command, its buttons and menus, from Discord's request to Discord's message.

use magiclink_domain::time::Lifetime;
use serde_json::{Value, json};

use super::stand_in::{House, carried, read};
use crate::conversation::tests::hostile::NAMES;

#[tokio::test]
async fn a_command_is_answered_at_once_where_only_the_asker_sees_it() {
    let mut house = House::new().await;
    let first = house.types("ana@example.com").await;
    assert_eq!(first["type"], 4);
    assert!(read(&first["data"]).contains("Magic link for **Ana Lima**\n<http://localhost:8080/m/"), "{first:#}");
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).unwrap());
    assert_eq!(house.world.count("link.revealed.v1").await + house.world.count("link.issued.v1").await, 2);
}

#[tokio::test]
async fn every_message() {
    let mut house = House::new().await;
    let mut story = vec![];
    for text in [
        "help",
        "ana@example.com",
        "lima sms",
        "415 555 0199 email 7d",
        "maria to founders-circle",
        "maria to the moon",
        "ana lima 30d",
        "zoe",
        "ana",
        "rebeca francsi",
        "nobody at all",
        "status ana lima",
        "status",
        "revoke",
        "add Bo Berg bo@example.com +14155550101",
        "console",
        "connect",
        "connect AAAA-AAAA",
        "disconnect",
        "ana@example.com",
    ] {
        story.push(format!("> {text}\n{}", read(&house.types(text).await["data"])));
        house.world.settle().await;
    }
    insta::assert_snapshot!(story.join("\n\n"));
}

#[tokio::test]
async fn options_say_what_could_be_typed() {
    let mut house = House::new().await;
    let options = [
        ("contact", "maria"),
        ("to", "pricing-masterclass"),
        ("for", "7d"),
        ("send", "email"),
        ("because", "of the move"),
    ];
    let command = house.command(&options);
    let told = read(&house.answered(&command).await["data"]);
    assert!(told.contains("E-mail to maria\\@example\\.com"), "{told}");
    assert!(told.contains("Leads to Pricing Masterclass"), "{told}");
    let only = house.command(&[("for", "7d")]);
    assert!(read(&house.answered(&only).await["data"]).contains("For whom?"));
    let wrong = house.command(&[("contact", "ana@example.com"), ("for", "a while")]);
    assert!(read(&house.answered(&wrong).await["data"]).contains("How long is **a while**?"));
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn buttons_and_menus_go_on_in_the_same_message() {
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    let sent = house.presses(&made, "Send SMS").await;
    assert_eq!(sent["type"], 7, "in place");
    assert!(read(&sent["data"]).contains("SMS to \\+14155550100"), "{sent:#}");
    assert!(read(&sent["data"]).contains("/m/"), "what was shown is still shown");
    let asks = house.types("zoe").await["data"].clone();
    let granted = house.presses(&asks, "Grant Founders Circle and send").await;
    assert!(read(&granted["data"]).contains("Magic link for **Zoë New**"), "{granted:#}");
    let revoked = house.presses(&granted["data"], "Revoke").await;
    assert!(read(&revoked["data"]).contains("Revoked."), "{revoked:#}");
    assert_eq!(revoked["data"]["components"], json!([]), "the buttons go");
    let who = house.types("ana").await["data"].clone();
    let chosen = house.presses(&who, "Ana Lima").await;
    assert!(read(&chosen["data"]).contains("Magic link for **Ana Lima**"), "{chosen:#}");
}

#[tokio::test]
async fn a_button_pressed_twice_does_one_thing() {
    let mut house = House::new().await;
    let asks = house.types("zoe").await["data"].clone();
    for _ in 0..3 {
        let granted = house.presses(&asks, "Grant Founders Circle and send").await;
        assert!(read(&granted["data"]).contains("Magic link for **Zoë New**"), "{granted:#}");
    }
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn what_carries_nothing_of_ours_is_too_old() {
    let mut house = House::new().await;
    for custom_id in ["", "choice", "magiclink:1", "m.x.y", "revoke:1"] {
        let pressed = house.interaction(3, json!({ "custom_id": custom_id, "component_type": 2 }));
        assert!(read(&house.answered(&pressed).await["data"]).contains("too old"), "{custom_id}");
        let filled =
            house.interaction(5, json!({ "custom_id": custom_id.replace("magiclink:1", "x"), "components": [] }));
        assert!(read(&house.answered(&filled).await["data"]).contains("too old"), "{custom_id}");
    }
}

fn names(first: &Value) -> Vec<&str> {
    assert_eq!(first["type"], 8);
    let choices = first["data"]["choices"].as_array().unwrap();
    choices.iter().map(|choice| choice["name"].as_str().unwrap()).collect()
}

impl House {
    async fn suggested(&mut self, option: &str, typed: &str) -> Value {
        let options = json!([{ "name": option, "type": 3, "value": typed, "focused": true }]);
        let typing = self.interaction(4, json!({ "id": "1", "name": "magiclink", "type": 1, "options": options }));
        self.answered(&typing).await
    }
}

#[tokio::test]
async fn contacts_are_found_as_one_types_and_what_is_chosen_is_that_contact() {
    let mut house = House::new().await;
    let found = house.suggested("contact", "an").await;
    let seen = names(&found);
    assert_eq!(seen[0], "Ana Lima · ana@example.com · +14155550100");
    assert!(seen.iter().any(|name| name.starts_with("Ána María López")), "{seen:?}");
    let value = found["data"]["choices"][0]["value"].as_str().unwrap().to_owned();
    assert!(read(&house.types(&value).await["data"]).contains("Magic link for **Ana Lima**"));
    let standing = house.suggested("contact", "status lim").await;
    assert!(names(&standing)[0].starts_with("status Ana Lima"), "{standing:#}");
    let value = standing["data"]["choices"][0]["value"].as_str().unwrap().to_owned();
    assert!(read(&house.types(&value).await["data"]).starts_with("**Ana Lima** · ana\\@example\\.com"));
    assert_eq!(names(&house.suggested("to", "found").await), ["Founders Circle"]);
    assert_eq!(names(&house.suggested("to", "").await), ["The portal", "Founders Circle", "Pricing Masterclass"]);
    assert!(names(&house.suggested("because", "x").await).is_empty());
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn no_more_than_25_are_suggested_or_offered() {
    let mut house = House::new().await;
    for nth in 0..30 {
        let long = "M".repeat(150);
        house.world.contact(&format!("Many {nth} {long}"), &format!("many{nth}@example.com"), None, &[]).await;
    }
    house.world.settle().await;
    assert_eq!(names(&house.suggested("contact", "many").await).len(), 25);
    let menu = read(&house.types("many").await["data"]);
    assert_eq!(menu.matches("\n  - ").count(), 25);
    assert!(menu.contains("There are more"), "{menu}");
}

#[tokio::test]
async fn hostile_names_are_shown_and_parsed_by_nobody() {
    let mut house = House::new().await;
    for (nth, name) in NAMES.iter().enumerate() {
        house.world.contact(name, &format!("hostile{nth}@example.com"), None, &["founders-circle"]).await;
    }
    house.world.settle().await;
    for (nth, name) in NAMES.iter().enumerate() {
        let first = house.types(&format!("hostile{nth}@example.com")).await;
        let name = magiclink_domain::value::Name::parse(name).unwrap().to_string();
        let content = first["data"]["content"].as_str().unwrap();
        assert!(shown(content).contains(&name), "{name} in {content}");
        let heading = content.lines().next().unwrap();
        assert!(is_inert(&heading.replace("**", "")), "{heading}");
        house.world.clock.advance(Lifetime::from_mins(1));
    }
    let menu = house.types("hostile").await;
    for name in NAMES {
        let name = magiclink_domain::value::Name::parse(name).unwrap().to_string();
        assert!(carried(&menu["data"], &name).1[0].starts_with("m."), "a label is shown as it is: {name}");
    }
}

/// As Discord shows it: what a backslash stands before.
pub(super) fn shown(content: &str) -> String {
    let mut shown = String::new();
    let mut chars = content.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => shown.extend(chars.next()),
            _ => shown.push(c),
        }
    }
    shown
}

/// Whether every character that Discord's markdown, mentions, emoji and links begin with has a backslash before it.
fn is_inert(text: &str) -> bool {
    let mut escaped = false;
    text.chars().all(|c| {
        let fine = escaped || !"*_~`|<>[]()@#:-+\\".contains(c) || (c == '\\');
        escaped = c == '\\' && !escaped;
        fine
    })
}
