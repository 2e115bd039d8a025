//! What the rooms and the stand-ins do not take.

use std::sync::Arc;

use magiclink_domain::authority::Role;
use magiclink_domain::ports::{ChatAct, SandboxChat};
use magiclink_domain::team::ChatPlatform;
use magiclink_store::SystemIds;
use serde_json::{Value, json};

use super::house::{DISCORD, House, SLACK, submit};
use crate::conversation::tests::world::{World, both};
use crate::sandbox::ChatSandbox;

#[tokio::test]
async fn what_is_not_there_can_not_be_pressed_and_what_is_missing_is_named() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let press = ChatAct::Press { nth: 1, value: "r.x.y".to_owned() };
        assert!(house.does(press).await.unwrap_err().contains("no such button"));
        assert!(house.does(submit(&[])).await.unwrap_err().contains("no dialog"));
        house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
        assert!(house.does(submit(&[])).await.unwrap_err().contains("Contact is missing"));
        house.act(ChatAct::Close, |room| room.dialog.is_none().then_some(())).await;
    }
}

#[tokio::test]
async fn a_platform_that_is_really_configured_has_no_room() {
    let world = World::with(Role::Agent, both()).await;
    let sandbox = ChatSandbox::open(world.clock.clone(), Arc::new(SystemIds), [DISCORD]).await.unwrap();
    assert!(sandbox.slack().is_none() && sandbox.person(SLACK).is_none());
    assert!(sandbox.discord().is_some() && sandbox.person(DISCORD).is_some());
    let there: Vec<_> = sandbox.rooms().into_iter().map(|room| room.person.platform).collect();
    assert_eq!(there, [DISCORD]);
    let refused = sandbox.act(SLACK, ChatAct::Type("ana".to_owned())).await.unwrap_err();
    assert_eq!(refused, "there is no Slack here");
    let early = sandbox.act(DISCORD, ChatAct::Type("ana".to_owned())).await.unwrap_err();
    assert_eq!(early, "the service has not registered /magiclink yet");
}

#[tokio::test]
async fn the_stand_ins_take_nothing_from_whoever_has_no_token() {
    let house = House::connected(SLACK).await;
    let (config, _) = house.sandbox.slack().unwrap();
    let http = reqwest::Client::new();
    let answer = http.post(format!("{}/chat.postMessage", config.api_base)).bearer_auth("xoxb-guessed");
    let answer: Value = answer.json(&json!({ "channel": "U0YOU" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_auth");
    let base = format!("{}/api/v10", house.sandbox.discord().unwrap().0.api_base);
    let guessed = |path: &str| http.post(format!("{base}{path}")).header("authorization", "Bot guessed");
    for path in ["/users/@me/channels", "/channels/1005/messages"] {
        let answer = guessed(path).json(&json!({ "recipient_id": "1003", "content": "x" })).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    for path in ["/webhooks/1001/guessed", "/interactions/1/guessed/callback"] {
        let answer = guessed(path).json(&json!({ "type": 4, "content": "x" })).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], 50_027, "{path}");
    }
    assert!(house.sandbox.rooms().iter().all(|room| room.messages.is_empty()));
}
