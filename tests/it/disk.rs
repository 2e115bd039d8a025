//! A full disk: nothing is acknowledged, and all is well again when there is room.

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::support::{Place, Server};

/// A small file system of its own, unmounted when dropped.
struct Small(PathBuf);

impl Small {
    /// `None` where one can't be mounted.
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

async fn add(client: &Client, server: &Server, token: &str, nth: usize) -> StatusCode {
    let body = json!({ "name": "Ana", "email": format!("ana{nth}@example.com") });
    let call = client.post(format!("{}/api/v1/contacts", server.base)).bearer_auth(token).json(&body);
    call.send().await.unwrap().status()
}

#[tokio::test]
async fn a_full_disk_is_told_and_heals_without_a_restart() {
    let place = Place::new();
    let Some(_small) = Small::mount(&place.data()) else {
        println!("skipped: a small file system can't be mounted here (that needs root and CAP_SYS_ADMIN)");
        return;
    };
    let server = place.serve();
    let token = place.token("filler", "owner");
    let ballast = place.data().join("ballast");
    let client = Client::new();
    assert_eq!(add(&client, &server, &token, 0).await, StatusCode::CREATED);
    // All there is but a little.
    let free = fs_free(&place.data());
    std::fs::write(&ballast, vec![1; usize::try_from(free.saturating_sub(200 * 1024)).unwrap()]).unwrap();

    let mut acknowledged = vec![0];
    let mut refused = 0;
    for nth in 1..5_000 {
        match add(&client, &server, &token, nth).await {
            StatusCode::CREATED => acknowledged.push(nth),
            StatusCode::SERVICE_UNAVAILABLE => refused += 1,
            other => panic!("{other} for number {nth}"),
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk never filled");
    std::fs::remove_file(&ballast).unwrap();
    let mut healed = false;
    for nth in 10_000..10_050 {
        if add(&client, &server, &token, nth).await == StatusCode::CREATED {
            healed = true;
            acknowledged.push(nth);
            break;
        }
    }
    assert!(healed, "{}", server.output());
    let found = place.json(&["contact", "search", "ana", "--limit", "10000"]);
    let found: Vec<_> = found["items"].as_array().unwrap().iter().map(|contact| contact["email"].clone()).collect();
    for nth in &acknowledged {
        assert!(found.contains(&json!(format!("ana{nth}@example.com"))), "number {nth} was acknowledged");
    }
    assert!(server.stop().success());
}

fn fs_free(path: &Path) -> u64 {
    let output = Command::new("df").args(["--output=avail", "-B1"]).arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().parse().unwrap()
}
