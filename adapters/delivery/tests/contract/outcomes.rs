//! The table of outcomes: what each of Twilio's answers, and each way of not answering, means for a delivery.

use magiclink_delivery::twilio::{Credentials, SmsSender, Twilio, TwilioConfig};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Message, Span};
use magiclink_domain::ports::{Look, NotNow, Sender as _, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use uuid::Uuid;

use super::scripted::{Act, Scripted};

const LINK: &str = "https://portal.example.com/m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A";

pub(crate) fn config(base: &str) -> TwilioConfig {
    let token = Uuid::from_u128(u128::from(base.len() as u64) << 64 | 7).simple().to_string();
    TwilioConfig {
        account_sid: format!("AC{token}").parse().unwrap(),
        credentials: Credentials::AuthToken(token.parse().unwrap()),
        auth_tokens: vec![token.parse().unwrap()],
        sender: SmsSender::From("+15005550006".parse().unwrap()),
        api_base: base.parse().unwrap(),
        base_url: "https://portal.example.com".to_owned(),
    }
}

pub(crate) fn client(base: &str) -> Twilio {
    Twilio::new(config(base)).unwrap()
}

pub(crate) fn message() -> Message {
    Message {
        delivery: DeliveryId::from_uuid(Uuid::from_u128(1)),
        link: Some(LinkId::from_uuid(Uuid::from_u128(2))),
        channel: Channel::Sms,
        to: "+14155550100".to_owned(),
        subject: None,
        paragraphs: vec![vec![Span::Text("Portal & Co: ".to_owned()), Span::Link(LINK.to_owned())]],
        language: "en".to_owned(),
        valid_for: Lifetime::NOW,
    }
}

async fn sent(act: Act) -> Sending {
    client(&Scripted::new(vec![act]).await.base).send(&message()).await
}

fn refusal(status: u16, code: u32) -> Act {
    let body = format!(r#"{{"code":{code},"message":"…","more_info":"https://…","status":{status}}}"#);
    Act::Answer(status, "", body)
}

#[track_caller]
fn not_now(sending: Sending) -> NotNow {
    let Sending::NotNow(why) = sending else { panic!("{sending:?}") };
    assert!(!why.words.is_empty() && !why.code.is_empty());
    why
}

#[track_caller]
fn failed(sending: Sending) -> (String, String) {
    let Sending::Failed { code, words } = sending else { panic!("{sending:?}") };
    (code, words)
}

#[tokio::test]
async fn what_twilio_took_is_sent_whatever_else_it_says() {
    for body in [
        r#"{"sid":"SM1","status":"queued","error_code":null,"from":null,"price":null,"num_segments":"0"}"#,
        r#"{"sid":"SM1","status":"accepted","news":{"of":["tomorrow"]}}"#,
        r#"{"sid":"SM1","status":"a status of tomorrow"}"#,
        r#"{"sid":"SM1"}"#,
    ] {
        let sending = sent(Act::Answer(201, "", body.to_owned())).await;
        assert_eq!(sending, Sending::Sent { provider_id: "SM1".to_owned() }, "{body}");
    }
}

#[tokio::test]
async fn a_number_that_can_not_be_reached_fails_with_words_that_say_what_to_do() {
    for code in [21_211, 21_217, 21_408, 21_602, 21_603, 21_606, 21_612, 21_614, 21_617] {
        let (said, words) = failed(sent(refusal(400, code)).await);
        assert_eq!(said, code.to_string());
        assert!(words.contains(": "), "{words}");
    }
    assert_eq!(failed(sent(refusal(403, 21_408)).await).0, "21408");
    assert_eq!(failed(sent(refusal(400, 29_999)).await).0, "29999");
    assert_eq!(failed(sent(Act::Answer(400, "", "<html>".to_owned())).await).0, "http_400");
    assert_eq!(failed(sent(Act::Cut(400)).await).0, "http_400");
}

#[tokio::test]
async fn a_number_that_opted_out_at_twilio_is_told_apart_however_twilio_says_so() {
    let opted_out = Sending::OptedOut {
        code: "21610".to_owned(),
        words: "the number has opted out with STOP: send by e-mail, or ask the contact to text START".to_owned(),
    };
    for status in [400, 403] {
        assert_eq!(sent(refusal(status, 21_610)).await, opted_out, "{status}");
    }
    let taken = r#"{"sid":"SM1","status":"failed","error_code":21610}"#;
    assert_eq!(sent(Act::Answer(201, "", taken.to_owned())).await, opted_out);
    assert_eq!(looked(&[kept("undelivered", "21610", "null", LINK)]).await, Look::Found(opted_out));
    for code in [21_609, 21_614] {
        assert!(matches!(sent(refusal(400, code)).await, Sending::Failed { .. }), "{code}");
    }
}

#[tokio::test]
async fn refused_credentials_stop_the_whole_channel() {
    for act in [
        refusal(401, 20_003),
        refusal(403, 20_403),
        Act::Answer(401, "", String::new()),
        refusal(404, 20_404),
        refusal(400, 10_001),
    ] {
        let why = not_now(sent(act.clone()).await);
        assert!(why.whole_channel, "{act:?}");
        assert_eq!(why.retry_after, None);
    }
}

#[tokio::test]
async fn too_many_requests_make_the_whole_channel_wait_as_long_as_twilio_wishes() {
    for (headers, wish) in [
        ("retry-after: 7\r\n", Some(Lifetime::from_secs(7))),
        ("retry-after: 99999999\r\n", Some(Lifetime::from_hours(1))),
        ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n", None),
        ("", None),
    ] {
        let why = not_now(sent(Act::Answer(429, headers, r#"{"code":20429,"status":429}"#.to_owned())).await);
        assert_eq!((why.code.as_str(), why.retry_after, why.whole_channel), ("20429", wish, true));
    }
    assert!(not_now(sent(Act::Answer(429, "", String::new())).await).whole_channel);
    assert!(not_now(sent(refusal(400, 21_611)).await).whole_channel);
}

#[tokio::test]
async fn a_fault_of_twilios_own_puts_that_message_off() {
    for act in [refusal(500, 20_500), Act::Answer(503, "", "busy".to_owned()), Act::Cut(502)] {
        let why = not_now(sent(act.clone()).await);
        assert!(!why.whole_channel, "{act:?}");
    }
}

#[tokio::test]
async fn what_was_never_sent_waits_for_the_connection() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let why = not_now(client(&format!("http://{address}")).send(&message()).await);
    assert_eq!((why.code.as_str(), why.whole_channel), ("no_connection", true));
    // Something that speaks no TLS where TLS is expected.
    let plain = Scripted::new(vec![Act::HangUp]).await;
    let why = not_now(client(&plain.base.replace("http:", "https:")).send(&message()).await);
    assert_eq!((why.code.as_str(), why.whole_channel), ("no_connection", true));
}

#[tokio::test]
async fn a_lost_answer_is_unknown() {
    for act in [
        Act::HangUp,
        Act::Cut(201),
        Act::Answer(201, "", "<html>".to_owned()),
        Act::Answer(201, "", r#"{"status":"queued"}"#.to_owned()),
        Act::Answer(200, "", String::new()),
    ] {
        assert_eq!(sent(act.clone()).await, Sending::Unknown, "{act:?}");
    }
}

#[tokio::test]
async fn silence_is_unknown_after_ten_seconds() {
    let begun = std::time::Instant::now();
    assert_eq!(sent(Act::Silence).await, Sending::Unknown);
    let took = begun.elapsed().as_secs_f64();
    assert!((10.0..15.0).contains(&took), "{took} s");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let elsewhere = Scripted::new(vec![Act::Answer(201, "", r#"{"sid":"SM1"}"#.to_owned())]).await;
    let location: &'static str = format!("location: {}/\r\n", elsewhere.base).leak();
    for status in [301, 302, 307, 308] {
        assert!(not_now(sent(Act::Answer(status, location, String::new())).await).whole_channel);
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn the_form_says_who_what_until_when_and_where_to_report() {
    let twilio = Scripted::new(vec![Act::Answer(201, "", r#"{"sid":"SM1"}"#.to_owned())]).await;
    let config = config(&twilio.base);
    let (account, client) = (config.account_sid.clone(), Twilio::new(config).unwrap());
    client.send(&message()).await;
    let week = Message { valid_for: Lifetime::WELCOME, ..message() };
    client.send(&Message { valid_for: Lifetime::from_secs(0), ..week.clone() }).await;
    client.send(&week).await;
    let asked = twilio.asked();
    assert_eq!(asked[0].line, format!("POST /2010-04-01/Accounts/{}/Messages.json", account.as_str()));
    assert_eq!(asked[0].header("content-type"), "application/x-www-form-urlencoded");
    assert!(asked[0].header("authorization").starts_with("Basic "));
    let text = format!("Portal & Co: {LINK}");
    let callback = "https://portal.example.com/hooks/twilio/status?link=00000000-0000-0000-0000-000000000002\
                    &delivery=00000000-0000-0000-0000-000000000001";
    let form = [
        ("To", "+14155550100"),
        ("From", "+15005550006"),
        ("Body", &text),
        ("ValidityPeriod", "900"),
        ("StatusCallback", callback),
    ];
    assert_eq!(asked[0].form(), form.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let validity = |nth: usize| asked[nth].form()[3].1.clone();
    assert_eq!((validity(1).as_str(), validity(2).as_str()), ("1", "36000"));
}

#[tokio::test]
async fn without_a_token_no_reports_are_asked_for() {
    let twilio = Scripted::new(vec![Act::Answer(201, "", r#"{"sid":"SM1"}"#.to_owned())]).await;
    let service = format!("MG{}", "0".repeat(32));
    let sender = SmsSender::MessagingService(service.parse().unwrap());
    let client = Twilio::new(TwilioConfig { auth_tokens: vec![], sender, ..config(&twilio.base) }).unwrap();
    client.send(&message()).await;
    let form = twilio.asked()[0].form();
    assert!(form.iter().all(|(name, _)| name != "StatusCallback" && name != "From"));
    assert!(form.contains(&("MessagingServiceSid".to_owned(), service)));
}

/// A message as the list shows it.
fn kept(status: &str, error: &str, made: &str, body: &str) -> String {
    format!(r#"{{"sid":"SM1","status":"{status}","error_code":{error},"date_created":{made},"body":"{body}"}}"#)
}

async fn looked(messages: &[String]) -> Look {
    let page = format!(r#"{{"messages":[{}],"page":0}}"#, messages.join(","));
    let twilio = Scripted::new(vec![Act::Answer(200, "", page)]).await;
    let since: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
    let look = client(&twilio.base).look_up(&message(), since).await;
    assert!(twilio.asked()[0].line.ends_with("/Messages.json?To=%2B14155550100&PageSize=50"), "{:?}", twilio.asked());
    look
}

#[tokio::test]
async fn a_message_is_recognised_by_its_link_and_its_time() {
    let found = Look::Found(Sending::Sent { provider_id: "SM1".to_owned() });
    let body = format!("Portal: {LINK}. Valid for 5 minutes.");
    for (made, look) in [
        (r#""Fri, 01 May 2026 12:00:00 +0000""#, &found),
        (r#""Fri, 01 May 2026 11:59:00 +0000""#, &found),
        (r#""Fri, 01 May 2026 11:58:59 +0000""#, &Look::Absent),
        ("null", &found),
    ] {
        assert_eq!(&looked(&[kept("queued", "null", made, &body)]).await, look, "{made}");
    }
    for other in
        ["Portal: hello".to_owned(), format!("Portal: {LINK}B"), format!("Portal: {}", &LINK[..LINK.len() - 1])]
    {
        assert_eq!(looked(&[kept("queued", "null", "null", &other)]).await, Look::Absent, "{other}");
    }
    let moved = format!("Portal: {}", LINK.replace("portal.example.com", "old.example.com:8443"));
    assert_eq!(looked(&[kept("queued", "null", "null", &moved)]).await, found, "the portal moved");
    assert_eq!(looked(&[]).await, Look::Absent);
}

#[tokio::test]
async fn what_became_of_it_is_told_and_the_copy_that_is_best_off_counts() {
    let body = format!("Portal: {LINK}");
    let kept = |status, error| kept(status, error, "null", &body);
    assert_eq!(looked(&[kept("delivered", "null")]).await, Look::Found(Sending::Delivered));
    let Look::Found(sending) = looked(&[kept("undelivered", "30005")]).await else { panic!() };
    assert_eq!(failed(sending).0, "30005");
    let both = [kept("failed", "30008"), kept("a status of tomorrow", "null")];
    assert_eq!(looked(&both).await, Look::Found(Sending::Sent { provider_id: "SM1".to_owned() }));
}

#[tokio::test]
async fn a_look_without_a_good_answer_says_nothing() {
    for act in
        [refusal(500, 20_500), refusal(401, 20_003), Act::Cut(200), Act::HangUp, Act::Answer(200, "", "[]".to_owned())]
    {
        let twilio = Scripted::new(vec![act.clone()]).await;
        let look = client(&twilio.base).look_up(&message(), Timestamp::default()).await;
        assert_eq!(look, Look::NoAnswer, "{act:?}");
    }
}

#[tokio::test]
async fn the_doctor_learns_whether_twilio_takes_our_credentials() {
    let check = async |script: Vec<Act>, key: bool| {
        let twilio = Scripted::new(script).await;
        let mut config = config(&twilio.base);
        if key {
            let sid = format!("SK{}", "1".repeat(32)).parse().unwrap();
            config.credentials = Credentials::ApiKey { sid, secret: "a".repeat(32).parse().unwrap() };
        }
        Twilio::new(config).unwrap().check().await
    };
    let account = |status: &str| Act::Answer(200, "", format!(r#"{{"status":"{status}","friendly_name":"Ours"}}"#));
    assert_eq!(
        check(vec![account("active")], false).await.unwrap(),
        r#"Twilio takes our credentials (account "Ours")"#
    );
    assert!(check(vec![account("suspended")], false).await.unwrap_err().contains("is suspended: "));
    assert!(check(vec![refusal(401, 20_003)], false).await.unwrap_err().contains("refuses our credentials: check"));
    assert!(check(vec![refusal(404, 20_404)], false).await.unwrap_err().contains("does not know the account: check"));
    assert!(check(vec![Act::HangUp], false).await.unwrap_err().contains("can't be reached: check"));
    // A standard key may not read the account, but the messages.
    let page = Act::Answer(200, "", r#"{"messages":[]}"#.to_owned());
    assert_eq!(check(vec![refusal(401, 20_003), page], true).await.unwrap(), "Twilio takes the API key");
    assert!(check(vec![refusal(401, 20_003)], true).await.is_err());
}
