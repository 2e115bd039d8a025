//! The gateway, met through a stand-in that speaks its protocol.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::connected::Connected;
use super::server::gateway::Push;
use crate::discord::gateway::{Standing, Timing};

const FAST: Timing = Timing {
    first: Duration::from_millis(50),
    longest: Duration::from_millis(200),
    grace: Duration::from_secs(2),
    look: Duration::from_millis(20),
    refused: Duration::from_hours(1),
};

#[tokio::test]
async fn commands_come_over_the_gateway_without_any_intent_and_act_once() {
    let mut house = Connected::new().await;
    let identified = house.listening().await;
    assert_eq!((&identified["intents"], &identified["shard"]), (&json!(0), &json!([0, 1])));
    let command = house.server.types(&[("contact", "ana@example.com")]);
    house.happens(&command);
    let told = house.server.next_of("callback").await;
    assert_eq!((&told["sent"]["type"], &told["sent"]["data"]["flags"]), (&json!(4), &json!(68)));
    assert!(text(&told).contains("/m/"), "{told:#}");
    // Discord, or another connection, delivers it once more.
    house.happens(&command);
    let other = house.server.types(&[("contact", "help")]);
    house.happens(&other);
    let next = house.server.next_of("callback").await;
    assert_eq!(next["token"], other["token"], "the second delivery is answered by nobody");
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn of_two_nodes_that_hear_the_same_one_answers() {
    let mut house = Connected::new().await;
    house.listening().await;
    house.restart();
    house.listening().await;
    for _ in 0..5 {
        let command = house.server.types(&[("contact", "ana@example.com")]);
        house.happens(&command);
        assert_eq!(house.server.next_of("callback").await["token"], command["token"]);
    }
    assert_eq!(house.world.count("link.issued.v1").await, 5);
    assert!(house.server.is_quiet());
}

#[tokio::test]
async fn what_is_typed_pressed_and_filled_in_comes_over_the_gateway_too() {
    let mut house = Connected::new().await;
    house.listening().await;
    let typing = house.server.is_typing(("contact", "ana"));
    house.happens(&typing);
    let offered = house.server.next_of("callback").await;
    assert_eq!(offered["sent"]["data"]["choices"][0]["name"].as_str().unwrap().split(' ').next(), Some("Ana"));
    let command = house.server.types(&[("contact", "ana@example.com")]);
    house.happens(&command);
    let shown = house.server.next_of("callback").await;
    let pressed = house.server.presses(&shown["sent"]["data"], "Revoke");
    house.happens(&pressed);
    let revoked = house.server.next_of("callback").await;
    assert_eq!(revoked["sent"]["type"], 7, "in place of the message");
    assert!(text(&revoked).to_lowercase().contains("revoked"), "{revoked:#}");
    assert_eq!(house.world.count("link.revoked.v1").await, 1);
}

#[tokio::test]
async fn an_interaction_that_serenity_does_not_know_is_read_all_the_same() {
    let mut house = Connected::new().await;
    house.listening().await;
    let mut command = house.server.types(&[("contact", "help")]);
    command["member"]["joined_at"] = json!({ "of": "a shape that nobody expects" });
    house.happens(&command);
    assert!(text(&house.server.next_of("callback").await).contains("/magiclink"));
}

#[tokio::test]
async fn a_broken_connection_is_resumed_where_discord_says_and_nothing_is_missed() {
    let mut house = Connected::new().await;
    house.listening().await;
    for push in [Push::Cut, Push::Close(4000), Push::Reconnect, Push::Invalidate(true)] {
        // It happens while nobody is connected.
        house.server.gateway.push(push);
        let command = house.server.types(&[("contact", "help")]);
        house.happens(&command);
        let resumed = house.server.next_of("resume").await;
        assert!(resumed["path"].as_str().unwrap().starts_with("/resumed/"), "{push:?}: {resumed}");
        let told = house.server.next_of("callback").await;
        assert_eq!(told["token"], command["token"], "{push:?}");
    }
}

#[tokio::test]
async fn a_session_that_is_gone_is_begun_anew() {
    for push in [Push::Invalidate(false), Push::Cut] {
        let mut house = Connected::new().await;
        house.listening().await;
        house.server.gateway.forget();
        house.server.gateway.push(push);
        house.server.next_of("identify").await;
        house.answers_help().await;
    }
}

#[tokio::test]
async fn a_connection_that_answers_no_heartbeat_is_given_up() {
    let mut house = Connected::new().await;
    house.server.gateway.knobs.lock().unwrap().heartbeat = 200;
    house.listening().await;
    house.server.heartbeat().await;
    house.server.heartbeat().await;
    {
        let mut knobs = house.server.gateway.knobs.lock().unwrap();
        (knobs.acknowledges, knobs.heartbeat) = (false, 41_250);
    }
    let next = house.server.next().await;
    assert!(["identify", "resume"].contains(&next.what.as_str()), "{next:?}");
    house.server.gateway.knobs.lock().unwrap().acknowledges = true;
    house.answers_help().await;
}

#[tokio::test]
async fn an_outage_is_waited_out_and_links_are_made_all_the_same() {
    let mut house = Connected::new().await;
    house.listening().await;
    house.server.rest.knobs.lock().unwrap().is_down = true;
    house.server.gateway.knobs.lock().unwrap().is_open = false;
    house.server.gateway.push(Push::Cut);
    let link = tokio::time::timeout(Duration::from_secs(5), house.world.answer("ana@example.com")).await;
    link.expect("nobody waits for discord");
    assert_eq!(house.world.count("link.issued.v1").await, 1);
    house.stands(Standing::Down).await;
    house.server.rest.knobs.lock().unwrap().is_down = false;
    house.server.gateway.knobs.lock().unwrap().is_open = true;
    house.server.next_of("identify").await;
    house.answers_help().await;
}

#[tokio::test]
async fn a_refusal_lasts_until_there_is_another_token() {
    for code in [4004, 4013, 4014] {
        let mut house = Connected::new().await;
        house.listening().await;
        house.server.gateway.push(Push::Close(code));
        house.stands(Standing::Refused).await;
        house.server.reset_token("second");
        house.rotate("second");
        // Nothing was tried again with the first.
        assert_eq!(house.server.next().await.body["token"], "second", "{code}");
    }
}

#[tokio::test]
async fn a_token_that_discord_does_not_know_opens_nothing() {
    let mut house = Connected::new().await;
    house.server.reset_token("second");
    house.listen(FAST);
    house.stands(Standing::Refused).await;
    house.rotate("second");
    assert_eq!(house.server.next().await.body["token"], "second");
}

#[tokio::test]
async fn a_changed_token_counts_without_a_restart() {
    let mut house = Connected::new().await;
    house.listening().await;
    house.server.rest.tokens.lock().unwrap().push("second".to_owned());
    house.rotate("second");
    assert_eq!(house.server.next_of("identify").await["token"], "second");
    house.answers_help().await;
}

#[tokio::test]
async fn no_session_is_begun_where_none_is_left() {
    let mut house = Connected::new().await;
    house.server.rest.knobs.lock().unwrap().spent = true;
    house.listen(FAST);
    house.stands(Standing::Spent).await;
    assert!(house.server.is_quiet());
}

#[tokio::test]
async fn a_websocket_is_opened_at_discord_alone() {
    let mut house = Connected::new().await;
    for url in
        ["wss://evil.example/", "ws://evil.example/", "https://gateway.discord.gg", "wss://discord.gg.evil.example"]
    {
        house.server.rest.knobs.lock().unwrap().gateway = Some(url.to_owned());
        assert!(house.discord.api.gateway().await.is_err(), "{url}");
    }
    for url in ["wss://gateway.discord.gg", "wss://gateway-us-east1-b.discord.gg"] {
        house.server.rest.knobs.lock().unwrap().gateway = Some(url.to_owned());
        assert_eq!(house.discord.api.gateway().await.unwrap().url, url);
    }
    assert!(house.server.is_quiet());
}

#[tokio::test]
async fn told_to_stop_it_says_farewell_and_stops() {
    let mut house = Connected::new().await;
    house.listening().await;
    let stopped = house.stop();
    tokio::time::timeout(Duration::from_secs(5), stopped).await.expect("it stops at once").unwrap();
}

#[tokio::test]
async fn other_servers_and_other_applications_are_refused() {
    let mut house = Connected::new().await;
    house.listening().await;
    for (field, other) in [("guild_id", "100000000000000099"), ("application_id", "100000000000000098")] {
        let mut command = house.server.types(&[("contact", "ana@example.com")]);
        command[field] = json!(other);
        house.happens(&command);
        let told = house.server.next_of("callback").await;
        assert!(!text(&told).contains("Ana") && !text(&told).contains("/m/"), "{told:#}");
    }
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

fn text(told: &Value) -> String {
    told["sent"]["data"]["content"].as_str().unwrap().to_owned()
}

impl Connected {
    /// Begins to listen, and waits until Discord knows.
    async fn listening(&mut self) -> Value {
        self.listen(FAST);
        let identified = self.server.next_of("identify").await;
        self.stands(Standing::Open).await;
        identified
    }

    fn listen(&mut self, timing: Timing) {
        let (discord, stop) = (Arc::clone(&self.discord), self.stop.clone());
        let listening = tokio::spawn(async move { discord.listen(timing, stop.cancelled()).await });
        self.listening = Some(listening);
    }

    fn stop(&mut self) -> JoinHandle<()> {
        self.stop.cancel();
        self.listening.take().unwrap()
    }

    /// Lets an interaction come over the gateway.
    fn happens(&self, interaction: &Value) {
        self.server.gateway.dispatch("INTERACTION_CREATE", interaction);
    }

    async fn answers_help(&mut self) {
        let command = self.server.types(&[("contact", "help")]);
        self.happens(&command);
        assert_eq!(self.server.next_of("callback").await["token"], command["token"]);
    }

    async fn stands(&self, standing: Standing) {
        let mut stands = self.discord.standing();
        let stood = stands.wait_for(|now| *now == standing);
        tokio::time::timeout(Duration::from_secs(20), stood).await.unwrap_or_else(|_| panic!("{standing:?}")).unwrap();
    }
}
