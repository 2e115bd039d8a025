//! A node over SQLite files that are gone afterwards, and people to look at it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use magiclink_domain::authority::Role;
use magiclink_domain::bulk::Segment;
use magiclink_domain::id::{BulkId, CommandId, ContactId, DeliveryId, LinkId, StaffId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Client, Destination, Method};
use magiclink_domain::log::Position;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::ports::KeySource;
use magiclink_domain::team::{StaffDetails, TokenName};
use magiclink_domain::usecases::{
    BulkRequest, Caller, IssueRequest, Issued, NewContact, Policy, Ports, PressRequest, UseCases,
};
use magiclink_domain::value::{EmailAddress, Name, Slug, Title};
use magiclink_projections::ReadModels;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryParcels};
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault};

use super::browser::Browser;
use crate::http::limits::Limits;
use crate::lists::Lists;
use crate::state::{Background, LimitsConfig, Readiness, WebConfig, WebState};

#[derive(Debug)]
struct Keys(Arc<Keyring>);

impl KeySource for Keys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0)
    }
}

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

pub(super) struct World {
    pub(super) web: Arc<WebState>,
    pub(super) clock: Arc<ManualClock>,
    read_models: Arc<ReadModels>,
    router: Router,
    _files: tempfile::TempDir,
}

impl World {
    /// E-mail has a provider; everything else as the defaults say.
    pub(super) async fn new() -> Self {
        Self::with(Policy { channels: [Channel::Email].into(), ..Policy::default() }).await
    }

    pub(super) async fn with(policy: Policy) -> Self {
        let files = tempfile::tempdir().unwrap();
        let at = |name: &str| files.path().join(name);
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(CountingIds::default());
        let log = SqliteLog::open(&at("events.db"), Arc::clone(&clock) as _).await.unwrap();
        let master = MasterKey::new([3; 32]);
        let vault =
            SqliteVault::open(&at("vault.db"), &master, Arc::clone(&clock) as _, Arc::clone(&ids) as _).await.unwrap();
        let keys: Arc<dyn KeySource> =
            Arc::new(Keys(Arc::new(Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([9; 32])))));
        let read = at("read.db");
        let opened = ReadModels::open(
            &read,
            Arc::clone(&log) as _,
            Arc::clone(&vault) as _,
            Arc::clone(&keys),
            Arc::clone(&clock) as _,
        );
        let read_models = opened.await.unwrap();
        let ports = Ports {
            log,
            vault,
            clock: Arc::clone(&clock) as _,
            ids,
            keys,
            budgets: SqliteState::open(&at("state.db")).await.unwrap(),
            once: MemoryParcels::new(),
            parcels: MemoryParcels::new(),
            lookups: Arc::clone(&read_models) as _,
        };
        let limits = LimitsConfig { ip: 0, ip_sign_in: 0, token_requests: 0 };
        let web = Arc::new(WebState {
            use_cases: Arc::new(UseCases::new(ports, policy)),
            lists: Lists::new(Arc::clone(&read_models)),
            config: WebConfig::default(),
            api: crate::ApiState::default(),
            limits: Limits::new(&limits),
            background: Background::default(),
            sandbox: None,
            sandbox_chat: None,
            sms_hooks: None,
            metrics: Arc::new(String::new),
            readiness: Arc::new(Always),
        });
        Self { router: crate::router(Arc::clone(&web)), web, clock, read_models, _files: files }
    }

    pub(super) fn system(&self) -> Caller {
        Caller::system(CommandId::from_uuid(self.web.use_cases.ports().ids.id()))
    }

    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Asks for a link to be sent.
    pub(super) async fn send(&self, link: LinkId, channel: Channel) -> DeliveryId {
        self.web.use_cases.request_delivery(&self.system(), link, channel).await.unwrap().value
    }

    /// A browser in which nobody is signed in.
    pub(super) fn stranger(&self) -> Browser {
        Browser::new(self.router.clone(), &self.web.use_cases.ports().ids.nonce())
    }

    pub(super) async fn staff(&self, role: Role, name: &str) -> StaffId {
        let email = format!("{}@example.com", self.web.use_cases.ports().ids.id());
        let details = StaffDetails { name: Name::parse(name).unwrap(), email: EmailAddress::parse(&email).unwrap() };
        self.web.use_cases.add_staff(&self.system(), role, details).await.unwrap().value
    }

    /// The browser of somebody with this role, signed in just now.
    pub(super) async fn signed_in(&self, role: Role) -> Browser {
        let staff = self.staff(role, "Sam Stone").await;
        let mut browser = self.stranger();
        let link = self.web.use_cases.issue_staff_link(&self.system(), staff, None).await.unwrap().value.id;
        self.press(link, &mut browser).await;
        browser
    }

    /// The browser of the first owner, who has no name yet.
    pub(super) async fn invited(&self) -> Browser {
        let mut browser = self.stranger();
        let link = self.web.use_cases.invite_first_owner().await.unwrap().unwrap().value.id;
        self.press(link, &mut browser).await;
        browser
    }

    /// Redeems a staff member's link in this browser.
    pub(super) async fn press(&self, link: LinkId, browser: &mut Browser) {
        let press = PressRequest {
            link,
            method: Method::Link,
            nonce: browser.nonce(),
            client: Client::default(),
            beside: None,
            previous: None,
        };
        let signed_in = self.web.use_cases.redeem(press).await.unwrap();
        browser.keep("magiclink_console", &signed_in.cookie.0);
    }

    pub(super) async fn offering(&self, slug: &str, title: &str) -> Slug {
        let (slug, title) = (Slug::parse(slug).unwrap(), Title::parse(title).unwrap());
        let kind = OfferingKind::Course;
        self.web.use_cases.add_offering(&self.system(), slug.clone(), kind, title, None).await.unwrap();
        slug
    }

    pub(super) async fn contact(&self, name: &str, email: &str) -> ContactId {
        let new = NewContact {
            name: Name::parse(name).unwrap(),
            email: Some(EmailAddress::parse(email).unwrap()),
            phone: None,
            locale: None,
            external_id: None,
        };
        self.web.use_cases.add_contact(&self.system(), new).await.unwrap().value
    }

    pub(super) async fn grant(&self, contact: ContactId, slug: Slug) {
        self.web.use_cases.grant_access(&self.system(), contact, slug, None).await.unwrap();
        self.settle().await;
    }

    /// A contact with a grant, and a link.
    pub(super) async fn member(&self, name: &str) -> (ContactId, Issued) {
        let slug = self.offering("alumni", "Alumni").await;
        let contact = self.contact(name, "ana@example.com").await;
        let request = IssueRequest {
            contact,
            destination: Destination::Home,
            lifetime: None,
            max_uses: None,
            deliver: vec![],
            grants: vec![slug],
            reason: None,
            reveal: true,
        };
        let issued = self.web.use_cases.issue_link(&self.system(), request).await.unwrap().value;
        self.settle().await;
        (contact, issued)
    }

    /// A bulk send to everybody who never signed in; nobody has been written to.
    pub(super) async fn bulk_send(&self) -> BulkId {
        let segment = Segment { never_signed_in: true, ..Segment::default() };
        let request = BulkRequest { segment, channels: vec![Channel::Email], ..BulkRequest::default() };
        let done = self.web.use_cases.start_bulk_send(&self.system(), &request, 1).await.unwrap();
        self.settle().await;
        done.value
    }

    pub(super) async fn token(&self, name: &str) -> magiclink_domain::id::TokenId {
        let name = TokenName::parse(name).unwrap();
        self.web.use_cases.create_token(&self.system(), name, Role::Agent, None).await.unwrap().value.id
    }

    pub(super) async fn preview(&self, contact: ContactId) {
        self.web.use_cases.preview_portal(&self.system(), contact).await.unwrap();
    }

    /// Returns once the read models have everything.
    pub(super) async fn settle(&self) -> Position {
        self.read_models.catch_up().await.unwrap()
    }

    /// How many events of this stored type there are.
    pub(super) async fn count(&self, kind: &str) -> usize {
        let page = self.web.use_cases.ports().log.read_all(Position::START, 5_000).await.unwrap();
        page.events.iter().filter(|event| event.kind == kind).count()
    }
}
