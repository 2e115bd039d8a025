//! Who is meant by a segment, and what came of each recipient.

use magiclink_domain::bulk::{BulkEvent, BulkStatus, BulkStream, Plan, Segment};
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::{Channel, Destination, LinkEvent};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{BulkWork, Clock, KeySource, Lookups};
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Tag;
use magiclink_projections::{BulkResult, ReadModels};

use crate::support::chronicle::bulk;
use crate::support::story::{delivery, details, issued, redeemed, requested, slug};
use crate::support::{World, contact, link};

/// A contact in the portal with these tags.
async fn member(world: &World, number: u128, offering: &'static str, tags: &str) {
    let mut details = details("Ana", "ana@example.com", "", "");
    details.attributes = vec![("tags".to_owned(), tags.to_owned())];
    world.contact(contact(number), ContactEvent::ContactAdded { details: Personal::Known(details) }).await;
    world.grant(contact(number), offering, None).await;
}

/// Makes a link, perhaps as part of the first bulk send, and perhaps used.
async fn made(world: &World, number: u128, of_bulk: bool, used: bool) {
    let at = world.clock.now().plus(Lifetime::DAY);
    *world.part_of.lock().unwrap() = of_bulk.then(|| bulk(1).into());
    world.link(contact(number), link(number), issued(contact(number), 0, at)).await;
    world.link(contact(number), link(number), requested(delivery(number))).await;
    if used {
        let now = world.clock.now().plus(Lifetime::from_secs(1));
        world.link(contact(number), link(number), redeemed(1, 0, now)).await;
    }
}

async fn meant(world: &World, models: &ReadModels, segment: Segment, tag: Option<&str>) -> Vec<ContactId> {
    let beyond = models.catch_up().await.unwrap();
    let tag = tag.map(|tag| world.keys.keyring().tag_index(&Tag::parse(tag).unwrap()));
    models.segment(&segment, tag, world.clock.now(), beyond).await.unwrap()
}

fn plan(messages: u32) -> Plan {
    Plan {
        segment: Segment { never_signed_in: true, ..Segment::default() },
        channels: vec![Channel::Email],
        lifetime: Lifetime::WELCOME,
        destination: Destination::Home,
        messages,
        words: None,
    }
}

async fn tell(world: &World, event: BulkEvent) {
    world.append::<BulkStream>(&BulkStream::name(bulk(1)), Some(bulk(1).into()), event).await;
}

#[tokio::test]
async fn a_segment_means_those_in_the_portal_of_whom_all_holds_that_it_names() {
    let world = World::new();
    let models = world.open("read.db").await;
    for (number, offering, tags) in
        [(1, "course-a", "VIP;2025"), (2, "group-b", "vip"), (3, "course-a", ""), (4, "course-a", "vip")]
    {
        member(&world, number, offering, tags).await;
    }
    // In the portal no more.
    world.contact(contact(4), ContactEvent::AccessRevoked { offering: slug("course-a"), reason: None }).await;
    tell(&world, BulkEvent::BulkStarted(plan(2))).await;
    made(&world, 1, true, false).await;
    made(&world, 2, true, true).await;
    let never = Segment { never_signed_in: true, ..Segment::default() };
    let (one, two, three) = (contact(1), contact(2), contact(3));
    assert_eq!(meant(&world, &models, Segment::default(), None).await, [one, two, three]);
    assert_eq!(meant(&world, &models, never.clone(), None).await, [one, three]);
    assert_eq!(meant(&world, &models, never.clone(), Some("vip")).await, [one]);
    assert_eq!(meant(&world, &models, Segment::default(), Some("Vip")).await, [one, two]);
    let unused = Segment { unused: true, ..Segment::default() };
    assert_eq!(meant(&world, &models, unused, None).await, [one]);
    let left = Segment { unused_of: Some(bulk(1)), ..Segment::default() };
    assert_eq!(meant(&world, &models, left, None).await, [one]);
    let in_course = Segment { offering: Some(slug("course-a")), ..Segment::default() };
    assert_eq!(meant(&world, &models, in_course, None).await, [one, three]);
    let both = Segment { offering: Some(slug("group-b")), ..never };
    assert_eq!(meant(&world, &models, both, None).await, []);
    // Another row of the import took the tag away; and an erased contact has none.
    let plain = Personal::Known(details("Ana", "ana@example.com", "", ""));
    world.contact(contact(1), ContactEvent::ContactDetailsChanged { details: plain }).await;
    world.contact(contact(2), ContactEvent::ErasureRequested).await;
    assert_eq!(meant(&world, &models, Segment::default(), Some("vip")).await, []);
    models.close().await;
}

#[tokio::test]
async fn a_bulk_send_is_shown_with_what_came_of_each_recipient() {
    let world = World::new();
    let models = world.open("read.db").await;
    for number in 1..=5 {
        member(&world, number, "course-a", "").await;
    }
    tell(&world, BulkEvent::BulkStarted(plan(4))).await;
    let skipped =
        |code: &str, who| BulkEvent::RecipientsSkipped { code: code.to_owned(), contacts: vec![contact(who)] };
    tell(&world, skipped("no_address", 5)).await;
    tell(&world, BulkEvent::RecipientsListed { contacts: vec![contact(1), contact(2)] }).await;
    models.catch_up().await.unwrap();
    assert_eq!(models.bulk_send(bulk(1)).await.unwrap().unwrap().status, BulkStatus::Starting);
    tell(&world, BulkEvent::RecipientsListed { contacts: vec![contact(3), contact(4)] }).await;
    made(&world, 1, true, true).await;
    made(&world, 2, true, false).await;
    tell(&world, skipped("contact_not_in_portal", 3)).await;
    let beyond = models.catch_up().await.unwrap();
    let view = models.bulk_send(bulk(1)).await.unwrap().unwrap();
    assert_eq!((view.status, view.done()), (BulkStatus::Running, 3));
    let number = |result| view.number(result);
    assert_eq!(
        [BulkResult::SignedIn, BulkResult::Queued, BulkResult::Waiting, BulkResult::Skipped].map(number),
        [1, 1, 1, 2]
    );
    let rows = models.bulk_rows(bulk(1), None, None, 2).await.unwrap();
    assert_eq!(rows.items.iter().map(|row| row.contact).collect::<Vec<_>>(), [contact(5), contact(1)]);
    let rest = models.bulk_rows(bulk(1), None, rows.next, 9).await.unwrap();
    assert_eq!(rest.items.iter().map(|row| row.contact).collect::<Vec<_>>(), [contact(2), contact(3), contact(4)]);
    let out = models.bulk_rows(bulk(1), Some(BulkResult::Skipped), None, 9).await.unwrap();
    let codes: Vec<_> = out.items.iter().map(|row| row.code.as_deref().unwrap_or_default()).collect();
    assert_eq!(codes, ["no_address", "contact_not_in_portal"]);
    let work = models.bulk_work(bulk(1), 9, beyond).await.unwrap();
    assert_eq!(work, BulkWork { next: vec![(contact(4), None)], queued: 2 });
    assert_eq!(models.open_bulk_sends().await.unwrap(), [bulk(1)]);
    world.link(contact(2), link(2), LinkEvent::DeliverySent { delivery: delivery(2), provider_id: "SM1".into() }).await;
    tell(&world, BulkEvent::BulkFinished).await;
    models.catch_up().await.unwrap();
    let view = models.bulk_send(bulk(1)).await.unwrap().unwrap();
    assert_eq!((view.status, view.number(BulkResult::Sent)), (BulkStatus::Finished, 1));
    assert_eq!(models.open_bulk_sends().await.unwrap(), []);
    assert_eq!(models.bulk_sends(None, 9).await.unwrap().items, [view]);
    models.close().await;
}
