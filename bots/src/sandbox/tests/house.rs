//! The product, its real adapters, and the rooms at their other end.

use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::authority::Role;
use magiclink_domain::ports::{ChatAct, ChatElement, ChatMessage, ChatPiece, ChatRoom, SandboxChat};
use magiclink_domain::team::ChatPlatform;
use magiclink_store::SystemIds;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::conversation::tests::world::{World, both};
use crate::discord::{self, Discord};
use crate::sandbox::ChatSandbox;
use crate::slack::{self, Slack};

pub(super) const SLACK: ChatPlatform = ChatPlatform::Slack;
pub(super) const DISCORD: ChatPlatform = ChatPlatform::Discord;

pub(super) struct House {
    pub(super) world: World,
    pub(super) sandbox: Arc<ChatSandbox>,
    slack: Arc<Slack>,
    discord: Arc<Discord>,
    /// The room in which somebody acts.
    here: ChatPlatform,
}

impl House {
    pub(super) async fn new(here: ChatPlatform) -> Self {
        let world = World::with(Role::Agent, both()).await;
        let sandbox = ChatSandbox::open(world.clock.clone(), Arc::new(SystemIds), ChatPlatform::ALL).await.unwrap();
        let (config, secrets) = sandbox.slack().unwrap();
        let slack = Slack::new(world.talk.clone(), config, secrets, world.leases.clone()).unwrap();
        let (config, secrets) = sandbox.discord().unwrap();
        let discord = Discord::new(world.talk.clone(), config, secrets, world.leases.clone()).unwrap();
        discord.keep_registered(std::future::pending()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        sandbox.call_back(listener.local_addr().unwrap());
        let routes = slack::router(Arc::clone(&slack)).merge(discord::router(Arc::clone(&discord)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { world, sandbox, slack, discord, here }
    }

    /// With the person connected.
    pub(super) async fn connected(here: ChatPlatform) -> Self {
        let house = Self::new(here).await;
        let staff = house.world.staff("Bo Berg", Role::Agent).await;
        house.world.connect(staff, &house.sandbox.person(here).unwrap()).await;
        house
    }

    pub(super) fn room(&self) -> ChatRoom {
        let mut rooms = self.sandbox.rooms().into_iter();
        rooms.find(|room| room.person.platform == self.here).unwrap()
    }

    pub(super) async fn does(&self, act: ChatAct) -> Result<(), String> {
        self.sandbox.act(self.here, act).await
    }

    /// Acts, and waits until the room shows what is looked for.
    pub(super) async fn act<T>(&self, act: ChatAct, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
        self.does(act).await.unwrap();
        self.until(seen).await
    }

    pub(super) async fn until<T>(&self, seen: impl Fn(&ChatRoom) -> Option<T>) -> T {
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
    pub(super) fn telling(&self, stop: CancellationToken) -> impl Future<Output = ()> + 'static {
        let (slack, discord) = (Arc::clone(&self.slack), Arc::clone(&self.discord));
        async move {
            tokio::join!(slack.keep_telling(&stop), discord.keep_telling(&stop));
        }
    }

    pub(super) async fn types(&self, text: &str, expected: &str) -> ChatMessage {
        self.act(ChatAct::Type(text.to_owned()), |room| said(room, expected)).await
    }

    pub(super) async fn presses(&self, message: &ChatMessage, label: &str, expected: &str) -> ChatMessage {
        let press = ChatAct::Press { nth: message.nth, value: value(message, label) };
        self.act(press, |room| said(room, expected)).await
    }
}

pub(super) fn read(message: &ChatMessage) -> String {
    let line = |line: &Vec<ChatPiece>| -> String { line.iter().map(|one| one.text.as_str()).collect() };
    message.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The newest message, if it says so.
pub(super) fn said(room: &ChatRoom, expected: &str) -> Option<ChatMessage> {
    room.messages.iter().rev().find(|message| !message.own && read(message).contains(expected)).cloned()
}

pub(super) fn value(message: &ChatMessage, label: &str) -> String {
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
pub(super) fn first_button(message: &ChatMessage) -> String {
    let button = |element: &ChatElement| match element {
        ChatElement::Button { value, .. } => Some(value.clone()),
        ChatElement::Page { .. } | ChatElement::Menu { .. } => None,
    };
    message.elements.iter().find_map(button).expect("a button")
}

pub(super) fn submit(fields: &[(&str, &str)]) -> ChatAct {
    ChatAct::Submit(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}
