//! Socket Mode against a socket of our own.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::limits;
use super::stand_in::{House, read};

type Socket = WebSocketStream<TcpStream>;

async fn accepted(listener: &TcpListener) -> Socket {
    let accept = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        socket.send(Message::text(json!({ "type": "hello", "num_connections": 1 }).to_string())).await.unwrap();
        socket
    };
    tokio::time::timeout(Duration::from_secs(10), accept).await.expect("a socket is opened")
}

/// Sends an envelope, and reads its acknowledgement.
async fn deliver(socket: &mut Socket, kind: &str, id: &str, payload: &Value) -> Value {
    let envelope = json!({ "type": kind, "envelope_id": id, "payload": payload, "accepts_response_payload": true });
    socket.send(Message::text(envelope.to_string())).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(3), socket.next()).await.expect("within three seconds");
    let acknowledged: Value = serde_json::from_str(answer.unwrap().unwrap().to_text().unwrap()).unwrap();
    assert_eq!(acknowledged["envelope_id"], id);
    acknowledged
}

fn payload(house: &mut House, text: &str) -> Value {
    let fields = house.command("U1", text);
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Value::String(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn commands_come_over_a_socket_are_acknowledged_and_act_once() {
    let mut house = House::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    house.set_socket(&format!("ws://{}/link?ticket=1", listener.local_addr().unwrap()));
    assert!(house.is_socket_wanted());
    let listening = tokio::spawn(Arc::clone(&house.slack).keep_listening(std::future::pending()));
    let mut socket = accepted(&listener).await;
    assert_eq!(house.next().await.what, "apps.connections.open");
    let command = payload(&mut house, "ana@example.com");
    assert_eq!(deliver(&mut socket, "slash_commands", "e1", &command).await, json!({ "envelope_id": "e1" }));
    assert!(read(&house.next().await.body).contains("Magic link"));
    // Not acknowledged in time, Slack delivers once more.
    deliver(&mut socket, "slash_commands", "e1", &command).await;
    let typed = json!({
        "type": "block_suggestion", "value": "ana", "user": { "id": "U1" }, "team": { "id": "T1" }, "api_app_id": "A1",
    });
    let options = deliver(&mut socket, "interactive", "e2", &typed).await;
    assert_eq!(limits::options(&options["payload"]), None);
    assert_eq!(options["payload"]["options"][0]["text"]["text"], "Ana Lima");
    deliver(&mut socket, "events_api", "e3", &json!({})).await;
    // Told to reconnect, it does.
    socket
        .send(Message::text(json!({ "type": "disconnect", "reason": "refresh_requested" }).to_string()))
        .await
        .unwrap();
    let mut socket = accepted(&listener).await;
    assert_eq!(house.next().await.what, "apps.connections.open");
    let command = payload(&mut house, "help");
    deliver(&mut socket, "slash_commands", "e4", &command).await;
    assert!(read(&house.next().await.body).contains("/magiclink"));
    // Cut off, it comes back.
    drop(socket);
    accepted(&listener).await;
    listening.abort();
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn a_socket_is_opened_at_slack_alone() {
    let house = House::new().await;
    for url in
        ["wss://evil.example/link", "ws://evil.example/link", "https://slack.com", "wss://slack.com.evil.example/"]
    {
        house.set_socket(url);
        assert!(house.slack.api.open_socket("xapp-1").await.is_err(), "{url}");
    }
}
