//! A server under steady load for a while: no error, and nothing that grows.

use std::time::{Duration, Instant};

use magiclink_store::testing::dose;
use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::support::{Browser, Place, Server, text};

/// Rounds a second; each is a handful of requests.
const PACE: Duration = Duration::from_millis(100);

/// Resident memory in KiB, and open files, of a process.
fn weight(server: &Server) -> (u64, usize) {
    let process = format!("/proc/{}", server.pid());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib = resident.trim().trim_end_matches(" kB").parse().unwrap();
    (kib, std::fs::read_dir(format!("{process}/fd")).unwrap().count())
}

/// A contact's day: added with a grant, a link made, opened, pressed, the portal looked at, one refusal.
async fn day(client: &Client, server: &Server, api: &str, nth: u64) {
    let base = &server.base;
    let post = |path: &str, body: serde_json::Value| client.post(format!("{base}{path}")).bearer_auth(api).json(&body);
    let contact = json!({ "name": "Ana", "email": format!("ana{nth}@example.com") });
    let contact = post("/api/v1/contacts", contact).send().await.unwrap();
    assert_eq!(contact.status(), StatusCode::CREATED);
    let contact: serde_json::Value = contact.json().await.unwrap();
    let link = json!({ "contact": contact["id"], "grants": ["alumni"] });
    let link: serde_json::Value = post("/api/v1/links", link).send().await.unwrap().json().await.unwrap();
    let url = text(&link, "url");
    let browser = Browser::new();
    assert_eq!(browser.press(&url).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&format!("{base}/portal")).await.status(), StatusCode::OK);
    assert_eq!(Browser::new().get(&url).await.status(), StatusCode::GONE);
}

/// G14 of the reliability goals, for `DRILL_DOSE` seconds: memory is compared between the first and the second half.
#[tokio::test]
#[ignore = "a drill: tests/drill soak"]
async fn under_steady_load_nothing_fails_and_nothing_grows() {
    let seconds = dose(60);
    let place = Place::new();
    place.import_offerings();
    let server = place.serve();
    let api = place.token("soak", "agent");
    let client = Client::new();
    let begun = Instant::now();
    let mut pace = tokio::time::interval(PACE);
    let (mut halves, mut most_open) = ([0, 0], [0, 0]);
    let mut days = 0;
    while begun.elapsed() < Duration::from_secs(seconds) {
        pace.tick().await;
        day(&client, &server, &api, days).await;
        days += 1;
        let half = usize::from(begun.elapsed().as_secs() * 2 >= seconds);
        let (kib, open) = weight(&server);
        halves[half] = kib.max(halves[half]);
        most_open[half] = open.max(most_open[half]);
    }
    println!("{days} days in {seconds} s: {halves:?} KiB, {most_open:?} open files");
    // What is kept per contact (directory, streams in memory) is not drift.
    let allowed = halves[0] / 20 + days * 4;
    assert!(halves[1] <= halves[0] + allowed, "{halves:?} KiB");
    assert!(most_open[1] <= most_open[0] + 4, "{most_open:?} open files");
    assert!(!server.output().contains("ERROR"), "{}", server.output());
    assert!(server.stop().success());
}
