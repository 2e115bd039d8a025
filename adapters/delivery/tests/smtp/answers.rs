//! What becomes of one mail, answer by answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use magiclink_delivery::smtp::{Accent, Brand, Carrier, Composer, EmailSender, Relay};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Message, Span};
use magiclink_domain::ports::{Look, NotNow, Sender, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_store::testing::ManualClock;
use uuid::Uuid;

use super::server::MailServer;

const LINK: &str = "https://portal.example.com/m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A";

impl MailServer {
    pub(crate) fn relay(&self, name: &str) -> Relay {
        self.relay_at(&self.url(name))
    }

    pub(crate) fn relay_at(&self, url: &str) -> Relay {
        let authority = std::fs::read(self.authority()).unwrap();
        Relay::new(url.parse().unwrap(), Some(&authority)).unwrap()
    }
}

pub(crate) fn composer() -> Composer {
    Composer {
        from: "Portal <links@portal.example>".parse().unwrap(),
        reply_to: None,
        brand: Brand { name: "Portal".to_owned(), logo: None, accent: Accent::default(), support_contact: None },
    }
}

fn sender(relay: Relay) -> Arc<EmailSender> {
    EmailSender::new(composer(), Arc::new(relay), Arc::new(ManualClock::default()))
}

fn message(nth: u128, to: &str) -> Message {
    Message {
        delivery: DeliveryId::from_uuid(Uuid::from_u128(nth)),
        link: Some(LinkId::from_uuid(Uuid::from_u128(1_000 + nth))),
        channel: Channel::Email,
        to: to.to_owned(),
        subject: Some("Your link to Wörld\r\nBcc: eve@example.com".to_owned()),
        paragraphs: vec![
            vec![Span::Text("Hello <b>Ana</b>,\n.\nMAIL FROM:<eve@example.com>".to_owned())],
            vec![Span::Link(LINK.to_owned())],
            vec![Span::Code("AB01-CD1Z".to_owned())],
        ],
        language: "en".to_owned(),
        valid_for: Lifetime::DAY,
    }
}

fn sent(sending: &Sending) -> String {
    let Sending::Sent { provider_id } = sending else { panic!("not sent: {sending:?}") };
    provider_id.clone()
}

fn not_now(sending: Sending) -> NotNow {
    let Sending::NotNow(not_now) = sending else { panic!("not put off: {sending:?}") };
    not_now
}

#[tokio::test]
async fn a_mail_arrives_byte_by_byte_encrypted_and_at_one_recipient() {
    let server = MailServer::start();
    for (nth, port) in (1..).zip(["implicit", "starttls", "login", "clear"]) {
        let message = message(nth, &format!("ok.{nth}@example.com"));
        assert_eq!(
            sent(&sender(server.relay(port)).send(&message).await),
            format!("{}@portal.example", message.delivery)
        );
        let took = server.took();
        let last = took.last().unwrap();
        assert_eq!(took.len(), usize::try_from(nth).unwrap(), "{port}");
        assert_eq!((last.from.as_str(), &last.to), ("links@portal.example", &vec![message.to.clone()]), "{port}");
        assert_eq!(last.encrypted, port != "clear", "{port}");
        let mail = composer().compose(&message, magiclink_domain::ports::Clock::now(&ManualClock::default())).unwrap();
        assert_eq!(
            (last.mail.trim_end().as_bytes(), last.id.as_str()),
            (mail.bytes().trim_ascii_end(), mail.id()),
            "{port}"
        );
    }
}

#[tokio::test]
async fn what_a_server_refuses_for_good_has_failed_in_its_words_and_ours() {
    let server = MailServer::start();
    let sender = sender(server.relay("clear"));
    for (nth, to, code, words) in [
        (1, "unknown.ana", "550 5.1.1", "there is no such mailbox (it says: […] no such user here)"),
        (2, "full.ana", "552 5.2.2", "this mailbox is full (it says: […] is over quota)"),
        (3, "relay.ana", "554", "the mail server refused it for good (it says: Relay access denied)"),
        (
            4,
            "spam.ana",
            "554 5.7.1",
            "the mail server refuses our mail (policy, or a filter against junk) (it says: your message to this house \
             looks like junk: […])",
        ),
    ] {
        let sending = sender.send(&message(nth, &format!("{to}@example.com"))).await;
        assert_eq!(sending, Sending::Failed { code: code.to_owned(), words: words.to_owned() }, "{to}");
    }
    assert!(server.took().is_empty());
    for to in ["a@example.com, b@example.com", "ana@example.com\r\nRCPT TO:<eve@example.com>", "+14155550100", ""] {
        let Sending::Failed { code, .. } = sender.send(&message(9, to)).await else { panic!("{to}") };
        assert_eq!(code, "invalid_address", "{to}");
    }
    assert!(server.took().is_empty());
}

#[tokio::test]
async fn what_a_server_does_not_take_now_is_tried_again_and_then_arrives_once() {
    let server = MailServer::start();
    let sender = sender(server.relay("starttls").with_patience(Duration::from_secs(4)));
    for (nth, to, code, whole_channel) in [
        (1, "grey.ana", "451 4.7.1", false),
        (2, "late.ana", "451 4.3.0", false),
        (3, "busy.ana", "421 4.3.2", true),
        (4, "drop.ana", "connection_lost", false),
        (5, "hole.ana", "no_answer", false),
    ] {
        let message = message(nth, &format!("{to}@example.com"));
        let begun = Instant::now();
        let put_off = not_now(sender.send(&message).await);
        assert!(begun.elapsed() < Duration::from_secs(9), "{to}: {:?}", begun.elapsed());
        assert_eq!((put_off.code.as_str(), put_off.whole_channel), (code, whole_channel), "{to}: {}", put_off.words);
        assert!(!put_off.words.contains("example.com"), "{to}: {}", put_off.words);
        assert!(server.took().iter().all(|took| took.to != [message.to.clone()]), "{to}");
        assert_eq!(sender.look_up(&message, Timestamp::default()).await, Look::Absent);
        sent(&sender.send(&message).await);
        assert_eq!(server.took().iter().filter(|took| took.to == [message.to.clone()]).count(), 1, "{to}");
    }
    assert_eq!(not_now(sender.send(&message(6, "crowded.ana@example.com")).await).code, "452 4.2.2");
}

#[tokio::test]
async fn once_the_content_is_out_only_an_answer_tells() {
    let server = MailServer::start();
    let sender = sender(server.relay("clear").with_patience(Duration::from_secs(3)));
    for (nth, to, taken) in [(1, "lost.ana", true), (2, "mute.ana", true), (3, "odd.ana", true), (4, "cut.ana", false)]
    {
        let message = message(nth, &format!("{to}@example.com"));
        let begun = Instant::now();
        assert_eq!(sender.send(&message).await, Sending::Unknown, "{to}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{to}: {:?}", begun.elapsed());
        assert_eq!(server.took().iter().any(|took| took.to == [message.to.clone()]), taken, "{to}");
    }
}

#[tokio::test]
async fn after_a_mail_that_was_given_up_the_next_ones_answer_is_its_own() {
    let server = MailServer::start();
    let sender = sender(server.relay("clear").with_patience(Duration::from_secs(3)));
    for nth in [1, 3] {
        assert_eq!(sender.send(&message(nth, &format!("mute.{nth}@example.com"))).await, Sending::Unknown);
        let refused = sender.send(&message(nth + 1, "unknown.ana@example.com")).await;
        assert!(matches!(&refused, Sending::Failed { code, .. } if code == "550 5.1.1"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_server_that_can_not_be_used_holds_up_the_channel_and_says_what_to_do() {
    let server = MailServer::start();
    let nobody = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() };
    let wrong = server.url("login").replace("word", "wrong");
    let at = |url: String| server.relay_at(&url).with_patience(Duration::from_secs(3));
    let system = Relay::new(server.url("implicit").parse().unwrap(), None).unwrap();
    for (what, relay, code, todo) in [
        (
            "nobody listens",
            at(format!("smtp://127.0.0.1:{nobody}")),
            "unreachable",
            "check smtp.url, and whether it runs",
        ),
        (
            "no such host",
            at("smtps://no-such-host.invalid".to_owned()),
            "unreachable",
            "check smtp.url and the network",
        ),
        ("no greeting", at(server.url("silent")), "no_answer", "tried again"),
        ("silent before TLS", at(format!("smtps://localhost:{}", server.port("silent"))), "no_answer", "tried again"),
        ("no mail from us", at(server.url("closed")), "554 5.3.2", "ask its operator"),
        ("wrong password", at(wrong), "535 5.7.8", "correct them in smtp.url"),
        ("unknown authority", system, "tls", "smtp.ca_file"),
        ("expired certificate", at(server.url("expired")), "tls", "smtp.ca_file"),
        ("another's certificate", at(server.url("stranger")), "tls", "check host name"),
        ("no TLS at all", at(format!("smtps://localhost:{}", server.port("clear"))), "tls", "port in smtp.url"),
        (
            "no STARTTLS",
            at(format!("smtp://localhost:{}?tls=required", server.port("clear"))),
            "tls",
            "without it nothing is sent",
        ),
        ("an answer before the encryption", at(server.url("injecting")), "tls", "can't be trusted"),
        ("no sign-in offered", at(server.url("clear").replace("//", "//u:p@")), "auth", "no way to sign in"),
        (
            "sign-in wanted",
            at(server.url("login").replace("portal%40example.com:p%2Fss%3Aword%25@", "")),
            "530 5.7.0",
            "put them into smtp.url",
        ),
        ("sender not allowed", at(server.url("no_sender")), "550 5.7.1", "smtp.from"),
    ] {
        let begun = Instant::now();
        let put_off = not_now(sender(relay.clone()).send(&message(1, "ok.ana@example.com")).await);
        assert_eq!((put_off.code.as_str(), put_off.whole_channel), (code, true), "{what}: {}", put_off.words);
        assert!(put_off.words.contains(todo), "{what}: {}", put_off.words);
        assert!(!put_off.words.contains("word%") && !put_off.words.contains("portal@"), "{what}: {}", put_off.words);
        assert!(begun.elapsed() < Duration::from_secs(8), "{what}: {:?}", begun.elapsed());
        if what != "sender not allowed" && what != "sign-in wanted" {
            assert_eq!(relay.check().await, Err(put_off.words), "{what}");
        }
    }
    assert!(server.took().is_empty());
}

#[tokio::test]
async fn a_check_sends_nothing() {
    let server = MailServer::start();
    for port in ["login", "implicit", "starttls", "clear"] {
        let words = server.relay(port).check().await.unwrap();
        assert!(words.contains(&format!(":{} answers and lets us in", server.port(port))), "{words}");
    }
    assert!(server.took().is_empty());
}

#[tokio::test]
async fn an_address_beyond_ascii_is_taken_where_the_server_can() {
    let server = MailServer::start();
    let message = message(1, "jörg@müller.example");
    sent(&sender(server.relay("implicit")).send(&message).await);
    assert_eq!(server.took()[0].to, ["jörg@xn--mller-kva.example"]);
    let Sending::Failed { code, words } = sender(server.relay("ascii")).send(&message).await else { panic!() };
    assert_eq!((code.as_str(), words.contains("beyond a to z")), ("smtputf8", true));
    assert_eq!(server.took().len(), 1);
}

#[tokio::test]
async fn many_at_once_keep_their_own_answers() {
    let server = MailServer::start();
    let sender = sender(server.relay("starttls"));
    let all: Vec<_> = (0..40)
        .map(|nth| {
            let (sender, ok) = (Arc::clone(&sender), nth % 2 == 0);
            let message = message(nth, &format!("{}.{nth}@example.com", if ok { "slow" } else { "unknown" }));
            tokio::spawn(async move { (ok, sender.send(&message).await) })
        })
        .collect();
    for one in all {
        let (ok, sending) = one.await.unwrap();
        assert_eq!(matches!(sending, Sending::Sent { .. }), ok, "{sending:?}");
        assert_eq!(matches!(sending, Sending::Failed { .. }), !ok, "{sending:?}");
    }
    assert_eq!(server.took().len(), 20);
}
