//! Staff: the first owner, and what ends when somebody goes.

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::id::StaffId;
use magiclink_domain::link::Refusal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::{StaffDetails, TokenName};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, Issued, StaffSession};
use magiclink_domain::value::{EmailAddress, Name};

use crate::support::{World, owner, press, refused};

fn details(email: &str) -> StaffDetails {
    StaffDetails { name: Name::parse("Sam Stone").unwrap(), email: EmailAddress::parse(email).unwrap() }
}

fn as_themselves(staff: StaffId, key: &str) -> Caller {
    let authority = Authority::Role { role: Role::Owner, signed_in_at: None, confirmed: false, token: false };
    Caller { actor: Actor::Staff(staff), authority, ..owner(key) }
}

async fn invitation(world: &World) -> Issued {
    world.another_node().invite_first_owner().await.unwrap().expect("nobody has signed in yet").value
}

async fn signed_in(world: &World, staff: StaffId, key: &str) -> String {
    let link = world.node.issue_staff_link(&owner(key), staff, None).await.unwrap().value.id;
    world.node.redeem(press(link, key)).await.unwrap().cookie.0
}

async fn session(world: &World, cookie: &str) -> Option<StaffSession> {
    world.another_node().staff_session(cookie).await.unwrap()
}

#[tokio::test]
async fn the_first_owners_invitation_is_made_anew_at_each_start_for_the_same_owner() {
    let world = World::new().await;
    let (first, second) = (invitation(&world).await, invitation(&world).await);
    assert_ne!(first.id, second.id);
    assert_eq!(first.link.subject, second.link.subject);
    assert!(second.url.unwrap().0.starts_with("http://localhost:8080/console/m/"));
    assert_eq!(refused(world.node.redeem(press(first.id, "a")).await), Rejection::Refused(Refusal::Replaced));
    assert!(world.node.redeem(press(second.id, "a")).await.is_ok());
}

#[tokio::test]
async fn an_invitation_lasts_fifteen_minutes() {
    let world = World::new().await;
    let invitation = invitation(&world).await;
    world.clock.advance(Lifetime::from_mins(15));
    assert_eq!(refused(world.node.redeem(press(invitation.id, "a")).await), Rejection::Refused(Refusal::Expired));
}

#[tokio::test]
async fn the_first_owner_names_themselves_and_is_not_invited_again() {
    let world = World::new().await;
    let invitation = invitation(&world).await;
    let cookie = world.node.redeem(press(invitation.id, "a")).await.unwrap().cookie.0;
    let nameless = session(&world, &cookie).await.unwrap();
    assert!(nameless.nameless);
    assert!(world.node.invite_first_owner().await.unwrap().is_some(), "nobody has a name yet");
    let caller = as_themselves(nameless.staff, "name");
    world.node.change_staff_details(&caller, nameless.staff, details("sam@example.com")).await.unwrap();
    assert!(!session(&world, &cookie).await.unwrap().nameless);
    assert!(world.node.invite_first_owner().await.unwrap().is_none());
}

#[tokio::test]
async fn an_agent_changes_nobodys_way_in_not_even_their_own() {
    let world = World::new().await;
    let staff = world.node.add_staff(&owner("1"), Role::Agent, details("sam@example.com")).await.unwrap().value;
    let authority = Authority::Role { role: Role::Agent, signed_in_at: None, confirmed: true, token: false };
    let caller = Caller { authority, ..as_themselves(staff, "2") };
    let moved = world.node.change_staff_details(&caller, staff, details("sam@example.org")).await;
    assert_eq!(refused(moved), Rejection::Forbidden);
}

#[tokio::test]
async fn a_removed_staff_members_session_and_tokens_die_at_once() {
    let world = World::new().await;
    let staff = world.node.add_staff(&owner("1"), Role::Owner, details("sam@example.com")).await.unwrap().value;
    world.node.add_staff(&owner("2"), Role::Owner, details("kim@example.com")).await.unwrap();
    let cookie = signed_in(&world, staff, "in").await;
    let name = TokenName::parse("sync").unwrap();
    let made = as_themselves(staff, "token");
    let token = world.node.create_token(&made, name, Role::Agent, None).await.unwrap().value.token.unwrap();
    let elsewhere = world.another_node();
    assert!(elsewhere.staff_session(&cookie).await.unwrap().is_some());
    assert!(elsewhere.api_token(&token.0).await.is_ok());
    world.node.remove_staff(&owner("remove"), staff, &[]).await.unwrap();
    assert!(elsewhere.staff_session(&cookie).await.unwrap().is_none());
    assert_eq!(refused(elsewhere.api_token(&token.0).await), Rejection::Unauthenticated);
}

#[tokio::test]
async fn links_of_somebody_removed_stay_unless_they_are_to_go_too() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    world.node.add_staff(&owner("kim"), Role::Owner, details("kim@example.com")).await.unwrap();
    for (key, take) in [("stays", false), ("goes", true)] {
        let email = format!("{key}@example.com");
        let staff = world.node.add_staff(&owner(key), Role::Agent, details(&email)).await.unwrap().value;
        let link = world.link(contact, &format!("link {key}")).await.id;
        let revoke = if take { vec![link] } else { vec![] };
        world.node.remove_staff(&owner(&format!("remove {key}")), staff, &revoke).await.unwrap();
        assert_eq!(world.node.redeem(press(link, key)).await.is_err(), take, "{key}");
    }
}

#[tokio::test]
async fn a_changed_role_counts_from_the_next_request_on() {
    let world = World::new().await;
    let staff = world.node.add_staff(&owner("1"), Role::Agent, details("sam@example.com")).await.unwrap().value;
    let cookie = signed_in(&world, staff, "in").await;
    assert_eq!(session(&world, &cookie).await.unwrap().role, Role::Agent);
    world.node.change_role(&owner("2"), staff, Role::Auditor).await.unwrap();
    assert_eq!(session(&world, &cookie).await.unwrap().role, Role::Auditor);
}

#[tokio::test]
async fn a_staff_cookie_is_no_portal_cookie_and_the_other_way_round() {
    let world = World::new().await;
    let staff = world.node.add_staff(&owner("1"), Role::Owner, details("sam@example.com")).await.unwrap().value;
    let console = signed_in(&world, staff, "in").await;
    let link = world.link(world.member("ana@example.com").await, "link").await.id;
    let portal = world.node.redeem(press(link, "a")).await.unwrap().cookie.0;
    assert!(world.node.portal_session(&console).await.unwrap().is_none());
    assert!(world.node.staff_session(&portal).await.unwrap().is_none());
}
