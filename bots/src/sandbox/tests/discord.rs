//! What Discord's room alone has: options by their names, suggestions, files.

use magiclink_domain::ports::{ChatAct, Clock};
use magiclink_store::SystemIds;
use serde_json::{Value, json};

use super::house::{DISCORD, House, read, said, submit};

#[tokio::test]
async fn discords_dialog_is_typed_and_makes_a_link() {
    let house = House::connected(DISCORD).await;
    let dialog = house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
    assert_eq!((dialog.title.as_str(), dialog.submit.as_str()), ("Magic link", "Submit"));
    let hint = |nth: usize| dialog.fields[nth].hint.as_str();
    assert_eq!((dialog.fields.len(), hint(0)), (5, "Name, e-mail, phone or external id"));
    let filled = [("contact", "lima"), ("lifetime", "7 days"), ("channel", "Send e-mail")];
    let made = house.act(submit(&filled), |room| said(room, "E-mail to ana@example.com")).await;
    assert!(read(&made).contains("until 8 May 2026"), "{}", read(&made));
    assert_eq!(house.room().dialog, None, "it closed");
}

#[tokio::test]
async fn discord_suggests_contacts_while_somebody_types_and_takes_options_by_their_names() {
    let house = House::connected(DISCORD).await;
    let search = |typed: &str| ChatAct::Search { typed: typed.to_owned(), fields: vec![] };
    let found = house.act(search("ana l"), |room| room.suggested.first().cloned()).await;
    assert!(found.label.starts_with("Ana Lima") && found.value.starts_with("contact: "), "{found:?}");
    house.types(&found.value, "Magic link for Ana Lima").await;
    let own = house.room().messages.into_iter().rev().find(|message| message.own).unwrap();
    assert!(read(&own).starts_with("/magiclink contact: Ana Lima"), "{own:?}");
    assert_eq!(house.room().suggested, [], "they are gone");
    let to = house.act(search("ana@example.com to: found"), |room| room.suggested.first().cloned()).await;
    assert_eq!(
        (to.label.as_str(), to.value.as_str()),
        ("Founders Circle", "contact: ana@example.com to: founders-circle")
    );
    house.does(search("ana send: s")).await.unwrap();
    assert_eq!(house.room().suggested, [], "its choices are known");
    house.types("contact: ana@example.com to: founders-circle send: sms", "Leads to Founders Circle").await;
    let refused = house.does(ChatAct::Type("ana send: pigeon".to_owned())).await.unwrap_err();
    assert!(refused.starts_with("send takes one of these: Send SMS"), "{refused}");
}

#[tokio::test]
async fn discords_pictures_come_as_files_and_stay_until_others_take_their_place() {
    let house = House::new(DISCORD).await;
    let base = format!("{}/api/v10", house.sandbox.discord().unwrap().0.api_base);
    let token = house.sandbox.discord.ask(&SystemIds, house.world.clock.now(), None);
    let send = async |method: &str, path: &str, body: &Value, picture: &[u8]| {
        let part =
            |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
        let mut form = [part("payload_json").as_bytes(), body.to_string().as_bytes(), b"\r\n"].concat();
        if !picture.is_empty() {
            form.extend([part("files[0]").as_bytes(), picture, b"\r\n"].concat());
        }
        form.extend(b"--b--\r\n");
        let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{base}{path}"));
        request.header("content-type", "multipart/form-data; boundary=b").body(form).send().await.unwrap().status()
    };
    let (callback, original) =
        (format!("/interactions/1/{token}/callback"), format!("/webhooks/1001/{token}/messages/@original"));
    let first = json!({ "type": 4, "data": { "content": "scan it", "attachments": [{ "id": 0 }] } });
    assert_eq!(send("PATCH", &original, &json!({ "content": "early" }), b"").await, 404, "nothing is there yet");
    assert_eq!(send("POST", &callback, &first, b"\x89PNG one").await, 204);
    assert_eq!(send("POST", &callback, &first, b"").await, 400, "once");
    let shown = || {
        let message = house.room().messages.remove(0);
        (read(&message), message.picture.unwrap_or_default())
    };
    assert_eq!(shown(), ("scan it".to_owned(), b"\x89PNG one".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({ "content": "still" }), b"").await, 200);
    assert_eq!(shown(), ("still".to_owned(), b"\x89PNG one".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({}), b"\x89PNG two").await, 200);
    assert_eq!(shown(), ("still".to_owned(), b"\x89PNG two".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({ "attachments": [] }), b"").await, 200);
    assert_eq!(shown(), ("still".to_owned(), vec![]));
    assert_eq!(send("POST", &format!("/webhooks/1001/{token}"), &json!({}), b"\x89PNG three").await, 200);
    assert_eq!(house.room().messages.len(), 2, "one more message");
    house.world.clock.advance(magiclink_domain::time::Lifetime::from_mins(15));
    assert_eq!(send("PATCH", &original, &json!({ "content": "late" }), b"").await, 401);
}
