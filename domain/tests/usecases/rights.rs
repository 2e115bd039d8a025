//! Who may see what: every reader asks the one table itself, so that no interface can forget to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::{Act, Authority, Permission, Role, permission};
use magiclink_domain::bulk::Segment;
use magiclink_domain::id::{BulkId, ContactId, LinkId, StaffId};
use magiclink_domain::import::OfferingRow;
use magiclink_domain::link::Channel;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::usecases::{BulkRequest, Caller, Failure, ImportRow, NewContact};
use magiclink_domain::value::{EmailAddress, ExternalId, Name, Slug, Title};

use crate::support::{World, owner, press, refused, request, staff};

/// What can be asked without a caller, and why nothing is given away by it.
const DOORS: &[(&str, &[&str])] = &[
    ("makes the use cases, and what they were made of", &["new", "policy", "ports"]),
    ("proves who somebody is", &["api_token", "chat_index", "chat_member", "portal_session", "staff_session"]),
    (
        "answers about the bearer of a proof alone",
        &["is_live_token", "is_offering", "own_contact", "own_name", "own_portal"],
    ),
    ("asks for a secret", &["connect_chat", "door", "note_opening", "redeem", "sign_in_by_code", "verify_token"]),
    ("answers nothing", &["ask_for_link", "ask_for_replacement", "ask_for_staff_link", "note_seen"]),
    ("tells what every page shows", &["stopped"]),
    ("is asked by a provider that has signed it", &["receive_sms", "report_delivery"]),
    ("is the host's own work", &["complete_erasures", "invite_first_owner"]),
    ("is the table itself", &["may_see"]),
];

/// Something of everything that can be read.
struct Things {
    bulk: BulkId,
    contact: ContactId,
    link: LinkId,
    offering: Slug,
    sam: StaffId,
    kim: StaffId,
}

async fn things(world: &World) -> Things {
    let contact = world.member("ana@example.com").await;
    let link = world.link(contact, "link").await.id;
    let bulk = world.node.start_bulk_send(&owner("bulk"), &everybody(), 1).await.unwrap().value;
    let sam = colleague(world, "sam@example.com").await;
    let kim = colleague(world, "kim@example.com").await;
    Things { bulk, contact, link, offering: Slug::parse("alumni").unwrap(), sam, kim }
}

fn everybody() -> BulkRequest {
    BulkRequest {
        segment: Segment { never_signed_in: true, ..Segment::default() },
        channels: vec![Channel::Email],
        ..BulkRequest::default()
    }
}

fn row() -> ImportRow {
    let contact = NewContact {
        name: Name::parse("Bo New").unwrap(),
        email: Some(EmailAddress::parse("bo@example.com").unwrap()),
        phone: None,
        locale: None,
        external_id: Some(ExternalId::parse("crm-1").unwrap()),
    };
    ImportRow { contact, attributes: vec![], grants: vec![], cells: vec![] }
}

fn catalogue_row() -> OfferingRow {
    let (slug, title) = (Slug::parse("new-course").unwrap(), Title::parse("New Course").unwrap());
    OfferingRow { slug, kind: OfferingKind::Course, title, url: None }
}

async fn colleague(world: &World, email: &str) -> StaffId {
    let details = StaffDetails { name: Name::parse("Sam Stone").unwrap(), email: EmailAddress::parse(email).unwrap() };
    world.node.add_staff(&owner(email), Role::Auditor, details).await.unwrap().value
}

/// Every reader, what the table calls it, and the rule that said no to this caller.
async fn answers(world: &World, things: &Things, caller: &Caller) -> Vec<(&'static str, Act, Option<Rejection>)> {
    let Things { bulk, contact, link, offering, kim, .. } = things;
    let node = &world.node;
    vec![
        ("bulk_send", Act::Read, no(node.bulk_send(caller, *bulk).await)),
        ("check_link", Act::ManageLinks, no(node.check_link(caller, &request(*contact)).await)),
        ("contact_card", Act::Read, no(node.contact_card(caller, *contact).await)),
        ("contact_state", Act::Read, no(node.contact_state(caller, *contact).await)),
        ("contact_timeline", Act::Read, no(node.contact_timeline(caller, *contact).await)),
        ("find_contact", Act::Read, no(node.find_contact(caller, "ana@example.com").await)),
        ("find_staff", Act::ReadTeam, no(node.find_staff(caller, Some("kim@example.com")).await)),
        ("grantable", Act::Read, no(node.grantable(caller, offering).await)),
        ("link", Act::Read, no(node.link(caller, *link).await)),
        ("link_card", Act::Read, no(node.link_card(caller, *link).await)),
        ("link_timeline", Act::Read, no(node.link_timeline(caller, *link).await)),
        ("make_chat_code", Act::Read, no(node.make_chat_code(caller).await)),
        ("offering", Act::Read, no(node.offering(caller, offering).await)),
        ("offering_state", Act::Read, no(node.offering_state(caller, offering).await)),
        ("own_chats", Act::Read, no(node.own_chats(caller).await)),
        ("portal_view", Act::Read, no(node.portal_view(caller, *contact, None).await)),
        ("preview_bulk_send", Act::ManageLinks, no(node.preview_bulk_send(caller, &everybody()).await)),
        ("preview_message", Act::Read, no(node.preview_message(caller, *contact, Channel::Email, None, None).await)),
        ("rehearse_contact", Act::ManageContacts, no(node.rehearse_contact(caller, &row()).await)),
        ("rehearse_offering", Act::ManageOfferings, no(node.rehearse_offering(caller, &catalogue_row()).await)),
        ("settings", Act::Read, no(node.settings(caller).await)),
        ("staff_member", Act::ReadTeam, no(node.staff_member(caller, *kim).await)),
        ("team", Act::ReadTeam, no(node.team(caller).await)),
        ("team_names", Act::Read, no(node.team_names(caller).await)),
        ("undoable", Act::ManageAccess, no(node.undoable(caller, *contact, caller.command).await)),
    ]
}

fn no<T: std::fmt::Debug>(result: Result<T, Failure>) -> Option<Rejection> {
    result.err().map(|failure| failure.rejection().unwrap_or_else(|| panic!("not a rule but {failure:?}")).clone())
}

#[tokio::test]
async fn every_reader_refuses_nobody_whoever_they_say_they_are() {
    let world = World::new().await;
    let things = things(&world).await;
    for actor in [Actor::Staff(things.kim), Actor::Contact(things.contact), Actor::System] {
        let nobody = Caller { actor, authority: Authority::Nobody, ..owner("look") };
        for (reader, _, answer) in answers(&world, &things, &nobody).await {
            assert_eq!(answer, Some(Rejection::Unauthenticated), "{reader} for {:?}", nobody.actor);
        }
    }
}

#[tokio::test]
async fn every_reader_refuses_contacts_whose_own_is_shown_at_a_door_of_its_own() {
    let world = World::new().await;
    let things = things(&world).await;
    let ana = Caller::contact(things.contact, owner("look").command);
    for (reader, _, answer) in answers(&world, &things, &ana).await {
        assert_eq!(answer, Some(Rejection::Forbidden), "{reader}");
    }
}

#[tokio::test]
async fn every_reader_answers_whom_the_table_allows_it_and_nobody_else() {
    let world = World::new().await;
    let things = things(&world).await;
    for role in Role::ALL {
        let caller = Caller { actor: Actor::Staff(things.sam), ..staff(role, "look") };
        for (reader, act, answer) in answers(&world, &things, &caller).await {
            let refused = (permission(role, act) == Permission::No).then_some(Rejection::Forbidden);
            assert_eq!(answer, refused, "{reader} for {role}");
        }
    }
}

#[tokio::test]
async fn every_staff_member_sees_themselves_but_no_colleague() {
    let world = World::new().await;
    let things = things(&world).await;
    let sam = Caller { actor: Actor::Staff(things.sam), ..staff(Role::Auditor, "look") };
    assert!(world.node.staff_member(&sam, things.sam).await.is_ok());
    assert_eq!(refused(world.node.staff_member(&sam, things.kim).await), Rejection::Forbidden);
}

#[tokio::test]
async fn a_signed_in_contact_sees_their_own_portal_and_whether_there_is_an_offering() {
    let world = World::new().await;
    let Things { contact, link, offering, .. } = things(&world).await;
    let cookie = world.node.redeem(press(link, "a")).await.unwrap().cookie;
    let session = world.node.portal_session(&cookie.0).await.unwrap().unwrap();
    let own = world.node.own_portal(&session).await.unwrap();
    assert_eq!(own, world.node.portal_view(&owner("look"), contact, None).await.unwrap());
    assert_eq!(own.offerings.len(), 1);
    assert!(world.node.own_contact(&session).await.unwrap().unwrap().may_see(&offering, world.now()));
    assert!(world.node.is_offering(&session, &offering).await.unwrap());
    assert!(!world.node.is_offering(&session, &Slug::parse("nothing").unwrap()).await.unwrap());
}

#[tokio::test]
async fn every_public_use_case_takes_a_caller_or_is_a_named_door() {
    let without: BTreeSet<String> = signatures().filter(|of| !of.takes_a_caller()).map(|of| of.name()).collect();
    let doors: BTreeSet<String> = DOORS.iter().flat_map(|(_, names)| *names).map(ToString::to_string).collect();
    assert_eq!(without, doors, "take a &Caller and ask the table, or name the door and why it gives nothing away");
}

#[tokio::test]
async fn every_reader_is_among_those_asked_here() {
    let world = World::new().await;
    let things = things(&world).await;
    let asked = answers(&world, &things, &owner("look")).await.into_iter().map(|(reader, ..)| reader.to_owned());
    let readers = signatures().filter(|of| of.takes_a_caller() && !of.changes()).map(|of| of.name());
    assert_eq!(readers.collect::<BTreeSet<_>>(), asked.collect());
}

/// A public function of the use cases as it stands in the source, up to its body.
struct Signature(String);

impl Signature {
    fn name(&self) -> String {
        self.0.split(['(', '<']).next().unwrap().rsplit(' ').next().unwrap().to_owned()
    }

    fn takes_a_caller(&self) -> bool {
        self.0.contains("caller: &Caller") && self.0.contains("Result<")
    }

    /// What adds to the log says where.
    fn changes(&self) -> bool {
        self.0.contains("Result<Done<")
    }
}

fn signatures() -> impl Iterator<Item = Signature> {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/usecases"));
    sources.into_iter().flat_map(|path| public(&fs::read_to_string(path).unwrap()))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

fn public(source: &str) -> Vec<Signature> {
    let blocks = source.split("\nimpl UseCases {\n").skip(1).filter_map(|rest| rest.split("\n}\n").next());
    let functions = blocks.flat_map(|block| block.split("\n    pub ").skip(1));
    functions.filter_map(|text| text.split(" {\n").next()).map(|text| Signature(text.to_owned())).collect()
}
