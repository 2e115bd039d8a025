//! The gateway's side of the websocket, as Discord documents it: hello, identify, ready, heartbeats, resume, close codes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::sync::mpsc::UnboundedSender;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Call;

/// What a test does to every open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Push {
    /// Sends what lies in the session and was not sent on this connection.
    Dispatch,
    /// Opcode 7.
    Reconnect,
    /// Opcode 9, with whether the session can be resumed.
    Invalidate(bool),
    /// A close frame with this code.
    Close(u16),
    /// The connection breaks without a word.
    Cut,
}

/// A session, which outlives its connections.
struct Session {
    token: String,
    /// What was dispatched in it, from sequence number 1 on.
    events: Vec<Value>,
}

/// The gateway.
pub struct Gateway {
    pub address: String,
    application: String,
    tokens: Arc<Mutex<Vec<String>>>,
    sessions: Mutex<HashMap<String, Session>>,
    push: broadcast::Sender<Push>,
    calls: UnboundedSender<Call>,
    pub knobs: Mutex<Knobs>,
}

/// What a test sets.
#[derive(Debug)]
pub struct Knobs {
    /// Milliseconds between heartbeats.
    pub heartbeat: u64,
    /// Heartbeats are answered.
    pub acknowledges: bool,
    /// Connections are taken.
    pub is_open: bool,
    /// Bots may ask for these intents.
    pub intents: u64,
}

/// Why a connection ends.
enum End {
    Code(u16),
    Silent,
}

type Socket = WebSocketStream<TcpStream>;

/// What one connection knows.
#[derive(Default)]
struct Link {
    session: Option<String>,
    sent: usize,
}

impl Gateway {
    pub async fn start(application: &str, tokens: Arc<Mutex<Vec<String>>>, calls: UnboundedSender<Call>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Arc::new(Self {
            address: listener.local_addr().unwrap().to_string(),
            application: application.to_owned(),
            tokens,
            sessions: Mutex::default(),
            push: broadcast::channel(64).0,
            calls,
            knobs: Mutex::new(Knobs { heartbeat: 41_250, acknowledges: true, is_open: true, intents: 0 }),
        });
        let serving = Arc::clone(&gateway);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Not open: the connection breaks before a word.
                if serving.knobs.lock().unwrap().is_open {
                    tokio::spawn(Arc::clone(&serving).serve(stream));
                }
            }
        });
        gateway
    }

    /// Lets something happen in every session; it is sent now, or when the session is resumed.
    pub fn dispatch(&self, kind: &str, data: &Value) {
        for session in self.sessions.lock().unwrap().values_mut() {
            session.events.push(json!({ "t": kind, "d": data }));
        }
        self.push(Push::Dispatch);
    }

    /// Does this to every open connection.
    pub fn push(&self, push: Push) {
        // Nobody is connected, perhaps.
        drop(self.push.send(push));
    }

    /// Forgets every session: none can be resumed.
    pub fn forget(&self) {
        self.sessions.lock().unwrap().clear();
    }

    fn told(&self, what: &str, body: Value) {
        drop(self.calls.send(Call { what: what.to_owned(), body }));
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let mut path = String::new();
        #[expect(clippy::result_large_err, reason = "the handshake asks for an answer of this type")]
        let note = |request: &Request, response: Response| {
            path = request.uri().to_string();
            Ok(response)
        };
        let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, note).await else { return };
        // "v" is asked for in the documentation's first step.
        let end = if path.contains("v=10") { self.talk(&mut socket, &path).await } else { End::Code(4012) };
        if let End::Code(code) = end {
            let frame = CloseFrame { code: code.into(), reason: "".into() };
            drop(socket.close(Some(frame)).await);
        }
    }

    async fn talk(&self, socket: &mut Socket, path: &str) -> End {
        let mut push = self.push.subscribe();
        let mut link = Link::default();
        let heartbeat = self.knobs.lock().unwrap().heartbeat;
        if say(socket, &json!({ "op": 10, "d": { "heartbeat_interval": heartbeat } })).await.is_err() {
            return End::Silent;
        }
        loop {
            let done = tokio::select! {
                pushed = push.recv() => match pushed {
                    Ok(pushed) => self.pushed(socket, &mut link, pushed).await,
                    Err(_) => return End::Silent,
                },
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                        Ok(payload) => self.taken(socket, &mut link, &payload, path).await,
                        Err(_) => Err(End::Code(4002)),
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Silent,
                    Some(Ok(_)) => Ok(()),
                },
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn pushed(&self, socket: &mut Socket, link: &mut Link, push: Push) -> Result<(), End> {
        match push {
            Push::Dispatch => self.flush(socket, link).await,
            Push::Reconnect => say(socket, &json!({ "op": 7, "d": null })).await,
            Push::Invalidate(resumable) => say(socket, &json!({ "op": 9, "d": resumable })).await,
            Push::Close(code) => Err(End::Code(code)),
            Push::Cut => Err(End::Silent),
        }
    }

    async fn taken(&self, socket: &mut Socket, link: &mut Link, payload: &Value, path: &str) -> Result<(), End> {
        let data = &payload["d"];
        match payload["op"].as_u64() {
            Some(1) => self.heartbeat(socket, link, data).await,
            Some(2) => self.identify(socket, link, data).await,
            Some(6) => self.resume(socket, link, data, path).await,
            // Anything else wants a session.
            Some(3 | 4 | 8) if link.session.is_none() => Err(End::Code(4003)),
            Some(3 | 4 | 8) => Ok(()),
            _ => Err(End::Code(4001)),
        }
    }

    async fn heartbeat(&self, socket: &mut Socket, link: &Link, data: &Value) -> Result<(), End> {
        let last = data.as_u64().unwrap_or_default();
        if last > u64::try_from(link.sent).unwrap() {
            return Err(End::Code(4007));
        }
        self.told("heartbeat", data.clone());
        if self.knobs.lock().unwrap().acknowledges { say(socket, &json!({ "op": 11 })).await } else { Ok(()) }
    }

    async fn identify(&self, socket: &mut Socket, link: &mut Link, data: &Value) -> Result<(), End> {
        if link.session.is_some() {
            return Err(End::Code(4005));
        }
        let token = self.known(data)?;
        let intents = data["intents"].as_u64().ok_or(End::Code(4013))?;
        if intents & !self.knobs.lock().unwrap().intents != 0 {
            return Err(End::Code(4014));
        }
        if !["os", "browser", "device"].iter().all(|name| data["properties"][name].is_string()) {
            return Err(End::Code(4002));
        }
        let id = {
            let mut sessions = self.sessions.lock().unwrap();
            let id = format!("session{}", sessions.len() + 1);
            let ready = json!({ "t": "READY", "d": self.ready(&id) });
            sessions.insert(id.clone(), Session { token: token.clone(), events: vec![ready] });
            id
        };
        *link = Link { session: Some(id), sent: 0 };
        self.flush(socket, link).await?;
        self.told("identify", json!({ "token": token, "intents": intents, "shard": data["shard"] }));
        Ok(())
    }

    async fn resume(&self, socket: &mut Socket, link: &mut Link, data: &Value, path: &str) -> Result<(), End> {
        let token = self.known(data)?;
        let (id, last) = (data["session_id"].as_str().unwrap_or_default(), data["seq"].as_u64().unwrap_or(u64::MAX));
        let last = usize::try_from(last).unwrap();
        let known = self.sessions.lock().unwrap().get(id).map(|session| (session.token == token, session.events.len()));
        match known {
            None => return say(socket, &json!({ "op": 9, "d": false })).await,
            Some((false, _)) => return Err(End::Code(4004)),
            Some((true, events)) if last > events => return Err(End::Code(4007)),
            Some((true, events)) => {
                self.told("resume", json!({ "missed": events - last, "path": path }));
            }
        }
        *link = Link { session: Some(id.to_owned()), sent: last };
        self.flush(socket, link).await?;
        // What was missed comes first.
        if let Some(session) = self.sessions.lock().unwrap().get_mut(id) {
            session.events.push(json!({ "t": "RESUMED", "d": {} }));
        }
        self.flush(socket, link).await
    }

    /// The token of an identify or resume; with or without `Bot `.
    fn known(&self, data: &Value) -> Result<String, End> {
        let token = data["token"].as_str().unwrap_or_default().trim_start_matches("Bot ").to_owned();
        let known = self.tokens.lock().unwrap().contains(&token);
        if known { Ok(token) } else { Err(End::Code(4004)) }
    }

    /// Sends what was not sent yet.
    async fn flush(&self, socket: &mut Socket, link: &mut Link) -> Result<(), End> {
        let Some(id) = &link.session else { return Ok(()) };
        let events = self.sessions.lock().unwrap().get(id).map(|session| session.events.clone()).unwrap_or_default();
        for (nth, event) in events.iter().enumerate().skip(link.sent) {
            say(socket, &json!({ "op": 0, "s": nth + 1, "t": event["t"], "d": event["d"] })).await?;
        }
        link.sent = events.len();
        Ok(())
    }

    fn ready(&self, session: &str) -> Value {
        json!({
            "v": 10,
            "user": {
                "id": self.application, "username": "magiclink", "discriminator": "0000", "global_name": null, "avatar": null,
                "bot": true, "verified": true, "mfa_enabled": true, "email": null, "flags": 0, "public_flags": 0,
            },
            "guilds": [{ "id": super::GUILD, "unavailable": true }],
            "session_id": session,
            "resume_gateway_url": format!("ws://{}/resumed/", self.address),
            "shard": [0, 1],
            "application": { "id": self.application, "flags": 0 },
        })
    }
}

async fn say(socket: &mut Socket, payload: &Value) -> Result<(), End> {
    socket.send(Message::text(payload.to_string())).await.map_err(|_| End::Silent)
}
