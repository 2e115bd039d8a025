//! Text messages through everything that can go wrong on the way: each goes out once, or is flagged *maybe sent*.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use magiclink_domain::ports::Ids as _;
use magiclink_store::SystemIds;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::carrier::{Carrier, Fate};
use crate::support::{Place, Server, text};

/// Deliveries of the fault matrix.
const LINKS: usize = 1_050;
/// Deliveries while the server is killed, and how often it is.
const KILLED_LINKS: usize = 240;
const KILLS: usize = 30;

fn number(nth: usize) -> String {
    format!("+12015{:06}", 500_000 + nth)
}

fn nth(number: &str) -> usize {
    number.strip_prefix("+12015").unwrap().parse::<usize>().unwrap() - 500_000
}

/// Every kind of trouble lies among the others, again and again; the last 150 find nobody listening at first.
fn troubled(to: &str) -> Fate {
    let nth = nth(to);
    match nth % 30 {
        _ if nth < 10 => Fate::Busy,
        0 => Fate::Slow,
        1 | 2 => Fate::Down,
        4 | 5 => Fate::Denied,
        6 => Fate::Cut { taken: true },
        7 => Fate::Cut { taken: false },
        8 if nth < 300 => Fate::BlackHole { taken: true },
        9 if nth < 300 => Fate::BlackHole { taken: false },
        _ => Fate::Taken,
    }
}

/// A place that sends text messages there, with this many contacts who may be sent links.
fn place(vendor: SocketAddr, contacts: usize) -> Place {
    let mut place = Place::new();
    let secret = || SystemIds.id().simple().to_string();
    place.environment.extend([
        ("MAGICLINK__LOG__LEVEL", "error".to_owned()),
        ("MAGICLINK__TWILIO__ACCOUNT_SID", format!("AC{}", secret())),
        ("MAGICLINK__TWILIO__AUTH_TOKEN", secret()),
        ("MAGICLINK__TWILIO__FROM", "+12015550123".to_owned()),
        ("MAGICLINK__TWILIO__API_BASE", format!("http://{vendor}")),
        ("MAGICLINK__TWILIO__LOOK_UP_AFTER", "1s".to_owned()),
        ("MAGICLINK__TWILIO__DAILY_CAP", "100000".to_owned()),
        ("MAGICLINK__LIMITS__SMS_PER_PREFIX", "100000/h".to_owned()),
    ]);
    place.import_offerings();
    let head = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    let row = |nth: usize| format!("k{nth},Ana,K,,{},US,en,alumni,,2025-06-26T05:52:00Z\n", number(nth));
    let rows = place.path().join("contacts.csv");
    std::fs::write(&rows, head + &(0..contacts).map(row).collect::<String>()).unwrap();
    place.run(&["import", "contacts", rows.to_str().unwrap()]).ok();
    place
}

/// Calls of the API with one token.
#[derive(Clone)]
struct Api {
    client: Client,
    token: String,
}

impl Api {
    /// Makes links with a text message for these contacts; answers contact → link.
    async fn issue(&self, base: &str, contacts: std::ops::Range<usize>) -> BTreeMap<usize, String> {
        let mut calls = JoinSet::new();
        let mut links = BTreeMap::new();
        for contact in contacts {
            if calls.len() >= 8 {
                let (contact, link) = calls.join_next().await.unwrap().unwrap();
                links.insert(contact, link);
            }
            let (api, url) = (self.clone(), format!("{base}/api/v1/links"));
            calls.spawn(async move {
                let body = json!({ "contact": format!("k{contact}"), "deliver": ["sms"] });
                let answer = api.client.post(url).bearer_auth(&api.token).json(&body).send().await.unwrap();
                let status = answer.status();
                let link: Value = answer.json().await.unwrap();
                assert_eq!(status, StatusCode::CREATED, "{link}");
                (contact, text(&link, "id"))
            });
        }
        while let Some(done) = calls.join_next().await {
            let (contact, link) = done.unwrap();
            links.insert(contact, link);
        }
        links
    }

    /// The state of a link's only delivery.
    async fn state(&self, base: &str, link: &str) -> String {
        let call = self.client.get(format!("{base}/api/v1/links/{link}")).bearer_auth(&self.token);
        let shown: Value = call.send().await.unwrap().json().await.unwrap();
        text(&shown["deliveries"][0], "state")
    }

    /// Waits until every delivery has come to its end: `sent` and in the ledger once, or `maybe_sent` and not in the
    /// ledger at all. Answers how many are which.
    async fn settled(
        &self, base: &str, links: &BTreeMap<usize, String>, carrier: &Carrier, most: Duration,
    ) -> [usize; 2] {
        let begun = Instant::now();
        let mut open: Vec<usize> = links.keys().copied().collect();
        let mut ends = [0, 0];
        while !open.is_empty() {
            let mut left = vec![];
            for contact in open {
                let state = self.state(base, &links[&contact]).await;
                let took = carrier.took(&number(contact));
                assert!(took <= 1, "link {contact} went out {took} times");
                match (state.as_str(), took) {
                    ("sent", 1) => ends[0] += 1,
                    // What the vendor has is found by a look; what it has not stays so.
                    ("maybe_sent", 0) => ends[1] += 1,
                    ("queued" | "sending", _) | ("maybe_sent", 1) => left.push((contact, state, took)),
                    other => panic!("link {contact}: {other:?}"),
                }
            }
            assert!(begun.elapsed() < most, "{} are left after {:?}: {left:?}", left.len(), begun.elapsed());
            open = left.into_iter().map(|(contact, ..)| contact).collect();
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        ends
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_message_goes_out_once_or_is_flagged_whatever_goes_wrong() {
    let carrier = Carrier::new(troubled, Duration::ZERO);
    // An address where nobody listens yet.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let place = place(address, LINKS);
    let api = Api { client: Client::new(), token: place.token("matrix", "agent") };
    let server = Server::start(&place, &[]);
    let mut links = api.issue(&server.base, LINKS - 150..LINKS).await;
    for link in links.values().take(3) {
        assert_eq!(api.state(&server.base, link).await, "queued", "nobody listens");
    }
    carrier.listen(address).await;
    links.extend(api.issue(&server.base, 0..LINKS - 150).await);
    let [sent, maybe_sent] = api.settled(&server.base, &links, &carrier, Duration::from_mins(2)).await;
    let lost = (0..LINKS).filter(|nth| troubled(&number(*nth)).is_lost()).count();
    assert_eq!((sent, maybe_sent), (LINKS - lost, lost));
    assert_eq!(carrier.total(), LINKS - lost);
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_texts_leave_sends_nothing_twice_and_loses_nothing() {
    let carrier = Carrier::new(|_| Fate::Taken, Duration::from_millis(60));
    let address = carrier.listen("127.0.0.1:0".parse().unwrap()).await;
    let place = place(address, KILLED_LINKS);
    let api = Api { client: Client::new(), token: place.token("kill", "agent") };
    let server = Server::start(&place, &["--roles", "web"]);
    let links = api.issue(&server.base, 0..KILLED_LINKS).await;
    assert!(server.stop().success());
    for round in 0..KILLS {
        let before = carrier.total();
        let server = Server::start(&place, &[]);
        let begun = Instant::now();
        // Another moment in every round: with none, some or many under way.
        while carrier.total() < (before + round % 5).min(KILLED_LINKS) && begun.elapsed() < Duration::from_secs(3) {
            tokio::task::yield_now().await;
        }
        server.kill();
    }
    let server = Server::start(&place, &[]);
    let [sent, maybe_sent] = api.settled(&server.base, &links, &carrier, Duration::from_secs(150)).await;
    assert_eq!(sent + maybe_sent, KILLED_LINKS);
    assert_eq!(carrier.total(), sent);
    assert!(maybe_sent <= KILLS * 10, "more than can have been under way");
    assert!(server.stop().success());
}
