//! Two realms: a cookie of one opens nothing in the other.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;

use crate::house::House;

#[tokio::test]
async fn neither_cookie_opens_the_other_realm_under_either_name() {
    let house = House::new().await;
    let sam = house.staff(Role::Owner, "Sam Staff", "sam@example.com").await;
    let contact = house.signed_in(&house.link(house.ana().await).await).await;
    let staff = house.signed_in(&house.staff_link(sam).await).await;
    let (portal, console) = (&contact.cookies["magiclink_portal"], &staff.cookies["magiclink_console"]);
    for (own, swapped) in [("magiclink_portal", console), ("magiclink_console", portal)] {
        let mut browser = house.browser();
        browser.cookies.insert(own.into(), swapped.clone());
        assert_eq!(browser.get("/portal").await.location(), "/portal/sign-in");
        assert_eq!(browser.get("/portal/check/pricing").await.status, StatusCode::UNAUTHORIZED);
        assert_ne!(browser.get("/console").await.status, StatusCode::OK);
    }
    assert!(house.use_cases().staff_session(portal).await.unwrap().is_none());
    assert!(house.use_cases().portal_session(console).await.unwrap().is_none());
}

#[tokio::test]
async fn staff_see_no_more_in_the_portal_than_the_contact_they_are_signed_in_as() {
    let house = House::new().await;
    let ana = house.ana().await;
    house.offering("circle", magiclink_domain::offering::OfferingKind::Group, "Founders’ circle").await;
    let sam = house.staff(Role::Owner, "Sam Staff", "sam@example.com").await;
    let mut browser = house.signed_in(&house.staff_link(sam).await).await;
    assert_eq!(browser.get("/portal").await.location(), "/portal/sign-in");
    let link = house.link(ana).await;
    let page = browser.get(&link.path).await;
    browser.submit(&page, &link.path, &[]).await;
    let alone = house.signed_in(&house.link(ana).await).await.get("/portal").await.words();
    assert_eq!(browser.get("/portal").await.words(), alone);
    assert_eq!(browser.get("/portal/offerings/circle").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_preview_shows_the_portal_without_using_the_link_or_signing_the_contact_in() {
    let house = House::new().await;
    let ana = house.ana().await;
    let sam = house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let mut browser = house.signed_in(&house.staff_link(sam).await).await;
    let link = house.link(ana).await;
    let page = browser.get(&link.path).await;
    let action = format!("/console/contacts/{ana}/preview");
    let (head, before) = (house.head().await, browser.cookies.clone());
    let preview = browser.submit(&page, &action, &[("command", "a-preview")]).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(preview.words().contains("Pricing that works"), "{}", preview.words());
    assert!(preview.body.contains("Preview: this is what <bdi>Ana Good</bdi> sees."));
    assert!(!preview.offers("/portal/sign-out"));
    assert_eq!(house.events_after(head).await, ["contact.portal_previewed.v1"]);
    assert_eq!(browser.cookies, before);
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER, "the link still works");
}
