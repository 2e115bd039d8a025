//! Erasing somebody leaves no trace of them.

use crate::support::{Browser, Place, files_in, holds};

/// Nobody else in the folder has any of this.
const TRACES: [&str; 5] = ["Xaverine", "Quibblewick", "xaverine.q@example.org", "+14155550142", "crm-xq-77"];

#[tokio::test]
async fn after_an_erasure_no_byte_of_the_person_is_left() {
    let place = Place::new();
    place.import_offerings();
    let server = place.serve();
    let contact = place.json(&[
        "contact",
        "add",
        "--name",
        "Xaverine Quibblewick",
        "--email",
        TRACES[2],
        "--phone",
        TRACES[3],
        "--external-id",
        TRACES[4],
    ]);
    let id = contact["id"].as_str().unwrap();
    place.run(&["grant", id, "alumni"]).ok();
    let link = place.json(&["link", "issue", id, "--send", "email,sms", "--reason", "Quibblewick called"]);
    assert!(Browser::new().press(link["url"].as_str().unwrap()).await.status().is_redirection());
    assert!(!place.json(&["contact", "search", "quibble"])["items"].as_array().unwrap().is_empty());

    place.run(&["contact", "erase", TRACES[4]]).ok();
    for text in ["quibble", TRACES[2], TRACES[4]] {
        assert!(place.json(&["contact", "search", text])["items"].as_array().unwrap().is_empty(), "{text}");
    }
    let scan = |when: &str| {
        for (path, bytes) in files_in(&place.data()) {
            for trace in TRACES {
                assert!(!holds(&bytes, trace), "{trace} is in {} {when}", path.display());
            }
        }
    };
    scan("while the server runs");
    assert!(!place.json(&["history", "--contact", id])["items"].as_array().unwrap().is_empty(), "the history stays");
    let logged = server.output();
    assert!(server.stop().success());
    scan("after it stopped");
    for trace in TRACES {
        assert!(!logged.contains(trace), "{trace} was logged");
    }
    // The external id is free again.
    let again =
        place.json(&["contact", "add", "--name", "Somebody", "--email", "s@example.org", "--external-id", TRACES[4]]);
    assert_ne!(again["id"], id);
}
