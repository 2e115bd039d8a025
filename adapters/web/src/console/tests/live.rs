//! The link's card: drawn in pages, and again as things happen.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::{Channel, Client, OpenedBy};
use magiclink_domain::ports::{Report, Sending};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Issued;
use tower::ServiceExt;

use super::browser::Browser;
use super::world::World;

/// An open stream of a card, read frame by frame.
struct Stream {
    body: BodyDataStream,
    text: String,
}

/// Generous: what is waited for is on its way already.
const PATIENCE: Duration = Duration::from_secs(20);

async fn ask(world: &World, browser: &Browser, link: LinkId) -> axum::response::Response {
    let cookies = [browser.cookie("magiclink_nonce"), browser.cookie("magiclink_console")];
    let names = ["magiclink_nonce", "magiclink_console"];
    let cookies: Vec<String> =
        names.iter().zip(cookies).filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
    let request = Request::get(format!("/console/links/{link}/events"))
        .header(header::COOKIE, cookies.join("; "))
        .body(Body::empty())
        .unwrap();
    world.router().oneshot(request).await.unwrap()
}

impl Stream {
    async fn open(world: &World, browser: &Browser, link: LinkId) -> Self {
        let answer = ask(world, browser, link).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event: its name and data. `None` at the end.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((frame, rest)) = self.text.split_once("\n\n") {
                let lines = |name: &str| -> Vec<String> {
                    frame
                        .lines()
                        .filter_map(|line| line.strip_prefix(name))
                        .map(|text| text.trim().to_owned())
                        .collect()
                };
                let event = lines("event:").pop().map(|event| (event, lines("data:").join("\n")));
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await.expect("the stream is silent")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// Waits for a card that says this.
    async fn until(&mut self, words: &str) -> String {
        loop {
            let (event, html) = self.next().await.unwrap_or_else(|| panic!("it ended before {words:?}"));
            assert_eq!(event, "card", "before {words:?}");
            if html.contains(words) {
                return html;
            }
        }
    }
}

async fn sent(world: &World, issued: &Issued) -> DeliveryId {
    world.send(issued.id, Channel::Email).await
}

async fn report(world: &World, link: LinkId, delivery: DeliveryId, outcome: Sending) {
    world.web.use_cases.report_delivery(Report { link, delivery, outcome }).await.unwrap();
}

fn reached(words: &str) -> String {
    format!("\">{words}</strong>")
}

#[tokio::test]
async fn a_card_tells_every_step_as_it_happens_and_ends_when_nothing_is_left() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let agent = world.signed_in(Role::Agent).await;
    let mut stream = Stream::open(&world, &agent, issued.id).await;
    stream.until(&reached("Shown to staff")).await;
    let delivery = sent(&world, &issued).await;
    let queued = stream.until(&reached("Queued")).await;
    assert!(queued.contains("Wait: it is about to be sent") && queued.contains("waits to be sent"), "{queued}");
    report(&world, issued.id, delivery, Sending::Sent { provider_id: "1".to_owned() }).await;
    stream.until(&reached("Sent")).await;
    report(&world, issued.id, delivery, Sending::Delivered).await;
    stream.until(&reached("Delivered")).await;
    world.web.use_cases.note_opening(issued.id, OpenedBy::Scanner, Client::default()).await.unwrap();
    stream.until("only a mail scanner opened it").await;
    world.web.use_cases.note_opening(issued.id, OpenedBy::Person, Client::default()).await.unwrap();
    stream.until(&reached("Opened")).await;
    let mut visitor = world.stranger();
    world.press(issued.id, &mut visitor).await;
    let last = stream.until(&reached("Signed in")).await;
    assert!(last.contains("nothing to do") && !last.contains("Send again"), "{last}");
    assert_eq!(stream.next().await.unwrap().0, "over");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn advice_comes_with_time_alone() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let agent = world.signed_in(Role::Agent).await;
    let delivery = sent(&world, &issued).await;
    report(&world, issued.id, delivery, Sending::Sent { provider_id: "1".to_owned() }).await;
    let mut stream = Stream::open(&world, &agent, issued.id).await;
    stream.until("Wait: they have not opened it yet").await;
    world.clock.advance(Lifetime::from_mins(10));
    stream.until("call, and read the code aloud").await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_its_role_and_its_node() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let (mut leaving, staying) = (world.signed_in(Role::Agent).await, world.signed_in(Role::Auditor).await);
    let mut ends = Stream::open(&world, &leaving, issued.id).await;
    let mut goes_on = Stream::open(&world, &staying, issued.id).await;
    ends.until(&reached("Shown to staff")).await;
    let auditors = goes_on.until(&reached("Shown to staff")).await;
    assert!(!auditors.contains("<form") && !auditors.contains("New link"), "an auditor changes nothing");
    let page = leaving.get("/console").await;
    leaving.fill(&page, "/console/sign-out", &[]).await;
    assert!(ends.next().await.is_none());
    world.web.api.end_streams();
    assert!(goes_on.next().await.is_none());
    assert_eq!(
        ask(&world, &leaving, issued.id).await.status(),
        StatusCode::SEE_OTHER,
        "the browser comes back in vain"
    );
}

#[tokio::test]
async fn following_a_card_is_no_sign_of_life() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    world.clock.advance(Lifetime::from_mins(30));
    let answer = ask(&world, &agent, issued.id).await;
    assert_eq!((answer.status(), answer.headers().get(header::SET_COOKIE)), (StatusCode::OK, None));
    let mut stream = Stream { body: answer.into_body().into_data_stream(), text: String::new() };
    stream.until(&reached("Shown to staff")).await;
    world.clock.advance(Lifetime::from_mins(30));
    while stream.next().await.is_some() {}
    assert_eq!(agent.get("/console").await.location().as_deref(), Some("/console/sign-in"));
}

#[tokio::test]
async fn streams_of_cards_are_bounded() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let agent = world.signed_in(Role::Agent).await;
    let mut open = vec![];
    for _ in 0..256 {
        open.push(Stream::open(&world, &agent, issued.id).await);
    }
    let refused = ask(&world, &agent, issued.id).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    open.pop();
    drop(Stream::open(&world, &agent, issued.id).await);
}

#[tokio::test]
async fn send_again_tries_what_failed_and_the_card_says_why_it_failed() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let delivery = sent(&world, &issued).await;
    let (code, words) = ("550".to_owned(), "<b>no such mailbox</b>".to_owned());
    report(&world, issued.id, delivery, Sending::Failed { code, words }).await;
    world.settle().await;
    for path in [format!("/console/links/{}", issued.id), format!("/console/contacts/{contact}")] {
        let page = agent.get(&path).await;
        assert!(page.body.contains("&#60;b&#62;no such mailbox&#60;/b&#62; (550)"), "{}", page.body);
        assert!(page.body.contains(&format!("data-live=\"/console/links/{}/events\"", issued.id)));
        assert!(page.body.contains(&format!("<a href=\"/console/links/{}\">Reload</a>", issued.id)));
        assert!(!page.body.contains("<b>no such"));
    }
    let page = agent.get(&format!("/console/links/{}", issued.id)).await;
    let at = format!("/console/links/{}/retry", issued.id);
    let again = agent.fill(&page, &at, &[]).await;
    assert!(again.body.contains("The delivery is tried again.") && again.body.contains(&reached("Queued")));
    let twice = agent.fill(&page, &at, &[]).await;
    assert!(twice.body.contains(&reached("Queued")), "the same form acts once");
    assert_eq!(world.count("link.delivery_requeued.v1").await, 1);
}

#[tokio::test]
async fn the_page_after_generate_shows_the_card_that_goes_on_living() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("/console/generate?contact={contact}")).await;
    let fields =
        [("destination", "home"), ("lifetime", "24h"), ("max_uses", "1"), ("deliver", "email"), ("do", "make")];
    let made = agent.fill(&dialog, "/console/generate", &fields).await;
    assert!(
        made.body.contains(&reached("Queued")) && made.body.contains("data-live=\"/console/links/"),
        "{}",
        made.body
    );
}

#[tokio::test]
async fn the_overview_lists_deliveries_that_want_somebody_and_what_to_do() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let delivery = sent(&world, &issued).await;
    world.settle().await;
    assert!(!agent.get("/console").await.body.contains("Deliveries to look after"), "it waits");
    let (code, words) = ("550".to_owned(), "no such mailbox".to_owned());
    report(&world, issued.id, delivery, Sending::Failed { code, words }).await;
    world.settle().await;
    let page = agent.get("/console").await.body;
    for words in ["Deliveries to look after", "Ana Good", "no such mailbox (550)", "Call and read the code aloud"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(&format!("href=\"/console/links/{}\">Details", issued.id)));
    assert!(page.contains(&format!("action=\"/console/links/{}/reveal\"", issued.id)), "the code to be read aloud");
    let mut visitor = world.stranger();
    world.press(issued.id, &mut visitor).await;
    world.settle().await;
    assert!(!agent.get("/console").await.body.contains("Deliveries to look after"), "they are in all the same");
}
