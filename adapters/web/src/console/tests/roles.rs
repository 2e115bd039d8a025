//! Who reaches what: every route of the table, for every role, and for nobody.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use magiclink_domain::authority::Role;

use super::browser::Browser;
use super::whose::WHOSE;
use super::world::World;
use crate::console::gate::Need;
use crate::console::routes::{Entry, behind_the_gate, table};

const NO: &str = "Your role does not allow this";

/// Every route with ids that exist.
struct Places {
    contact: String,
    link: String,
    staff: String,
    token: String,
    bulk: String,
}

impl Places {
    async fn of(world: &World) -> Self {
        let (contact, issued) = world.member("Ana Good").await;
        let staff = world.staff(Role::Auditor, "Kim Late").await;
        let token = world.token("Till 7").await;
        let bulk = world.bulk_send().await;
        world.settle().await;
        // The pages' own streams would not end.
        world.web.api.end_streams();
        Self {
            contact: contact.to_string(),
            link: issued.id.to_string(),
            staff: staff.to_string(),
            token: token.to_string(),
            bulk: bulk.to_string(),
        }
    }

    fn path(&self, entry: &Entry) -> String {
        let id = match entry.path.split('/').nth(2) {
            Some("contacts") => &self.contact,
            Some("links") => &self.link,
            Some("staff") => &self.staff,
            Some("bulk") => &self.bulk,
            _ => &self.token,
        };
        entry.path.replace("{id}", id).replace("{slug}", "alumni")
    }
}

fn named(entry: &Entry) -> String {
    format!("{} {}", entry.method, entry.path)
}

fn is_allowed(role: Role, entry: &Entry) -> bool {
    WHOSE.iter().any(|(route, roles)| *route == named(entry) && roles.contains(&role))
}

/// The proof that our page made the form, without the page.
fn form(world: &World, browser: &Browser, path: &str) -> Vec<(String, String)> {
    let tag = world.web.use_cases.ports().keys.keyring().form_tag(&browser.nonce(), path);
    vec![("form".to_owned(), tag), ("command".to_owned(), "1".to_owned())]
}

#[tokio::test]
async fn every_route_is_refused_to_the_roles_the_table_says_no_to_and_to_no_other() {
    for role in Role::ALL {
        let world = World::new().await;
        let places = Places::of(&world).await;
        let mut browser = world.signed_in(role).await;
        // The table ends with signing out.
        for entry in table() {
            let path = places.path(&entry);
            let answer = if entry.method == Method::GET {
                browser.get(&path).await
            } else {
                let form = form(&world, &browser, &path);
                browser.post(&path, &form).await
            };
            let refused = answer.status == StatusCode::FORBIDDEN && answer.body.contains(NO);
            assert_eq!(refused, !is_allowed(role, &entry), "{role} {} {path}: {}", entry.method, answer.status);
            assert!(!answer.status.is_server_error(), "{role} {} {path}", entry.method);
        }
    }
}

#[test]
fn every_route_is_somebodys() {
    let routes: BTreeSet<String> = table().iter().map(named).collect();
    assert_eq!(routes, WHOSE.iter().map(|(route, _)| (*route).to_owned()).collect(), "say here whose a route is");
}

#[tokio::test]
async fn past_the_gate_the_team_stays_unseen_and_nothing_is_done() {
    let world = World::new().await;
    let places = Places::of(&world).await;
    let mut open = table();
    for entry in &mut open {
        entry.need = Need::SignedIn;
    }
    let open = crate::http::layered(behind_the_gate(&world.web, open), &world.web).with_state(world.web.clone());
    for role in [Role::Agent, Role::Auditor] {
        let mut browser = world.signed_in(role).await.moved(open.clone());
        browser.get("/console").await;
        world.web.background.finish().await;
        let before = world.settle().await;
        for entry in table().iter().filter(|entry| !is_allowed(role, entry)) {
            let path = places.path(entry);
            let answer = if entry.method == Method::GET {
                browser.get(&path).await
            } else {
                let form = form(&world, &browser, &path);
                browser.post(&path, &form).await
            };
            let told = ["Kim Late", "Till 7"].iter().any(|name| answer.body.contains(name));
            assert!(!told, "{role} reads of the team on {}", named(entry));
            assert_eq!(world.settle().await, before, "{role} got something done by {}", named(entry));
        }
    }
}

#[tokio::test]
async fn what_a_role_may_not_do_is_not_shown() {
    let world = World::new().await;
    let places = Places::of(&world).await;
    for role in Role::ALL {
        let mut browser = world.signed_in(role).await;
        for page in table().iter().filter(|entry| entry.method == Method::GET && is_allowed(role, entry)) {
            let body = browser.get(&places.path(page)).await.body;
            for act in table() {
                let path = places.path(&act);
                let sign = if act.method == Method::GET { "href" } else { "method=\"post\" action" };
                let shown = body.contains(&format!("{sign}=\"{path}\""));
                assert!(!shown || is_allowed(role, &act), "{role} sees {path} on {}", page.path);
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_further_than_the_sign_in_page() {
    let world = World::new().await;
    let places = Places::of(&world).await;
    let before = world.settle().await;
    for entry in table() {
        let mut stranger = world.stranger();
        let path = places.path(&entry);
        let form = form(&world, &stranger, &path);
        let answer =
            if entry.method == Method::GET { stranger.get(&path).await } else { stranger.post(&path, &form).await };
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.location().unwrap(), "/console/sign-in", "{path}");
    }
    assert_eq!(world.settle().await, before);
}

#[tokio::test]
async fn a_contacts_cookie_opens_nothing_in_the_console() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut browser = world.stranger();
    world.press(issued.id, &mut browser).await;
    assert_eq!(browser.get("/console").await.location().unwrap(), "/console/sign-in");
}

#[tokio::test]
async fn the_nameless_first_owner_gets_no_further_than_the_welcome_page_and_others_never_see_it() {
    let world = World::new().await;
    let places = Places::of(&world).await;
    let mut first = world.invited().await;
    for entry in table().iter().filter(|entry| matches!(entry.need, Need::May(_) | Need::Watch(_) | Need::SignedIn)) {
        let path = places.path(entry);
        let form = form(&world, &first, &path);
        let answer = if entry.method == Method::GET { first.get(&path).await } else { first.post(&path, &form).await };
        assert_eq!(answer.location().as_deref(), Some("/console/welcome"), "{path}");
    }
    let mut agent = world.signed_in(Role::Agent).await;
    assert_eq!(agent.get("/console/welcome").await.location().unwrap(), "/console");
}

#[tokio::test]
async fn a_changed_role_counts_at_the_next_click() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let mut agent = world.signed_in(Role::Agent).await;
    let form = agent.get("/console/contacts/new").await;
    assert_eq!(form.status, StatusCode::OK);
    let staff = owner.get("/console/staff").await;
    let ids = staff.body.split("<a href=\"/console/staff/").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    let at = format!("/console/staff/{}", ids.filter(|id| *id != "add").last().unwrap());
    let page = owner.get(&at).await;
    owner.fill(&page, &format!("{at}/role"), &[("role", "auditor")]).await;
    let refused = agent.fill(&form, "/console/contacts", &[("name", "Bo"), ("email", "bo@example.com")]).await;
    assert!(refused.body.contains(NO));
    assert_eq!(world.count("contact.added.v1").await, 0);
}

#[tokio::test]
async fn other_methods_are_refused_and_head_is_get_without_a_body() {
    let world = World::new().await;
    let places = Places::of(&world).await;
    let mut owner = world.signed_in(Role::Owner).await;
    let gets: Vec<String> =
        table().iter().filter(|entry| entry.method == Method::GET).map(|entry| places.path(entry)).collect();
    for entry in table().iter().filter(|entry| entry.method == Method::POST) {
        let path = places.path(entry);
        if !gets.contains(&path) {
            let answer = owner.get(&path).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert_eq!(answer.headers["allow"], "POST", "{path}");
        }
    }
}
