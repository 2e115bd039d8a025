//! Looking at a link changes nothing, and shows nothing about anybody.

use axum::http::{Method, StatusCode};
use insta::assert_snapshot;
use magiclink_domain::usecases::Door;

use crate::house::House;

#[tokio::test]
async fn the_page_has_one_button_and_loads_nothing() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let page = house.browser().get(&link.path).await;
    assert_snapshot!(page.shown(), @r#"
    200 OK
    cache-control: no-store
    content-length: 3442
    content-security-policy: default-src 'none'; style-src 'sha256-…'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    permissions-policy: accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()
    referrer-policy: strict-origin
    set-cookie: magiclink_nonce=RANDOM; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000
    x-content-type-options: nosniff
    x-robots-tag: noindex, nofollow

    <!doctype html>
    <html lang="en" dir="ltr">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>Sign in · Client portal</title>
    <style>…</style>
    </head>
    <body>
    <main>
    <p class="brand"><span class="mark" aria-hidden="true">C</span> Client portal</p>
    <h1>Sign in</h1>
    <p>Press the button to sign in to Client portal in this browser.</p>
    <form method="post" action="/m/RANDOM">
    <input type="hidden" name="form" value="RANDOM">
    <button type="submit">Sign in</button>
    </form>
    <p class="quiet">Did not expect this? Close this page: nothing happens until the button is pressed.</p>
    </main>
    </body>
    </html>
    "#);
}

#[tokio::test]
async fn the_page_is_the_same_for_every_contact_but_for_nonce_and_form_action() {
    let house = House::new().await;
    let (ana, ben) = (house.ana().await, house.ben().await);
    let mut pages = vec![];
    for contact in [ana, ben] {
        let link = house.link(contact).await;
        let page = house.browser().get(&link.path).await;
        let tag = page.tag(&link.path);
        pages.push(page.body.replace(&tag, "TAG").replace(&link.path, "ACTION"));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(!pages[0].contains("Ana") && !pages[0].contains("example.com"));
}

#[tokio::test]
async fn a_browser_keeps_the_nonce_it_has() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    assert!(browser.get(&link.path).await.header("set-cookie").starts_with("magiclink_nonce="));
    assert_eq!(browser.get(&link.path).await.header("set-cookie"), "");
    browser.cookies.insert("magiclink_nonce".into(), "not one of ours".into());
    assert!(browser.get(&link.path).await.header("set-cookie").starts_with("magiclink_nonce="));
}

#[tokio::test]
async fn after_a_thousand_safe_requests_of_every_kind_one_press_signs_in() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let head = house.head().await;
    let mut browser = house.browser();
    let kinds: [(Method, &[(&str, &str)]); 8] = [
        (Method::GET, &[]),
        (Method::HEAD, &[]),
        (Method::OPTIONS, &[("origin", "https://evil.example"), ("access-control-request-method", "POST")]),
        (Method::GET, &[("range", "bytes=0-100")]),
        (Method::GET, &[("purpose", "prefetch")]),
        (Method::GET, &[("sec-purpose", "prefetch;prerender")]),
        (Method::GET, &[("x-http-method-override", "POST"), ("x-method-override", "POST")]),
        (Method::TRACE, &[]),
    ];
    for nth in 0..1_000 {
        let (method, headers) = &kinds[nth % kinds.len()];
        // Half of them are new to us, as scanners are.
        let mut stranger = house.browser();
        let visitor = if nth % 2 == 0 { &mut browser } else { &mut stranger };
        visitor.ask(method.clone(), &format!("{}?nth={nth}&_method=POST", link.path), headers, None).await;
    }
    assert_eq!(house.events_after(head).await, ["link.opened.v1", "link.opened.v1"], "once per kind of opener");
    let door = house.use_cases().door(link.id, None).await.unwrap();
    assert!(matches!(door, Door::Ready(_)), "{door:?}");
    let page = browser.get(&link.path).await;
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    browser.get(&link.path).await;
    let (get, head) = (browser.get(&link.path).await, browser.ask(Method::HEAD, &link.path, &[], None).await);
    assert_eq!(head.body, "");
    assert_eq!((head.status, head.header("content-length")), (get.status, get.body.len().to_string().as_str()));
}
