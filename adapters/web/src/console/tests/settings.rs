//! Words of messages, as owners write them and others see them.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Policy;

use super::browser::filled;
use super::world::World;

const WORDS: &str = "/console/settings/words";
const PREVIEW: &str = "/console/settings/preview";
const RESTORE: &str = "/console/settings/restore";
const SMS: &str = "/console/settings/words?channel=sms&locale=en";

async fn world() -> World {
    let channels = [Channel::Email, Channel::Sms].into();
    let world = World::with(Policy { channels, ..Policy::default() }).await;
    world.contact("Ana Good", "ana@example.com").await;
    world.settle().await;
    world
}

#[tokio::test]
async fn an_owner_writes_words_sees_them_and_restores_the_supplied_ones() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let list = owner.get("/console/settings").await;
    assert_eq!(list.body.matches("As supplied").count(), 6, "three languages over two channels");
    let page = owner.get(SMS).await;
    assert!(page.body.contains("Client portal, Ana Good:") && page.body.contains("1 segment"), "{}", page.body);
    let saved = owner.fill(&page, WORDS, &[("text", "Oi {{name}}\n{{link}}"), ("do", "save")]).await;
    assert!(saved.body.contains("The words were saved") && saved.body.contains("Your words"));
    assert!(saved.body.contains("Oi {{name}} {{link}}") && saved.body.contains("Sam Stone"), "and who wrote them");
    let page = owner.get(SMS).await;
    assert!(page.body.contains("Oi Ana Good"));
    let question = owner.get("/console/settings/restore?channel=sms&locale=en").await;
    assert!(question.body.contains("Restore the supplied words?") && question.body.contains("{{portal}}, {{name}}:"));
    let restored = owner.fill(&question, RESTORE, &[]).await;
    assert!(restored.body.contains("Your words are no longer used.") && !restored.body.contains("Oi "));
    assert_eq!(world.count("settings.template_changed.v1").await, 2);
}

#[tokio::test]
async fn a_language_is_added_beginning_with_todays_words_and_removed() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get("/console/settings/words?channel=email&locale=de-at").await;
    assert!(page.body.contains("E-mail, German (de-AT)") && page.body.contains("Hallo {{name}},"), "{}", page.body);
    let fields = [("subject", "Servus {{name}}"), ("text", "{{link}}"), ("do", "save")];
    let saved = owner.fill(&page, WORDS, &fields).await;
    assert!(saved.body.contains("German (de-AT)"));
    let question = owner.get("/console/settings/restore?channel=email&locale=de-AT").await;
    assert!(question.body.contains("Remove this language?"));
    let removed = owner.fill(&question, RESTORE, &[]).await;
    assert!(!removed.body.contains("de-AT"));
    let nonsense = owner.get("/console/settings/words?channel=sms&locale=english").await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
    assert!(nonsense.body.contains("Not a language tag such as en or pt-BR"));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get("/console/settings/words?channel=email&locale=en").await;
    let fields = [("subject", "{{code}}"), ("text", "Hello {{nmae}}"), ("do", "save")];
    let refused = owner.fill(&page, WORDS, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let beside = |field: &str| refused.between(&format!("id=\"{field}-faults\">"), "</ul>");
    assert!(beside("subject").contains("Take {{code}} out of the subject"));
    assert!(beside("text").contains("perhaps {{name}} was meant") && beside("text").contains("lets nobody in"));
    assert!(refused.body.contains("Hello {{nmae}}"), "what was typed stays");
    let looked = owner.fill(&refused, WORDS, &[("subject", "s"), ("text", "no"), ("do", "preview")]).await;
    assert_eq!(looked.status, StatusCode::OK, "a look is no mistake");
    assert_eq!(world.count("settings.template_changed.v1").await, 0);
}

#[tokio::test]
async fn the_preview_is_for_whoever_is_searched_and_tells_what_a_text_message_costs() {
    let world = world().await;
    world.contact("Łukasz Żak", "lukasz@example.com").await;
    world.settle().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get(SMS).await;
    let text = ("text", "{{name}} ł {{link}} {{code}}");
    let dear = owner.fill(&page, WORDS, &[text, ("who", "ana"), ("do", "preview")]).await;
    assert!(dear.body.contains("For <strong><bdi>Ana Good</bdi></strong>"), "{}", dear.body);
    assert!(dear.body.contains("2 segments, because of “ł”") && dear.body.contains("cost dear"));
    let other = owner.fill(&page, WORDS, &[("text", "{{name}} {{link}}"), ("who", "zak"), ("do", "preview")]).await;
    assert!(other.body.contains("Lukasz Zak ") && other.body.contains("<strong>1 segment</strong>"), "{}", other.body);
    let nobody = owner.fill(&page, WORDS, &[text, ("who", "nobody"), ("do", "preview")]).await;
    assert!(nobody.body.contains("Nobody found for"));
    assert_eq!(world.count("link.issued.v1").await, 1, "but for the owner's own: nothing is made");
}

#[tokio::test]
async fn the_script_gets_the_preview_alone() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get(SMS).await;
    let tag = page.between("data-preview=\"/console/settings/preview\" data-tag=\"", "\"");
    let mut form = filled(&page, WORDS, &[("text", "Hi {{name}} {{link}}")]);
    form.iter_mut().filter(|(name, _)| name == "form").for_each(|(_, value)| value.clone_from(&tag));
    let part = owner.post(PREVIEW, &form).await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(part.body.contains("Hi Ana Good") && !part.body.contains("<html"), "{}", part.body);
    let forged = filled(&page, WORDS, &[("text", "{{link}}")]);
    assert_eq!(owner.post(PREVIEW, &forged).await.status, StatusCode::FORBIDDEN, "another form's tag");
}

#[tokio::test]
async fn markup_in_words_and_names_is_shown_as_it_is_written() {
    let world = world().await;
    world.contact("<i>Eve</i>", "eve@example.com").await;
    world.settle().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get(SMS).await;
    let text = "<script>alert(1)</script> {{name}} {{link}}";
    let shown = owner.fill(&page, WORDS, &[("text", text), ("who", "eve"), ("do", "preview")]).await;
    assert!(!shown.body.contains("<script>alert") && !shown.body.contains("<i>Eve"), "{}", shown.body);
    let saved = owner.fill(&page, WORDS, &[("text", text), ("do", "save")]).await;
    assert!(saved.body.contains("The words were saved") && !saved.body.contains("<script>alert"));
}

#[tokio::test]
async fn others_read_the_words_and_change_nothing() {
    let world = world().await;
    for role in [Role::Agent, Role::Auditor] {
        let mut reader = world.signed_in(role).await;
        let list = reader.get("/console/settings").await;
        assert!(list.body.contains("Client portal") && !list.body.contains("Write its words"), "{role}");
        let page = reader.get(SMS).await;
        assert!(page.body.contains("Owners can change these words") && !page.body.contains("<textarea"), "{role}");
        assert!(page.body.contains("Client portal, Ana Good:"), "and what they become");
    }
}

#[tokio::test]
async fn words_are_saved_only_soon_after_signing_in_and_wait_meanwhile() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get(SMS).await;
    world.clock.advance(Lifetime::from_mins(15));
    let refused = owner.fill(&page, WORDS, &[("text", "Mine: {{link}}"), ("do", "save")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Sign in again first") && refused.body.contains("Mine: {{link}}"));
    assert!(refused.body.contains("action=\"/console/sign-in-again\""));
    assert_eq!(world.count("settings.template_changed.v1").await, 0);
}

#[tokio::test]
async fn a_test_goes_to_oneself_or_a_phone_like_any_other_message_and_signs_nobody_in() {
    let world = world().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let before = world.count("link.issued.v1").await;
    let page = owner.get("/console/settings/words?channel=email&locale=en").await;
    let fields = [("subject", "Try {{portal}}"), ("text", "Mine: {{link}}"), ("do", "test")];
    let sent = owner.fill(&page, WORDS, &fields).await;
    assert!(sent.body.contains("The test message is on its way."), "{}", sent.body);
    assert!(sent.body.contains("Made for a test message") && sent.body.contains("@example.com"));
    let page = owner.get(SMS).await;
    let fields = [("text", "Mine: {{link}}"), ("phone", "no number"), ("do", "test")];
    let refused = owner.fill(&page, WORDS, &fields).await;
    assert!(refused.body.contains("Not a phone number") && refused.body.contains("value=\"no number\""));
    let sent = owner.fill(&page, WORDS, &[("text", "Mine: {{link}}"), ("phone", "+12015523757"), ("do", "test")]).await;
    assert!(sent.body.contains("+12015523757"), "{}", sent.body);
    assert_eq!(world.count("link.issued.v1").await, before + 2);
    assert_eq!(world.count("link.words_tried.v1").await, 2);
    assert_eq!(world.count("settings.template_changed.v1").await, 0, "nothing is saved by trying it");
}

#[tokio::test]
async fn the_dialog_shows_what_would_be_sent_before_anything_is() {
    let world = world().await;
    let contact = world.contact("Bo Brand", "bo@example.com").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let at = format!("/console/generate?contact={contact}");
    let dialog = agent.get(&at).await;
    let says =
        |body: &str, channel: &str| body.contains(&format!("preview-{channel}\"><p class=\"muted\">It will say:"));
    assert!(says(&dialog.body, "email") && dialog.body.contains("Hello Bo Brand,"));
    assert!(!says(&dialog.body, "sms"), "there is no phone");
    let contact_page = agent.get(&format!("/console/contacts/{contact}/edit")).await;
    let details = format!("/console/contacts/{contact}/details");
    let fields = [("name", "Bo Brand"), ("email", "bo@example.com"), ("phone", "+12015523757"), ("confirm", "yes")];
    agent.fill(&contact_page, &details, &fields).await;
    let dialog = agent.get(&at).await;
    assert!(says(&dialog.body, "sms") && dialog.body.contains("<strong>1 segment</strong>"), "{}", dialog.body);
    let fields = [("lifetime", "now"), ("do", "check")];
    let checked = agent.fill(&dialog, "/console/generate", &fields).await;
    assert!(checked.body.contains("valid 15 minutes"), "for the lifetime that was chosen");
}
