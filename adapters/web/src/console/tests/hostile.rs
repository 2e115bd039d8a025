//! Names are only ever text, on every page and in the export.

use axum::http::Method;
use magiclink_domain::authority::Role;

use super::world::World;
use crate::console::routes::table;

const NAMES: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "=HYPERLINK(\"http://evil.example\")",
    "@SUM(1+1)|cmd",
    "دعاء قاسم-שָׁלוֹם",
    "{{ page.command() }}{% include %}",
];

/// Whether a page has an element or attribute that came out of a name.
fn is_infected(body: &str) -> bool {
    let scripts = body.matches("<script").count() - body.matches("<script src=\"/assets/").count();
    scripts > 0 || body.contains("<img src=x") || body.contains("' onmouseover='") || body.contains("\"><img")
}

#[tokio::test]
async fn a_name_is_only_text_on_every_page() {
    let long = "ä".repeat(200);
    for name in NAMES.into_iter().chain([long.as_str()]) {
        let world = World::new().await;
        let (contact, issued) = world.member(name).await;
        let mut owner = world.signed_in(Role::Owner).await;
        let staff = world.staff(Role::Agent, name).await;
        let token = world.token(&name.chars().take(100).collect::<String>()).await;
        world.offering("hostile", name).await;
        let bulk = world.bulk_send().await;
        world.settle().await;
        world.web.api.end_streams();
        for entry in table().iter().filter(|entry| entry.method == Method::GET) {
            let id = match entry.path.split('/').nth(2) {
                Some("contacts") => contact.to_string(),
                Some("links") => issued.id.to_string(),
                Some("staff") => staff.to_string(),
                Some("bulk") => bulk.to_string(),
                _ => token.to_string(),
            };
            let path = entry.path.replace("{id}", &id).replace("{slug}", "hostile");
            let answer = owner.get(&path).await;
            let exported = answer.headers.get("content-disposition").is_some();
            assert!(exported || !is_infected(&answer.body), "{name} on {path}");
        }
        let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        for path in [
            format!("/console/contacts?q={query}"),
            format!("/console/contacts/found?q={query}&show=in"),
            format!("/console/contacts/found?q={query}x"),
            format!("/console/contacts/new?name={query}"),
            format!("/console/contacts/{contact}?undo={query}"),
            format!("/console/generate?q={query}"),
            format!("/console/generate?contact={contact}"),
            format!("/console/history?contact={contact}"),
            format!("/console/links?state={query}"),
            format!("/console/links?contact={query}&channel={query}"),
            format!("/console/history?contact={query}"),
            format!("/console?done={query}"),
        ] {
            assert!(!is_infected(&owner.get(&path).await.body), "{name} on {path}");
        }
        let page = owner.get(&format!("/console/generate?contact={contact}")).await;
        let fields = [("reason", name), ("custom", name), ("lifetime", "custom"), ("do", "generate")];
        let refused = owner.fill(&page, "/console/generate", &fields).await;
        assert!(!is_infected(&refused.body) && refused.status.is_client_error(), "{name} typed into the dialog");
        let result = owner.fill(&page, "/console/generate", &[("reason", name), ("do", "generate")]).await;
        assert!(!is_infected(&result.body) && result.status.is_success(), "{name} on the result");
        let at = format!("/console/contacts/{contact}");
        let shown = owner.get(&at).await;
        assert!(!is_infected(&shown.body) && shown.body.contains("Link made"), "{name} in a timeline");
    }
}

#[tokio::test]
async fn no_cell_of_the_export_is_a_formula() {
    for name in NAMES {
        let world = World::new().await;
        world.member(name).await;
        let bulk = world.bulk_send().await;
        let mut auditor = world.signed_in(Role::Auditor).await;
        world.settle().await;
        let contacts = ["/console/contacts.csv".to_owned(), "/console/contacts.csv?show=in".to_owned()];
        let others = ["/console/history.csv".to_owned(), format!("/console/bulk/{bulk}/recipients.csv")];
        for path in contacts.into_iter().chain(others) {
            let export = auditor.get(&path).await;
            assert!(export.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
            assert!(export.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
            let escaped = name.replace('"', "\"\"");
            assert!(export.body.contains(&escaped), "{name} in {}", export.body);
            for cell in export.body.split("\r\n").flat_map(|line| line.split("\",\"")) {
                let text = cell.trim_start_matches('"');
                assert!(!text.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
    }
}

#[tokio::test]
async fn the_export_is_the_history_that_was_asked_for_whole() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    // More than are read at a time.
    for _ in 0..520 {
        world.preview(contact).await;
    }
    world.settle().await;
    let lines = |body: &str| body.lines().count();
    let all = agent.get(&format!("/console/history.csv?contact={contact}&kind=previewed")).await;
    assert_eq!(lines(&all.body), 521, "a head and every line");
    let made = agent.get(&format!("/console/history.csv?contact={contact}&kind=issued")).await;
    assert_eq!(lines(&made.body), 2);
}
