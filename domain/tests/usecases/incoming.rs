//! Text messages that phones send to us.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::link::{Channel, LinkEvent, LinkKind};
use magiclink_domain::log::{EventStore, Metadata, Position};
use magiclink_domain::number::{Keyword, LoginKeyword};
use magiclink_domain::ports::{IncomingSms, Limit};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{IssueRequest, Policy, UseCases};
use magiclink_domain::value::Country;

use crate::support::{Fault, World, everything, owner, refused, request};

const ANA: &str = "+14155550100";
const NEUTRAL: &str = "Client portal: nobody reads this number. If yours is on file with us, text LOGIN for a sign-in \
     link, else ask whoever invited you. STOP ends messages.";

fn sms(id: &str, from: &str, text: &str) -> IncomingSms {
    IncomingSms { id: id.to_owned(), from: from.to_owned(), text: text.to_owned(), understood: None }
}

async fn hear(node: &UseCases, id: &str, from: &str, text: &str) -> Option<String> {
    node.receive_sms(&sms(id, from, text)).await.unwrap()
}

fn by_sms(request: IssueRequest) -> IssueRequest {
    IssueRequest { deliver: vec![Channel::Sms], ..request }
}

async fn links_and_sendings(world: &World) -> (usize, usize) {
    (world.count("link.issued.v1").await, world.count("link.delivery_requested.v1").await)
}

#[tokio::test]
async fn stop_opts_the_number_out_at_once_and_start_opts_it_in_again() {
    let world = World::new().await;
    let ana = world.phone_member(ANA).await;
    for (nth, text) in ["STOP", "stop", "Stop!", "Unsubscribe.", "opt-out", "\"CANCEL\""].into_iter().enumerate() {
        assert_eq!(hear(&world.node, &format!("out {nth}"), ANA, text).await, None);
        let issue = world.another_node().issue_link(&owner(&format!("no {nth}")), by_sms(request(ana))).await;
        assert_eq!(refused(issue), Rejection::SmsOptedOut, "{text}");
        assert_eq!(hear(&world.node, &format!("in {nth}"), ANA, "Start").await, None);
    }
    assert!(world.node.issue_link(&owner("yes"), by_sms(request(ana))).await.is_ok());
}

#[tokio::test]
async fn a_word_that_the_vendor_alone_knows_opts_out_too() {
    let world = World::new().await;
    let parar = IncomingSms { understood: Some(Keyword::Stop), ..sms("1", ANA, "PARAR") };
    assert_eq!(world.node.receive_sms(&parar).await.unwrap(), None);
    assert_eq!(world.count("number.sms_opted_out.v1").await, 1);
    // Whatever the vendor took it for: who says STOP means it.
    let stop = IncomingSms { understood: Some(Keyword::Start), ..sms("2", "+14155550101", "STOP") };
    world.node.receive_sms(&stop).await.unwrap();
    assert_eq!(world.count("number.sms_opted_out.v1").await, 2);
}

#[tokio::test]
async fn the_same_message_handed_over_twice_acts_once() {
    let world = World::new().await;
    world.phone_member(ANA).await;
    hear(&world.node, "out", ANA, "STOP").await;
    hear(&world.node, "in", ANA, "START").await;
    hear(&world.another_node(), "out", ANA, "STOP").await;
    assert_eq!((world.count("number.sms_opted_out.v1").await, world.count("number.sms_opted_in.v1").await), (1, 1));
    for node in [&world.node, &world.another_node()] {
        for _ in 0..3 {
            assert_eq!(hear(node, "login", ANA, "LOGIN").await, None);
            world.clock.advance(Lifetime::from_mins(2));
        }
    }
    world.clock.advance(Lifetime::NOW);
    assert_eq!(hear(&world.node, "login", ANA, "LOGIN").await, None);
    assert_eq!(links_and_sendings(&world).await, (1, 1));
}

#[tokio::test]
async fn the_keyword_is_answered_with_a_link_that_came_by_text_message() {
    let world = World::new().await;
    let ana = world.phone_member(ANA).await;
    assert_eq!(hear(&world.node, "1", "+1 (415) 555-0100", " login! ").await, None);
    let own = |event: &LinkEvent| matches!(event, LinkEvent::LinkIssued { kind: LinkKind::SelfService, .. });
    assert!(world.links().await.iter().any(|(_, event)| own(event)));
    let events = world.log.read_all(Position::START, 1_000).await.unwrap().events;
    let issued = events.iter().find(|event| event.kind == "link.issued.v1").unwrap();
    let meta = Metadata::decode(&issued.meta).unwrap();
    assert_eq!((meta.actor, meta.origin), (Actor::Contact(ana), Origin::Sms));
}

#[tokio::test]
async fn asking_again_sends_the_live_link_again_once_a_minute_and_says_nothing() {
    let world = World::new().await;
    world.phone_member(ANA).await;
    for id in ["1", "2"] {
        assert_eq!(hear(&world.node, id, ANA, "LOGIN").await, None);
    }
    assert_eq!(links_and_sendings(&world).await, (1, 1));
    world.clock.advance(Lifetime::from_mins(1));
    assert_eq!(hear(&world.node, "3", ANA, "LOGIN").await, None);
    assert_eq!(links_and_sendings(&world).await, (1, 2));
}

#[tokio::test]
async fn three_contacts_at_one_number_get_a_link_each_and_a_fourth_does_not_however_often_it_is_asked() {
    for sharers in [3, 4, 6] {
        let world = World::new().await;
        for _ in 0..sharers {
            world.phone_member(ANA).await;
        }
        for id in ["1", "1", "2"] {
            assert_eq!(hear(&world.node, id, ANA, "LOGIN").await, None);
        }
        assert_eq!(links_and_sendings(&world).await, (3, 3), "{sharers}");
    }
}

#[tokio::test]
async fn what_a_fault_interrupted_is_completed_when_the_message_is_handed_over_again() {
    for (text, kind) in [("STOP", "number.sms_opted_out.v1"), ("LOGIN", "link.issued.v1")] {
        for fault in Fault::ALL {
            let world = World::new().await;
            world.phone_member(ANA).await;
            world.log.fail_next(kind, fault);
            let first = world.node.receive_sms(&sms("1", ANA, text)).await;
            assert!(world.log.has_failed());
            if matches!(fault, Fault::Unavailable | Fault::DiedAfter) {
                assert!(first.unwrap_err().rejection().is_none(), "{text} {fault:?}: the vendor is to try again");
            }
            assert_eq!(hear(&world.node, "1", ANA, text).await, None);
            assert_eq!(world.count(kind).await, 1, "{text} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_stranger_gets_one_neutral_answer_a_day_whatever_they_write() {
    let world = World::new().await;
    world.phone_member(ANA).await;
    for (nth, text) in ["LOGIN", "hello?", "", "</Message><Redirect>http://evil.example</Redirect>"].iter().enumerate()
    {
        let from = format!("+1415666010{nth}");
        assert_eq!(hear(&world.node, &format!("{nth} a"), &from, text).await.as_deref(), Some(NEUTRAL));
        assert_eq!(hear(&world.node, &format!("{nth} b"), &from, text).await, None, "the second that day");
        assert_eq!(hear(&world.node, &format!("{nth} c"), &from, "LOGIN").await, None, "and another text");
    }
    world.clock.advance(Lifetime::from_days(1));
    assert_eq!(hear(&world.node, "d", "+14156660100", "LOGIN").await.as_deref(), Some(NEUTRAL));
    assert_eq!(links_and_sendings(&world).await, (0, 0));
}

#[tokio::test]
async fn a_text_that_is_no_keyword_gets_the_same_answer_from_a_known_number() {
    let world = World::new().await;
    world.phone_member(ANA).await;
    assert_eq!(hear(&world.node, "1", ANA, "thanks!").await.as_deref(), Some(NEUTRAL));
    assert_eq!(links_and_sendings(&world).await, (0, 0));
}

#[tokio::test]
async fn who_is_not_in_the_portal_gets_the_answer_of_a_stranger() {
    let world = World::new().await;
    let ana = world.phone_member(ANA).await;
    let slug = magiclink_domain::value::Slug::parse("alumni").unwrap();
    world.node.revoke_access(&owner("revoke"), ana, slug, None).await.unwrap();
    assert_eq!(hear(&world.node, "1", ANA, "LOGIN").await.as_deref(), Some(NEUTRAL));
    assert_eq!(links_and_sendings(&world).await, (0, 0));
}

#[tokio::test]
async fn strangers_get_a_hundred_answers_a_day_all_together_and_fifty_an_hour_from_one_range() {
    let everywhere =
        Policy { sms_per_prefix: Limit { most: 1_000, per: Lifetime::from_hours(1) }, ..Policy::default() };
    for (policy, most) in [(everywhere, 100), (Policy::default(), 50)] {
        let world = World::with(policy).await;
        let mut answered = 0;
        for nth in 0..110 {
            let from = format!("+1415555{:04}", 1_000 + nth);
            answered += usize::from(hear(&world.node, &nth.to_string(), &from, "hi").await.is_some());
        }
        assert_eq!(answered, most);
    }
}

#[tokio::test]
async fn answers_count_as_text_messages_of_the_day() {
    let world = World::with(Policy { sms_per_day: 1, ..Policy::default() }).await;
    assert!(hear(&world.node, "1", "+14155550101", "hi").await.is_some());
    assert_eq!(hear(&world.node, "2", "+12125550102", "hi").await, None);
}

#[tokio::test]
async fn where_budgets_can_not_be_asked_nobody_is_answered() {
    let world = World::new().await;
    let node = world.node_without_budgets();
    for text in ["hi", "HELP"] {
        assert_eq!(hear(&node, text, ANA, text).await, None);
    }
    world.phone_member(ANA).await;
    assert!(node.receive_sms(&sms("1", ANA, "LOGIN")).await.is_err(), "the vendor is to try again");
    assert_eq!(links_and_sendings(&world).await, (0, 0));
}

#[tokio::test]
async fn a_number_that_opted_out_gets_no_answer_and_no_link() {
    let world = World::new().await;
    world.phone_member(ANA).await;
    hear(&world.node, "1", ANA, "STOP").await;
    for text in ["LOGIN", "HELP", "hello?"] {
        assert_eq!(hear(&world.node, text, ANA, text).await, None, "{text}");
    }
    assert_eq!(links_and_sendings(&world).await, (0, 0));
    hear(&world.node, "2", ANA, "START").await;
    assert!(hear(&world.node, "3", ANA, "HELP").await.is_some());
}

#[tokio::test]
async fn help_is_answered_three_times_a_day_unless_the_vendor_did() {
    let support = Some("help@example.com".to_owned());
    let world = World::with(Policy { support_contact: support, ..Policy::default() }).await;
    let by_vendor = IncomingSms { understood: Some(Keyword::Help), ..sms("0", ANA, "HELP") };
    assert_eq!(world.node.receive_sms(&by_vendor).await.unwrap(), None);
    let said = "Client portal: text LOGIN for a sign-in link, STOP for no more messages. Help: help@example.com.";
    for id in ["1", "2", "3"] {
        assert_eq!(hear(&world.node, id, ANA, "help?").await.as_deref(), Some(said));
    }
    assert_eq!(hear(&world.node, "4", ANA, "INFO").await, None);
}

#[tokio::test]
async fn a_sender_that_is_no_phone_number_is_ignored() {
    let world = World::new().await;
    for from in ["12345", "", "ACME", "+1", "whatsapp:+14155550100", "+14155550100;ext=1"] {
        for text in ["STOP", "LOGIN", "hello", "HELP"] {
            assert_eq!(hear(&world.node, &format!("{from} {text}"), from, text).await, None, "{from} {text}");
        }
    }
    assert_eq!(world.history().await.len(), 0);
}

#[tokio::test]
async fn numbers_that_may_not_get_text_messages_get_no_answer_but_can_opt_out() {
    let us = Some(vec![Country::parse("US").unwrap()]);
    let world = World::with(Policy { sms_countries: us, ..everything() }).await;
    for from in ["+447400123456", "+18765231234", "+19002345678"] {
        world.phone_member(from).await;
        for text in ["LOGIN", "hello", "HELP"] {
            assert_eq!(hear(&world.node, &format!("{from} {text}"), from, text).await, None, "{from} {text}");
        }
        hear(&world.node, from, from, "STOP").await;
    }
    assert_eq!(links_and_sendings(&world).await, (0, 0));
    assert_eq!(world.count("number.sms_opted_out.v1").await, 3);
}

#[tokio::test]
async fn another_keyword_takes_the_place_of_login() {
    let sms_keyword = LoginKeyword::parse("zugang").unwrap();
    let world = World::with(Policy { sms_keyword, ..everything() }).await;
    world.phone_member(ANA).await;
    let answer = hear(&world.node, "1", ANA, "LOGIN").await.unwrap();
    assert!(answer.contains("text ZUGANG for a sign-in link"), "{answer}");
    assert_eq!(hear(&world.node, "2", ANA, "Zugang").await, None);
    assert_eq!(links_and_sendings(&world).await, (1, 1));
}
