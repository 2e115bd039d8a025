//! One process may take on a part of the service alone.

use reqwest::StatusCode;

use crate::support::{Browser, Place, Server, text};

#[tokio::test]
async fn health_and_metrics_answer_in_every_role_and_pages_in_the_role_web_alone() {
    for (role, pages) in [("web", StatusCode::OK), ("worker", StatusCode::NOT_FOUND), ("bots", StatusCode::NOT_FOUND)] {
        let place = Place::new();
        let server = Server::start(&place, &["--roles", role]);
        let status = |path: &'static str| {
            let url = format!("{}{path}", server.base);
            async move { Browser::new().get(&url).await.status() }
        };
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(status(path).await, StatusCode::OK, "{path} of {role}");
        }
        for path in ["/portal/sign-in", "/console/sign-in", "/api/openapi.json"] {
            assert_eq!(status(path).await, pages, "{path} of {role}");
        }
        let invited = place.data().join("owner-invitation").exists();
        assert_eq!(invited, role == "web", "an invitation leads to pages: {role}");
        assert!(server.stop().success());
    }
}

#[test]
fn background_work_is_the_workers() {
    let place = Place::new();
    place.import_offerings();
    let ana = place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let web = Server::start(&place, &["--roles", "web,bots"]);
    let link = text(&place.json(&["link", "issue", &ana]), "id");
    // Access that ends and comes back renews the admissions: the link is dead, and somebody has to write that down.
    place.run(&["revoke", &ana, "alumni"]).ok();
    place.run(&["grant", &ana, "alumni"]).ok();
    assert_eq!(place.json(&["link", "show", &link])["state"], "revoked");
    // Two seconds are the longest that the policy would rest; two commands that wait for the read models, and a stop
    // that waits for work begun, leave it room enough.
    place.json(&["link", "list"]);
    assert!(web.stop().success());
    assert_eq!(place.timeline(&link), ["issued", "revealed"], "nobody worked");

    let worker = Server::start(&place, &["--roles", "worker"]);
    let written = (0..200).any(|_| place.timeline(&link).contains(&"revoked".to_owned()));
    assert!(written, "{:?}: {}", place.timeline(&link), worker.output());
    assert!(worker.stop().success());
}

#[test]
fn what_can_not_be_a_role_or_has_no_place_in_it_is_a_usage_error() {
    let place = Place::new();
    for roles in ["cook", "web,cook", "", "web,"] {
        let refused = place.run(&["serve", "--roles", roles]);
        assert_eq!(refused.code, Some(2), "{roles:?}: {refused:?}");
        assert!(refused.err.contains("web, worker, bots"), "{refused:?}");
    }
    let sentence = place.run(&["serve", "--sandbox", "--roles", "web,bots"]).refused(2);
    assert!(sentence.contains("web and worker in one process"), "{sentence}");
    assert!(!place.data().exists(), "nothing was made");
}

#[test]
fn a_process_says_which_roles_it_takes() {
    let place = Place::new();
    let mut child = place.command(&["serve", "--listen", "127.0.0.1:0", "--roles", "worker,bots"]);
    let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut says = String::new();
    while !says.contains("so the bots rest") {
        let read = std::io::BufRead::read_line(&mut out, &mut says).unwrap();
        assert_ne!(read, 0, "{says}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(says.contains("takes the roles worker, bots") && says.contains("/healthz"), "{says}");
    assert!(!says.contains("/console"), "{says}");
}
