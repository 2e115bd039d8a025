//! QR codes: from the button to the picture in a message of its own, and what there is where there is none.

use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::usecases::Policy;
use serde_json::{Value, json};

use super::connected::Connected;
use super::server::upload::{File, beyond_limits};
use super::stand_in::{House, carried, read};
use crate::conversation::picture::png;
use crate::conversation::tests::world::both;
use crate::conversation::{Act, PICTURE_FILE, PICTURE_SAYS};
use magiclink_domain::usecases::SecretText;

const QR: &str = "QR code";

/// The link that a message shows, as a picture.
fn picture_of(message: &Value) -> Vec<u8> {
    let content = message["content"].as_str().unwrap();
    let url = content.split_once("\n<").unwrap().1.split_once('>').unwrap().0;
    png(&SecretText(url.to_owned())).unwrap()
}

async fn reveals(house: &House) -> usize {
    house.world.count("link.revealed.v1").await
}

/// A message with a button that was never offered.
fn forged(house: &House, message: &Value) -> Value {
    let (custom_id, _) = carried(message, "Revoke");
    let Some(Act::Revoke { link, .. }) = Act::decode(&custom_id) else { panic!("{custom_id}") };
    let custom_id = Act::Qr { turn: house.world.system().command, link }.encode();
    json!({ "content": "x", "components": [
        { "type": 1, "components": [{ "type": 2, "style": 2, "label": QR, "custom_id": custom_id }] },
    ] })
}

#[tokio::test]
async fn a_qr_code_is_a_picture_in_a_message_that_the_asker_alone_sees() {
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    for times in 1..=2 {
        let pressed = house.pressed(&made, QR);
        let first = house.answered(&pressed).await;
        assert_eq!(first, json!({ "type": 5, "data": { "flags": 64 } }), "a message of its own, for the asker alone");
        let told = house.next().await;
        assert_eq!(told.token, pressed["token"], "and no edit of the other one");
        let file = told.file.unwrap();
        assert_eq!((file.name.as_str(), &file.bytes), (PICTURE_FILE, &picture_of(&made)), "the link itself");
        assert_eq!(told.body["attachments"][0]["description"], PICTURE_SAYS);
        assert_eq!(told.body["components"], json!([]));
        assert!(!told.body["content"].as_str().unwrap().contains("/m/"), "{:#}", told.body);
        assert_eq!(reveals(&house).await, 1 + times, "each showing is noted");
    }
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn a_picture_waits_for_its_answer_and_as_long_as_discord_says() {
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    house.moods().not_yet = 2;
    house.presses(&made, QR).await;
    assert!(house.next().await.file.is_some());
    house.moods().busy = 2;
    house.presses(&made, QR).await;
    assert!(house.next().await.file.is_some());
    assert!(house.is_quiet().await, "shown once each");
}

#[tokio::test]
async fn what_takes_long_ends_in_a_message_of_its_own_as_well() {
    let mut house = House::in_a_hurry().await;
    house.types("ana@example.com").await;
    let made = house.next().await.body;
    assert_eq!(house.presses(&made, QR).await, json!({ "type": 5, "data": { "flags": 64 } }));
    assert_eq!(house.next().await.file.unwrap().bytes, picture_of(&made));
    house.presses(&made, "Revoke").await;
    house.next().await;
    assert_eq!(house.presses(&made, QR).await["type"], 5);
    let told = house.next().await;
    assert!(told.file.is_none() && !read(&told.body).contains(PICTURE_SAYS), "{:#}", told.body);
}

#[tokio::test]
async fn a_picture_that_discord_does_not_take_is_shown_by_the_console() {
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    house.moods().no_files = true;
    let pressed = house.pressed(&made, QR);
    house.answered(&pressed).await;
    let told = house.next().await;
    assert_eq!(told.token, pressed["token"]);
    let said = read(&told.body);
    assert!(said.contains("The console shows it") && said.contains("/console/links/"), "{said}");
}

#[tokio::test]
async fn a_link_that_is_dead_has_no_picture_and_its_message_stays() {
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    house.presses(&made, "Revoke").await;
    let late = house.presses(&made, QR).await;
    assert_eq!(late["type"], 4, "beside the message, not in its place: {late:#}");
    assert!(!read(&late["data"]).contains(PICTURE_SAYS), "{late:#}");
    assert!(house.is_quiet().await);
    assert_eq!(reveals(&house).await, 1);
}

#[tokio::test]
async fn where_links_are_not_shown_no_qr_code_is() {
    for policy in [Policy { reveal_in_chat: false, ..both() }, Policy { reveal: Reveal::Owner, ..both() }] {
        let mut house = House::with(Role::Agent, policy).await;
        let made = house.types("ana@example.com").await["data"].clone();
        assert!(!read(&made).contains(QR), "{}", read(&made));
        let forged = forged(&house, &made);
        let refused = house.presses(&forged, QR).await;
        assert_eq!(refused["type"], 4, "{refused:#}");
        assert!(house.is_quiet().await, "no picture");
        assert_eq!(reveals(&house).await, 0);
    }
    let mut house = House::new().await;
    let made = house.types("ana@example.com").await["data"].clone();
    let mut stranger = house.pressed(&made, QR);
    stranger["member"]["user"]["id"] = json!("100000000000000077");
    assert!(read(&house.answered(&stranger).await["data"]).contains("is not connected"));
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn edits_of_the_message_leave_the_picture_alone() {
    let mut house = Connected::new().await;
    let telling = house.telling();
    let (link, token) = house.made("ana@example.com").await;
    let act = Act::Qr { turn: house.world.system().command, link };
    let pressed = house.server.interaction(super::server::KIM, 3, &json!({ "custom_id": act.encode() }));
    let (id, own) = (pressed["id"].as_str().unwrap().to_owned(), pressed["token"].as_str().unwrap().to_owned());
    let answered = house.discord.answer(crate::discord::Interaction::read(pressed).unwrap()).await.unwrap();
    // The message is edited between the press and the picture.
    house.open(link).await;
    let edit = house.server.next_of("edit").await;
    assert_eq!((&edit["token"], &edit["file"]), (&json!(token), &Value::Null));
    house.discord.api.callback(&id, &own, &answered.first).await.unwrap();
    house.discord.carry_on(answered.then);
    let picture = house.server.next_of("edit").await;
    assert_eq!(picture["token"], own);
    assert!(picture["file"].as_array().is_some_and(|bytes| bytes.len() > 100), "{picture:#}");
    // And after it.
    house.world.redeem(link).await;
    let edit = house.server.next_of("edit").await;
    assert_eq!((&edit["token"], &edit["file"]), (&json!(token), &Value::Null), "the telling edits its own message");
    assert!(edit["sent"].get("attachments").is_none(), "{edit:#}");
    telling.cancel();
}

#[test]
fn the_limits_of_files_are_limits() {
    let file = |name: &str, kind: &str, bytes: Vec<u8>| File { name: name.to_owned(), kind: kind.to_owned(), bytes };
    let png = || b"\x89PNG\r\n\x1a\n".to_vec();
    let named = |id: &str, name: &str, description: &str| json!({ "attachments": [{ "id": id, "filename": name, "description": description }] });
    let fine = named("0", "a.png", "x");
    assert_eq!(beyond_limits(&fine, &file("a.png", "image/png", png())), None);
    let large = [png(), vec![0; 10 * 1024 * 1024]].concat();
    for (payload, file) in [
        (fine.clone(), file("a.png", "image/png", large)),
        (fine.clone(), file("a.png", "image/png", vec![])),
        (fine.clone(), file("a.png", "image/png", b"GIF89a".to_vec())),
        (fine.clone(), file("a.png", "image/gif", png())),
        (fine.clone(), file("b.png", "image/png", png())),
        (named("0", "../a.png", "x"), file("../a.png", "image/png", png())),
        (named("1", "a.png", "x"), file("a.png", "image/png", png())),
        (named("0", "a.png", ""), file("a.png", "image/png", png())),
        (named("0", "a.png", &"x".repeat(1_025)), file("a.png", "image/png", png())),
        (json!({}), file("a.png", "image/png", png())),
    ] {
        assert!(beyond_limits(&payload, &file).is_some(), "{payload} {}", file.name);
    }
}
