//! The SMS vendor's calls: signed reports and incoming text messages, over real stores.

use axum::http::{Method, StatusCode};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::IssueRequest;
use magiclink_web::{BaseUrl, LimitsConfig, WebConfig};

use crate::house::{Call, House, Vendor, config};

const SID: &str = "SM0123456789abcdef0123456789abcdef";
const ANA: &str = "+14155550100";
const NOTHING: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

async fn visited() -> (House, Vendor) {
    let vendor = Vendor::new();
    (House::with_vendor(config(), &vendor).await, vendor)
}

/// A link for Ana on its way by text message.
async fn texted(house: &House) -> (LinkId, DeliveryId) {
    let ana = house.ana().await;
    let link = house.link_with(ana, |request| IssueRequest { deliver: vec![Channel::Sms], ..request }).await.id;
    house.delivered().await;
    let state = house.use_cases().link(&house.system(), link).await.unwrap();
    (link, *state.deliveries.keys().next().unwrap())
}

fn report(vendor: &Vendor, house: &House, (link, delivery): (LinkId, DeliveryId), status: &str, code: &str) -> Call {
    let path = format!("/hooks/twilio/status?link={link}&delivery={delivery}");
    let fields = [
        ("MessageSid", SID),
        ("To", ANA),
        ("MessageStatus", status),
        ("ErrorCode", code),
        ("From", "+15005550006"),
        ("AddedNextYear", "é +&="),
    ];
    vendor.call(house, &path, &fields)
}

fn text(vendor: &Vendor, house: &House, id: &str, from: &str, words: &str) -> Call {
    let fields = [("MessageSid", id), ("From", from), ("To", "+15005550006"), ("Body", words), ("NumMedia", "0")];
    vendor.call(house, "/hooks/twilio/inbound", &fields)
}

async fn state(house: &House, (link, delivery): (LinkId, DeliveryId)) -> &'static str {
    house.use_cases().link(&house.system(), link).await.unwrap().deliveries[&delivery].state.as_str()
}

#[tokio::test]
async fn a_signed_report_moves_the_delivery_and_is_answered_with_nothing() {
    let (house, vendor) = visited().await;
    let sent = texted(&house).await;
    let answer = report(&vendor, &house, sent, "sent", "").post(&house).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(state(&house, sent).await, "sent");
    report(&vendor, &house, sent, "delivered", "").post(&house).await;
    assert_eq!(state(&house, sent).await, "delivered");
}

#[tokio::test]
async fn a_failed_delivery_says_why_in_plain_words() {
    let (house, vendor) = visited().await;
    let sent = texted(&house).await;
    let before = house.head().await;
    assert_eq!(report(&vendor, &house, sent, "undelivered", "30006").post(&house).await.status, StatusCode::NO_CONTENT);
    assert_eq!(state(&house, sent).await, "failed");
    let event = house.log_json(before, "link.delivery_failed").await;
    assert!(event.contains("30006") && event.contains("landline"), "{event}");
}

#[tokio::test]
async fn reports_that_come_twice_and_in_any_order_end_alike() {
    let orders: [&[&str]; 6] = [
        &["queued", "sent", "delivered"],
        &["delivered", "sent", "queued"],
        &["sent", "delivered", "queued", "delivered"],
        &["delivered", "undelivered", "failed"],
        &["queued", "queued", "delivered", "delivered", "read"],
        &["teleported", "delivered", "canceled"],
    ];
    for order in orders {
        let (house, vendor) = visited().await;
        let sent = texted(&house).await;
        let before = house.head().await;
        for status in order {
            let code = if matches!(*status, "undelivered" | "failed") { "30003" } else { "" };
            let answer = report(&vendor, &house, sent, status, code).post(&house).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{status}");
        }
        assert_eq!(state(&house, sent).await, "delivered", "{order:?}");
        assert_eq!(house.events_after(before).await, ["link.delivery_confirmed.v1"], "{order:?}");
    }
}

#[tokio::test]
async fn reports_of_what_never_was_are_let_be() {
    let (house, vendor) = visited().await;
    let (link, delivery) = texted(&house).await;
    let before = house.head().await;
    let (no_link, no_delivery) = (LinkId::from_uuid(delivery.uuid()), DeliveryId::from_uuid(link.uuid()));
    for unknown in [(link, no_delivery), (no_link, delivery)] {
        let answer = report(&vendor, &house, unknown, "delivered", "").post(&house).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    for path in ["/hooks/twilio/status", "/hooks/twilio/status?link=x&delivery=y"] {
        let fields = [("MessageSid", SID), ("MessageStatus", "delivered")];
        assert_eq!(vendor.call(&house, path, &fields).post(&house).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(house.head().await, before);
}

/// What a forger may try on a call that was overheard.
fn forgeries(call: &Call) -> Vec<Call> {
    let other_text = |text: &str, place: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).unwrap()
    };
    let mut all: Vec<Call> = vec![];
    all.extend(
        (0..call.signature.len()).map(|place| call.with(|call| call.signature = other_text(&call.signature, place))),
    );
    // Not the escapes: an `x` among them makes another text, but `%x` reads as itself.
    let body_places = (0..call.body.len()).filter(|place| !call.body[..=*place].ends_with(['%', '&', '=']));
    all.extend(body_places.map(|place| call.with(|call| call.body = other_text(&call.body, place))));
    for signature in ["", "AAAA", "not base64!", &call.signature[1..], &call.signature.to_lowercase()] {
        all.push(call.with(|call| signature.clone_into(&mut call.signature)));
    }
    let query = if call.path.contains('?') { '&' } else { '?' };
    for path in
        [format!("{}{query}x=1", call.path), format!("{}{query}", call.path), call.path.replace("twilio", "%74wilio")]
    {
        all.push(call.with(|call| call.path = path));
    }
    for more in ["&MessageStatus=failed", "&Body=HELP", "&x="] {
        all.push(call.with(|call| call.body.push_str(more)));
    }
    all.push(call.with(|call| call.body = call.body.replace('&', ";")));
    all.push(call.with(|call| call.body.clear()));
    all.push(call.with(|call| call.headers.push(("x-twilio-signature", call.signature.clone()))));
    all
}

#[tokio::test]
async fn forged_altered_and_re_encoded_calls_are_refused_and_change_nothing() {
    let (house, vendor) = visited().await;
    let sent = texted(&house).await;
    let before = house.head().await;
    let mut refused = 0;
    for call in [
        report(&vendor, &house, sent, "delivered", ""),
        text(&vendor, &house, SID, ANA, "STOP"),
        vendor.call(
            &house,
            "/hooks/twilio/inbound?a=%20b&c=d+e",
            &[("MessageSid", SID), ("From", ANA), ("Body", "stop")],
        ),
    ] {
        for forged in forgeries(&call) {
            let answer = forged.post(&house).await;
            // An escaped path leads nowhere; everything else is recognised as forged.
            let expected = if forged.path.contains("%74") { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{} {} {}", forged.path, forged.body, forged.signature);
            refused += 1;
        }
        let elsewhere = Vendor::new().call(&house, &call.path, &[("MessageSid", SID), ("From", ANA), ("Body", "STOP")]);
        assert_eq!(elsewhere.post(&house).await.status, StatusCode::FORBIDDEN);
    }
    assert!(refused > 400, "{refused} forgeries were tried");
    assert_eq!(house.head().await, before);
    assert_eq!(report(&vendor, &house, sent, "delivered", "").post(&house).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_address_comes_from_configuration_whatever_the_request_says() {
    let vendor = Vendor::new();
    let base_url = BaseUrl::parse("https://portal.example.com").unwrap();
    let house = House::with_vendor(WebConfig { base_url, ..config() }, &vendor).await;
    let call = text(&vendor, &house, "1", ANA, "hi");
    for headers in [
        vec![],
        vec![("x-forwarded-host", "evil.example".to_owned())],
        vec![("x-forwarded-proto", "http".to_owned()), ("forwarded", "host=evil.example".to_owned())],
    ] {
        assert_eq!(call.with(|call| call.headers = headers).post(&house).await.status, StatusCode::OK);
    }
    let (evil, _) = visited().await;
    assert_eq!(
        text(&vendor, &evil, "1", ANA, "hi").post(&house).await.status,
        StatusCode::FORBIDDEN,
        "another address"
    );
}

#[tokio::test]
async fn stop_by_text_message_opts_out_at_once() {
    let (house, vendor) = visited().await;
    let ana = house.ana().await;
    let answer = text(&vendor, &house, "1", ANA, "Stop!").post(&house).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/xml; charset=utf-8"));
    assert_eq!(answer.body, NOTHING);
    let card = house.use_cases().contact_card(&house.system(), ana).await.unwrap();
    assert!(card.sms_opted_out);
    for _ in 0..3 {
        text(&vendor, &house, "2", ANA, "START").post(&house).await;
        text(&vendor, &house, "1", ANA, "Stop!").post(&house).await;
    }
    assert!(!house.use_cases().contact_card(&house.system(), ana).await.unwrap().sms_opted_out, "each acted once");
}

#[tokio::test]
async fn the_keyword_brings_a_link_and_a_stranger_the_same_words_as_everybody() {
    let (house, vendor) = visited().await;
    house.ana().await;
    for _ in 0..2 {
        let answer = text(&vendor, &house, "1", ANA, "login").post(&house).await;
        assert_eq!(answer.body, NOTHING);
        house.advance(Lifetime::from_mins(2));
    }
    let texts = house.delivered().await;
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("Ana Good") && texts[0].contains("http://localhost:8080/m/"), "{}", texts[0]);
    let hostile = "</Message><Redirect>http://evil.example</Redirect><Message>";
    let stranger = text(&vendor, &house, "2", "+14155550199", hostile).post(&house).await;
    assert_eq!(
        stranger.body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Client portal: nobody reads this number. If yours is \
         on file with us, text LOGIN for a sign-in link, else ask whoever invited you. STOP ends messages.\
         </Message></Response>"
    );
}

#[tokio::test]
async fn while_the_log_can_not_be_written_the_vendor_is_to_call_again() {
    let (house, vendor) = visited().await;
    let sent = texted(&house).await;
    house.log.close().await;
    for call in [report(&vendor, &house, sent, "delivered", ""), text(&vendor, &house, "1", ANA, "STOP")] {
        let answer = call.post(&house).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, ""), "{}", call.path);
    }
}

#[tokio::test]
async fn without_a_vendor_there_are_no_hooks() {
    let (house, vendor) = (House::new().await, Vendor::new());
    for path in ["/hooks/twilio/status", "/hooks/twilio/inbound"] {
        let call = vendor.call(&house, path, &[("MessageSid", SID), ("From", ANA), ("Body", "STOP")]);
        assert_eq!(call.post(&house).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_vendor_is_not_limited_per_address_but_by_size_and_method() {
    let vendor = Vendor::new();
    let limits = LimitsConfig { ip: 1, ip_sign_in: 1, token_requests: 1 };
    let house = House::with_vendor(WebConfig { limits, ..config() }, &vendor).await;
    for nth in 0..10 {
        let answer = text(&vendor, &house, &nth.to_string(), "12345", "hi").post(&house).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    // The form around the words takes 85 bytes.
    for (length, expected) in [(16_000, StatusCode::OK), (17_000, StatusCode::PAYLOAD_TOO_LARGE)] {
        let answer = text(&vendor, &house, "long", "12345", &"a".repeat(length)).post(&house).await;
        assert_eq!(answer.status, expected, "{length}");
    }
    for method in [Method::PUT, Method::DELETE] {
        let answer = house.browser().ask(method, "/hooks/twilio/inbound", &[], None).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}
