//! The whole service over HTTP, every acknowledgement durable: issue, open, redeem, forged tokens.
//!
//! `cargo bench --bench http`. Server and load share the machine; figures of one run are compared with the bare
//! insert-and-commit rate of the same disk in the same run.
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

use support::client::{Answer, Connection, load, request, status};
use support::server::{Server, command};

const CONTACTS: usize = 12_000;
const LINKS: usize = 24_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let token = prepare(&data, folder.path());
    let server = Server::start(&data);
    let host = server.address.clone();
    println!("idle: {:.1} MiB resident", server.resident_mib());

    let bare_before = bare_inserts(folder.path()).await;

    let (run, answers) =
        load("issue (POST /api/v1/links), 64 connections", &host, 64, issues(&host, &token, 0..LINKS, ""), status(201))
            .await;
    run.print();
    let paths: Vec<String> = answers.iter().map(link_path).collect();

    let pages = paths.iter().map(|path| request("GET", path, &host, &[], "")).collect();
    let (run, pages) = load("inert page (GET /m/…, each link once), 64", &host, 64, pages, status(200)).await;
    run.print();

    let again = paths.iter().map(|path| request("GET", path, &host, &[], "")).collect();
    let (run, _) = load("inert page again, 64", &host, 64, again, status(200)).await;
    run.print();

    let mut presses: Vec<Vec<u8>> = paths.iter().zip(&pages).map(|(path, page)| press(&host, path, page)).collect();
    let single: Vec<Vec<u8>> = presses.split_off(presses.len() - 4_000);
    let (run, _) = load("redeem (POST /m/…), 64 connections", &host, 64, presses, status(303)).await;
    run.print();
    let (run, _) = load("redeem, 1 connection", &host, 1, single, status(303)).await;
    run.print();
    let bare = (bare_before + bare_inserts(folder.path()).await) / 2.0;
    println!("{:<44} {bare:>9.0}/s   (mean of before and after)", "bare insert + commit, same library and disk");
    println!("redeem at 1 connection / bare insert + commit: {:.2}", run.rate() / bare);

    let before = statements(&host).await;
    let forged = (0..200_000).map(|n| request("GET", &forged_path(n), &host, &[], "")).collect();
    let (run, _) = load("forged token (GET /m/…), 64", &host, 64, forged, status(404)).await;
    run.print();
    println!("statements sent to the database by {} forged tokens: {}", run.count, statements(&host).await - before);
    println!("after the load: {:.1} MiB resident", server.resident_mib());
    drop(server);
    outage(&data, &token).await;
}

/// Issuing and redeeming beside a mail server that takes everything and one that is down, in turns. Every link asks for an
/// e-mail.
async fn outage(data: &Path, token: &str) {
    let mailbox = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let up = format!("smtp://{}", mailbox.local_addr().expect("its address"));
    std::thread::spawn(move || mailbox.incoming().flatten().for_each(|mail| drop(std::thread::spawn(|| take(mail)))));
    for (round, (word, url)) in
        [("up", up.as_str()), ("down", DOWN), ("up", &up), ("down", DOWN)].into_iter().enumerate()
    {
        let settings = [("MAGICLINK__SMTP__URL", url), ("MAGICLINK__SMTP__FROM", "portal@example.com")];
        let server = Server::start_with(data, &settings);
        let host = server.address.clone();
        let first = round * OUTAGE;
        let issues = issues(&host, token, first..first + OUTAGE, r#","deliver":["email"],"max_uses":1"#);
        let (run, answers) = load("issue and e-mail, 64 connections", &host, 64, issues, status(201)).await;
        println!("provider {word}:");
        run.print();
        let paths: Vec<String> = answers.iter().map(link_path).collect();
        let pages = paths.iter().map(|path| request("GET", path, &host, &[], "")).collect();
        let (_, pages) = load("inert page", &host, 64, pages, status(200)).await;
        let presses = paths.iter().zip(&pages).map(|(path, page)| press(&host, path, page)).collect();
        let (run, _) = load("redeem, 64 connections", &host, 64, presses, status(303)).await;
        run.print();
    }
}

/// Links of one round of [`outage`].
const OUTAGE: usize = 3_000;
/// Nothing listens there.
const DOWN: &str = "smtp://127.0.0.1:9";

/// A mail server that takes everything.
fn take(mail: std::net::TcpStream) {
    use std::io::{BufRead, BufReader, Write};
    let mut out = mail.try_clone().expect("the same connection");
    let mut say = |words: &str| out.write_all(words.as_bytes()).is_ok();
    let mut content = false;
    let _greeted = say("220 bench\r\n");
    for line in BufReader::new(mail).lines().map_while(Result::ok) {
        let word = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        let answer = match (content, word.as_str()) {
            (true, ".") => "250 taken\r\n",
            (true, _) => continue,
            (false, "DATA") => "354 go on\r\n",
            (false, "QUIT") => "221 bye\r\n",
            (false, _) => "250 ok\r\n",
        };
        content = answer.starts_with("354");
        if !say(answer) {
            break;
        }
    }
}

/// A data folder with a catalogue, contacts with grants, and an API token.
fn prepare(data: &Path, folder: &Path) -> String {
    let offerings = folder.join("offerings.csv");
    std::fs::write(&offerings, "slug,kind,title,url\nalumni,group,Alumni,https://community.example.com/g/alumni\n")
        .expect("written");
    let mut csv = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n".to_owned();
    for n in 0..CONTACTS {
        writeln!(csv, "b-{n},Bench,Person{n},bench{n}@example.com,,US,en,alumni,,2025-01-01T00:00:00Z").expect("text");
    }
    let contacts = folder.join("contacts.csv");
    std::fs::write(&contacts, csv).expect("written");
    command(data, &["import", "offerings", offerings.to_str().expect("UTF-8")]);
    let begun = Instant::now();
    command(data, &["import", "contacts", contacts.to_str().expect("UTF-8")]);
    println!("import of {CONTACTS} contacts with a grant each: {:.2} s", begun.elapsed().as_secs_f64());
    let made = command(data, &["token", "create", "--name", "bench", "--role", "agent", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    made["token"].as_str().expect("a token").to_owned()
}

fn issues(host: &str, token: &str, numbers: std::ops::Range<usize>, more: &str) -> Vec<Vec<u8>> {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let body = |n: usize| format!(r#"{{"contact":"b-{}","expires_in":"1h"{more}}}"#, n % CONTACTS);
    numbers.map(|n| request("POST", "/api/v1/links", host, &headers, &body(n))).collect()
}

fn link_path(answer: &Answer) -> String {
    let link: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let url = link["url"].as_str().expect("a URL");
    url[url.find("/m/").expect("a link's path")..].to_owned()
}

/// The press of the button on this page: its form's hidden tag and the nonce cookie it set.
fn press(host: &str, path: &str, page: &Answer) -> Vec<u8> {
    let cookie = page.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a nonce cookie");
    let tag =
        page.body.split(r#"name="form" value=""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a form tag");
    let origin = format!("http://{host}");
    let headers = [
        ("Cookie", cookie),
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    request("POST", path, host, &headers, &format!("form={tag}"))
}

fn forged_path(n: usize) -> String {
    format!("/m/AQ{n:042}").chars().take(47).collect()
}

/// What the server has sent to the log's database so far; the figure is refreshed every five seconds.
async fn statements(host: &str) -> i64 {
    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    let mut connection = Connection::open(host).await.expect("a connection");
    let metrics = connection.send(&request("GET", "/metrics", host, &[], "")).await.expect("metrics").body;
    let line = metrics.lines().find(|line| line.starts_with("magiclink_sql_statements_total"));
    line.and_then(|line| line.rsplit(' ').next()).and_then(|n| n.parse::<f64>().ok()).expect("the counter") as i64
}

/// Inserts and commits one row at a time through the same library, into a database with the log's schema and settings.
async fn bare_inserts(folder: &Path) -> f64 {
    use sqlx::ConnectOptions;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
    let path = folder.join(format!("bare-{}.db", std::process::id()));
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .expect("a database");
    sqlx::query(
        "create table if not exists events (position integer primary key, stream text not null, version integer not null,
         id blob not null, kind text not null, data blob not null, meta blob not null, recorded_at_us integer not null,
         unique (stream, version))",
    )
    .execute(&mut connection)
    .await
    .expect("a table");
    let begun = Instant::now();
    let count = 4_000;
    for n in 0..count {
        sqlx::query(
            "insert into events (stream, version, id, kind, data, meta, recorded_at_us) values (?, 0, ?, ?, ?, ?, ?)",
        )
        .bind(format!("link-{n}-{:?}", begun))
        .bind(vec![7_u8; 16])
        .bind("link.redeemed.v1")
        .bind(vec![b'x'; 308])
        .bind(vec![b'y'; 200])
        .bind(n)
        .execute(&mut connection)
        .await
        .expect("an insert");
    }
    f64::from(i32::try_from(count).expect("small")) / begun.elapsed().as_secs_f64()
}
