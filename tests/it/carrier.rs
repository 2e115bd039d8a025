//! A stand-in of Twilio that fails as told, and keeps a ledger of what it took.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use magiclink_domain::ports::Clock as _;
use magiclink_store::SystemClock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a number's first message; all later ones are taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Taken, and said so.
    Taken,
    /// Taken, and said so late.
    Slow,
    /// Not taken: a fault of the vendor's own.
    Down,
    /// Not taken: too many requests.
    Busy,
    /// Taken, and told that it was not.
    Denied,
    /// The answer breaks off in the middle.
    Cut {
        /// Whether it was taken.
        taken: bool,
    },
    /// No answer ever comes.
    BlackHole {
        /// Whether it was taken.
        taken: bool,
    },
}

impl Fate {
    /// Whether the sender can find out what became of it.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Cut { taken: false } | Self::BlackHole { taken: false })
    }
}

/// One message in the ledger.
#[derive(Clone, Debug)]
struct Taken {
    to: String,
    body: String,
    made: String,
}

/// The stand-in.
#[derive(Clone)]
pub struct Carrier {
    fate: fn(&str) -> Fate,
    pace: Duration,
    ledger: Arc<Mutex<Vec<Taken>>>,
    asked: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Carrier {
    /// One that does this with the first message to each number, and takes this long for every answer.
    pub fn new(fate: fn(&str) -> Fate, pace: Duration) -> Self {
        Self { fate, pace, ledger: Arc::default(), asked: Arc::default() }
    }

    /// Listens there, for as long as the test runs.
    pub async fn listen(&self, address: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, carrier) = (listener.local_addr().unwrap(), self.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(carrier.clone().answer(stream));
            }
        });
        address
    }

    /// How many messages to this number it took.
    pub fn took(&self, number: &str) -> usize {
        self.ledger.lock().unwrap().iter().filter(|taken| taken.to == number).count()
    }

    /// How many messages it took altogether.
    pub fn total(&self) -> usize {
        self.ledger.lock().unwrap().len()
    }

    async fn answer(self, mut stream: TcpStream) {
        let Some((line, body)) = read(&mut stream).await else { return };
        if line.starts_with("GET") {
            let query = line.split_once('?').map_or("", |(_, query)| query);
            let page = self.page(&field(query, "To"));
            return say(&mut stream, 200, "", &page).await;
        }
        let (to, text) = (field(&body, "To"), field(&body, "Body"));
        let attempt = {
            let mut asked = self.asked.lock().unwrap();
            let attempt = asked.entry(to.clone()).or_default();
            *attempt += 1;
            *attempt
        };
        let fate = if attempt == 1 { (self.fate)(&to) } else { Fate::Taken };
        tokio::time::sleep(self.pace).await;
        if !matches!(fate, Fate::Down | Fate::Busy | Fate::Cut { taken: false } | Fate::BlackHole { taken: false }) {
            self.take(&to, text);
        }
        let took = json!({ "sid": format!("SM{:032x}", self.total()), "status": "queued", "error_code": null });
        match fate {
            Fate::Taken => say(&mut stream, 201, "", &took).await,
            Fate::Slow => {
                tokio::time::sleep(Duration::from_secs(3)).await;
                say(&mut stream, 201, "", &took).await;
            }
            Fate::Down => say(&mut stream, 503, "", &json!({ "code": 20500, "status": 503 })).await,
            Fate::Denied => say(&mut stream, 500, "", &json!({ "code": 20500, "status": 500 })).await,
            Fate::Busy => say(&mut stream, 429, "retry-after: 1\r\n", &json!({ "code": 20429, "status": 429 })).await,
            Fate::Cut { .. } => {
                write(&mut stream, "HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"sid\":\"SM").await;
            }
            Fate::BlackHole { .. } => std::future::pending().await,
        }
    }

    fn take(&self, to: &str, body: String) {
        let made = SystemClock.now().to_datetime().format("%a, %d %b %Y %H:%M:%S +0000").to_string();
        self.ledger.lock().unwrap().push(Taken { to: to.to_owned(), body, made });
    }

    fn page(&self, to: &str) -> Value {
        let ledger = self.ledger.lock().unwrap();
        let ours = ledger.iter().enumerate().filter(|(_, taken)| taken.to == to);
        let message = |(nth, taken): (usize, &Taken)| {
            json!({ "sid": format!("SM{nth:032x}"), "status": "sent", "error_code": null, "to": taken.to,
                    "body": taken.body, "date_created": taken.made })
        };
        json!({ "messages": ours.map(message).collect::<Vec<_>>() })
    }
}

fn field(form: &str, name: &str) -> String {
    let url = reqwest::Url::parse(&format!("http://form/?{form}")).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

async fn say(stream: &mut TcpStream, status: u16, headers: &str, body: &Value) {
    let body = body.to_string();
    let head =
        format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    write(stream, &format!("{head}{body}")).await;
}

/// The other end may be gone.
async fn write(stream: &mut TcpStream, text: &str) {
    drop(stream.write_all(text.as_bytes()).await);
}

/// The request's line and body, unless the other end goes away before it is complete.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let (mut bytes, mut buffer) = (vec![], [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
                return Some((line, body.to_owned()));
            }
        }
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
}
