//! What every sender promises.

use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::ports::Sending;
use uuid::Uuid;

use super::places::Place;

fn message(place: &impl Place, nth: u128) -> Message {
    let (to, subject) = match place.channel() {
        Channel::Sms => ("+14155550100", None),
        Channel::Email => ("ana@example.com", Some("Your link to Wörld & \"Co\"".to_owned())),
    };
    Message {
        delivery: DeliveryId::from_uuid(Uuid::from_u128(nth)),
        link: LinkId::from_uuid(Uuid::from_u128(1_000 + nth)),
        channel: place.channel(),
        to: to.to_owned(),
        subject,
        text: format!("Hello <b>Ana</b> & “friends” {nth}:\n\nhttps://portal.example.com/m/AQ-_\n"),
    }
}

fn assert_sent(sending: Option<Sending>) -> String {
    match sending {
        Some(Sending::Sent { provider_id }) => provider_id,
        other => panic!("not sent: {other:?}"),
    }
}

pub(crate) async fn what_is_sent_arrives_unchanged_and_once_per_attempt(place: &impl Place) {
    for nth in [1, 2] {
        assert!(!assert_sent(Some(place.sender().send(&message(place, nth)).await)).is_empty());
    }
    assert_eq!(place.arrived(), [message(place, 1), message(place, 2)]);
}

pub(crate) async fn it_serves_its_channel(place: &impl Place) {
    assert_eq!(place.sender().channel(), place.channel());
}

pub(crate) async fn a_delivery_is_found_by_its_id_and_no_other_is(place: &impl Place) {
    let sent = message(place, 1);
    assert_eq!(place.sender().look_up(sent.delivery).await, None);
    let first = assert_sent(Some(place.sender().send(&sent).await));
    assert_eq!(assert_sent(place.sender().look_up(sent.delivery).await), first);
    assert_eq!(place.sender().look_up(message(place, 2).delivery).await, None);
}

pub(crate) async fn everything_sent_at_once_arrives(place: &impl Place) {
    let messages: Vec<_> = (1..=20).map(|nth| message(place, nth)).collect();
    let (one, other) = messages.split_at(10);
    let send = |messages: Vec<Message>| async move {
        for message in &messages {
            assert_sent(Some(place.sender().send(message).await));
        }
    };
    tokio::join!(send(one.to_vec()), send(other.to_vec()));
    let mut arrived: Vec<_> = place.arrived().into_iter().map(|message| message.delivery).collect();
    arrived.sort_unstable();
    assert_eq!(arrived, messages.iter().map(|message| message.delivery).collect::<Vec<_>>());
}
