//! A portal with stores that fail on request, and as many nodes as a test wants.

pub(crate) mod bulk;
mod faults;
mod lookups;
mod phones;
mod vendor;

use faults::NoBudgets;
pub(crate) use faults::{Fault, FaultyLog, FaultyVault};
use lookups::LogLookups;
pub(crate) use phones::{Phones, notify_phones};
pub(crate) use vendor::{Does, Knows, LOOK_UP_AFTER, Vendor, work};

use std::sync::{Arc, Mutex};

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::event::{self, Event};
use magiclink_domain::id::{CommandId, ContactId, LinkId, StaffId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Client, Destination, LinkEvent, Method};
use magiclink_domain::log::{EventStore, Fingerprint, Position};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::personal::SubjectKeys;
use magiclink_domain::ports::{Clock, KeySource};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{
    Caller, Failure, IssueRequest, Issued, NewContact, Policy, Ports, PressRequest, UseCases,
};
use magiclink_domain::value::{EmailAddress, Name, PhoneNumber, Slug, Title};
use magiclink_store::testing::{CountingIds, ManualClock, MemoryParcels, MemoryVault};
use magiclink_store::{MemoryLog, SqliteState};

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) log: Arc<FaultyLog>,
    pub(crate) vault: Arc<FaultyVault>,
    pub(crate) node: Arc<UseCases>,
    pub(crate) keys: Arc<Keys>,
    ports: Ports,
    _state: tempfile::TempDir,
}

/// Keys that a test may exchange.
#[derive(Debug)]
pub(crate) struct Keys(Mutex<Arc<Keyring>>);

impl Keys {
    pub(crate) fn exchange(&self, keyring: Keyring) {
        *self.0.lock().unwrap() = Arc::new(keyring);
    }
}

impl KeySource for Keys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

impl World {
    /// Both channels have a provider; everything else as the defaults say.
    pub(crate) async fn new() -> Self {
        Self::with(everything()).await
    }

    pub(crate) async fn with(policy: Policy) -> Self {
        let state = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(CountingIds::default());
        let log = Arc::new(FaultyLog::new(MemoryLog::new(Arc::clone(&clock) as _)));
        let vault = Arc::new(FaultyVault::new(MemoryVault::new(Arc::clone(&ids) as _)));
        let keyring = Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([9; 32]));
        let keys = Arc::new(Keys(Mutex::new(Arc::new(keyring))));
        let lookups = LogLookups::new(Arc::clone(&log), Arc::clone(&vault), Arc::clone(&keys));
        let ports = Ports {
            log: Arc::clone(&log) as _,
            vault: Arc::clone(&vault) as _,
            clock: Arc::clone(&clock) as _,
            ids,
            keys: Arc::clone(&keys) as _,
            budgets: SqliteState::open(&state.path().join("state.db")).await.unwrap(),
            once: MemoryParcels::new(),
            parcels: MemoryParcels::new(),
            lookups: Arc::new(lookups),
        };
        let node = Arc::new(UseCases::new(ports.clone(), policy));
        Self { clock, log, vault, node, keys, ports, _state: state }
    }

    /// Another node over the same stores, with nothing in its memory.
    pub(crate) fn another_node(&self) -> Arc<UseCases> {
        Arc::new(UseCases::new(self.ports.clone(), self.node.policy().clone()))
    }

    /// The same node as it is after a restart under another configuration.
    pub(crate) fn node_under(&self, policy: Policy) -> Arc<UseCases> {
        Arc::new(UseCases::new(self.ports.clone(), policy))
    }

    /// A node whose budgets can't be asked.
    pub(crate) fn node_without_budgets(&self) -> UseCases {
        let ports = Ports { budgets: Arc::new(NoBudgets), ..self.ports.clone() };
        UseCases::new(ports, self.node.policy().clone())
    }

    /// A contact with this number and one grant, for good; nothing but the number reaches them.
    pub(crate) async fn phone_member(&self, number: &str) -> ContactId {
        let slug = self.offering("alumni").await;
        let new = NewContact {
            name: Name::parse("Ana Good").unwrap(),
            email: None,
            phone: Some(phone(number)),
            locale: None,
            external_id: None,
        };
        let nth = self.log.head().await.unwrap();
        let contact = self.node.add_contact(&owner(&format!("add {number} {nth}")), new).await.unwrap().value;
        self.node.grant_access(&owner(&format!("grant {contact}")), contact, slug, None).await.unwrap();
        contact
    }

    pub(crate) async fn offering(&self, slug: &str) -> Slug {
        let slug = Slug::parse(slug).unwrap();
        let title = Title::parse("A course").unwrap();
        self.node.add_offering(&owner(slug.as_str()), slug.clone(), OfferingKind::Course, title, None).await.unwrap();
        slug
    }

    pub(crate) async fn contact(&self, email: &str) -> ContactId {
        let new = NewContact {
            name: Name::parse("Ana Good").unwrap(),
            email: Some(EmailAddress::parse(email).unwrap()),
            phone: None,
            locale: None,
            external_id: None,
        };
        // Several contacts may have the same address.
        let nth = self.log.head().await.unwrap();
        self.node.add_contact(&owner(&format!("add {email} {nth}")), new).await.unwrap().value
    }

    /// A contact with one grant, for good.
    pub(crate) async fn member(&self, email: &str) -> ContactId {
        let slug = self.offering("alumni").await;
        let contact = self.contact(email).await;
        self.node.grant_access(&owner(&format!("grant {contact}")), contact, slug, None).await.unwrap();
        contact
    }

    /// A link made for the contact by staff, under a command of its own.
    pub(crate) async fn link(&self, contact: ContactId, key: &str) -> Issued {
        self.node.issue_link(&owner(key), request(contact)).await.unwrap().value
    }

    /// Every event of the log, readable.
    pub(crate) async fn history(&self) -> Vec<Event> {
        lookups::history(&self.log, &self.vault).await
    }

    pub(crate) async fn links(&self) -> Vec<(LinkId, LinkEvent)> {
        let of_links = |event| match event {
            Event::Link(link, event) => Some((link, event)),
            Event::Contact(..)
            | Event::Number(..)
            | Event::Team(_)
            | Event::Offering(..)
            | Event::Settings(_)
            | Event::Claim(..)
            | Event::Bulk(..) => None,
        };
        self.history().await.into_iter().filter_map(of_links).collect()
    }

    /// How many events of this stored type there are.
    pub(crate) async fn count(&self, kind: &str) -> usize {
        let page = self.log.read_all(Position::START, 5_000).await.unwrap();
        for recorded in &page.events {
            event::decode(recorded, &SubjectKeys::default()).expect("every event reads back, also without keys");
        }
        page.events.iter().filter(|event| event.kind == kind).count()
    }

    /// How far the log is.
    pub(crate) async fn log_head(&self) -> Position {
        self.log.head().await.unwrap()
    }

    pub(crate) fn now(&self) -> magiclink_domain::time::Timestamp {
        self.clock.now()
    }
}

/// Both channels have a provider; everything else as the defaults say.
pub(crate) fn everything() -> Policy {
    Policy { channels: Channel::ALL.iter().copied().collect(), ..Policy::default() }
}

/// The staff member that acts in the tests.
pub(crate) fn sam() -> StaffId {
    CommandId::derive("system", "staff", "sam").staff()
}

/// An owner, signed in just now and sure of it, under the command of this key.
pub(crate) fn owner(key: &str) -> Caller {
    staff(Role::Owner, key)
}

pub(crate) fn staff(role: Role, key: &str) -> Caller {
    let command = CommandId::derive("staff", "test", key);
    Caller {
        actor: Actor::Staff(sam()),
        origin: Origin::Console,
        authority: Authority::Role { role, signed_in_at: None, confirmed: true, token: false },
        command,
        correlation: command,
        fingerprint: Some(Fingerprint([7; 16])),
    }
}

/// Home, for a day, once, shown.
pub(crate) fn request(contact: ContactId) -> IssueRequest {
    IssueRequest {
        contact,
        destination: Destination::Home,
        lifetime: None,
        max_uses: None,
        deliver: vec![],
        grants: vec![],
        reason: None,
        reveal: true,
    }
}

/// The button, in the browser with this nonce.
pub(crate) fn press(link: LinkId, nonce: &str) -> PressRequest {
    PressRequest {
        link,
        method: Method::Link,
        nonce: nonce.to_owned(),
        client: Client::default(),
        beside: None,
        previous: None,
    }
}

pub(crate) fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, None).unwrap()
}

/// The rule that said no.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Rejection {
    let failure = result.expect_err("a rule says no");
    failure.rejection().unwrap_or_else(|| panic!("not a rule but {failure:?}")).clone()
}
