use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::ports::Sending;
use serde::Deserialize;

use super::*;
use crate::twilio::sign;

const BASE: &str = "https://portal.example.com";
const LINK: &str = "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0";
const DELIVERY: &str = "5b1e6c2d-0f3a-8b4c-9d5e-6f7a8b9c0d1e";
const SID: &str = "SM0123456789abcdef0123456789abcdef";

/// Signatures that the vendor's own library made.
#[derive(Deserialize)]
struct Vectors {
    auth_token: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    params: Vec<(String, String)>,
    algorithm: String,
    signature: String,
    verify_url: String,
    valid: bool,
}

fn hooks(base: &str, kind: SignatureKind, secrets: &[&str]) -> TwilioHooks {
    let secrets = secrets.iter().map(|secret| AuthToken::example(secret)).collect();
    TwilioHooks { bases: spellings(base), kind, secrets }
}

fn ours(secrets: &[&str]) -> TwilioHooks {
    hooks(BASE, SignatureKind::Sha1, secrets)
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Scheme, host and port; path and query.
fn split(url: &str) -> (&str, &str) {
    let host = url.find("://").unwrap() + 3;
    url.split_at(host + url[host..].find('/').unwrap())
}

#[test]
fn the_vendors_own_library_and_we_agree_on_every_signature() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/twilio-signatures.json")).unwrap();
    assert_eq!(vectors.cases.len(), 71);
    for case in &vectors.cases {
        let (base, path_and_query) = split(&case.verify_url);
        let (kind, other) = match case.algorithm.as_str() {
            "HMAC_SHA1" => (SignatureKind::Sha1, SignatureKind::Sha256),
            "HMAC_SHA256" => (SignatureKind::Sha256, SignatureKind::Sha1),
            other => panic!("{other}"),
        };
        let request = HookRequest { path_and_query, fields: &case.params, signature: &case.signature };
        let checked = |kind, secrets: &[&str]| hooks(base, kind, secrets).is_genuine(&request);
        let token = vectors.auth_token.as_str();
        assert_eq!(checked(kind, &[token]), case.valid, "{}", case.verify_url);
        assert_eq!(checked(kind, &["new", token]), case.valid, "while the token is being rotated");
        assert!(!checked(kind, &["new"]), "after it was");
        assert!(!checked(other, &[token]), "the operator decides which hash it is, not the request");
    }
}

/// A status report as it comes, signed.
fn report_of(status: &[(&str, &str)]) -> Option<Report> {
    let path_and_query = format!("/hooks/twilio/status?link={LINK}&delivery={DELIVERY}");
    let fields = fields(&[&[("MessageSid", SID), ("To", "+14155550100")], status].concat());
    ours(&["token"]).report(&HookRequest { path_and_query: &path_and_query, fields: &fields, signature: "" })
}

#[test]
fn every_status_says_how_the_delivery_stands() {
    for status in ["accepted", "scheduled", "queued", "sending", "sent"] {
        let report = report_of(&[("MessageStatus", status)]).unwrap();
        assert_eq!(report.link, LINK.parse::<LinkId>().unwrap());
        assert_eq!(report.delivery, DELIVERY.parse::<DeliveryId>().unwrap());
        assert_eq!(report.outcome, Sending::Sent { provider_id: SID.to_owned() }, "{status}");
    }
    for status in ["delivered", "read"] {
        assert_eq!(report_of(&[("MessageStatus", status)]).unwrap().outcome, Sending::Delivered, "{status}");
    }
    for (status, error, code, word) in [
        ("undelivered", "30006", "30006", "landline"),
        ("failed", "30003", "30003", "reached"),
        ("failed", "30007", "30007", "spam"),
        ("undelivered", "99999", "99999", "Twilio"),
        ("undelivered", "", "undelivered", "does not say why"),
        ("canceled", "", "canceled", "cancelled"),
    ] {
        let Sending::Failed { code: told, words } =
            report_of(&[("MessageStatus", status), ("ErrorCode", error)]).unwrap().outcome
        else {
            panic!("{status} {error}")
        };
        assert_eq!(told, code);
        assert!(words.contains(word), "{words}");
    }
    for status in ["failed", "undelivered"] {
        let outcome = report_of(&[("MessageStatus", status), ("ErrorCode", "21610")]).unwrap().outcome;
        assert!(matches!(&outcome, Sending::OptedOut { code, words } if code == "21610" && words.contains("STOP")));
    }
}

#[test]
fn what_is_no_news_of_a_delivery_is_ignored() {
    for status in ["receiving", "received", "", "DELIVERED", "teleported"] {
        assert_eq!(report_of(&[("MessageStatus", status)]), None, "{status}");
    }
    assert_eq!(report_of(&[("SmsStatus", "sent")]), None, "the older name alone");
    assert_eq!(report_of(&[("MessageStatus", "sent"), ("NewField", "x")]).unwrap().link, LINK.parse().unwrap());
    let hooks = ours(&["token"]);
    let fields = fields(&[("MessageSid", SID), ("MessageStatus", "sent")]);
    for path_and_query in [
        "/hooks/twilio/status".to_owned(),
        format!("/hooks/twilio/status?link={LINK}"),
        format!("/hooks/twilio/status?link={LINK}&delivery=1"),
        format!("/hooks/twilio/status?link=&delivery={DELIVERY}"),
    ] {
        let request = HookRequest { path_and_query: &path_and_query, fields: &fields, signature: "" };
        assert_eq!(hooks.report(&request), None, "{path_and_query}");
    }
}

#[test]
fn an_incoming_message_is_read_as_it_came() {
    let read = |pairs: &[(&str, &str)]| {
        let fields = fields(pairs);
        ours(&["token"]).incoming(&HookRequest { path_and_query: "/", fields: &fields, signature: "" })
    };
    let pairs = [("From", "+14155550100"), ("Body", " Stop \n"), ("MessageSid", SID), ("NumMedia", "0")];
    let sms = read(&pairs).unwrap();
    assert_eq!((sms.id.as_str(), sms.from.as_str(), sms.text.as_str()), (SID, "+14155550100", " Stop \n"));
    assert_eq!(sms.understood, None);
    for (word, understood) in [
        ("STOP", Some(Keyword::Stop)),
        ("START", Some(Keyword::Start)),
        ("HELP", Some(Keyword::Help)),
        ("", None),
        ("NEW", None),
    ] {
        assert_eq!(read(&[&pairs[..], &[("OptOutType", word)]].concat()).unwrap().understood, understood, "{word}");
    }
    assert_eq!(read(&[("From", "+14155550100"), ("MessageSid", SID)]).unwrap().text, "", "a picture");
    assert!(read(&[("From", "+14155550100"), ("Body", "x"), ("MessageSid", "")]).is_none());
    assert!(read(&[("Body", "x"), ("MessageSid", SID)]).is_none());
}

#[test]
fn an_answer_is_one_message_or_nothing_whatever_its_words() {
    let hooks = ours(&["token"]);
    assert_eq!(hooks.reply(None), NOTHING);
    let head = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>"#;
    let tail = "</Message></Response>";
    assert_eq!(hooks.reply(Some("Portal: text LOGIN.")), format!("{head}Portal: text LOGIN.{tail}"));
    for words in
        ["</Message><Redirect>http://evil.example</Redirect><Message>", "&amp;<![CDATA[", "a\u{0}b\u{8}\u{1b}c"]
    {
        let reply = hooks.reply(Some(words));
        let inner = reply.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)).unwrap();
        assert!(!inner.contains(['<', '>']) && !inner.contains(char::is_control), "{inner}");
        assert_eq!(inner.matches('&').count(), inner.matches("&#").count(), "{inner}");
    }
}

/// One request, and everything that may be changed about it.
#[derive(Clone)]
struct Sent {
    path_and_query: String,
    fields: Vec<(String, String)>,
    signature: String,
}

impl Sent {
    fn passes(&self, hooks: &TwilioHooks) -> bool {
        let Self { path_and_query, fields, signature } = self;
        hooks.is_genuine(&HookRequest { path_and_query, fields, signature })
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}

/// Real requests: a report, an incoming message with everything that encoding can get wrong, and a GET.
fn genuine(token: &AuthToken, base: &str) -> Vec<Sent> {
    let status = format!("/hooks/twilio/status?link={LINK}&delivery={DELIVERY}&x=%20b+c%2F");
    let report = [("MessageSid", SID), ("MessageStatus", "delivered"), ("To", "+14155550100"), ("ErrorCode", "")];
    let inbound =
        [("MessageSid", SID), ("From", "+14155550100"), ("Body", " héllo 😀 &=+% \n"), ("A", "1"), ("a", "2")];
    [(status.as_str(), &report[..]), ("/hooks/twilio/inbound", &inbound), ("/hooks/twilio/inbound?Body=x", &[])]
        .into_iter()
        .map(|(path, pairs)| {
            let fields = fields(pairs);
            let signature = sign(token, &format!("{base}{path}"), &fields);
            Sent { path_and_query: path.to_owned(), fields, signature }
        })
        .collect()
}

/// Every text that differs from this one in one place.
fn altered(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut all = vec![format!("{text} "), format!(" {text}"), format!("{text}\0")];
    for place in 0..chars.len() {
        let edit = |with: &[char]| chars[..place].iter().chain(with).chain(&chars[place + 1..]).collect::<String>();
        all.extend([edit(&[]), edit(&[chars[place], chars[place]]), edit(&['%', chars[place]])]);
        all.extend("x1=/+ &é".chars().map(|other| edit(&[other])));
        if chars[place].is_ascii_alphabetic() {
            all.push(edit(&[(chars[place] as u8 ^ 0x20) as char]));
        }
    }
    all.retain(|other| other != text);
    all
}

fn forgeries(sent: &Sent, token: &AuthToken) -> Vec<Sent> {
    let mut all = vec![];
    for signature in altered(&sent.signature) {
        all.push(sent.with(|sent| sent.signature = signature));
    }
    let raw = BASE64.decode(sent.signature.as_bytes()).unwrap();
    let url = format!("{BASE}{}", sent.path_and_query);
    for signature in [
        String::new(),
        "=".to_owned(),
        data_encoding::HEXLOWER.encode(&raw),
        data_encoding::BASE64_NOPAD.encode(&raw),
        BASE64.encode(&raw[..1]),
        BASE64.encode(&raw[..19]),
        BASE64.encode(&digest(SignatureKind::Sha256, token, &url, &sent.fields)),
        sign(&AuthToken::example(""), &url, &sent.fields),
        sign(&AuthToken::example("token "), &url, &sent.fields),
        sign(token, &sent.path_and_query, &sent.fields),
        sign(token, &format!("https://evil.example{}", sent.path_and_query), &sent.fields),
        sign(token, &format!("http://portal.example.com{}", sent.path_and_query), &sent.fields),
        sign(token, &format!("{BASE}:8443{}", sent.path_and_query), &sent.fields),
        sign(token, &format!("{BASE}.{}", sent.path_and_query), &sent.fields),
    ] {
        all.push(sent.with(|sent| sent.signature = signature));
    }
    for path_and_query in altered(&sent.path_and_query) {
        all.push(sent.with(|sent| sent.path_and_query = path_and_query));
    }
    for (written, differently) in [("%20", "+"), ("+", "%20"), ("%2F", "/"), ("%2F", "%2f"), ("?", "/?"), ("&", ";")] {
        all.push(sent.with(|sent| sent.path_and_query = sent.path_and_query.replace(written, differently)));
    }
    for nth in 0..sent.fields.len() {
        let (name, value) = sent.fields[nth].clone();
        for name in altered(&name) {
            all.push(sent.with(|sent| sent.fields[nth].0 = name));
        }
        for value in altered(&value) {
            all.push(sent.with(|sent| sent.fields[nth].1 = value));
        }
        all.push(sent.with(|sent| drop(sent.fields.remove(nth))));
        all.push(sent.with(|sent| sent.fields.push((name.clone(), "other".to_owned()))));
        all.push(sent.with(|sent| sent.fields.push((name.to_lowercase() + "2", value.clone()))));
    }
    all.retain(|forged| {
        (&forged.signature, &forged.path_and_query, &forged.fields)
            != (&sent.signature, &sent.path_and_query, &sent.fields)
    });
    all
}

#[test]
fn whatever_is_changed_about_a_signed_request_makes_it_a_forgery() {
    let token = AuthToken::example("token");
    let (hooks, rotating) = (ours(&["token"]), ours(&["new", "token"]));
    let mut refused = 0;
    for sent in genuine(&token, BASE) {
        assert!(sent.passes(&hooks) && sent.passes(&rotating));
        assert!(!sent.passes(&ours(&["new"])) && !sent.passes(&ours(&[])));
        assert!(!sent.passes(&self::hooks("https://evil.example", SignatureKind::Sha1, &["token"])));
        assert!(!sent.passes(&self::hooks(BASE, SignatureKind::Sha256, &["token"])));
        for forged in forgeries(&sent, &token) {
            assert!(
                !forged.passes(&hooks) && !forged.passes(&rotating),
                "{} {:?} {}",
                forged.path_and_query,
                forged.fields,
                forged.signature
            );
            refused += 1;
        }
    }
    assert!(refused >= 5_000, "{refused} forgeries were tried");
}

#[test]
fn fields_in_another_order_or_repeated_alike_are_the_same_request() {
    let token = AuthToken::example("token");
    for sent in genuine(&token, BASE).into_iter().filter(|sent| !sent.fields.is_empty()) {
        assert!(sent.with(|sent| sent.fields.reverse()).passes(&ours(&["token"])));
        assert!(sent.with(|sent| sent.fields.push(sent.fields[0].clone())).passes(&ours(&["token"])));
    }
}

#[test]
fn the_port_may_be_left_out_or_written() {
    let token = AuthToken::example("token");
    for (configured, signed, passes) in [
        (BASE, "https://portal.example.com:443", true),
        ("https://portal.example.com:443", BASE, true),
        ("https://portal.example.com:8443", BASE, true),
        (BASE, "https://portal.example.com:8443", false),
        ("http://[::1]:8080", "http://[::1]", true),
        ("http://localhost:8080", "http://localhost:80", false),
    ] {
        for sent in genuine(&token, signed) {
            assert_eq!(
                sent.passes(&hooks(configured, SignatureKind::Sha1, &["token"])),
                passes,
                "{configured} {signed}"
            );
        }
    }
}
