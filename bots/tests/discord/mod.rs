//! Discord's side, for tests: its REST API and its gateway on addresses of this machine, and what it would refuse.

pub mod description;
pub mod gateway;
pub mod rest;
pub mod shapes;
pub mod upload;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use description::Description;
use gateway::Gateway;
use rest::{Handed, Rest};

pub const APPLICATION: &str = "100000000000000001";
pub const GUILD: &str = "100000000000000002";
/// Kim, who has staff.
pub const KIM: &str = "100000000000000003";

/// How long a test waits: the telling begins once the lease of a process that was killed has ended.
const PATIENCE: Duration = Duration::from_secs(45);

/// What Discord was told.
#[derive(Debug)]
pub struct Call {
    pub what: String,
    pub body: Value,
}

/// Discord.
pub struct Discord {
    pub base: String,
    pub gateway: Arc<Gateway>,
    pub rest: Arc<Rest>,
    calls: UnboundedReceiver<Call>,
    number: AtomicU64,
}

impl Discord {
    /// Discord, to which this token belongs.
    pub async fn start(token: &str) -> Self {
        let tokens = Arc::new(Mutex::new(vec![token.to_owned()]));
        let (sender, calls) = unbounded_channel();
        let gateway = Gateway::start(APPLICATION, Arc::clone(&tokens), sender.clone()).await;
        let rest = Arc::new(Rest {
            tokens,
            gateway: gateway.address.clone(),
            interactions: Mutex::default(),
            commands: Mutex::default(),
            knobs: Mutex::default(),
            wrong: Mutex::default(),
            description: Description::load(),
            calls: sender,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = rest::router(Arc::clone(&rest));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, gateway, rest, calls, number: AtomicU64::new(100_000_000_000_001_000) }
    }

    /// From now on this token is the bot's, and no other.
    pub fn reset_token(&self, token: &str) {
        *self.rest.tokens.lock().unwrap() = vec![token.to_owned()];
    }

    /// What Discord is told next, beside heartbeats; nothing that it refuses.
    pub async fn next(&mut self) -> Call {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.calls.recv()).await;
            assert_eq!(*self.rest.wrong.lock().unwrap(), Vec::<String>::new());
            let call = next.expect("discord is told something").unwrap();
            if call.what != "heartbeat" {
                return call;
            }
        }
    }

    /// The next call of this kind; others before it are passed over.
    pub async fn next_of(&mut self, what: &str) -> Value {
        loop {
            let call = self.next().await;
            if call.what == what {
                return call.body;
            }
        }
    }

    /// Waits for a heartbeat.
    pub async fn heartbeat(&mut self) {
        let beating = async { while self.calls.recv().await.unwrap().what != "heartbeat" {} };
        tokio::time::timeout(PATIENCE, beating).await.expect("a heartbeat");
    }

    /// Whether nothing was told that was not looked at.
    pub fn is_quiet(&mut self) -> bool {
        loop {
            match self.calls.try_recv() {
                Ok(call) if call.what == "heartbeat" => {}
                Ok(_) => return false,
                Err(_) => return true,
            }
        }
    }

    /// An interaction of somebody, as Discord sends it.
    pub fn interaction(&self, user: &str, kind: u8, data: &Value) -> Value {
        let id = self.number.fetch_add(1, Ordering::Relaxed).to_string();
        let token = format!("aW50ZXJhY3Rpb246{id}");
        let handed = Handed { id: id.clone(), at: Instant::now(), answered: None };
        self.rest.interactions.lock().unwrap().insert(token.clone(), handed);
        let member = json!({
            "user": shapes::user(user, "kim"), "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false,
            "mute": false, "flags": 0, "pending": false, "permissions": "2147483648", "nick": null, "avatar": null,
            "premium_since": null, "communication_disabled_until": null,
        });
        let mut interaction = json!({
            "id": id, "application_id": APPLICATION, "type": kind, "data": data, "guild_id": GUILD, "channel_id": "100000000000000009",
            "channel": { "id": "100000000000000009", "type": 0, "name": "general", "permissions": "2147483648" },
            "guild": { "id": GUILD, "features": [], "locale": "en-US" },
            "member": member, "token": token, "version": 1, "app_permissions": "2147483648", "locale": "en-GB",
            "guild_locale": "en-US", "entitlements": [], "authorizing_integration_owners": { "0": GUILD }, "context": 0,
            "attachment_size_limit": 10_485_760,
        });
        if kind == 3 {
            interaction["message"] = shapes::shown(&json!({ "flags": 64 }));
        }
        interaction
    }

    /// An interaction got its first answer by the answer to the request that brought it.
    pub fn was_answered(&self, interaction: &Value, first: &Value) {
        let token = interaction["token"].as_str().unwrap();
        self.rest.interactions.lock().unwrap().get_mut(token).unwrap().answered = first["type"].as_u64();
    }

    /// Kim types the command with these options.
    pub fn types(&self, options: &[(&str, &str)]) -> Value {
        self.interaction(KIM, 2, &command(options, None))
    }

    /// Kim is typing the first option.
    pub fn is_typing(&self, option: (&str, &str)) -> Value {
        self.interaction(KIM, 4, &command(&[option], Some(option.0)))
    }

    /// Kim presses the button, or chooses the option, with this label in that message.
    pub fn presses(&self, message: &Value, label: &str) -> Value {
        let rows = message["components"].as_array().unwrap();
        let all = rows.iter().flat_map(|row| row["components"].as_array().unwrap());
        for one in all {
            if one["label"] == label {
                let data = json!({ "custom_id": one["custom_id"], "component_type": 2 });
                return self.interaction(KIM, 3, &data);
            }
            let chosen = one["options"].as_array().into_iter().flatten().find(|option| option["label"] == label);
            if let Some(chosen) = chosen {
                let data = json!({ "custom_id": one["custom_id"], "component_type": 3, "values": [chosen["value"]] });
                return self.interaction(KIM, 3, &data);
            }
        }
        panic!("no {label} in {message:#}");
    }
}

fn command(options: &[(&str, &str)], focused: Option<&str>) -> Value {
    let options: Vec<Value> = options
        .iter()
        .map(|(name, value)| {
            let mut option = json!({ "name": name, "type": 3, "value": value });
            if focused == Some(*name) {
                option["focused"] = json!(true);
            }
            option
        })
        .collect();
    json!({ "id": "100000000000000007", "name": "magiclink", "type": 1, "guild_id": GUILD, "options": options })
}
