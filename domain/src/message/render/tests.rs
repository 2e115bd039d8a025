//! What messages say, and what they never say.

use proptest::prelude::*;

use super::*;
use crate::message::system;
use crate::message::{Encoding, SYSTEM_LANGUAGES, Words};

/// As long as a link may be.
const LINK: &str =
    "https://members.a-rather-long-portal-name.example.com/m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A";

fn facts() -> Facts<'static> {
    Facts {
        portal: "Client portal",
        name: Some("Ana Good"),
        url: LINK,
        code: "AB01-CD1Z",
        expires_at: "2026-05-02T10:00:00Z".parse().unwrap(),
        zone: Tz::Europe__Berlin,
        lasts: Lifetime::DAY,
        support: None,
    }
}

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

fn system(channel: Channel, language: &str, facts: Facts<'_>) -> Written {
    system::contacts(channel, &locale(language)).unwrap().render(facts, &locale(language))
}

fn sms(text: &str, facts: Facts<'_>) -> String {
    Template::parse(Channel::Sms, "", text).unwrap().render(facts, &locale("en")).text()
}

#[test]
fn a_text_message_says_portal_name_link_code_and_how_long() {
    let said = |language| system(Channel::Sms, language, facts()).text().replace(LINK, "LINK");
    assert_eq!(said("en"), "Client portal, Ana Good:\nLINK\nCode AB01-CD1Z, valid 24 hours");
    assert_eq!(said("de"), "Client portal, Ana Good:\nLINK\nCode AB01-CD1Z, gilt 24 Stunden");
    assert_eq!(said("es"), "Client portal, Ana Good:\nLINK\nClave AB01-CD1Z, vale 24 horas");
}

#[test]
fn a_text_message_fits_one_segment_with_the_longest_link_and_an_ordinary_name() {
    assert!(LINK.len() >= 99, "{}", LINK.len());
    for language in SYSTEM_LANGUAGES {
        for lasts in [Lifetime::NOW, Lifetime::DAY, Lifetime::WELCOME, Lifetime::from_days(30)] {
            let text = system(Channel::Sms, language, Facts { lasts, ..facts() }).text();
            let segments = Segments::of(&text);
            assert_eq!((segments.encoding, segments.count), (Encoding::Gsm7, 1), "{text}");
            assert!(text.contains("Ana Good"), "{text}");
        }
    }
}

#[test]
fn a_name_that_costs_a_segment_is_spelled_plainly_or_left_out() {
    let said = |name| system(Channel::Sms, "en", Facts { name: Some(name), ..facts() }).text();
    assert!(said("Łukasz").starts_with("Client portal, Lukasz:\n"));
    assert!(said("José").starts_with("Client portal, José:\n"), "GSM-7 has it");
    for name in ["桂香", "Bartholomew Featherstonehaugh-Cholmondeley", "Ana 😀"] {
        assert!(said(name).starts_with("Client portal:\n"), "{}", said(name));
    }
    // A template that is in UCS-2 anyway takes names as they are, as long as there is room.
    let cyrillic = |length: usize| {
        let url = "x".repeat(length);
        sms("Для {{name}}: {{link}}", Facts { name: Some("Анна"), url: &url, ..facts() }).replace(&url, "LINK")
    };
    assert_eq!([60, 61].map(cyrillic), ["Для Анна: LINK", "Для: LINK"]);
}

#[test]
fn an_email_says_link_code_and_the_end_in_the_readers_zone() {
    let written = system(Channel::Email, "en", facts());
    assert_eq!(written.subject.as_deref(), Some("Your link to Client portal"));
    insta::assert_snapshot!(written.text().replace(LINK, "LINK"), @"
    Hello Ana Good,

    open this link and press the button to sign in to Client portal:

    LINK

    Or type this code on the sign-in page: AB01-CD1Z

    Both work until 2 May 2026, 12:00 (Europe/Berlin). If you did not expect this message, ignore it.
    ");
    assert!(system(Channel::Email, "de", facts()).text().contains("bis 2. Mai 2026, 12:00 Uhr (Europe/Berlin)"));
    assert!(system(Channel::Email, "es", facts()).text().contains("hasta el 2 de mayo de 2026, 12:00 (Europe/Berlin)"));
}

#[test]
fn staff_get_a_message_of_their_own() {
    for language in SYSTEM_LANGUAGES {
        let (language, template) = system::staff(&locale(language));
        let written = template.render(facts(), &language);
        assert!(written.subject.unwrap().to_lowercase().contains("consol") || language.as_str() == "de");
        assert_eq!(text_of(&written.paragraphs).matches(LINK).count(), 1);
    }
}

#[test]
fn a_place_without_a_value_goes_with_what_leads_to_it() {
    let nameless = Facts { name: None, ..facts() };
    for (template, said) in [
        ("Hello {{name}}, {{link}}", "Hello, LINK"),
        ("{{portal}}, {{name}}: {{link}}", "Client portal: LINK"),
        ("{{name}}, your link: {{link}}", "your link: LINK"),
        ("{{name}}\n{{link}}", "LINK"),
        ("{{link}}, {{name}}", "LINK"),
        ("{{link}}\nAsk {{support}}\nBye", "LINK\nBye"),
        ("Ask {{support}}: {{link}}", "Ask: LINK"),
    ] {
        assert_eq!(sms(template, nameless).replace(LINK, "LINK"), said, "{template}");
    }
    let email = Template::parse(Channel::Email, "For {{name}}", "{{link}}\n\nAsk {{support}}.").unwrap();
    let written = email.render(nameless, &locale("en"));
    assert_eq!((written.subject.as_deref(), written.paragraphs.len()), (Some("For"), 1));
}

#[test]
fn a_name_can_not_bring_a_link_or_a_tag_into_a_message() {
    for name in ["<b>Ana</b>", "https://evil.example", "evil.example/win", "www.evil.example", "ana@evil"] {
        let mail = system(Channel::Email, "en", Facts { name: Some(name), ..facts() }).text();
        assert!(mail.starts_with("Hello,\n"), "{mail}");
        assert!(!system(Channel::Sms, "en", Facts { name: Some(name), ..facts() }).text().contains(name));
    }
}

#[test]
fn a_name_is_never_read_as_a_template() {
    let text = sms("{{name}} {{link}}", Facts { name: Some("{{code}} {{link}}"), ..facts() });
    assert_eq!(text.matches(LINK).count(), 1);
    assert!(!text.contains("AB01"));
}

#[test]
fn secrets_are_not_in_debug_output() {
    let shown = format!("{:?}", system(Channel::Sms, "en", facts()));
    assert_eq!(shown, "Written(en, ***)");
}

proptest! {
    #[test]
    fn whatever_is_accepted_says_the_link_exactly_once(
        subject in "[a-zA-Z ]{1,20}",
        text in "([a-z, :\\n]|\\{\\{(name|portal|code|expires|lasts|support|link)\\}\\}|\\PC){0,20}\\{\\{link\\}\\}([a-z ,\\n]|\\{\\{(name|support)\\}\\}){0,20}",
        name in proptest::option::of("\\PC{0,30}"),
        support in proptest::option::of("[a-z@.]{1,20}"),
        language in proptest::sample::select(vec!["en", "de", "es", "fr"]),
    ) {
        for channel in Channel::ALL {
            let Ok(template) = Template::parse(*channel, &subject, &text) else { continue };
            let facts = Facts { name: name.as_deref(), support: support.as_deref(), ..facts() };
            let written = template.render(facts, &locale(language));
            prop_assert_eq!(written.text().matches(LINK).count(), 1, "{}", written.text());
            let links = written.paragraphs.iter().flatten().filter(|span| matches!(span, Span::Link(_)));
            prop_assert_eq!(links.count(), 1);
            prop_assert!(!written.subject.unwrap_or_default().contains(LINK));
            if *channel == Channel::Sms {
                prop_assert_eq!(written.paragraphs.len(), 1);
            }
        }
    }

    #[test]
    fn any_stored_words_can_be_rendered(subject in "\\PC{0,20}", text in "([{}\\n a-z]|\\PC){0,60}") {
        for channel in Channel::ALL {
            let words = Words { subject: Some(subject.clone()), text: text.clone() };
            drop(Template::of(*channel, words).render(facts(), &locale("en")));
        }
    }
}
