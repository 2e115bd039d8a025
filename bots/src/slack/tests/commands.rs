//! Slash commands, buttons, menus and the dialog, from Slack's request to Slack's message.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;
use serde_json::{Value, json};

use super::limits;
use super::stand_in::{House, read, secrets, value_of};
use crate::conversation::tests::hostile::NAMES;

#[tokio::test]
async fn a_command_is_acknowledged_and_answered_where_only_the_asker_sees_it() {
    let mut house = House::new().await;
    let told = house.types("U1", "ana@example.com").await;
    assert_eq!(told.what, "answer 1");
    assert!(read(&told.body).contains("Magic link for Ana Lima\nhttp://localhost:8080/m/"), "{}", read(&told.body));
    assert_eq!(told.body["replace_original"], false);
    insta::assert_snapshot!(serde_json::to_string_pretty(&told.body).unwrap());
    assert!(!told.body["text"].as_str().unwrap().contains("/m/"), "a notification holds no secret");
    assert_eq!(house.world.count("link.revealed.v1").await + house.world.count("link.issued.v1").await, 2);
}

#[tokio::test]
async fn buttons_and_menus_go_on_in_the_same_message() {
    let mut house = House::new().await;
    let made = house.types("U1", "ana@example.com").await.body;
    let sent = house.presses(&made, "Send SMS").await;
    assert_eq!((sent.what.as_str(), &sent.body["replace_original"]), ("answer 2", &json!(true)));
    assert!(read(&sent.body).contains("SMS to +14155550100"), "{}", read(&sent.body));
    assert!(read(&sent.body).contains("/m/"), "what was shown is still shown");
    let asks = house.types("U1", "zoe").await.body;
    let granted = house.presses(&asks, "Grant Founders Circle and send").await;
    assert!(read(&granted.body).contains("Magic link for Zoë New"), "{}", read(&granted.body));
    let revoked = house.presses(&granted.body, "Revoke").await;
    assert!(read(&revoked.body).contains("Revoked."), "{}", read(&revoked.body));
    let who = house.types("U1", "ana").await.body;
    let chosen = house.presses(&who, "Ana Lima").await;
    assert!(read(&chosen.body).contains("Magic link for Ana Lima"), "{}", read(&chosen.body));
}

fn submission(memory: &str, contact: &str, reason: &str) -> Value {
    let chosen =
        |name: &str, value: &str| json!({ name: { "type": "static_select", "selected_option": { "value": value } } });
    json!({
        "type": "view_submission", "user": { "id": "U1" }, "team": { "id": "T1" }, "api_app_id": "A1", "trigger_id": "2.2",
        "view": {
            "id": "V1", "callback_id": "magiclink", "private_metadata": memory,
            "state": { "values": {
                "contact": chosen("contact", contact),
                "destination": chosen("destination", "founders-circle"),
                "lifetime": chosen("lifetime", "7d"),
                "channel": chosen("channel", "email"),
                "reason": { "reason": { "type": "plain_text_input", "value": reason } },
            } },
        },
    })
}

#[tokio::test]
async fn the_dialog_finds_contacts_as_one_types_and_makes_one_link() {
    let mut house = House::new().await;
    let opened = house.types("U1", "").await;
    assert_eq!((opened.what.as_str(), &opened.body["answer"]["ok"]), ("views.open", &json!(true)));
    let view = opened.body["sent"]["view"].clone();
    let mut pinned = view.clone();
    pinned["private_metadata"] = "memory".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&pinned).unwrap());
    let typed = json!({
        "type": "block_suggestion", "action_id": "contact", "block_id": "contact", "value": "an",
        "user": { "id": "U1" }, "team": { "id": "T1" }, "api_app_id": "A1", "view": { "id": "V1" },
    });
    let options: Value = house.interacts("/hooks/slack/options", &typed).await.json().await.unwrap();
    assert_eq!(limits::options(&options), None);
    let names: Vec<_> =
        options["options"].as_array().unwrap().iter().map(|one| one["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ana Lima", "Ána María López", "Rebecca Francis"]);
    let contact = options["options"][0]["value"].as_str().unwrap().to_owned();
    let submitted = submission(view["private_metadata"].as_str().unwrap(), &contact, "she asked");
    let acknowledged = house.interacts("/hooks/slack/interactions", &submitted).await;
    assert_eq!((acknowledged.status(), acknowledged.text().await.unwrap().as_str()), (StatusCode::OK, ""), "it closes");
    let told = house.next().await;
    assert!(read(&told.body).contains("E-mail to ana@example.com"), "{}", read(&told.body));
    house.world.clock.advance(Lifetime::from_secs(1));
    house.interacts("/hooks/slack/interactions", &submitted).await;
    assert_eq!(read(&house.next().await.body), read(&told.body), "sent twice, made once");
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn guests_bots_strangers_and_those_who_left_are_refused() {
    let mut house = House::new().await;
    for flags in [
        json!({ "is_restricted": true }),
        json!({ "is_ultra_restricted": true }),
        json!({ "is_bot": true }),
        json!({ "deleted": true }),
        json!({ "is_stranger": true }),
        json!({ "team_id": "T2" }),
        json!({ "id": "U2" }),
    ] {
        house.set_flags("U1", flags.clone());
        let told = house.types("U1", "ana@example.com").await;
        assert!(read(&told.body).contains("Guests, bots and members"), "{flags}: {}", read(&told.body));
        // What Slack says is believed for five minutes.
        house.world.clock.advance(Lifetime::from_mins(5));
    }
    house.set_flags("U1", json!({}));
    assert!(read(&house.types("U1", "ana@example.com").await.body).contains("Magic link"));
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn who_is_not_connected_gets_the_address_of_one_page() {
    let mut house = House::new().await;
    let told = house.types("U7", "ana@example.com").await;
    assert!(read(&told.body).contains("http://localhost:8080/console/chat"), "{}", read(&told.body));
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn other_workspaces_and_apps_are_refused_at_once() {
    let mut house = House::new().await;
    for (key, value) in [("team_id", "T2"), ("api_app_id", "A2"), ("user_id", "../U1")] {
        let mut command = house.command("U1", "ana@example.com");
        for field in &mut command {
            if field.0 == key {
                field.1 = value.to_owned();
            }
        }
        let answer: Value = house.post("/hooks/slack/commands", &command).await.json().await.unwrap();
        assert!(read(&answer).contains("not the one that /magiclink serves"), "{key}");
    }
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn when_slack_is_too_busy_we_wait_as_long_as_it_says() {
    let mut house = House::new().await;
    house.be_busy(2);
    let told = house.types("U1", "ana@example.com").await;
    assert!(read(&told.body).contains("Magic link"));
}

#[tokio::test]
async fn when_slack_does_not_say_who_it_is_nothing_is_done() {
    let mut house = House::new().await;
    *house.secrets.0.lock().unwrap() = secrets("s3cret", "revoked");
    let told = house.types("U1", "ana@example.com").await;
    assert!(read(&told.body).contains("did not say who you are"), "{}", read(&told.body));
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn secrets_and_tokens_rotate_while_running() {
    let mut house = House::new().await;
    *house.secrets.0.lock().unwrap() = secrets("fresh", "xoxb-2");
    let command = house.command("U1", "ana@example.com");
    let body = serde_urlencoded::to_string(&command).unwrap();
    assert_eq!(house.post_signed("/hooks/slack/commands", &body, "s3cret").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.post_signed("/hooks/slack/commands", &body, "fresh").await.status(), StatusCode::OK);
    assert!(read(&house.next().await.body).contains("Magic link"));
    let opened = house.post_dialog("fresh").await;
    assert_eq!(opened.body["token"], "Bearer xoxb-2");
}

impl House {
    async fn post_dialog(&mut self, secret: &str) -> super::stand_in::Call {
        let command = self.command("U1", "");
        let body = serde_urlencoded::to_string(&command).unwrap();
        self.post_signed("/hooks/slack/commands", &body, secret).await;
        self.next().await
    }
}

#[tokio::test]
async fn hostile_names_are_shown_and_parsed_by_nobody() {
    let mut house = House::with(Role::Agent, crate::conversation::tests::world::both()).await;
    for (nth, name) in NAMES.iter().enumerate() {
        house.world.contact(name, &format!("hostile{nth}@example.com"), None, &["founders-circle"]).await;
    }
    house.world.settle().await;
    for (nth, name) in NAMES.iter().enumerate() {
        let told = house.types("U1", &format!("hostile{nth}@example.com")).await;
        let name = magiclink_domain::value::Name::parse(name).unwrap().to_string();
        assert!(read(&told.body).contains(&name), "{name}");
        // Nothing in the message is of a kind that Slack parses.
        let text = told.body.to_string();
        assert!(!text.contains("mrkdwn"), "{text}");
        assert!(!told.body["text"].as_str().unwrap().contains('<'), "{text}");
        house.world.clock.advance(Lifetime::from_mins(1));
    }
    let menu = house.types("U1", "hostile").await.body;
    assert!(value_of(&menu, NAMES[0]).starts_with("m."));
}
