//! A whole node on SQLite in a temporary folder, and browsers that visit it.

mod answer;
mod browser;
mod vendor;

pub(crate) use answer::{Answer, Link};
pub(crate) use browser::Browser;
pub(crate) use vendor::{Call, Vendor};

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use magiclink_delivery::Sandbox;
use magiclink_delivery::smtp::Brand;
use magiclink_delivery::twilio::{Twilio, TwilioHooks};
use magiclink_domain::authority::Role;
use magiclink_domain::id::{CommandId, ContactId, StaffId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::log::{EventStore, Position};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::policies::{Deliver, Notify};
use magiclink_domain::ports::{Clock, KeySource, SandboxInbox, Sender, SmsHooks};
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, IssueRequest, NewContact, Policy, Ports, UseCases};
use magiclink_domain::value::{EmailAddress, Name, OfferingUrl, PhoneNumber, Slug, Title};
use magiclink_projections::ReadModels;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryParcels};
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault, SystemIds};
use magiclink_web::http::limits::Limits;
use magiclink_web::{ApiState, Background, LimitsConfig, Lists, Readiness, WebConfig, WebState, router};
use tower::ServiceExt as _;

pub(crate) const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";

pub(crate) struct House {
    pub(crate) web: Arc<WebState>,
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) read_models: Arc<ReadModels>,
    router: Router,
    deliver: Deliver,
    notify: Notify,
    _folder: tempfile::TempDir,
}

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

/// Limits off: who tests them switches them on.
pub(crate) fn config() -> WebConfig {
    WebConfig { limits: LimitsConfig { ip: 0, ip_sign_in: 0, token_requests: 0 }, ..WebConfig::default() }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: WebConfig) -> Self {
        Self::under(config, |policy| policy).await
    }

    pub(crate) async fn under(config: WebConfig, change: impl FnOnce(Policy) -> Policy) -> Self {
        Self::built(config, change, |_, _| None).await
    }

    /// A house whose text messages go to a vendor that calls back.
    pub(crate) async fn with_vendor(config: WebConfig, vendor: &Vendor) -> Self {
        Self::built(config, |policy| policy, |_, base_url| Some(vendor.hooks(base_url))).await
    }

    /// A house that listens, so that the sandbox can call it as a vendor does.
    pub(crate) async fn listening() -> Self {
        let hooks =
            |sandbox: &Sandbox, _: &str| TwilioHooks::new(&sandbox.twilio(), None).map(|hooks| Arc::new(hooks) as _);
        let house = Self::built(config(), |policy| policy, hooks).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        house.sandbox.call_back(listener.local_addr().unwrap()).unwrap();
        let service = house.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        house
    }

    async fn built(
        config: WebConfig, change: impl FnOnce(Policy) -> Policy,
        hooks: impl FnOnce(&Sandbox, &str) -> Option<Arc<dyn SmsHooks>>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(CountingIds::default()));
        let (signing, naming) = ((KeyId(1), MacKey::new([1; 32])), MacKey::new([2; 32]));
        let keys: Arc<dyn KeySource> = Arc::new(Keys(Arc::new(Keyring::new(signing, [], naming))));
        let log = SqliteLog::open(&file("events.db"), clock.clone()).await.unwrap();
        let vault =
            SqliteVault::open(&file("vault.db"), &MasterKey::new([3; 32]), clock.clone(), ids.clone()).await.unwrap();
        let budgets = SqliteState::open(&file("state.db")).await.unwrap();
        let read_models =
            ReadModels::open(&file("read.db"), log.clone(), vault.clone(), keys.clone(), clock.clone()).await.unwrap();
        let ports = Ports {
            log: log.clone(),
            vault,
            clock: clock.clone(),
            ids,
            keys,
            budgets,
            once: MemoryParcels::new(),
            parcels: MemoryParcels::new(),
            lookups: read_models.clone(),
        };
        let policy = change(Policy {
            base_url: config.base_url.as_str().to_owned(),
            portal_name: config.portal_name.clone(),
            channels: [Channel::Sms, Channel::Email].into(),
            ..Policy::default()
        });
        let use_cases = Arc::new(UseCases::new(ports, policy));
        let sandbox = Sandbox::open(clock.clone(), Arc::new(SystemIds), config.base_url.as_str()).await.unwrap();
        let brand = Brand { name: config.portal_name.clone(), ..Brand::default() };
        let senders: [Arc<dyn Sender>; 2] =
            [Arc::new(Twilio::new(sandbox.twilio()).unwrap()), sandbox.email(brand).unwrap()];
        let sms_hooks = hooks(&sandbox, config.base_url.as_str());
        let web = Arc::new(WebState {
            use_cases: use_cases.clone(),
            lists: Lists::new(read_models.clone()),
            api: ApiState::default(),
            limits: Limits::new(&config.limits),
            config,
            background: Background::default(),
            sandbox: Some(sandbox.clone()),
            sandbox_chat: None,
            sms_hooks,
            metrics: Arc::new(String::new),
            readiness: Arc::new(Always),
        });
        Self {
            router: router(web.clone()),
            notify: Notify::new(Arc::clone(&use_cases), senders.clone()),
            deliver: Deliver::new(use_cases, senders, Lifetime::from_mins(1)),
            web,
            log,
            clock,
            sandbox,
            read_models,
            _folder: folder,
        }
    }

    pub(crate) fn use_cases(&self) -> &UseCases {
        &self.web.use_cases
    }

    /// The system, under a fresh command.
    pub(crate) fn system(&self) -> Caller {
        Caller::system(CommandId::from_uuid(self.use_cases().ports().ids.id()))
    }

    /// Waits until what went on after answers is done and taken in.
    pub(crate) async fn settle(&self) {
        self.web.background.finish().await;
        self.read_models.catch_up().await.unwrap();
    }

    pub(crate) async fn offering(&self, slug: &str, kind: OfferingKind, title: &str) {
        let url = OfferingUrl::parse(&format!("https://learn.example.com/{slug}")).unwrap();
        let (slug, title) = (Slug::parse(slug).unwrap(), Title::parse(title).unwrap());
        self.use_cases().add_offering(&self.system(), slug, kind, title, Some(url)).await.unwrap();
    }

    /// A contact with an e-mail address and no grant.
    pub(crate) async fn stranger(&self, name: &str, email: &str, phone: Option<&str>) -> ContactId {
        let new = NewContact {
            name: Name::parse(name).unwrap(),
            email: Some(EmailAddress::parse(email).unwrap()),
            phone: phone.map(|phone| PhoneNumber::parse(phone, None).unwrap()),
            locale: None,
            external_id: None,
        };
        let contact = self.use_cases().add_contact(&self.system(), new).await.unwrap().value;
        self.settle().await;
        contact
    }

    pub(crate) async fn grant(&self, contact: ContactId, slug: &str) {
        let slug = Slug::parse(slug).unwrap();
        self.use_cases().grant_access(&self.system(), contact, slug, None).await.unwrap();
    }

    pub(crate) async fn revoke(&self, contact: ContactId, slug: &str) {
        let slug = Slug::parse(slug).unwrap();
        self.use_cases().revoke_access(&self.system(), contact, slug, None).await.unwrap();
    }

    /// Ana, who may see the course `pricing`.
    pub(crate) async fn ana(&self) -> ContactId {
        if self.use_cases().offering(&self.system(), &Slug::parse("pricing").unwrap()).await.is_err() {
            self.offering("pricing", OfferingKind::Course, "Pricing that works").await;
        }
        let ana = self.stranger("Ana Good", "ana@example.com", Some("+14155550100")).await;
        self.grant(ana, "pricing").await;
        ana
    }

    /// Ben, who may see the same.
    pub(crate) async fn ben(&self) -> ContactId {
        let ben = self.stranger("Ben <b>Bold</b>", "ben@example.com", None).await;
        self.grant(ben, "pricing").await;
        ben
    }

    pub(crate) async fn link(&self, contact: ContactId) -> Link {
        self.link_with(contact, |request| request).await
    }

    pub(crate) async fn link_with(
        &self, contact: ContactId, change: impl FnOnce(IssueRequest) -> IssueRequest,
    ) -> Link {
        let request = change(IssueRequest {
            contact,
            destination: Destination::Home,
            lifetime: None,
            max_uses: None,
            deliver: vec![],
            grants: vec![],
            reason: None,
            reveal: true,
        });
        let issued = self.use_cases().issue_link(&self.system(), request).await.unwrap().value;
        self.settle().await;
        Link::of(&issued, self.web.config.base_url.as_str())
    }

    pub(crate) async fn staff(&self, role: Role, name: &str, email: &str) -> StaffId {
        let details = StaffDetails { name: Name::parse(name).unwrap(), email: EmailAddress::parse(email).unwrap() };
        self.use_cases().add_staff(&self.system(), role, details).await.unwrap().value
    }

    pub(crate) async fn staff_link(&self, staff: StaffId) -> Link {
        let issued = self.use_cases().issue_staff_link(&self.system(), staff, None).await.unwrap().value;
        Link::of(&issued, self.web.config.base_url.as_str())
    }

    /// Makes the deliveries that are due; what lies in the sandbox then, newest first.
    pub(crate) async fn delivered(&self) -> Vec<String> {
        self.settle().await;
        for channel in [Channel::Sms, Channel::Email] {
            for due in self.deliver.due(channel, 100).await.unwrap() {
                self.deliver.make(due).await.unwrap();
            }
        }
        let texts = self.sandbox.texts().into_iter().filter(|text| !text.from_phone).map(|text| (text.nth, text.text));
        let mails = self.sandbox.mails().into_iter().map(|mail| (mail.nth, mail.text));
        let mut all: Vec<(u64, String)> = texts.chain(mails).collect();
        all.sort_unstable_by_key(|(nth, _)| std::cmp::Reverse(*nth));
        all.into_iter().map(|(_, text)| text).collect()
    }

    /// Sends the notices that are due.
    pub(crate) async fn notified(&self) {
        self.settle().await;
        for channel in [Channel::Sms, Channel::Email] {
            for due in self.notify.due(channel, 100).await.unwrap() {
                self.notify.make(due).await.unwrap();
            }
        }
        self.settle().await;
    }

    /// Types of the events after a position.
    pub(crate) async fn events_after(&self, position: Position) -> Vec<String> {
        self.settle().await;
        let page = self.log.read_all(position, 1_000).await.unwrap();
        page.events.iter().map(|event| event.kind.clone()).collect()
    }

    /// The stored data of the first event of a type (without version) after a position.
    pub(crate) async fn log_json(&self, position: Position, kind: &str) -> String {
        let page = self.log.read_all(position, 1_000).await.unwrap();
        let event = page.events.iter().find(|event| event.kind.starts_with(kind)).unwrap();
        String::from_utf8(event.data.clone()).unwrap()
    }

    pub(crate) async fn head(&self) -> Position {
        self.settle().await;
        self.log.head().await.unwrap()
    }

    pub(crate) fn advance(&self, by: Lifetime) {
        self.clock.advance(by);
    }

    pub(crate) fn now(&self) -> magiclink_domain::time::Timestamp {
        self.clock.now()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Headers and length of an answer whose body is no text.
    pub(crate) async fn weigh(&self, request: Request<Body>) -> (HeaderMap, usize) {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap().len())
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::visiting(self)
    }

    /// A browser in which this link was pressed.
    pub(crate) async fn signed_in(&self, link: &Link) -> Browser<'_> {
        let mut browser = self.browser();
        let page = browser.get(&link.path).await;
        let answer = browser.submit(&page, &link.path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }
}
