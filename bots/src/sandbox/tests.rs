//! The rooms beside the real adapters: everything crosses a socket, signed, both ways.

use magiclink_domain::authority::Role;
use magiclink_domain::ports::{ChatElement, ChatFieldKind, ChatLook, ChatMessage};
use magiclink_store::SystemIds;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::conversation::tests::world::{World, both};
use crate::discord::Discord;
use crate::slack::Slack;

const SLACK: ChatPlatform = ChatPlatform::Slack;
const DISCORD: ChatPlatform = ChatPlatform::Discord;

struct House {
    world: World,
    sandbox: Arc<ChatSandbox>,
    slack: Arc<Slack>,
    discord: Arc<Discord>,
    /// The room in which somebody acts.
    here: ChatPlatform,
}

impl House {
    async fn new(here: ChatPlatform) -> Self {
        let world = World::with(Role::Agent, both()).await;
        let sandbox = ChatSandbox::open(world.clock.clone(), Arc::new(SystemIds), ChatPlatform::ALL).await.unwrap();
        let (config, secrets) = sandbox.slack().unwrap();
        let slack = Slack::new(world.talk.clone(), config, secrets, world.leases.clone()).unwrap();
        let (config, secrets) = sandbox.discord().unwrap();
        let discord = Discord::new(world.talk.clone(), config, secrets, world.leases.clone()).unwrap();
        discord.keep_registered(std::future::pending()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        sandbox.call_back(listener.local_addr().unwrap());
        let routes = real_slack::router(Arc::clone(&slack)).merge(real_discord::router(Arc::clone(&discord)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { world, sandbox, slack, discord, here }
    }

    /// With the person connected.
    async fn connected(here: ChatPlatform) -> Self {
        let house = Self::new(here).await;
        let staff = house.world.staff("Bo Berg", Role::Agent).await;
        house.world.connect(staff, &house.sandbox.person(here).unwrap()).await;
        house
    }

    fn room(&self) -> ChatRoom {
        let mut rooms = self.sandbox.rooms().into_iter();
        rooms.find(|room| room.person.platform == self.here).unwrap()
    }

    async fn does(&self, act: ChatAct) -> Result<(), String> {
        self.sandbox.act(self.here, act).await
    }

    /// Acts, and waits until the room shows what is looked for.
    async fn act<T>(&self, act: ChatAct, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
        self.does(act).await.unwrap();
        self.until(seen).await
    }

    async fn until<T>(&self, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
        let found = async {
            let mut revision = 0;
            loop {
                let room = self.room();
                if let Some(found) = seen(&room) {
                    return found;
                }
                revision = self.sandbox.changed(room.revision.max(revision)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), found).await.expect("it is shown")
    }

    /// Both adapters go on telling of their links.
    fn telling(&self, stop: CancellationToken) -> impl Future<Output = ()> + 'static {
        let (slack, discord) = (Arc::clone(&self.slack), Arc::clone(&self.discord));
        async move {
            tokio::join!(slack.keep_telling(&stop), discord.keep_telling(&stop));
        }
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

/// What the first button carries.
fn first_button(message: &ChatMessage) -> String {
    let button = |element: &ChatElement| match element {
        ChatElement::Button { value, .. } => Some(value.clone()),
        ChatElement::Page { .. } | ChatElement::Menu { .. } => None,
    };
    message.elements.iter().find_map(button).expect("a button")
}

fn submit(fields: &[(&str, &str)]) -> ChatAct {
    ChatAct::Submit(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

#[tokio::test]
async fn whoever_is_not_connected_types_a_code_first() {
    for here in ChatPlatform::ALL {
        let house = House::new(here).await;
        house.types("ana@example.com", "is not connected with a staff member").await;
        let code = house.world.code(house.world.staff("Bo Berg", Role::Agent).await).await;
        house.types(&format!("connect {code}"), "here you are now Bo Berg (agent)").await;
        house.types("ana@example.com", "Magic link for Ana Lima").await;
        let others = house.sandbox.rooms().into_iter().filter(|room| room.person.platform != here);
        assert!(others.into_iter().all(|room| room.messages.is_empty()), "the other room heard nothing");
    }
}

#[tokio::test]
async fn commands_buttons_menus_and_edits_are_those_of_the_real_adapter() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
        let of = match here {
            ChatPlatform::Slack => "replace_original",
            ChatPlatform::Discord => "allowed_mentions",
        };
        assert!(read(&made).contains("http://localhost:8080/m/") && made.raw.contains(of), "{made:#?}");
        let sent = house.presses(&made, "Send SMS", "SMS to +14155550100").await;
        assert_eq!((sent.nth, sent.edits), (made.nth, 1), "in the same message");
        let asks = house.types("ana", "Several contacts are found").await;
        house.presses(&asks, "Ána María López", "Magic link for Ána María López").await;
        let stop = CancellationToken::new();
        let telling = tokio::spawn(house.telling(stop.clone()));
        let link = crate::conversation::Act::decode(&value(&sent, "Revoke")).unwrap();
        let crate::conversation::Act::Revoke { link, .. } = link else { panic!("{link:?}") };
        house.world.redeem(link).await;
        let told = house.until(|room| said(room, "Signed in at 14:00.")).await;
        assert_eq!((told.nth, told.edits), (made.nth, 2), "{here}");
        stop.cancel();
        telling.await.unwrap();
    }
}

#[tokio::test]
async fn slacks_dialog_searches_and_makes_a_link() {
    let house = House::connected(SLACK).await;
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
    let made = house.act(submit(&filled), |room| said(room, "E-mail to ana@example.com")).await;
    assert!(read(&made).contains("until 8 May 2026"), "{}", read(&made));
    assert_eq!(house.room().dialog, None, "it closed");
}

#[tokio::test]
async fn discords_dialog_is_typed_and_makes_a_link() {
    let house = House::connected(DISCORD).await;
    let dialog = house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
    assert_eq!((dialog.title.as_str(), dialog.submit.as_str()), ("Magic link", "Submit"));
    let hint = |nth: usize| dialog.fields[nth].hint.as_str();
    assert_eq!((dialog.fields.len(), hint(0)), (5, "Name, e-mail, phone or external id"));
    let filled = [("contact", "lima"), ("lifetime", "7 days"), ("channel", "Send e-mail")];
    let made = house.act(submit(&filled), |room| said(room, "E-mail to ana@example.com")).await;
    assert!(read(&made).contains("until 8 May 2026"), "{}", read(&made));
    assert_eq!(house.room().dialog, None, "it closed");
}

#[tokio::test]
async fn whoever_is_not_found_is_added_by_a_form_that_a_button_opens() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let nobody = house.types("Bob Newman bob@example.com", "Nobody is found").await;
        let add = ChatAct::Press { nth: nobody.nth, value: first_button(&nobody) };
        let form = house.act(add, |room| room.dialog.clone()).await;
        let filled: Vec<_> = form.fields.iter().map(|field| (field.key.as_str(), field.value.as_str())).collect();
        assert!(filled.contains(&("email", "bob@example.com")), "{here}: {filled:?}");
        house.act(submit(&filled), |room| said(room, "Added Bob Newman")).await;
    }
}

#[tokio::test]
async fn discord_suggests_contacts_while_somebody_types_and_takes_options_by_their_names() {
    let house = House::connected(DISCORD).await;
    let search = |typed: &str| ChatAct::Search { typed: typed.to_owned(), fields: vec![] };
    let found = house.act(search("ana l"), |room| room.suggested.first().cloned()).await;
    assert!(found.label.starts_with("Ana Lima") && found.value.starts_with("contact: "), "{found:?}");
    house.types(&found.value, "Magic link for Ana Lima").await;
    let own = house.room().messages.into_iter().rev().find(|message| message.own).unwrap();
    assert!(read(&own).starts_with("/magiclink contact: Ana Lima"), "{own:?}");
    assert_eq!(house.room().suggested, [], "they are gone");
    let to = house.act(search("ana@example.com to: found"), |room| room.suggested.first().cloned()).await;
    assert_eq!(
        (to.label.as_str(), to.value.as_str()),
        ("Founders Circle", "contact: ana@example.com to: founders-circle")
    );
    house.does(search("ana send: s")).await.unwrap();
    assert_eq!(house.room().suggested, [], "its choices are known");
    house.types("contact: ana@example.com to: founders-circle send: sms", "Leads to Founders Circle").await;
    let refused = house.does(ChatAct::Type("ana send: pigeon".to_owned())).await.unwrap_err();
    assert!(refused.starts_with("send takes one of these: Send SMS"), "{refused}");
}

#[tokio::test]
async fn a_hostile_name_pings_and_formats_nothing() {
    let name = "<@1003> **bold** `code` [x](http://evil.example) <!channel>";
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        house.world.contact(name, "hostile@example.com", None, &["founders-circle"]).await;
        house.world.settle().await;
        let made = house.types("hostile@example.com", "Magic link for").await;
        let shown = made.lines[0].iter().find(|piece| piece.text.contains("1003")).expect("the name");
        assert_eq!((shown.text.as_str(), shown.look), (name, ChatLook::Strong), "{here}: {:#?}", made.lines);
    }
}

#[tokio::test]
async fn a_qr_code_is_a_picture_in_a_message_of_its_own() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
        let press = ChatAct::Press { nth: made.nth, value: value(&made, "QR code") };
        let picture = |room: &ChatRoom| room.messages.iter().find(|message| message.picture.is_some()).cloned();
        let shown = house.act(press, picture).await;
        assert!(shown.nth != made.nth && shown.edits == 0 && shown.picture.unwrap().starts_with(b"\x89PNG"), "{here}");
        assert_eq!(shown.direct, here == SLACK, "Slack shows files in channels to everybody");
    }
}

#[tokio::test]
async fn discords_pictures_come_as_files_and_stay_until_others_take_their_place() {
    let house = House::new(DISCORD).await;
    let base = format!("{}/api/v10", house.sandbox.discord().unwrap().0.api_base);
    let token = house.sandbox.discord.ask(&SystemIds, house.world.clock.now(), None);
    let send = async |method: &str, path: &str, body: &Value, picture: &[u8]| {
        let part =
            |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
        let mut form = [part("payload_json").as_bytes(), body.to_string().as_bytes(), b"\r\n"].concat();
        if !picture.is_empty() {
            form.extend([part("files[0]").as_bytes(), picture, b"\r\n"].concat());
        }
        form.extend(b"--b--\r\n");
        let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{base}{path}"));
        request.header("content-type", "multipart/form-data; boundary=b").body(form).send().await.unwrap().status()
    };
    let (callback, original) =
        (format!("/interactions/1/{token}/callback"), format!("/webhooks/1001/{token}/messages/@original"));
    let first = json!({ "type": 4, "data": { "content": "scan it", "attachments": [{ "id": 0 }] } });
    assert_eq!(send("PATCH", &original, &json!({ "content": "early" }), b"").await, 404, "nothing is there yet");
    assert_eq!(send("POST", &callback, &first, b"\x89PNG one").await, 204);
    assert_eq!(send("POST", &callback, &first, b"").await, 400, "once");
    let shown = || {
        let message = house.room().messages.remove(0);
        (read(&message), message.picture.unwrap_or_default())
    };
    assert_eq!(shown(), ("scan it".to_owned(), b"\x89PNG one".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({ "content": "still" }), b"").await, 200);
    assert_eq!(shown(), ("still".to_owned(), b"\x89PNG one".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({}), b"\x89PNG two").await, 200);
    assert_eq!(shown(), ("still".to_owned(), b"\x89PNG two".to_vec()));
    assert_eq!(send("PATCH", &original, &json!({ "attachments": [] }), b"").await, 200);
    assert_eq!(shown(), ("still".to_owned(), vec![]));
    assert_eq!(send("POST", &format!("/webhooks/1001/{token}"), &json!({}), b"\x89PNG three").await, 200);
    assert_eq!(house.room().messages.len(), 2, "one more message");
    house.world.clock.advance(magiclink_domain::time::Lifetime::from_mins(15));
    assert_eq!(send("PATCH", &original, &json!({ "content": "late" }), b"").await, 401);
}

#[tokio::test]
async fn what_is_not_there_can_not_be_pressed_and_what_is_missing_is_named() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let press = ChatAct::Press { nth: 1, value: "r.x.y".to_owned() };
        assert!(house.does(press).await.unwrap_err().contains("no such button"));
        assert!(house.does(submit(&[])).await.unwrap_err().contains("no dialog"));
        house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
        assert!(house.does(submit(&[])).await.unwrap_err().contains("Contact is missing"));
        house.act(ChatAct::Close, |room| room.dialog.is_none().then_some(())).await;
    }
}

#[tokio::test]
async fn a_platform_that_is_really_configured_has_no_room() {
    let world = World::with(Role::Agent, both()).await;
    let sandbox = ChatSandbox::open(world.clock.clone(), Arc::new(SystemIds), [DISCORD]).await.unwrap();
    assert!(sandbox.slack().is_none() && sandbox.person(SLACK).is_none());
    assert!(sandbox.discord().is_some() && sandbox.person(DISCORD).is_some());
    let there: Vec<_> = sandbox.rooms().into_iter().map(|room| room.person.platform).collect();
    assert_eq!(there, [DISCORD]);
    let refused = sandbox.act(SLACK, ChatAct::Type("ana".to_owned())).await.unwrap_err();
    assert_eq!(refused, "there is no Slack here");
    let early = sandbox.act(DISCORD, ChatAct::Type("ana".to_owned())).await.unwrap_err();
    assert_eq!(early, "the service has not registered /magiclink yet");
}

#[tokio::test]
async fn the_stand_ins_take_nothing_from_whoever_has_no_token() {
    let house = House::connected(SLACK).await;
    let (config, _) = house.sandbox.slack().unwrap();
    let http = reqwest::Client::new();
    let answer = http.post(format!("{}/chat.postMessage", config.api_base)).bearer_auth("xoxb-guessed");
    let answer: Value = answer.json(&json!({ "channel": "U0YOU" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_auth");
    let base = format!("{}/api/v10", house.sandbox.discord().unwrap().0.api_base);
    let guessed = |path: &str| http.post(format!("{base}{path}")).header("authorization", "Bot guessed");
    for path in ["/users/@me/channels", "/channels/1005/messages"] {
        let answer = guessed(path).json(&json!({ "recipient_id": "1003", "content": "x" })).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    for path in ["/webhooks/1001/guessed", "/interactions/1/guessed/callback"] {
        let answer = guessed(path).json(&json!({ "type": 4, "content": "x" })).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], 50_027, "{path}");
    }
    assert!(house.sandbox.rooms().iter().all(|room| room.messages.is_empty()));
}
