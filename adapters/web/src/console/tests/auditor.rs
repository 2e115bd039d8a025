//! What an auditor sees of deliveries, and what they can do about them: nothing.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::policies::Deliver;
use magiclink_domain::ports::{Look, Pace, Sender, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};

use super::world::World;

/// A provider with whom every message ends alike.
struct Provider(Sending);

#[async_trait]
impl Sender for Provider {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, per_second: 1 }
    }

    async fn send(&self, _: &Message) -> Sending {
        self.0.clone()
    }

    async fn look_up(&self, _: &Message, _: Timestamp) -> Look {
        Look::Absent
    }

    async fn check(&self) -> Result<String, String> {
        Ok("there".to_owned())
    }
}

#[tokio::test]
async fn an_auditor_sees_what_failed_and_no_way_to_send_it_again_and_is_refused_it() {
    let failed = Sending::Failed { code: "550".to_owned(), words: "no such mailbox".to_owned() };
    for (outcome, said) in [(failed, "no such mailbox (550)"), (Sending::Unknown, "Maybe sent")] {
        let world = World::new().await;
        let (contact, issued) = world.member("Ana Good").await;
        let delivery = world.send(issued.id, Channel::Email).await;
        world.settle().await;
        let provider = Arc::new(Provider(outcome));
        let deliver = Deliver::new(Arc::clone(&world.web.use_cases), [provider as _], Lifetime::from_mins(1));
        for due in deliver.due(Channel::Email, 1).await.unwrap() {
            deliver.make(due).await.unwrap();
        }
        world.settle().await;
        let (mut agent, mut auditor) = (world.signed_in(Role::Agent).await, world.signed_in(Role::Auditor).await);
        let at = format!("/console/links/{}", issued.id);
        for path in ["/console", &at, &format!("/console/contacts/{contact}")] {
            let (agents, auditors) = (agent.get(path).await.body, auditor.get(path).await.body);
            assert!(agents.contains(said) && auditors.contains(said), "{path}: {auditors}");
            assert!(agents.contains(&format!("action=\"{at}/")), "{path}");
            assert!(!auditors.contains(&format!("action=\"{at}/")) && !auditors.contains("Send again"), "{path}");
            assert!(!auditors.to_lowercase().contains("call and read"), "{path}: advice is for who can follow it");
        }
        assert!(agent.get(&at).await.body.contains("Send again"));
        let tag = world.web.use_cases.ports().keys.keyring().form_tag(&auditor.nonce(), &format!("{at}/retry"));
        let form = [("form", tag), ("command", "1".to_owned()), ("delivery", delivery.to_string())];
        let form = form.map(|(name, value)| (name.to_owned(), value));
        let refused = auditor.post(&format!("{at}/retry"), &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(world.count("link.delivery_requeued.v1").await, 0);
    }
}
