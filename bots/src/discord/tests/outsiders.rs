//! Who is refused: guests, bots, other servers, other applications, direct messages, and whoever nobody connected.

use magiclink_domain::id::StaffId;
use serde_json::{Value, json};

use super::stand_in::{APPLICATION, GUILD, House, KIM, read};

fn changed(mut interaction: Value, at: &str, to: Value) -> Value {
    let (parent, key) = at.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { &mut interaction } else { interaction.pointer_mut(parent).unwrap() };
    parent[key] = to;
    interaction
}

#[tokio::test]
async fn guests_bots_and_newcomers_are_refused() {
    let mut house = House::new().await;
    for (at, to) in [
        ("/member/user/bot", json!(true)),
        ("/member/user/system", json!(true)),
        ("/member/pending", json!(true)),
        ("/member/flags", json!(1 << 4 | 1)),
        ("/member/user/id", json!("../1")),
        ("/member/user/id", json!("")),
    ] {
        let command = changed(house.command(&[("contact", "ana@example.com")]), at, to.clone());
        let told = read(&house.answered(&command).await["data"]);
        assert!(told.contains("can't use /magiclink here"), "{at} {to}: {told}");
        let typing = changed(typing(&mut house), at, to);
        assert_eq!(house.answered(&typing).await["data"]["choices"], json!([]));
    }
    assert_eq!(house.world.count("link.issued.v1").await, 0);
    let command = changed(house.command(&[("contact", "ana@example.com")]), "/member/flags", json!(1 << 1));
    assert!(read(&house.answered(&command).await["data"]).contains("Magic link"), "other flags mean nothing");
}

fn typing(house: &mut House) -> Value {
    let options = json!([{ "name": "contact", "type": 3, "value": "an", "focused": true }]);
    house.interaction(4, json!({ "id": "1", "name": "magiclink", "type": 1, "options": options }))
}

#[tokio::test]
async fn other_servers_other_applications_and_direct_messages_are_refused() {
    let mut house = House::new().await;
    for (at, to) in [
        ("/guild_id", json!("100000000000000099")),
        ("/guild_id", Value::Null),
        ("/application_id", json!("100000000000000099")),
        ("/application_id", json!("")),
    ] {
        for text in ["ana@example.com", "connect AAAA-AAAA", ""] {
            let command = changed(house.command(&[("contact", text)]), at, to.clone());
            let told = read(&house.answered(&command).await["data"]);
            assert!(told.contains("works in one server alone"), "{at} {to}: {told}");
        }
        let typing = changed(typing(&mut house), at, to);
        assert_eq!(house.answered(&typing).await["data"]["choices"], json!([]));
    }
    // As Discord sends what is typed in a direct message: no server, no member, a user.
    let mut direct = house.command(&[("contact", "ana@example.com")]);
    let user = direct["member"]["user"].clone();
    let object = direct.as_object_mut().unwrap();
    for key in ["guild_id", "guild", "member"] {
        object.remove(key);
    }
    object.insert("user".to_owned(), user);
    object.insert("context".to_owned(), json!(1));
    assert!(read(&house.answered(&direct).await["data"]).contains("works in one server alone"));
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn other_commands_of_the_application_are_none_of_ours() {
    let mut house = House::new().await;
    let command = changed(house.command(&[("contact", "ana@example.com")]), "/data/name", json!("other"));
    assert!(!read(&house.answered(&command).await["data"]).contains("Magic link for"));
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn who_is_not_connected_gets_the_address_of_one_page_and_no_names() {
    let mut house = House::new().await;
    let stranger = json!("100000000000000077");
    let command = changed(house.command(&[("contact", "ana@example.com")]), "/member/user/id", stranger.clone());
    let told = read(&house.answered(&command).await["data"]);
    assert!(told.contains("<http://localhost:8080/console/chat>") && told.contains("Discord user"), "{told}");
    let typing = changed(typing(&mut house), "/member/user/id", stranger);
    assert_eq!(house.answered(&typing).await["data"]["choices"], json!([]));
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn a_name_or_nickname_makes_nobody_of_anybody() {
    let mut house = House::new().await;
    let mut command = house.command(&[("contact", "ana@example.com")]);
    command["member"]["user"] = json!({ "id": "100000000000000078", "username": "kim", "global_name": KIM });
    command["member"]["nick"] = json!("Lee Early");
    assert!(read(&house.answered(&command).await["data"]).contains("not connected"));
}

#[tokio::test]
async fn connecting_and_leaving_act_at_the_next_command() {
    let mut house = House::new().await;
    let (staff, user) = (connected_staff(&house).await, json!("100000000000000079"));
    let code = house.world.code(staff).await;
    for (text, told) in [
        (format!("connect {code}"), "Connected: here you are now **Mo Late**"),
        ("lima".to_owned(), "Magic link for **Ana Lima**"),
        ("disconnect".to_owned(), "Disconnected"),
        ("lima".to_owned(), "not connected"),
    ] {
        let command = changed(house.command(&[("contact", &text)]), "/member/user/id", user.clone());
        let said = read(&house.answered(&command).await["data"]);
        assert!(said.contains(told), "{text}: {said}");
    }
    assert_eq!((APPLICATION.len(), GUILD.len()), (18, 18));
}

#[tokio::test]
async fn debug_shows_neither_token_nor_words() {
    let mut house = House::new().await;
    let command = house.command(&[("contact", "connect AAAA-AAAA")]);
    let read: crate::discord::Interaction = serde_json::from_value(command.clone()).unwrap();
    let shown = format!("{read:?}");
    assert!(!shown.contains(command["token"].as_str().unwrap()) && !shown.contains("AAAA"), "{shown}");
}

async fn connected_staff(house: &House) -> StaffId {
    house.world.staff("Mo Late", magiclink_domain::authority::Role::Agent).await
}
