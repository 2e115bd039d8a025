//! Hundreds of deliveries through a server that does everything wrong: the log and the server's ledger must agree.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use magiclink_delivery::smtp::{EmailSender, Relay};
use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::policies::Deliver;
use magiclink_domain::ports::{KeySource, Sender};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, IssueRequest, NewContact, Policy, Ports, UseCases};
use magiclink_domain::value::{EmailAddress, Name, Slug, Title};
use magiclink_projections::{DeliveryView, ReadModels};
use magiclink_store::MemoryLog;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryBudgets, MemoryParcels, MemoryVault};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::answers::composer;
use super::server::{MailServer, Took};

/// How many of each kind of recipient (see the server's script), and what is to become of them.
const MATRIX: [(&str, usize, &str); 14] = [
    ("ok", 180, "sent"),
    ("slow", 40, "sent"),
    ("grey", 50, "sent"),
    ("late", 30, "sent"),
    ("busy", 20, "sent"),
    ("drop", 30, "sent"),
    ("hole", 24, "sent"),
    ("unknown", 40, "failed"),
    ("full", 20, "failed"),
    ("spam", 20, "failed"),
    ("relay", 10, "failed"),
    ("cut", 24, "maybe_sent"),
    ("lost", 20, "maybe_sent"),
    ("mute", 12, "maybe_sent"),
];

#[derive(Debug)]
struct Keys(Arc<Keyring>);

impl KeySource for Keys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0)
    }
}

struct House {
    use_cases: Arc<UseCases>,
    read_models: Arc<ReadModels>,
    clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let log = MemoryLog::new(clock.clone());
        let ids = Arc::new(CountingIds::default());
        let vault = MemoryVault::new(ids.clone());
        let keys: Arc<dyn KeySource> =
            Arc::new(Keys(Arc::new(Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([2; 32])))));
        let file = folder.path().join("read.db");
        let read_models = ReadModels::open(&file, log.clone(), vault.clone(), keys.clone(), clock.clone());
        let read_models = read_models.await.unwrap();
        let ports = Ports {
            log,
            vault,
            clock: clock.clone(),
            ids,
            keys,
            budgets: MemoryBudgets::new(),
            once: MemoryParcels::new(),
            parcels: MemoryParcels::new(),
            lookups: read_models.clone(),
        };
        let policy = Policy { channels: [Channel::Email].into(), ..Policy::default() };
        let use_cases = Arc::new(UseCases::new(ports, policy));
        let house = Self { use_cases, read_models, clock, _folder: folder };
        let title = Title::parse("Pricing").unwrap();
        house.use_cases.add_offering(&house.system(), pricing(), OfferingKind::Course, title, None).await.unwrap();
        house
    }

    fn system(&self) -> Caller {
        Caller::system(CommandId::from_uuid(self.use_cases.ports().ids.id()))
    }

    fn deliver(&self, relay: Relay) -> Arc<Deliver> {
        let sender = EmailSender::new(composer(), Arc::new(relay), self.clock.clone()) as Arc<dyn Sender>;
        Arc::new(Deliver::new(Arc::clone(&self.use_cases), [sender], Lifetime::from_mins(1)))
    }

    /// A contact at this address, with a link that is to be sent there.
    async fn invite(&self, address: &str) -> LinkId {
        let new = NewContact {
            name: Name::parse("Ana").unwrap(),
            email: Some(EmailAddress::parse(address).unwrap()),
            phone: None,
            locale: None,
            external_id: None,
        };
        let contact = self.use_cases.add_contact(&self.system(), new).await.unwrap().value;
        let request = IssueRequest {
            contact,
            destination: Destination::Home,
            lifetime: Some(Lifetime::from_days(7)),
            max_uses: None,
            deliver: vec![Channel::Email],
            grants: vec![pricing()],
            reason: None,
            reveal: false,
        };
        self.use_cases.issue_link(&self.system(), request).await.unwrap().value.id
    }

    /// Makes what is due, 16 at a time. Answers how many that were.
    async fn round(&self, deliver: &Arc<Deliver>) -> usize {
        self.read_models.catch_up().await.unwrap();
        let (mut all, room) = (JoinSet::new(), Arc::new(Semaphore::new(16)));
        for due in deliver.due(Channel::Email, 1_000).await.unwrap() {
            let (deliver, room) = (Arc::clone(deliver), Arc::clone(&room));
            all.spawn(async move {
                let _place = room.acquire().await.unwrap();
                deliver.make(due).await.unwrap()
            });
        }
        all.join_all().await.len()
    }

    /// Works until nothing moves any more, hour by hour.
    async fn work(&self, deliver: &Arc<Deliver>) {
        for _ in 0..48 {
            self.round(deliver).await;
            self.clock.advance(Lifetime::from_hours(1));
        }
    }

    async fn states(&self, links: &[LinkId]) -> BTreeMap<LinkId, DeliveryView> {
        self.read_models.catch_up().await.unwrap();
        let all = self.read_models.deliveries_of(links).await.unwrap();
        all.into_iter().map(|delivery| (delivery.link, delivery)).collect()
    }
}

fn pricing() -> Slug {
    Slug::parse("pricing").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_delivery_is_in_the_ledger_once_or_flagged_or_failed_in_the_servers_words() {
    let (house, server) = (House::new().await, MailServer::start());
    let mut links = BTreeMap::new();
    for (act, count, outcome) in MATRIX {
        for nth in 0..count {
            let address = format!("{act}.{nth}@example.com");
            links.insert(house.invite(&address).await, (address, outcome));
        }
    }
    assert!(links.len() >= 500);

    // First nobody listens at all.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = house.deliver(server.relay_at(&format!("smtp://127.0.0.1:{nobody}")));
    assert_eq!(house.round(&refused).await, links.len());
    house.clock.advance(Lifetime::from_hours(1));

    house.work(&house.deliver(server.relay("clear").with_patience(Duration::from_secs(3)))).await;

    let ids: Vec<LinkId> = links.keys().copied().collect();
    let (states, took) = (house.states(&ids).await, server.took());
    assert_eq!(states.len(), links.len());
    for (link, (address, outcome)) in &links {
        let delivery = &states[link];
        assert_eq!(delivery.state, *outcome, "{address}: {delivery:?}");
        let arrived: Vec<&Took> = took.iter().filter(|took| took.to == [address.clone()]).collect();
        assert!(arrived.iter().all(|took| took.id == format!("{}@portal.example", delivery.id)), "{address}");
        match *outcome {
            "sent" => assert_eq!(arrived.len(), 1, "{address}"),
            "failed" => {
                assert_eq!(arrived.len(), 0, "{address}");
                assert!(delivery.words.as_ref().unwrap().contains("(it says: "), "{delivery:?}");
            }
            _ => assert!(arrived.len() <= 1, "{address}"),
        }
    }
    let known = took.iter().all(|took| took.to.len() == 1 && links.values().any(|(address, _)| *address == took.to[0]));
    assert!(known, "somebody else got mail");
}

#[tokio::test]
async fn a_mail_that_is_sent_again_keeps_its_message_id() {
    let (house, server) = (House::new().await, MailServer::start());
    let deliver = house.deliver(server.relay("clear").with_patience(Duration::from_secs(3)));
    let link = house.invite("lost.ana@example.com").await;
    house.work(&deliver).await;
    let delivery = house.states(&[link]).await.remove(&link).unwrap();
    assert_eq!((delivery.state.as_str(), server.took().len()), ("maybe_sent", 1), "never again by itself");
    house.use_cases.retry_delivery(&house.system(), link, delivery.id).await.unwrap();
    house.work(&deliver).await;
    let ids: Vec<String> = server.took().into_iter().map(|took| took.id).collect();
    assert_eq!(ids, vec![format!("{}@portal.example", delivery.id); 2]);
}
