//! Backups: made while the server runs, brought back without reviving anything.

use reqwest::StatusCode;
use serde_json::json;

use crate::chat::between;
use crate::support::{Browser, Place, files_in, holds};

fn backup(place: &Place, name: &str) -> String {
    let folder = place.path().join(name);
    let folder = folder.to_str().unwrap().to_owned();
    place.run(&["backup", &folder]).ok();
    folder
}

#[tokio::test]
async fn a_restore_never_revives_a_spent_link_nor_an_erased_person() {
    let place = Place::new();
    place.import_offerings();
    place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let erased = place.contact("Xaverine Quibblewick", "xq@example.org", &["alumni"]);
    let server = place.serve();
    let (spent, live) = (place.link("ana@example.com"), place.link("ana@example.com"));
    let folder = backup(&place, "backup");
    // Spent, added and erased after the backup.
    let browser = Browser::new();
    assert_eq!(browser.press(&spent).await.status(), StatusCode::SEE_OTHER);
    place.contact("Later", "later@example.com", &[]);
    place.run(&["contact", "erase", &erased]).ok();
    assert!(place.run(&["restore", &folder]).refused(1).contains("another magiclink is using this folder"));
    assert!(server.stop().success());

    let restored = place.run(&["restore", &folder]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.err.contains("a backup was restored"), "the alarm: {restored:?}");
    let mut place = place;
    let port = spent.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    place.environment.push(("MAGICLINK__SERVER__BASE_URL", format!("http://localhost:{port}")));
    let server = place.serve();
    let here = |url: &str| format!("{}/m/{}", server_base(&server), url.rsplit('/').next().unwrap());
    for url in [&spent, &live] {
        assert_eq!(Browser::new().get(&here(url)).await.status(), StatusCode::NOT_FOUND);
    }
    let states = place.states("ana@example.com");
    assert!(states.len() == 2 && states.iter().all(|(_, state)| state == "revoked"), "{states:?}");
    // The history tells why, as soon as the background work has come to it.
    let told = |word: &str| place.json(&["history", "--contact", "ana@example.com"]).to_string().contains(word);
    assert!((0..200).any(|_| told("restored")), "{}", server.output());
    assert_eq!(place.json(&["contact", "search", "later"]), json!({ "items": [] }));
    assert_eq!(place.json(&["contact", "search", "quibble"]), json!({ "items": [] }));
    assert!(place.run(&["contact", "show", &erased]).refused(1).contains("erased"));
    assert!(place.run(&["contact", "show", "ana@example.com"]).ok().contains("Ana Lima"));
    assert!(server.stop().success());
    for (path, bytes) in files_in(&place.data()) {
        assert!(!holds(&bytes, "Quibblewick"), "{}", path.display());
    }
}

/// What the backup does not know is put aside, told of, and can be brought back by hand.
#[test]
fn a_restore_keeps_what_it_replaces_and_says_how_far_that_went() {
    let place = Place::new();
    place.contact("Ana Lima", "ana@example.com", &[]);
    let folder = backup(&place, "backup");
    let server = place.serve();
    place.contact("Later", "later@example.com", &[]);
    // Killed, so that the newest events are in the write-ahead file alone.
    server.kill();
    let said = place.run(&["restore", &folder]).ok();
    assert!(said.contains("more than the backup, the newest of"), "{said}");
    let kept = std::path::Path::new(between(&said, "kept in ", ": their log"));
    assert!(kept.starts_with(place.data()) && kept.join("vault.db").is_file(), "{said}");
    assert_eq!(place.json(&["contact", "search", "later"]), json!({ "items": [] }));

    let again = place.json(&["restore", &folder]);
    assert!(again["aside"]["events"].is_u64() && again["aside"]["newest"].is_string(), "{again}");
    let [first, second] = [kept.to_str().unwrap(), again["aside"]["folders"][0].as_str().unwrap()];
    assert_ne!(first, second, "what is kept is not replaced");
    for name in ["events.db", "vault.db"] {
        for suffix in ["", "-wal", "-shm"] {
            let (from, to) = (kept.join(format!("{name}{suffix}")), place.data().join(format!("{name}{suffix}")));
            drop(std::fs::remove_file(&to));
            drop(std::fs::copy(from, to));
        }
    }
    assert!(place.run(&["contact", "show", "later@example.com"]).ok().contains("Later"), "nothing was lost");
}

#[test]
fn a_log_that_can_not_be_read_is_kept_as_well() {
    let place = Place::new();
    place.contact("Ana Lima", "ana@example.com", &[]);
    let folder = backup(&place, "backup");
    std::fs::write(place.data().join("events.db"), "this is no database").unwrap();
    let said = place.run(&["restore", &folder]).ok();
    assert!(said.contains("their log can't be read"), "{said}");
    let kept = between(&said, "kept in ", ": their log");
    assert_eq!(std::fs::read(std::path::Path::new(kept).join("events.db")).unwrap(), b"this is no database");
    assert!(place.run(&["contact", "show", "ana@example.com"]).ok().contains("Ana Lima"));
}

fn server_base(server: &crate::support::Server) -> String {
    format!("http://{}", server.address)
}

/// Files copied back by hand are recognised at the next start.
#[tokio::test]
async fn an_older_log_is_recognised_at_start() {
    let place = Place::new();
    place.import_offerings();
    place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let folder = backup(&place, "backup");
    let server = place.serve();
    let link = place.link("ana@example.com");
    assert_eq!(Browser::new().press(&link).await.status(), StatusCode::SEE_OTHER);
    assert!(server.stop().success());
    for name in ["events.db", "vault.db"] {
        std::fs::copy(std::path::Path::new(&folder).join(name), place.data().join(name)).unwrap();
    }
    let server = place.serve();
    let url = format!("{}/m/{}", server.base, link.rsplit('/').next().unwrap());
    assert_eq!(Browser::new().get(&url).await.status(), StatusCode::NOT_FOUND);
    assert!(server.output().contains("a backup was restored"), "{}", server.output());
    let fresh = place.link("ana@example.com");
    assert_eq!(Browser::new().press(&fresh).await.status(), StatusCode::SEE_OTHER);
    assert!(server.stop().success());
    let server = place.serve();
    assert!(!server.output().contains("a backup was restored"), "only once");
    assert!(server.stop().success());
}

#[test]
fn a_damaged_or_half_backup_is_refused_and_changes_nothing() {
    let place = Place::new();
    place.import_offerings();
    let folder = backup(&place, "backup");
    let again = place.run(&["backup", &folder]).refused(1);
    assert!(again.contains("is there already"), "{again}");
    let path = std::path::Path::new(&folder);
    for (_, bytes) in files_in(path) {
        let key = std::fs::read_to_string(place.data().join("keys/master.key")).unwrap();
        assert!(!holds(&bytes, key.trim()), "a backup holds no keys");
    }
    let events = path.join("events.db");
    let mut bytes = std::fs::read(&events).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&events, bytes).unwrap();
    assert!(place.run(&["restore", &folder]).refused(1).contains("damaged"));
    std::fs::remove_file(path.join("manifest.json")).unwrap();
    assert!(place.run(&["restore", &folder]).refused(1).contains("no complete backup"));
    assert_eq!(place.json(&["keys", "list"])["items"].as_array().unwrap().len(), 1, "no key was rotated");
}

#[test]
fn a_backup_comes_back_on_another_machine_with_the_keys_copied_by_hand() {
    let place = Place::new();
    place.contact("Ana Lima", "ana@example.com", &[]);
    let folder = backup(&place, "backup");
    let other = Place::new();
    assert!(other.run(&["restore", &folder]).refused(1).contains("copy the keys folder"));
    other.import_offerings();
    assert!(other.run(&["restore", &folder]).refused(1).contains("belong to another log"));
    let third = Place::new();
    std::fs::create_dir_all(third.data()).unwrap();
    std::fs::set_permissions(third.data(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let copied = std::process::Command::new("cp").arg("-a").arg(place.data().join("keys")).arg(third.data()).status();
    assert!(copied.unwrap().success());
    let restored = third.run(&["restore", &folder]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(!restored.out.contains("before-restore"), "nothing was there: {restored:?}");
    assert!(third.run(&["contact", "show", "ana@example.com"]).ok().contains("Ana Lima"));
}
