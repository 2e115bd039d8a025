//! A node over SQLite files in a fresh folder, with a clock that stands still and ids that count.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::id::{CommandId, TokenId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Client, Method as How};
use magiclink_domain::ports::{Clock, Ids, KeySource, Report, Sending};
use magiclink_domain::team::TokenName;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, Policy, Ports, PressRequest, SignedIn, UseCases};
use magiclink_projections::ReadModels;
use magiclink_store::testing::{CountingIds, ManualClock, MemoryParcels};
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use super::document;
use crate::api::ApiState;
use crate::http::limits::Limits;
use crate::lists::Lists;
use crate::state::{Background, LimitsConfig, Readiness, WebConfig, WebState};

struct Fixed(Arc<Keyring>);

impl KeySource for Fixed {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0)
    }
}

struct Always;

#[async_trait::async_trait]
impl Readiness for Always {
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A node, and a token of each role.
pub(super) struct World {
    pub(super) web: Arc<WebState>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) router: Router,
    pub(super) owner: String,
    pub(super) agent: String,
    pub(super) auditor: String,
    pub(super) folder: TempDir,
    pub(super) read_models: Arc<ReadModels>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.text))
    }

    /// The problem's code, and the field at fault.
    pub(super) fn refusal(&self) -> (u16, String, String) {
        let problem = self.json();
        let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), word("code"), word("field"))
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(Policy { channels: [Channel::Email, Channel::Sms].into(), ..Policy::default() }, 0).await
    }

    pub(super) async fn with(policy: Policy, token_requests: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let ids: Arc<dyn Ids> = Arc::new(CountingIds::default());
        let keys: Arc<dyn KeySource> =
            Arc::new(Fixed(Arc::new(Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([2; 32])))));
        let at = |name: &str| folder.path().join(name);
        let now: Arc<dyn Clock> = clock.clone();
        let log = SqliteLog::open(&at("events.db"), now.clone()).await.unwrap();
        let master = MasterKey::new([3; 32]);
        let vault = SqliteVault::open(&at("vault.db"), &master, now.clone(), ids.clone()).await.unwrap();
        let budgets = SqliteState::open(&at("state.db")).await.unwrap();
        let read = at("read.db");
        let read_models = ReadModels::open(&read, log.clone(), vault.clone(), keys.clone(), now.clone());
        let read_models = Box::pin(read_models).await.unwrap();
        let ports = Ports {
            log,
            vault,
            clock: now,
            ids,
            keys,
            budgets,
            once: MemoryParcels::new(),
            parcels: MemoryParcels::new(),
            lookups: read_models.clone(),
        };
        let limits = LimitsConfig { ip: 0, ip_sign_in: 0, token_requests };
        let web = Arc::new(WebState {
            use_cases: Arc::new(UseCases::new(ports, policy)),
            lists: Lists::new(read_models.clone()),
            config: WebConfig::default(),
            api: ApiState::default(),
            limits: Limits::new(&limits),
            background: Background::default(),
            sandbox: None,
            sandbox_chat: None,
            sms_hooks: None,
            metrics: Arc::new(|| "# metrics\n".to_owned()),
            readiness: Arc::new(Always),
        });
        let router = crate::router(Arc::clone(&web));
        let (owner, agent, auditor) = (String::new(), String::new(), String::new());
        let mut world = Self { web, clock, router, owner, agent, auditor, folder, read_models };
        world.owner = world.token("owner", Role::Owner, Some(Lifetime::from_days(30))).await.1;
        world.agent = world.token("agent", Role::Agent, None).await.1;
        world.auditor = world.token("auditor", Role::Auditor, None).await.1;
        world
    }

    /// The operator at the host.
    pub(super) fn operator(&self) -> Caller {
        let command = CommandId::from_uuid(self.web.use_cases.ports().ids.id());
        let authority = Authority::Role { role: Role::Owner, signed_in_at: None, confirmed: true, token: false };
        let actor = Actor::CommandLine("ops".to_owned());
        Caller { actor, origin: Origin::Cli, authority, command, correlation: command, fingerprint: None }
    }

    pub(super) async fn token(&self, name: &str, role: Role, expires_in: Option<Lifetime>) -> (TokenId, String) {
        let name = TokenName::parse(name).unwrap();
        let done = self.web.use_cases.create_token(&self.operator(), name, role, expires_in).await.unwrap();
        (done.value.id, done.value.token.unwrap().0)
    }

    /// Asks, and holds the answer against the document.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let answer = Answer { status: parts.status, headers: parts.headers, text };
        document::hold_against(&method, &path, &answer);
        answer
    }

    pub(super) async fn call(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.keyed(token, method, path, body, None).await
    }

    pub(super) async fn keyed(
        &self, token: &str, method: Method, path: &str, body: Option<Value>, key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call(&self.owner, Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(&self.owner, Method::POST, path, Some(body)).await
    }

    /// A contact in the portal; answers the id.
    pub(super) async fn contact(&self, name: &str, email: &str) -> String {
        let body = serde_json::json!({"name": name, "email": email, "phone": "+14155550100"});
        let contact = self.post("/contacts", body).await;
        assert_eq!(contact.status, StatusCode::CREATED, "{}", contact.text);
        let id = contact.json()["id"].as_str().unwrap().to_owned();
        let offering = serde_json::json!({"slug": "pricing", "kind": "course", "title": "Pricing"});
        assert_eq!(self.post("/offerings", offering).await.status, StatusCode::CREATED);
        let granted = self.call(&self.owner, Method::PUT, &format!("/contacts/{id}/grants/pricing"), None).await;
        assert_eq!(granted.status, StatusCode::OK, "{}", granted.text);
        id
    }

    /// Presses the button of a link, and waits until everybody knows.
    pub(super) async fn press(&self, link: &str) {
        self.press_and_leave(link).await;
        self.settle().await;
    }

    /// Presses the button of a link.
    pub(super) async fn press_and_leave(&self, link: &str) -> SignedIn {
        let client = Client { ip: Some([203, 0, 113, 7].into()), user_agent: "=Firefox, \"quoted\"".to_owned() };
        let request = PressRequest {
            link: link.parse().unwrap(),
            method: How::Link,
            nonce: "nonce".to_owned(),
            client,
            beside: None,
            previous: None,
        };
        self.web.use_cases.redeem(request).await.unwrap()
    }

    /// The provider says that a delivery went to a landline.
    pub(super) async fn fail(&self, link: &str, delivery: &str) {
        let (code, words) = ("30006".to_owned(), "the number is a landline".to_owned());
        self.report(link, delivery, Sending::Failed { code, words }).await;
    }

    /// The provider says this of a delivery.
    pub(super) async fn report(&self, link: &str, delivery: &str, outcome: Sending) {
        let report = Report { link: link.parse().unwrap(), delivery: delivery.parse().unwrap(), outcome };
        self.web.use_cases.report_delivery(report).await.unwrap();
    }

    /// Waits until the read models know all there is.
    pub(super) async fn settle(&self) {
        let head = self.web.use_cases.ports().log.head().await.unwrap();
        self.read_models.passed(head).await.unwrap();
    }
}
