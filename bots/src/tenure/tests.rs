use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_store::testing::{ManualClock, MemoryParcels};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::*;

/// What a node says: it began.
type Begun = UnboundedReceiver<u128>;

fn tenure(leases: Arc<dyn Leases>, clock: &Arc<ManualClock>, holder: u128) -> Tenure {
    Tenure::new(leases, Arc::clone(clock) as _, "edits".to_owned(), Uuid::from_u128(holder))
}

fn node(
    leases: &Arc<dyn Leases>, clock: &Arc<ManualClock>, holder: u128, begun: &UnboundedSender<u128>,
) -> (CancellationToken, JoinHandle<()>) {
    let (tenure, begun, stop) = (tenure(Arc::clone(leases), clock, holder), begun.clone(), CancellationToken::new());
    let stopping = stop.clone();
    let running = tokio::spawn(async move {
        tenure
            .keep(&stopping, || async {
                begun.send(holder).unwrap();
                stopping.cancelled().await;
            })
            .await;
    });
    (stop, running)
}

/// Who begins next; nobody, after ten minutes.
async fn next(begun: &mut Begun) -> Option<u128> {
    tokio::time::timeout(Duration::from_mins(10), begun.recv()).await.ok().flatten()
}

fn house() -> (Arc<dyn Leases>, Arc<ManualClock>, UnboundedSender<u128>, Begun) {
    let (sender, begun) = unbounded_channel();
    (MemoryParcels::new() as _, Arc::default(), sender, begun)
}

#[tokio::test(start_paused = true)]
async fn one_of_two_nodes_works_and_whoever_stops_hands_over() {
    let (leases, clock, sender, mut begun) = house();
    let (stop, first) = node(&leases, &clock, 1, &sender);
    assert_eq!(next(&mut begun).await, Some(1));
    let (_, second) = node(&leases, &clock, 2, &sender);
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert!(begun.try_recv().is_err(), "the other one waits, however long");
    stop.cancel();
    first.await.unwrap();
    assert_eq!(next(&mut begun).await, Some(2));
    second.abort();
}

#[tokio::test(start_paused = true)]
async fn a_crash_of_the_holder_hands_over_once_its_lease_has_ended() {
    let (leases, clock, sender, mut begun) = house();
    let (_, first) = node(&leases, &clock, 1, &sender);
    assert_eq!(next(&mut begun).await, Some(1));
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let (_, second) = node(&leases, &clock, 2, &sender);
    clock.advance(Lifetime::from_secs(14));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(begun.try_recv().is_err(), "it may still be there");
    clock.advance(Lifetime::from_secs(1));
    assert_eq!(next(&mut begun).await, Some(2));
    second.abort();
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_another_in_its_place_drops_its_work() {
    let (leases, clock, sender, mut begun) = house();
    let (_, first) = node(&leases, &clock, 1, &sender);
    assert_eq!(next(&mut begun).await, Some(1));
    let now = clock.now().plus(Lifetime::from_secs(15));
    assert!(leases.hold("edits", Uuid::from_u128(2), now.plus(Lifetime::from_mins(1)), now).await.unwrap());
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert!(begun.try_recv().is_err());
    leases.let_go("edits", Uuid::from_u128(2)).await.unwrap();
    assert_eq!(next(&mut begun).await, Some(1), "it had stopped, and begins anew");
    first.abort();
}

/// A store that answers so many times, and then no more.
struct Failing(Arc<dyn Leases>, AtomicUsize);

#[async_trait]
impl Leases for Failing {
    async fn hold(&self, name: &str, holder: Uuid, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable> {
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(_) => self.0.hold(name, holder, until, now).await,
            Err(_) => Err(Unavailable { what: "the store", source: "gone".into() }),
        }
    }

    async fn let_go(&self, name: &str, holder: Uuid) -> Result<(), Unavailable> {
        self.0.let_go(name, holder).await
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_can_not_renew_stops_before_its_lease_ends() {
    struct Ends(Instant, UnboundedSender<Duration>);
    impl Drop for Ends {
        fn drop(&mut self) {
            self.1.send(self.0.elapsed()).unwrap();
        }
    }
    let (leases, clock, ..) = house();
    let (sender, mut ended) = unbounded_channel();
    let tenure = tenure(Arc::new(Failing(leases, AtomicUsize::new(1))), &clock, 1);
    let running = tokio::spawn(async move {
        let work = || async {
            let _ends = Ends(Instant::now(), sender.clone());
            std::future::pending::<()>().await;
        };
        tenure.keep(&CancellationToken::new(), work).await;
    });
    let worked = ended.recv().await.unwrap();
    assert!(worked > ROUND && worked < LIVES, "{worked:?}");
    running.abort();
}
