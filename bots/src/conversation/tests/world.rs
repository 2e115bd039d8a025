//! A portal with its team, catalogue and contacts, all in memory but for the read models.

use std::sync::Arc;

use chrono_tz::Tz;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{CommandId, ContactId, LinkId, StaffId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Client, Method};
use magiclink_domain::log::{EventStore, Position};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::ports::{KeySource, Leases};
use magiclink_domain::team::{ChatPlatform, ChatUser, StaffDetails};
use magiclink_domain::usecases::{Caller, ChatMember, NewContact, Policy, Ports, PressRequest, UseCases};
use magiclink_domain::value::{EmailAddress, Name, PhoneNumber, Slug, Title};
use magiclink_projections::ReadModels;
use magiclink_store::MemoryLog;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryBudgets, MemoryParcels, MemoryVault};
use tempfile::TempDir;

use crate::conversation::{Act, Answer, Conversation, Does, Reply, Turn};

struct Keys(Arc<Keyring>);

impl KeySource for Keys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0)
    }
}

pub(crate) struct World {
    pub(crate) talk: Arc<Conversation>,
    pub(crate) use_cases: Arc<UseCases>,
    pub(crate) read_models: Arc<ReadModels>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) leases: Arc<dyn Leases>,
    _folder: TempDir,
}

pub(crate) fn kim() -> ChatUser {
    ChatUser::parse(ChatPlatform::Slack, "T1", "U1").unwrap()
}

pub(crate) fn turn(user: &ChatUser, key: &str) -> Turn {
    Turn { user: user.clone(), key: key.to_owned() }
}

pub(crate) fn both() -> Policy {
    Policy { channels: [Channel::Sms, Channel::Email].into(), ..Policy::default() }
}

impl World {
    /// Kim, of this role, commands from chat as [`kim`].
    pub(crate) async fn of(role: Role) -> Self {
        Self::with(role, both()).await
    }

    pub(crate) async fn with(role: Role, policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let log = MemoryLog::new(clock.clone());
        let ids = Arc::new(CountingIds::default());
        let vault = MemoryVault::new(ids.clone());
        let keyring = Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([2; 32]));
        let keys: Arc<dyn KeySource> = Arc::new(Keys(Arc::new(keyring)));
        let file = folder.path().join("read.db");
        let read_models =
            ReadModels::open(&file, log.clone(), vault.clone(), keys.clone(), clock.clone()).await.unwrap();
        let parcels = MemoryParcels::new();
        let leases: Arc<dyn Leases> = parcels.clone();
        let ports = Ports {
            log: log.clone(),
            vault,
            clock: clock.clone(),
            ids,
            keys,
            budgets: MemoryBudgets::new(),
            once: parcels.clone(),
            parcels,
            lookups: read_models.clone(),
        };
        let use_cases = Arc::new(UseCases::new(ports, policy));
        let talk = Arc::new(Conversation::new(use_cases.clone(), read_models.clone(), Tz::Europe__Berlin));
        let world = Self { talk, use_cases, read_models, clock, log, leases, _folder: folder };
        let staff = world.staff("Kim Late", role).await;
        world.connect(staff, &kim()).await;
        for (slug, title) in [("founders-circle", "Founders Circle"), ("pricing-masterclass", "Pricing Masterclass")] {
            let (slug, title) = (Slug::parse(slug).unwrap(), Title::parse(title).unwrap());
            world.use_cases.add_offering(&world.system(), slug, OfferingKind::Group, title, None).await.unwrap();
        }
        world.contact("Ana Lima", "ana@example.com", Some("+14155550100"), &["founders-circle"]).await;
        world.contact("Ána María López", "maria@example.com", None, &["pricing-masterclass"]).await;
        world.contact("Rebecca Francis", "rebecca@example.com", Some("+14155550199"), &["founders-circle"]).await;
        world.contact("Zoë New", "zoe@example.com", None, &[]).await;
        world.settle().await;
        world
    }

    pub(crate) fn system(&self) -> Caller {
        Caller::system(CommandId::from_uuid(self.use_cases.ports().ids.id()))
    }

    pub(crate) async fn staff(&self, name: &str, role: Role) -> StaffId {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let details = StaffDetails { name: Name::parse(name).unwrap(), email: EmailAddress::parse(&email).unwrap() };
        self.use_cases.add_staff(&self.system(), role, details).await.unwrap().value
    }

    pub(crate) async fn code(&self, staff: StaffId) -> String {
        let console = ChatMember { staff, role: Role::Agent }.caller(&kim(), self.system().command, false);
        self.use_cases.make_chat_code(&console).await.unwrap().code.expose()
    }

    pub(crate) async fn connect(&self, staff: StaffId, user: &ChatUser) {
        let code = self.code(staff).await;
        self.use_cases.connect_chat(user.clone(), &code, self.system().command).await.unwrap();
    }

    pub(crate) async fn contact(&self, name: &str, email: &str, phone: Option<&str>, grants: &[&str]) -> ContactId {
        let new = NewContact {
            name: Name::parse(name).unwrap(),
            email: Some(EmailAddress::parse(email).unwrap()),
            phone: phone.map(|phone| PhoneNumber::parse(phone, None).unwrap()),
            locale: None,
            external_id: None,
        };
        let contact = self.use_cases.add_contact(&self.system(), new).await.unwrap().value;
        for slug in grants {
            let slug = Slug::parse(slug).unwrap();
            self.use_cases.grant_access(&self.system(), contact, slug, None).await.unwrap();
        }
        contact
    }

    pub(crate) async fn settle(&self) {
        self.read_models.catch_up().await.unwrap();
    }

    /// Kim types.
    pub(crate) async fn type_in(&self, text: &str) -> Reply {
        let key = self.use_cases.ports().ids.id().to_string();
        self.talk.typed(&turn(&kim(), &key), text).await
    }

    pub(crate) async fn answer(&self, text: &str) -> Answer {
        let Reply::Answer(answer) = self.type_in(text).await else { panic!("{text:?} opened a dialog") };
        answer
    }

    /// Kim presses what is on this button or in the menu.
    pub(crate) async fn press(&self, answer: &Answer, label: &str) -> Answer {
        let Reply::Answer(answer) = self.talk.pressed(&turn(&kim(), "press"), &act(answer, label), None).await else {
            panic!("{label} opened a dialog")
        };
        answer
    }

    pub(crate) async fn redeem(&self, link: LinkId) {
        let press = PressRequest {
            link,
            method: Method::Link,
            nonce: "browser".to_owned(),
            client: Client::default(),
            beside: None,
            previous: None,
        };
        self.use_cases.redeem(press).await.unwrap();
    }

    pub(crate) async fn count(&self, kind: &str) -> usize {
        let page = self.log.read_all(Position::START, 5_000).await.unwrap();
        page.events.iter().filter(|event| event.kind == kind).count()
    }
}

/// What is behind this label.
pub(crate) fn act(answer: &Answer, label: &str) -> Act {
    let buttons = answer.buttons.iter().filter_map(|button| match &button.does {
        Does::Act(act) => Some((button.label.as_str(), *act)),
        Does::Open(_) => None,
    });
    let choices = answer.menu.iter().flat_map(|menu| &menu.choices).map(|choice| (choice.label.as_str(), choice.act));
    let mut all = buttons.chain(choices);
    all.find(|(shown, _)| *shown == label).unwrap_or_else(|| panic!("no {label} in {answer:#?}")).1
}
