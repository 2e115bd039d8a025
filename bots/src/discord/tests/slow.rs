//! What can't be answered at once: Discord is told so, and gets it in an edit.

use serde_json::json;

use super::stand_in::{House, read};

#[tokio::test]
async fn what_takes_long_is_announced_and_comes_in_an_edit() {
    let mut house = House::in_a_hurry().await;
    let first = house.types("ana@example.com").await;
    assert_eq!(first, json!({ "type": 5, "data": { "flags": 64 } }), "for the asker alone");
    let told = house.next().await;
    assert_eq!(told.token, "aW50ZXJhY3Rpb246.1");
    assert!(read(&told.body).contains("Magic link for **Ana Lima**\n<http://"), "{:#}", told.body);
    let first = house.presses(&told.body, "Send SMS").await;
    assert_eq!(first, json!({ "type": 6 }), "the message that was pressed in stays until then");
    let told = house.next().await;
    assert!(read(&told.body).contains("SMS to") && read(&told.body).contains("/m/"), "{:#}", told.body);
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn an_edit_waits_for_its_first_answer_and_as_long_as_discord_says() {
    let mut house = House::in_a_hurry().await;
    house.moods().not_yet = 2;
    house.types("ana@example.com").await;
    assert!(read(&house.next().await.body).contains("Magic link"));
    house.moods().busy = 2;
    house.types("status ana@example.com").await;
    assert!(read(&house.next().await.body).contains("Ana Lima"));
}

#[tokio::test]
async fn an_edit_that_discord_never_takes_ends_there() {
    let mut house = House::in_a_hurry().await;
    house.moods().not_yet = 100;
    house.types("ana@example.com").await;
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 1, "an outage blocks nothing");
}

#[tokio::test]
async fn a_dialog_that_comes_too_late_is_explained() {
    let mut house = House::in_a_hurry().await;
    assert_eq!(house.types("").await["type"], 5);
    assert!(read(&house.next().await.body).contains("The dialog did not open"));
}

#[tokio::test]
async fn the_operator_is_told_what_is_wrong_with_the_application() {
    let house = House::new().await;
    let key = crate::discord::tests::stand_in::public(&house.key).to_string();
    let fine = json!({
        "id": super::stand_in::APPLICATION, "name": "Portal links", "verify_key": key,
        "interactions_endpoint_url": "https://portal.example.com/hooks/discord/interactions",
    });
    let look = |config: crate::discord::DiscordConfig| crate::discord::check(config, house.secrets.clone() as _);
    house.moods().application = fine.clone();
    assert!(look(house.config.clone()).await.unwrap().contains("works in server"));
    for (at, to, says) in [
        ("id", json!("100000000000000099"), "discord.application_id"),
        ("verify_key", json!("00"), "public key"),
        ("interactions_endpoint_url", json!(null), "/hooks/discord/interactions"),
    ] {
        let mut wrong = fine.clone();
        wrong[at] = to;
        house.moods().application = wrong;
        let said = look(house.config.clone()).await.unwrap_err();
        assert!(said.contains(says), "{said}");
    }
    house.moods().application = fine;
    let gateway = crate::discord::DiscordConfig { mode: crate::discord::Mode::Gateway, ..house.config.clone() };
    assert!(look(gateway).await.unwrap_err().contains("discord.mode to http"));
    let elsewhere = crate::discord::DiscordConfig { guild_id: "100000000000000098".into(), ..house.config.clone() };
    assert!(look(elsewhere).await.unwrap_err().contains("add the application to it"));
    *house.secrets.0.lock().unwrap() = super::stand_in::secrets(&[&house.key], "revoked");
    assert!(look(house.config.clone()).await.unwrap_err().contains("discord.bot_token"));
}
