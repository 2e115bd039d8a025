//! Links by e-mail, from the command line to a real mail server.

use std::time::{Duration, Instant};

use crate::mail_server::MailServer;
use crate::support::{Place, Server, holds, text};

/// A place whose mail goes to this port of the server.
fn place(mail: &MailServer, port: &str) -> Place {
    let mut place = Place::new();
    place.environment.extend([
        ("MAGICLINK__SMTP__URL", mail.url(port)),
        ("MAGICLINK__SMTP__FROM", "Portal <links@portal.example>".to_owned()),
        ("MAGICLINK__SMTP__CA_FILE", mail.authority().display().to_string()),
        ("MAGICLINK__PORTAL__NAME", "Ana's & Co".to_owned()),
    ]);
    place
}

/// Waits until the link's only delivery has this state.
fn until(place: &Place, link: &str, state: &str) {
    let begun = Instant::now();
    loop {
        let shown = place.json(&["link", "show", link]);
        let delivery = &shown["deliveries"][0];
        if delivery["state"] == state {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "not {state}: {shown}");
        std::thread::yield_now();
    }
}

#[test]
fn a_link_goes_to_the_contacts_mailbox_and_a_refusal_is_told_in_the_servers_words() {
    let mail = MailServer::start();
    let place = place(&mail, "login");
    place.import_offerings();
    let server = Server::start(&place, &[]);
    let send = |name: &str, email: &str| {
        let contact = place.contact(name, email, &["alumni"]);
        place.json(&["link", "issue", &contact, "--send", "email"])
    };
    let link = send("Zo\u{eb} <b>B</b>", "ok.zoe@example.com");
    until(&place, &text(&link, "id"), "sent");
    let took = mail.took();
    assert_eq!((took.len(), &took[0].to, took[0].encrypted), (1, &vec!["ok.zoe@example.com".to_owned()], true));
    assert_eq!(took[0].from, "links@portal.example");
    assert!(took[0].id.ends_with("@portal.example"), "{}", took[0].id);
    let (url, code) = (text(&link, "url"), text(&link, "code"));
    // Quoted-printable text may break a line anywhere.
    let words = took[0].mail.replace("=\n", "").replace("=\r\n", "");
    assert!(words.contains(&url) && words.contains(&code), "{words}");

    let link = send("Ben", "unknown.ben@example.com");
    until(&place, &text(&link, "id"), "failed");
    let stored = |words: &str| place.files().iter().any(|(_, bytes)| holds(bytes, words));
    assert!(stored("there is no such mailbox (it says: […] no such user here)"));
    assert!(!stored("unknown.ben") && !stored(&url), "somebody's address or link is kept in the open");
    assert_eq!(mail.took().len(), 1);
    assert!(!server.output().contains(&url) && !server.output().contains("unknown.ben"), "{}", server.output());
    for secret in ["p%2Fss", "p/ss:word"] {
        assert!(!server.output().contains(secret));
        assert!(!place.run(&["config", "show"]).ok().contains(secret));
    }
    assert!(server.stop().success());
}

/// How often the server is killed while mail leaves.
const KILLS: usize = 12;
const LINKS: usize = 60;

#[test]
fn a_server_that_is_killed_while_mail_leaves_sends_nothing_twice() {
    let mail = MailServer::start();
    let mut place = place(&mail, "clear");
    place.environment.push(("MAGICLINK__LOG__LEVEL", "error".to_owned()));
    place.import_offerings();
    let row = |nth: usize| format!("k{nth},Ana,K,slow.{nth}@example.com,,US,en,alumni,,2025-06-26T05:52:00Z\n");
    let head = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    let rows = place.path().join("contacts.csv");
    std::fs::write(&rows, head + &(0..LINKS).map(row).collect::<String>()).unwrap();
    place.run(&["import", "contacts", rows.to_str().unwrap()]).ok();
    let issue = |nth: usize| text(&place.json(&["link", "issue", &format!("k{nth}"), "--send", "email"]), "id");
    let links: Vec<String> = (0..LINKS).map(issue).collect();

    let mut seen = 0;
    for round in 0..KILLS {
        let server = Server::start(&place, &[]);
        let begun = Instant::now();
        while mail.took().len() < (seen + 1 + round % 3).min(LINKS - KILLS * 4)
            && begun.elapsed() < Duration::from_secs(5)
        {
            std::thread::yield_now();
        }
        server.kill();
        seen = mail.took().len();
    }
    let server = Server::start(&place, &[]);
    let state = |link: &String| text(&place.json(&["link", "show", link])["deliveries"][0], "state");
    let begun = Instant::now();
    let states = loop {
        let states: Vec<String> = links.iter().map(state).collect();
        if states.iter().all(|state| state != "queued") {
            break states;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{states:?}");
    };
    let took = mail.took();
    for (nth, state) in states.iter().enumerate() {
        let count = took.iter().filter(|took| took.to == [format!("slow.{nth}@example.com")]).count();
        match state.as_str() {
            "sent" => assert_eq!(count, 1, "link {nth}"),
            // The attempt was cut short: looked at again once its lease is over, and never made again by itself.
            "sending" | "maybe_sent" => assert!(count <= 1, "link {nth}: {count}"),
            _ => panic!("link {nth}: {state}"),
        }
    }
    // Four were under way at each kill, and four may be now.
    assert!(states.iter().filter(|state| *state == "sent").count() >= LINKS - (KILLS + 1) * 4, "{states:?}");
    assert!(states.iter().any(|state| state != "sent"), "no kill hit a mail under way: {states:?}");
    assert!(server.stop().success());
}

#[test]
fn the_doctor_knocks_at_the_mail_server() {
    let mail = MailServer::start();
    let good = place(&mail, "login");
    let shown = good.run(&["doctor"]);
    assert!(shown.out.contains("answers and lets us in"), "{shown:?}");
    let bad = place(&mail, "stranger");
    let shown = bad.run(&["doctor"]);
    assert_eq!(shown.code, Some(1), "{shown:?}");
    assert!(shown.out.contains("can't be trusted"), "{shown:?}");
    assert!(mail.took().is_empty());
}

#[test]
fn mail_beyond_this_machine_with_links_to_this_machine_is_refused() {
    let mut place = Place::new();
    place.environment.extend([
        ("MAGICLINK__SMTP__URL", "smtps://ana:secret@mail.example".to_owned()),
        ("MAGICLINK__SMTP__FROM", "links@portal.example".to_owned()),
    ]);
    let sentence = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused(2);
    assert!(sentence.contains("smtp.url") && sentence.contains("server.base_url"), "{sentence}");
    assert!(!sentence.contains("secret"), "{sentence}");
    let server = Server::start(&place, &["--base-url", "https://portal.example.com"]);
    assert!(server.stop().success());
}

#[test]
fn without_a_mail_server_a_link_can_not_be_sent() {
    let place = Place::new();
    place.import_offerings();
    let contact = place.contact("Ana", "ana@example.com", &["alumni"]);
    let sentence = place.run(&["link", "issue", &contact, "--send", "email"]).refused(1);
    assert!(sentence.contains("e-mail") || sentence.contains("email"), "{sentence}");
}
