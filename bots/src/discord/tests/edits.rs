//! The same message, edited as its link is delivered, opened and used.

use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::id::LinkId;
use magiclink_domain::link::{Client, OpenedBy};
use magiclink_domain::time::Lifetime;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::connected::{Connected, kim};

#[tokio::test]
async fn the_same_message_tells_that_the_link_was_opened_and_used() {
    let mut house = Connected::new().await;
    let telling = house.telling();
    let (link, token) = house.made("ana@example.com").await;
    house.open(link).await;
    let edit = house.server.next_of("edit").await;
    assert_eq!(edit["token"], token);
    assert!(text(&edit).contains("Opened at"), "{edit:#}");
    house.world.redeem(link).await;
    let edit = house.server.next_of("edit").await;
    assert!(text(&edit).contains("Signed in at") && !text(&edit).contains("/m/"), "{edit:#}");
    telling.cancel();
}

#[tokio::test]
async fn a_restart_between_answer_and_edit_loses_nothing() {
    let mut house = Connected::new().await;
    let (link, token) = house.made("ana@example.com").await;
    house.restart();
    house.world.redeem(link).await;
    let telling = house.telling();
    let edit = house.server.next_of("edit").await;
    assert_eq!(edit["token"], token);
    assert!(text(&edit).contains("Signed in at"), "{edit:#}");
    telling.cancel();
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_a_direct_message_tells_of_the_sign_in() {
    let mut house = Connected::new().await;
    let (link, _) = house.made("ana@example.com").await;
    house.world.clock.advance(Lifetime::from_mins(15));
    house.world.redeem(link).await;
    let telling = house.telling();
    let told = house.server.next_of("direct").await;
    assert!(text(&told).contains("Signed in"), "{told:#}");
    assert_eq!(told["sent"]["components"], json!([]), "what is pressed there comes from no server");
    telling.cancel();
}

#[tokio::test]
async fn a_token_that_is_used_up_early_leads_to_a_direct_message_and_whoever_takes_none_gets_none() {
    for closed in [false, true] {
        let mut house = Connected::new().await;
        let (link, _) = house.made("ana@example.com").await;
        house.world.redeem(link).await;
        {
            let mut knobs = house.server.rest.knobs.lock().unwrap();
            (knobs.expired, knobs.closed) = (true, closed);
        }
        let telling = house.telling();
        if !closed {
            assert!(text(&house.server.next_of("direct").await).contains("Signed in"));
        }
        house.is_forgotten(link).await;
        assert!(house.server.is_quiet(), "{closed}");
        telling.cancel();
    }
}

#[tokio::test]
async fn an_outage_of_discord_is_waited_out() {
    let mut house = Connected::new().await;
    let (link, _) = house.made("ana@example.com").await;
    house.server.rest.knobs.lock().unwrap().is_down = true;
    let telling = house.telling();
    house.world.redeem(link).await;
    house.server.next_of("missed").await;
    house.server.rest.knobs.lock().unwrap().is_down = false;
    assert!(text(&house.server.next_of("edit").await).contains("Signed in"));
    telling.cancel();
}

fn text(told: &Value) -> String {
    told["sent"]["content"].as_str().unwrap().to_owned()
}

impl Connected {
    pub(super) async fn open(&self, link: LinkId) {
        let client = Client { ip: None, user_agent: "Mozilla/5.0 (iPhone)".to_owned() };
        self.world.use_cases.note_opening(link, OpenedBy::Person, client).await.unwrap();
    }

    /// Messages are told until this is cancelled.
    pub(super) fn telling(&self) -> CancellationToken {
        let (discord, stop) = (Arc::clone(&self.discord), CancellationToken::new());
        let stopped = stop.clone();
        tokio::spawn(async move { discord.keep_telling(&stopped).await });
        stop
    }

    async fn is_forgotten(&self, link: LinkId) {
        let forgotten = async {
            while self.world.talk.live(&kim(), link).await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), forgotten).await.expect("the message is forgotten");
    }
}
