//! The dialog: opened by the command alone, filled in by people, sent twice by impatient ones.

use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::usecases::Policy;
use serde_json::{Value, json};

use super::stand_in::{House, read};
use crate::conversation::tests::world::both;

/// What Discord sends of a filled dialog: its fields in rows.
pub(super) fn filled(modal: &Value, fields: &[(&str, &str)]) -> Value {
    let rows: Vec<Value> = modal["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let id = row["components"][0]["custom_id"].as_str().unwrap();
            let value = fields.iter().find(|(name, _)| *name == id).map_or("", |(_, value)| value);
            json!({ "type": 1, "id": 1, "components": [{ "type": 4, "id": 2, "custom_id": id, "value": value }] })
        })
        .collect();
    json!({ "custom_id": modal["custom_id"], "components": rows })
}

#[tokio::test]
async fn the_command_alone_opens_a_dialog() {
    let mut house = House::with(Role::Owner, Policy { require_reason: true, ..both() }).await;
    let first = house.types("").await;
    assert_eq!(first["type"], 9);
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).unwrap());
    let hidden = Policy { reveal: Reveal::Never, ..Policy::default() };
    let mut house = House::with(Role::Owner, hidden).await;
    let first = house.types("").await;
    assert_eq!(first["data"]["components"].as_array().unwrap().len(), 4, "no way to hand over, no field");
}

#[tokio::test]
async fn what_is_filled_in_makes_one_link_however_often_it_is_sent() {
    let mut house = House::new().await;
    let modal = house.types("").await["data"].clone();
    let fields = [
        ("contact", "lima"),
        ("destination", "Founders Circle"),
        ("lifetime", "7 days"),
        ("channel", "E-mail"),
        ("reason", "she asked"),
    ];
    let mut told = vec![];
    for _ in 0..2 {
        let sent = house.interaction(5, filled(&modal, &fields));
        let first = house.answered(&sent).await;
        assert_eq!(first["type"], 4);
        told.push(read(&first["data"]));
    }
    assert!(
        told[0].contains("E-mail to ana\\@example\\.com") && told[0].contains("Leads to Founders Circle"),
        "{told:?}"
    );
    assert_eq!(told[0], told[1], "sent twice, made once");
    let other = house.interaction(5, filled(&modal, &[("contact", "rebecca")]));
    let refused = read(&house.answered(&other).await["data"]);
    assert!(!refused.contains("/m/"), "{refused}");
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn what_is_not_sure_is_asked() {
    let mut house = House::new().await;
    for (fields, asks) in [
        (vec![("contact", "ana")], "Several contacts are found"),
        (vec![("contact", "rebeca francsi")], "Did you mean"),
        (vec![("contact", "nobody at all")], "Nobody is found"),
        (vec![("contact", "  ")], "The dialog did not open"),
        (vec![("contact", "lima"), ("lifetime", "soon")], "How long is **soon**?"),
        (vec![("contact", "lima"), ("channel", "pigeon")], "Nothing is sent by **pigeon**"),
        (vec![("contact", "lima"), ("destination", "the moon")], "No course or group is called **the moon**"),
    ] {
        let modal = house.types("").await["data"].clone();
        let sent = house.interaction(5, filled(&modal, &fields));
        let told = read(&house.answered(&sent).await["data"]);
        assert!(told.contains(asks), "{fields:?}: {told}");
    }
    assert_eq!(house.world.count("link.issued.v1").await, 0);
    let modal = house.types("").await["data"].clone();
    let sent = house.interaction(5, filled(&modal, &[("contact", "ana"), ("lifetime", "15 min")]));
    let menu = house.answered(&sent).await["data"].clone();
    let chosen = read(&house.presses(&menu, "Ana Lima").await["data"]);
    assert!(chosen.contains("Magic link for **Ana Lima**"), "{chosen}");
}

#[tokio::test]
async fn fields_in_labels_are_read_as_well() {
    let mut house = House::new().await;
    let modal = house.types("").await["data"].clone();
    let label = |id: &str, value: &str| json!({ "type": 18, "id": 1, "component": { "type": 4, "id": 2, "custom_id": id, "value": value } });
    let data =
        json!({ "custom_id": modal["custom_id"], "components": [label("contact", "lima"), label("channel", "sms")] });
    let sent = house.interaction(5, data);
    assert!(read(&house.answered(&sent).await["data"]).contains("SMS to"));
}
