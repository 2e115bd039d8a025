//! What the doctor finds where Slack and Discord call: an address that is tried as they would, on fronts that do it wrong.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::discord_server::{APPLICATION, Discord, GUILD};
use crate::support::{Place, Server};

const TOKEN: &str = "made-up-bot-token";
const SECRET: &str = "made-up-signing-secret";

/// What stands at the base URL.
#[derive(Clone)]
enum Front {
    /// A proxy before this address.
    Before(String),
    /// Answers everything with these lines of a head.
    Says(&'static str),
    /// Takes what comes, and says nothing.
    Silent,
}

/// A front on an address of this machine, and all that was sent to it.
struct Facade {
    address: String,
    front: Arc<Mutex<Front>>,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Facade {
    fn open(front: Front) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (front, heard) = (Arc::new(Mutex::new(front)), Arc::new(Mutex::new(vec![])));
        let (stands, hears) = (Arc::clone(&front), Arc::clone(&heard));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (front, hears) = (stands.lock().unwrap().clone(), Arc::clone(&hears));
                std::thread::spawn(move || serve(stream, &front, &hears));
            }
        });
        Self { address, front, heard }
    }

    fn becomes(&self, front: Front) {
        *self.front.lock().unwrap() = front;
    }

    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

fn serve(mut stream: TcpStream, front: &Front, heard: &Mutex<Vec<u8>>) {
    match front {
        Front::Before(address) => {
            let mut behind = TcpStream::connect(address).unwrap();
            let (mut back, mut out) = (behind.try_clone().unwrap(), stream.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut back, &mut out));
            drop(std::io::copy(&mut stream, &mut behind));
        }
        Front::Says(head) => {
            let mut part = [0; 4096];
            // One read is one small request; the connection ends with its answer.
            let read = stream.read(&mut part).unwrap_or_default();
            heard.lock().unwrap().extend(&part[..read]);
            drop(write!(stream, "HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
        }
        Front::Silent => drop(stream.read_to_end(&mut vec![])),
    }
}

/// A portal that both platforms call at this base URL.
async fn place(base_url: &str) -> (Place, Discord) {
    // What Slack says of the token is of no matter here.
    let slack = Facade::open(Front::Says("200 OK"));
    let discord = Discord::start(TOKEN).await;
    let key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    {
        let mut knobs = discord.rest.knobs.lock().unwrap();
        knobs.endpoint = Some("https://portal.example.com/hooks/discord/interactions".to_owned());
        key.clone_into(&mut knobs.key);
    }
    let mut place = Place::new();
    for (name, value) in [
        ("MAGICLINK__SERVER__BASE_URL", base_url),
        ("MAGICLINK__DISCORD__BOT_TOKEN", TOKEN),
        ("MAGICLINK__DISCORD__APPLICATION_ID", APPLICATION),
        ("MAGICLINK__DISCORD__GUILD_ID", GUILD),
        ("MAGICLINK__DISCORD__API_BASE", &discord.base),
        ("MAGICLINK__DISCORD__MODE", "http"),
        ("MAGICLINK__DISCORD__PUBLIC_KEY", key),
        ("MAGICLINK__SLACK__BOT_TOKEN", TOKEN),
        ("MAGICLINK__SLACK__SIGNING_SECRET", SECRET),
        ("MAGICLINK__SLACK__TEAM_ID", "T1"),
        ("MAGICLINK__SLACK__API_BASE", &format!("http://{}/api", slack.address)),
    ] {
        place.environment.push((name, value.to_owned()));
    }
    place.import_offerings();
    (place, discord)
}

/// What the doctor says of the calls of both platforms: verdict and words.
fn calls(place: &Place) -> [(String, String); 2] {
    let said = place.run(&["doctor", "--json"]);
    let said: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    ["slack's calls", "discord's calls"].map(|what| {
        let findings = said["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["what"] == what).unwrap_or_else(|| panic!("{said:#}"));
        let text = |field: &str| finding[field].as_str().unwrap().to_owned();
        (text("verdict"), text("words"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_ours_and_refuses_what_nobody_signed_is_fine() {
    let facade = Facade::open(Front::Silent);
    let (place, _discord) = place(&format!("http://{}", facade.address)).await;
    let server = place.serve();
    facade.becomes(Front::Before(server.address.clone()));
    for (verdict, words) in calls(&place) {
        assert_eq!(verdict, "ok", "{words}");
        assert!(words.contains(&facade.address) && words.contains("is ours"), "{words}");
    }
    assert!(!server.output().contains("x-magiclink-knock"), "{}", server.output());
    // Another installation refuses as well, and has other keys.
    let (stranger, _other) = self::place(&format!("http://{}", facade.address)).await;
    let stranger = stranger.serve();
    facade.becomes(Front::Before(stranger.address.clone()));
    for (verdict, words) in calls(&place) {
        assert!(verdict == "BAD" && words.contains("is not this installation"), "{words}");
    }
    // Nodes without the role for chat have no such address.
    let mut elsewhere = Place::new();
    elsewhere.environment.clone_from(&place.environment);
    let web = Server::start(&elsewhere, &["--roles", "web"]);
    facade.becomes(Front::Before(web.address.clone()));
    for (verdict, words) in calls(&place) {
        assert!(verdict == "BAD" && words.contains("404") && words.contains("role bots"), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_does_it_wrong_is_named_with_the_remedy() {
    let facade = Facade::open(Front::Silent);
    let (place, _discord) = place(&format!("http://{}", facade.address)).await;
    for (front, remedies) in [
        (Front::Says("200 OK"), ["answers 200", "not us"]),
        (Front::Says("204 No Content"), ["answers 204", "not us"]),
        (
            Front::Says("301 Moved Permanently\r\nlocation: http://127.0.0.1:9/elsewhere"),
            ["127.0.0.1:9/elsewhere", "base_url"],
        ),
        (Front::Says("308 Permanent Redirect"), ["answers 308", "follows nobody"]),
        (Front::Says("401 Unauthorized\r\nwww-authenticate: Basic"), ["password", "/hooks/"]),
        (Front::Says("401 Unauthorized"), ["not this installation", "restart"]),
        (
            Front::Says("401 Unauthorized\r\nx-magiclink-knock: 00112233445566778899aabbccddeeff"),
            ["not this", "base_url"],
        ),
        (Front::Says("403 Forbidden"), ["answers 403", "firewall"]),
        (Front::Says("404 Not Found"), ["answers 404", "role bots"]),
        (Front::Says("502 Bad Gateway"), ["answers 502", "magiclink serve"]),
        (Front::Silent, ["within five seconds", "magiclink serve"]),
    ] {
        facade.becomes(front);
        for (verdict, words) in calls(&place) {
            assert_eq!(verdict, "BAD", "{words}");
            for remedy in remedies {
                assert!(words.contains(remedy), "{remedy}: {words}");
            }
        }
    }
    let heard = facade.heard();
    assert!(
        heard.contains("POST /hooks/discord/interactions") && heard.contains("POST /hooks/slack/commands"),
        "{heard}"
    );
    assert!(!heard.contains(TOKEN) && !heard.contains(SECRET) && !heard.contains("authorization"), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_is_at_is_named_with_why() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (gone, _discord) = place(&format!("http://{nobody}")).await;
    for (verdict, words) in calls(&gone) {
        assert!(verdict == "BAD" && words.contains("refused") && words.contains("magiclink serve"), "{words}");
    }
    let facade = Facade::open(Front::Says("200 OK"));
    let (plain, _other) = place(&format!("https://{}", facade.address)).await;
    for (verdict, words) in calls(&plain) {
        assert!(verdict == "BAD" && words.contains("can't be reached") && words.contains("certificate"), "{words}");
    }
}
