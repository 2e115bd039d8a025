//! Links by text message, from the command line through a stand-in of Twilio and back through its signed calls.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Form, Json, Router};
use magiclink_delivery::twilio::{AuthToken, sign};
use magiclink_domain::ports::Ids as _;
use magiclink_store::SystemIds;
use serde_json::{Value, json};

use crate::support::{Place, Server, text};

type Fields = Vec<(String, String)>;

/// Takes every message, and remembers what was posted.
#[derive(Clone, Default)]
struct StandIn(Arc<Mutex<Vec<Fields>>>);

impl StandIn {
    /// Where it listens; it goes on as long as the test.
    async fn start(&self) -> String {
        let took = |State(stand_in): State<Self>, Form(fields): Form<Fields>| async move {
            stand_in.0.lock().unwrap().push(fields);
            let sid = format!("SM{:032x}", stand_in.0.lock().unwrap().len());
            (StatusCode::CREATED, Json(json!({ "sid": sid, "status": "queued", "error_code": null, "from": null })))
        };
        let router =
            Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(took)).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}")
    }

    /// This field of every message, in order.
    fn posted(&self, name: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let field = |fields: &Fields| fields.iter().find(|(known, _)| known == name).unwrap().1.clone();
        all.iter().map(field).collect()
    }
}

/// A secret that was never used before.
fn secret() -> String {
    SystemIds.id().simple().to_string()
}

fn place(api_base: String, token: &str) -> Place {
    let mut place = Place::new();
    std::fs::write(place.path().join("token"), format!("{token}\n")).unwrap();
    place.environment.extend([
        ("MAGICLINK__TWILIO__ACCOUNT_SID", format!("AC{}", secret())),
        ("MAGICLINK__TWILIO__AUTH_TOKEN_FILE", place.path().join("token").display().to_string()),
        ("MAGICLINK__TWILIO__FROM", "+15005550006".to_owned()),
        ("MAGICLINK__TWILIO__API_BASE", api_base),
    ]);
    place
}

/// Posts a form to the server as Twilio does.
async fn call(url: &str, token: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let pairs: Fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let token: AuthToken = token.parse().unwrap();
    let request = reqwest::Client::new().post(url).header("x-twilio-signature", sign(&token, url, &pairs)).form(fields);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Waits until this holds; a minute at most.
async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        tokio::task::yield_now().await;
    }
}

fn state(place: &Place, link: &str) -> Value {
    place.json(&["link", "show", link])["deliveries"][0]["state"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_out_by_text_message_and_twilios_signed_calls_are_believed() {
    let (stand_in, token) = (StandIn::default(), secret());
    let place = place(stand_in.start().await, &token);
    place.import_offerings();
    let server = Server::start(&place, &[]);
    let contact = place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let number = "+14155550100";
    place.json(&["contact", "add", "--name", "Ben", "--phone", number]);
    place.run(&["grant", number, "alumni"]).ok();

    let link = place.json(&["link", "issue", number, "--send", "sms"]);
    let id = text(&link, "id");
    until("sent", || (state(&place, &id) == "sent").then_some(())).await;
    assert_eq!(stand_in.posted("To"), [number]);
    assert!(stand_in.posted("Body")[0].contains(&text(&link, "url")));
    let callback = stand_in.posted("StatusCallback").remove(0);
    assert!(callback.starts_with(&format!("{}/hooks/twilio/status?link={id}&delivery=", server.base)), "{callback}");
    let sid = format!("SM{:032x}", 1);
    let delivered = [("MessageSid", sid.as_str()), ("MessageStatus", "delivered"), ("To", number)];
    assert_eq!(call(&callback, &secret(), &delivered).await.0, 403, "signed with another token");
    assert_eq!(state(&place, &id), "sent");
    for _ in 0..2 {
        assert_eq!(call(&callback, &token, &delivered).await, (204, String::new()));
    }
    assert_eq!(state(&place, &id), "delivered");

    let inbound = format!("{}/hooks/twilio/inbound", server.base);
    let login = [("MessageSid", "SM1"), ("From", number), ("Body", "Login!")];
    for _ in 0..2 {
        assert!(call(&inbound, &token, &login).await.1.ends_with("<Response/>"));
    }
    until("the keyword's link", || (stand_in.posted("To").len() == 2).then_some(())).await;
    let stop = [("MessageSid", "SM2"), ("From", number), ("Body", "stop")];
    assert_eq!(call(&inbound, &token, &stop).await.0, 200);
    assert!(place.run(&["link", "issue", number, "--send", "sms"]).refused(1).contains("opted out"));
    assert!(place.run(&["link", "issue", &contact, "--send", "sms"]).refused(1).contains("phone"));
    for personal in [number, "4155550100", token.as_str(), "Login!"] {
        assert!(!server.output().contains(personal), "{personal} in the log: {}", server.output());
    }
    assert!(server.stop().success());
}

#[test]
fn numbers_of_other_countries_and_premium_numbers_are_refused_with_a_sentence() {
    let place = place("http://127.0.0.1:9".to_owned(), &secret());
    place.import_offerings();
    for (number, words) in [("+447400123456", "country"), ("+19002345678", "premium-rate")] {
        place.json(&["contact", "add", "--name", "Ben", "--phone", number]);
        place.run(&["grant", number, "alumni"]).ok();
        let refused = place.run(&["link", "issue", number, "--send", "sms"]).refused(1);
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn twilio_with_links_to_this_machine_is_refused_and_the_sandbox_is_not() {
    let place = place("https://api.twilio.com".to_owned(), &secret());
    let sentence = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused(2);
    assert!(sentence.contains("twilio.account_sid") && sentence.contains("server.base_url"), "{sentence}");
    let server = Server::start(&place, &["--sandbox"]);
    assert!(server.stop().success());
}
