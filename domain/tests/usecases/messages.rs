//! The words of messages: whose they are, and words that are only tried out.

use std::sync::Arc;

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::{CommandId, ContactId, StaffId};
use magiclink_domain::link::{Channel, Refusal};
use magiclink_domain::message::Template;
use magiclink_domain::ports::IncomingSms;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, IssueRequest};
use magiclink_domain::value::{EmailAddress, Locale, Name};

use crate::support::{Phones, World, owner, phone, press, refused, request, staff};

const NUMBER: &str = "+14155550100";

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

fn words(text: &str) -> Template {
    Template::parse(Channel::Sms, "", text).unwrap()
}

/// What the contact's phone says after a link was made.
async fn texted(world: &World, contact: ContactId, key: &str) -> String {
    let phones = Arc::new(Phones::default());
    let by_sms = IssueRequest { deliver: vec![Channel::Sms], ..request(contact) };
    let link = world.node.issue_link(&owner(key), by_sms).await.unwrap().value;
    phones.work(&world.node).await;
    phones.said().replace(&link.url.unwrap().0, "LINK").replace(&link.code.unwrap().0, "CODE")
}

async fn speaks(world: &World, contact: ContactId, tag: &str) {
    let change = DetailsChange { locale: Some(Some(locale(tag))), ..DetailsChange::default() };
    world.node.change_contact(&owner(&format!("speaks {tag}")), contact, change).await.unwrap();
}

#[tokio::test]
async fn a_contact_gets_the_words_of_their_language_from_the_next_message_on() {
    let world = World::new().await;
    let ana = world.phone_member(NUMBER).await;
    assert_eq!(texted(&world, ana, "1").await, "Client portal, Ana Good:\nLINK\nCode CODE, valid 24 hours");
    speaks(&world, ana, "de-AT").await;
    assert_eq!(texted(&world, ana, "2").await, "Client portal, Ana Good:\nLINK\nCode CODE, gilt 24 Stunden");
    world.node.change_template(&owner("3"), locale("de"), words("Los: {{link}}")).await.unwrap();
    assert_eq!(texted(&world, ana, "4").await, "Los: LINK");
    world.node.change_template(&owner("5"), locale("de-AT"), words("Servus: {{link}}")).await.unwrap();
    assert_eq!(texted(&world, ana, "6").await, "Servus: LINK");
    for tag in ["de", "de-AT"] {
        world.node.restore_template(&owner(tag), Channel::Sms, locale(tag)).await.unwrap();
    }
    world.clock.advance(Lifetime::DAY);
    assert!(texted(&world, ana, "7").await.ends_with("gilt 24 Stunden"));
}

#[tokio::test]
async fn a_preview_says_what_will_be_sent_and_makes_nothing() {
    let world = World::new().await;
    let ana = world.phone_member(NUMBER).await;
    world.node.change_template(&owner("1"), locale("en"), words("{{name}}: {{link}} {{lasts}}")).await.unwrap();
    let before = world.history().await.len();
    let agent = staff(Role::Agent, "2");
    let preview = world.node.preview_message(&agent, ana, Channel::Sms, Some(Lifetime::NOW), None).await.unwrap();
    let url = format!("http://localhost:8080/m/{}", "x".repeat(44));
    assert_eq!(preview.written.text(), format!("Ana Good: {url} 15 minutes"));
    let real = world.link(ana, "3").await.url.unwrap().0;
    assert_eq!(url.len(), real.len(), "segments are counted right");
    let draft = Some((locale("de"), words("Bis {{expires}} {{link}}")));
    let preview = world.node.preview_message(&agent, ana, Channel::Sms, None, draft).await.unwrap();
    assert!(preview.written.text().starts_with("Bis 2. Mai 2026, 12:00 Uhr (UTC) "), "{}", preview.written.text());
    assert_eq!(world.history().await.len(), before + 2, "the link made in between, and that it was shown");
}

#[tokio::test]
async fn only_owners_change_words_and_only_soon_after_signing_in() {
    let world = World::new().await;
    let change = |caller: Caller| {
        let node = Arc::clone(&world.node);
        async move { node.change_template(&caller, locale("en"), words("{{link}}")).await }
    };
    for role in [Role::Agent, Role::Auditor] {
        assert_eq!(refused(change(staff(role, "1")).await), Rejection::Forbidden);
    }
    let signed_in = |at| {
        let authority = Authority::Role { role: Role::Owner, signed_in_at: Some(at), confirmed: true, token: false };
        Caller { authority, ..owner("2") }
    };
    let at = world.now();
    world.clock.advance(Lifetime::from_mins(15));
    assert_eq!(refused(change(signed_in(at)).await), Rejection::SignInAgain);
    assert!(change(signed_in(world.now())).await.is_ok());
}

/// Somebody in the team, and what they do under the command of this key.
async fn tester(world: &World) -> impl Fn(&str) -> Caller + use<> {
    let email = EmailAddress::parse("olga@example.com").unwrap();
    let details = StaffDetails { name: Name::parse("Olga Owner").unwrap(), email };
    let olga: StaffId = world.node.add_staff(&owner("add olga"), Role::Owner, details).await.unwrap().value;
    move |key: &str| Caller { actor: Actor::Staff(olga), command: CommandId::derive("olga", "test", key), ..owner(key) }
}

#[tokio::test]
async fn words_are_tried_out_without_being_saved_and_their_link_signs_nobody_in() {
    let world = World::new().await;
    let olga = tester(&world).await;
    let phones = Arc::new(Phones::default());
    let tried = words("{{name}}, try: {{link}} {{code}}");
    let link = world.node.send_test(&olga("1"), locale("de"), tried, Some(phone(NUMBER))).await.unwrap().value;
    phones.work(&world.node).await;
    assert_eq!(phones.rung(), [NUMBER]);
    assert!(phones.said().starts_with("Olga Owner, try: http://localhost:8080/console/m/"), "{}", phones.said());
    for nth in 0..3 {
        let pressed = world.node.redeem(press(link, &format!("browser {nth}"))).await;
        assert_eq!(refused(pressed), Rejection::Refused(Refusal::Test));
    }
    assert_eq!(world.count("link.redeemed.v1").await, 0);
    assert_eq!(world.count("link.redemption_refused.v1").await, 0, "an outsider makes no event of it");
    assert_eq!(world.count("settings.template_changed.v1").await, 0);
    let shown = world.node.reveal_link(&olga("2"), link).await;
    assert_eq!(refused(shown), Rejection::RevealForbidden);
}

#[tokio::test]
async fn a_test_keeps_the_rules_of_all_messages() {
    let world = World::new().await;
    let olga = tester(&world).await;
    let phones = Arc::new(Phones::default());
    let send = |key: &str| {
        let (node, olga) = (Arc::clone(&world.node), olga(key));
        async move { node.send_test(&olga, locale("en"), words("{{link}}"), Some(phone(NUMBER))).await }
    };
    // Opted out between the asking and the sending, and before the asking.
    send_ok(send("1").await);
    let stop = IncomingSms { id: "SM1".into(), from: NUMBER.into(), text: "STOP".into(), understood: None };
    world.node.receive_sms(&stop).await.unwrap();
    phones.work(&world.node).await;
    assert!(phones.rung().is_empty());
    assert_eq!(world.count("link.delivery_cancelled.v1").await, 1);
    assert_eq!(refused(send("2").await), Rejection::SmsOptedOut);
    let premium = phone("+19002345678");
    let dear = world.node.send_test(&olga("3"), locale("en"), words("{{link}}"), Some(premium)).await;
    assert_eq!(refused(dear), Rejection::NumberCostsExtra);
    let nowhere = world.node.send_test(&olga("4"), locale("en"), words("{{link}}"), None).await;
    assert!(matches!(refused(nowhere), Rejection::Invalid(invalid) if invalid.field == "phone"));
    let token = Caller { actor: Actor::System, ..olga("5") };
    let by_nobody = world.node.send_test(&token, locale("en"), words("{{link}}"), Some(phone(NUMBER))).await;
    assert_eq!(refused(by_nobody), Rejection::Forbidden, "a test is somebody's");
    world.node.switch(&owner("stop"), SettingsCommand::StopIssuing).await.unwrap();
    assert_eq!(refused(send("6").await), Rejection::IssuingStopped);
}

fn send_ok<T: std::fmt::Debug>(sent: Result<T, magiclink_domain::usecases::Failure>) {
    sent.expect("the test is sent");
}
