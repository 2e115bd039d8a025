//! Headers of every answer, and the limits that answer before anybody looks.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use magiclink_web::{BaseUrl, LimitsConfig, WebConfig};

use crate::house::{Answer, House, config};

const PATHS: &[&str] = &[
    "/",
    "/nothing/here",
    "/m/x",
    "/m/x/new",
    "/m/",
    "/console/m/x",
    "/console/sign-in",
    "/console/code",
    "/portal",
    "/portal/offerings/pricing",
    "/portal/sign-in",
    "/portal/code",
    "/portal/account",
    "/portal/account/sign-out-everywhere",
    "/portal/sign-out",
    "/portal/sessions/x/end",
    "/portal/check/pricing",
    "/sandbox",
    "/hooks/twilio/status",
    "/hooks/twilio/inbound",
    "/assets/none.css",
    "/api/v1/nothing",
    "/%ff",
];

fn assert_secured(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ] {
        assert_eq!(answer.header(name), value, "{name} of {what}");
    }
    let policy = answer.header("content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{part} of {what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}");
    assert!(!answer.header("permissions-policy").is_empty(), "{what}");
    let referrer = if what.contains("/m/x") { "strict-origin" } else { "no-referrer" };
    assert_eq!(answer.header("referrer-policy"), referrer, "{what}");
    if !answer.body.is_empty() {
        assert!(!answer.header("content-type").is_empty(), "{what}");
    }
}

fn https() -> WebConfig {
    WebConfig { base_url: BaseUrl::parse("https://portal.example.com").unwrap(), ..config() }
}

#[tokio::test]
async fn every_answer_of_every_route_and_method_is_secured() {
    let house = House::with(https()).await;
    let mut browser = house.browser();
    for path in PATHS {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let method: Method = method.parse().unwrap();
            let answer = browser.ask(method.clone(), path, &[], None).await;
            // Refused before the page is known, like any other form from elsewhere.
            if method == Method::POST && answer.status == StatusCode::FORBIDDEN {
                continue;
            }
            let what =
                if answer.status == StatusCode::METHOD_NOT_ALLOWED { "405".into() } else { format!("{method} {path}") };
            assert_secured(&answer, &what);
            assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.status);
            if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                assert!(!answer.header("allow").is_empty(), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn the_bare_address_leads_to_the_portal() {
    let house = House::new().await;
    assert_eq!(house.browser().get("/").await.location(), "/portal");
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_over_https() {
    let house = House::with(https()).await;
    let mut browser = house.browser();
    let set = browser.get("/portal/sign-in").await.header("set-cookie").to_owned();
    assert!(set.starts_with("__Host-magiclink_nonce=") && set.contains("; Secure;"), "{set}");
}

#[tokio::test]
async fn plain_http_says_nothing_of_https() {
    let house = House::new().await;
    assert_eq!(house.browser().get("/portal/sign-in").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn what_is_too_large_is_refused_announced_or_not() {
    let house = House::with(https()).await;
    let body = "address=".to_owned() + &"a".repeat(64 * 1024);
    for announced in [true, false] {
        let mut request = Request::post("/portal/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        if announced {
            request = request.header("content-length", body.len());
        }
        let answer = house.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_secured(&answer, "413");
        assert!(answer.words().starts_with("Client portal\nToo much at once"), "{}", answer.words());
    }
}

#[tokio::test]
async fn too_many_requests_from_one_address_are_refused_whatever_it_calls_itself() {
    let limits = LimitsConfig { ip: 5, ip_sign_in: 0, token_requests: 0 };
    let house = House::with(WebConfig { limits, ..https() }).await;
    let mut browser = house.browser();
    for nth in 0..5 {
        let spoofed = format!("198.51.100.{nth}");
        let answer = browser.ask(Method::GET, "/portal/sign-in", &[("x-forwarded-for", &spoofed)], None).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let spoofed = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1"), ("x-real-ip", "192.0.2.1")];
    let answer = browser.ask(Method::GET, "/portal/sign-in", &spoofed, None).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "12"));
    assert_secured(&answer, "429");
    assert!(answer.words().starts_with("Client portal\nToo many requests"), "{}", answer.words());
    browser.peer = "203.0.113.8:1".parse().unwrap();
    assert_eq!(browser.get("/portal/sign-in").await.status, StatusCode::OK, "another address has its own");
}

#[tokio::test]
async fn behind_our_own_proxy_every_client_counts_for_itself() {
    let limits = LimitsConfig { ip: 1, ip_sign_in: 0, token_requests: 0 };
    let trusted_proxies = vec!["203.0.113.0/24".parse().unwrap()];
    let house = House::with(WebConfig { limits, trusted_proxies, ..config() }).await;
    let mut browser = house.browser();
    let mut ask = async |forwarded: &str| {
        browser.ask(Method::GET, "/portal/sign-in", &[("x-forwarded-for", forwarded)], None).await.status
    };
    assert_eq!(ask("198.51.100.1").await, StatusCode::OK);
    assert_eq!(ask("198.51.100.2").await, StatusCode::OK);
    assert_eq!(ask("198.51.100.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        ask("192.0.2.77, 198.51.100.1").await,
        StatusCode::TOO_MANY_REQUESTS,
        "what the client claims is not believed"
    );
}

#[tokio::test]
async fn asking_for_links_has_a_limit_of_its_own() {
    let limits = LimitsConfig { ip: 0, ip_sign_in: 2, token_requests: 0 };
    let house = House::with(WebConfig { limits, ..config() }).await;
    let mut browser = house.browser();
    let page = browser.get("/portal/sign-in").await;
    for expected in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(browser.submit(&page, "/portal/sign-in", &[("address", "ana@example.com")]).await.status, expected);
    }
    let page = browser.get("/portal/code").await;
    let code = [("address", "ana@example.com"), ("code", "0000-0000")];
    assert_eq!(browser.submit(&page, "/portal/code", &code).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_node_with_all_hands_full_says_so_at_once() {
    let house = House::with(WebConfig { most_in_flight: 0, ..https() }).await;
    let request = Request::get("/portal").extension(ConnectInfo(house.browser().peer)).body(Body::empty()).unwrap();
    let answer = house.send(request).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_secured(&answer, "503");
}

#[tokio::test]
async fn style_sheets_may_be_kept_for_ever() {
    let house = House::new().await;
    let mut browser = house.browser();
    let page = browser.get("/portal/sign-in").await;
    let (_, rest) = page.body.split_once(r#"rel="stylesheet" href=""#).unwrap();
    let answer = browser.get(rest.split_once('"').unwrap().0).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn style_sheets_travel_compressed_and_pages_that_hold_secrets_do_not() {
    let house = House::new().await;
    let mut browser = house.browser();
    let gzip = [("accept-encoding", "gzip, br")];
    let page = browser.ask(Method::GET, "/portal/sign-in", &gzip, None).await;
    assert_eq!(page.header("content-encoding"), "");
    let (_, rest) = page.body.split_once(r#"rel="stylesheet" href=""#).unwrap();
    let path = rest.split_once('"').unwrap().0;
    let asked = Request::get(path).header("accept-encoding", "gzip, br").extension(ConnectInfo(browser.peer));
    let (headers, bytes) = house.weigh(asked.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (headers["content-encoding"].as_bytes(), headers["vary"].as_bytes()),
        (&b"gzip"[..], &b"accept-encoding"[..])
    );
    assert!(bytes < 16 * 1024, "{bytes} bytes");
    assert_eq!(browser.get(path).await.header("content-encoding"), "", "only to browsers that ask for it");
}
