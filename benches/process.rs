//! The process: cold start, idle memory, import, and search over 100,000 contacts.
//!
//! `cargo bench --bench process`.
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, and stops at the first surprise"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use support::client::{Answer, load, request};
use support::server::{Server, command};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
const MANY: usize = 100_000;
const ROUNDS: usize = 7;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    empty(folder.path());
    import(folder.path());
    many(folder.path()).await;
}

/// Nothing but the data folder: start, memory.
fn empty(folder: &Path) {
    let firsts =
        (0..ROUNDS).map(|n| Server::start(&folder.join(format!("first-{n}"))).cold_start.as_secs_f64() * 1_000.0);
    println!("very first start, makes keys and databases: median {:.0} ms of {ROUNDS}", median(firsts));
    let data = folder.join("empty");
    drop(Server::start(&data));
    let starts = (0..ROUNDS).map(|_| Server::start(&data).cold_start.as_secs_f64() * 1_000.0);
    println!("cold start, empty: median {:.0} ms of {ROUNDS}", median(starts));
    let server = Server::start(&data);
    wait_for_search(&server, &token(&data));
    println!("idle memory, empty: {:.1} MiB resident", server.resident_mib());
}

/// The CRM export of the fixtures: 5,000 contacts with their grants.
fn import(folder: &Path) {
    let times = (0..3).map(|n| {
        let data = folder.join(format!("import-{n}"));
        command(&data, &["import", "offerings", &format!("{FIXTURES}/offerings.csv")]);
        let begun = Instant::now();
        command(&data, &["import", "contacts", &format!("{FIXTURES}/contacts.csv")]);
        begun.elapsed().as_secs_f64()
    });
    println!("import of 5,000 contacts with grants: median {:.2} s of 3", median(times));
}

/// A hundred thousand contacts: start until ready, until search answers, memory, search.
async fn many(folder: &Path) {
    let data = folder.join("many");
    command(&data, &["import", "offerings", &format!("{FIXTURES}/offerings.csv")]);
    let csv = folder.join("many.csv");
    std::fs::write(&csv, rows()).expect("written");
    command(&data, &["import", "contacts", csv.to_str().expect("UTF-8")]);
    let token = token(&data);
    drop(Server::start(&data));
    let mut until_ready = vec![];
    let mut until_search = vec![];
    for _ in 0..5 {
        let begun = Instant::now();
        let server = Server::start(&data);
        until_ready.push(server.cold_start.as_secs_f64() * 1_000.0);
        wait_for_search(&server, &token);
        until_search.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    println!(
        "cold start, {MANY} contacts: ready after {:.0} ms, search answers after {:.0} ms (medians of 5)",
        median(until_ready),
        median(until_search)
    );
    let server = Server::start(&data);
    wait_for_search(&server, &token);
    println!("memory with {MANY} contacts: {:.1} MiB resident", server.resident_mib());
    let queries = [
        "ana",
        "person 77",
        "bench4242",
        "+1415555",
        "example.com",
        "b-99999",
        "ü",
        "zzzz",
        "garcía m",
        "4155",
        "50%",
        "o'",
    ];
    let headers = [("Authorization", format!("Bearer {token}"))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let get =
        |q: &str| request("GET", &format!("/api/v1/contacts?limit=10&q={}", encoded(q)), &server.address, &headers, "");
    let requests = (0..2_400).map(|n| get(queries[n % queries.len()])).collect();
    let (run, _) = load("search over HTTP, 1 connection", &server.address, 1, requests, found).await;
    run.print();
}

fn found(answer: &Answer) -> Result<(), String> {
    if answer.status == 200 { Ok(()) } else { Err("a search failed".to_owned()) }
}

fn rows() -> String {
    let first = ["Ana", "José", "Müller", "Zoë", "李", "Olga", "Søren", "Nguyễn", "Fatima", "Jack"];
    let last = ["García", "Smith", "Person", "O'Neil", "Łukasz", "Brown", "Weiß", "Tanaka", "Silva", "Iñárritu"];
    let mut csv = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    for n in 0..MANY {
        let (first, last) = (first[n % first.len()], last[n / first.len() % last.len()]);
        writeln!(
            csv,
            "b-{n},{first},{last} {n},bench{n}@example.com,,US,en,alumni;mindset-reset,,2025-01-01T00:00:00Z"
        )
        .expect("text");
    }
    csv
}

fn token(data: &Path) -> String {
    let name = format!("bench-{}", std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_nanos());
    let made = command(data, &["token", "create", "--name", &name, "--role", "agent", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    made["token"].as_str().expect("a token").to_owned()
}

/// A search waits for the directory by itself: the first answer is the measure.
fn wait_for_search(server: &Server, token: &str) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(&server.address).expect("a connection");
    let headers = [("Authorization", format!("Bearer {token}")), ("Connection", "close".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    stream.write_all(&request("GET", "/api/v1/contacts?q=ana", &server.address, &headers, "")).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        write!(url, "%{byte:02X}").expect("text");
        url
    })
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
