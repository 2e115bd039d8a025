//! What ends: grants with time, offerings in the archive, news that is none any more, and lists with more than they show.

use magiclink_domain::authority::Role;
use magiclink_domain::link::Channel;
use magiclink_domain::ports::{Report, Sending};
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Slug;

use super::world::World;

const SECOND: Lifetime = Lifetime::from_secs(1);

#[tokio::test]
async fn a_grant_is_open_until_its_time_and_not_at_it() {
    let world = World::new().await;
    let slug = world.offering("y-26", "All Years").await;
    let contact = world.contact("Ana Good", "ana@example.com").await;
    let until = world.web.use_cases.ports().clock.now().plus(Lifetime::from_mins(30));
    world.web.use_cases.grant_access(&world.system(), contact, slug, Some(until)).await.unwrap();
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let at = format!("/console/contacts/{contact}");
    for (passed, open) in [(Lifetime::from_secs(30 * 60 - 1), true), (SECOND, false)] {
        world.clock.advance(passed);
        let why = auditor.get(&format!("{at}/why/y-26")).await.body;
        assert_eq!((why.contains("Open to them"), why.contains("Not open to them")), (open, !open), "{why}");
        let page = auditor.get(&at).await.body;
        assert_eq!((page.contains(">In the portal<"), page.contains(">Not in the portal<")), (open, !open), "{page}");
        assert_eq!(page.contains(">Ended<"), !open, "{page}");
    }
}

#[tokio::test]
async fn what_is_archived_is_offered_to_nobody_else() {
    let world = World::new().await;
    let (ana, _) = world.member("Ana Good").await;
    let bo = world.contact("Bo New", "bo@example.com").await;
    world.offering("y-26", "All Years").await;
    let alumni = Slug::parse("alumni").unwrap();
    let mut agent = world.signed_in(Role::Agent).await;
    let pages = [ana, bo].map(|contact| (format!("/console/contacts/{contact}"), contact));
    for archived in [false, true] {
        if archived {
            world.web.use_cases.archive_offering(&world.system(), alumni.clone()).await.unwrap();
        }
        world.settle().await;
        for (path, contact) in &pages {
            let page = agent.get(path).await.body;
            let dialog = agent.get(&format!("/console/generate?contact={contact}")).await.body;
            let offered =
                [page.contains("<option value=\"alumni\""), dialog.contains("name=\"grant\" value=\"alumni\"")];
            assert_eq!(offered, [!archived, !archived && *contact == bo], "{path}, archived: {archived}");
            assert!(page.contains("<option value=\"y-26\"") && dialog.contains("name=\"grant\" value=\"y-26\""));
        }
        assert!(agent.get(&pages[0].0).await.body.contains("Alumni"), "whoever has it keeps it");
    }
}

#[tokio::test]
async fn a_delivery_in_trouble_is_news_for_seven_days() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let delivery = world.send(issued.id, Channel::Email).await;
    let outcome = Sending::Failed { code: "550".to_owned(), words: "no such mailbox".to_owned() };
    world.web.use_cases.report_delivery(Report { link: issued.id, delivery, outcome }).await.unwrap();
    world.settle().await;
    for (passed, news) in [(Lifetime::from_days(7), true), (SECOND, false)] {
        world.clock.advance(passed);
        let page = world.signed_in(Role::Agent).await.get("/console").await.body;
        assert_eq!(page.contains("Deliveries to look after"), news, "{page}");
    }
}

#[tokio::test]
async fn a_search_says_that_there_are_more_than_it_shows_and_only_then() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    for number in 0..50 {
        world.contact(&format!("Number {number}"), "same@example.com").await;
    }
    for (more, said) in [(false, "50 contacts<"), (true, "50 contacts, and there are more<")] {
        if more {
            world.contact("One more", "same@example.com").await;
        }
        world.settle().await;
        let page = agent.get("/console/contacts?q=same").await.body;
        assert_eq!(page.matches("data-hit").count(), 50);
        assert_eq!((page.contains("best matches"), page.contains(said)), (more, true), "{page}");
    }
}

#[tokio::test]
async fn nobody_is_guessed_at_whom_the_filter_leaves_out() {
    let world = World::new().await;
    world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    for (query, guessed) in [("q=anna+goood", true), ("q=anna+goood&show=out", false)] {
        let page = agent.get(&format!("/console/contacts?{query}")).await.body;
        assert_eq!((page.contains("Did you mean"), page.contains(">Ana Good<")), (guessed, guessed), "{query}: {page}");
    }
}

#[tokio::test]
async fn the_form_for_whom_a_search_did_not_find_begins_with_that_name() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let page = agent.get("/console/contacts?q=Bo+%3Cb%3ENew").await;
    let adding = page.between("href=\"/console/contacts/new?", "\"");
    let form = agent.get(&format!("/console/contacts/new?{adding}")).await;
    assert!(form.body.contains("name=\"name\" value=\"Bo &#60;b&#62;New\""), "{}", form.body);
}

#[tokio::test]
async fn who_erases_is_told_of_the_links_that_are_live_alone() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let erase = format!("/console/contacts/{contact}/erase");
    assert!(owner.get(&erase).await.body.contains("1 live link ends. No browser is signed in."));
    world.press(issued.id, &mut world.stranger()).await;
    world.settle().await;
    assert!(owner.get(&erase).await.body.contains("There is no live link to end. 1 browser is signed out."));
}
