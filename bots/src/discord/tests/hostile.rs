//! Names, titles and typed texts made to break things, wherever Discord shows some: in messages they are escaped, elsewhere
//! they are shown as they are, and nowhere are they taken for ours.

use magiclink_domain::authority::Role;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::{EmailAddress, Name, Slug, Title};
use serde_json::{Value, json};

use super::commands::shown;
use super::connected::kim;
use super::dialog::filled;
use super::stand_in::{House, carried, read};
use crate::conversation::tests::hostile::NAMES;
use crate::conversation::tests::world::both;
use crate::discord::escape::escaped;

/// Every hostile name as it is kept.
fn names() -> impl Iterator<Item = String> {
    NAMES.iter().map(|name| Name::parse(name).unwrap().to_string())
}

/// Whether a message shows `text`, and nothing in it but ours means anything to Discord.
fn is_inert(content: &str, text: &str) -> bool {
    content.contains(&escaped(text)) && means_ours_alone(content)
}

/// Whether all that Discord would give a meaning is ours: one pair of stars, what is to be typed, and links without preview.
fn means_ours_alone(content: &str) -> bool {
    content.lines().all(|line| {
        let (mut stars, mut rest) = (0, line);
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            let after = match c {
                '\\' => Some(rest.strip_prefix(|c: char| c.is_ascii_punctuation()).unwrap_or(rest)),
                '`' => rest.split_once('`').map(|(_, after)| after),
                '<' if rest.starts_with("http://localhost") => rest.split_once('>').map(|(_, after)| after),
                '*' => rest.strip_prefix('*').inspect(|_| stars += 1),
                _ if "_~|<>[]@#".contains(c) || (c == ':' && rest.starts_with("//")) => None,
                _ => Some(rest),
            };
            let Some(after) = after else { return false };
            rest = after;
        }
        stars == 0 || stars == 2
    })
}

/// What is offered while this is typed: names and values.
async fn suggested(house: &mut House, option: &str, typed: &str) -> Vec<(String, String)> {
    let options = json!([{ "name": option, "type": 3, "value": typed, "focused": true }]);
    let typing = house.interaction(4, json!({ "id": "1", "name": "magiclink", "type": 1, "options": options }));
    let first = house.answered(&typing).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let choices = first["data"]["choices"].as_array().unwrap();
    choices.iter().map(|choice| (text(&choice["name"]), text(&choice["value"]))).collect()
}

#[tokio::test]
async fn contacts_while_one_types_are_shown_as_they_are_and_stand_for_an_id() {
    let mut house = House::new().await;
    for (nth, name) in names().enumerate() {
        let email = format!("hostile{nth}@example.com");
        let contact = house.world.contact(&name, &email, None, &["founders-circle"]).await;
        house.world.settle().await;
        let found = suggested(&mut house, "contact", &email).await;
        assert_eq!(found, [(format!("{name} · {email}"), contact.to_string())], "a choice's name is plain text");
        let found = suggested(&mut house, "contact", &format!("status {email}")).await;
        assert_eq!(found[0].1, format!("status {contact}"), "{name}");
        let card = house.types(&found[0].1).await["data"].clone();
        assert!(is_inert(card["content"].as_str().unwrap(), &name), "{card:#}");
        house.world.clock.advance(Lifetime::from_mins(1));
    }
}

#[tokio::test]
async fn titles_are_escaped_in_messages_and_plain_in_dialogs_buttons_menus_and_suggestions() {
    for title in names() {
        let mut house = House::with(Role::Owner, both()).await;
        let slug = Slug::parse("hostile").unwrap();
        let known = Title::parse(&title).unwrap();
        house
            .world
            .use_cases
            .add_offering(&house.world.system(), slug, OfferingKind::Group, known, None)
            .await
            .unwrap();
        house.world.settle().await;
        let found = suggested(&mut house, "to", "hostile").await;
        assert_eq!(found, [(title.clone(), "hostile".to_owned())]);
        let dialog = house.types("").await["data"].clone();
        let places = dialog["components"][1]["components"][0]["placeholder"].as_str().unwrap();
        assert!(places.contains(&title) || places.ends_with('…'), "{places}");
        let offered = house.types("ana@example.com to hostile").await["data"].clone();
        let label = format!("Grant {title} and make the link");
        assert!(read(&offered).contains(&format!("[{label}]")) || label.chars().count() > 75, "{}", read(&offered));
        let button = offered["components"][0]["components"][0]["label"].as_str().unwrap().to_owned();
        let made = house.presses(&offered, &button).await["data"].clone();
        assert!(is_inert(made["content"].as_str().unwrap(), &title), "{made:#}");
    }
}

#[tokio::test]
async fn titles_in_a_menu_stand_for_an_act() {
    let mut house = House::with(Role::Owner, both()).await;
    for (nth, title) in names().enumerate() {
        let (slug, title) = (Slug::parse(&format!("hostile-{nth}")).unwrap(), Title::parse(&title).unwrap());
        house
            .world
            .use_cases
            .add_offering(&house.world.system(), slug, OfferingKind::Group, title, None)
            .await
            .unwrap();
    }
    house.world.settle().await;
    let menu = house.types("zoe@example.com").await["data"].clone();
    for title in names() {
        let shown: String = if title.chars().count() > 75 { continue } else { title };
        assert!(carried(&menu, &shown).1[0].starts_with("m."), "{shown}");
    }
}

#[tokio::test]
async fn what_is_typed_into_the_dialog_comes_back_escaped() {
    let mut house = House::new().await;
    for name in names() {
        for (field, others) in
            [("contact", None), ("lifetime", Some("lima")), ("channel", Some("lima")), ("destination", Some("lima"))]
        {
            let modal = house.types("").await["data"].clone();
            let typed = if field == "contact" { format!("\"{name} x y z\"") } else { name.clone() };
            let fields: Vec<(&str, &str)> =
                [(field, typed.as_str())].into_iter().chain(others.map(|who| ("contact", who))).collect();
            let sent = house.interaction(5, filled(&modal, &fields));
            let told = house.answered(&sent).await["data"]["content"].as_str().unwrap().to_owned();
            assert!(means_ours_alone(&told), "{field} {name:?}: {told}");
            assert!(!shown(&told).contains(&name) || is_inert(&told, &name), "{field} {name:?}: {told}");
        }
    }
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn ones_own_name_is_escaped_when_connecting_and_said_nowhere_else() {
    for name in names() {
        let mut house = House::new().await;
        let staff = house.world.use_cases.chat_member(&kim()).await.unwrap().unwrap().staff;
        let details = StaffDetails {
            name: Name::parse(&name).unwrap(),
            email: EmailAddress::parse("hostile@example.com").unwrap(),
        };
        house.world.use_cases.change_staff_details(&house.world.system(), staff, details).await.unwrap();
        let console = house.types("console").await["data"]["content"].as_str().unwrap().to_owned();
        assert!(!shown(&console).contains(&name), "{console}");
        house.types("disconnect").await;
        let code = house.world.code(staff).await;
        let connected = house.types(&format!("connect {code}")).await["data"]["content"].as_str().unwrap().to_owned();
        assert!(is_inert(&connected, &name), "{connected}");
    }
}

#[test]
fn what_means_something_is_seen() {
    for fine in ["**Ana** `/magiclink` <http://localhost:8080/m/x> \\*x\\* \\@everyone https\\://x", "", "a"] {
        assert!(means_ours_alone(fine), "{fine}");
    }
    for wrong in [
        "*x*",
        "**x",
        "**a** **b**",
        "@everyone",
        "<@1>",
        "[a](b)",
        "https://x",
        "||x||",
        "# x",
        "> x",
        "`x",
        "\\\\*x\\\\*",
    ] {
        assert!(!means_ours_alone(wrong), "{wrong}");
    }
}
