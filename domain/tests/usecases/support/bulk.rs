//! Bulk sends as operators start them, and what came of them.

use std::sync::Arc;

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::bulk::{BulkEvent, BulkStatus, Segment};
use magiclink_domain::event::Event;
use magiclink_domain::id::{BulkId, ContactId};
use magiclink_domain::link::{Channel, LinkEvent, LinkSubject};
use magiclink_domain::policies::BulkSend;
use magiclink_domain::ports::IncomingSms;
use magiclink_domain::usecases::{BulkRequest, Caller, NewContact, UseCases};
use magiclink_domain::value::{EmailAddress, Name};

use super::{World, owner, phone};

pub(crate) fn invite() -> BulkRequest {
    BulkRequest {
        segment: Segment { never_signed_in: true, ..Segment::default() },
        channels: vec![Channel::Email, Channel::Sms],
        ..BulkRequest::default()
    }
}

/// Whoever sits at the host.
pub(crate) fn operator(key: &str) -> Caller {
    Caller { actor: Actor::CommandLine("ops".to_owned()), origin: Origin::Cli, ..owner(key) }
}

pub(crate) async fn member(world: &World, nth: usize, with_email: bool, with_phone: bool) -> ContactId {
    let slug = world.offering("alumni").await;
    let new = NewContact {
        name: Name::parse("Ana Good").unwrap(),
        email: with_email.then(|| EmailAddress::parse(&format!("ana{nth}@example.com")).unwrap()),
        phone: with_phone.then(|| phone(&format!("+1415555{nth:04}"))),
        locale: None,
        external_id: None,
    };
    let contact = world.node.add_contact(&owner(&format!("add {nth}")), new).await.unwrap().value;
    world.node.grant_access(&owner(&format!("grant {nth}")), contact, slug, None).await.unwrap();
    contact
}

/// Somebody texts us.
pub(crate) async fn text(world: &World, from: &str, words: &str) {
    let (id, from, text) = (format!("{from} {words}"), from.to_owned(), words.to_owned());
    world.node.receive_sms(&IncomingSms { id, from, text, understood: None }).await.unwrap();
}

pub(crate) async fn members(world: &World, number: usize) -> Vec<ContactId> {
    let mut members = vec![];
    for nth in 0..number {
        members.push(member(world, nth, true, false).await);
    }
    members
}

/// Works until nothing more is done, on a node that knows nothing.
pub(crate) async fn work(node: &Arc<UseCases>) -> usize {
    let policy = BulkSend::new(Arc::clone(node), 5);
    let mut done = 0;
    loop {
        match policy.run().await.unwrap() {
            0 => return done,
            more => done += more,
        }
    }
}

/// Whom a link was made for, and over which channel it is sent.
pub(crate) async fn written_to(world: &World) -> Vec<(ContactId, Vec<Channel>)> {
    let mut all: Vec<(ContactId, Vec<Channel>)> = vec![];
    for (_, event) in world.links().await {
        if let LinkEvent::LinkIssued { subject: LinkSubject::Contact { contact, .. }, .. } = event {
            all.push((contact, vec![]));
        } else if let LinkEvent::DeliveryRequested { channel, .. } = event {
            all.last_mut().unwrap().1.push(channel);
        }
    }
    all
}

pub(crate) async fn status(world: &World, bulk: BulkId) -> BulkStatus {
    world.node.bulk_send(&owner("look"), bulk).await.unwrap().status()
}

pub(crate) async fn skipped(world: &World) -> Vec<(String, Vec<ContactId>)> {
    let of = |event| {
        let Event::Bulk(_, BulkEvent::RecipientsSkipped { code, contacts }) = event else { return None };
        Some((code, contacts))
    };
    world.history().await.into_iter().filter_map(of).collect()
}
