//! The first page: figures, charts that are tables too, live cards, and what wants somebody.

use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;

use super::world::World;

/// The rows of a table on the page, from the text that begins it.
fn table(body: &str, from: &str) -> Vec<String> {
    let rest = body.split_once(from).unwrap_or_else(|| panic!("no {from:?}")).1;
    let rows = rest.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
    let text = |row: &str| row.replace("</th><td>", ": ").replace("</td><td>", ", ").replace("</td>", "");
    rows.split("<tr><th scope=\"row\">").skip(1).map(|row| text(row).replace("</tr>", "").trim().to_owned()).collect()
}

#[tokio::test]
async fn the_charts_say_what_their_tables_say() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut phone = world.stranger();
    world.press(issued.id, &mut phone).await;
    world.clock.advance(Lifetime::from_days(1));
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let page = auditor.get("/console").await.body;
    let days = table(&page, "<caption class=\"sr\">Sign-ins per day");
    assert_eq!(days.len(), 30);
    assert_eq!(days[28..], ["1 May: 1", "2 May: 0"], "the day before today, and today");
    assert!(page.contains("<title>1 May: 1</title>") && page.contains("1 in all, 1 on the day with the most"));
    let outcomes = table(&page, "<caption class=\"sr\">What came of presses");
    assert_eq!(outcomes, ["Signed in by link: 1, 100 %"]);
    assert!(page.contains("<desc id=\"outcomes-desc\">Signed in by link: 1. </desc>"));
    assert!(!page.contains("style="), "the policy would refuse it");
    assert!(page.contains(&format!("href=\"/console/contacts/{contact}\">Ana Good")), "recent activity");
}

#[tokio::test]
async fn invited_turns_active_with_the_first_sign_in() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let figure = |body: &str, name: &str| {
        let rest = body.split_once(&format!("<dt>{name}</dt><dd>")).unwrap().1;
        rest.split_once('<').unwrap().0.to_owned()
    };
    let page = auditor.get("/console").await.body;
    assert_eq!(["Contacts", "Invited, never signed in", "Live links"].map(|name| figure(&page, name)), ["1", "1", "1"]);
    assert_eq!(figure(&page, "Active in 30 days"), "0");
    let mut phone = world.stranger();
    world.press(issued.id, &mut phone).await;
    world.settle().await;
    let page = auditor.get("/console").await.body;
    let now = ["Contacts", "Invited, never signed in", "Active in 30 days", "Live links"];
    assert_eq!(now.map(|name| figure(&page, name)), ["1", "0", "1", "0"]);
}

#[tokio::test]
async fn generate_stands_at_the_bottom_for_whoever_makes_links() {
    let world = World::new().await;
    world.member("Ana Good").await;
    for (role, shown) in [(Role::Owner, true), (Role::Agent, true), (Role::Auditor, false)] {
        let mut browser = world.signed_in(role).await;
        let page = browser.get("/console").await.body;
        let main = page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
        let last = main.rfind("<a ").unwrap();
        assert_eq!(main[last..].contains("href=\"/console/generate\">Generate magic link"), shown, "{role}");
        assert_eq!(main.matches("href=\"/console/generate\"").count(), usize::from(shown), "{role}");
        assert!(page.contains("value=\"http://localhost:8080/portal\""), "{role}: the portal’s address");
    }
}

#[tokio::test]
async fn a_live_link_has_its_card_here_until_it_is_used() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let live = format!("data-live=\"/console/links/{}/events\"", issued.id);
    let page = agent.get("/console").await.body;
    assert!(page.contains(&live) && page.contains("Show link and code"), "only staff have seen it: hand it over");
    let mut auditor = world.signed_in(Role::Auditor).await;
    let page = auditor.get("/console").await.body;
    assert!(page.contains(&live) && !page.contains("Show link and code"));
    let mut phone = world.stranger();
    world.press(issued.id, &mut phone).await;
    world.settle().await;
    let page = agent.get("/console").await.body;
    assert!(!page.contains(&live) && page.contains("No link is live"));
}
