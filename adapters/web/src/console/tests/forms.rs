//! Forms: from our own pages alone, and once.

use axum::http::{Method, StatusCode};
use magiclink_domain::authority::Role;

use super::browser::filled;
use super::world::World;
use crate::console::routes::table;

#[tokio::test]
async fn no_form_from_another_site_or_without_our_tag_does_anything() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let before = world.settle().await;
    let id = "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d";
    let keys = world.web.use_cases.ports().keys.keyring();
    let ours = [("sec-fetch-site", "same-origin")];
    for entry in table().iter().filter(|entry| entry.method == Method::POST) {
        let path = entry.path.replace("{id}", id).replace("{slug}", "alumni");
        let pairs = |tag: String| vec![("form".to_owned(), tag), ("command".to_owned(), "1".to_owned())];
        let good = pairs(keys.form_tag(&owner.nonce(), &path));
        let of_another_browser = pairs(keys.form_tag("AAAAAAAAAAAAAAAAAAAAAA", &path));
        let of_another_place = pairs(keys.form_tag(&owner.nonce(), "/console/elsewhere"));
        for (case, form, headers) in [
            ("cross site", &good, &[("sec-fetch-site", "cross-site")][..]),
            ("same site", &good, &[("sec-fetch-site", "same-site")]),
            ("foreign origin", &good, &[("origin", "https://evil.example")]),
            ("null origin", &good, &[("origin", "null")]),
            ("no sign of where", &good, &[]),
            ("no tag", &vec![], &ours),
            ("another browser’s tag", &of_another_browser, &ours),
            ("another place’s tag", &of_another_place, &ours),
        ] {
            let answer = owner.post_with(&path, form, headers).await;
            // The welcome page is not for owners with a name, whatever they post.
            let away = answer.location().as_deref() == Some("/console");
            assert!(answer.status == StatusCode::FORBIDDEN || away, "{case} {path}: {}", answer.status);
        }
    }
    assert_eq!(world.settle().await, before);
}

#[tokio::test]
async fn the_same_form_sent_twice_makes_one_link_and_shows_it_once() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let before = world.count("link.issued.v1").await;
    let dialog = agent.get(&format!("/console/generate?contact={contact}")).await;
    let form = filled(&dialog, "/console/generate", &[("do", "generate")]);
    let first = agent.post("/console/generate", &form).await;
    let second = agent.post("/console/generate", &form).await;
    assert!(first.body.contains("/m/") && !second.body.contains("/m/"));
    assert_eq!(world.count("link.issued.v1").await, before + 1);
    let other = filled(&dialog, "/console/generate", &[("do", "generate"), ("max_uses", "2")]);
    let refused = agent.post("/console/generate", &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.count("link.issued.v1").await, before + 1);
}

#[tokio::test]
async fn the_same_form_sent_twice_adds_one_contact() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let page = agent.get("/console/contacts/new").await;
    let form = filled(&page, "/console/contacts", &[("name", "Bo"), ("email", "bo@example.com")]);
    let first = agent.post("/console/contacts", &form).await.location();
    assert_eq!(agent.post("/console/contacts", &form).await.location(), first);
    assert_eq!(world.count("contact.added.v1").await, 1);
}

#[tokio::test]
async fn the_same_key_posted_for_somebody_else_is_another_act() {
    let world = World::new().await;
    let people = [world.staff(Role::Agent, "Kim One").await, world.staff(Role::Agent, "Kim Two").await];
    let mut owner = world.signed_in(Role::Owner).await;
    let keys = world.web.use_cases.ports().keys.keyring();
    let mut links = vec![];
    for (staff, name) in people.into_iter().zip(["Kim One", "Kim Two"]) {
        let at = format!("/console/staff/{staff}/link");
        let form = [("form".to_owned(), keys.form_tag(&owner.nonce(), &at)), ("command".to_owned(), "same".to_owned())];
        let made = owner.post(&at, &form).await;
        assert!(made.body.contains(name), "{}", made.body);
        links.push(made.between("readonly value=\"", "\""));
    }
    assert_ne!(links[0], links[1]);
}

#[tokio::test]
async fn what_is_typed_wrong_is_said_and_stays_typed() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let page = agent.get("/console/contacts/new").await;
    for (fields, said) in [
        ([("name", ""), ("email", "bo@example.com")], "The name is empty"),
        ([("name", "Bo"), ("email", "")], "needs an e-mail address or a phone number"),
        ([("name", "Bo"), ("email", "bo@@example.com")], "Not an e-mail address"),
        ([("name", "Bo"), ("phone", "12345")], "Not a phone number"),
    ] {
        let answer = agent.fill(&page, "/console/contacts", &fields).await;
        assert!(answer.status.is_client_error(), "{said}");
        assert!(answer.body.contains(said), "{said}");
        assert!(answer.body.contains(&format!("value=\"{}\"", fields[1].1)), "{said}");
    }
    assert_eq!(world.count("contact.added.v1").await, 0);
}

#[tokio::test]
async fn addresses_that_name_nobody_say_so() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let unknown = "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d";
    for path in [
        format!("/console/contacts/{unknown}"),
        "/console/contacts/nobody".to_owned(),
        format!("/console/links/{unknown}"),
        format!("/console/generate?contact={unknown}"),
        format!("/console/staff/{unknown}/remove"),
        "/console/history?contact=nobody@example.com".to_owned(),
        "/console/nowhere".to_owned(),
    ] {
        assert_eq!(owner.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/console/history?kind=x", "/console/history?since=x"] {
        assert_eq!(owner.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    for path in ["/console/contacts?after=x", "/console/links?after=1_2&state=x"] {
        assert_eq!(owner.get(path).await.status, StatusCode::OK, "{path}: begins at the top");
    }
}
