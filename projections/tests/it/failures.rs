//! What happens when an event can't be taken in: the others are, and it is tried again.

use magiclink_domain::id::EventId;
use magiclink_domain::link::{LinkEvent, LinkStream};
use magiclink_domain::ports::Ids;
use magiclink_projections::{ReadModels, Status};

use crate::support::dump::{connect, dump};
use crate::support::story::{details, opened};
use crate::support::{World, contact, link};

async fn status(models: &ReadModels, name: &str) -> Status {
    models.status().await.unwrap().into_iter().find(|status| status.name == name).unwrap()
}

/// The first write of the row of link 1 fails.
async fn spoil(world: &World) {
    let id = link(1);
    let sql = format!(
        "create trigger spoil before insert on links when new.id = '{id}' begin select raise(abort, 'spoilt'); end"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connect(&world.path("read.db")).await).await.unwrap();
}

#[tokio::test]
async fn a_failing_row_waits_in_the_ledger_and_loses_no_neighbour() {
    let world = World::new();
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    spoil(&world).await;
    world.add(contact(1), details("Ana", "ana@example.com", "", "")).await;
    world.issue(contact(1), link(1), 0).await;
    world.issue(contact(1), link(2), 0).await;
    world.link(contact(1), link(1), LinkEvent::LinkRevealed).await;
    world.link(contact(1), link(2), opened()).await;
    let last = world.link(contact(1), link(1), opened()).await;
    models.passed(last).await.unwrap();

    assert!(models.link(link(1)).await.unwrap().is_none());
    assert!(models.link(link(2)).await.unwrap().unwrap().opened_at.is_some(), "other keys go on");
    let links = status(&models, "links").await;
    assert_eq!((links.failures, links.lag, links.stopped), (3, 0, None), "later events wait behind the first");
    assert_eq!(status(&models, "history").await.failures, 0, "other read models go on");
    models.close().await;

    // Still spoilt at the next start: tried again, in vain.
    let models = world.open("read.db").await;
    let last = world.issue(contact(1), link(3), 0).await;
    models.passed(last).await.unwrap();
    assert_eq!(status(&models, "links").await.failures, 3);
    models.close().await;
    let mut connection = connect(&world.path("read.db")).await;
    let first: (String, i64) =
        sqlx::query_as("select error, tries from failures order by position").fetch_one(&mut connection).await.unwrap();
    assert!(first.0.contains("spoilt") && first.1 >= 2, "{first:?}");

    // Mended: what failed is taken in, in its order.
    sqlx::query("drop trigger spoil").execute(&mut connection).await.unwrap();
    let models = world.open("read.db").await;
    let last = world.issue(contact(1), link(4), 0).await;
    models.passed(last).await.unwrap();
    assert_eq!(status(&models, "links").await.failures, 0);
    models.close().await;
    let fresh = world.open("fresh.db").await;
    fresh.catch_up().await.unwrap();
    fresh.close().await;
    assert_eq!(dump(&world.path("read.db")).await, dump(&world.path("fresh.db")).await);
}

#[tokio::test]
async fn an_event_that_can_not_be_read_holds_up_its_stream_alone() {
    let world = World::new();
    let models = world.open("read.db").await;
    world.add(contact(1), details("Ana", "ana@example.com", "", "")).await;
    world.issue(contact(1), link(1), 0).await;
    let nonsense = b"{\"unheard\":1}".to_vec();
    let id = EventId::from_uuid(world.ids.id());
    world.append_raw(&LinkStream::name(link(1)), id, Some(contact(1).into()), "link.revealed.v1", nonsense).await;
    world.link(contact(1), link(1), opened()).await;
    let last = world.issue(contact(1), link(2), 0).await;
    models.passed(last).await.unwrap();
    assert!(models.link(link(1)).await.unwrap().unwrap().opened_at.is_none());
    assert!(models.link(link(2)).await.unwrap().is_some());
    for (name, failures) in [("links", 2), ("history", 2), ("contacts", 0), ("team", 0)] {
        assert_eq!(status(&models, name).await.failures, failures, "{name}");
    }
    models.close().await;
}

#[tokio::test]
async fn an_unknown_type_stops_those_who_listen_to_it_loudly() {
    let world = World::new();
    let models = world.open("read.db").await;
    world.add(contact(1), details("Ana", "ana@example.com", "", "")).await;
    let before = world.issue(contact(1), link(1), 0).await;
    let id = EventId::from_uuid(world.ids.id());
    world.append_raw(&LinkStream::name(link(1)), id, Some(contact(1).into()), "link.beamed.v7", b"{}".to_vec()).await;
    let last = world.add(contact(2), details("Bob", "bob@example.com", "", "")).await;
    let refused = models.passed(last).await.unwrap_err();
    assert!(std::error::Error::source(&refused).unwrap().to_string().contains("link.beamed.v7"));
    assert_eq!(models.search("bob", 10).await.unwrap().len(), 1, "the contacts go on");
    let links = status(&models, "links").await;
    assert_eq!((links.position, links.failures), (before, 0));
    assert!(links.stopped.unwrap().contains("link.beamed.v7"));
    assert_eq!(status(&models, "contacts").await.stopped, None);
    assert!(models.link(link(1)).await.unwrap().is_some(), "what came before it was taken in");
    models.close().await;
}

#[tokio::test]
async fn a_position_that_nobody_reaches_is_an_error_and_not_a_wait_for_ever() {
    let world = World::new();
    let models = world.open("read.db").await;
    let last = world.add(contact(1), details("Ana", "ana@example.com", "", "")).await;
    models.passed(last).await.unwrap();
    assert!(models.passed(magiclink_domain::log::Position::new(last.get() + 1)).await.is_err());
    models.close().await;
}

#[tokio::test]
async fn whoever_waits_for_a_position_reads_what_was_written() {
    let world = World::new();
    let models = world.open("read.db").await;
    for number in 0..200 {
        let position = world.add(contact(number), details(&format!("Nr {number}"), "a@example.com", "", "")).await;
        models.passed(position).await.unwrap();
        assert!(models.contact(contact(number)).await.unwrap().is_some(), "{number}");
        assert_eq!(models.search(&format!("nr {number}"), 1).await.unwrap()[0].id, contact(number));
    }
    models.close().await;
}
