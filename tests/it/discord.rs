//! The whole story in Discord, by the gateway and by posted interactions: connect, command, text message, button, portal,
//! and the message that says so.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::chat::{between, code, now};
use crate::discord_server::{APPLICATION, Call, Discord, GUILD, KIM};
use crate::support::{Browser, Place, Server, text};

const TOKEN: &str = "made-up-bot-token";

/// How interactions reach the product.
enum Way {
    Gateway,
    /// Posted, and signed with this key.
    Http(Box<SigningKey>),
}

/// Discord, and Kim in front of it.
struct Chat {
    discord: Discord,
    way: Way,
}

impl Chat {
    async fn by(way: Way) -> Self {
        Self { discord: Discord::start(TOKEN).await, way }
    }

    /// A portal with Ana in it, that is configured for this Discord.
    fn place(&self) -> Place {
        let mut place = Place::new();
        let token = place.path().join("discord-token");
        std::fs::write(&token, TOKEN).unwrap();
        for (name, value) in [
            ("MAGICLINK__DISCORD__BOT_TOKEN_FILE", token.display().to_string()),
            ("MAGICLINK__DISCORD__APPLICATION_ID", APPLICATION.to_owned()),
            ("MAGICLINK__DISCORD__GUILD_ID", GUILD.to_owned()),
            ("MAGICLINK__DISCORD__API_BASE", self.discord.base.clone()),
        ] {
            place.environment.push((name, value));
        }
        if let Way::Http(key) = &self.way {
            let public = HEXLOWER.encode(key.verifying_key().as_bytes());
            self.discord.rest.knobs.lock().unwrap().key.clone_from(&public);
            place.environment.push(("MAGICLINK__DISCORD__MODE", "http".to_owned()));
            place.environment.push(("MAGICLINK__DISCORD__PUBLIC_KEY", public));
        }
        place.import_offerings();
        place.run(&["staff", "add", "--name", "Olga Owner", "--email", "olga@example.com", "--role", "owner"]).ok();
        let ana = place.json(&["contact", "add", "--name", "Ana Lima", "--phone", "+14155550100"]);
        place.run(&["grant", &text(&ana, "id"), "founders-circle"]).ok();
        place
    }

    /// Starts the product, and waits until Discord knows of it.
    async fn serve(&mut self, place: &Place) -> Server {
        let server = place.serve();
        if matches!(self.way, Way::Gateway) {
            self.discord.next_of("identify").await;
        }
        server
    }

    /// Kim types; what she reads then, and how long that took.
    async fn types(&mut self, server: &Server, typed: &str) -> (Duration, String) {
        let interaction = self.discord.types(&[("contact", typed)]);
        let begun = Instant::now();
        let message = self.does(server, &interaction).await;
        (begun.elapsed(), content(&message))
    }

    /// The message that comes of something that Kim does.
    async fn does(&mut self, server: &Server, interaction: &Value) -> Value {
        match &self.way {
            Way::Gateway => self.discord.gateway.dispatch("INTERACTION_CREATE", interaction),
            Way::Http(key) => {
                let first = posted(server, key, interaction).await;
                self.discord.was_answered(interaction, &first);
                if first["type"] == 4 {
                    return first["data"].clone();
                }
            }
        }
        self.next_message().await
    }

    /// What is read next.
    async fn next(&mut self) -> String {
        content(&self.next_message().await)
    }

    /// What is shown next; a picture's bytes are beside its message.
    async fn next_message(&mut self) -> Value {
        loop {
            let Call { what, body } = self.discord.next().await;
            match what.as_str() {
                // The answer comes later.
                "callback" if body["sent"]["type"] == 5 => {}
                "callback" => return body["sent"]["data"].clone(),
                "edit" => {
                    let mut message = body["sent"].clone();
                    message["file"] = body["file"].clone();
                    return message;
                }
                _ => {}
            }
        }
    }

    async fn next_with(&mut self, words: &str) -> String {
        loop {
            let said = self.next().await;
            if said.contains(words) {
                return said;
            }
        }
    }

    /// Olga connects; from then on Kim is her.
    async fn connects(&mut self, place: &Place, server: &Server) {
        let (_, stranger) = self.types(server, "ana").await;
        assert!(stranger.contains("/console/chat") && !stranger.contains("Ana Lima"), "{stranger}");
        let code = code(place, server).await;
        let (_, connected) = self.types(server, &format!("connect {code}")).await;
        assert!(connected.contains("Connected: here you are now"), "{connected}");
    }

    /// Kim presses *QR code*, also while no files are taken.
    async fn qr_code(&mut self) {
        let place = self.place();
        let server = self.serve(&place).await;
        self.connects(&place, &server).await;
        let made = self.discord.types(&[("contact", "ana to founders-circle")]);
        let made = self.does(&server, &made).await;
        assert!(content(&made).contains("/m/"), "{made:#}");
        let mut buttons =
            made["components"].as_array().unwrap().iter().flat_map(|row| row["components"].as_array().unwrap());
        let custom_id = &buttons.find(|button| button["label"] == "QR code").unwrap()["custom_id"];
        let pressed = json!({ "custom_id": custom_id, "component_type": 2 });
        let press = self.discord.interaction(KIM, 3, &pressed);
        let picture = self.does(&server, &press).await;
        assert!(picture["file"].as_array().unwrap().len() > 100, "{picture:#}");
        self.discord.rest.knobs.lock().unwrap().no_files = true;
        let press = self.discord.interaction(KIM, 3, &pressed);
        let instead = self.does(&server, &press).await;
        assert!(content(&instead).contains("The console shows it"), "{instead:#}");
        // What went wrong is logged, without the token that the address holds.
        let logged = async {
            while !server.output().contains("a picture could not be shown in discord") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), logged).await.expect("what went wrong is logged");
        let (made, output) = (content(&made), server.output());
        let link = between(&made, "/m/", ">");
        assert!(!output.contains("aW50ZXJhY3Rpb246") && !output.contains(link), "{output}");
        assert!(server.stop().success());
    }

    async fn story(&mut self) {
        let place = self.place();
        let server = self.serve(&place).await;
        self.connects(&place, &server).await;
        let (took, sent) = self.types(&server, "ana sms to founders-circle").await;
        assert!(sent.contains("SMS to \\+14155550100") && !sent.contains("/m/"), "{sent}");
        assert!(took < Duration::from_secs(3), "Discord gives up after three seconds: {took:?}");
        let delivered = self.next().await;
        assert!(delivered.contains(": sent") || delivered.contains(": delivered"), "{delivered}");
        let pressed = press(&server).await;
        assert_eq!(pressed.headers()["location"], "/portal/offerings/founders-circle");
        let told = self.next_with("Signed in at").await;
        assert!(!told.contains("/m/"), "{told}");
        let shown = place.run(&["config", "show"]).ok();
        assert!(!shown.contains(TOKEN), "{shown}");
        // Neither the bot's token nor any interaction's is ever logged.
        let output = server.output();
        assert!(!output.contains(TOKEN) && !output.contains("aW50ZXJhY3Rpb246"), "{output}");
        assert!(server.stop().success());
    }
}

/// Posts an interaction as Discord does; its first answer.
async fn posted(server: &Server, key: &SigningKey, interaction: &Value) -> Value {
    let (timestamp, body) = (now().to_string(), interaction.to_string());
    let signature = HEXLOWER.encode(&key.sign([timestamp.as_str(), &body].concat().as_bytes()).to_bytes());
    let answer = reqwest::Client::new()
        .post(format!("http://{}/hooks/discord/interactions", server.address))
        .header("content-type", "application/json")
        .header("x-signature-timestamp", timestamp)
        .header("x-signature-ed25519", signature)
        .body(body)
        .send();
    answer.await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

/// Ana presses the link of the last text message.
async fn press(server: &Server) -> reqwest::Response {
    let (_, phone) = Browser::new().page(&format!("{}/sandbox", server.base)).await;
    let token: String = between(&phone, "/m/", "<").chars().take(44).collect();
    Browser::new().press(&format!("{}/m/{token}", server.base)).await
}

fn content(message: &Value) -> String {
    message["content"].as_str().unwrap_or_else(|| panic!("{message:#}")).to_owned()
}

/// A key that nobody had before.
fn new_key() -> SigningKey {
    let mut bytes = [0; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    SigningKey::from_bytes(&bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_gateway_from_the_command_to_signed_in() {
    Chat::by(Way::Gateway).await.story().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_posted_interactions_from_the_command_to_signed_in() {
    Chat::by(Way::Http(Box::new(new_key()))).await.story().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_between_answer_and_edit_owes_nothing() {
    let mut chat = Chat::by(Way::Gateway).await;
    let place = chat.place();
    let server = chat.serve(&place).await;
    chat.connects(&place, &server).await;
    let (_, shown) = chat.types(&server, "ana").await;
    let token: String = between(&shown, "/m/", ">").chars().take(44).collect();
    server.kill();
    let server = chat.serve(&place).await;
    Browser::new().press(&format!("{}/m/{token}", server.base)).await;
    chat.next_with("Signed in at").await;
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_is_a_picture_by_either_way_and_no_token_is_logged() {
    Chat::by(Way::Gateway).await.qr_code().await;
    Chat::by(Way::Http(Box::new(new_key()))).await.qr_code().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_token_is_changed_in_its_file_and_no_command_is_lost() {
    let mut chat = Chat::by(Way::Gateway).await;
    let place = chat.place();
    let server = chat.serve(&place).await;
    chat.connects(&place, &server).await;
    chat.discord.reset_token("another-made-up-token");
    std::fs::write(place.path().join("discord-token"), "another-made-up-token\n").unwrap();
    assert_eq!(chat.discord.next_of("identify").await["token"], "another-made-up-token");
    let (_, help) = chat.types(&server, "help").await;
    assert!(help.contains("/magiclink"), "{help}");
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_role_for_chat_nobody_listens() {
    let chat = Chat::by(Way::Gateway).await;
    let place = chat.place();
    let server = Server::start(&place, &["--roles", "web,worker", "--sandbox"]);
    assert!(server.stop().success());
    let mut discord = chat.discord;
    assert!(discord.is_quiet());
}
