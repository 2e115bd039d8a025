//! Socket Mode: the same requests over a websocket that we open, for installations that Slack can't reach.
//!
//! Apart from the hooks because there is no signature: the socket's address, asked for with the app's token, is the proof.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Slack;
use super::hooks::is_first;
use super::incoming::{Command, Interaction};

/// The first wait before connecting anew; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Slack pings more often than this; silence means that the connection is gone.
const SILENCE: Duration = Duration::from_mins(1);
/// How long an open connection may take to be made.
const PATIENCE: Duration = Duration::from_secs(15);

/// What arrives on the socket.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, rename = "envelope_id")]
    id: Option<String>,
    #[serde(default)]
    payload: Value,
}

/// Why a connection ended.
enum Ended {
    /// Slack said so, or closed it: a new one at once.
    ByThem,
    /// Something broke: a new one after a while.
    Broken,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Slack {
    /// Keeps a socket open until `stop`, where there is an app token.
    pub async fn keep_listening(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let mut wait = FIRST_WAIT;
        loop {
            let ended = tokio::select! { ended = self.listen() => ended, () = &mut stop => return };
            match ended {
                Ok(Ended::ByThem) => {
                    wait = FIRST_WAIT;
                    continue;
                }
                Ok(Ended::Broken) => wait = FIRST_WAIT,
                Err(why) => {
                    tracing::warn!(why, "socket mode is down; trying again");
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
            tokio::select! { () = tokio::time::sleep(wait) => {}, () = &mut stop => return }
        }
    }

    /// Opens one socket, and serves it to its end.
    async fn listen(self: &Arc<Self>) -> Result<Ended, String> {
        let secrets = self.secrets.secrets();
        let token = secrets.app_token.as_deref().ok_or("there is no app token: set slack.app_token")?;
        let url = self.api.open_socket(token).await.map_err(|error| error.to_string())?;
        let opened = tokio::time::timeout(PATIENCE, tokio_tungstenite::connect_async(url)).await;
        // The address holds a ticket: it is not told.
        let (mut socket, _) =
            opened.map_err(|_| "slack took too long")?.map_err(|_| "the socket could not be opened")?;
        tracing::info!("socket mode is up");
        loop {
            let message = match tokio::time::timeout(SILENCE, socket.next()).await {
                Ok(Some(Ok(message))) => message,
                Ok(None) => return Ok(Ended::ByThem),
                Ok(Some(Err(_))) | Err(_) => return Ok(Ended::Broken),
            };
            if let Message::Text(text) = message
                && let Some(ended) = self.take_envelope(&mut socket, &text).await
            {
                return Ok(ended);
            }
        }
    }

    async fn take_envelope(self: &Arc<Self>, socket: &mut Socket, text: &str) -> Option<Ended> {
        let Ok(envelope) = serde_json::from_str::<Envelope>(text) else { return None };
        if envelope.kind == "disconnect" {
            return Some(Ended::ByThem);
        }
        let id = envelope.id?;
        // An envelope that is not acknowledged comes again, perhaps to another node: it acts once, and is acknowledged.
        let answer = match is_first(self, &format!("envelope:{id}"), self.now()).await {
            Ok(true) => self.take_payload(&envelope.kind, envelope.payload).await,
            Ok(false) => None,
            Err(()) => return None,
        };
        let acknowledgement = match answer {
            Some(payload) => json!({ "envelope_id": id, "payload": payload }),
            None => json!({ "envelope_id": id }),
        };
        let sent = socket.send(Message::text(acknowledgement.to_string())).await;
        sent.is_err().then_some(Ended::Broken)
    }

    async fn take_payload(self: &Arc<Self>, kind: &str, payload: Value) -> Option<Value> {
        match kind {
            "slash_commands" => self.take_command(serde_json::from_value::<Command>(payload).ok()?),
            "interactive" => self.take_interaction(serde_json::from_value::<Interaction>(payload).ok()?).await,
            _ => None,
        }
    }
}
