//! The rooms beside the real adapters: everything crosses a socket, signed, both ways.

use magiclink_domain::authority::Role;
use magiclink_domain::ports::{ChatElement, ChatFieldKind, ChatMessage};
use magiclink_store::SystemIds;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::conversation::tests::world::{World, both};
use crate::slack::{Slack, router};

struct House {
    world: World,
    sandbox: Arc<ChatSandbox>,
    slack: Arc<Slack>,
}

impl House {
    async fn new() -> Self {
        let world = World::with(Role::Agent, both()).await;
        let sandbox = ChatSandbox::open(world.clock.clone(), Arc::new(SystemIds)).await.unwrap();
        let (config, secrets) = sandbox.slack().unwrap();
        let slack = Slack::new(world.talk.clone(), config, secrets, world.leases.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        sandbox.call_back(listener.local_addr().unwrap());
        let routes = router(Arc::clone(&slack));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { world, sandbox, slack }
    }

    /// With the person connected.
    async fn connected() -> Self {
        let house = Self::new().await;
        let staff = house.world.staff("Bo Berg", Role::Agent).await;
        house.world.connect(staff, &house.sandbox.person(ChatPlatform::Slack).unwrap()).await;
        house
    }

    /// Acts, and waits until the room shows what is looked for.
    async fn act<T>(&self, act: ChatAct, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
        self.sandbox.act(ChatPlatform::Slack, act).await.unwrap();
        self.until(seen).await
    }

    async fn until<T>(&self, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
        let found = async {
            let mut revision = 0;
            loop {
                let room = self.sandbox.rooms().remove(0);
                if let Some(found) = seen(&room) {
                    return found;
                }
                revision = self.sandbox.changed(room.revision.max(revision)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), found).await.expect("it is shown")
    }

    async fn types(&self, text: &str, expected: &str) -> ChatMessage {
        self.act(ChatAct::Type(text.to_owned()), |room| said(room, expected)).await
    }

    async fn presses(&self, message: &ChatMessage, label: &str, expected: &str) -> ChatMessage {
        let press = ChatAct::Press { nth: message.nth, value: value(message, label) };
        self.act(press, |room| said(room, expected)).await
    }
}

fn read(message: &ChatMessage) -> String {
    let line = |line: &Vec<magiclink_domain::ports::ChatPiece>| -> String {
        line.iter().map(|one| one.text.as_str()).collect()
    };
    message.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The newest message, if it says so.
fn said(room: &ChatRoom, expected: &str) -> Option<ChatMessage> {
    room.messages.iter().rev().find(|message| !message.own && read(message).contains(expected)).cloned()
}

fn value(message: &ChatMessage, label: &str) -> String {
    let found = message.elements.iter().find_map(|element| match element {
        ChatElement::Button { label: shown, value, .. } => (shown == label).then(|| value.clone()),
        ChatElement::Page { .. } => None,
        ChatElement::Menu { options, .. } => {
            options.iter().find(|option| option.label == label).map(|option| option.value.clone())
        }
    });
    found.unwrap_or_else(|| panic!("no {label} in {message:#?}"))
}

#[tokio::test]
async fn whoever_is_not_connected_types_a_code_first() {
    let house = House::new().await;
    house.types("ana@example.com", "is not connected with a staff member").await;
    let code = house.world.code(house.world.staff("Bo Berg", Role::Agent).await).await;
    house.types(&format!("connect {code}"), "here you are now Bo Berg (agent)").await;
    house.types("ana@example.com", "Magic link for Ana Lima").await;
}

#[tokio::test]
async fn commands_buttons_menus_and_edits_are_those_of_the_real_adapter() {
    let house = House::connected().await;
    let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
    assert!(read(&made).contains("http://localhost:8080/m/") && made.raw.contains("replace_original"), "{made:#?}");
    let sent = house.presses(&made, "Send SMS", "SMS to +14155550100").await;
    assert_eq!((sent.nth, sent.edits), (made.nth, 1), "in the same message");
    let asks = house.types("ana", "Several contacts are found").await;
    house.presses(&asks, "Ána María López", "Magic link for Ána María López").await;
    let stop = CancellationToken::new();
    let (slack, stopping) = (Arc::clone(&house.slack), stop.clone());
    let telling = tokio::spawn(async move { slack.keep_telling(&stopping).await });
    let link = crate::conversation::Act::decode(&value(&sent, "Revoke")).unwrap();
    let crate::conversation::Act::Revoke { link, .. } = link else { panic!("{link:?}") };
    house.world.redeem(link).await;
    let told = house.until(|room| said(room, "Signed in at 14:00.")).await;
    assert_eq!((told.nth, told.edits), (made.nth, 2));
    stop.cancel();
    telling.await.unwrap();
}

#[tokio::test]
async fn the_dialog_searches_and_makes_a_link() {
    let house = House::connected().await;
    let dialog = house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
    assert_eq!((dialog.title.as_str(), dialog.submit.as_str()), ("Magic link", "Make the link"));
    let reason = vec![("reason".to_owned(), "she moved".to_owned())];
    let search = ChatAct::Search { typed: "an".to_owned(), fields: reason };
    let offered = |room: &ChatRoom| {
        let fields = &room.dialog.as_ref()?.fields;
        assert_eq!(fields.iter().find(|field| field.key == "reason")?.value, "she moved", "what was typed is kept");
        let ChatFieldKind::Search(options) = &fields.first()?.kind else { return None };
        options.first().cloned()
    };
    let ana = house.act(search, offered).await;
    assert_eq!(ana.label, "Ana Lima");
    let filled = [
        ("contact", ana.value.as_str()),
        ("destination", "home"),
        ("lifetime", "7d"),
        ("channel", "email"),
        ("reason", ""),
    ];
    let submit = ChatAct::Submit(filled.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec());
    let made = house.act(submit, |room| said(room, "E-mail to ana@example.com")).await;
    assert!(read(&made).contains("until 8 May 2026"), "{}", read(&made));
    assert_eq!(house.sandbox.rooms()[0].dialog, None, "it closed");
}

#[tokio::test]
async fn a_qr_code_comes_by_direct_message() {
    let house = House::connected().await;
    let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
    house.presses(&made, "QR code", "The QR code is in your direct messages").await;
    let shown = house.until(|room| room.messages.iter().find(|message| message.picture.is_some()).cloned()).await;
    assert!(shown.direct && shown.picture.unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn what_is_not_there_can_not_be_pressed_and_what_is_missing_is_named() {
    let house = House::connected().await;
    let slack = ChatPlatform::Slack;
    let press = ChatAct::Press { nth: 1, value: "r.x.y".to_owned() };
    assert!(house.sandbox.act(slack, press).await.unwrap_err().contains("no such button"));
    assert!(house.sandbox.act(slack, ChatAct::Submit(vec![])).await.unwrap_err().contains("no dialog"));
    house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
    assert!(house.sandbox.act(slack, ChatAct::Submit(vec![])).await.unwrap_err().contains("Contact is missing"));
    house.act(ChatAct::Close, |room| room.dialog.is_none().then_some(())).await;
}

#[tokio::test]
async fn the_stand_in_takes_nothing_from_whoever_has_no_token() {
    let house = House::connected().await;
    let (config, _) = house.sandbox.slack().unwrap();
    let answer =
        reqwest::Client::new().post(format!("{}/chat.postMessage", config.api_base)).bearer_auth("xoxb-guessed");
    let answer: serde_json::Value =
        answer.json(&serde_json::json!({ "channel": "U0YOU" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_auth");
    assert!(house.sandbox.rooms()[0].messages.is_empty());
}
