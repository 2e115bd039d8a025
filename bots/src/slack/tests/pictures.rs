//! QR codes and forms, from the button to what Slack is handed.

use magiclink_domain::authority::Role;
use serde_json::{Value, json};

use super::limits;
use super::stand_in::{House, read, secrets};
use crate::conversation::{PICTURE_FILE, PICTURE_SAYS};

#[tokio::test]
async fn a_qr_code_is_uploaded_and_shared_with_the_asker_alone() {
    let mut house = House::new().await;
    let made = house.types("U1", "ana@example.com").await.body;
    let asked = house.presses(&made, "QR code").await;
    assert_eq!(asked.what, "files.getUploadURLExternal");
    let uploaded = house.next().await;
    let bytes = uploaded.body["png"].as_array().unwrap().len();
    assert_eq!(asked.body["sent"]["length"], bytes.to_string());
    assert_eq!((uploaded.what.as_str(), uploaded.body["type"].as_str()), ("upload F0000001", Some("image/png")));
    let opened = house.next().await;
    assert_eq!((opened.what.as_str(), &opened.body["sent"]), ("conversations.open", &json!({ "users": "U1" })));
    let shared = house.next().await;
    assert_eq!(shared.what, "files.completeUploadExternal");
    assert_eq!(
        shared.body["sent"],
        json!({
            "files": [{ "id": "F0000001", "title": PICTURE_FILE }], "channel_id": "D-U1",
            "initial_comment": PICTURE_SAYS,
        })
    );
    let told = house.next().await;
    assert!(read(&told.body).contains("direct messages"), "{}", read(&told.body));
    assert_eq!((told.what.as_str(), &told.body["replace_original"]), ("answer 2", &Value::Bool(false)));
    assert_eq!(house.world.count("link.revealed.v1").await, 2, "by the answer, and by the picture");
}

#[tokio::test]
async fn a_picture_that_slack_does_not_take_is_shown_by_the_console() {
    let mut house = House::new().await;
    let made = house.types("U1", "ana@example.com").await.body;
    // An app that was installed before it asked for files.
    *house.secrets.0.lock().unwrap() = secrets("s3cret", "xoxb-without-files");
    assert_eq!(house.presses(&made, "QR code").await.what, "files.getUploadURLExternal");
    let told = house.next().await;
    assert!(read(&told.body).contains("The console shows it"), "{}", read(&told.body));
    let button = &told.body["blocks"][1]["elements"][0];
    assert!(button["url"].as_str().unwrap().starts_with("http://localhost:8080/console/links/"), "{button}");
}

#[tokio::test]
async fn a_picture_is_handed_to_nobody_but_slack() {
    let mut house = House::new().await;
    let made = house.types("U1", "ana@example.com").await.body;
    house.send_uploads_to("http://localhost:9/elsewhere");
    assert_eq!(house.presses(&made, "QR code").await.what, "files.getUploadURLExternal");
    assert!(read(&house.next().await.body).contains("The console shows it"));
}

#[tokio::test]
async fn the_form_for_somebody_new_is_a_modal_whose_answer_goes_on() {
    let mut house = House::with(Role::Agent, crate::conversation::tests::world::both()).await;
    let nobody = house.types("U1", "\"Bo <!channel> Berg\" email").await.body;
    let opened = house.presses(&nobody, "Add a contact").await;
    assert_eq!((opened.what.as_str(), &opened.body["answer"]["ok"]), ("views.open", &Value::Bool(true)));
    let view = opened.body["sent"]["view"].clone();
    assert_eq!(limits::view(&view), None);
    assert_eq!(view["blocks"][0]["element"]["initial_value"], "Bo <!channel> Berg");
    assert_eq!(view["blocks"][1]["element"].get("initial_value"), None, "Slack refuses an empty one");
    let typed = |key: &str, value: Value| json!({ key: { "type": "plain_text_input", "value": value } });
    let payload = json!({
        "type": "view_submission", "user": { "id": "U1", "team_id": "T1" }, "team": { "id": "T1" }, "api_app_id": "A1",
        "trigger_id": "1.9",
        "view": {
            "id": "V9", "callback_id": view["callback_id"], "private_metadata": view["private_metadata"],
            "state": { "values": {
                "name": typed("name", json!("Bo <!channel> Berg")), "email": typed("email", json!("bo@example.com")),
                "phone": typed("phone", Value::Null),
            } },
        },
    });
    assert_eq!(house.interacts("/hooks/slack/interactions", &payload).await.status(), 200);
    let added = house.next().await;
    assert!(read(&added.body).starts_with("Added Bo <!channel> Berg."), "{}", read(&added.body));
    let made = house.presses(&added.body, "Grant Founders Circle and send").await;
    assert!(read(&made.body).contains("E-mail to bo@example.com"), "{}", read(&made.body));
}
