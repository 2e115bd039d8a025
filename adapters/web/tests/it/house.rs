//! A whole node on SQLite in a temporary folder, and browsers that visit it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use magiclink_delivery::Sandbox;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{CommandId, ContactId, LinkId, StaffId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::log::{EventStore, Position};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::policies::Deliver;
use magiclink_domain::ports::{Clock, KeySource, SandboxInbox, SandboxItem, Sender};
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, IssueRequest, Issued, NewContact, Policy, Ports, UseCases};
use magiclink_domain::value::{EmailAddress, Name, OfferingUrl, PhoneNumber, Slug, Title};
use magiclink_projections::ReadModels;
use magiclink_store::testing::{CountingIds, ManualClock};
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault};
use magiclink_web::http::limits::Limits;
use magiclink_web::{Background, LimitsConfig, Readiness, WebConfig, WebState, router};
use tower::ServiceExt as _;

pub(crate) const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";

pub(crate) struct House {
    pub(crate) web: Arc<WebState>,
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) sandbox: Arc<Sandbox>,
    router: Router,
    deliver: Deliver,
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
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(CountingIds::default());
        let (signing, naming) = ((KeyId(1), MacKey::new([1; 32])), MacKey::new([2; 32]));
        let keys: Arc<dyn KeySource> = Arc::new(Keys(Arc::new(Keyring::new(signing, [], naming))));
        let log = SqliteLog::open(&file("events.db"), clock.clone()).await.unwrap();
        let vault =
            SqliteVault::open(&file("vault.db"), &MasterKey::new([3; 32]), clock.clone(), ids.clone()).await.unwrap();
        let budgets = SqliteState::open(&file("state.db")).await.unwrap();
        let read_models =
            ReadModels::open(&file("read.db"), log.clone(), vault.clone(), keys.clone(), clock.clone()).await.unwrap();
        let ports =
            Ports { log: log.clone(), vault, clock: clock.clone(), ids, keys, budgets, lookups: read_models.clone() };
        let policy = change(Policy {
            base_url: config.base_url.as_str().to_owned(),
            portal_name: config.portal_name.clone(),
            channels: [Channel::Sms, Channel::Email].into(),
            ..Policy::default()
        });
        let use_cases = Arc::new(UseCases::new(ports, policy));
        let sandbox = Sandbox::new(clock.clone());
        let sender = |channel| Arc::new(sandbox.sender(channel)) as Arc<dyn Sender>;
        let web = Arc::new(WebState {
            use_cases: use_cases.clone(),
            read_models,
            limits: Limits::new(&config.limits),
            config,
            background: Background::default(),
            sandbox: Some(sandbox.clone()),
            metrics: Arc::new(String::new),
            readiness: Arc::new(Always),
        });
        Self {
            router: router(web.clone()),
            deliver: Deliver::new(use_cases, [sender(Channel::Sms), sender(Channel::Email)]),
            web,
            log,
            clock,
            sandbox,
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
        self.web.read_models.catch_up().await.unwrap();
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
        if self.use_cases().offering(&Slug::parse("pricing").unwrap()).await.is_err() {
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
        self.deliver.run().await.unwrap();
        let text = |item| match item {
            SandboxItem::Sent { message, .. } => Some(message.text),
            SandboxItem::Reply { .. } => None,
        };
        self.sandbox.items().into_iter().filter_map(text).collect()
    }

    /// Types of the events after a position.
    pub(crate) async fn events_after(&self, position: Position) -> Vec<String> {
        self.settle().await;
        let page = self.log.read_all(position, 1_000).await.unwrap();
        page.events.iter().map(|event| event.kind.to_string()).collect()
    }

    /// The stored data of the first event of a type (without version) after a position.
    pub(crate) async fn log_json(&self, position: Position, kind: &str) -> String {
        let page = self.log.read_all(position, 1_000).await.unwrap();
        let event = page.events.iter().find(|event| event.kind.to_string().starts_with(kind)).unwrap();
        String::from_utf8(event.data.to_vec()).unwrap()
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

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            house: self,
            cookies: BTreeMap::new(),
            headers: vec![("user-agent".into(), IPHONE.into())],
            peer: "203.0.113.7:4711".parse().unwrap(),
        }
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

/// A link as its recipient has it.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    pub(crate) path: String,
    pub(crate) code: String,
}

impl Link {
    fn of(issued: &Issued, base: &str) -> Self {
        let url = issued.url.as_ref().unwrap().0.clone();
        Self {
            id: issued.id,
            path: url.strip_prefix(base).unwrap().to_owned(),
            code: issued.code.as_ref().unwrap().0.clone(),
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The tag of the form that posts to `action`.
    pub(crate) fn tag(&self, action: &str) -> String {
        let form = format!(r#"action="{action}""#);
        let (_, rest) = self.body.split_once(&form).unwrap_or_else(|| panic!("no form to {action}: {}", self.body));
        let (_, rest) = rest.split_once(r#"name="form" value=""#).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Whether the page offers the form.
    pub(crate) fn offers(&self, action: &str) -> bool {
        self.body.contains(&format!(r#"action="{action}""#))
    }

    /// Status, every header and the body, as snapshots show them: without the page's style.
    pub(crate) fn shown(&self) -> String {
        cut(&format!("{}\n\n{}", self.head(), self.page()), "sha256-", "'")
    }

    /// The body without style and the hashes of style sheets.
    pub(crate) fn page(&self) -> String {
        cut(&cut(&self.body, "<style>", "</style>"), "/assets/", ".css")
    }

    /// Status and every header.
    pub(crate) fn head(&self) -> String {
        let mut lines: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        format!("{}\n{}", self.status, lines.join("\n"))
    }

    /// The words of the page, without markup, style and blank lines.
    pub(crate) fn words(&self) -> String {
        let page = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        let mut words = String::new();
        let mut inside = true;
        for letter in page.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                _ if !inside => words.push(letter),
                _ => {}
            }
        }
        let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .collect::<Vec<_>>()
            .join("\n")
            .replace("&#38;", "&")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
    }
}

/// The text with what stands between the first `from` and `to` after it left out.
fn cut(text: &str, from: &str, to: &str) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    let (_, after) = rest.split_once(to).unwrap();
    format!("{before}{from}…{to}{after}")
}

/// A browser: it keeps cookies and says where its requests come from.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    house: &'a House,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) peer: SocketAddr,
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], None).await
    }

    /// Posts the form of `page` that goes to `action`, with these fields filled in.
    pub(crate) async fn submit(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let tag = page.tag(action);
        let fields: Vec<_> = [("form", tag.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post(action, &fields).await
    }

    /// Posts these fields as one of our own pages would.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, &[("sec-fetch-site", "same-origin")], Some(fields)).await
    }

    pub(crate) async fn ask(
        &mut self, method: Method, path: &str, headers: &[(&str, &str)], fields: Option<&[(&str, &str)]>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(self.peer));
        request = request.header(header::HOST, "localhost:8080");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match fields {
            Some(fields) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                Body::from(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
            }
            None => Body::empty(),
        };
        let answer = self.house.send(request.body(body).unwrap()).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        self.house.settle().await;
        answer
    }
}
