//! Whether a link may be made, and whether it is shown.

use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::log::Fingerprint;
use magiclink_domain::ports::Limit;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, IssueRequest, Policy};
use magiclink_domain::value::{Reason, Slug};

use crate::support::{World, owner, refused, request, staff};

fn hesitant(role: Role, key: &str) -> Caller {
    let authority =
        magiclink_domain::authority::Authority::Role { role, signed_in_at: None, confirmed: false, token: false };
    Caller { authority, ..staff(role, key) }
}

fn lasting(request: IssueRequest, lifetime: Lifetime) -> IssueRequest {
    IssueRequest { lifetime: Some(lifetime), ..request }
}

#[tokio::test]
async fn everything_that_would_fail_is_named_before_anything_is_made() {
    let world = World::with(Policy { require_reason: true, ..Policy::default() }).await;
    let contact = world.contact("ana@example.com").await;
    world.node.switch(&owner("stop"), SettingsCommand::StopIssuing).await.unwrap();
    let hopeless = IssueRequest {
        destination: Destination::Offering(Slug::parse("nowhere").unwrap()),
        lifetime: Some(Lifetime::from_days(31)),
        max_uses: Some(11),
        deliver: vec![Channel::Sms],
        ..request(contact)
    };
    assert_eq!(refused(world.node.check_link(&staff(Role::Auditor, "0"), &hopeless).await), Rejection::Forbidden);
    let problems = world.node.check_link(&staff(Role::Agent, "check"), &hopeless).await.unwrap();
    let codes: Vec<_> = problems.iter().map(Rejection::code).collect();
    let expected = [
        "issuing_stopped",
        "expires_in_too_long",
        "invalid_field",
        "reason_required",
        "contact_not_in_portal",
        "channel_not_configured",
    ];
    assert_eq!(codes, expected);
    assert_eq!(refused(world.node.issue_link(&staff(Role::Auditor, "1"), hopeless).await), Rejection::Forbidden);
    assert_eq!(world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn what_passes_the_check_is_made() {
    let world = World::with(Policy { require_reason: true, ..Policy::default() }).await;
    let reason = Reason::parse("asked on the phone").unwrap();
    let good = IssueRequest { reason, ..request(world.member("ana@example.com").await) };
    assert_eq!(world.node.check_link(&owner("check"), &good).await.unwrap(), []);
    assert!(world.node.issue_link(&owner("1"), good).await.is_ok());
}

#[tokio::test]
async fn a_destination_must_be_granted_now_or_in_the_same_act() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let circle = world.offering("founders-circle").await;
    let there = IssueRequest { destination: Destination::Offering(circle.clone()), ..request(contact) };
    assert_eq!(refused(world.node.issue_link(&owner("1"), there.clone()).await), Rejection::DestinationNotGranted);
    let granted = IssueRequest { grants: vec![circle], ..there };
    assert!(world.node.issue_link(&owner("2"), granted).await.is_ok());
}

#[tokio::test]
async fn a_link_lives_at_most_the_maximum() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let most = Lifetime::from_days(30);
    let longer = lasting(request(contact), Lifetime::from_secs(most.secs() + 1));
    assert_eq!(refused(world.node.issue_link(&owner("1"), longer).await), Rejection::ExpiresInTooLong(most));
    let made = world.node.issue_link(&owner("2"), lasting(request(contact), most)).await.unwrap().value;
    assert_eq!(made.link.expires_at, world.now().plus(most));
}

#[tokio::test]
async fn an_agent_confirms_a_lifetime_over_seven_days_and_an_owner_need_not() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    let long = lasting(request(contact), Lifetime::from_secs(Lifetime::WELCOME.secs() + 1));
    let agent = hesitant(Role::Agent, "1");
    assert_eq!(refused(world.node.issue_link(&agent, long.clone()).await), Rejection::ConfirmationRequired);
    let welcome = lasting(request(contact), Lifetime::WELCOME);
    assert!(world.node.issue_link(&hesitant(Role::Agent, "2"), welcome).await.is_ok());
    assert!(world.node.issue_link(&staff(Role::Agent, "3"), long.clone()).await.is_ok(), "confirmed");
    assert!(world.node.issue_link(&hesitant(Role::Owner, "4"), long).await.is_ok());
}

#[tokio::test]
async fn a_sixth_live_link_is_refused_and_links_that_ended_do_not_count() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    for key in ["1", "2", "3", "4", "5"] {
        world.link(contact, key).await;
    }
    for node in [&world.node, &world.another_node()] {
        let sixth = node.issue_link(&owner("6"), request(contact)).await;
        assert_eq!(refused(sixth), Rejection::TooManyLiveLinks(5));
    }
    let first = owner("1").command;
    let first = world.links().await.into_iter().map(|(link, _)| link).find(|id| *id == first.link(0)).unwrap();
    world.node.revoke_link(&owner("revoke"), first, None).await.unwrap();
    assert!(world.node.issue_link(&owner("6"), request(contact)).await.is_ok());
}

#[tokio::test]
async fn links_a_contact_asked_for_do_not_count() {
    let world = World::new().await;
    let contact = world.member("ana@example.com").await;
    world.node.ask_for_link("ana@example.com").await.unwrap();
    for key in ["1", "2", "3", "4", "5"] {
        world.link(contact, key).await;
    }
    assert_eq!(world.count("link.issued.v1").await, 6);
}

#[tokio::test]
async fn a_new_link_may_replace_the_older_ones() {
    let world = World::with(Policy { replace_older: true, ..Policy::default() }).await;
    let contact = world.member("ana@example.com").await;
    let old = world.link(contact, "1").await.id;
    let new = world.link(contact, "2").await.id;
    let refusal = refused(world.node.redeem(crate::support::press(old, "a")).await);
    assert_eq!(refusal, Rejection::Refused(magiclink_domain::link::Refusal::Replaced));
    assert!(world.node.redeem(crate::support::press(new, "a")).await.is_ok());
}

#[tokio::test]
async fn the_setting_says_who_sees_a_link() {
    use Role::{Agent, Owner};
    for (reveal, role, shown) in [
        (Reveal::Always, Agent, true),
        (Reveal::Owner, Agent, false),
        (Reveal::Owner, Owner, true),
        (Reveal::Never, Owner, false),
    ] {
        let world = World::with(Policy { reveal, ..Policy::default() }).await;
        let contact = world.member("ana@example.com").await;
        let made = world.node.issue_link(&staff(role, "1"), request(contact)).await.unwrap().value;
        assert_eq!((made.url.is_some(), made.code.is_some()), (shown, shown), "{reveal:?} {role}");
        assert_eq!(world.count("link.revealed.v1").await, usize::from(shown), "{reveal:?} {role}");
        let again = world.node.reveal_link(&staff(role, "2"), made.id).await;
        assert_eq!(again.is_ok(), shown, "{reveal:?} {role}");
    }
}

/// One key for two requests at once: whichever comes first, both answers and the log tell the same.
#[tokio::test]
async fn a_key_used_for_two_contacts_at_once_makes_one_link() {
    let world = World::with(Policy { max_live_per_contact: 50, ..Policy::default() }).await;
    let (ana, eve) = (world.member("ana@example.com").await, world.member("eve@example.com").await);
    for round in 0..20 {
        let keyed =
            |content: u8| Caller { fingerprint: Some(Fingerprint([content; 16])), ..owner(&format!("round {round}")) };
        let (first, second) = (keyed(1), keyed(2));
        let (one, two) =
            tokio::join!(world.node.issue_link(&first, request(ana)), world.node.issue_link(&second, request(eve)));
        assert!(one.is_ok() != two.is_ok(), "one of them was refused");
        let made = one.or(two).unwrap().value;
        let elsewhere = world.another_node().link(&owner("look"), made.id).await.unwrap();
        assert_eq!(made.link.subject, elsewhere.subject, "this node and the log agree");
    }
}

#[tokio::test]
async fn a_staff_member_makes_so_many_links_a_minute_and_a_retry_costs_nothing() {
    let limit = Limit { most: 2, per: Lifetime::from_mins(1) };
    let policy = Policy { staff_issues: Some(limit), max_live_per_contact: 50, ..Policy::default() };
    let world = World::with(policy).await;
    let contact = world.member("ana@example.com").await;
    let caller = |key: &str| Caller { fingerprint: Some(Fingerprint([1; 16])), ..staff(Role::Agent, key) };
    for key in ["1", "2", "2", "1"] {
        assert!(world.node.issue_link(&caller(key), request(contact)).await.is_ok(), "{key}");
    }
    let refusal = refused(world.node.issue_link(&caller("3"), request(contact)).await);
    assert_eq!(refusal.code(), "rate_limited");
    assert_eq!(world.count("link.issued.v1").await, 2);
}
