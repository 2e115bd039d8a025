//! What people type, and what it means.

use super::*;

fn made(text: &str) -> Wish {
    let Ask::Make(wish) = Ask::parse(text) else { panic!("{text:?} asks for no link") };
    wish
}

fn wished(who: &str, channels: &[Channel], lifetime: Option<&str>, destination: Option<&str>) -> Wish {
    Wish {
        who: who.to_owned(),
        channels: channels.iter().copied().collect(),
        lifetime: lifetime.map(|text| text.parse().unwrap()),
        destination: destination.map(str::to_owned),
        reason: None,
    }
}

#[test]
fn a_link_is_asked_for_in_any_order() {
    use Channel::{Email, Sms};
    for (text, wish) in [
        ("ana@example.com", wished("ana@example.com", &[], None, None)),
        ("ana sms", wished("ana", &[Sms], None, None)),
        ("sms ana", wished("ana", &[Sms], None, None)),
        ("text ana", wished("ana", &[Sms], None, None)),
        ("ana email 7d", wished("ana", &[Email], Some("7d"), None)),
        ("7d mail for ana", wished("ana", &[Email], Some("7d"), None)),
        ("for ana by e-mail and SMS for 2 days", wished("ana", &[Email, Sms], Some("48h"), None)),
        ("ana to founders-circle", wished("ana", &[], None, Some("founders-circle"))),
        ("ana lima to Founders Circle sms 24h", wished("ana lima", &[Sms], Some("24h"), Some("Founders Circle"))),
        ("to founders circle for ana", wished("ana", &[], None, Some("founders circle"))),
        ("send ana a1 90min", wished("ana a1", &[], Some("90m"), None)),
        ("send it to ana by sms", wished("ana", &[Sms], None, None)),
        ("+1 (415) 555-0100 sms", wished("+1 (415) 555-0100", &[Sms], None, None)),
        ("0171 2345678", wished("0171 2345678", &[], None, None)),
        ("Ána María  LÓPEZ", wished("Ána María LÓPEZ", &[], None, None)),
        ("crm-000001 1 week", wished("crm-000001", &[], Some("7d"), None)),
        ("<mailto:ana@example.com|ana@example.com> sms", wished("ana@example.com", &[Sms], None, None)),
        ("<tel:+14155550100|+1 415-555-0100>", wished("+14155550100", &[], None, None)),
        ("send", wished("send", &[], None, None)),
    ] {
        assert_eq!(made(text), wish, "{text:?}");
    }
}

#[test]
fn what_is_quoted_is_never_a_word_of_ours() {
    assert_eq!(made("\"Text Mail\" sms"), wished("Text Mail", &[Channel::Sms], None, None));
    assert_eq!(made("“status” 7d"), wished("status", &[], Some("7d"), None));
    assert_eq!(made("„Ana  To“ to «7d»"), wished("Ana To", &[], None, Some("7d")));
    assert_eq!(made("\"never closed sms"), wished("never closed sms", &[], None, None));
    assert_eq!(made("O'Neill"), wished("O'Neill", &[], None, None));
}

#[test]
fn the_reason_is_everything_behind_because() {
    let wish = made("ana sms because her phone is new, to be quick");
    assert_eq!(wish.reason.as_deref(), Some("her phone is new, to be quick"));
    assert_eq!((wish.who.as_str(), wish.channels.len(), wish.destination), ("ana", 1, None));
    assert_eq!(made("ana because").reason, None);
}

#[test]
fn verbs_come_first_or_last() {
    for (text, ask) in [
        ("", Ask::Dialog),
        ("   ", Ask::Dialog),
        ("help", Ask::Help),
        ("HELP me", Ask::Help),
        ("?", Ask::Help),
        ("connect ab12-cd34", Ask::Connect("ab12-cd34".into())),
        ("connect AB12 CD34", Ask::Connect("AB12 CD34".into())),
        ("connect", Ask::Connect(String::new())),
        ("disconnect", Ask::Disconnect),
        ("console", Ask::Console),
        ("status ana", Ask::Status("ana".into())),
        ("Status of Ana Lima", Ask::Status("Ana Lima".into())),
        ("ana status", Ask::Status("ana".into())),
        ("status", Ask::Status(String::new())),
        ("revoke https://portal.example.com/m/abc", Ask::Revoke("https://portal.example.com/m/abc".into())),
        ("revoke <https://portal.example.com/m/abc>", Ask::Revoke("https://portal.example.com/m/abc".into())),
        ("ana revoke", Ask::Revoke("ana".into())),
    ] {
        assert_eq!(Ask::parse(text), ask, "{text:?}");
    }
    assert_eq!(made("console ana").who, "console ana", "beside other words it is a name");
}

#[test]
fn a_newcomer_is_name_and_addresses_in_any_order() {
    let new = |text: &str| {
        let Ask::Add(new) = Ask::parse(text) else { panic!("{text:?} adds nobody") };
        new
    };
    let ana = Newcomer {
        name: "Ana Lima".into(),
        email: Some("ana@example.com".into()),
        phone: Some("+1(415)555-0100".into()),
    };
    assert_eq!(new("add Ana Lima ana@example.com +1 (415) 555-0100"), ana);
    assert_eq!(new("add +1(415)555-0100 <mailto:ana@example.com|ana@example.com> \"Ana Lima\""), ana);
    let copied = Newcomer { phone: Some("+1415-555-0100".into()), ..ana };
    assert_eq!(new("add Ana Lima\u{a0}ana@example.com +1\u{a0}415\u{2011}555\u{2013}0100"), copied);
    assert_eq!(new("add Ana"), Newcomer { name: "Ana".into(), ..Newcomer::default() });
    assert_eq!(new("add \"4 You\""), Newcomer { name: "4 You".into(), ..Newcomer::default() });
}

#[test]
fn nonsense_is_somebodys_name() {
    for text in ["0d", "7x", "99999999999d", "d", "7", "🦆", "<!channel>", "<@U123|ana>", "../../etc/passwd", "'; drop"]
    {
        assert!(
            matches!(Ask::parse(text), Ask::Make(wish) if !wish.who.is_empty() && wish.lifetime.is_none()),
            "{text}"
        );
    }
    let long = "a".repeat(5_000);
    assert_eq!(made(&long).who.len(), LONGEST);
    assert_eq!(made("ana\u{0}\u{1b}[31m").who, "ana [31m");
}
