//! What every sender promises.

use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Message, Span};
use magiclink_domain::ports::{Look, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use uuid::Uuid;

use super::places::{Arrived, Place};

fn message(place: &impl Place, nth: u128) -> Message {
    let (to, subject) = match place.channel() {
        Channel::Sms => ("+14155550100", None),
        Channel::Email => ("ana@example.com", Some("Your link to Wörld & \"Co\"".to_owned())),
    };
    Message {
        delivery: DeliveryId::from_uuid(Uuid::from_u128(nth)),
        link: Some(LinkId::from_uuid(Uuid::from_u128(1_000 + nth))),
        channel: place.channel(),
        to: to.to_owned(),
        subject,
        paragraphs: vec![
            vec![Span::Text(format!("Hello <b>Ana</b> & “friends” {nth}:"))],
            vec![Span::Link(format!("https://portal.example.com/m/AQ-_{nth}"))],
        ],
        language: "en".to_owned(),
        valid_for: Lifetime::DAY,
    }
}

#[track_caller]
fn assert_sent(sending: Sending) -> String {
    let Sending::Sent { provider_id } = sending else { panic!("not sent: {sending:?}") };
    provider_id
}

pub(crate) async fn what_is_sent_arrives_unchanged_and_once_per_attempt(place: &impl Place) {
    for nth in [1, 2] {
        assert!(!assert_sent(place.sender().send(&message(place, nth)).await).is_empty());
    }
    assert_eq!(place.arrived(), [1, 2].map(|nth| Arrived::of(&message(place, nth))));
}

pub(crate) async fn it_serves_its_channel(place: &impl Place) {
    assert_eq!(place.sender().channel(), place.channel());
}

pub(crate) async fn a_delivery_is_found_by_its_id_and_no_other_is(place: &impl Place) {
    let sent = message(place, 1);
    let since = Timestamp::default();
    assert_eq!(place.sender().look_up(&sent, since).await, Look::Absent);
    let first = place.sender().send(&sent).await;
    assert_eq!(place.sender().look_up(&sent, since).await, Look::Found(first));
    assert_eq!(place.sender().look_up(&message(place, 2), since).await, Look::Absent);
}

pub(crate) async fn everything_sent_at_once_arrives(place: &impl Place) {
    let messages: Vec<_> = (1..=20).map(|nth| message(place, nth)).collect();
    let (one, other) = messages.split_at(10);
    let send = |messages: Vec<Message>| async move {
        for message in &messages {
            assert_sent(place.sender().send(message).await);
        }
    };
    tokio::join!(send(one.to_vec()), send(other.to_vec()));
    let (mut arrived, mut sent) = (place.arrived(), messages.iter().map(Arrived::of).collect::<Vec<_>>());
    arrived.sort_unstable();
    sent.sort_unstable();
    assert_eq!(arrived, sent);
}

pub(crate) async fn it_can_be_checked_without_sending_anything(place: &impl Place) {
    assert!(!place.sender().check().await.unwrap().is_empty());
    assert!(place.arrived().is_empty());
}
