//! What holds whatever is typed and pressed.

use magiclink_domain::authority::Role;
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Policy;

use super::shown;
use super::world::{World, act, both, kim, turn};
use crate::conversation::{Act, Filled, Reply};

fn user(workspace: &str, id: &str) -> ChatUser {
    ChatUser::parse(ChatPlatform::Slack, workspace, id).unwrap()
}

#[tokio::test]
async fn strangers_get_the_address_of_one_page_and_nothing_else() {
    let world = World::of(Role::Owner).await;
    let made = world.answer("ana@example.com").await;
    let before = world.count("link.issued.v1").await;
    for stranger in [user("T1", "U2"), user("T2", "U1"), ChatUser { platform: ChatPlatform::Discord, ..kim() }] {
        for text in ["", "help", "ana", "status ana", "console", "add Bo bo@example.com", "revoke ana", "disconnect"] {
            let answer = shown(&world.talk.typed(&turn(&stranger, text), text).await);
            assert!(answer.contains("is not connected with a staff member"), "{answer}");
            assert!(answer.contains("http://localhost:8080/console/chat") && !answer.contains("Ana"), "{answer}");
        }
        let answer = shown(&world.talk.pressed(&turn(&stranger, "x"), &act(&made, "Send SMS"), None).await);
        assert!(answer.contains("is not connected"), "{answer}");
        let answer = shown(&world.talk.submitted(&turn(&stranger, "y"), &Filled::default()).await);
        assert!(answer.contains("is not connected"), "{answer}");
        assert_eq!(world.talk.suggest(&stranger, "ana", 25).await.unwrap(), []);
    }
    assert_eq!(world.count("link.issued.v1").await, before);
    assert_eq!(world.count("link.delivery_requested.v1").await, 0);
}

#[tokio::test]
async fn a_code_typed_in_the_chat_connects_it() {
    let world = World::of(Role::Owner).await;
    let code = world.code(world.staff("Bo Berg", Role::Agent).await).await;
    let bo = user("T1", "U9");
    let answer = shown(&world.talk.typed(&turn(&bo, "1"), &format!("connect {code}")).await);
    assert!(answer.contains("here you are now *Bo Berg* (agent)"), "{answer}");
    assert!(shown(&world.talk.typed(&turn(&bo, "2"), "ana@example.com").await).contains("/m/"));
    let again = shown(&world.talk.typed(&turn(&user("T1", "U8"), "3"), &format!("connect {code}")).await);
    assert!(again.contains("This code does not work"), "{again}");
    let answer = shown(&world.talk.typed(&turn(&bo, "4"), "disconnect").await);
    assert!(answer.contains("Disconnected"), "{answer}");
    assert!(shown(&world.talk.typed(&turn(&bo, "5"), "help").await).contains("is not connected"));
}

#[tokio::test]
async fn the_same_request_twice_makes_one_link_and_shows_it_again() {
    let world = World::of(Role::Agent).await;
    let once = world.talk.typed(&turn(&kim(), "trigger1"), "ana@example.com").await;
    let twice = world.talk.typed(&turn(&kim(), "trigger1"), "ana@example.com").await;
    assert_eq!(once, twice);
    assert_eq!(world.count("link.issued.v1").await, 1);
    let other = shown(&world.talk.typed(&turn(&kim(), "trigger1"), "rebecca").await);
    assert!(other.contains("was used for another request"), "{other}");
    world.talk.typed(&turn(&kim(), "trigger2"), "ana@example.com").await;
    assert_eq!(world.count("link.issued.v1").await, 2);
}

#[tokio::test]
async fn a_button_pressed_twice_acts_once() {
    let world = World::of(Role::Agent).await;
    let made = world.answer("ana@example.com").await;
    for _ in 0..3 {
        world.press(&made, "Send SMS").await;
    }
    assert_eq!(world.count("link.delivery_requested.v1").await, 1);
    let sent = world.press(&made, "Send SMS").await;
    assert!(!shown(&Reply::Answer(sent.clone())).contains("Send SMS"), "not while it is on its way");
    world.press(&sent, "Send e-mail").await;
    assert_eq!(world.count("link.delivery_requested.v1").await, 2, "of the next answer it is another act");
}

#[tokio::test]
async fn grant_and_link_are_one_act() {
    let world = World::of(Role::Agent).await;
    let offered = world.answer("zoe email to founders-circle").await;
    assert_eq!(world.count("link.issued.v1").await, 0);
    let made = world.press(&offered, "Grant Founders Circle and make the link").await;
    assert!(made.follows.is_some());
    assert!(shown(&Reply::Answer(made)).contains("E-mail to zoe@example.com: waiting to be sent."));
    assert_eq!((world.count("contact.access_granted.v1").await, world.count("link.issued.v1").await), (4, 1));
}

#[tokio::test]
async fn a_menu_goes_on_with_what_was_asked() {
    let world = World::of(Role::Agent).await;
    world.contact("Ana Berg", "ana.berg@example.com", None, &["founders-circle"]).await;
    world.settle().await;
    let asks = world.answer("ana email 7d because she moved").await;
    assert!(asks.follows.is_none() && asks.menu.is_some());
    let made = shown(&Reply::Answer(world.press(&asks, "Ana Lima").await));
    assert!(made.contains("E-mail to ana@example.com") && made.contains("8 May 2026"), "{made}");
}

#[tokio::test]
async fn buttons_work_for_an_hour_and_for_whom_they_were_made() {
    let world = World::of(Role::Agent).await;
    let asks = world.answer("rebeca francsi").await;
    let other = user("T1", "U2");
    world.connect(world.staff("Bo Berg", Role::Agent).await, &other).await;
    let act = act(&asks, "Rebecca Francis");
    let stolen = shown(&world.talk.pressed(&turn(&other, "x"), &act, None).await);
    assert!(stolen.contains("too old"), "{stolen}");
    world.clock.advance(Lifetime::from_mins(60));
    let late = shown(&Reply::Answer(world.press(&asks, "Rebecca Francis").await));
    assert!(late.contains("too old"), "{late}");
    assert_eq!(world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn removal_acts_at_the_next_command() {
    let world = World::of(Role::Agent).await;
    let made = world.answer("ana@example.com").await;
    let staff = world.use_cases.chat_member(&kim()).await.unwrap().unwrap().staff;
    world.staff("Olga Owner", Role::Owner).await;
    world.use_cases.remove_staff(&world.system(), staff, &[]).await.unwrap();
    assert!(shown(&world.type_in("ana@example.com").await).contains("is not connected"));
    let pressed = shown(&Reply::Answer(world.press(&made, "Send SMS").await));
    assert!(pressed.contains("is not connected"), "{pressed}");
}

#[tokio::test]
async fn a_long_life_is_asked_of_agents_twice() {
    let world = World::of(Role::Agent).await;
    let asks = world.answer("ana@example.com 30d").await;
    assert_eq!(world.count("link.issued.v1").await, 0);
    let made = shown(&Reply::Answer(world.press(&asks, "Yes, make it").await));
    assert!(made.contains("31 May 2026"), "{made}");
    let owner = World::of(Role::Owner).await;
    assert!(owner.answer("ana@example.com 30d").await.follows.is_some());
}

#[tokio::test]
async fn limits_are_those_of_the_console() {
    let two = magiclink_domain::ports::Limit { most: 2, per: Lifetime::from_mins(1) };
    let world = World::with(Role::Agent, Policy { staff_issues: Some(two), ..both() }).await;
    for _ in 0..2 {
        assert!(world.answer("ana@example.com").await.follows.is_some());
    }
    let refused = shown(&world.type_in("ana@example.com").await);
    assert!(refused.contains("Too many attempts: try again in"), "{refused}");
}

#[tokio::test]
async fn an_act_for_what_is_not_there_does_nothing() {
    let world = World::of(Role::Owner).await;
    let turn_id = world.system().command;
    for act in [
        Act::Revoke { turn: turn_id, link: turn_id.link(0) },
        Act::Send { turn: turn_id, link: turn_id.link(0), channel: magiclink_domain::link::Channel::Sms },
        Act::Status { turn: turn_id, contact: turn_id.contact() },
        Act::Make { turn: turn_id, contact: turn_id.contact(), grant: None, confirmed: true, home: true },
    ] {
        let answer = shown(&world.talk.pressed(&turn(&kim(), "x"), &act, None).await);
        assert!(answer.contains("No such") || answer.contains("too old"), "{answer}");
    }
}
