//! The whole story through the command line, on the business's own export: import, grant, link, button, portal, history.

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Browser, Place, fixture, text};

/// Dylan Conway of the export: three courses and a group.
const DYLAN: &str = "crm-000000";

async fn whole_story(place: &Place, offline: impl Fn()) {
    let contacts = fixture("contacts.csv");
    let report = place.json(&["import", "contacts", contacts.to_str().unwrap()]);
    assert_eq!(report["added"], 5_000, "{report}");
    let again = place.json(&["import", "contacts", contacts.to_str().unwrap()]);
    assert_eq!((&again["unchanged"], &again["added"], &again["changed"]), (&5_000.into(), &0.into(), &0.into()));

    let found = place.json(&["contact", "search", "frohlich mir"]);
    assert_eq!(found["items"][0]["external_id"], "crm-000009", "{found}");
    let dylan = text(&place.json(&["contact", "show", DYLAN]), "id");
    place.run(&["grant", DYLAN, "founders-circle"]).ok();
    place.run(&["revoke", DYLAN, "alumni"]).ok();
    let check = place.json(&["link", "check", DYLAN, "--to", "founders-circle"]);
    assert_eq!(check["ok"], true, "{check}");
    let link =
        place.json(&["link", "issue", DYLAN, "--for", "2h", "--to", "founders-circle", "--reason", "asked for it"]);
    let mistake = text(&place.json(&["link", "issue", DYLAN]), "id");
    let revoked = place.json(&["link", "revoke", &mistake, "--reason", "made by mistake"]);
    let last = revoked["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["event"], &last["detail"]["reason"]),
        (&"revoked".into(), &"made by mistake".into()),
        "{revoked}"
    );

    offline();
    let server = place.serve();
    let url = format!("{}/m/{}", server.base, text(&link, "url").rsplit('/').next().unwrap());
    let browser = Browser::new();
    let pressed = browser.press(&url).await;
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    assert_eq!(pressed.headers()["location"], "/portal/offerings/founders-circle");
    let (status, portal) = browser.page(&format!("{}/portal", server.base)).await;
    assert_eq!(status, StatusCode::OK);
    for (title, seen) in [
        ("Mindset Reset", true),
        ("Client Onboarding 101", true),
        ("Pricing Masterclass", true),
        ("Founders Circle", true),
        ("Alumni", false),
        ("Vip Mastermind", false),
        ("Advanced Funnels", false),
    ] {
        assert_eq!(portal.contains(title), seen, "{title} in {portal}");
    }

    // The server runs now: the same command line asks it.
    let shown = place.json(&["link", "show", &text(&link, "id")]);
    assert_eq!(shown["state"], "used");
    let history = place.json(&["history", "--contact", &dylan]);
    let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| text(item, "kind")).collect();
    assert!(kinds.iter().any(|kind| kind == "issued") && kinds.iter().any(|kind| kind == "redeemed"), "{kinds:?}");
    let csv = place.run(&["history", "--contact", &dylan, "--format", "csv"]).ok();
    assert!(csv.lines().any(|line| line.contains(",redeemed,") && line.contains(",127.0.0.1,")), "{csv}");
    assert!(csv.lines().any(|line| line.contains(",issued,") && line.contains(",asked for it,")), "{csv}");
    let table = place.run(&["history", "--contact", &dylan]).ok();
    assert!(table.contains("127.0.0.1") && table.contains("asked for it") && table.contains("user_agent"), "{table}");
    let (_, used) = Browser::new().page(&url).await;
    assert!(used.contains("used"), "{used}");
    assert!(server.stop().success());
}

#[tokio::test]
async fn import_grant_link_button_portal_history() {
    let place = Place::new();
    place.import_offerings();
    whole_story(&place, || {}).await;
}

#[test]
fn the_same_commands_work_while_a_server_runs() {
    let place = Place::new();
    let server = place.serve();
    place.import_offerings();
    let contact = place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    assert!(place.link("ana@example.com").starts_with(&format!("{}/m/", server.base)));
    assert_eq!(text(&place.json(&["contact", "search", "ana"])["items"][0], "id"), contact);
    let refused = place.run(&["grant", "nobody@example.com", "alumni"]).refused(1);
    assert!(refused.contains("no such contact"), "{refused}");
    let staff = place.json(&["staff", "add", "--name", "Otto", "--email", "otto@example.com", "--role", "auditor"]);
    let refused = place.run(&["--as", &text(&staff, "id"), "link", "issue", "ana@example.com"]).refused(1);
    assert!(refused.contains("role"), "{refused}");
    assert_eq!(place.json(&["projections", "status"])["items"][0]["lag"], 0);
    let rebuilt = place.json(&["projections", "rebuild"]);
    assert!(rebuilt["events"].as_u64().unwrap() > 10, "{rebuilt}");
    place.run(&["stop", "issuing"]).ok();
    let refused = place.run(&["link", "issue", "ana@example.com"]).refused(1);
    assert!(refused.contains("stopped"), "{refused}");
    place.run(&["resume"]).ok();
    place.link("ana@example.com");
    let doctor = place.run(&["doctor"]);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert!(doctor.out.contains(&format!("in use by process {}", server.pid())), "{doctor:?}");
    assert!(server.stop().success());
    assert!(place.run(&["doctor"]).ok().contains("no server is running"));
}

/// The read models gather what comes in quick succession; nobody is to see that.
#[tokio::test]
async fn whoever_signed_in_a_moment_ago_finds_that_in_their_account() {
    let place = Place::new();
    let server = place.serve();
    place.import_offerings();
    place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    for _ in 0..3 {
        let browser = Browser::new();
        browser.press(&place.link("ana@example.com")).await;
        let (_, account) = browser.page(&format!("{}/portal/account", server.base)).await;
        assert!(account.contains("this device"), "{account}");
    }
    assert!(server.stop().success());
}

#[test]
fn whom_a_staff_command_is_about_does_not_become_who_gives_it() {
    let place = Place::new();
    for (name, role) in [("olga", "owner"), ("oscar", "owner"), ("agi", "agent")] {
        place.run(&["staff", "add", "--name", name, "--email", &format!("{name}@example.com"), "--role", role]).ok();
    }
    let link = place.json(&["staff", "sign-in", "agi@example.com"]);
    assert!(text(&link, "url").contains("/console/m/"), "{link}");
    place.run(&["staff", "role", "agi@example.com", "auditor"]).ok();
    place.run(&["staff", "role", "agi@example.com", "agent", "--as", "olga@example.com"]).ok();
    place.run(&["staff", "role", "olga@example.com", "auditor", "--as", "agi@example.com"]).refused(1);
    place.run(&["staff", "remove", "oscar@example.com"]).ok();
    let team = place.json(&["staff", "list"]);
    let one = |item: &Value| format!("{} {}", text(item, "name"), text(item, "role"));
    let mut members: Vec<String> = team["items"].as_array().unwrap().iter().map(one).collect();
    members.sort();
    assert_eq!(members, ["agi agent", "olga owner"]);
}

#[tokio::test]
async fn a_staff_member_signs_in_with_a_link_from_the_command_line() {
    let place = Place::new();
    let server = place.serve();
    let invitation = std::fs::read_to_string(place.data().join("owner-invitation")).unwrap();
    place.run(&["staff", "add", "--name", "Olga", "--email", "olga@example.com", "--role", "owner"]).ok();
    let refused = place.run(&["staff", "sign-in"]).refused(1);
    assert!(refused.contains("not exactly one owner"), "{refused}");
    let link = place.json(&["staff", "sign-in", "olga@example.com"]);
    assert!(text(&link, "url").starts_with(&format!("{}/console/m/", server.base)), "{link}");
    assert!(invitation.starts_with(&format!("{}/console/m/", server.base)), "{invitation}");
    assert!(server.stop().success());
    assert!(!place.data().join("owner-invitation").exists(), "an invitation does not outlive its server");
}
