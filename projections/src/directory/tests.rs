//! Ranking and hostile queries.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::personal::Personal;
use magiclink_domain::value::{EmailAddress, ExternalId, Name, PhoneNumber};
use uuid::Uuid;

use super::outline::Outline;
use super::{Change, Directory};

fn contact(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(number))
}

fn details(name: &str, email: &str, phone: &str, external_id: &str) -> Details {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Details {
        name: Name::parse(name).unwrap(),
        email: given(email).map(EmailAddress::stored),
        phone: given(phone).map(PhoneNumber::stored),
        locale: None,
        external_id: given(external_id).map(ExternalId::stored),
        attributes: vec![],
        row: None,
    }
}

fn directory() -> Directory {
    let people = [
        details("Ana", "zoe@example.com", "", "crm-1"),
        details("Ana María López", "ana@example.com", "+14155550100", "crm-2"),
        details("Susana Ortiz", "ortiz@example.com", "+4917112345678", "crm-3"),
        details("Maria Ana Weiß", "weiss@example.com", "+14155550199", "50%_off"),
        details("Zed O'Neill \"Q\"", "zed.ana@example.com", "+442079460958", "100"),
        details("桂香 胡", "hu@example.com", "", "crm-1000"),
    ];
    let directory = Directory::loading();
    let rows = (1..).zip(&people).map(|(n, details)| Change::of(contact(n), &Personal::Known(details.clone())));
    directory.load(rows.collect());
    directory.loaded();
    directory
}

fn found(query: &str) -> Vec<u128> {
    directory().search(query, 10).into_iter().map(|contact| contact.uuid().as_u128()).collect()
}

#[test]
fn a_whole_field_goes_before_its_start_before_a_word_before_a_part() {
    assert_eq!(found("ana"), [1, 2, 4, 5, 3]);
}

#[test]
fn equal_matches_are_listed_by_name() {
    assert_eq!(found("example.com"), [1, 2, 4, 3, 5, 6]);
}

#[test]
fn the_best_few_are_the_best_of_all() {
    let directory = directory();
    let all = directory.search("an", 10);
    for limit in 0..=all.len() {
        assert_eq!(directory.search("an", limit), all[..limit], "{limit}");
    }
}

#[test]
fn every_word_must_be_found_in_any_order_and_the_phrase_comes_first() {
    assert_eq!(found("maria ana"), [4, 2]);
    assert_eq!(found("ana maria"), [2, 4]);
    assert_eq!(found("ana ortiz"), [3]);
    assert!(found("ana nobody").is_empty());
}

#[test]
fn case_accents_and_scripts_do_not_stand_in_the_way() {
    assert_eq!(found("LÓPEZ"), [2]);
    assert_eq!(found("weiss"), [4]);
    assert_eq!(found("WEIẞ"), [4]);
    assert_eq!(found("胡"), [6]);
    assert_eq!(found("o’neill"), [5]);
}

#[test]
fn a_phone_number_is_found_in_any_spelling() {
    for spelling in ["+1 (415) 555-0100", "001 415 555 0100", "415.555.0100", "4155550100", "(415) 555 0100"] {
        assert_eq!(found(spelling), [2], "{spelling}");
    }
    for spelling in ["0171 12345678", "+49 171 1234 5678", "0049 171/12345678", "susana 0049-171"] {
        assert_eq!(found(spelling), [3], "{spelling}");
    }
    assert_eq!(found("415555"), [2, 4]);
}

#[test]
fn an_external_id_is_found_whole_first() {
    assert_eq!(found("crm-1"), [1, 6]);
    assert_eq!(found("100"), [5, 6, 2]);
}

#[test]
fn hostile_queries_find_only_what_they_spell() {
    assert_eq!(found("%"), [4]);
    assert_eq!(found("_"), [4]);
    assert_eq!(found("\"q\""), [5]);
    assert_eq!(found("'"), [5]);
    for query in ["", "   ", "\u{0}", "\u{1}\u{5}", "' or 1=1 --", "\\", "%%", "*", "\u{301}"] {
        assert!(found(query).is_empty(), "{query:?}");
    }
    assert!(found(&"a".repeat(100_000)).is_empty());
    assert!(found(&"a ".repeat(10_000)).len() <= 6);
}

#[test]
fn changes_replace_and_the_gone_are_not_found() {
    let directory = directory();
    let changed = details("Bea", "bea@example.com", "", "");
    directory.apply(vec![
        Change::of(contact(2), &Personal::Known(changed)),
        Change::Gone(contact(4)),
        Change::of(contact(5), &Personal::Erased),
    ]);
    assert!(directory.search("lópez", 10).is_empty());
    assert_eq!(directory.search("bea", 10), [contact(2)]);
    assert!(directory.search("weiss", 10).is_empty() && directory.search("zed", 10).is_empty());
}

#[test]
fn the_directory_stays_compact_and_right_under_many_changes() {
    let directory = directory();
    for round in 0..20_000_u32 {
        let changed = details(&format!("Round {round}"), "round@example.com", "", "");
        directory.apply(vec![Change::of(contact(2), &Personal::Known(changed))]);
    }
    assert_eq!(directory.search("round 19999", 10), [contact(2)]);
    assert_eq!(directory.search("example.com", 10).len(), 6);
    assert!(directory.state.read().unwrap().haystack.text().len() < 200_000);
}

#[test]
fn rows_loaded_late_never_undo_what_came_meanwhile() {
    let directory = Directory::loading();
    directory.apply(vec![
        Change::of(contact(1), &Personal::Known(details("New", "new@example.com", "", ""))),
        Change::Gone(contact(2)),
    ]);
    directory.load(vec![
        Change::of(contact(1), &Personal::Known(details("Old", "old@example.com", "", ""))),
        Change::of(contact(2), &Personal::Known(details("Gone", "gone@example.com", "", ""))),
    ]);
    directory.loaded();
    assert_eq!(directory.search("example", 10), [contact(1)]);
    assert_eq!(directory.search("new", 10), [contact(1)]);
}

fn nearly(query: &str) -> Vec<u128> {
    directory().similar(query, 10).into_iter().map(|contact| contact.uuid().as_u128()).collect()
}

#[test]
fn a_slip_of_the_finger_still_finds_whom_one_meant() {
    assert_eq!(nearly("suzana"), [3], "another letter");
    assert_eq!(nearly("Sunsana Ortz"), [3], "a letter more, a letter less");
    assert_eq!(nearly("lópze maria"), [2], "two letters changed places, in another order");
    assert_eq!(nearly("oritz@exmaple.com"), [3], "an e-mail address");
    assert_eq!(nearly("anna"), [1, 2, 4], "nearest first, then by name");
}

#[test]
fn what_is_further_away_is_somebody_else() {
    for query in
        ["", "zu", "ban anas", "peter", "suzzannna", "susana garcia", "someone@example.com", &"a".repeat(1_000)]
    {
        assert_eq!(nearly(query), [0; 0], "{query:?}");
    }
}

#[test]
fn whoever_is_gone_is_not_like_anybody() {
    let directory = directory();
    directory.apply(vec![Change::Gone(contact(3))]);
    assert_eq!(directory.similar("suzana", 10), []);
    let state = directory.state.read().unwrap();
    assert!(state.haystack.entry(2).iter().all(|byte| *byte == 0), "no letter is left");
    assert!(state.haystack.outlines(2).iter().all(|outline| *outline == Outline::default()), "no outline either");
}

/// How far the work comes without waiting for anything.
fn begun<T>(work: &mut Pin<Box<impl Future<Output = T>>>) -> Poll<T> {
    work.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_question_holds_its_turn_until_it_is_answered_even_where_nobody_waits_any_more() {
    let directory = Arc::new(directory());
    let turns = directory.turns.available_permits();
    let (answer, awaited) = channel::<()>();
    let (at_work, begins) = channel();
    let mut abandoned = Box::pin(directory.ask(move |_| {
        at_work.send(()).unwrap();
        assert!(awaited.recv().is_err());
        vec![]
    }));
    assert!(begun(&mut abandoned).is_pending());
    begins.recv().unwrap();
    drop(abandoned);
    assert_eq!(directory.turns.available_permits(), turns - 1);
    drop(answer);
    let all = directory.turns.acquire_many(u32::try_from(turns).unwrap()).await.unwrap();
    let mut waiting = Box::pin(directory.ask(|directory| directory.search("susana", 1)));
    assert!(begun(&mut waiting).is_pending());
    drop(all);
    assert_eq!(waiting.await.unwrap(), [contact(3)]);
}
