//! Files of contacts and offerings: looked at, taken in, refused row by row.

use std::sync::Arc;

use axum::http::StatusCode;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Role;
use magiclink_domain::usecases::Caller;

use super::browser::{Answer, Browser};
use super::world::World;
use crate::console::import::work_off;
use crate::http::upload::{MOST_FILE, MOST_READ};

const AT: &str = "/console/import";
const BROKEN: &[u8] = include_bytes!("../../../../../tests/fixtures/contacts-broken.csv");
const OFFERINGS: &[u8] = include_bytes!("../../../../../tests/fixtures/offerings.csv");
const HEADER: &str = "Contact Id,First Name,Last Name,Email,Phone,Country,Grants\n";

async fn upload(browser: &mut Browser, name: &str, bytes: &[u8]) -> Answer {
    let page = browser.get(AT).await;
    browser.upload(&page, AT, (name, bytes)).await
}

/// Uploads, and takes in what goes in.
async fn import(browser: &mut Browser, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
    let checked = upload(browser, "file.csv", bytes).await;
    let at = at(&checked);
    browser.fill(&checked, &at, fields).await
}

fn at(page: &Answer) -> String {
    let rest = page.between("href=\"/console/import/", "\"");
    format!("{AT}/{}", rest.split(['/', '?']).next().unwrap())
}

fn count(page: &Answer, outcome: &str) -> usize {
    page.between(&format!("?show={outcome}\">"), "</a>")
        .split("<small>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

fn counts(page: &Answer) -> [usize; 4] {
    ["added", "changed", "unchanged", "refused"].map(|outcome| count(page, outcome))
}

#[tokio::test]
async fn a_file_is_looked_at_first_taken_in_then_and_changes_nothing_the_second_time() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let checked = upload(&mut agent, "offerings.csv", OFFERINGS).await;
    assert!(checked.body.contains("courses and groups") && checked.body.contains("Nothing was made yet"));
    assert_eq!(world.count("offering.added.v1").await, 0);
    let done = agent.fill(&checked, &at(&checked), &[]).await;
    assert!(done.body.contains("The file was imported.") && counts(&done) == [8, 0, 0, 0], "{}", done.body);
    assert_eq!(world.count("offering.added.v1").await, 8);
    let again = upload(&mut agent, "offerings.csv", OFFERINGS).await;
    assert!(again.body.contains("Nothing to import") && counts(&again) == [0, 0, 8, 0]);

    let checked = upload(&mut agent, "contacts.csv", BROKEN).await;
    assert_eq!((counts(&checked), world.count("contact.added.v1").await), ([2, 0, 0, 7], 0));
    let done = agent.fill(&checked, &at(&checked), &[]).await;
    assert_eq!((counts(&done), world.count("contact.added.v1").await), ([2, 0, 0, 7], 2));
    let again = upload(&mut agent, "contacts.csv", BROKEN).await;
    assert_eq!(counts(&again), [0, 0, 2, 7]);
    assert!(agent.get("/console/contacts").await.body.contains("Ana Good"), "the list has them at once");
}

#[tokio::test]
async fn the_same_rows_are_refused_as_on_the_command_line_and_can_be_downloaded() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    import(&mut agent, OFFERINGS, &[]).await;
    let checked = upload(&mut agent, "contacts.csv", BROKEN).await;
    let refused = agent.get(&format!("{}/refused.csv", at(&checked))).await;
    assert!(refused.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let lines: Vec<&str> = refused.body.lines().collect();
    assert_eq!(lines[0], "\"line\",\"column\",\"reason\"");
    let places: Vec<String> =
        lines[1..].iter().map(|line| line.splitn(3, ',').take(2).collect::<Vec<_>>().join(",")).collect();
    let expected =
        [("3", "Email"), ("4", "Email"), ("5", "Phone"), ("6", "Grants"), ("7", "Contact Id"), ("9", ""), ("10", "")];
    assert_eq!(places, expected.map(|(line, column)| format!("\"{line}\",\"{column}\"")));
    let only = agent.get(&format!("{}?show=refused", at(&checked))).await;
    assert_eq!(only.body.matches("<td data-label=\"Row\">").count(), 7);
}

#[tokio::test]
async fn an_agent_says_yes_to_changed_addresses_or_those_rows_stay_out() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let mut owner = world.signed_in(Role::Owner).await;
    let file =
        |email: &str| format!("{HEADER}crm-1,Ana,Good,{email},,US,\ncrm-2,Bo,Good,bo@example.com,,US,\n").into_bytes();
    import(&mut agent, &file("one@example.com"), &[]).await;
    let checked = upload(&mut agent, "contacts.csv", &file("two@example.com")).await;
    assert!(checked.body.contains("1 row changes an address") && checked.body.contains("name=\"confirm\""));
    let refused = agent.fill(&checked, &at(&checked), &[]).await;
    assert_eq!(counts(&refused), [0, 0, 1, 1]);
    let taken = import(&mut agent, &file("two@example.com"), &[("confirm", "yes")]).await;
    assert_eq!(counts(&taken), [0, 1, 1, 0]);
    let checked = upload(&mut owner, "contacts.csv", &file("three@example.com")).await;
    assert!(checked.body.contains("1 row changes an address") && !checked.body.contains("name=\"confirm\""));
    let taken = owner.fill(&checked, &at(&checked), &[]).await;
    assert_eq!(counts(&taken), [0, 1, 1, 0]);
}

#[tokio::test]
async fn a_file_that_can_not_be_used_is_refused_whole_with_its_reason() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let big = vec![b'x'; MOST_FILE + 1];
    let rows = [HEADER.as_bytes(), "\n".repeat(100_000).as_bytes()].concat();
    for (bytes, status, said) in [
        (&b""[..], StatusCode::UNPROCESSABLE_ENTITY, "empty"),
        (b"a,b\n1,2\n", StatusCode::UNPROCESSABLE_ENTITY, "no column Contact Id"),
        (b"\xff\xfeC\0o\0", StatusCode::UNPROCESSABLE_ENTITY, "UTF-8"),
        (&big, StatusCode::PAYLOAD_TOO_LARGE, "larger than 8 MB"),
        (&rows, StatusCode::UNPROCESSABLE_ENTITY, "more than 100,000 rows"),
    ] {
        let refused = upload(&mut agent, "file.csv", bytes).await;
        assert_eq!(refused.status, status, "{said}");
        assert!(refused.body.contains(said) && refused.body.contains("Look at the file"), "{said}: {}", refused.body);
    }
    let most = [HEADER.as_bytes(), "\n".repeat(99_999).as_bytes()].concat();
    assert!(upload(&mut agent, "file.csv", &most).await.body.contains("Nothing to import"));
    let page = agent.get(AT).await;
    assert_eq!(upload_bare(&mut agent, &page).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no file was chosen");
}

/// As a browser does where no file was chosen.
async fn upload_bare(agent: &mut Browser, page: &Answer) -> Answer {
    agent.upload(page, AT, ("", b"")).await
}

#[tokio::test]
async fn more_than_is_read_to_its_end_is_refused_by_its_announced_length() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let length = (MOST_READ + 1).to_string();
    let answer = agent.post_with(AT, &[], &[("content-length", &length)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let elsewhere = agent.post_with("/console/contacts", &[], &[("content-length", "65537")]).await;
    assert_eq!(elsewhere.status, StatusCode::PAYLOAD_TOO_LARGE, "everything else keeps its limit");
}

#[tokio::test]
async fn a_file_from_another_site_or_without_our_tag_is_not_read() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let keys = world.web.use_cases.ports().keys.keyring();
    let pairs = |tag: String| vec![("form".to_owned(), tag), ("command".to_owned(), "1".to_owned())];
    let good = pairs(keys.form_tag(&agent.nonce(), AT));
    let foreign = pairs(keys.form_tag("AAAAAAAAAAAAAAAAAAAAAA", AT));
    let ours = [("sec-fetch-site", "same-origin")];
    for (case, form, headers) in [
        ("cross site", &good, &[("sec-fetch-site", "cross-site")][..]),
        ("no sign of where", &good, &[]),
        ("no tag", &vec![], &ours),
        ("another browser’s tag", &foreign, &ours),
    ] {
        let answer = agent.post_file(AT, form, ("offerings.csv", OFFERINGS), headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{case}");
    }
    assert_eq!(agent.post_file(AT, &good, ("offerings.csv", OFFERINGS), &ours).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_import_is_its_uploaders_alone_and_an_auditor_has_none() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let mut owner = world.signed_in(Role::Owner).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let checked = upload(&mut agent, "offerings.csv", OFFERINGS).await;
    let at = at(&checked);
    for path in [at.clone(), format!("{at}/refused.csv")] {
        assert_eq!(agent.get(&path).await.status, StatusCode::OK);
        let other = owner.get(&path).await;
        assert!(other.status == StatusCode::NOT_FOUND && other.body.contains("no longer known here"));
    }
    assert_eq!(auditor.get(AT).await.status, StatusCode::FORBIDDEN);
    assert!(!auditor.get("/console/contacts").await.body.contains(AT), "and is not shown the way");
}

#[tokio::test]
async fn a_role_that_is_lost_ends_the_import() {
    let world = World::new().await;
    let staff = world.staff(Role::Agent, "Kim Late").await;
    let mut agent = world.stranger();
    let link = world.web.use_cases.issue_staff_link(&world.system(), staff, None).await.unwrap().value.id;
    world.press(link, &mut agent).await;
    let checked = upload(&mut agent, "offerings.csv", OFFERINGS).await;
    world.web.use_cases.change_role(&world.system(), staff, Role::Auditor).await.unwrap();
    let caller = Caller { actor: Actor::Staff(staff), ..world.system() };
    work_off(Arc::clone(&world.web), caller).await.unwrap();
    assert_eq!(world.count("offering.added.v1").await, 0);
    assert!(checked.body.contains("Nothing was made yet"));
}

#[tokio::test]
async fn names_in_a_file_are_only_text() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let hostile = "<script>alert(1)</script>";
    let file = format!("{HEADER}crm-1,{hostile},Good,ana@example.com,,US,\n=1+1,{hostile},,no address,,,\n");
    let checked = upload(&mut agent, "<img src=x>.csv", file.as_bytes()).await;
    assert!(!checked.body.contains("<script>") && !checked.body.contains("<img src=x"));
    assert!(checked.body.contains("&#60;script&#62;"), "{}", checked.body);
}
