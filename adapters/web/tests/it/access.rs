//! What is open to a contact, and what is not.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_domain::id::ContactId;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Slug;
use magiclink_web::WebConfig;

use crate::house::{House, config};

/// A group that is open to the contact for thirty days.
async fn circle(house: &House, contact: ContactId) {
    house.offering("circle", OfferingKind::Group, "Founders’ <i>circle</i> & friends").await;
    let until = Some(house.now().plus(Lifetime::from_days(30)));
    let circle = Slug::parse("circle").unwrap();
    house.use_cases().grant_access(&house.system(), contact, circle, until).await.unwrap();
}

#[tokio::test]
async fn the_portal_shows_courses_and_groups_and_until_when() {
    let house = House::with(WebConfig { time_zone: chrono_tz::Tz::Europe__Berlin, ..config() }).await;
    let ana = house.ana().await;
    circle(&house, ana).await;
    let mut browser = house.signed_in(&house.link(ana).await).await;
    assert_snapshot!(browser.get("/portal").await.page(), @r##"
    <!doctype html>
    <html lang="en" dir="ltr">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <meta name="color-scheme" content="light dark">
    <title>Client portal</title>
    <link rel="stylesheet" href="/assets/….css">
    <script src="/assets/portal-….js" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
    <a class="brand" href="/portal"><span class="mark" aria-hidden="true">C</span><bdi>Client portal</bdi></a>
    <nav aria-label="Portal">
    <a href="/portal" aria-current="page">Home</a>
    <a href="/portal/account">Account</a>
    <form method="post" action="/portal/sign-out"><input type="hidden" name="form" value="RANDOM"><button class="link" type="submit">Sign out</button></form>
    </nav>
    </header>
    <main id="main" tabindex="-1">

    <div class="hello">
    <h1>Welcome, <bdi>Ana Good</bdi></h1>
    <p>2 courses and groups are open to you.</p>
    </div>
    <section aria-labelledby="courses">
    <h2 id="courses">Courses</h2>
    <ul class="tiles">
    <li class="tile">
    <p class="kind">Course</p>
    <h3><a href="/portal/offerings/pricing"><bdi>Pricing that works</bdi></a></h3>
    <p class="until">Open to you</p>
    </li>
    </ul>
    </section>
    <section aria-labelledby="groups">
    <h2 id="groups">Groups</h2>
    <ul class="tiles">
    <li class="tile">
    <p class="kind">Group</p>
    <h3><a href="/portal/offerings/circle"><bdi>Founders’ &#60;i&#62;circle&#60;/i&#62; &#38; friends</bdi></a></h3>
    <p class="until">Open until <time datetime="2026-05-31T12:00:00Z">31 May 2026</time></p>
    </li>
    </ul>
    </section>
    </main>
    </body>
    </html>
    "##);
}

#[tokio::test]
async fn an_offering_has_its_own_page_with_the_way_to_its_content() {
    let house = House::with(WebConfig { time_zone: chrono_tz::Tz::Europe__Berlin, ..config() }).await;
    let ana = house.ana().await;
    circle(&house, ana).await;
    let mut browser = house.signed_in(&house.link(ana).await).await;
    let page = browser.get("/portal/offerings/circle").await;
    assert_snapshot!(page.words(), @r"
    Back to everything that is open to you
    Group
    Founders’ <i>circle</i> & friends
    Open to you since 1 May 2026
    Open until 31 May 2026, 14:00 CEST
    Open the group
    ");
    assert!(
        page.body
            .contains(r#"<a class="button big" href="https://learn.example.com/circle" rel="noopener noreferrer">"#)
    );
}

#[tokio::test]
async fn what_is_not_granted_is_not_open_and_what_does_not_exist_is_not_there() {
    let house = House::new().await;
    house.offering("circle", OfferingKind::Group, "Founders’ circle").await;
    let mut browser = house.signed_in(&house.link(house.ana().await).await).await;
    let refused = browser.get("/portal/offerings/circle").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_snapshot!(refused.words(), @r"
    Client portal
    This is not open to you
    It may have been, and ended, or it was never part of what you have. If you think it should be open, ask whoever invited you.
    Go to the portal
    ");
    for slug in ["none", "home", "..%2Fportal", "%ff", "PRICING"] {
        let status = browser.get(&format!("/portal/offerings/{slug}")).await.status;
        assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{slug}: {status}");
    }
}

#[tokio::test]
async fn access_ends_at_once_and_the_portal_says_so() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut browser = house.signed_in(&house.link(ana).await).await;
    house.revoke(ana, "pricing").await;
    assert_eq!(browser.get("/portal/offerings/pricing").await.status, StatusCode::FORBIDDEN);
    let portal = browser.get("/portal").await;
    assert_eq!(portal.status, StatusCode::OK);
    assert_snapshot!(portal.words(), @r"
    Welcome, Ana Good
    Nothing is open to you at the moment
    Your access has ended, or has not begun. If you think a course or group should be open to you, ask whoever invited you. Your account stays, and what is opened to you appears here.
    ");
}

#[tokio::test]
async fn a_proxy_is_told_who_may_pass() {
    let house = House::new().await;
    let ana = house.ana().await;
    house.offering("circle", OfferingKind::Group, "Founders’ circle").await;
    let check = "/portal/check/pricing";
    let nobody = house.browser().get(check).await;
    assert_eq!((nobody.status, nobody.body.as_str()), (StatusCode::UNAUTHORIZED, ""));
    let mut browser = house.signed_in(&house.link(ana).await).await;
    let let_in = browser.get(check).await;
    assert_eq!((let_in.status, let_in.header("remote-user")), (StatusCode::NO_CONTENT, ana.to_string().as_str()));
    for path in ["/portal/check/circle", "/portal/check/none", "/portal/check/home", "/portal/check/%20"] {
        let refused = browser.get(path).await;
        assert_eq!((refused.status, refused.body.as_str()), (StatusCode::FORBIDDEN, ""), "{path}");
        assert_eq!(refused.header("remote-user"), "");
    }
    house.revoke(ana, "pricing").await;
    assert_eq!(browser.get(check).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_their_absolute_limit() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut idle = house.signed_in(&house.link(ana).await).await;
    let mut busy = house.signed_in(&house.link(ana).await).await;
    for day in 1..30 {
        house.advance(Lifetime::DAY);
        assert_eq!(busy.get("/portal").await.status, StatusCode::OK, "day {day}");
        if day == 6 {
            assert_eq!(idle.clone().get("/portal").await.status, StatusCode::OK);
        }
        if day == 7 {
            assert_eq!(idle.get("/portal").await.location(), "/portal/sign-in");
        }
    }
    house.advance(Lifetime::DAY);
    assert_eq!(busy.get("/portal").await.location(), "/portal/sign-in", "day 30");
}
