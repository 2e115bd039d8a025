//! `kill -9` in a loop while clients append: nothing acknowledged is lost, nothing is doubled.

use std::collections::BTreeMap;
use std::time::Duration;

use magiclink_store::testing::dose;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::support::{Place, text};

/// Rounds in `tests/run`.
const ROUNDS: u64 = 200;
const WORKERS: u64 = 4;

/// One client: the number it is at. A call without an answer is made again under the same key.
struct Worker {
    number: u64,
    next: u64,
}

impl Worker {
    fn key(&self) -> String {
        format!("w{}n{}", self.number, self.next)
    }

    /// Calls until the server is gone; answers what was acknowledged.
    async fn work(mut self, client: Client, base: String, token: String) -> (Self, Vec<(String, String)>) {
        let mut acknowledged = vec![];
        loop {
            let key = self.key();
            let body = json!({ "name": "Ana", "external_id": key, "email": format!("{key}@example.com") });
            let call =
                client.post(format!("{base}/api/v1/contacts")).bearer_auth(&token).header("idempotency-key", &key);
            let Ok(answer) = call.json(&body).send().await else { return (self, acknowledged) };
            let status = answer.status();
            let Ok(answer) = answer.json::<Value>().await else { return (self, acknowledged) };
            assert_eq!(status, StatusCode::CREATED, "{answer}");
            acknowledged.push((key, text(&answer, "id")));
            self.next += 1;
        }
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_or_doubled() {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__LEVEL", "error".to_owned()));
    let token = place.token("journal", "owner");
    let mut journal: BTreeMap<String, String> = BTreeMap::new();
    // Made once: reading the system's certificates takes longer than a server lives here.
    let client = Client::new();
    let mut workers: Vec<Worker> = (0..WORKERS).map(|number| Worker { number, next: 0 }).collect();
    let rounds = dose(ROUNDS);
    for round in 0..rounds {
        let server = place.serve();
        assert!(server.took <= Duration::from_secs(2), "round {round}: start took {:?}", server.took);
        let work = |worker: Worker| worker.work(client.clone(), server.base.clone(), token.clone());
        let running: Vec<_> = workers.drain(..).map(|worker| tokio::spawn(work(worker))).collect();
        // Another moment in every round, by a rule that can be repeated.
        tokio::time::sleep(Duration::from_millis(15 + round * 37 % 60)).await;
        server.kill();
        for worker in running {
            let (worker, acknowledged) = worker.await.unwrap();
            for (key, id) in acknowledged {
                assert_eq!(journal.insert(key.clone(), id), None, "{key} was acknowledged twice");
            }
            workers.push(worker);
        }
    }
    let acknowledged = journal.len();
    println!("{rounds} kills, {acknowledged} calls acknowledged");
    assert!(acknowledged as u64 > rounds, "only {acknowledged} calls were acknowledged in {rounds} rounds");
    let server = place.serve();
    let added = contacts_added(&server.base, &token).await;
    for (key, id) in &journal {
        assert_eq!(added.get(id), Some(&1), "{key}");
    }
    // What was not acknowledged may be there, once.
    assert!(added.values().all(|times| *times == 1), "{added:?}");
    let unanswered = added.len() - journal.len();
    assert!(unanswered <= usize::try_from(WORKERS).unwrap(), "{unanswered} contacts that nobody was told of");
    assert!(server.stop().success());
}

/// How often each contact was added, by the log.
async fn contacts_added(base: &str, token: &str) -> BTreeMap<String, u32> {
    let client = Client::new();
    let mut added = BTreeMap::new();
    let mut after = 0;
    loop {
        let url = format!("{base}/api/v1/events?after={after}&limit=200");
        let page: Value = client.get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        let Some(last) = items.last() else { return added };
        after = last["position"].as_u64().unwrap();
        for event in items.iter().filter(|event| text(event, "type").starts_with("contact.added.")) {
            *added.entry(text(event, "stream").trim_start_matches("contact-").to_owned()).or_default() += 1;
        }
    }
}
