//! What serenity's gateway decodes reads as what Discord posts: there is one translation.

use serde_json::{Value, json};
use serenity::all::Interaction as Decoded;

use super::stand_in::House;
use crate::discord::Interaction;

/// The interaction as it comes out of serenity's gateway, which keeps its kind beside it.
fn over_the_gateway(posted: &Value) -> Interaction {
    let decoded: Decoded = serde_json::from_value(posted.clone()).unwrap();
    let mut value = serde_json::to_value(&decoded).unwrap();
    value["type"] = json!(u8::from(decoded.kind()));
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn both_ways_in_say_the_same() {
    let mut house = House::new().await;
    let typing = json!([{ "name": "contact", "type": 3, "value": "an", "focused": true }]);
    let field =
        |id: &str, value: &str| json!({ "type": 1, "components": [{ "type": 4, "custom_id": id, "value": value }] });
    let made = house.types("ana@example.com").await["data"].clone();
    let who = house.types("ana").await["data"].clone();
    let all = [
        house.command(&[]),
        house.command(&[("contact", "ana"), ("for", "7d"), ("because", "x")]),
        house.interaction(4, json!({ "id": "1", "name": "magiclink", "type": 1, "options": typing })),
        house.interaction(
            5,
            json!({ "custom_id": "magiclink:1", "components": [field("contact", "ana"), field("reason", "")] }),
        ),
        house.pressed(&made, "Send SMS"),
        house.pressed(&who, "Ana Lima"),
    ];
    for posted in all {
        let read: Interaction = serde_json::from_value(posted.clone()).unwrap();
        assert_eq!(meaning(&over_the_gateway(&posted)), meaning(&read), "{posted:#}");
    }
}

/// Everything that the translation looks at.
fn meaning(one: &Interaction) -> Vec<String> {
    let focused = one.focused().map(|option| format!("{}={}", option.name, option.value));
    let fields = ["contact", "for", "because", "to", "send"].map(|name| one.option(name).to_owned());
    let lines = ["contact", "destination", "lifetime", "channel", "reason"].map(|name| one.field(name).to_owned());
    let person = one.person(super::stand_in::GUILD).map(str::to_owned);
    [one.id.clone(), one.kind.to_string(), one.token.clone(), one.application_id.clone(), one.carried().to_owned()]
        .into_iter()
        .chain([one.data.name.clone(), format!("{person:?} {focused:?}")])
        .chain(fields)
        .chain(lines)
        .collect()
}
