//! Every reason why a link does not sign in has its own page that says what to do next.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::link::Refusal;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Policy;

use crate::house::{Answer, House, Link, config};

/// The page that a look and a press both give; the press is noted with its reason.
async fn refused(house: &House, link: &Link, why: Refusal) -> Answer {
    let mut browser = house.browser();
    let seen = browser.get(&link.path).await;
    let head = house.head().await;
    let tag = house.web.use_cases.ports().keys.keyring().form_tag(&browser.cookies["magiclink_nonce"], &link.path);
    let pressed = browser.post(&link.path, &[("form", &tag)]).await;
    assert_eq!((seen.status, pressed.status), (StatusCode::GONE, StatusCode::GONE));
    assert_eq!(seen.body, pressed.body);
    assert!(!browser.cookies.keys().any(|name| name.contains("portal")));
    let noted = house.log_json(head, "link.redemption_refused").await;
    assert!(noted.contains(&format!("\"{}\"", why.as_str())), "{noted}");
    pressed
}

#[tokio::test]
async fn an_expired_link() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    house.advance(Lifetime::DAY);
    assert_snapshot!(refused(&house, &link, Refusal::Expired).await.shown(), @r#"
    410 Gone
    cache-control: no-store
    content-length: 3450
    content-security-policy: default-src 'none'; style-src 'sha256-…'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    permissions-policy: accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()
    referrer-policy: strict-origin
    x-content-type-options: nosniff
    x-robots-tag: noindex, nofollow

    <!doctype html>
    <html lang="en" dir="ltr">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>This link has expired · Client portal</title>
    <style>…</style>
    </head>
    <body>
    <main>
    <p class="brand"><span class="mark" aria-hidden="true">C</span> Client portal</p>

    <h1>This link has expired</h1>
    <p>Links work for a limited time, and this one’s time is over.</p>
    <form method="post" action="/m/RANDOM/new">
    <input type="hidden" name="form" value="RANDOM">
    <button type="submit">Send me a new one</button>
    </form>
    <p class="quiet">It goes to the address we have on file for you.</p>
    </main>
    </body>
    </html>
    "#);
}

#[tokio::test]
async fn a_used_link() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    house.signed_in(&link).await;
    assert_snapshot!(refused(&house, &link, Refusal::Used).await.words(), @r"
    Client portal
    This link has been used
    It has already signed somebody in as often as it may, so it does not work again. If that was not you, have a new one sent and look at your account.
    Send me a new one
    It goes to the address we have on file for you.
    ");
}

#[tokio::test]
async fn a_revoked_link() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    house.use_cases().revoke_link(&house.system(), link.id, None).await.unwrap();
    assert_snapshot!(refused(&house, &link, Refusal::Revoked).await.words(), @r"
        Client portal
        This link was switched off
        It was withdrawn before its time, so it does not sign you in any more.
        Send me a new one
        It goes to the address we have on file for you.
        ");
}

#[tokio::test]
async fn a_replaced_link() {
    let house = House::under(config(), |policy| Policy { replace_older: true, ..policy }).await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    house.link(ana).await;
    assert_snapshot!(refused(&house, &link, Refusal::Replaced).await.words(), @r"
        Client portal
        There is a newer link
        A newer link was sent in place of this one. Look for the latest message, and use that.
        Send me a new one
        It goes to the address we have on file for you.
        ");
}

#[tokio::test]
async fn a_link_from_before_access_ended_and_came_back_does_not_say_that_somebody_withdrew_it() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    house.revoke(ana, "pricing").await;
    house.grant(ana, "pricing").await;
    let before = house.browser().get(&link.path).await;
    assert_snapshot!(refused(&house, &link, Refusal::Revoked).await.words(), @r"
    Client portal
    This link has ended
    Since it was made, your access ended for a while, your address changed, or all your links and sign-ins were ended at once. Links from before that do not work any more.
    Send me a new one
    It goes to the address we have on file for you.
    ");
    assert!(before.words().contains("This link has ended"), "{}", before.words());
}

#[tokio::test]
async fn a_link_of_a_contact_whose_access_has_ended() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    house.revoke(ana, "pricing").await;
    assert_snapshot!(refused(&house, &link, Refusal::AccessEnded).await.words(), @r"
        Client portal
        Your access has ended
        At the moment nothing is open to you here. If you think it should be, ask whoever invited you. Once you have access again, you can have a new link.
        Send me a new one
        It goes to the address we have on file for you.
        ");
}

#[tokio::test]
async fn a_link_of_a_contact_who_was_erased() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    house.use_cases().erase_contact(&house.system(), ana).await.unwrap();
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_snapshot!(page.words(), @r"
        Client portal
        This link belongs to nobody any more
        The person it was made for is not with us any more, so it signs nobody in.
        Ask for a new link
        ");
}

#[tokio::test]
async fn a_staff_link_in_another_browser_than_the_one_that_asked() {
    let house = House::new().await;
    house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let mut asking = house.browser();
    let page = asking.get("/console/sign-in").await;
    asking.submit(&page, "/console/sign-in", &[("address", "sam@example.com")]).await;
    let mail = house.delivered().await.remove(0);
    let path = mail.split_whitespace().find_map(|word| word.strip_prefix("http://localhost:8080")).unwrap().to_owned();
    let link = Link { path, ..house.link(house.ana().await).await };
    let page = refused(&house, &link, Refusal::OtherBrowser).await;
    assert_snapshot!(page.words(), @r"
        Client portal
        Open this link where you asked for it
        It works only in the browser in which it was asked for. Open it there, or type the code from the same message on the sign-in page.
        Type the code
        Ask for a new link
        ");
    let page = asking.get(&link.path).await;
    assert_eq!(asking.submit(&page, &link.path, &[]).await.location(), "/console");
}

#[tokio::test]
async fn a_new_one_goes_to_the_address_on_file_three_times_an_hour() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    house.signed_in(&link).await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    let new = format!("{}/new", link.path);
    let answer = browser.submit(&page, &new, &[("address", "evil@example.com")]).await;
    assert_snapshot!(answer.words(), @r"
        Client portal
        Check your messages
        If a new link can be sent, it is on its way to the address we have on file. It takes a minute at most.
        Nothing there? Ask for a link on the sign-in page.
        ");
    let mails = house.delivered().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].starts_with("Hello Ana Good,"), "{}", mails[0]);
    for _ in 0..4 {
        house.advance(Lifetime::from_mins(2));
        let again = browser.submit(&page, &new, &[]).await;
        assert_eq!(again.body, answer.body);
    }
    assert_eq!(house.delivered().await.len(), 3);
}

#[tokio::test]
async fn while_redeeming_is_stopped_nothing_is_spent() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopRedeeming).await.unwrap();
    for answer in [browser.submit(&page, &link.path, &[]).await, browser.get(&link.path).await] {
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "300"));
        assert!(answer.words().contains("Signing in is paused"));
    }
    house.use_cases().switch(&house.system(), SettingsCommand::Resume).await.unwrap();
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn while_issuing_is_stopped_no_new_link_is_promised() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    house.advance(Lifetime::DAY);
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopIssuing).await.unwrap();
    let new = format!("{}/new", link.path);
    let answer = browser.submit(&page, &new, &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.words().contains("no message is on its way"), "{}", answer.words());
    assert!(answer.body.contains(&format!("href=\"{}\"", link.path)), "trying again leads to the link");
    assert_eq!(house.delivered().await.len(), 0);
}
