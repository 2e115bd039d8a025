//! The rules of chats, as specs.

use super::*;

fn user(n: u8) -> ChatUser {
    ChatUser::parse(ChatPlatform::Slack, "T1", &format!("U{n}")).unwrap()
}

fn chat(n: u8) -> BlindIndex {
    BlindIndex([0xc0 + n; 16])
}

fn connect(staff_n: u8, n: u8) -> TeamCommand {
    TeamCommand::ConnectChat { staff: staff(staff_n), user: user(n), chat: chat(n) }
}

fn connected(staff_n: u8, n: u8) -> TeamEvent {
    let ids = Personal::Known(ChatIds { workspace: "T1".into(), user: format!("U{n}") });
    TeamEvent::ChatConnected { staff: staff(staff_n), platform: ChatPlatform::Slack, chat: chat(n), ids }
}

fn disconnected(staff_n: u8, n: u8) -> TeamEvent {
    TeamEvent::ChatDisconnected { staff: staff(staff_n), platform: ChatPlatform::Slack, chat: chat(n) }
}

#[test]
fn a_staff_member_connects_a_chat_once() {
    given::<TeamStream>([added(1, Role::Agent)]).when(|s| decide(s, connect(1, 1), &ctx())).then([connected(1, 1)]);
    given::<TeamStream>([added(1, Role::Agent), connected(1, 1)]).when(|s| decide(s, connect(1, 1), &ctx())).nothing();
}

#[test]
fn a_chat_user_is_one_staff_member() {
    let both = [added(1, Role::Owner), added(2, Role::Agent), connected(1, 1)];
    given::<TeamStream>(both.clone()).when(|s| decide(s, connect(2, 1), &ctx())).refused(Rejection::ChatTaken);
    given::<TeamStream>(both).when(|s| decide(s, connect(2, 2), &ctx())).then([connected(2, 2)]);
}

#[test]
fn a_chat_that_was_disconnected_is_free_for_another() {
    let free = [added(1, Role::Owner), added(2, Role::Agent), connected(1, 1), disconnected(1, 1)];
    given::<TeamStream>(free.clone()).when(|s| decide(s, connect(2, 1), &ctx())).then([connected(2, 1)]);
    let disconnect = TeamCommand::DisconnectChat { chat: chat(1) };
    given::<TeamStream>(free).when(|s| decide(s, disconnect, &ctx())).nothing();
}

#[test]
fn strangers_and_those_who_left_connect_nothing() {
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, connect(2, 1), &ctx()))
        .refused(Rejection::StaffNotFound);
    given::<TeamStream>([added(1, Role::Owner), added(2, Role::Agent), removed(2)])
        .when(|s| decide(s, connect(2, 1), &ctx()))
        .refused(Rejection::StaffNotFound);
}

#[test]
fn whoever_leaves_is_disconnected_and_their_chat_is_free() {
    let team = [added(1, Role::Owner), added(2, Role::Agent), connected(2, 1), connected(2, 2)];
    given::<TeamStream>(team).when(|s| decide(s, remove(2), &ctx())).then([
        removed(2),
        disconnected(2, 1),
        disconnected(2, 2),
    ]);
    let gone = [added(1, Role::Owner), added(2, Role::Agent), connected(2, 1), removed(2)];
    let team = gone.iter().fold(Team::default(), TeamStream::evolve);
    assert_eq!(team.by_chat(chat(1)), None, "at once, whether or not the disconnection is written down");
    given::<TeamStream>(gone).when(|s| decide(s, connect(1, 1), &ctx())).then([connected(1, 1)]);
}

#[test]
fn one_person_has_ten_chats_at_most() {
    let nine = || std::iter::once(added(1, Role::Owner)).chain((1..10).map(|n| connected(1, n)));
    given::<TeamStream>(nine()).when(|s| decide(s, connect(1, 10), &ctx())).then([connected(1, 10)]);
    given::<TeamStream>(nine().chain([connected(1, 10)]))
        .when(|s| decide(s, connect(1, 11), &ctx()))
        .refused(Rejection::TooManyChats);
}

#[test]
fn a_chat_id_is_letters_and_digits() {
    let made = |id: &str| {
        ChatUser::parse(ChatPlatform::Slack, id, "U1").is_ok()
            && ChatUser::parse(ChatPlatform::Discord, "1", id).is_ok()
    };
    for id in ["T0AB12", "80351110224678912", &"a".repeat(64)] {
        assert!(made(id), "{id}");
    }
    for id in ["", "T1/U2", "T 1", "Ü1", &"a".repeat(65)] {
        assert!(!made(id), "{id}");
    }
}
