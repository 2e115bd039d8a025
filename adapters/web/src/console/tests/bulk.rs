//! Inviting many, as staff see it.

use std::sync::Arc;

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::policies::BulkSend;

use super::browser::filled;
use super::world::World;

const NEVER: &str = "/console/bulk/new?who=never&send=email&lifetime=7d";

async fn work(world: &World) {
    let policy = BulkSend::new(Arc::clone(&world.web.use_cases), 100);
    while policy.run().await.unwrap() > 0 {
        world.settle().await;
    }
}

#[tokio::test]
async fn staff_see_who_never_signed_in_look_confirm_and_follow() {
    let world = World::new().await;
    world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let overview = owner.get("/console").await;
    assert!(overview.body.contains("1 contact in the portal never signed in"), "{}", overview.body);
    assert!(overview.body.contains("href=\"/console/bulk/new?who=never\""));
    assert!(!owner.get("/console/bulk/new?who=never").await.body.contains("would get a message"), "only a form yet");
    let look = owner.get(NEVER).await;
    assert!(look.body.contains("1 of 1 contact would get a message") && look.body.contains("Send 1 message<"));
    assert_eq!(world.count("bulk.started.v1").await, 0);
    let started = owner.fill(&look, "/console/bulk", &[("reason", "Launch week")]).await;
    assert!(started.body.contains("It has begun") && started.body.contains("0 of 1"), "{}", started.body);
    assert!(started.body.contains("http-equiv=\"refresh\"") && started.body.contains("Not yet their turn 1"));
    work(&world).await;
    assert_eq!(world.count("link.delivery_requested.v1").await, 1);
    let list = owner.get("/console/bulk").await;
    assert!(list.body.contains("Finished") && list.body.contains("1 of 1"), "{}", list.body);
    let details = list.between("<td><a href=\"", "\"");
    let done = owner.get(&details).await;
    assert!(done.body.contains("Waiting to be sent 1") && done.body.contains("Launch week"));
}

#[tokio::test]
async fn the_page_of_one_shows_results_and_stops_after_a_question() {
    let world = World::new().await;
    world.member("Ana Good").await;
    let bulk = world.bulk_send().await;
    let at = format!("/console/bulk/{bulk}");
    let mut agent = world.signed_in(Role::Agent).await;
    let page = agent.get(&at).await;
    let paused = agent.fill(&page, &format!("{at}/pause"), &[]).await;
    assert!(paused.body.contains("Nobody else is written to") && !paused.body.contains("http-equiv"));
    let asked = agent.fill(&paused, &format!("{at}/resume"), &[]).await;
    assert!(asked.body.contains("Are you sure?"), "agents are asked before it goes on");
    let resumed = agent.fill(&asked, &format!("{at}/resume"), &[]).await;
    assert!(resumed.body.contains("It goes on."));
    let asked = agent.fill(&resumed, &format!("{at}/stop"), &[]).await;
    assert!(asked.status == StatusCode::CONFLICT && asked.body.contains("stops the bulk send for good"));
    let stopped = agent.fill(&asked, &format!("{at}/stop"), &[]).await;
    assert!(stopped.body.contains("Somebody stopped it"), "{}", stopped.body);
    let filtered = agent.get(&format!("{at}?result=waiting")).await;
    assert!(filtered.body.contains("Ana Good") && filtered.body.contains("aria-current=\"true\">Not yet their turn 1"));
    assert!(agent.get(&format!("{at}?result=failed")).await.body.contains("Nobody here"));
    let csv = agent.get(&format!("{at}/recipients.csv?result=waiting")).await;
    assert!(csv.body.lines().nth(1).unwrap().contains("\"Ana Good\",\"waiting\""), "{}", csv.body);
}

#[tokio::test]
async fn more_than_were_shown_are_never_sent_and_the_new_figures_are_shown() {
    let world = World::new().await;
    world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let look = agent.get(NEVER).await;
    let late = world.contact("Bo Late", "bo@example.com").await;
    let slug = magiclink_domain::value::Slug::parse("alumni").unwrap();
    world.grant(late, slug).await;
    let refused = agent.post("/console/bulk", &filled(&look, "/console/bulk", &[("reason", "")])).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("2 messages would be sent now, not 1") && refused.body.contains("Send 2 messages"));
    assert_eq!(world.count("bulk.started.v1").await, 0);
}

#[tokio::test]
async fn the_same_form_sent_twice_starts_one() {
    let world = World::new().await;
    world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let look = owner.get(NEVER).await;
    let form = filled(&look, "/console/bulk", &[("reason", "")]);
    let first = owner.post("/console/bulk", &form).await.location();
    assert!(first.is_some());
    assert_eq!(owner.post("/console/bulk", &form).await.location(), first);
    assert_eq!(world.count("bulk.started.v1").await, 1);
}

#[tokio::test]
async fn what_is_typed_wrong_is_said() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    for (query, said) in [
        ("who=all&send=email", "Nobody would get a message"),
        ("who=never&send=email&tag=a;b", "A tag has 1 to 100 characters"),
        ("who=never&send=email&offering=nowhere", "No such offering"),
        ("who=never&send=email&lifetime=long", "A lifetime is a number and a unit"),
        ("who=never&send=sms", "No provider is configured for sms"),
    ] {
        let page = owner.get(&format!("/console/bulk/new?{query}")).await;
        assert!(page.body.contains(said), "{query}: {}", page.body);
    }
    for path in ["/console/bulk/x", "/console/bulk/6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d"] {
        assert_eq!(owner.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
