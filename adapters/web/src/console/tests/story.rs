//! What staff do all day.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;

use super::browser::filled;
use super::world::World;

#[tokio::test]
async fn an_owner_names_themselves_adds_an_offering_and_a_contact_and_lets_them_in() {
    let world = World::new().await;
    let mut owner = world.invited().await;
    assert_eq!(owner.get("/console/contacts").await.location().unwrap(), "/console/welcome");
    let welcome = owner.get("/console/welcome").await;
    let wrong = owner.fill(&welcome, "/console/welcome", &[("name", "Olga Owner"), ("email", "no address")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Not an e-mail address") && wrong.body.contains("Olga Owner"), "what was typed stays");
    let fields = [("name", "Olga Owner"), ("email", "olga@example.com")];
    let dashboard = owner.fill(&wrong, "/console/welcome", &fields).await;
    assert!(dashboard.body.contains("Olga Owner") && dashboard.body.contains("Generate magic link"));

    let page = owner.get("/console/offerings/add").await;
    let fields = [("title", "Pricing 101"), ("slug", "pricing-101"), ("kind", "course"), ("url", "")];
    let page = owner.fill(&page, "/console/offerings", &fields).await;
    assert!(page.body.contains("Pricing 101") && page.body.contains("The offering was added."));

    let page = owner.get("/console/contacts/new").await;
    let fields = [("name", "Ana Good"), ("email", "Ana@Example.com"), ("phone", "(201) 552-3757"), ("country", "US")];
    let contact = owner.fill(&page, "/console/contacts", &fields).await;
    assert!(contact.body.contains("ana@example.com") && contact.body.contains("+1 201-552-3757"));
    assert!(contact.body.contains("Not in the portal"));

    let who = owner.get("/console/generate?q=good").await;
    let dialog_at = format!("/console/generate?contact={}", who.between("/console/generate?contact=", "\""));
    let dialog = owner.get(&dialog_at).await;
    let plain = owner.fill(&dialog, "/console/generate", &[("destination", "home"), ("do", "check")]).await;
    assert!(plain.body.contains("grant a course or group first"), "{}", plain.body);
    let fields = [("destination", "pricing-101"), ("grant", "pricing-101"), ("lifetime", "welcome"), ("do", "check")];
    let checked = owner.fill(&plain, "/console/generate", &fields).await;
    assert!(checked.body.contains("It will work"));
    assert_eq!(world.count("link.issued.v1").await, 1, "but for the invitation: a check makes nothing");
    let fields = [("destination", "pricing-101"), ("grant", "pricing-101"), ("deliver", "email"), ("do", "generate")];
    let result = owner.fill(&checked, "/console/generate", &fields).await;
    assert_eq!(result.headers["cache-control"], "no-store");
    let url = result.between("readonly value=\"", "\"");
    assert!(url.starts_with("http://localhost:8080/m/"), "{url}");
    assert!(
        result.body.contains("data:image/svg+xml;base64,")
            && result.body.contains("<strong>e-mail</strong> <bdi>ana@example.com</bdi>")
    );

    let history = owner.get("/console/history").await;
    for told in ["Link made", "Link shown to staff", "To be sent", "Ana Good", "Olga Owner, in the console"] {
        assert!(history.body.contains(told), "{told}");
    }
    let dashboard = owner.get("/console").await;
    assert!(dashboard.body.contains("Ana Good"));
}

#[tokio::test]
async fn staff_grant_end_sign_out_preview_and_revoke_on_the_contacts_page() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    world.offering("founders-circle", "Founders’ Circle").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/contacts/{contact}");
    let page = agent.get(&at).await;
    let page = agent
        .fill(&page, &format!("{at}/grant"), &[("offering", "founders-circle"), ("until", "2026-06-01T10:00")])
        .await;
    assert!(page.body.contains("Access was granted.") && page.body.contains("1 Jun 2026, 10:00"));
    let past = agent
        .fill(&page, &format!("{at}/grant"), &[("offering", "founders-circle"), ("until", "2026-04-01T10:00")])
        .await;
    assert!(
        past.body.contains("lies in the past") && past.body.contains("value=\"2026-04-01T10:00\""),
        "typed is kept"
    );
    let page = agent.fill(&page, &format!("{at}/ungrant"), &[]).await;
    assert!(page.body.contains("Access was removed."));
    let preview = agent.fill(&page, &format!("{at}/preview"), &[]).await;
    assert!(preview.body.contains("Preview") && preview.body.contains("Back to the contact"));
    let page = agent.get(&at).await;
    assert!(page.body.contains("Portal previewed by staff") && page.body.contains("Sam Stone, in the console"));
    let page = agent.fill(&page, &format!("{at}/sign-out"), &[]).await;
    assert!(page.body.contains("Every session was ended"));
    let link = agent.get(&format!("/console/links/{}", issued.id)).await;
    assert!(link.body.contains("Revoked"), "dead by the admission number");
}

#[tokio::test]
async fn staff_end_a_contacts_session_on_that_contacts_page_alone() {
    let world = World::new().await;
    let (contact, issued) = world.member("Ana Good").await;
    let other = world.contact("Bo", "bo@example.com").await;
    let mut phone = world.stranger();
    world.press(issued.id, &mut phone).await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let session = format!("{}.1", issued.id);
    let wrong = format!("/console/contacts/{other}/end-session");
    let tag = world.web.use_cases.ports().keys.keyring().form_tag(&agent.nonce(), &wrong);
    let form = [("form", tag.as_str()), ("command", "1"), ("session", &session)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(agent.post(&wrong, &form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.count("link.session_ended.v1").await, 0);
    let at = format!("/console/contacts/{contact}");
    let page = agent.get(&at).await;
    let page = agent.fill(&page, &format!("{at}/end-session"), &[]).await;
    assert!(page.body.contains("That browser was signed out.") && page.body.contains("No browser is signed in."));
    assert_eq!(world.count("link.session_ended.v1").await, 1);
}

#[tokio::test]
async fn an_agent_who_moves_an_address_is_asked_first() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/contacts/{contact}");
    let details = format!("{at}/details");
    let page = agent.get(&format!("{at}/edit")).await;
    let fields = [("name", "Ana Good"), ("email", "ana@example.org"), ("phone", "")];
    let question = agent.fill(&page, &details, &fields).await;
    assert_eq!(question.status, StatusCode::CONFLICT);
    assert!(question.body.contains("Are you sure?"));
    assert_eq!(world.count("contact.details_changed.v1").await, 0);
    let page = agent.fill(&question, &details, &[]).await;
    assert!(page.body.contains("The details were saved.") && page.body.contains("ana@example.org"));
}

#[tokio::test]
async fn an_agent_who_makes_a_long_lived_link_is_asked_first() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("/console/generate?contact={contact}")).await;
    let fields = [("lifetime", "custom"), ("custom", "8d"), ("do", "generate")];
    let question = agent.fill(&dialog, "/console/generate", &fields).await;
    assert!(question.body.contains("longer than seven days"));
    let result = agent.fill(&question, "/console/generate", &[]).await;
    assert!(result.body.contains("/m/") && result.body.contains("9 May 2026"));
}

#[tokio::test]
async fn what_wants_a_fresh_sign_in_sends_a_link_that_works_in_this_browser() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let at = format!("/console/contacts/{contact}");
    let erase = format!("{at}/erase");
    world.clock.advance(Lifetime::from_mins(15));
    let page = owner.get(&erase).await;
    let again = owner.fill(&page, &erase, &[("word", "erase")]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(again.body.contains("Sign in again first"));
    let before = world.count("link.issued.v1").await;
    let sent = owner.fill(&again, "/console/sign-in-again", &[]).await;
    assert!(sent.body.contains("Look into your mailbox"));
    world.web.background.finish().await;
    assert_eq!(world.count("link.issued.v1").await, before + 1);
    assert_eq!(world.count("contact.erased.v1").await, 0);
    let staff = world.web.use_cases.find_staff(&world.system(), None).await.unwrap();
    world.settle().await;
    let lookups = &world.web.use_cases.ports().lookups;
    let now = world.web.use_cases.ports().clock.now();
    let links = lookups.live_links(staff.into(), now, true, magiclink_domain::log::Position::START).await.unwrap();
    world.press(links[0], &mut owner).await;
    let page = owner.get(&erase).await;
    let typo = owner.fill(&page, &erase, &[("word", "eraze")]).await;
    assert!(typo.body.contains("nothing was erased"));
    let erased = owner.fill(&page, &erase, &[("word", "Erase")]).await;
    assert!(erased.body.contains("The contact was erased.") && !erased.body.contains("ana@example.com"));
}

#[tokio::test]
async fn an_owner_stops_and_every_page_says_so_until_somebody_resumes() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let page = owner.get("/console").await;
    let page = owner.fill(&page, "/console/switch", &[("do", "stop_issuing")]).await;
    assert!(page.body.contains("No links can be made."));
    for path in ["/console/contacts", "/console/history", "/console/links"] {
        assert!(auditor.get(path).await.body.contains("No links can be made."), "{path}");
    }
    let dialog = owner.get(&format!("/console/generate?contact={contact}")).await;
    let refused = owner.fill(&dialog, "/console/generate", &[("do", "generate")]).await;
    assert!(refused.body.contains("Issuing links is stopped"));
    let page = owner.fill(&page, "/console/switch", &[("do", "resume")]).await;
    assert!(!page.body.contains("No links can be made."));
}

#[tokio::test]
async fn an_owner_adds_promotes_signs_in_and_removes_staff_with_their_live_links() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get("/console/staff/add").await;
    let fields = [("name", "Kim Agent"), ("email", "no address"), ("role", "auditor")];
    let page = owner.fill(&page, "/console/staff", &fields).await;
    assert!(page.body.contains("Not an e-mail address") && page.body.contains("value=\"Kim Agent\""), "typed once");
    assert!(page.body.contains("value=\"auditor\" checked"), "{}", page.body);
    let fields = [("name", "Kim Agent"), ("email", "kim@example.com"), ("role", "agent")];
    let page = owner.fill(&page, "/console/staff", &fields).await;
    assert!(page.body.contains("Kim Agent"));
    let kim = world.web.use_cases.find_staff(&world.system(), Some("kim@example.com")).await.unwrap();
    let page = owner.get(&format!("/console/staff/{kim}")).await;
    assert!(page.body.contains("value=\"agent\" checked"));
    let made = owner.fill(&page, &format!("/console/staff/{kim}/link"), &[]).await;
    assert!(made.body.contains("/console/m/") && made.body.contains("Kim Agent"));
    let page = owner.fill(&page, &format!("/console/staff/{kim}/role"), &[("role", "auditor")]).await;
    assert!(page.body.contains("The role was changed"));
    let at = format!("/console/staff/{kim}/remove");
    let question = owner.get(&at).await;
    assert!(question.body.contains("Remove <bdi>Kim Agent</bdi>?") && !question.body.contains("also revoke"));
    let page = owner.fill(&question, &at, &[]).await;
    assert!(page.body.contains("The staff member was removed.") && !page.body.contains("Kim Agent"));
}

#[tokio::test]
async fn removing_staff_may_take_the_live_links_they_made() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let mut agent = world.signed_in(Role::Agent).await;
    for _ in 0..2 {
        let dialog = agent.get(&format!("/console/generate?contact={contact}")).await;
        agent.fill(&dialog, "/console/generate", &[("do", "generate")]).await;
    }
    let staff = owner.get("/console/staff").await;
    let ids = staff.body.split("<a href=\"/console/staff/").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    let at = format!("/console/staff/{}/remove", ids.filter(|id| *id != "add").last().unwrap());
    let question = owner.get(&at).await;
    assert!(question.body.contains("also revoke 2 live links"), "{}", question.body);
    owner.fill(&question, &at, &[("revoke", "yes")]).await;
    assert_eq!(world.count("link.revoked.v1").await, 2);
    assert_eq!(agent.get("/console").await.location().unwrap(), "/console/sign-in", "their session ended at once");
}

#[tokio::test]
async fn an_api_token_is_shown_once_and_revoked() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get("/console/tokens/add").await;
    let typo = [("name", "crm sync"), ("role", "agent"), ("expires_in", "soon")];
    let page = owner.fill(&page, "/console/tokens", &typo).await;
    assert!(page.status == StatusCode::BAD_REQUEST && page.body.contains("value=\"crm sync\""), "typed once");
    let form = filled(&page, "/console/tokens", &[("name", "crm sync"), ("role", "agent"), ("expires_in", "30d")]);
    let made = owner.post("/console/tokens", &form).await;
    let token = made.between("readonly value=\"", "\"");
    assert!(token.starts_with("mlk_") && world.web.use_cases.api_token(&token).await.is_ok());
    let again = owner.post("/console/tokens", &form).await;
    assert!(again.body.contains("made already") && !again.body.contains("mlk_"));
    let page = owner.get("/console/tokens").await;
    assert!(page.body.contains("crm sync") && !page.body.contains("mlk_"));
    let at = format!("/console/tokens/{}/revoke", page.between("<a href=\"/console/tokens/", "/revoke"));
    let question = owner.get(&at).await;
    assert!(question.body.contains("Revoke <bdi>crm sync</bdi>?"), "asked before it is done");
    let page = owner.fill(&question, &at, &[]).await;
    assert!(page.body.contains("The API token was revoked."));
    assert!(world.web.use_cases.api_token(&token).await.is_err());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let cookie = agent.cookie("magiclink_console").unwrap().to_owned();
    let page = agent.get("/console").await;
    let form = filled(&page, "/console/sign-out", &[]);
    let out = agent.post("/console/sign-out", &form).await;
    assert_eq!(out.location().unwrap(), "/console/sign-in");
    assert_eq!(agent.cookie("magiclink_console"), None);
    agent.keep("magiclink_console", &cookie);
    assert_eq!(agent.get("/console").await.location().unwrap(), "/console/sign-in", "the old cookie is dead");
}

#[tokio::test]
async fn a_used_session_gets_a_newer_cookie_and_an_idle_one_ends() {
    let world = World::new().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let first = agent.cookie("magiclink_console").unwrap().to_owned();
    world.clock.advance(Lifetime::from_mins(50));
    agent.get("/console").await;
    assert_ne!(agent.cookie("magiclink_console").unwrap(), first);
    world.clock.advance(Lifetime::from_mins(50));
    assert_eq!(agent.get("/console").await.status, StatusCode::OK);
    world.clock.advance(Lifetime::from_hours(1));
    assert_eq!(agent.get("/console").await.location().unwrap(), "/console/sign-in");
}

#[tokio::test]
async fn long_lists_have_a_next_page_and_nobody_is_left_out_or_shown_twice() {
    let world = World::new().await;
    for nth in 0..120 {
        world.contact(&format!("Contact {nth:03}"), &format!("c{nth}@example.com")).await;
    }
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let mut seen = vec![];
    let mut path = "/console/contacts".to_owned();
    loop {
        let page = auditor.get(&path).await;
        seen.extend(page.body.split("<bdi>Contact ").skip(1).map(|rest| rest[..3].to_owned()));
        let Some((_, rest)) = page.body.split_once("href=\"/console/contacts?after=") else { break };
        path = format!("/console/contacts?after={}", rest.split_once('"').unwrap().0);
    }
    assert_eq!(seen.len(), 120);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}
