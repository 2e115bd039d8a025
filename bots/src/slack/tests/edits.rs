//! The same message, edited as its link is delivered, opened and used.

use std::sync::Arc;

use magiclink_domain::link::Client;
use magiclink_domain::time::Lifetime;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::stand_in::{House, read};
use crate::conversation::tests::world::kim;
use crate::slack::Slack;

fn telling(house: &House) -> tokio::task::JoinHandle<()> {
    telling_until(&house.slack, CancellationToken::new())
}

fn telling_until(slack: &Arc<Slack>, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    let slack = Arc::clone(slack);
    tokio::spawn(async move { slack.keep_telling(&stop).await })
}

/// Another process beside the same stores.
fn another(house: &House) -> Arc<Slack> {
    let (talk, leases) = (Arc::clone(&house.world.talk), Arc::clone(&house.world.leases));
    Slack::new(talk, house.slack.config.clone(), Arc::clone(&house.secrets) as _, leases).unwrap()
}

async fn made(house: &mut House, text: &str) -> (magiclink_domain::id::LinkId, Value) {
    let told = house.types("U1", text).await.body;
    let act = crate::conversation::Act::decode(&super::stand_in::value_of(&told, "Revoke")).unwrap();
    let crate::conversation::Act::Revoke { link, .. } = act else { panic!("{act:?}") };
    (link, told)
}

async fn open(house: &House, link: magiclink_domain::id::LinkId) {
    let client = Client { ip: None, user_agent: "Mozilla/5.0 (iPhone)".to_owned() };
    let by = magiclink_domain::link::OpenedBy::Person;
    house.world.use_cases.note_opening(link, by, client).await.unwrap();
}

async fn is_forgotten(house: &House, link: magiclink_domain::id::LinkId) {
    let forgotten = async {
        while house.world.talk.live(&kim(), link).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), forgotten).await.expect("the message is forgotten");
}

#[tokio::test]
async fn what_happens_within_two_seconds_is_one_edit_and_the_sign_in_is_told() {
    let mut house = House::new().await;
    let policy = telling(&house);
    let (link, _) = made(&mut house, "ana@example.com").await;
    house.world.clock.advance(Lifetime::from_mins(1));
    open(&house, link).await;
    house.world.clock.advance(Lifetime::from_mins(1));
    house.world.redeem(link).await;
    let edit = house.next().await;
    assert_eq!((edit.what.as_str(), &edit.body["replace_original"]), ("answer 1", &Value::Bool(true)));
    assert!(read(&edit.body).contains("Signed in at 14:02."), "{}", read(&edit.body));
    assert!(!read(&edit.body).contains("/m/"), "a used link is not shown");
    is_forgotten(&house, link).await;
    policy.abort();
    assert!(house.is_quiet().await, "nothing more can come");
}

#[tokio::test]
async fn opened_is_told_before_signed_in() {
    let mut house = House::new().await;
    let policy = telling(&house);
    let (link, told) = made(&mut house, "ana@example.com").await;
    open(&house, link).await;
    let edit = house.next().await;
    assert!(read(&edit.body).contains("Opened at 14:00, not signed in yet."), "{}", read(&edit.body));
    assert!(read(&edit.body).contains("/m/") && read(&told).contains("/m/"), "what was shown is still shown");
    house.world.redeem(link).await;
    assert!(read(&house.next().await.body).contains("Signed in at 14:00."));
    policy.abort();
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let mut house = House::new().await;
    let (link, _) = made(&mut house, "ana@example.com").await;
    house.slack.finish().await;
    // Another process finds the message where the first one left it.
    let again = another(&house);
    house.world.redeem(link).await;
    let policy = telling_until(&again, CancellationToken::new());
    assert!(read(&house.next().await.body).contains("Signed in"));
    policy.abort();
}

#[tokio::test]
async fn after_half_an_hour_a_direct_message_tells_of_the_sign_in() {
    let mut house = House::new().await;
    let (link, _) = made(&mut house, "ana@example.com").await;
    house.slack.finish().await;
    house.world.clock.advance(Lifetime::from_mins(31));
    house.world.redeem(link).await;
    let policy = telling(&house);
    let told = house.next().await;
    assert_eq!(told.what, "chat.postMessage");
    assert_eq!(told.body["sent"]["channel"], "U1");
    assert!(read(&told.body["sent"]).contains("Signed in"), "{}", told.body);
    policy.abort();
}

#[tokio::test]
async fn whoever_left_is_told_nothing_more() {
    let mut house = House::new().await;
    let (link, _) = made(&mut house, "ana@example.com").await;
    house.slack.finish().await;
    let chat = house.world.use_cases.chat_index(&kim());
    house.world.use_cases.disconnect_chat(&house.world.system(), chat).await.unwrap();
    house.world.redeem(link).await;
    let policy = telling(&house);
    is_forgotten(&house, link).await;
    policy.abort();
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn of_several_nodes_one_edits_also_what_others_answered() {
    let mut house = House::new().await;
    let stop = CancellationToken::new();
    // The command is answered by a node that does not tell.
    let nodes: Vec<Arc<Slack>> = (0..3).map(|_| another(&house)).collect();
    let telling: Vec<_> = nodes.iter().map(|node| telling_until(node, stop.clone())).collect();
    let mut links = vec![];
    for who in ["ana@example.com", "maria@example.com", "rebecca"] {
        links.push(made(&mut house, who).await.0);
    }
    for link in &links {
        house.world.redeem(*link).await;
    }
    for _ in &links {
        assert!(read(&house.next().await.body).contains("Signed in"));
    }
    for link in links {
        is_forgotten(&house, link).await;
    }
    stop.cancel();
    for one in telling {
        one.await.unwrap();
    }
    assert!(house.is_quiet().await, "each once");
}

#[tokio::test]
async fn an_outage_of_slack_forgets_nothing() {
    let mut house = House::new().await;
    let (link, _) = made(&mut house, "ana@example.com").await;
    house.slack.finish().await;
    house.be_down(1);
    house.world.redeem(link).await;
    let policy = telling(&house);
    assert!(read(&house.next().await.body).contains("Signed in"), "told once it is back");
    policy.abort();
}
