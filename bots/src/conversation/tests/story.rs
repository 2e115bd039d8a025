//! Every message, as it is read.

use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Policy;

use super::shown;
use super::world::{World, act, both, kim, turn};
use crate::conversation::{Filled, Reply, Secrets};

async fn said(world: &World, text: &str) -> String {
    format!("> {text}\n{}\n", shown(&world.type_in(text).await))
}

#[tokio::test]
async fn what_is_typed_and_what_comes_back() {
    let world = World::of(Role::Agent).await;
    let mut story = String::new();
    for text in [
        "help",
        "ana@example.com",
        "lima sms",
        "415 555 0199 email 7d",
        "maria to pricing",
        "maria to founders-circle",
        "maria to the moon",
        "ana lima 30d",
        "maria sms",
        "zoe",
        "zoe to founders circle",
        "ana",
        "rebeca francsi",
        "nobody at all",
        "sms",
        "status ana lima",
        "status zoe",
        "status",
        "revoke",
        "revoke http://localhost:8080/m/nonsense",
        "revoke nobody at all",
        "revoke rebeca francsi",
        "status nobody at all",
        "add",
        "add Bo Berg",
        "add Bo Berg bo@example.com +14155550101",
        "add Bo bo@",
        "console",
        "connect",
        "connect AAAA-AAAA",
        "disconnect",
        "ana@example.com",
    ] {
        story.push_str(&said(&world, text).await);
        story.push('\n');
        world.settle().await;
    }
    insta::assert_snapshot!(story);
}

#[tokio::test]
async fn what_an_auditor_gets() {
    let world = World::of(Role::Auditor).await;
    let mut story = String::new();
    for text in ["ana@example.com", "", "status ana lima", "add Bo bo@example.com", "status nobody at all"] {
        story.push_str(&said(&world, text).await);
        story.push('\n');
    }
    insta::assert_snapshot!(story);
    assert_eq!(world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn the_dialog() {
    let world = World::with(Role::Owner, Policy { require_reason: true, ..both() }).await;
    let dialog = shown(&world.type_in("").await);
    let contact = world.talk.suggest(&kim(), "ana lima", 5).await.unwrap().remove(0);
    let filled = Filled {
        contact: contact.id,
        destination: "founders-circle".into(),
        lifetime: "7d".into(),
        channels: vec!["sms".into()],
        reason: String::new(),
    };
    let refused = shown(&world.talk.submitted(&turn(&kim(), "view1"), &filled).await);
    let filled = Filled { reason: "she asked".into(), ..filled };
    let made = shown(&world.talk.submitted(&turn(&kim(), "view2"), &filled).await);
    insta::assert_snapshot!(format!("{dialog}\n\n{refused}\n\n{made}"));
    assert_eq!(made, shown(&world.talk.submitted(&turn(&kim(), "view2"), &filled).await), "sent twice, made once");
    assert_eq!(world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn one_message_tells_a_links_whole_life() {
    let world = World::of(Role::Agent).await;
    let made = world.answer("ana lima sms").await;
    let link = made.follows.unwrap();
    let secrets = None::<&Secrets>;
    let mut story = vec![shown(&Reply::Answer(made.clone()))];
    let sent = world.press(&made, "Send e-mail").await;
    story.push(shown(&Reply::Answer(sent)));
    world.clock.advance(Lifetime::from_mins(7));
    world.redeem(link).await;
    let turn = act(&made, "Revoke").turn();
    story.push(shown(&Reply::Answer(world.talk.link_card(link, secrets, turn, true).await.unwrap().1)));
    let other = world.answer("rebecca because of the move").await;
    let revoked = world.press(&other, "Revoke").await;
    story.push(shown(&Reply::Answer(revoked)));
    insta::assert_snapshot!(story.join("\n\n"));
}

#[tokio::test]
async fn where_links_are_not_shown_they_are_only_sent() {
    let policies = [Policy { reveal_in_chat: false, ..both() }, Policy { reveal: Reveal::Owner, ..both() }];
    for policy in policies {
        let world = World::with(Role::Agent, policy).await;
        let answer = shown(&world.type_in("ana lima").await);
        assert!(!answer.contains("/m/") && !answer.contains("Or by code"), "{answer}");
        assert!(answer.contains("Links are not shown here") && answer.contains("[Send SMS] Primary"), "{answer}");
        let dialog = shown(&world.type_in("").await);
        assert!(!dialog.contains("Show me") && dialog.contains("Send SMS"), "{dialog}");
        assert_eq!(world.count("link.revealed.v1").await, 0);
    }
}
