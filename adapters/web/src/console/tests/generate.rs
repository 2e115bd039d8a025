//! *Generate magic link*, step by step, as a browser without script takes them.

use axum::http::StatusCode;
use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::contact::DetailsChange;
use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Policy;
use magiclink_domain::value::{ExternalId, PhoneNumber};

use super::browser::{Answer, filled};
use super::world::World;

const HERE: &str = "/console/generate";

fn by_both() -> Policy {
    Policy { channels: [Channel::Email, Channel::Sms].into(), ..Policy::default() }
}

/// What the remedies on the page would change.
fn remedies(page: &Answer) -> Vec<String> {
    let fixes = page.body.split("name=\"fix\" value=\"").skip(1);
    fixes.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}

#[tokio::test]
async fn a_contact_is_found_by_name_e_mail_phone_and_external_id_while_one_types() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let change = DetailsChange {
        phone: Some(Some(PhoneNumber::parse("+1 201 552 3757", None).unwrap())),
        external_id: Some(Some(ExternalId::parse("crm-7").unwrap())),
        ..DetailsChange::default()
    };
    world.web.use_cases.change_contact(&world.system(), contact, change).await.unwrap();
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    for typed in ["good", "ana@exam", "201552", "crm-7", "Anna Good"] {
        let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let options = agent.get(&format!("{HERE}/contacts?q={query}")).await;
        let option = format!("data-href=\"{HERE}?contact={contact}\"");
        assert!(
            options.body.contains(&option) && options.body.contains("1 contact found"),
            "{typed}: {}",
            options.body
        );
        assert!(!options.body.contains("<html"), "a part of a page");
        let page = agent.get(&format!("{HERE}?q={query}")).await;
        assert!(page.body.contains(&format!("href=\"{HERE}?contact={contact}\"")), "{typed}, without script");
    }
    let none = agent.get(&format!("{HERE}/contacts?q=zzzzzz")).await;
    assert!(none.body.contains("Nobody found") && !none.body.contains("data-href"));
    assert!(!agent.get(&format!("{HERE}/contacts")).await.body.contains("data-href"), "nothing was typed");
}

#[tokio::test]
async fn who_is_not_in_the_portal_is_granted_and_gets_the_link_in_one_act() {
    let world = World::new().await;
    world.offering("alumni", "Alumni").await;
    let contact = world.contact("Bo New", "bo@example.com").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    assert!(dialog.body.contains("grant a course or group first"), "before anything is pressed");
    assert_eq!(remedies(&dialog), ["grant:alumni"]);
    assert!(!dialog.body.contains("<option value=\"alumni\""), "not theirs");
    let mended = agent.fill(&dialog, HERE, &[("fix", "grant:alumni")]).await;
    assert!(mended.body.contains("It will work") && mended.body.contains("name=\"grant\" value=\"alumni\" checked"));
    assert!(mended.body.contains("<option value=\"alumni\""), "theirs in the same step");
    assert_eq!(world.count("contact.access_granted.v1").await, 0, "nothing was done yet");
    let fields = [("grant", "alumni"), ("destination", "alumni"), ("do", "generate")];
    let made = agent.fill(&mended, HERE, &fields).await;
    assert!(made.body.contains("/m/"));
    assert_eq!((world.count("contact.access_granted.v1").await, world.count("link.issued.v1").await), (1, 2));
}

#[tokio::test]
async fn a_problem_is_named_with_remedies_that_mend_it_in_one_click() {
    let world = World::with(by_both()).await;
    let (contact, _) = world.member("Ana Good").await;
    world.offering("founders", "Founders").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    assert!(remedies(&dialog).is_empty() && !dialog.body.contains("This would not work"));
    for (chosen, said, offered) in [
        (&[("destination", "founders")][..], "has no access to this destination", &["grant:founders", "home"][..]),
        (&[("lifetime", "custom"), ("custom", "31d")], "may live at most 30d", &["lifetime:30d"]),
        (&[("lifetime", "custom"), ("custom", "soon")], "A lifetime is a number and a unit", &["lifetime:day"]),
        (&[("max_uses", "11")], "from 1 to 10", &["uses:1"]),
        (&[("deliver", "sms")], "has no phone number", &["instead:sms:email", "without:sms"]),
    ] {
        let with = |last: (&'static str, &'static str)| chosen.iter().copied().chain([last]).collect::<Vec<_>>();
        let checked = agent.fill(&dialog, HERE, &with(("do", "check"))).await;
        assert_eq!(checked.status, StatusCode::OK, "{said}");
        assert!(checked.body.contains(said), "{said}: {}", checked.body);
        assert_eq!(remedies(&checked), offered, "{said}");
        let refused = agent.fill(&dialog, HERE, &with(("do", "generate"))).await;
        assert!(refused.status.is_client_error() && refused.body.contains(said), "{said}");
        for remedy in offered {
            let fields: Vec<_> = chosen.iter().copied().chain([("fix", *remedy)]).collect();
            let mended = agent.fill(&dialog, HERE, &fields).await;
            assert!(mended.body.contains("It will work"), "{said} {remedy}: {}", mended.body);
        }
    }
    assert_eq!(world.count("link.issued.v1").await, 2, "Ana’s first and the staff member’s own");
}

#[tokio::test]
async fn a_sixth_live_link_is_made_once_the_oldest_was_revoked_with_one_click() {
    let world = World::new().await;
    let (contact, oldest) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    for _ in 0..4 {
        world.clock.advance(Lifetime::from_secs(1));
        let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
        agent.fill(&dialog, HERE, &[("do", "generate")]).await;
    }
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    assert!(dialog.body.contains("already has 5 live links"));
    assert_eq!(remedies(&dialog), ["revoke-oldest"]);
    let mended = agent.fill(&dialog, HERE, &[("fix", "revoke-oldest")]).await;
    assert!(mended.body.contains("It will work"), "{}", mended.body);
    agent.fill(&dialog, HERE, &[("fix", "revoke-oldest")]).await;
    assert_eq!(world.count("link.revoked.v1").await, 1, "also when the form is sent twice");
    assert!(agent.get(&format!("/console/links/{}", oldest.id)).await.body.contains("Revoked"), "the oldest");
    assert!(agent.fill(&mended, HERE, &[("do", "generate")]).await.body.contains("/m/"));
}

#[tokio::test]
async fn the_message_is_shown_as_it_would_be_sent() {
    let world = World::with(by_both()).await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    assert!(dialog.body.contains("Send e-mail <small><bdi>to ana@example.com"), "{}", dialog.body);
    assert!(dialog.body.contains("Send SMS <small><bdi>no phone number on file"));
    let previewed =
        world.web.use_cases.preview_message(&world.system(), contact, Channel::Email, None, None).await.unwrap();
    let subject = previewed.written.subject.unwrap();
    assert!(dialog.body.contains(&format!("<p class=\"subject\" dir=\"auto\">{subject}</p>")), "{subject}");
}

#[tokio::test]
async fn a_required_reason_is_asked_for_and_no_complaint_before_one_could_type() {
    let world = World::with(Policy { require_reason: true, ..Policy::default() }).await;
    let slug = world.offering("alumni", "Alumni").await;
    let contact = world.contact("Ana Good", "ana@example.com").await;
    world.grant(contact, slug).await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    assert!(dialog.body.contains("name=\"reason\" value=\"\" maxlength=\"500\" dir=\"auto\" required"));
    assert!(!dialog.body.contains("A reason is required"));
    let refused = agent.fill(&dialog, HERE, &[("do", "generate")]).await;
    assert!(refused.body.contains("A reason is required"));
    let made = agent.fill(&refused, HERE, &[("reason", "asked on the phone"), ("do", "generate")]).await;
    assert!(made.body.contains("/m/"));
}

#[tokio::test]
async fn a_reload_never_shows_the_link_again_and_showing_it_again_is_noted() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    let form = filled(&dialog, HERE, &[("do", "generate")]);
    let made = agent.post(HERE, &form).await;
    let url = made.between("readonly value=\"", "\"");
    let code = made.between("class=\"code\">", "<");
    let again = agent.post(HERE, &form).await;
    assert_eq!(again.status, StatusCode::OK);
    for secret in [url.rsplit('/').next().unwrap(), &code, "data:image/svg"] {
        assert!(made.body.contains(secret) && !again.body.contains(secret), "{secret}");
    }
    assert!(again.body.contains("is shown only once") && !again.body.contains("http-equiv"));
    let id = again.between("href=\"/console/links/", "\"");
    let at = format!("/console/links/{id}/reveal");
    let before = world.count("link.revealed.v1").await;
    let form = filled(&again, &at, &[]);
    let shown = agent.post(&at, &form).await;
    assert_eq!(shown.between("readonly value=\"", "\""), url);
    assert_eq!(world.count("link.revealed.v1").await, before + 1);
    assert!(!agent.post(&at, &form).await.body.contains(&url), "a reload of that neither");
    assert_eq!(world.count("link.revealed.v1").await, before + 1);
}

#[tokio::test]
async fn what_is_not_shown_is_not_offered_again_either() {
    let policy = Policy { reveal: Reveal::Owner, channels: [Channel::Email].into(), ..Policy::default() };
    let world = World::with(policy).await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    let form = filled(&dialog, HERE, &[("do", "generate")]);
    for answer in [agent.post(HERE, &form).await, agent.post(HERE, &form).await] {
        assert!(answer.body.contains("Links are not shown here") && !answer.body.contains("/reveal"));
        assert!(!answer.body.contains("http-equiv") && !answer.body.contains("data-leaves"), "nothing has to leave");
    }
}

#[tokio::test]
async fn the_link_leaves_the_screen_after_90_seconds_with_and_without_script() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    let made = agent.fill(&dialog, HERE, &[("do", "generate")]).await;
    assert!(made.body.contains("data-leaves=\"90\""));
    let away =
        format!("<noscript><meta http-equiv=\"refresh\" content=\"90;url=/console/contacts/{contact}\"></noscript>");
    assert!(made.body.contains(&away), "{}", made.body);
}

#[tokio::test]
async fn the_code_is_spelt_to_be_said_on_the_phone() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("{HERE}?contact={contact}")).await;
    let made = agent.fill(&dialog, HERE, &[("do", "generate")]).await;
    let code = made.between("class=\"code\">", "<").replace('-', "");
    let spelt: String = made.body.split("<li><b>").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect();
    assert_eq!(spelt, code);
}

#[tokio::test]
async fn owners_choose_a_staff_member_instead_and_nobody_else_is_offered_to() {
    let world = World::new().await;
    let kim = world.staff(Role::Agent, "Kim Agent").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get(HERE).await;
    assert!(page.body.contains("href=\"/console/generate\" aria-current=\"true\">Contact"), "it is set to Contact");
    assert!(page.body.contains("href=\"/console/generate/staff\">Staff member"));
    let at = "/console/generate/staff";
    let page = owner.get(at).await;
    assert!(page.body.contains(&format!("<option value=\"{kim}\">Kim Agent (agent)")), "{}", page.body);
    let form = filled(&page, at, &[("staff", &kim.to_string())]);
    let made = owner.post(at, &form).await;
    assert!(made.body.contains("/console/m/") && made.body.contains("Kim Agent"));
    assert!(!owner.post(at, &form).await.body.contains("/console/m/"), "once");
    let mut agent = world.signed_in(Role::Agent).await;
    assert!(!agent.get(HERE).await.body.contains("Staff member"));
    assert_eq!(agent.get(at).await.status, StatusCode::FORBIDDEN);
    world.clock.advance(Lifetime::from_mins(15));
    let page = owner.get(at).await;
    let stale = owner.fill(&page, at, &[("staff", &kim.to_string())]).await;
    assert!(stale.body.contains("Sign in again first") && !stale.body.contains("/console/m/"));
}
