//! Histories that hold every kind of event, told in any order that keeps each stream's own.

use std::collections::VecDeque;

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Role;
use magiclink_domain::bulk::{BulkEvent, BulkStream, Plan, Segment, StoppedWhy, Words as BulkWords};
use magiclink_domain::claim::{ClaimEvent, ClaimStream};
use magiclink_domain::contact::{Admission, ContactEvent, NoticeOutcome, RenewedWhy};
use magiclink_domain::id::{BulkId, NoticeId, StaffId, SubjectId, TokenId};
use magiclink_domain::keys::{BlindIndex, KeyId};
use magiclink_domain::link::{
    CancelledWhy, Channel, Destination, EndedWhy, LinkEvent, LinkKind, LinkRevokedWhy, LinkSubject, OpenedBy, Refusal,
    Trial,
};
use magiclink_domain::log::{Position, StreamName};
use magiclink_domain::message::Words;
use magiclink_domain::number::{NumberEvent, NumberStream};
use magiclink_domain::offering::{OfferingEvent, OfferingKind, OfferingStream};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{Clock, Vault};
use magiclink_domain::settings::{SettingsEvent, SettingsStream};
use magiclink_domain::team::{ChatIds, ChatPlatform, StaffDetails, TeamEvent, TeamStream, TokenName};
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::{EmailAddress, Locale, Name, Reason, Tag, Title};
use uuid::Uuid;

use super::story::{changed_words, client, delivery, details, issued, opened, reason, redeemed, requested, slug};
use super::{World, contact, link, staff};

/// One event yet to be told.
pub(crate) enum Tale {
    Contact(u128, ContactEvent),
    /// Of the contact with this number, on the link with that one.
    Link(u128, u128, LinkEvent),
    Staffs(StaffId, LinkEvent),
    Team(StaffId, TeamEvent),
    Offering(&'static str, OfferingEvent),
    Settings(SettingsEvent),
    Number(u8, NumberEvent),
    Claim(u8, ClaimEvent),
    Bulk(u128, BulkEvent),
    /// The contact's key is destroyed.
    KeyLost(u128),
}

/// Every kind of event at least once, by stream.
pub(crate) fn streams(world: &World) -> Vec<VecDeque<Tale>> {
    let mut streams: Vec<VecDeque<Tale>> = (1..=5).map(|number| contacts(number, world)).collect();
    streams.extend((1..=13).map(|number| links(number, world)));
    streams.extend((1..=2).map(bulks));
    streams.push(team());
    streams.extend(["course-a", "group-b"].map(offerings));
    let settings = [
        SettingsEvent::IssuingStopped,
        SettingsEvent::RedeemingStopped,
        SettingsEvent::Resumed,
        changed_words("de", Some("{{link}}")),
        changed_words("fr", Some("{{link}}")),
        changed_words("de", None),
        SettingsEvent::RedeemingStopped,
    ];
    streams.push(settings.map(Tale::Settings).into());
    for number in 1..=3 {
        let (out, back) = (NumberEvent::SmsOptedOut, NumberEvent::SmsOptedIn);
        let mut tales = Vec::from([out, back, out, back].map(|event| Tale::Number(number, event)));
        tales.truncate(usize::from(number) + 1);
        streams.push(tales.into());
        let claimed = ClaimEvent::Claimed { contact: contact(1) };
        streams.push([claimed, ClaimEvent::Released].map(|event| Tale::Claim(number, event)).into());
    }
    streams
}

fn contacts(number: u128, world: &World) -> VecDeque<Tale> {
    let known = |text: &str| Personal::Known(details(text, "ana@example.com", "+14155550100", "crm-1"));
    let grant = |offering, until| ContactEvent::AccessGranted { offering: slug(offering), until };
    let renewed = |admission, why| ContactEvent::AdmissionsRenewed { admission: Admission(admission), why };
    let soon = Some(world.clock.now().plus(Lifetime::from_secs(20)));
    let revoked = |words| ContactEvent::AccessRevoked { offering: slug("course-a"), reason: words };
    let notice = NoticeId::from_uuid(Uuid::from_u128(number));
    let (to, at) = (Personal::Known("ana@example.org".to_owned()), world.clock.now());
    let asked = ContactEvent::NoticeRequested { notice, channel: Channel::Email, to, at };
    let (code, words) = ("503".to_owned(), "not now".to_owned());
    let postponed = ContactEvent::NoticePostponed { notice, until: at, code, words };
    let mut events = vec![
        ContactEvent::ContactAdded { details: known("Ana") },
        grant("course-a", soon),
        grant("group-b", None),
        ContactEvent::ContactDetailsChanged { details: known("Ana María") },
        revoked(Some(reason("left"))),
        grant("course-a", None),
        renewed(1, RenewedWhy::Readmitted),
        grant("course-a", soon),
        asked,
        ContactEvent::NoticeAttempted { notice, at },
        postponed,
        ContactEvent::NoticeSettled { notice, outcome: NoticeOutcome::Sent },
        ContactEvent::PortalPreviewed,
        grant("course-a", None),
        ContactEvent::SignInDisputed,
        renewed(2, RenewedWhy::SignedOutEverywhere),
    ];
    events.truncate(17 - usize::try_from(number).unwrap());
    let mut tales: VecDeque<_> = events.into_iter().map(|event| Tale::Contact(number, event)).collect();
    if number <= 2 {
        tales.push_back(Tale::Contact(number, renewed(3, RenewedWhy::Erasure)));
        tales.push_back(Tale::Contact(number, ContactEvent::ErasureRequested));
        tales.push_back(Tale::KeyLost(number));
        tales.push_back(Tale::Contact(number, ContactEvent::ContactErased));
    }
    tales
}

fn links(number: u128, world: &World) -> VecDeque<Tale> {
    let owner = number % 5 + 1;
    let at = |seconds| world.clock.now().plus(Lifetime::from_secs(seconds));
    if number == 13 {
        return staffs(world);
    }
    let (one, two) = (delivery(number * 10 + 1), delivery(number * 10 + 2));
    let admission = u32::try_from(number % 3).unwrap();
    let mut events = vec![
        issued(contact(owner), admission, at(60)),
        LinkEvent::LinkRevealed,
        requested(one),
        LinkEvent::DeliveryAttempted { delivery: one, attempt: 1, at: at(5) },
        LinkEvent::DeliveryUnknown { delivery: one },
        LinkEvent::LinkOpened { by: OpenedBy::Scanner, client: client() },
        opened(),
        requested(two),
        LinkEvent::DeliverySent { delivery: one, provider_id: "SM1".into() },
        LinkEvent::DeliveryConfirmed { delivery: one },
        LinkEvent::DeliveryPostponed { delivery: two, until: at(30), code: "429".into(), words: "too fast".into() },
        LinkEvent::DeliveryRequeued { delivery: two },
        redeemed(1, admission, at(10)),
        LinkEvent::SessionSeen { use_number: 1, at: at(20) },
        redeemed(2, admission, at(15)),
        LinkEvent::SessionEnded { use_number: 1, why: EndedWhy::SignedOut },
        LinkEvent::RedemptionRefused { why: Refusal::Used, client: client() },
    ];
    events.push(match number % 3 {
        0 => LinkEvent::DeliveryFailed { delivery: two, code: "30003".into(), words: "phone switched off".into() },
        1 => LinkEvent::DeliveryCancelled { delivery: two, why: CancelledWhy::LinkNotLive },
        _ => LinkEvent::DeliveryAttempted { delivery: two, attempt: 1, at: at(30) },
    });
    events.push(LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: Some(reason("a mistake")) });
    events.truncate(19 - usize::try_from(number % 4).unwrap() * 3);
    events.into_iter().map(|event| Tale::Link(owner, number, event)).collect()
}

fn staffs(world: &World) -> VecDeque<Tale> {
    let at = world.clock.now();
    let issued = LinkEvent::LinkIssued {
        subject: LinkSubject::Staff(staff(2)),
        destination: Destination::Home,
        kind: LinkKind::Invitation,
        expires_at: at.plus(Lifetime::NOW),
        max_uses: 1,
        key: KeyId(1),
        browser: None,
        reason: None,
    };
    let mut redeemed = redeemed(1, 0, at);
    if let LinkEvent::LinkRedeemed { admission, beside, .. } = &mut redeemed {
        (*admission, *beside) = (None, Some(staff(1)));
    }
    let words = Words { subject: None, text: "{{link}}".into() };
    let locale = Locale::parse("de").unwrap();
    let tried = LinkEvent::WordsTried(Trial { channel: Channel::Sms, locale, words });
    [issued, tried, redeemed].map(|event| Tale::Staffs(staff(2), event)).into()
}

fn team() -> VecDeque<Tale> {
    let known = |name: &str| StaffDetails {
        name: Name::parse(name).unwrap(),
        email: EmailAddress::parse("staff@example.com").unwrap(),
    };
    let token = |number| TokenId::from_uuid(Uuid::from_u128(number));
    let created = |number, made_by| TeamEvent::ApiTokenCreated {
        token: token(number),
        name: TokenName::parse("crm-sync").unwrap(),
        role: Role::Agent,
        secret_hash: [9; 32],
        expires_at: None,
        made_by,
    };
    let index = BlindIndex([7; 16]);
    let added = |number, details| TeamEvent::StaffAdded {
        staff: staff(number),
        role: Role::Agent,
        details,
        email_index: Some(index),
    };
    let ids = Personal::Known(ChatIds { workspace: "T1".into(), user: "U1".into() });
    [
        (1, added(1, None)),
        (
            1,
            TeamEvent::StaffDetailsChanged {
                staff: staff(1),
                details: Personal::Known(known("Olga")),
                email_index: index,
            },
        ),
        (2, added(2, Some(Personal::Known(known("Pedro"))))),
        (2, TeamEvent::RoleChanged { staff: staff(2), role: Role::Owner }),
        (2, created(1, Some(staff(2)))),
        (2, created(2, Some(staff(2)))),
        (1, created(3, None)),
        (2, TeamEvent::ChatConnected { staff: staff(2), platform: ChatPlatform::Slack, chat: index, ids }),
        (2, TeamEvent::ChatDisconnected { staff: staff(2), platform: ChatPlatform::Slack, chat: index }),
        (2, TeamEvent::ApiTokenRevoked { token: token(1) }),
        (2, TeamEvent::StaffRemoved { staff: staff(2), links_revoked: true }),
    ]
    .map(|(subject, event)| Tale::Team(staff(subject), event))
    .into()
}

fn offerings(name: &'static str) -> VecDeque<Tale> {
    let title = |text: &str| Title::parse(text).unwrap();
    [
        OfferingEvent::OfferingAdded { kind: OfferingKind::Group, title: title("Circle"), url: None },
        OfferingEvent::OfferingChanged { title: title("Founders Circle"), url: None },
        OfferingEvent::OfferingArchived,
    ]
    .map(|event| Tale::Offering(name, event))
    .into()
}

fn bulks(number: u128) -> VecDeque<Tale> {
    let words = BulkWords { tag: Some(Tag::parse("vip").unwrap()), reason: Reason::parse("launch").unwrap() };
    let plan = Plan {
        segment: Segment { never_signed_in: true, offering: Some(slug("course-a")), ..Segment::default() },
        channels: vec![Channel::Email, Channel::Sms],
        lifetime: Lifetime::WELCOME,
        destination: Destination::Home,
        messages: 3,
        words: (number == 1).then_some(Personal::Known(words)),
    };
    let skipped = |code: &str, who| BulkEvent::RecipientsSkipped { code: code.into(), contacts: vec![contact(who)] };
    let mut events = vec![
        BulkEvent::BulkStarted(plan),
        skipped("no_address", 5),
        BulkEvent::RecipientsListed { contacts: vec![contact(2), contact(3)] },
        BulkEvent::RecipientsListed { contacts: vec![contact(4)] },
        BulkEvent::BulkPaused,
        BulkEvent::BulkResumed,
        skipped("contact_erased", 2),
    ];
    events.push(if number == 1 { BulkEvent::BulkFinished } else { BulkEvent::BulkStopped { why: StoppedWhy::Asked } });
    events.into_iter().map(|event| Tale::Bulk(number, event)).collect()
}

/// Its id.
pub(crate) fn bulk(number: u128) -> BulkId {
    BulkId::from_uuid(Uuid::from_u128(0xB0_0000 + number))
}

impl World {
    /// Appends it. What would seal under a destroyed key is left out, as the use cases do.
    pub(crate) async fn tell(&self, tale: Tale) -> Option<Position> {
        let subject = |subject: SubjectId| async move { self.vault.create(subject).await.unwrap() };
        Some(match tale {
            Tale::Contact(number, event) => self.contact(contact(number), event).await,
            Tale::Link(owner, number, event) => {
                subject(contact(owner).into()).await?;
                // Links of contacts 2 to 4 are those that the first bulk send made.
                *self.part_of.lock().unwrap() = (6..=8).contains(&number).then(|| bulk(1).into());
                // Who presses is the contact.
                let pressed = matches!(event, LinkEvent::LinkRedeemed { .. } | LinkEvent::RedemptionRefused { .. });
                let others = self.actor.lock().unwrap().clone();
                if pressed {
                    *self.actor.lock().unwrap() = Actor::Contact(contact(owner));
                }
                let position = self.link(contact(owner), link(number), event).await;
                *self.actor.lock().unwrap() = others;
                position
            }
            Tale::Staffs(who, event) => {
                use magiclink_domain::link::LinkStream;
                self.append::<LinkStream>(&LinkStream::name(link(13)), Some(who.into()), event).await
            }
            Tale::Team(who, event) => self.append::<TeamStream>(&TeamStream::name(), Some(who.into()), event).await,
            Tale::Offering(name, event) => {
                self.append::<OfferingStream>(&OfferingStream::name(&slug(name)), None, event).await
            }
            Tale::Settings(event) => self.append::<SettingsStream>(&SettingsStream::name(), None, event).await,
            Tale::Number(number, event) => {
                self.append::<NumberStream>(&NumberStream::name(BlindIndex([number; 16])), None, event).await
            }
            Tale::Claim(number, event) => {
                let stream: StreamName = ClaimStream::name(BlindIndex([number; 16]));
                self.append::<ClaimStream>(&stream, None, event).await
            }
            Tale::Bulk(number, event) => {
                self.append::<BulkStream>(&BulkStream::name(bulk(number)), Some(bulk(number).into()), event).await
            }
            Tale::KeyLost(number) => {
                self.vault.destroy(contact(number).into()).await.unwrap();
                return None;
            }
        })
    }
}
