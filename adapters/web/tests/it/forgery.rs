//! Texts that are no tokens, and forms that are not ours.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use magiclink_domain::usecases::Door;
use magiclink_store::testing::dose;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::house::{Answer, Browser, House, Link};

/// The page without what belongs to the browser.
fn faceless(page: &Answer) -> String {
    assert!(!page.tag("/portal/sign-in").is_empty());
    page.shown()
}

#[tokio::test]
async fn whatever_is_no_token_gets_one_page_and_not_one_statement() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let token = link.path.strip_prefix("/m/").unwrap();
    let mut browser = house.browser();
    browser.get(&link.path).await;
    let page = browser.get("/m/x").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let mut forged: Vec<String> =
        (0..token.len()).map(|cut| token[..cut].to_owned()).filter(|t| !t.is_empty()).collect();
    forged.extend(["A", "=", ".", "%00", "%2F", "%C3"].map(|more| format!("{token}{more}")));
    forged.push(token.chars().rev().collect());
    forged.push(token.to_uppercase());
    forged.push(format!("%{:02X}{}", token.as_bytes()[0], &token[1..]));
    for (at, letter) in token.char_indices() {
        let other = if letter == 'A' { 'B' } else { 'A' };
        forged.push(format!("{}{other}{}", &token[..at], &token[at + 1..]));
    }
    let statements = house.log.statements();
    for token in &forged {
        for method in [Method::GET, Method::POST] {
            let fields: Option<&[(&str, &str)]> = if method == Method::POST { Some(&[("form", "x")]) } else { None };
            let answer = browser.ask(method, &format!("/m/{token}"), &[], fields).await;
            assert_eq!(faceless(&answer), faceless(&page), "{token}");
        }
    }
    assert_eq!(house.log.statements(), statements);
}

/// What a path can't hold as it is; the letters of tokens stay, since tokens are taken literally.
const NOT_IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'=');

/// Texts that are like a token, mostly with one letter changed, or like anything.
fn forged(token: &str) -> impl Strategy<Value = String> {
    let (token, length) = (token.to_owned(), token.len());
    let (other, cut, longer) = (token.clone(), token.clone(), token);
    let place = (0..length, "[A-Za-z0-9_=%.-]");
    let changes = prop_oneof![3 => prop::collection::vec(place.clone(), 1), 1 => prop::collection::vec(place, 2..5)];
    prop_oneof![
        8 => changes.prop_map(move |changes| {
            let mut forged = other.clone();
            for (at, letter) in changes {
                forged.replace_range(at..=at, &letter);
            }
            forged
        }),
        1 => (1..length).prop_map(move |at| cut[..at].to_owned()),
        1 => "[A-Za-z0-9_-]{1,60}".prop_map(move |more| format!("{longer}{more}")),
        2 => "[A-Za-z0-9_-]{44}",
        1 => "[!-~]{1,120}",
    ]
}

/// `DRILL_DOSE` makes a longer dose of it.
#[test]
fn no_mutation_of_a_token_opens_anything_or_reaches_the_database() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (house, token) = runtime.block_on(async {
        let house = House::new().await;
        let link = house.link(house.ana().await).await;
        (house, link.path.strip_prefix("/m/").unwrap().to_owned())
    });
    let statements = house.log.statements();
    let seed = [7; 32];
    let config = Config { cases: dose(1_000).try_into().unwrap(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let result = runner.run(&(forged(&token), any::<bool>()), |(forged, staff)| {
        prop_assume!(forged != token);
        let path = percent_encoding::utf8_percent_encode(&forged, NOT_IN_A_PATH);
        for method in [Method::GET, Method::POST] {
            let request = Request::builder().method(method).header("sec-fetch-site", "same-origin");
            let request = request.uri(format!("{}/m/{path}", if staff { "/console" } else { "" }));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = runtime.block_on(house.send(request.body(Body::from("form=x")).unwrap()));
            prop_assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("seed {seed:?}: {failure}"));
    assert_eq!(house.log.statements(), statements, "statements");
}

#[tokio::test]
async fn a_token_of_one_realm_is_nothing_in_the_other() {
    let house = House::new().await;
    let contact = house.link(house.ana().await).await;
    let staff = house.staff(magiclink_domain::authority::Role::Owner, "Olga", "olga@example.com").await;
    let staff = house.staff_link(staff).await;
    let mut browser = house.browser();
    for path in [format!("/console{}", contact.path), staff.path.replace("/console", "")] {
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

async fn press(browser: &mut Browser<'_>, link: &Link, headers: &[(&str, &str)], tag: &str) -> StatusCode {
    browser.ask(Method::POST, &link.path, headers, Some(&[("form", tag)])).await.status
}

#[tokio::test]
async fn a_form_counts_only_from_our_own_page_in_the_same_browser() {
    let house = House::new().await;
    let ana = house.ana().await;
    let (link, other) = (house.link(ana).await, house.link(ana).await);
    let mut browser = house.browser();
    let ours = browser.get(&link.path).await.tag(&link.path);
    let another_links = browser.get(&other.path).await.tag(&other.path);
    let another_browsers = house.browser().get(&link.path).await.tag(&link.path);
    let sites = [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
    let origins =
        [None, Some("http://localhost:8080"), Some("null"), Some("https://evil.example"), Some("http://localhost")];
    let mut let_in = vec![];
    for site in sites {
        for origin in origins {
            for (whose, tag) in [
                ("none", ""),
                ("nonsense", "AAAA"),
                ("another link's", &another_links),
                ("another browser's", &another_browsers),
            ] {
                let headers: Vec<_> = [("sec-fetch-site", site), ("origin", origin)]
                    .into_iter()
                    .filter_map(|(n, v)| Some((n, v?)))
                    .collect();
                let status = press(&mut browser, &link, &headers, tag).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{site:?} {origin:?} with {whose} tag");
            }
        }
    }
    let door = house.use_cases().door(link.id, None).await.unwrap();
    assert!(matches!(door, Door::Ready(_)), "nothing was spent");
    for site in sites {
        for origin in origins {
            let headers: Vec<_> =
                [("sec-fetch-site", site), ("origin", origin)].into_iter().filter_map(|(n, v)| Some((n, v?))).collect();
            match press(&mut browser, &link, &headers, &ours).await {
                StatusCode::SEE_OTHER => let_in.push((site, origin)),
                status => assert_eq!(status, StatusCode::FORBIDDEN, "{site:?} {origin:?}"),
            }
        }
    }
    let own = Some("http://localhost:8080");
    assert_eq!(
        let_in,
        [(None, own), (Some("same-origin"), None), (Some("same-origin"), own), (Some("same-origin"), Some("null")),]
    );
}

#[tokio::test]
async fn every_form_wants_the_proof() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.signed_in(&link).await;
    let head = house.head().await;
    for path in [
        "/portal/sign-in",
        "/portal/code",
        "/portal/sign-out",
        "/portal/account/sign-out-everywhere",
        &format!("/portal/sessions/{}.1/end", link.id),
        &format!("{}/new", link.path),
        "/console/sign-in",
        "/console/code",
        "/sandbox",
    ] {
        let tag = house.web.use_cases.ports().keys.keyring().form_tag(&browser.cookies["magiclink_nonce"], path);
        let fields: &[(&str, &str)] = &[("address", "ana@example.com"), ("code", "0000-0000"), ("form", &tag)];
        let cross = browser.ask(Method::POST, path, &[("sec-fetch-site", "cross-site")], Some(fields)).await;
        assert_eq!(cross.status, StatusCode::FORBIDDEN, "{path}");
        let untagged = browser.post(path, &fields[..2]).await;
        assert_eq!(untagged.status, StatusCode::FORBIDDEN, "{path}");
        let no_form = browser
            .ask(Method::POST, path, &[("sec-fetch-site", "same-origin"), ("content-type", "text/plain")], None)
            .await;
        assert_eq!(no_form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
    }
    assert_eq!(house.events_after(head).await, [] as [&str; 0]);
    assert_eq!(browser.get("/portal").await.status, StatusCode::OK);
}
