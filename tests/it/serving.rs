//! Starting, refusing to start, and stopping without losing anything.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use magiclink_store::testing::dose;
use serde_json::json;
use sqlx::{ConnectOptions, Connection};

use crate::support::Place;

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let sentence = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused(1);
    assert!(sentence.contains(&format!("another magiclink is using this folder (pid {})", server.pid())), "{sentence}");
    assert!(server.stop().success());
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let place = Place::new();
    place.import_offerings();
    let file = place.data().join("events.db");
    let mut database = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let insert = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                  values (29990101000000, 'from the future', true, x'00', 0)";
    sqlx::query(insert).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let sentence = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(sentence.code, Some(70), "{sentence:?}");
    assert!(sentence.err.contains("events.db was written by a newer version of magiclink"), "{sentence:?}");
    assert_eq!(place.run(&["doctor"]).code, Some(1));
}

#[test]
fn everything_in_the_data_folder_is_its_owners_alone() {
    let place = Place::new();
    let server = place.serve();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.data()), 0o700);
    assert_eq!(mode(&place.data().join("keys")), 0o700);
    assert_eq!(mode(&place.data().join("ctl.sock")), 0o600);
    for (path, _) in place.files() {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
    drop(server);
}

#[test]
fn a_key_that_others_can_read_keeps_the_server_from_starting() {
    let place = Place::new();
    place.import_offerings();
    let key = place.data().join("keys/signing-1.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(70));
    assert!(refused.err.contains("signing-1.key") && refused.err.contains("chmod 600"), "{refused:?}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&key, "ab").unwrap();
    assert!(place.run(&["serve", "--listen", "127.0.0.1:0"]).err.contains("64 hexadecimal digits"));
}

#[test]
fn a_data_folder_with_a_long_name_can_be_asked_too() {
    let place = Place::new();
    let deep = place.path().join("d".repeat(120));
    let deep = deep.to_str().unwrap();
    let mut child = std::process::Command::new(crate::support::MAGICLINK);
    child.env_clear().args(["serve", "--listen", "127.0.0.1:0", "--json", "--data", deep]);
    let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let listed = std::process::Command::new(crate::support::MAGICLINK)
        .env_clear()
        .args(["offerings", "--json", "--data", deep])
        .output();
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    let listed = listed.unwrap();
    assert!(running && line.contains("listening"), "the server did not start: {line}");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
}

#[test]
fn a_sandbox_that_nobody_may_see_says_so() {
    for (base_url, says) in
        [("https://portal.example.com", "where nobody sees them"), ("http://localhost:8080", "localhost:8080/sandbox")]
    {
        let place = Place::new();
        let mut child = place.command(&["serve", "--listen", "127.0.0.1:0", "--sandbox", "--base-url", base_url]);
        let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("messages go to") {
            let read = std::io::BufRead::read_line(&mut out, &mut told).unwrap();
            assert_ne!(read, 0, "{told}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(told.contains(says) && !told.contains("example.com/sandbox"), "{told}");
    }
}

/// Clients keep calling while the server stops: every call either was answered, and is in the log, or was never taken.
#[tokio::test]
async fn a_stop_loses_no_accepted_request() {
    let rounds = dose(1);
    for _ in 0..rounds {
        stop_under_load().await;
    }
    println!("{rounds} stops");
}

async fn stop_under_load() {
    let place = Place::new();
    let server = place.serve();
    let token = place.token("load", "agent");
    let url = format!("{}/api/v1/contacts", server.base);
    let (acknowledged, stopping) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let (url, token) = (url.clone(), token.clone());
            let (acknowledged, stopping) = (Arc::clone(&acknowledged), Arc::clone(&stopping));
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                for nth in 0.. {
                    let body = json!({ "name": "Ana", "email": format!("ana{worker}.{nth}@example.com") });
                    match client.post(&url).bearer_auth(&token).json(&body).send().await {
                        Ok(answer) => {
                            assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
                            acknowledged.fetch_add(1, Ordering::SeqCst);
                        }
                        // Refused before it was sent is fine; cut off in the middle is not.
                        Err(error) => {
                            assert!(stopping.load(Ordering::SeqCst), "{error:?}");
                            assert!(!error.is_body() && !error.is_decode(), "an answer was cut off: {error:?}");
                            return;
                        }
                    }
                }
            })
        })
        .collect();
    while acknowledged.load(Ordering::SeqCst) < 40 {
        assert!(!workers.iter().any(tokio::task::JoinHandle::is_finished), "a client gave up: {}", server.output());
        tokio::task::yield_now().await;
    }
    stopping.store(true, Ordering::SeqCst);
    server.begin_to_stop();
    for worker in workers {
        worker.await.unwrap();
    }
    let status = tokio::task::spawn_blocking(move || server.wait()).await.unwrap();
    assert!(status.success());
    let found = place.json(&["contact", "search", "ana", "--limit", "100000"]);
    let found = found["items"].as_array().unwrap().len();
    assert_eq!(found, acknowledged.load(Ordering::SeqCst));
}
