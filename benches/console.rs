//! Every console page over HTTP, and the search as one types, with 100,000 contacts and a million events.
//!
//! `cargo bench --bench console [-- CONTACTS EVENTS [FOLDER]]`: the log is told into the folder, or found there. Server and
//! load share the machine. `cargo test --bench console -- 300 3000` looks whether it works.
#![allow(
    missing_docs,
    dead_code,
    clippy::all,
    clippy::pedantic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, and stops at the first surprise"
)]

#[path = "../projections/benches/support/mod.rs"]
mod log;
mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, UNIX_EPOCH};

use magiclink_store::{MasterKey, SqliteLog, SqliteVault, SystemClock, SystemIds};

use log::{Dice, Teller, contact, details, link};
use support::client::{load, request, status};
use support::console::{reachable, shape, sign_in};
use support::server::{Server, command};

/// Looks at each page.
const LOOKS: usize = 300;
/// Before them, so that what is kept in memory is there.
const WARM: usize = 20;
const OFFERINGS: &str = "slug,kind,title,url\n\
                         course-a,course,Course A,https://courses.example.com/a\n\
                         group-b,group,Group B,https://community.example.com/g/b\n";
const DAYS: i64 = 90;
const DAY_US: i64 = 86_400_000_000;
/// Of a contact and of a link, as they are told.
const EVENTS_OF_CONTACT: f64 = 2.5;
const EVENTS_OF_LINK: f64 = 7.0;

struct Size {
    contacts: usize,
    links: usize,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let number = |nth: usize, or: usize| given.get(nth).map_or(or, |arg| arg.parse().expect("a number"));
    let (contacts, events) = (number(0, 100_000), number(1, 1_000_000));
    let links = (events as f64 - contacts as f64 * EVENTS_OF_CONTACT) / EVENTS_OF_LINK;
    let size = Size { contacts, links: links.max(1.0) as usize };
    let fresh = tempfile::tempdir().expect("a folder");
    let folder = given.get(2).map_or_else(|| fresh.path().to_owned(), PathBuf::from);
    let data = folder.join("data");
    if !data.exists() {
        tell(&data, &folder, &size).await;
    }
    // A channel to choose, so that the dialog is whole; nothing is sent.
    let mail = [("MAGICLINK__SMTP__URL", "smtp://127.0.0.1:9"), ("MAGICLINK__SMTP__FROM", "portal@example.com")];
    let server = Server::start_with(&data, &mail);
    let cookies = sign_in(&server.address, &console_link(&data)).await;
    let bench = Bench { host: server.address.clone(), cookies, size };
    let mut slowest = (0.0_f64, String::new());
    for (name, paths) in bench.pages().await {
        let p99 = bench.look(&name, paths).await;
        if p99 > slowest.0 {
            slowest = (p99, name);
        }
    }
    println!("slowest page: {} with p99 {:.1} ms (target 50 ms)", slowest.1, slowest.0);
    let p99 = bench.look("search as one types", bench.typed()).await;
    println!("search as one types: p99 {p99:.1} ms (target 20 ms)");
    println!("after the load: {:.1} MiB resident", server.resident_mib());
}

/// A log like three months of use up to now, through the log's own append, and its read models.
async fn tell(data: &Path, folder: &Path, size: &Size) {
    let offerings = folder.join("offerings.csv");
    std::fs::write(&offerings, OFFERINGS).expect("written");
    command(data, &["import", "offerings", offerings.to_str().expect("UTF-8")]);
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let log = SqliteLog::open(&data.join("events.db"), clock.clone()).await.expect("the log");
    let vault = SqliteVault::open(&data.join("vault.db"), &master(data), clock, ids).await.expect("the vault");
    let begun = Instant::now();
    let mut teller = Teller::new(&*vault, log.clone());
    let appends = size.contacts as f64 + size.links as f64 * 5.5;
    teller.step = (DAYS as f64 * DAY_US as f64 * 0.99 / appends) as i64;
    teller.now = now_us() - DAYS * DAY_US;
    let count = teller.tell(size.contacts, size.links).await;
    println!("{count} events told in {:.1} s", begun.elapsed().as_secs_f64());
    log.close().await;
    vault.close().await;
    let begun = Instant::now();
    command(data, &["projections", "rebuild"]);
    println!("read models made in {:.1} s", begun.elapsed().as_secs_f64());
}

/// As the server's own key file says.
fn master(data: &Path) -> MasterKey {
    let text = std::fs::read_to_string(data.join("keys/master.key")).expect("the master key");
    let bits = data_encoding::HEXLOWER.decode(text.trim_end().as_bytes()).expect("hexadecimal digits");
    MasterKey::new(bits.try_into().expect("256 bits"))
}

fn now_us() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().expect("after 1970").as_micros()).expect("this age")
}

fn console_link(data: &Path) -> String {
    let email = format!("olga{}@example.com", now_us());
    command(data, &["staff", "add", "--name", "Olga Owner", "--email", &email, "--role", "owner"]);
    let made: serde_json::Value =
        serde_json::from_str(&command(data, &["staff", "sign-in", &email, "--json"])).expect("JSON");
    made["url"].as_str().expect("a URL").to_owned()
}

struct Bench {
    host: String,
    cookies: String,
    size: Size,
}

impl Bench {
    /// Looks at these paths in turns, one after the other; prints, and answers the p99 in milliseconds.
    async fn look(&self, name: &str, paths: Vec<String>) -> f64 {
        let get = |path: &String| request("GET", path, &self.host, &[("Cookie", &self.cookies)], "");
        let looks = paths.len().max(LOOKS);
        let turns = |count: usize| paths.iter().cycle().take(count).map(get).collect::<Vec<_>>();
        load("", &self.host, 1, turns(WARM), status(200)).await;
        let (run, answers) = load("", &self.host, 1, turns(looks), status(200)).await;
        let bytes = answers.iter().map(|answer| answer.body.len()).max().unwrap_or_default();
        let (p50, p99) = (run.percentile(50.0), run.percentile(99.0));
        println!("{name:<44} p50 {p50:>7.2} ms   p99 {p99:>7.2} ms   at most {:>4} KiB", bytes / 1_024);
        p99
    }

    /// Pages with the addresses under which they are looked at.
    async fn pages(&self) -> Vec<(String, Vec<String>)> {
        let mut dice = Dice(11);
        let (contacts, links) = (self.size.contacts, self.size.links);
        let people: Vec<_> = (0..LOOKS).map(|_| contact(dice.roll(contacts))).collect();
        let links: Vec<_> = (0..LOOKS).map(|_| link(contacts + dice.roll(links))).collect();
        let moments: Vec<i64> =
            (0..LOOKS).map(|_| now_us() - (dice.roll(usize::try_from(DAYS).unwrap()) as i64 + 1) * DAY_US).collect();
        let names: Vec<_> = (0..LOOKS).map(|_| word(&mut dice, contacts)).collect();
        let each = |around: &dyn Fn(usize) -> String| (0..LOOKS).map(around).collect::<Vec<_>>();
        let cursor = "00000000-0000-0000-0000-000000000000";
        let mut pages = vec![
            ("a contact".to_owned(), each(&|n| format!("/console/contacts/{}", people[n]))),
            ("a link".to_owned(), each(&|n| format!("/console/links/{}", links[n]))),
            ("the dialog for a contact".to_owned(), each(&|n| format!("/console/generate?contact={}", people[n]))),
            ("contacts, searched".to_owned(), each(&|n| format!("/console/contacts?q={}", names[n]))),
            ("contacts, far down".to_owned(), each(&|n| format!("/console/contacts?after={}_{cursor}", moments[n]))),
            ("links, far down".to_owned(), each(&|n| format!("/console/links?after={}_{cursor}", moments[n]))),
            ("a contact's history".to_owned(), each(&|n| format!("/console/history?contact={}", people[n]))),
            ("history until then".to_owned(), each(&|n| format!("/console/history?until={}", rfc3339(moments[n])))),
            ("history, the very first lines".to_owned(), vec!["/console/history?before=1000".to_owned()]),
        ];
        for state in ["live", "used", "expired", "revoked"] {
            pages.push((format!("links, {state}"), vec![format!("/console/links?state={state}")]));
        }
        for channel in ["email", "sms"] {
            pages.push((format!("links sent over {channel}"), vec![format!("/console/links?channel={channel}")]));
        }
        for kind in ["issued", "redeemed", "refused", "erased"] {
            pages.push((format!("history of what was {kind}"), vec![format!("/console/history?kind={kind}")]));
        }
        let measured: Vec<String> = pages.iter().map(|(_, paths)| shape(&paths[0])).collect();
        let others = reachable(&self.host, &self.cookies).await;
        pages.extend(others.into_iter().filter(|path| !measured.contains(&shape(path))).map(|path| {
            let name = shape(&path).trim_end_matches('?').to_owned();
            (name, vec![path])
        }));
        pages
    }

    /// Names and addresses, letter by letter.
    fn typed(&self) -> Vec<String> {
        let mut dice = Dice(13);
        let mut paths = vec![];
        for nth in 0..150 {
            let details = details(dice.roll(self.size.contacts));
            let text = if nth % 3 == 0 {
                details.email.map(|email| email.to_string()).unwrap_or_default()
            } else {
                details.name.to_string()
            };
            let letters: Vec<char> = text.chars().take(12).collect();
            paths.extend((1..=letters.len()).map(|end| {
                let typed: String = letters[..end].iter().collect();
                format!("{SEARCH}{}", encoded(&typed))
            }));
        }
        paths
    }
}

/// What the dialog asks while somebody types.
const SEARCH: &str = "/console/generate/contacts?q=";

fn word(dice: &mut Dice, contacts: usize) -> String {
    let name = details(dice.roll(contacts)).name.to_string();
    encoded(name.split(' ').next().unwrap_or_default())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn rfc3339(micros: i64) -> String {
    encoded(&magiclink_domain::time::Timestamp::from_micros(micros).to_string())
}
