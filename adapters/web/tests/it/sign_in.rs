//! Asking for a link oneself.

use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode};
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::time::Lifetime;
use magiclink_store::testing::dose;

use crate::house::{Answer, House};

async fn asked(house: &House, path: &str, address: &str) -> Answer {
    let mut browser = house.browser();
    browser.cookies.insert("magiclink_nonce".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    let page = browser.get(path).await;
    browser.submit(&page, path, &[("address", address)]).await
}

#[tokio::test]
async fn known_or_not_the_answer_is_the_same_to_the_byte() {
    let house = House::new().await;
    house.ana().await;
    house.stranger("Nobody’s Guest", "guest@example.com", None).await;
    let known = asked(&house, "/portal/sign-in", "Ana@Example.com ").await;
    assert_eq!(known.status, StatusCode::OK);
    assert_snapshot!(known.words(), @r"
    Client portal
    Check your messages
    If we know this address, a message is on its way. It holds a link and a code; both work for 15 minutes.
    Open the link on any device, or type the code here:
    Type the code
    Nothing after two minutes? Look into the spam folder and check the spelling. Try again
    ");
    for unknown in
        ["nobody@example.com", "guest@example.com", "+14155550199", "nonsense", "' or 1=1 --", &"x".repeat(10_000)]
    {
        assert_eq!(asked(&house, "/portal/sign-in", unknown).await.shown(), known.shown(), "{unknown}");
    }
    let mails = house.delivered().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].starts_with("Hello Ana Good,"));
}

/// The middle one.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// G21 of the reliability goals: medians differ by less than a millisecond. `DRILL_DOSE` makes more samples.
#[tokio::test]
async fn known_or_not_the_answer_takes_the_same_time() {
    let house = House::new().await;
    house.ana().await;
    let mut browser = house.browser();
    browser.cookies.insert("magiclink_nonce".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    let tag = browser.get("/portal/sign-in").await.tag("/portal/sign-in");
    let mut took = [vec![], vec![]];
    let samples = dose(60);
    for nth in 0..samples {
        // A link is made for each question about somebody known: the budgets are fresh, and the last link has expired.
        house.advance(Lifetime::from_hours(2));
        let known = usize::from(nth % 2 == 0);
        let address = ["nobody@example.com", "ana@example.com"][known];
        let form = format!("form={tag}&address={address}");
        let request = Request::post("/portal/sign-in").header("host", "localhost:8080");
        let request =
            request.header("sec-fetch-site", "same-origin").header("cookie", "magiclink_nonce=AAAAAAAAAAAAAAAAAAAAAA");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.into()).unwrap();
        let head = house.head().await;
        let begun = Instant::now();
        let answer = house.send(request).await;
        took[known].push(begun.elapsed());
        assert_eq!(answer.status, StatusCode::OK);
        house.settle().await;
        let made = house.events_after(head).await.iter().filter(|kind| kind.starts_with("link.issued")).count();
        assert_eq!(made, known, "a question about somebody known makes a link");
    }
    let [unknown, known] = took.map(median);
    println!("{samples} samples: median {known:?} where known, {unknown:?} where not");
    assert!(known.abs_diff(unknown) < Duration::from_millis(1), "{known:?} where known, {unknown:?} where not");
}

#[tokio::test]
async fn staff_known_or_not_the_answer_is_the_same_to_the_byte() {
    let house = House::new().await;
    house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    house.ana().await;
    let known = asked(&house, "/console/sign-in", "sam@example.com").await;
    for unknown in ["nobody@example.com", "ana@example.com", "nonsense"] {
        assert_eq!(asked(&house, "/console/sign-in", unknown).await.shown(), known.shown(), "{unknown}");
    }
    let mails = house.delivered().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("/console/m/"), "{}", mails[0]);
}

#[tokio::test]
async fn by_phone_the_link_comes_as_a_text_message_and_signs_in() {
    let house = House::new().await;
    house.ana().await;
    asked(&house, "/portal/sign-in", "+1 415 555 0100").await;
    let text = house.delivered().await.remove(0);
    assert!(text.starts_with("Client portal, Ana Good:\nhttp://localhost:8080/m/"), "{text}");
    let path = text.split_whitespace().find_map(|word| word.strip_prefix("http://localhost:8080")).unwrap();
    let mut browser = house.browser();
    let page = browser.get(path).await;
    assert_eq!(browser.submit(&page, path, &[]).await.location(), "/portal");
}

#[tokio::test]
async fn asking_again_within_a_minute_sends_nothing_and_later_the_same_link() {
    let house = House::new().await;
    house.ana().await;
    for _ in 0..2 {
        asked(&house, "/portal/sign-in", "ana@example.com").await;
    }
    assert_eq!(house.delivered().await.len(), 1);
    house.advance(Lifetime::from_mins(1));
    asked(&house, "/portal/sign-in", "ana@example.com").await;
    let mails = house.delivered().await;
    assert_eq!(mails.len(), 2);
    let url = |mail: &str| mail.split_whitespace().find(|word| word.contains("/m/")).unwrap().to_owned();
    assert_eq!(url(&mails[0]), url(&mails[1]));
}

#[tokio::test]
async fn an_empty_field_is_asked_for_again() {
    let house = House::new().await;
    let answer = asked(&house, "/portal/sign-in", "  ").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.words().starts_with("Client portal\nType your e-mail address or phone number."),
        "{}",
        answer.words()
    );
}

#[tokio::test]
async fn only_our_own_words_can_be_put_on_the_page() {
    let house = House::new().await;
    let mut browser = house.browser();
    let plain = browser.get("/portal/sign-in").await;
    for said in ["notice=Pay+here", "notice=%3Cb%3E", "x=signed-out", "notice=", "notice=signed-out&notice=x", "%ff"] {
        assert_eq!(browser.get(&format!("/portal/sign-in?{said}")).await.body, plain.body, "{said}");
    }
    assert!(browser.get("/portal/sign-in?notice=signed-out").await.words().contains("You are signed out."));
}

#[tokio::test]
async fn while_issuing_is_stopped_nobody_is_told_that_a_message_is_on_its_way() {
    let house = House::new().await;
    house.ana().await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopIssuing).await.unwrap();
    let known = asked(&house, "/portal/sign-in", "ana@example.com").await;
    assert_eq!((known.status, known.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "300"));
    assert_snapshot!(known.words(), @r"
    Client portal
    Signing in by message is paused for now
    No links are sent at the moment, whatever the address, so no message is on its way. Try again a little later.
    A link or code that you already have still works.
    Type the code
    Try again
    ");
    for unknown in ["nobody@example.com", "+14155550199", "nonsense"] {
        assert_eq!(asked(&house, "/portal/sign-in", unknown).await.shown(), known.shown(), "{unknown}");
    }
    assert_eq!(house.delivered().await.len(), 0);
    house.use_cases().switch(&house.system(), SettingsCommand::Resume).await.unwrap();
    assert_eq!(asked(&house, "/portal/sign-in", "ana@example.com").await.status, StatusCode::OK);
    assert_eq!(house.delivered().await.len(), 1);
}

#[tokio::test]
async fn every_door_says_what_is_stopped_and_only_then() {
    let house = House::new().await;
    let (messages, links) = ("Signing in by message is paused for now", "Signing in is paused for now");
    let (none_made, nobody_in) = ("no links can be made for contacts", "no contact can sign in by link or code");
    let stop = [None, Some(SettingsCommand::StopIssuing), Some(SettingsCommand::StopRedeeming)];
    for (command, portal, console) in [
        (stop[0].clone(), [false, false], [false, false]),
        (stop[1].clone(), [true, false], [true, false]),
        (stop[2].clone(), [false, true], [true, true]),
    ] {
        if let Some(command) = command {
            house.use_cases().switch(&house.system(), command).await.unwrap();
        }
        for path in ["/portal/sign-in", "/portal/code"] {
            let words = house.browser().get(path).await.words();
            assert_eq!([words.contains(messages), words.contains(links)], portal, "{path}: {words}");
        }
        for path in ["/console/sign-in", "/console/code"] {
            let words = house.browser().get(path).await.words();
            assert_eq!([words.contains(none_made), words.contains(nobody_in)], console, "{path}: {words}");
        }
    }
}

#[tokio::test]
async fn staff_can_ask_for_a_link_of_their_own_while_issuing_is_stopped() {
    let house = House::new().await;
    house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopIssuing).await.unwrap();
    let answer = asked(&house, "/console/sign-in", "sam@example.com").await;
    assert!(answer.words().contains("a message is on its way"), "{}", answer.words());
    assert_eq!(house.delivered().await.len(), 1);
}
