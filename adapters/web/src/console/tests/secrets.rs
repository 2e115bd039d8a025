//! Links and codes: shown in the answer to a form, to whom the setting allows, and nowhere else.

use axum::http::Method;
use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::link::Channel;
use magiclink_domain::usecases::Policy;

use super::world::World;
use crate::console::routes::table;

async fn revealing(reveal: Reveal) -> World {
    World::with(Policy { reveal, channels: [Channel::Email].into(), ..Policy::default() }).await
}

#[tokio::test]
async fn the_setting_says_to_whom_a_link_is_shown() {
    use Role::{Agent, Owner};
    for (reveal, role, shown) in [
        (Reveal::Always, Agent, true),
        (Reveal::Owner, Agent, false),
        (Reveal::Owner, Owner, true),
        (Reveal::Never, Owner, false),
    ] {
        let world = revealing(reveal).await;
        let (contact, issued) = world.member("Ana Good").await;
        let mut browser = world.signed_in(role).await;
        let dialog = browser.get(&format!("/console/generate?contact={contact}")).await;
        let result = browser.fill(&dialog, "/console/generate", &[("do", "generate")]).await;
        assert_eq!(result.body.contains("http://localhost:8080/m/"), shown, "{reveal:?} {role}");
        assert_eq!(result.body.contains("data:image/svg"), shown, "{reveal:?} {role}: the QR code");
        assert_eq!(result.body.contains("Links are not shown here"), !shown, "{reveal:?} {role}");
        let page = browser.get(&format!("/console/links/{}", issued.id)).await;
        let again = format!("/console/links/{}/reveal", issued.id);
        assert_eq!(page.body.contains(&again), shown, "{reveal:?} {role}: the button");
        let tag = world.web.use_cases.ports().keys.keyring().form_tag(&browser.nonce(), &again);
        let form = [("form".to_owned(), tag), ("command".to_owned(), "1".to_owned())];
        let answer = browser.post(&again, &form).await;
        assert_eq!(answer.body.contains("http://localhost:8080/m/"), shown, "{reveal:?} {role}: posted all the same");
    }
}

#[tokio::test]
async fn no_page_that_can_be_opened_holds_a_link_or_a_code() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let url = issued.url.unwrap().0;
    let token = url.rsplit('/').next().unwrap();
    let code = issued.code.unwrap().0;
    let staff = world.staff(Role::Agent, "Kim").await;
    world.settle().await;
    world.web.api.end_streams();
    for entry in table().iter().filter(|entry| entry.method == Method::GET) {
        let id = match entry.path.split('/').nth(2) {
            Some("contacts") => contact.to_string(),
            Some("staff") => staff.to_string(),
            _ => issued.id.to_string(),
        };
        let answer = owner.get(&entry.path.replace("{id}", &id)).await;
        assert!(!answer.body.contains(token) && !answer.body.contains(&code), "{}", entry.path);
        assert_eq!(answer.headers["cache-control"], "no-store", "{}", entry.path);
    }
}

#[tokio::test]
async fn a_dead_link_is_shown_to_nobody() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let at = format!("/console/links/{}", issued.id);
    let page = owner.get(&at).await;
    let page = owner.fill(&page, &format!("{at}/revoke"), &[("reason", "sent to the wrong person")]).await;
    assert!(page.body.contains("The link was revoked.") && page.body.contains("sent to the wrong person"));
    assert!(!page.body.contains("/reveal") && !page.body.contains("/send"), "nothing more can be done with it");
    let tag = world.web.use_cases.ports().keys.keyring().form_tag(&owner.nonce(), &format!("{at}/reveal"));
    let form = [("form".to_owned(), tag), ("command".to_owned(), "1".to_owned())];
    let refused = owner.post(&format!("{at}/reveal"), &form).await;
    assert!(refused.body.contains("no longer live") && !refused.body.contains("/m/"));
    let contact = owner.get(&format!("/console/contacts/{contact}")).await;
    assert!(contact.body.contains("Revoked"));
}

#[tokio::test]
async fn a_link_is_sent_again_over_a_channel_that_is_configured() {
    let world = World::new().await;
    let (_, issued) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/links/{}", issued.id);
    let page = agent.get(&at).await;
    assert!(page.body.contains("Send by e-mail") && !page.body.contains("Send by SMS"));
    let page = agent.fill(&page, &format!("{at}/send"), &[]).await;
    assert!(page.body.contains("The link is on its way.") && page.body.contains("Waiting to be sent"));
    assert_eq!(world.count("link.delivery_requested.v1").await, 1);
}
