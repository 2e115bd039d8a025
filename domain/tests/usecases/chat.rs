//! Commanding from a chat: codes, who is behind a chat user, and when that ends.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Act, Authority, Reveal, Role, authorise};
use magiclink_domain::id::{CommandId, StaffId};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::{ChatPlatform, ChatUser, StaffDetails};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, ChatMember, Policy};
use magiclink_domain::value::{EmailAddress, Name};

use crate::support::{World, owner, refused, request};

fn command(key: &str) -> CommandId {
    CommandId::derive("chat", "test", key)
}

fn user(id: &str) -> ChatUser {
    ChatUser::parse(ChatPlatform::Slack, "T1", id).unwrap()
}

async fn member(world: &World, email: &str, role: Role) -> StaffId {
    let details = StaffDetails { name: Name::parse("Kim").unwrap(), email: EmailAddress::parse(email).unwrap() };
    world.node.add_staff(&owner(email), role, details).await.unwrap().value
}

fn as_themselves(staff: StaffId, role: Role, key: &str) -> Caller {
    let authority = Authority::Role { role, signed_in_at: None, confirmed: false, token: false };
    Caller { actor: Actor::Staff(staff), authority, ..owner(key) }
}

async fn code(world: &World, staff: StaffId, key: &str) -> String {
    world.node.make_chat_code(&as_themselves(staff, Role::Agent, key)).await.unwrap().code.expose()
}

async fn connected(world: &World, id: &str) -> StaffId {
    let staff = member(world, &format!("{id}@example.com"), Role::Agent).await;
    let code = code(world, staff, id).await;
    world.node.connect_chat(user(id), &code, command(id)).await.unwrap();
    staff
}

#[tokio::test]
async fn a_code_connects_the_chat_user_who_types_it_once() {
    let world = World::new().await;
    let staff = member(&world, "kim@example.com", Role::Agent).await;
    let code = code(&world, staff, "1").await;
    assert_eq!(world.node.chat_member(&user("U1")).await.unwrap(), None);
    let typed = code.to_lowercase().replace('-', " ");
    let done = world.node.connect_chat(user("U1"), &typed, command("1")).await.unwrap().value;
    assert_eq!(done, ChatMember { staff, role: Role::Agent });
    assert_eq!(world.another_node().chat_member(&user("U1")).await.unwrap(), Some(done));
    assert_eq!(world.count("team.chat_connected.v1").await, 1);
    let again = world.node.connect_chat(user("U2"), &code, command("2")).await;
    assert_eq!(refused(again), Rejection::ChatCodeInvalid);
    assert_eq!(world.node.chat_member(&user("U2")).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_user_elsewhere_is_another() {
    let world = World::new().await;
    connected(&world, "U1").await;
    let elsewhere = ChatUser { workspace: "T2".into(), ..user("U1") };
    let discord = ChatUser { platform: ChatPlatform::Discord, ..user("U1") };
    for other in [elsewhere, discord, user("U2"), user("u1")] {
        assert_eq!(world.node.chat_member(&other).await.unwrap(), None, "{other:?}");
    }
}

#[tokio::test]
async fn a_code_works_for_ten_minutes_and_only_the_newest() {
    let world = World::new().await;
    let staff = member(&world, "kim@example.com", Role::Agent).await;
    let old = code(&world, staff, "1").await;
    let new = code(&world, staff, "2").await;
    assert_ne!(old, new);
    world.clock.advance(Lifetime::from_secs(599));
    assert!(world.node.connect_chat(user("U1"), &new, command("1")).await.is_ok());
    let third = code(&world, staff, "3").await;
    let fourth = code(&world, staff, "4").await;
    let older = world.node.connect_chat(user("U2"), &third, command("2")).await;
    assert_eq!(refused(older), Rejection::ChatCodeInvalid);
    drop(fourth);
    let fifth = code(&world, staff, "5").await;
    world.clock.advance(Lifetime::from_mins(10));
    let late = world.node.connect_chat(user("U2"), &fifth, command("3")).await;
    assert_eq!(refused(late), Rejection::ChatCodeInvalid);
}

#[tokio::test]
async fn guesses_are_counted_before_they_are_looked_at() {
    let world = World::new().await;
    let staff = member(&world, "kim@example.com", Role::Agent).await;
    let code = code(&world, staff, "1").await;
    for guess in ["AAAA-AAAA", "BBBB-BBBB", "", "nonsense", "0000-0000"] {
        let wrong = world.node.connect_chat(user("U1"), guess, command(guess)).await;
        assert_eq!(refused(wrong), Rejection::ChatCodeInvalid, "{guess}");
    }
    let right = world.node.connect_chat(user("U1"), &code, command("right")).await;
    assert!(matches!(refused(right), Rejection::RateLimited(_)));
    assert!(world.node.connect_chat(user("U2"), &code, command("other")).await.is_ok(), "another user's tries");
}

#[tokio::test]
async fn disconnecting_and_removal_act_at_the_next_command() {
    let world = World::new().await;
    let staff = connected(&world, "U1").await;
    let chat = world.node.chat_index(&user("U1"));
    let stranger = member(&world, "other@example.com", Role::Agent).await;
    let forbidden = world.node.disconnect_chat(&as_themselves(stranger, Role::Agent, "not mine"), chat).await;
    assert_eq!(refused(forbidden), Rejection::Forbidden);
    world.node.disconnect_chat(&as_themselves(staff, Role::Agent, "mine"), chat).await.unwrap();
    assert_eq!(world.another_node().chat_member(&user("U1")).await.unwrap(), None);
    let staff = connected(&world, "U2").await;
    world.node.remove_staff(&owner("remove"), staff, &[]).await.unwrap();
    assert_eq!(world.another_node().chat_member(&user("U2")).await.unwrap(), None);
    assert_eq!(world.count("team.chat_disconnected.v1").await, 2);
}

#[tokio::test]
async fn a_role_from_the_stream_counts_in_the_chat() {
    let world = World::new().await;
    let staff = connected(&world, "U1").await;
    world.node.change_role(&owner("role"), staff, Role::Auditor).await.unwrap();
    let member = world.node.chat_member(&user("U1")).await.unwrap().unwrap();
    assert_eq!(member.role, Role::Auditor);
    let contact = world.member("ana@example.com").await;
    let caller = member.caller(&user("U1"), command("issue"), false);
    assert_eq!(caller.origin, Origin::Slack);
    assert_eq!(refused(world.node.issue_link(&caller, request(contact)).await), Rejection::Forbidden);
}

#[tokio::test]
async fn a_chat_proves_no_recent_sign_in() {
    let caller = ChatMember { staff: crate::support::sam(), role: Role::Owner }.caller(&user("U1"), command("1"), true);
    let world = World::new().await;
    for act in [Act::EraseContact, Act::ManageStaff, Act::ManageTokens, Act::StopAndResume] {
        assert_eq!(authorise(&caller.authority, act, world.now()), Err(Rejection::SignInAgain), "{act:?}");
    }
}

#[tokio::test]
async fn what_is_not_shown_in_chats_is_still_shown_in_the_console() {
    let policy = Policy { reveal_in_chat: false, reveal: Reveal::Always, ..Policy::default() };
    let world = World::with(policy).await;
    let staff = connected(&world, "U1").await;
    let contact = world.member("ana@example.com").await;
    let chat = ChatMember { staff, role: Role::Agent }.caller(&user("U1"), command("1"), false);
    let made = world.node.issue_link(&chat, request(contact)).await.unwrap().value;
    assert!(made.url.is_none() && made.code.is_none());
    assert_eq!(refused(world.node.reveal_link(&chat, made.id).await), Rejection::RevealForbidden);
    assert_eq!(refused(world.node.issue_own_console_link(&chat).await), Rejection::RevealForbidden);
    assert_eq!(world.count("link.revealed.v1").await, 0);
    assert!(world.node.reveal_link(&owner("console"), made.id).await.unwrap().value.url.is_some());
}

#[tokio::test]
async fn staff_get_their_own_way_into_the_console_and_nobody_elses() {
    let world = World::new().await;
    let staff = connected(&world, "U1").await;
    let chat = ChatMember { staff, role: Role::Agent }.caller(&user("U1"), command("1"), false);
    let made = world.node.issue_own_console_link(&chat).await.unwrap().value;
    assert!(made.url.unwrap().0.contains("/console/m/"));
    let cookie = world.node.redeem(crate::support::press(made.id, "a")).await.unwrap().cookie.0;
    assert_eq!(world.node.staff_session(&cookie).await.unwrap().unwrap().staff, staff);
    assert_eq!(refused(world.node.issue_own_console_link(&Caller::system(command("2"))).await), Rejection::Forbidden);
}
