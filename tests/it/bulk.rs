//! Inviting many, with the real binary: looked at, confirmed, and killed on the way.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{Place, Server, text};

/// More than may wait for a provider at a time.
const CONTACTS: u64 = 230;
const KILLS: u64 = 6;

/// A place with contacts in the portal; every tenth has a phone number alone, and one more has left.
fn place() -> Place {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__LEVEL", "error".to_owned()));
    place.import_offerings();
    let mut rows = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    for number in 0..CONTACTS {
        let email = if number % 10 == 0 { String::new() } else { format!("c{number}@example.com") };
        writeln!(rows, "crm-{number},Ana,Good,{email},+1201550{number:04},US,en,alumni,customer;2026,").unwrap();
    }
    rows.push_str("crm-out,Bo,Gone,bo@example.com,,US,en,,customer,\n");
    let file = place.path().join("contacts.csv");
    std::fs::write(&file, rows).unwrap();
    place.run(&["import", "contacts", file.to_str().unwrap()]).ok();
    place
}

async fn events(server: &Server, token: &str) -> Vec<Value> {
    let (client, mut all, mut after) = (Client::new(), vec![], 0);
    loop {
        let url = format!("{}/api/v1/events?after={after}&limit=200", server.base);
        let page: Value = client.get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        let Some(last) = items.last() else { return all };
        after = last["position"].as_u64().unwrap();
        all.extend(items.iter().cloned());
    }
}

#[tokio::test]
async fn everybody_gets_one_link_and_one_message_however_often_the_server_is_killed() {
    let place = place();
    let token = place.token("reader", "owner");
    let mut server = place.serve();
    let invite = ["link", "issue", "--all-uninvited", "--send", "email,sms", "--for", "7d", "--reason", "launch"];
    let with = |more: &[&'static str]| invite.iter().chain(more).copied().collect::<Vec<_>>();
    let look = place.json(&with(&["--dry-run"]));
    assert_eq!((&look["contacts"], &look["messages"]), (&json!(CONTACTS), &json!(CONTACTS)), "{look}");
    assert_eq!(look["channels"], json!({ "email": 207, "sms": 23 }));
    assert_eq!(look["sms_segments"], 23);
    let asked = place.run(&invite).refused(1);
    assert!(asked.contains("230 messages would be sent: say so with --yes"), "{asked}");
    let fewer = place.run(&with(&["--messages", "229"])).refused(1);
    assert!(fewer.contains("230 messages would be sent now, not 229"), "{fewer}");
    let bulk = text(&place.json(&with(&["--messages", "230"])), "id");
    for round in 0..KILLS {
        // Another moment in every round, by a rule that can be repeated.
        tokio::time::sleep(Duration::from_millis(20 + round * 37 % 90)).await;
        server.kill();
        server = place.serve();
    }
    let begun = std::time::Instant::now();
    let done = loop {
        let shown = place.json(&["bulk", "show", &bulk]);
        let waits = ["queued", "sending", "waiting"].iter().any(|word| shown["results"].get(word).is_some());
        if shown["state"] == "finished" && !waits {
            break shown;
        }
        assert!(begun.elapsed() < Duration::from_secs(150), "{}", shown["results"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(done["recipients"].as_array().unwrap().len() as u64, CONTACTS);
    let (mut links, mut sent) = (BTreeMap::new(), BTreeMap::new());
    for event in events(&server, &token).await {
        let stream = text(&event, "stream");
        match event["type"].as_str().unwrap() {
            // The owner's invitation is no contact's.
            "link.issued.v1" if event["data"]["contact"].is_null() => {}
            "link.issued.v1" => *links.entry(text(&event["data"], "contact")).or_insert(0) += 1,
            "link.delivery_requested.v1" => *sent.entry(stream).or_insert(0) += 1,
            _ => {}
        }
    }
    assert_eq!((links.len() as u64, sent.len() as u64), (CONTACTS, CONTACTS));
    assert!(links.values().chain(sent.values()).all(|times| *times == 1), "{links:?} {sent:?}");
    let csv = place.run(&["bulk", "show", &bulk, "--format", "csv"]).ok();
    assert_eq!(csv.lines().count() as u64, CONTACTS + 1);
    assert!(place.run(&["bulk", "list"]).ok().contains("230 of 230"));
    assert!(server.stop().success());
}

#[test]
fn what_can_not_be_done_for_many_is_said() {
    let place = place();
    let refused = place.run(&["link", "issue", "--all-uninvited", "--send", "email", "--yes"]).refused(1);
    assert!(refused.contains("no provider is configured for email"), "{refused}");
    for words in [
        &["link", "issue", "ana@example.com", "--all-uninvited", "--send", "email"][..],
        &["link", "issue", "--send", "email"],
        &["link", "issue", "ana@example.com", "--dry-run"],
        &["bulk", "show", "x"],
    ] {
        assert_eq!(place.run(words).code, Some(2), "{words:?}");
    }
    let nothing = "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d";
    assert!(place.run(&["bulk", "pause", nothing]).refused(1).contains("no such bulk send"));
}
