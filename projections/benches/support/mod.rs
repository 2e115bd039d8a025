//! A log like a year of use: contacts imported and granted, links made, sent, opened and redeemed, interleaved.

use std::collections::VecDeque;
use std::sync::Arc;

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::contact::{Admission, ContactEvent, ContactStream, Details};
use magiclink_domain::id::{CommandId, ContactId, DeliveryId, EventId, LinkId, StaffId, SubjectId};
use magiclink_domain::keys::{KeyId, Keyring, MacKey};
use magiclink_domain::link::{
    Channel, Client, Destination, EndedWhy, LinkEvent, LinkKind, LinkStream, LinkSubject, Method, OpenedBy,
    SessionLimits,
};
use magiclink_domain::log::{EventStore, Expected, Metadata, NewEvent, StreamName};
use magiclink_domain::personal::{Personal, SubjectKey};
use magiclink_domain::ports::{KeySource, Vault};
use magiclink_domain::stream::Stream;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::value::{EmailAddress, ExternalId, Name, PhoneNumber, Slug};
use magiclink_domain::wire::Sealer;
use uuid::Uuid;

const FIRST: [&str; 24] = [
    "Ana", "Bob", "Chloé", "Dmitri", "Elif", "Fatima", "Giulia", "Håkon", "Ines", "Jörg", "Kwame", "Lena", "Maria",
    "Noor", "Olga", "Pedro", "Quentin", "Rosa", "Søren", "Tamara", "Uma", "Víctor", "Wei", "Zoë",
];
const LAST: [&str; 20] = [
    "Anderson",
    "Bianchi",
    "Costa",
    "Dubois",
    "Esposito",
    "Fernández",
    "García",
    "Hansen",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "López",
    "Müller",
    "Novák",
    "Okafor",
    "Petrović",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Weiß",
];

pub(crate) struct Keys(Arc<Keyring>);

impl Keys {
    pub(crate) fn new() -> Arc<Self> {
        let signing = (KeyId(1), MacKey::new([1; 32]));
        Arc::new(Self(Arc::new(Keyring::new(signing, [], MacKey::new([2; 32])))))
    }
}

impl KeySource for Keys {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.0)
    }
}

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % below
    }
}

pub(crate) fn contact(number: usize) -> ContactId {
    ContactId::from_uuid(CommandId::derive("bench", "contact", &number.to_string()).uuid())
}

pub(crate) fn link(number: usize) -> LinkId {
    LinkId::from_uuid(CommandId::derive("bench", "link", &number.to_string()).uuid())
}

pub(crate) fn details(number: usize) -> Details {
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()]);
    let email = format!("{}.{}{number}@example.com", &first[..1].to_lowercase(), last.to_lowercase());
    Details {
        name: Name::parse(&format!("{first} {last}")).unwrap(),
        email: Some(EmailAddress::stored(email)),
        phone: (!number.is_multiple_of(3))
            .then(|| PhoneNumber::stored(format!("+1415{:07}", number * 37 % 10_000_000))),
        locale: None,
        external_id: Some(ExternalId::parse(&format!("crm-{number:06}")).unwrap()),
        attributes: vec![("tags".into(), "newsletter, 2025".into())],
        row: None,
    }
}

/// What is yet to be appended to one stream, in pieces.
struct Story {
    stream: StreamName,
    subject: SubjectId,
    key: SubjectKey,
    version: Option<u64>,
    pieces: VecDeque<Vec<NewEvent>>,
}

pub(crate) struct Teller<'a> {
    pub(crate) vault: &'a dyn Vault,
    pub(crate) log: Arc<dyn EventStore>,
    pub(crate) dice: Dice,
    pub(crate) now: i64,
    /// Microseconds between two appends.
    pub(crate) step: i64,
    pub(crate) count: u64,
}

impl<'a> Teller<'a> {
    /// One who begins at `now` and has something to tell every second.
    pub(crate) fn new(vault: &'a dyn Vault, log: Arc<dyn EventStore>) -> Self {
        Self { vault, log, dice: Dice(42), now: 1_777_636_800_000_000, step: 1_000_000, count: 0 }
    }

    /// Appends the stories of `contacts` contacts and `links` links; answers how many events that were.
    pub(crate) async fn tell(mut self, contacts: usize, links: usize) -> u64 {
        let mut open: Vec<Story> = vec![];
        for number in 0..contacts + links {
            let story = if number < contacts { self.contact(number).await } else { self.link(number, contacts).await };
            open.push(story);
            // A few thousand links are alive at a time: their events lie far apart.
            if open.len() == 4_096 {
                self.go_on(&mut open, 512).await;
            }
        }
        while !open.is_empty() {
            self.go_on(&mut open, 512).await;
        }
        self.count
    }

    async fn go_on(&mut self, open: &mut Vec<Story>, count: usize) {
        let mut tasks = vec![];
        for _ in 0..count.min(open.len()) {
            let mut story = open.swap_remove(self.dice.roll(open.len()));
            let log = Arc::clone(&self.log);
            tasks.push(tokio::spawn(async move {
                let piece = story.pieces.pop_front().unwrap();
                let expected = story.version.map_or(Expected::NoStream, Expected::Exact);
                story.version = Some(log.append(&story.stream, expected, piece).await.unwrap().version);
                story
            }));
        }
        for task in tasks {
            let story = task.await.unwrap();
            if !story.pieces.is_empty() {
                open.push(story);
            }
        }
    }

    async fn contact(&mut self, number: usize) -> Story {
        let id = contact(number);
        let grant = |slug: &str| ContactEvent::AccessGranted { offering: Slug::parse(slug).unwrap(), until: None };
        let mut events =
            vec![ContactEvent::ContactAdded { details: Personal::Known(details(number)) }, grant("course-a")];
        if number.is_multiple_of(2) {
            events.push(grant("group-b"));
        }
        let key = self.vault.create(id.into()).await.unwrap().unwrap();
        let mut story =
            Story { stream: ContactStream::name(id), subject: id.into(), key, version: None, pieces: [].into() };
        self.piece::<ContactStream>(&mut story, &events);
        story
    }

    async fn link(&mut self, number: usize, contacts: usize) -> Story {
        let owner = contact(self.dice.roll(contacts));
        let id = link(number);
        let key = self.vault.create(owner.into()).await.unwrap().unwrap();
        let stream = LinkStream::name(id);
        let mut story = Story { stream, subject: owner.into(), key, version: None, pieces: [].into() };
        let delivery = DeliveryId::from_uuid(CommandId::derive("bench", "delivery", &number.to_string()).uuid());
        let client =
            || Personal::Known(Client { ip: Some("203.0.113.7".parse().unwrap()), user_agent: USER_AGENT.into() });
        let at = Timestamp::from_micros(self.now);
        let subject = LinkSubject::Contact { contact: owner, admission: Admission(0) };
        let issued = LinkEvent::LinkIssued {
            subject,
            destination: Destination::Home,
            kind: LinkKind::StaffMade,
            expires_at: at.plus(Lifetime::DAY),
            max_uses: 1,
            key: KeyId(1),
            browser: None,
            reason: None,
        };
        let to = Personal::Known("+14155550100".to_owned());
        let requested = LinkEvent::DeliveryRequested { delivery, channel: Channel::Sms, to };
        self.piece::<LinkStream>(&mut story, &[issued, requested]);
        self.piece::<LinkStream>(&mut story, &[LinkEvent::DeliveryAttempted { delivery, attempt: 1, at }]);
        if number.is_multiple_of(50) {
            let (code, words) = ("30003".to_owned(), "the phone is off or out of reach".to_owned());
            self.piece::<LinkStream>(&mut story, &[LinkEvent::DeliveryFailed { delivery, code, words }]);
            return story;
        }
        self.piece::<LinkStream>(
            &mut story,
            &[LinkEvent::DeliverySent { delivery, provider_id: "SM0123456789".into() }],
        );
        if number.is_multiple_of(10) {
            return story;
        }
        self.piece::<LinkStream>(&mut story, &[LinkEvent::LinkOpened { by: OpenedBy::Person, client: client() }]);
        let limits = SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) };
        let redeemed = LinkEvent::LinkRedeemed {
            use_number: 1,
            method: Method::Link,
            nonce: [1; 16],
            admission: Some(Admission(0)),
            at,
            limits,
            client: client(),
            beside: None,
        };
        self.piece::<LinkStream>(&mut story, &[redeemed]);
        if number.is_multiple_of(3) {
            self.piece::<LinkStream>(&mut story, &[LinkEvent::SessionSeen { use_number: 1, at }]);
            self.piece::<LinkStream>(
                &mut story,
                &[LinkEvent::SessionEnded { use_number: 1, why: EndedWhy::SignedOut }],
            );
        }
        story
    }

    fn piece<S: Stream>(&mut self, story: &mut Story, events: &[S::Event]) {
        self.now += self.step;
        let command = CommandId::from_uuid(Uuid::from_u128(u128::from(self.count) << 64 | 7));
        let meta = Metadata {
            at: Timestamp::from_micros(self.now),
            actor: Actor::Staff(StaffId::from_uuid(Uuid::from_u128(42))),
            origin: Origin::Console,
            command,
            correlation: command,
            fingerprint: None,
            subject: Some(story.subject),
        };
        let meta = meta.encode().unwrap();
        let mut piece = vec![];
        for event in events {
            self.count += 1;
            let id = EventId::from_uuid(Uuid::from_u128(self.count.into()));
            let mut nonce = [0; 12];
            nonce[..8].copy_from_slice(&self.count.to_be_bytes());
            let encoded = S::encode(event, &Sealer { event: id, key: Some(&story.key), nonce }).unwrap();
            piece.push(NewEvent { id, kind: encoded.kind, data: encoded.data, meta: meta.clone() });
        }
        story.pieces.push_back(piece);
    }
}

const USER_AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                          Version/18.1 Mobile/15E148 Safari/604.1";
