//! Contacts: found, narrowed down, added, changed, let in and out, explained and erased.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;
use serde_json::Value;

use super::browser::{Answer, filled};
use super::world::World;

fn names(answer: &Answer) -> Vec<String> {
    let rows = answer.body.split("data-hit><bdi>").skip(1);
    rows.map(|row| row.split("</bdi>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn filters_stand_in_the_address_and_narrow_a_search_too() {
    let world = World::new().await;
    world.member("Ana Good").await;
    world.contact("Bo Outside", "bo@example.com").await;
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    for (query, expected) in [
        ("", vec!["Bo Outside", "Ana Good"]),
        ("show=in", vec!["Ana Good"]),
        ("show=invited", vec!["Ana Good"]),
        ("show=out", vec!["Bo Outside"]),
        ("show=no-phone", vec!["Bo Outside", "Ana Good"]),
        ("show=no-email", vec![]),
        ("show=opted-out", vec![]),
        ("show=nonsense", vec!["Bo Outside", "Ana Good"]),
        ("q=example.com&show=out", vec!["Bo Outside"]),
        ("q=ana&show=out", vec![]),
    ] {
        let page = auditor.get(&format!("/console/contacts?{query}")).await;
        assert_eq!(names(&page), expected, "{query}");
        let part = auditor.get(&format!("/console/contacts/found?{query}")).await;
        assert_eq!(names(&part), expected, "{query}, as one types");
        assert!(!part.body.contains("<html") && page.body.contains(&part.body), "the page holds the very same part");
    }
    let kept = auditor.get("/console/contacts?q=ana&show=out").await;
    assert!(kept.body.contains("href=\"/console/contacts?q=ana&#38;show=in\""), "filters keep what is typed");
    assert!(kept.body.contains("Look among all contacts"));
    let slip = auditor.get("/console/contacts?q=anna+goood").await;
    assert!(slip.body.contains("Did you mean") && slip.body.contains("Ana Good"), "{}", slip.body);
}

#[tokio::test]
async fn a_long_list_goes_on_where_it_ended_also_when_somebody_is_added_meanwhile() {
    let world = World::new().await;
    for number in 0..60 {
        world.clock.advance(Lifetime::from_secs(1));
        world.contact(&format!("Number {number}"), "same@example.com").await;
    }
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    for query in ["", "show=out"] {
        let first = agent.get(&format!("/console/contacts?{query}")).await;
        let all = first.between("<nav class=\"pager\" aria-label=\"Pages\">", "</nav>");
        let next = all.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        world.clock.advance(Lifetime::from_secs(1));
        world.contact("Newcomer", "new@example.com").await;
        world.settle().await;
        let second = agent.get(next).await;
        let expected = names(&first).len() + names(&second).len();
        assert_eq!(names(&first).len(), 50);
        assert!(expected >= 60 && !names(&second).contains(&"Newcomer".to_owned()), "{query}");
        assert!(!names(&second).iter().any(|name| names(&first).contains(name)), "{query}: nobody twice");
    }
}

#[tokio::test]
async fn an_empty_list_teaches_the_first_step() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    assert!(agent.get("/console/contacts").await.body.contains("Add the first one"));
    let looked = auditor.get("/console/contacts").await.body;
    assert!(looked.contains("No contacts yet") && !looked.contains("Add the first one"));
}

#[tokio::test]
async fn the_export_holds_those_that_the_list_shows() {
    let world = World::new().await;
    world.member("Ana Good").await;
    world.contact("Bo Outside", "bo@example.com").await;
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    for (query, lines) in [("", 3), ("?show=in", 2), ("?q=bo", 2), ("?show=opted-out", 1)] {
        let export = auditor.get(&format!("/console/contacts.csv{query}")).await;
        assert_eq!(export.body.lines().count(), lines, "{query}");
    }
    let export = auditor.get("/console/contacts.csv?show=in").await.body;
    assert!(export.contains("\"Ana Good\",\"ana@example.com\",\"\",\"\",\"yes\",\"alumni\",\"yes\""), "{export}");
}

async fn told(world: &World, fields: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let mut agent = world.signed_in(Role::Agent).await;
    let at = "/console/contacts/check";
    let tag = world.web.use_cases.ports().keys.keyring().form_tag(&agent.nonce(), at);
    let mut pairs = vec![("form".to_owned(), tag)];
    pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let answer: Value = serde_json::from_str(&agent.post(at, &pairs).await.body).unwrap();
    let text = |told: &Value, key: &str| told[key].as_str().unwrap().to_owned();
    let told = answer.as_array().unwrap().iter();
    told.map(|told| (text(told, "field"), text(told, "problem"), text(told, "hint"))).collect()
}

#[tokio::test]
async fn what_is_typed_is_checked_by_the_rules_themselves_and_makes_nothing() {
    let world = World::new().await;
    let before = world.settle().await;
    let typed = [("name", "Bo"), ("email", "bo@@example.com"), ("phone", "415 555 0100"), ("country", "us")];
    let answer = told(&world, &typed).await;
    let of = |field: &str| answer.iter().find(|(name, ..)| name == field).unwrap().clone();
    assert!(of("email").1.contains("Not an e-mail address") && of("name").1.is_empty());
    assert_eq!(of("phone").2, "+1 415-555-0100 (US)");
    // But for the agent's own coming.
    let kinds = ["contact.added.v1", "claim.claimed.v1"];
    assert!(world.settle().await > before && world.count(kinds[0]).await + world.count(kinds[1]).await == 0);
}

#[tokio::test]
async fn who_has_the_same_address_is_told_and_an_external_id_is_refused() {
    let world = World::new().await;
    let ana = world.contact("Ana Good", "ana@example.com").await;
    world.settle().await;
    let typed = [("name", "Bo"), ("email", "Ana@example.com")];
    let answer = told(&world, &typed).await;
    assert!(answer[1].1.is_empty() && answer[1].2.contains("Ana Good has it too"), "{answer:?}");
    let own = [("name", "Ana"), ("email", "ana@example.com"), ("except", &ana.to_string())];
    assert!(!told(&world, &own).await[1].2.contains("has it too"));
    let mut agent = world.signed_in(Role::Agent).await;
    let form = agent.get("/console/contacts/new").await;
    let fields = [("name", "Cy"), ("email", "cy@example.com"), ("external_id", "crm-7")];
    agent.fill(&form, "/console/contacts", &fields).await;
    world.settle().await;
    let taken = told(&world, &[("name", "Di"), ("email", "di@example.com"), ("external_id", "crm-7")]).await;
    assert!(taken[4].1.contains("already has this external id"), "{taken:?}");
    let form = agent.get("/console/contacts/new").await;
    let fields = [("name", "Di Typed"), ("email", "di@example.com"), ("external_id", "crm-7")];
    let refused = agent.fill(&form, "/console/contacts", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("already has this external id") && refused.body.contains("value=\"Di Typed\""));
}

#[tokio::test]
async fn nothing_typed_is_lost_when_a_change_is_refused() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let at = format!("/console/contacts/{contact}");
    let page = owner.get(&format!("{at}/edit")).await;
    assert!(page.body.contains("value=\"ana@example.com\""));
    let fields = [("name", "Ana Typed"), ("email", "no address"), ("phone", "12"), ("locale", "de")];
    let refused = owner.fill(&page, &format!("{at}/details"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (_, value) in fields {
        assert!(refused.body.contains(&format!("value=\"{value}\"")), "{value}");
    }
    assert!(
        refused.body.contains("Not an e-mail address") && refused.body.contains("Not a phone number"),
        "both at once"
    );
    let fields = [("name", "Ana Typed"), ("email", "ana@example.com"), ("phone", "415-555-0100"), ("country", "US")];
    let saved = owner.fill(&refused, &format!("{at}/details"), &fields).await;
    assert!(saved.body.contains("Ana Typed") && saved.body.contains("+1 415-555-0100"));
}

#[tokio::test]
async fn what_was_just_done_to_access_is_undone_with_one_button() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    world.offering("founders-circle", "Founders’ Circle").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/contacts/{contact}");
    let page = agent.get(&at).await;
    assert!(!page.body.contains("take it back"));
    let fields = [("offering", "founders-circle"), ("until", "2026-06-01T10:00")];
    let page = agent.fill(&page, &format!("{at}/grant"), &fields).await;
    assert!(page.body.contains("take Founders’ Circle away again"));
    let page = agent.fill(&page, &format!("{at}/revoke-access"), &[("reason", "asked to leave")]).await;
    assert!(page.body.contains("out of the portal") && page.body.contains("Not in the portal"));
    assert!(page.body.contains("grant Alumni again") && page.body.contains("until 1 Jun 2026, 10:00"));
    let form = filled(&page, &format!("{at}/undo"), &[]);
    let page = agent.fill(&page, &format!("{at}/undo"), &[]).await;
    assert!(page.body.contains("Undone.") && page.body.contains("In the portal"));
    assert!(page.body.contains("1 Jun 2026, 10:00") && !page.body.contains("take it back"));
    let grants = world.count("contact.access_granted.v1").await;
    agent.post(&format!("{at}/undo"), &form).await;
    assert_eq!(world.count("contact.access_granted.v1").await, grants, "the same form twice undoes once");
}

#[tokio::test]
async fn undoing_is_offered_to_whoever_did_it_and_no_longer_than_fifteen_minutes() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let mut other = world.signed_in(Role::Owner).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let at = format!("/console/contacts/{contact}");
    let page = agent.get(&at).await;
    let form = filled(&page, &format!("{at}/ungrant"), &[]);
    let next = agent.post(&format!("{at}/ungrant"), &form).await.location().unwrap();
    assert!(agent.get(&next).await.body.contains("take it back"));
    for (who, browser) in [("another", &mut other), ("an auditor", &mut auditor)] {
        assert!(!browser.get(&next).await.body.contains("take it back"), "{who}");
    }
    world.clock.advance(Lifetime::from_mins(15));
    let late = agent.get(&next).await;
    assert!(late.status == StatusCode::OK && !late.body.contains("take it back"));
}

#[tokio::test]
async fn the_end_of_a_grant_is_changed_and_a_wrong_one_stays_typed() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/contacts/{contact}");
    let until = format!("{at}/until");
    let page = agent.get(&at).await;
    let page = agent.fill(&page, &until, &[("until", "2026-06-01T10:00")]).await;
    assert!(page.body.contains("The end of the access was changed.") && page.body.contains("1 Jun 2026, 10:00"));
    let wrong = agent.fill(&page, &until, &[("until", "2020-01-01T10:00")]).await;
    assert!(wrong.status.is_client_error() && wrong.body.contains("lies in the past"));
    assert!(wrong.body.contains("value=\"2020-01-01T10:00\"") && wrong.body.contains("<details open>"));
    let page = agent.fill(&wrong, &until, &[("until", "")]).await;
    assert!(page.body.contains("no end"));
}

#[tokio::test]
async fn why_somebody_can_see_something_is_told_with_who_when_and_by_what() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let at = format!("/console/contacts/{contact}");
    let why = format!("{at}/why/alumni");
    let page = auditor.get(&why).await;
    assert!(page.body.contains("together with a magic link") && page.body.contains(&issued.id.to_string()));
    assert!(auditor.get(&at).await.body.contains(&why));
    let page = agent.get(&at).await;
    agent.fill(&page, &format!("{at}/revoke-access"), &[("reason", "did not pay")]).await;
    let page = auditor.get(&why).await;
    assert!(page.body.contains("Not open to them") && page.body.contains("“did not pay”"));
    assert!(page.body.contains("Sam Stone, in the console") && page.body.contains("Granted for good"));
    world.offering("founders-circle", "Founders’ Circle").await;
    world.settle().await;
    assert!(auditor.get(&format!("{at}/why/founders-circle")).await.body.contains("never granted"));
    assert_eq!(auditor.get(&format!("{at}/why/nothing")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_they_could_see_at_an_instant_is_read_from_the_history() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let at = format!("/console/contacts/{contact}/then");
    assert!(auditor.get(&at).await.body.contains("What could they see then?"));
    let later = auditor.get(&format!("{at}?at=2026-05-02T10:00")).await;
    assert!(later.body.contains("Alumni") && later.body.contains("Open to them"), "{}", later.body);
    let early = auditor.get(&format!("{at}?at=2020-01-01T10:00")).await;
    assert!(early.body.contains("not a contact yet"));
    assert_eq!(auditor.get(&format!("{at}?at=soon")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.count("contact.portal_previewed.v1").await, 0);
}

#[tokio::test]
async fn a_preview_is_bannered_recorded_and_signs_nobody_in() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/contacts/{contact}");
    let page = agent.get(&at).await;
    let preview = agent.fill(&page, &format!("{at}/preview"), &[]).await;
    assert!(preview.body.contains("Back to the contact") && preview.body.contains("Alumni"));
    assert_eq!(world.count("contact.portal_previewed.v1").await, 1);
    assert_eq!(world.count("link.redeemed.v1").await, 1, "the agent's own");
    assert_eq!(agent.cookie("magiclink_portal"), None);
}

#[tokio::test]
async fn erasing_tells_what_it_means_and_leaves_a_receipt() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut phone = world.stranger();
    world.press(issued.id, &mut phone).await;
    world.settle().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let at = format!("/console/contacts/{contact}");
    let erase = format!("{at}/erase");
    let page = owner.get(&erase).await;
    for told in ["can’t be undone", "1 browser is signed out", "Access to 1 course or group ends"] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    let typo = owner.fill(&page, &erase, &[("word", "eraze")]).await;
    assert!(typo.status == StatusCode::UNPROCESSABLE_ENTITY && typo.body.contains("value=\"eraze\""));
    assert_eq!(world.count("contact.erased.v1").await, 0);
    let page = owner.fill(&typo, &erase, &[("word", "erase")]).await;
    assert!(page.body.contains("Receipt of the erasure") && page.body.contains(&contact.to_string()));
    assert!(page.body.contains("Sam Stone") && !page.body.contains("ana@example.com"));
    assert_eq!(owner.get(&erase).await.status, StatusCode::GONE);
    assert!(owner.get("/console/contacts?q=ana").await.body.contains("Nobody found"));
}
