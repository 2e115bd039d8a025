//! The whole story in chat: connect, command, text message, button, portal, and the message that says so.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{Browser, Place, Server, text};

const SECRET: &str = "made-up-signing-secret";

/// Slack's side: whose user it is, and where answers go.
struct Slack {
    base: String,
    answers: UnboundedReceiver<Value>,
}

impl Slack {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sender, answers) = unbounded_channel();
        let routes = Router::new().route("/api/{method}", post(web_api)).route("/respond", post(respond));
        let routes = routes.with_state(sender);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, answers }
    }

    /// Kim types; answers how long it took until the answer was there, and the answer.
    async fn types(&mut self, server: &Server, text: &str) -> (Duration, String) {
        let trigger = format!("1.{}", text.len());
        let fields = [
            ("team_id", "T1"),
            ("user_id", "U1"),
            ("command", "/magiclink"),
            ("text", text),
            ("api_app_id", "A1"),
            ("response_url", &format!("{}/respond", self.base)),
            ("trigger_id", &trigger),
        ];
        let body = serde_urlencoded::to_string(fields).unwrap();
        let begun = Instant::now();
        let answer = reqwest::Client::new()
            .post(format!("http://{}/hooks/slack/commands", server.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", now().to_string())
            .header("x-slack-signature", sign(&format!("v0:{}:{body}", now())))
            .body(body)
            .send();
        assert_eq!(answer.await.unwrap().status(), 200);
        let message = self.next().await;
        (begun.elapsed(), message)
    }

    /// The next message, as it is read.
    async fn next(&mut self) -> String {
        let message = tokio::time::timeout(Duration::from_secs(20), self.answers.recv()).await.unwrap().unwrap();
        let elements = message["blocks"][0]["elements"][0]["elements"].as_array().unwrap().clone();
        elements.iter().map(|one| one["text"].as_str().or(one["url"].as_str()).unwrap().to_owned()).collect()
    }
}

async fn web_api(Path(method): Path<String>) -> axum::Json<Value> {
    axum::Json(match method.as_str() {
        "users.info" => json!({ "ok": true, "user": { "id": "U1", "team_id": "T1" } }),
        "auth.test" => json!({ "ok": true, "team_id": "T1", "team": "Example", "user": "magiclink" }),
        _ => json!({ "ok": false, "error": "unknown_method" }),
    })
}

async fn respond(
    State(answers): State<UnboundedSender<Value>>, axum::Json(message): axum::Json<Value>,
) -> &'static str {
    drop(answers.send(message));
    "ok"
}

#[expect(clippy::disallowed_methods, reason = "the platforms have clocks of their own")]
pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn sign(signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("v0={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap_or_else(|| panic!("no {after} in {text}")).0
}

/// Signs the owner in, and presses *Show a code*.
pub async fn code(place: &Place, server: &Server) -> String {
    let url = text(&place.json(&["staff", "sign-in"]), "url");
    let browser = Browser::new();
    browser.press(&url).await;
    let at = format!("{}/console/chat", server.base);
    let (_, page) = browser.page(&at).await;
    let form = between(&page, "action=\"/console/chat/code\"", "</form>");
    let fields = ["form", "command"].map(|name| (name, between(form, &format!("name=\"{name}\" value=\""), "\"")));
    let shown = browser.post(&format!("{at}/code"), &fields).await;
    between(&shown, "value=\"/magiclink connect ", "\"").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_command_to_signed_in() {
    let mut slack = Slack::start().await;
    let mut place = Place::new();
    for (name, value) in [
        ("MAGICLINK__SLACK__BOT_TOKEN", "xoxb-made-up".to_owned()),
        ("MAGICLINK__SLACK__SIGNING_SECRET", SECRET.to_owned()),
        ("MAGICLINK__SLACK__TEAM_ID", "T1".to_owned()),
        ("MAGICLINK__SLACK__APP_ID", "A1".to_owned()),
        ("MAGICLINK__SLACK__API_BASE", format!("{}/api", slack.base)),
    ] {
        place.environment.push((name, value));
    }
    place.import_offerings();
    place.run(&["staff", "add", "--name", "Olga Owner", "--email", "olga@example.com", "--role", "owner"]).ok();
    place.contact("Ana Lima", "ana@example.com", &["founders-circle"]);
    let server = place.serve();

    let (_, stranger) = slack.types(&server, "ana@example.com").await;
    assert!(stranger.contains("/console/chat") && !stranger.contains("Ana"), "{stranger}");
    let code = code(&place, &server).await;
    let (_, connected) = slack.types(&server, &format!("connect {code}")).await;
    assert!(connected.contains("Connected: here you are now"), "{connected}");

    let (took, sent) = slack.types(&server, "ana email to founders circle").await;
    assert!(sent.contains("E-mail to ana@example.com") && !sent.contains("/m/"), "{sent}");
    assert!(took < Duration::from_secs(3), "Slack gives up after three seconds: {took:?}");
    // It is delivered to the sandbox's mailbox, and the message says so.
    let delivered = slack.next().await;
    assert!(delivered.contains("E-mail to ana@example.com: sent") || delivered.contains(": delivered"), "{delivered}");

    let (_, rooms) = Browser::new().page(&format!("{}/sandbox/chat", server.base)).await;
    assert!(rooms.contains("id=\"discord\"") && !rooms.contains("id=\"slack\""), "a real platform has no room");
    let (_, mailbox) = Browser::new().page(&format!("{}/sandbox", server.base)).await;
    let token: String = between(&mailbox, "/m/", "<").chars().take(44).collect();
    let phone = Browser::new();
    let pressed = phone.press(&format!("{}/m/{token}", server.base)).await;
    assert_eq!(pressed.headers()["location"], "/portal/offerings/founders-circle");
    let mut told = slack.next().await;
    if !told.contains("Signed in at") {
        told = slack.next().await;
    }
    assert!(told.contains("Signed in at"), "{told}");
    let doctor = place.run(&["doctor"]).out;
    assert!(doctor.contains("the token of magiclink works in Example"), "{doctor}");
    let shown = place.run(&["config", "show"]).ok();
    assert!(!shown.contains("xoxb") && !shown.contains(SECRET), "{shown}");
    assert!(!server.output().contains("xoxb") && !server.output().contains("/respond"), "{}", server.output());
    assert!(server.stop().success());
}

#[test]
fn chat_beyond_this_machine_with_links_to_this_machine_is_refused() {
    let slack = [("MAGICLINK__SLACK__TEAM_ID", "T1"), ("MAGICLINK__SLACK__SIGNING_SECRET", SECRET)];
    let discord = [
        ("MAGICLINK__DISCORD__APPLICATION_ID", "100000000000000001"),
        ("MAGICLINK__DISCORD__GUILD_ID", "100000000000000002"),
    ];
    for (token, key, others) in [
        ("MAGICLINK__SLACK__BOT_TOKEN", "slack.bot_token", slack),
        ("MAGICLINK__DISCORD__BOT_TOKEN", "discord.bot_token", discord),
    ] {
        let mut place = Place::new();
        place.environment.push((token, "made-up-token".to_owned()));
        place.environment.extend(others.map(|(name, value)| (name, value.to_owned())));
        let sentence = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused(2);
        assert!(sentence.contains(key) && sentence.contains("beyond this machine"), "{sentence}");
        assert!(sentence.contains("server.base_url") && !sentence.contains("made-up"), "{sentence}");
        assert!(!place.data().exists(), "nothing was made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_this_machine_sees_the_chat_rooms() {
    let place = Place::new();
    let server = place.serve();
    let http = reqwest::Client::new();
    let status = async |method: &str, path: &str, header: (&'static str, &str)| {
        let request = http.request(method.parse().unwrap(), format!("http://{}{path}", server.address));
        request.header(header.0, header.1).send().await.unwrap().status().as_u16()
    };
    let here = ("host", "localhost");
    assert_eq!(status("GET", "/sandbox/chat", here).await, 200);
    for (method, path) in [("GET", "/sandbox/chat"), ("GET", "/sandbox/chat/stream"), ("POST", "/sandbox/chat")] {
        for elsewhere in
            [("host", "portal.example.com"), ("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")]
        {
            assert_eq!(status(method, path, elsewhere).await, 404, "{method} {path} {elsewhere:?}");
        }
    }
    assert!(server.stop().success());
}
