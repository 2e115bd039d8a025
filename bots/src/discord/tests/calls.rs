//! Calls to Discord: limits, registration, and what the doctor says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use magiclink_domain::id::LinkId;
use serde_json::json;

use super::connected::Connected;
use super::server::rest::Limit;
use crate::conversation::Act;
use crate::discord::api::ApiError;
use crate::discord::{DiscordConfig, Mode};

fn limit(path: &'static str, retry_after: f64, global: bool) -> Limit {
    Limit { path, times: 1, retry_after, global }
}

#[tokio::test]
async fn the_command_is_registered_once_and_again_only_where_it_differs() {
    let mut house = Connected::new().await;
    assert!(house.discord.register().await.unwrap(), "Discord knows none");
    let registered = house.server.next_of("register").await;
    assert_eq!((registered.as_array().unwrap().len(), &registered[0]["name"]), (1, &json!("magiclink")));
    assert!(!house.discord.register().await.unwrap(), "Discord knows it");
    house.restart();
    assert!(!house.discord.register().await.unwrap(), "after a restart, too");
    assert!(house.server.is_quiet());
    house.server.rest.commands.lock().unwrap()[0]["description"] = json!("Something else");
    assert!(house.discord.register().await.unwrap(), "Discord knows another");
    house.server.rest.commands.lock().unwrap().push(json!({ "name": "other", "type": 1, "description": "x" }));
    assert!(house.discord.register().await.unwrap(), "Discord knows one more");
}

#[tokio::test]
async fn registering_goes_on_until_discord_has_it() {
    let mut house = Connected::new().await;
    house.server.rest.knobs.lock().unwrap().limits =
        vec![limit("/commands", 0.1, true), limit("/commands", 0.1, false)];
    house.discord.keep_registered(std::future::pending()).await;
    house.server.next_of("register").await;
}

#[tokio::test]
async fn a_limit_is_waited_out_for_as_long_as_discord_says() {
    let mut house = Connected::new().await;
    let (_, token) = house.made("ana@example.com").await;
    house.server.rest.knobs.lock().unwrap().limits = vec![limit("@original", 0.3, false)];
    let begun = Instant::now();
    house
        .discord
        .api
        .edit_original(&token, &json!({ "content": "x", "allowed_mentions": { "parse": [] } }))
        .await
        .unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    assert_eq!(house.server.next().await.what, "limited");
    assert_eq!(house.server.next().await.what, "edit");
}

#[tokio::test]
async fn a_limit_on_everything_holds_back_the_bot_and_no_interaction() {
    let mut house = Connected::new().await;
    let (_, token) = house.made("ana@example.com").await;
    house.server.rest.knobs.lock().unwrap().limits = vec![limit("/applications/@me", 3_000.0, true)];
    let api = &house.discord.api;
    assert!(matches!(api.application().await, Err(ApiError::Unreachable(None))), "it is not waited for an hour");
    assert!(matches!(api.gateway().await, Err(ApiError::Unreachable(None))), "nor asked otherwise");
    api.edit_original(&token, &json!({ "content": "x", "allowed_mentions": { "parse": [] } })).await.unwrap();
    assert_eq!(house.server.next_of("edit").await["token"], token);
}

#[tokio::test]
async fn a_first_answer_that_discord_has_is_no_failure() {
    let house = Connected::new().await;
    let command = house.server.types(&[("contact", "help")]);
    let (id, token) = (command["id"].as_str().unwrap(), command["token"].as_str().unwrap());
    let pong = json!({ "type": 5, "data": { "flags": 64 } });
    house.discord.api.callback(id, token, &pong).await.unwrap();
    // The answer to the first was lost.
    house.discord.api.callback(id, token, &pong).await.unwrap();
    assert!(house.discord.api.callback("5", token, &pong).await.is_err(), "nobody asked that");
}

#[tokio::test]
async fn an_edit_waits_for_the_answer_that_is_under_way() {
    let house = Connected::new().await;
    let command = house.server.types(&[("contact", "help")]);
    let (id, token) = (command["id"].as_str().unwrap(), command["token"].as_str().unwrap());
    let api = &house.discord.api;
    let message = json!({ "content": "x", "allowed_mentions": { "parse": [] } });
    let answer = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        api.callback(id, token, &json!({ "type": 5, "data": { "flags": 64 } })).await.unwrap();
    };
    let (edited, ()) = tokio::join!(api.edit_original(token, &message), answer);
    edited.unwrap();
}

#[tokio::test]
async fn what_the_doctor_says_names_the_remedy() {
    let house = Connected::new().await;
    let check = || crate::discord::check(house.discord.config.clone(), Arc::clone(&house.secrets) as _);
    assert!(check().await.unwrap().contains("Example"));
    house.server.rest.knobs.lock().unwrap().endpoint =
        Some("https://example.com/hooks/discord/interactions".to_owned());
    assert!(check().await.unwrap_err().contains("discord.mode"), "nothing would come over the gateway");
    let http = DiscordConfig { mode: Mode::Http, ..house.discord.config.clone() };
    let called = || crate::discord::check(http.clone(), Arc::clone(&house.secrets) as _);
    assert!(called().await.is_ok(), "that is where we listen");
    house.server.rest.knobs.lock().unwrap().endpoint = Some("https://example.com/discord".to_owned());
    assert!(called().await.unwrap_err().contains("/hooks/discord/interactions"), "nobody listens there");
    house.server.rest.knobs.lock().unwrap().endpoint = None;
    assert!(called().await.unwrap_err().contains("has no Interactions Endpoint URL"));
    house.rotate("wrong");
    assert!(check().await.unwrap_err().contains("discord.bot_token"));
    house.server.rest.knobs.lock().unwrap().is_down = true;
    assert!(check().await.unwrap_err().contains("network"));
}

impl Connected {
    /// Kim types a name, and a link is shown: which, and the token of the message.
    pub(super) async fn made(&mut self, who: &str) -> (LinkId, String) {
        let command = self.server.types(&[("contact", who)]);
        let (id, token) = (command["id"].as_str().unwrap(), command["token"].as_str().unwrap().to_owned());
        let interaction = crate::discord::Interaction::read(command.clone()).unwrap();
        let answered = self.discord.answer(interaction).await.unwrap();
        self.discord.api.callback(id, &token, &answered.first).await.unwrap();
        self.discord.carry_on(answered.then);
        self.discord.finish().await;
        let told = self.server.next_of("callback").await;
        let rows = told["sent"]["data"]["components"].as_array().unwrap();
        let buttons = rows.iter().flat_map(|row| row["components"].as_array().unwrap());
        let acts = buttons.filter_map(|button| Act::decode(button["custom_id"].as_str()?));
        let revoke = acts.filter_map(|act| if let Act::Revoke { link, .. } = act { Some(link) } else { None });
        let link = { revoke }.next().unwrap();
        (link, token)
    }
}
