//! Folded live, in any pace, or all at once: the rows are the same.

use std::collections::BTreeSet;

use magiclink_domain::log::{EventStore, Position};
use magiclink_projections::RebuildError;
use magiclink_store::testing::dose;

use crate::support::chronicle::streams;
use crate::support::dump::{connect, dump};
use crate::support::faulty::FaultyLog;
use crate::support::{World, contact};

/// Numbers that look random (xorshift64*); the seed stands in every message.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % below
    }
}

/// Tells every stream to its end, mixed as the dice fall; after each event `paces` says whether to wait for it.
async fn tell(world: &World, dice: &mut Dice, models: &magiclink_projections::ReadModels, pace: usize) {
    let mut streams = streams(world);
    while !streams.is_empty() {
        let place = dice.roll(streams.len());
        let Some(tale) = streams[place].pop_front() else {
            streams.swap_remove(place);
            continue;
        };
        if let Some(position) = world.tell(tale).await
            && dice.roll(pace) == 0
        {
            models.passed(position).await.unwrap();
        }
    }
    models.catch_up().await.unwrap();
}

#[tokio::test]
async fn rebuilt_from_nothing_equals_live_however_streams_and_batches_fall() {
    for seed in 1..=dose(24) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let world = World::new();
        let models = world.open("live.db").await;
        tell(&world, &mut dice, &models, [1, 2, 10, 1_000][usize::try_from(seed % 4).unwrap()]).await;
        models.close().await;
        let live = dump(&world.path("live.db")).await;
        let fresh = world.open("fresh.db").await;
        fresh.catch_up().await.unwrap();
        assert_eq!(fresh.status().await.unwrap().iter().map(|status| status.failures).sum::<u64>(), 0);
        fresh.close().await;
        assert_eq!(dump(&world.path("fresh.db")).await, live, "seed {seed}");
    }
}

#[tokio::test]
async fn the_histories_hold_every_kind_of_event() {
    let world = World::new();
    let models = world.open("read.db").await;
    tell(&world, &mut Dice(5), &models, 100).await;
    models.close().await;
    let told: BTreeSet<String> =
        world.log.read_all(Position::START, 10_000).await.unwrap().events.into_iter().map(|event| event.kind).collect();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden");
    let files = std::fs::read_dir(golden).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let known: BTreeSet<String> = files
        .filter_map(|file| file.strip_suffix(".json").map(str::to_owned))
        .filter(|kind| kind != "metadata.v1")
        .collect();
    assert_eq!(told, known);
}

#[tokio::test]
async fn one_read_model_is_rebuilt_while_the_others_stay_as_they_are() {
    let world = World::new();
    let models = world.open("read.db").await;
    tell(&world, &mut Dice(3), &models, 10).await;
    let before = dump(&world.path("read.db")).await;
    let mut connection = connect(&world.path("read.db")).await;
    sqlx::query("delete from links").execute(&mut connection).await.unwrap();
    sqlx::query("delete from sessions").execute(&mut connection).await.unwrap();

    let mut last = None;
    models.rebuild(Some("links"), |progress| last = Some(progress)).await.unwrap();
    let last = last.unwrap();
    assert_eq!(last.position, last.head);
    let mut after = dump(&world.path("read.db")).await;
    assert!(after.remove("sessions").unwrap().is_empty());
    assert!(before["links"].len() > 10 && after.iter().all(|(table, rows)| before[table] == *rows));
    let unknown = models.rebuild(Some("nothing"), |_| {}).await;
    assert!(matches!(unknown, Err(RebuildError::UnknownName(name)) if name == "nothing"));
    models.close().await;
}

#[tokio::test]
async fn rebuilding_all_brings_back_rows_and_directory() {
    let world = World::new();
    let models = world.open("read.db").await;
    tell(&world, &mut Dice(9), &models, 10).await;
    let before = dump(&world.path("read.db")).await;
    let found = models.search("ana", 10).await.unwrap();
    assert_eq!(found.len(), 3, "two of five were erased");
    models.rebuild(None, |_| {}).await.unwrap();
    assert_eq!(dump(&world.path("read.db")).await, before);
    assert_eq!(models.search("ana", 10).await.unwrap(), found);
    models.close().await;
}

#[tokio::test]
async fn a_changed_schema_is_rebuilt_alone() {
    let world = World::new();
    let models = world.open("read.db").await;
    tell(&world, &mut Dice(4), &models, 10).await;
    models.close().await;
    let before = dump(&world.path("read.db")).await;
    let mut connection = connect(&world.path("read.db")).await;
    for spoil in [
        "update checkpoints set schema_hash = 'older' where projection = 'links'",
        "delete from links",
        "delete from sessions",
    ] {
        sqlx::query(spoil).execute(&mut connection).await.unwrap();
    }
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    models.close().await;
    let after = dump(&world.path("read.db")).await;
    assert_eq!(after["links"], before["links"]);
    assert!(after["sessions"].is_empty(), "the others were not folded again");
}

#[tokio::test]
async fn a_file_left_unsynced_by_a_cut_off_rebuild_is_made_anew() {
    let world = World::new();
    world.add(contact(1), crate::support::story::details("Ana", "ana@example.com", "", "")).await;
    std::fs::write(world.path("read.db"), b"half a page of nonsense").unwrap();
    std::fs::write(world.path("read.db-unsynced"), b"").unwrap();
    let models = world.open("read.db").await;
    models.catch_up().await.unwrap();
    assert_eq!(models.search("ana", 10).await.unwrap().len(), 1);
    models.close().await;
    assert!(!world.path("read.db-unsynced").exists());
}

/// More events than one stretch holds, appended a few at a time: far behind for whoever opens afterwards.
async fn far_ahead(world: &World) {
    for number in 0..400 {
        world.add(contact(number), crate::support::story::details("Ana", "ana@example.com", "", "")).await;
    }
    for round in 0..90_u32 {
        for number in 0..400 {
            world.renew(contact(number), round + 1).await;
        }
        if round == 1 || round == 30 {
            world.issue(contact(7), crate::support::link(round.into()), 3).await;
        }
    }
}

#[tokio::test]
async fn far_behind_several_batches_go_together_and_come_out_the_same() {
    let world = World::new();
    let live = world.open("live.db").await;
    far_ahead(&world).await;
    let head = live.catch_up().await.unwrap();
    assert!(head.get() > 36_000);
    live.close().await;
    let fresh = world.open("fresh.db").await;
    fresh.catch_up().await.unwrap();
    assert_eq!(fresh.search("ana", 200).await.unwrap().len(), 200);
    fresh.close().await;
    assert_eq!(dump(&world.path("fresh.db")).await, dump(&world.path("live.db")).await);
    assert!(!world.path("fresh.db-unsynced").exists(), "on disk again once caught up");

    // The same with a row that fails in the midst of it: the links begin anew, and one of them can't be written.
    let mut connection = connect(&world.path("live.db")).await;
    for spoil in [
        "create table spoilt as select max(issued_at_us) as at_us from links",
        "create trigger spoil before insert on links when new.issued_at_us = (select at_us from spoilt)
         begin select raise(abort, 'spoilt'); end",
        "delete from links",
        "delete from link_admissions",
        "update checkpoints set position = 0 where projection = 'links'",
    ] {
        sqlx::query(spoil).execute(&mut connection).await.unwrap();
    }
    let spoilt = world.open("live.db").await;
    spoilt.catch_up().await.unwrap();
    let status = spoilt.status().await.unwrap();
    let links = status.iter().find(|status| status.name == "links").unwrap();
    assert_eq!((links.failures, links.position), (1, head));
    spoilt.close().await;
    sqlx::query("drop trigger spoil").execute(&mut connection).await.unwrap();
    sqlx::query("drop table spoilt").execute(&mut connection).await.unwrap();
    let mended = world.open("live.db").await;
    let last = world.renew(contact(0), 91).await;
    mended.passed(last).await.unwrap();
    mended.close().await;
    let fresh = world.open("fresh.db").await;
    fresh.catch_up().await.unwrap();
    fresh.close().await;
    assert_eq!(dump(&world.path("live.db")).await, dump(&world.path("fresh.db")).await, "one row, and no neighbour");
}

#[tokio::test]
async fn a_log_out_of_reach_in_the_midst_of_a_stretch_loses_nothing() {
    let world = World::new();
    far_ahead(&world).await;
    let log = std::sync::Arc::new(FaultyLog { inner: world.log.clone(), fails_after: 9_999.into() });
    let faulty = world.open_on("faulty.db", log.clone()).await;
    faulty.catch_up().await.unwrap();
    faulty.close().await;
    assert_eq!(log.fails_after.load(std::sync::atomic::Ordering::SeqCst), 0, "it was out of reach");
    let fresh = world.open("fresh.db").await;
    fresh.catch_up().await.unwrap();
    fresh.close().await;
    assert_eq!(dump(&world.path("faulty.db")).await, dump(&world.path("fresh.db")).await);
}
