//! After an erasure no byte about the contact is left.

use magiclink_domain::contact::ContactEvent;
use magiclink_domain::id::NoticeId;
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::link::{Channel, LinkEvent, LinkRevokedWhy};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{Clock, KeySource, Lookups, Vault};
use magiclink_projections::{EMAIL, EXTERNAL_ID, HistoryFilter, PHONE, ReadModels};

use uuid::Uuid;

use crate::support::dump::{bytes, connect};
use crate::support::story::{delivery, details, opened, reason, requested};
use crate::support::{World, contact, link};

async fn live(world: &World, models: &ReadModels) {
    let ana = contact(1);
    world.add(ana, details("Ana López", "ana@example.com", "+14155550100", "crm-1")).await;
    let notice = |owner: u128, to: &str| ContactEvent::NoticeRequested {
        notice: NoticeId::from_uuid(Uuid::from_u128(owner)),
        channel: Channel::Email,
        to: Personal::Known(to.to_owned()),
        at: world.clock.now(),
    };
    world.contact(ana, notice(1, "ana@example.com")).await;
    let changed = details("Ana Zúñiga", "zuniga@example.com", "+14155550199", "crm-2");
    world.contact(ana, ContactEvent::ContactDetailsChanged { details: Personal::Known(changed) }).await;
    world.add(contact(2), details("Bob", "bob@example.com", "+14155550111", "crm-3")).await;
    world.contact(contact(2), notice(2, "robert@example.com")).await;
    for owner in [1, 2] {
        world.issue(contact(owner), link(owner), 0).await;
        world.link(contact(owner), link(owner), requested(delivery(owner))).await;
        world.link(contact(owner), link(owner), opened()).await;
        world.redeem(contact(owner), link(owner), 1, 0).await;
        let revoked = LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: Some(reason("lost phone")) };
        world.link(contact(owner), link(owner), revoked).await;
    }
    models.catch_up().await.unwrap();
}

/// Every sealed text and keyed hash that stands in the file about a contact.
async fn traces(world: &World) -> Vec<String> {
    let mut connection = connect(&world.path("read.db")).await;
    let mut traces = vec![];
    for sql in [
        "select details from contacts where details is not null",
        "select reason from links where reason is not null",
        "select target from deliveries where target is not null",
        "select client from sessions where client is not null",
        "select sealed from history where sealed is not null",
    ] {
        traces.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut connection).await.unwrap());
    }
    traces
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

#[tokio::test]
async fn erasure_leaves_no_byte_of_the_contact_and_every_byte_of_the_others() {
    let world = World::new();
    let models = world.open("read.db").await;
    live(&world, &models).await;
    for plain in ["ana@example.com", "robert@example.com"] {
        assert!(!holds(&bytes(&world.path("read.db")), plain), "{plain}");
    }
    let all = traces(&world).await;
    let keyring = world.keys.keyring();
    let index = |purpose, value| -> BlindIndex { keyring.blind_index(purpose, value) };
    let indexes = [index(EMAIL, "zuniga@example.com"), index(PHONE, "+14155550199"), index(EXTERNAL_ID, "crm-2")];
    let about_both = bytes(&world.path("read.db"));
    assert!(all.len() >= 14 && all.iter().all(|sealed| holds(&about_both, sealed)));
    assert!(indexes.iter().all(|index| holds(&about_both, &index.to_string())));

    let due = async || {
        let now = world.clock.now();
        let due = models.due_notices(Channel::Email, now, now, 10).await.unwrap();
        due.iter().map(|due| due.contact).collect::<Vec<_>>()
    };
    assert_eq!(due().await, [contact(1), contact(2)]);
    let requested = world.contact(contact(1), ContactEvent::ErasureRequested).await;
    models.passed(requested).await.unwrap();
    assert_eq!(due().await, [contact(2)], "nothing is left to be told, nor anybody to tell it to");
    let left = traces(&world).await;
    let gone: Vec<_> = all.iter().filter(|sealed| !left.contains(sealed)).collect();
    assert_eq!((gone.len(), left.len()), (all.len() / 2, all.len() / 2), "the other contact keeps everything");
    let after = bytes(&world.path("read.db"));
    for sealed in gone {
        let text = sealed.rsplit(' ').next().unwrap();
        assert!(!holds(&after, text), "{text}");
    }
    for index in indexes {
        assert!(!holds(&after, &index.to_string()));
    }
    models.close().await;
}

#[tokio::test]
async fn a_history_about_an_erased_contact_stays_without_the_person() {
    let world = World::new();
    let models = world.open("read.db").await;
    live(&world, &models).await;
    world.contact(contact(1), ContactEvent::ErasureRequested).await;
    world.vault.destroy(contact(1).into()).await.unwrap();
    let last = world.contact(contact(1), ContactEvent::ContactErased).await;
    models.passed(last).await.unwrap();
    let items = models.history(&HistoryFilter::of(contact(1)), None, 100).await.unwrap().items;
    assert_eq!(items.len(), 7);
    assert!(items.iter().all(|item| item.client.as_ref().is_none_or(|client| *client == Personal::Erased)));
    models.close().await;
}
