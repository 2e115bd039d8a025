//! From a command typed in Slack to its answer: signed commands over loopback, answers taken by a stand-in of Slack.
//!
//! `cargo bench --bench chat` measures with 100,000 contacts on the embedded stores; `cargo bench --bench chat -- 2000`
//! with as many as named. The time runs from the first byte of Slack's request until the answer's post has arrived; server,
//! stand-in and load share the machine.
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, takes the time of day, and stops at the first surprise"
)]

mod support;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{Path as Part, State};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support::client::{Connection, Run, request};
use support::server::{Server, command};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const MANY: usize = 100_000;
const SECRET: &str = "made-up-signing-secret";
/// Commands of one run.
const COMMANDS: usize = 2_000;
/// What an answer may take at the 99th percentile, in milliseconds.
const TARGET: f64 = 300.0;

/// Slack's side: who waits for which answer.
#[derive(Clone, Default)]
struct Slack(Arc<Mutex<HashMap<String, oneshot::Sender<(Instant, String)>>>>);

#[tokio::main]
async fn main() {
    let contacts = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(MANY);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    prepare(&data, folder.path(), contacts);
    let (slack, base) = stand_in().await;
    let api = format!("{base}/api");
    let settings = [
        ("MAGICLINK__SLACK__BOT_TOKEN", "xoxb-made-up"),
        ("MAGICLINK__SLACK__SIGNING_SECRET", SECRET),
        ("MAGICLINK__SLACK__TEAM_ID", "T1"),
        ("MAGICLINK__SLACK__APP_ID", "A1"),
        ("MAGICLINK__SLACK__API_BASE", api.as_str()),
    ];
    let server = Server::start_with(&data, &settings);
    let ask = Ask { slack, base, host: server.address.clone() };
    let code = code(&data, &server).await;
    let connected = ask.once(&format!("connect {code}"), "connect").await.1;
    assert!(connected.contains("Connected"), "{connected}");
    // The directory of names is filled beside everything else.
    while !ask.once(&format!("status bench{}@example.com", contacts - 1), "warm").await.1.contains("Bench") {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("{contacts} contacts, {COMMANDS} commands a run; target: p99 <= {TARGET} ms");
    let mail = |n: usize| format!("bench{}@example.com", n * 7_919 % contacts);
    let mut slowest: f64 = 0.0;
    for (name, at_once, text) in [
        ("/magiclink ADDRESS, one at a time", 1, &(|n| mail(n)) as &dyn Fn(usize) -> String),
        ("/magiclink ADDRESS, 16 at a time", 16, &|n| mail(n)),
        ("/magiclink NAME, 16 at a time", 16, &|n| format!("Bench Person{}", n * 7_919 % contacts)),
        ("/magiclink NAME with a slip, 16 at a time", 16, &|n| format!("Bnech Persn{}", n * 7_919 % contacts)),
        ("/magiclink status ADDRESS, 16 at a time", 16, &|n| format!("status {}", mail(n))),
    ] {
        let texts: Vec<String> = (0..COMMANDS.min(contacts)).map(text).collect();
        let run = ask.all(name, at_once, texts).await;
        run.print();
        slowest = slowest.max(run.percentile(99.0));
    }
    println!("slowest p99: {slowest:.1} ms, target {TARGET} ms");
    println!("after the load: {:.1} MiB resident", server.resident_mib());
}

/// A data folder with a course, contacts who may see it, and an owner.
fn prepare(data: &Path, folder: &Path, contacts: usize) {
    let offerings = folder.join("offerings.csv");
    std::fs::write(&offerings, "slug,kind,title,url\nalumni,group,Alumni,https://community.example.com/g/alumni\n")
        .expect("written");
    let mut csv = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    for n in 0..contacts {
        writeln!(csv, "b-{n},Bench,Person{n},bench{n}@example.com,,US,en,alumni,,2025-01-01T00:00:00Z").expect("text");
    }
    let file = folder.join("contacts.csv");
    std::fs::write(&file, csv).expect("written");
    command(data, &["import", "offerings", offerings.to_str().expect("UTF-8")]);
    command(data, &["import", "contacts", file.to_str().expect("UTF-8")]);
    command(data, &["staff", "add", "--name", "Olga Owner", "--email", "olga@example.com", "--role", "owner"]);
}

async fn stand_in() -> (Slack, String) {
    let slack = Slack::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let routes = axum::Router::new()
        .route("/api/{method}", post(web_api))
        .route("/respond/{id}", post(respond))
        .with_state(slack.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (slack, base)
}

async fn web_api(Part(method): Part<String>) -> axum::Json<Value> {
    axum::Json(match method.as_str() {
        "users.info" => json!({ "ok": true, "user": { "id": "U1", "team_id": "T1" } }),
        _ => json!({ "ok": true }),
    })
}

async fn respond(State(slack): State<Slack>, Part(id): Part<String>, body: String) -> &'static str {
    let arrived = Instant::now();
    let waiting = slack.0.lock().expect("nobody panicked").remove(&id);
    // Edits that come later have nobody who waits.
    if let Some(waiting) = waiting {
        drop(waiting.send((arrived, body)));
    }
    "ok"
}

/// Where commands are typed.
#[derive(Clone)]
struct Ask {
    slack: Slack,
    base: String,
    host: String,
}

impl Ask {
    /// The command as Slack posts it, signed now.
    fn request(&self, text: &str, id: &str) -> Vec<u8> {
        let response_url = format!("{}/respond/{id}", self.base);
        let fields = [
            ("team_id", "T1"),
            ("user_id", "U1"),
            ("command", "/magiclink"),
            ("text", text),
            ("api_app_id", "A1"),
            ("response_url", response_url.as_str()),
            ("trigger_id", id),
        ];
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs().to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
        mac.update(format!("v0:{timestamp}:{body}").as_bytes());
        let signature = format!("v0={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()));
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Slack-Request-Timestamp", timestamp.as_str()),
            ("X-Slack-Signature", signature.as_str()),
        ];
        request("POST", "/hooks/slack/commands", &self.host, &headers, &body)
    }

    /// How long a command took, and its answer.
    async fn once(&self, text: &str, run: &str) -> (Duration, String) {
        let mut connection = Connection::open(&self.host).await.expect("a connection");
        let id = format!("{run}-{}", SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_nanos());
        self.on(&mut connection, text, &id).await
    }

    async fn on(&self, connection: &mut Connection, text: &str, id: &str) -> (Duration, String) {
        let (sender, answered) = oneshot::channel();
        self.slack.0.lock().expect("nobody panicked").insert(id.to_owned(), sender);
        let request = self.request(text, id);
        let begun = Instant::now();
        let acknowledged = connection.send(&request).await.expect("an acknowledgement");
        assert_eq!(acknowledged.status, 200, "{}", acknowledged.body);
        let answered = tokio::time::timeout(Duration::from_secs(30), answered).await.expect("an answer in time");
        let (arrived, answer) = answered.expect("an answer");
        (arrived.duration_since(begun), answer)
    }

    /// Types all of these, so many at once; every answer is about a contact.
    async fn all(&self, name: &'static str, at_once: usize, texts: Vec<String>) -> Run {
        let count = texts.len();
        let texts = Arc::new(Mutex::new(texts.into_iter().enumerate().collect::<Vec<_>>()));
        let begun = Instant::now();
        let typing: Vec<_> = (0..at_once)
            .map(|_| {
                let (ask, texts) = (self.clone(), Arc::clone(&texts));
                tokio::spawn(async move {
                    let mut connection = Connection::open(&ask.host).await.expect("a connection");
                    let mut took = vec![];
                    loop {
                        let next = texts.lock().expect("nobody panicked").pop();
                        let Some((nth, text)) = next else { return took };
                        let id = format!("{}-{nth}", name.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
                        let (time, answer) = ask.on(&mut connection, &text, &id).await;
                        assert!(answer.contains("Bench"), "{text}: {answer}");
                        took.push(time);
                    }
                })
            })
            .collect();
        let mut latencies = vec![];
        for one in typing {
            latencies.extend(one.await.expect("somebody who types"));
        }
        let took = begun.elapsed();
        latencies.sort_unstable();
        Run { name, count, took, latencies }
    }
}

/// Signs the owner in, and has the console show a code that connects a chat user.
async fn code(data: &Path, server: &Server) -> String {
    let made = command(data, &["staff", "sign-in", "olga@example.com", "--json"]);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("sec-fetch-site", reqwest::header::HeaderValue::from_static("same-origin"));
    let browser = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
    let browser = browser.default_headers(headers).user_agent("Mozilla/5.0").build().expect("a client");
    let url = made["url"].as_str().expect("a URL");
    let page = browser.get(url).send().await.expect("the page").text().await.expect("its text");
    let pressed = browser.post(url).form(&[("form", field(&page, "form"))]).send().await.expect("an answer");
    assert!(pressed.status().is_redirection(), "{}", pressed.status());
    let chat = format!("http://{}/console/chat", server.address);
    let page = browser.get(&chat).send().await.expect("the page").text().await.expect("its text");
    let form = page.split_once("action=\"/console/chat/code\"").expect("the form").1;
    let fields = [("form", field(form, "form")), ("command", field(form, "command"))];
    let shown = browser.post(format!("{chat}/code")).form(&fields).send().await.expect("an answer");
    let shown = shown.text().await.expect("its text");
    let rest = shown.split_once("value=\"/magiclink connect ").expect("a code").1;
    rest.split_once('"').expect("its end").0.to_owned()
}

/// The value of a hidden field.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the field").1;
    rest.split_once('"').expect("its end").0
}
