use insta::assert_snapshot;
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;
use mailparse::{MailHeaderMap as _, ParsedMail};
use uuid::Uuid;

use super::*;

const LINK: &str = "https://portal.example.com/m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A";

pub(crate) fn composer() -> Composer {
    Composer {
        from: "links@example.com".parse().unwrap(),
        reply_to: Some("Help <help@example.com>".parse().unwrap()),
        brand: Brand {
            name: "Ana & Söhne".to_owned(),
            logo: None,
            accent: "#ffd400".parse().unwrap(),
            support_contact: Some("help@example.com, +1 415 555 0100".to_owned()),
        },
    }
}

fn said(words: &str) -> Span {
    Span::Text(words.to_owned())
}

fn message(to: &str, subject: &str, hello: &str) -> Message {
    Message {
        delivery: DeliveryId::from_uuid(Uuid::from_u128(0x1234)),
        link: Some(LinkId::from_uuid(Uuid::from_u128(0x5678))),
        channel: Channel::Email,
        to: to.to_owned(),
        subject: Some(subject.to_owned()),
        paragraphs: vec![
            vec![said(hello)],
            vec![said("open this link and press the button:\nit takes a second.")],
            vec![Span::Link(LINK.to_owned())],
            vec![said("Or type this code: "), Span::Code("AB01-CD1Z".to_owned())],
            vec![said("Both work until Saturday, 2 May 2026, 12:00 in Berlin.")],
        ],
        language: "en-GB".to_owned(),
        valid_for: Lifetime::DAY,
    }
}

/// A mail to this address, with the link and code of the tests.
pub(crate) fn mail_to(composer: &Composer, to: &str) -> Mail {
    composer.compose(&message(to, "Your link", "Hello,"), Timestamp::from_micros(1_777_636_800_000_000)).unwrap()
}

fn composed(message: &Message) -> Mail {
    composer().compose(message, Timestamp::from_micros(1_777_636_800_000_000)).unwrap()
}

fn parsed(mail: &Mail) -> ParsedMail<'_> {
    mailparse::parse_mail(mail.bytes()).unwrap()
}

fn html(mail: &Mail) -> String {
    parsed(mail).subparts[1].get_body().unwrap()
}

fn plain(mail: &Mail) -> String {
    parsed(mail).subparts[0].get_body().unwrap().replace("\r\n", "\n")
}

/// Names as people, machines and attackers write them.
fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "<script>alert(1)</script>",
        "</p></td><img src=https://evil.example/x.png>",
        "\"><a href=\"https://evil.example\">press here</a>",
        "{{ link }} {% include \"/etc/passwd\" %} ${jndi:x}",
        "Ana\r\nBcc: eve@evil.example",
        "Ana\r\n\r\n<h1>another body</h1>",
        "Ana\n.\r\nMAIL FROM:<eve@evil.example>",
        "=?utf-8?B?QmNjOiBldmU=?=",
        "--=_00000000-0000-0000-0000-000000001234--",
        "\u{202e}gnp.ana\u{202c}",
        "\u{2066}x\u{2069}",
        "O'Hara \"The\" \\ Ana",
        "👩‍👩‍👧‍👦 Ana 🎉",
        "מוסטפא אסעד",
        "桂香 胡",
        "Zoë =1+1 &amp; &lt;",
        "Ana\0\u{7}\u{1b}[31m",
        "",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(300));
    names.push("é".repeat(300));
    names
}

#[test]
fn a_mail_is_these_bytes() {
    let mail = composed(&message("ana@example.com", "Your link to Ana & Söhne", "Hello Zoë,"));
    assert_snapshot!(String::from_utf8(mail.bytes().to_vec()).unwrap());
}

#[test]
fn the_page_in_a_mail_is_this() {
    assert_snapshot!(html(&mail_to(&composer(), "ana@example.com")));
}

#[test]
fn a_mail_goes_to_exactly_one_recipient() {
    let mail = mail_to(&composer(), "Ana@müller.example");
    assert_eq!((mail.from(), mail.to()), ("links@example.com", "Ana@xn--mller-kva.example"));
    assert_eq!(mail.envelope.to().len(), 1);
    for to in ["ana@example.com, eve@example.com", "ana@example.com\r\nBcc: eve@example.com", "", "+14155550100"] {
        assert!(composer().compose(&message(to, "s", "h"), Timestamp::default()).is_none(), "{to}");
    }
}

#[test]
fn every_attempt_of_a_delivery_has_the_same_message_id_and_another_delivery_has_another() {
    let mut message = message("ana@example.com", "s", "h");
    let ids: Vec<String> = [0, 1_777_636_800_000_000]
        .map(|at| composer().compose(&message, Timestamp::from_micros(at)).unwrap().id)
        .into();
    assert_eq!(ids, vec!["00000000-0000-0000-0000-000000001234@example.com"; 2]);
    let mail = composed(&message);
    assert_eq!(parsed(&mail).headers.get_first_value("Message-ID"), Some(format!("<{}>", ids[0])));
    message.delivery = DeliveryId::from_uuid(Uuid::from_u128(2));
    assert_ne!(composed(&message).id, ids[0]);
}

#[test]
fn no_name_becomes_a_header_a_part_or_a_tag() {
    let honest = mail_to(&composer(), "ana@example.com");
    let names = |mail: &Mail| parsed(mail).headers.iter().map(mailparse::MailHeader::get_key).collect::<Vec<_>>();
    let tags = |mail: &Mail| html(mail).matches('<').count();
    for name in hostile() {
        let breaks = name.matches('\n').count();
        let mut composer = composer();
        let hostile = message("ana@example.com", &name, &name);
        let mail = composer.compose(&hostile, Timestamp::default()).unwrap();
        assert_eq!(names(&mail), names(&honest), "{name:?}");
        assert_eq!(parsed(&mail).subparts.len(), 2, "{name:?}");
        assert_eq!(tags(&mail), tags(&honest) + breaks, "{name:?}");
        assert!(mail.bytes().is_ascii(), "{name:?}");
        assert!(mail.bytes().split(|b| *b == b'\n').all(|line| line.len() <= 998), "{name:?}");
        assert!(parsed(&mail).headers.get_first_value("To").unwrap() == "ana@example.com", "{name:?}");
        composer.brand.name.clone_from(&name);
        composer.brand.support_contact = Some(name.clone());
        let mail = composer.compose(&message("ana@example.com", "s", "Hello,"), Timestamp::default()).unwrap();
        assert_eq!((names(&mail), tags(&mail)), (names(&honest), tags(&honest)), "{name:?}");
    }
}

#[test]
fn a_name_is_there_as_it_is_but_for_marks_that_turn_text_round() {
    for name in ["O'Hara \"The\" \\ Ana", "👩‍👩‍👧‍👦 Ana 🎉", "מוסטפא אסעד", "<b>Ana</b> & Co"]
    {
        let mail = composed(&message("ana@example.com", name, name));
        assert_eq!(parsed(&mail).headers.get_first_value("Subject").as_deref(), Some(name));
        assert!(plain(&mail).starts_with(&format!("{name}\n")), "{name}");
    }
    let mail = composed(&message("ana@example.com", "a\u{202e}b", "Hello \u{202e}gnp.ana\u{202c}"));
    assert_eq!(parsed(&mail).headers.get_first_value("Subject").as_deref(), Some("ab"));
    assert!(plain(&mail).starts_with("Hello gnp.ana\n"));
    assert!(!html(&mail).contains(['\u{202e}', '\u{202c}']));
}

#[test]
fn a_long_subject_is_cut() {
    let mail = composed(&message("ana@example.com", &"é".repeat(300), "Hello,"));
    let subject = parsed(&mail).headers.get_first_value("Subject").unwrap();
    assert_eq!((subject.chars().count(), subject.ends_with('…')), (SUBJECT + 1, true));
    let mail = composed(&message("ana@example.com", &"é".repeat(SUBJECT), "Hello,"));
    assert_eq!(parsed(&mail).headers.get_first_value("Subject").unwrap(), "é".repeat(SUBJECT));
}

#[test]
fn the_link_is_one_button_and_one_address_spelled_out_and_both_parts_have_link_and_code() {
    let mail = mail_to(&composer(), "ana@example.com");
    let page = html(&mail);
    assert_eq!(page.matches(&format!("href=\"{LINK}\"")).count(), 2);
    assert_eq!(page.matches("class=\"press\"").count(), 1);
    assert_eq!(page.matches(&format!(">{LINK}<")).count(), 1);
    assert!(page.contains("aria-label=\"A B 0 1, C D 1 Z\"") && page.contains(">AB01-CD1Z<"));
    let words = plain(&mail);
    assert!(words.contains(&format!("\n\n{LINK}\n\n")) && words.contains("code: AB01-CD1Z\n"), "{words}");
}

#[test]
fn a_link_within_a_sentence_stays_there_and_the_button_follows() {
    let mut message = message("ana@example.com", "s", "Hello,");
    message.paragraphs =
        vec![vec![said("Go to "), Span::Link(LINK.to_owned()), said(" now.")], vec![Span::Link(LINK.to_owned())]];
    let page = html(&composed(&message));
    assert_eq!(page.matches("class=\"press\"").count(), 1);
    assert!(page.contains(&format!(">{LINK}</a> now.")), "{page}");
    message.paragraphs = vec![vec![said("No link at all.")]];
    assert!(!html(&composed(&message)).contains("class=\"press\""));
}

/// Only the links of the message and the logo of the brand are addresses at all.
#[test]
fn nothing_remote_is_in_a_mail_but_the_logo() {
    let remote = |page: &str| {
        let found = ["src=", "href=", "url(", "@import", "background=", "<link", "<script", "<form", "<iframe"];
        found.iter().flat_map(|what| page.match_indices(what).map(|(at, _)| page[at..].to_owned())).collect::<Vec<_>>()
    };
    let bare = remote(&html(&mail_to(&composer(), "ana@example.com")));
    assert!(bare.iter().all(|found| found.starts_with(&format!("href=\"{LINK}\""))), "{bare:?}");
    let mut composer = composer();
    composer.brand.logo = Some("https://example.com/logo.png".parse().unwrap());
    let with = |to: &str| html(&mail_to(&composer, to));
    assert_eq!(remote(&with("ana@example.com")).len(), bare.len() + 1);
    assert!(with("ana@example.com").contains("<img src=\"https://example.com/logo.png\" alt=\"Ana &#38; Söhne\""));
    assert_eq!(with("ana@example.com"), with("eve@example.com"), "one address for everybody");
}

#[test]
fn the_language_says_the_button_and_the_direction() {
    let page = |language: &str| {
        let mut message = message("ana@example.com", "s", "h");
        message.language = language.to_owned();
        html(&composed(&message))
    };
    for (language, html, button) in [
        ("de-AT", "<html lang=\"de-AT\" dir=\"ltr\">", ">Anmelden</a>"),
        ("he", "<html lang=\"he\" dir=\"rtl\">", ">כניסה</a>"),
        ("FA", "<html lang=\"FA\" dir=\"rtl\">", ">Ana &#38; Söhne</a>"),
        ("tlh", "<html lang=\"tlh\" dir=\"ltr\">", ">Ana &#38; Söhne</a>"),
        ("\"><x", "<html lang=\"en\" dir=\"ltr\">", ">Sign in</a>"),
    ] {
        let page = page(language);
        assert!(page.contains(html) && page.contains(button), "{language}: {page}");
    }
}

#[test]
fn a_mail_says_that_a_machine_wrote_it_and_where_answers_go() {
    let mail = mail_to(&composer(), "ana@example.com");
    let parsed = parsed(&mail);
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("Reply-To", "Help <help@example.com>"),
        ("From", "Ana & Söhne <links@example.com>"),
        ("Content-Language", "en-GB"),
        ("Date", "Fri, 01 May 2026 12:00:00 +0000"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(parsed.headers.get_first_value(name).as_deref(), Some(value), "{name}");
    }
}
