//! Lists: what is asked for stands in the address, and the export holds what the list shows.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::usecases::IssueRequest;
use magiclink_domain::value::Slug;

use super::world::World;

#[tokio::test]
async fn links_are_listed_by_state_contact_and_channel_and_exported_as_they_are_listed() {
    let world = World::new().await;
    let (ana, sent) = world.member("Ana Good").await;
    let bo = world.contact("=Bo", "bo@example.com").await;
    let request = IssueRequest {
        contact: bo,
        destination: Destination::Home,
        lifetime: None,
        max_uses: None,
        deliver: vec![],
        grants: vec![Slug::parse("alumni").unwrap()],
        reason: None,
        reveal: true,
    };
    let other = world.web.use_cases.issue_link(&world.system(), request).await.unwrap().value;
    world.send(sent.id, Channel::Email).await;
    world.web.use_cases.revoke_link(&world.system(), other.id, None).await.unwrap();
    world.settle().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    let (first, second) = (format!("/console/links/{}", sent.id), format!("/console/links/{}", other.id));
    for (query, shown, hidden) in [
        ("", vec![&first, &second], vec![]),
        ("?state=live", vec![&first], vec![&second]),
        ("?state=revoked", vec![&second], vec![&first]),
        ("?contact=bo%40example.com", vec![&second], vec![&first]),
        (&format!("?contact={ana}"), vec![&first], vec![&second]),
        ("?channel=email", vec![&first], vec![&second]),
        ("?channel=sms", vec![], vec![&first, &second]),
        ("?channel=email&state=revoked", vec![], vec![&first, &second]),
    ] {
        let page = auditor.get(&format!("/console/links{query}")).await;
        let file = auditor.get(&format!("/console/links.csv{query}")).await;
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"links.csv\"");
        let lists = |at: &&String| {
            let id = at.rsplit_once('/').unwrap().1;
            (page.body.contains(&format!("href=\"{at}\"")), file.body.contains(id))
        };
        assert!(shown.iter().all(|at| lists(at) == (true, true)), "{query}: {}", page.body);
        assert!(hidden.iter().all(|at| lists(at) == (false, false)), "{query}: {}", page.body);
        assert_eq!(file.body.lines().count(), 1 + shown.len(), "{query}");
    }
    let file = auditor.get("/console/links.csv").await;
    assert!(file.body.contains("\"'=Bo\"") && file.body.contains("\"email: queued\""), "{}", file.body);
}

#[tokio::test]
async fn where_a_link_leads_is_said_by_the_title_and_not_by_the_slug() {
    let world = World::new().await;
    let slug = world.offering("y-26", "All <b>Years").await;
    let contact = world.contact("Ana Good", "ana@example.com").await;
    world.grant(contact, slug).await;
    let mut agent = world.signed_in(Role::Agent).await;
    let dialog = agent.get(&format!("/console/generate?contact={contact}")).await;
    let fields = [("destination", "y-26"), ("lifetime", "24h"), ("max_uses", "1"), ("do", "generate")];
    let made = agent.fill(&dialog, "/console/generate", &fields).await;
    let place = "<bdi title=\"y-26\">All &#60;b&#62;Years</bdi>";
    assert!(made.body.contains(&format!("<dt>Leads to</dt><dd>{place}</dd>")), "{}", made.body);
    let link = made.between("href=\"/console/links/", "\"");
    let contact = format!("/console/contacts/{contact}");
    for path in ["/console", "/console/links", &format!("/console/links/{link}"), &contact] {
        let page = agent.get(path).await.body;
        assert!(page.contains(place), "{path}: {page}");
        assert!(!page.contains("to y-26"), "{path}: {page}");
    }
    for path in ["/console/history", &contact] {
        let page = agent.get(path).await.body;
        assert!(page.contains("to All &#60;b&#62;Years") && !page.contains("to y-26"), "{path}: {page}");
    }
    assert!(agent.get(&contact).await.body.contains("<bdi>All &#60;b&#62;Years</bdi>"), "what was granted");
}

#[tokio::test]
async fn whom_nobody_knows_is_said_beside_the_filter_with_what_was_asked_for() {
    let world = World::new().await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    for list in ["links", "history"] {
        let page = auditor.get(&format!("/console/{list}?contact=nobody%40example.com")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("value=\"nobody@example.com\""), "{list}");
    }
}

#[tokio::test]
async fn an_empty_list_says_what_would_stand_there_and_offers_the_first_step_to_whom_may_do_it() {
    let world = World::new().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let mut auditor = world.signed_in(Role::Auditor).await;
    for (path, words, step) in [
        ("/console/offerings", "No courses or groups yet", "/console/offerings/add"),
        ("/console/links", "No magic links yet", "/console/generate"),
        ("/console/bulk", "Nothing was sent in bulk yet", "/console/bulk/new"),
    ] {
        let step = format!("class=\"button\" href=\"{step}\"");
        let page = owner.get(path).await;
        assert!(page.body.contains(words) && page.body.contains(&step), "{path}: {}", page.body);
        let page = auditor.get(path).await;
        assert!(page.body.contains(words) && !page.body.contains(&step), "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn an_offering_is_archived_once_its_slug_was_typed_and_stays_with_those_who_have_it() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    let at = "/console/offerings/alumni/archive";
    let question = owner.get(at).await;
    assert!(question.body.contains("<strong>1</strong> contact keeps it"), "{}", question.body);
    for typo in ["", "alumn", "Alumni 2"] {
        let refused = owner.fill(&question, at, &[("word", typo)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.body.contains("nothing was archived"), "{}", refused.body);
    }
    assert_eq!(world.count("offering.archived.v1").await, 0);
    let page = owner.fill(&question, at, &[("word", " Alumni ")]).await;
    assert!(page.body.contains("The offering was archived"));
    assert_eq!(world.count("offering.archived.v1").await, 1);
    assert!(owner.get("/console/offerings?show=archived").await.body.contains("<code>alumni</code>"));
    assert!(!page.body.contains("<code>alumni</code>"), "the archived stand apart");
    assert!(owner.get(&format!("/console/contacts/{contact}")).await.body.contains("In the portal"));
}

#[tokio::test]
async fn what_is_wrong_with_an_offering_is_said_on_its_form_with_what_was_typed() {
    let world = World::new().await;
    world.offering("alumni", "Alumni").await;
    world.settle().await;
    let mut agent = world.signed_in(Role::Agent).await;
    let page = agent.get("/console/offerings/add").await;
    for (slug, status) in [("Not a slug", StatusCode::BAD_REQUEST), ("alumni", StatusCode::CONFLICT)] {
        let fields = [("title", "My <b>title"), ("slug", slug), ("kind", "group"), ("url", "https://a.example")];
        let wrong = agent.fill(&page, "/console/offerings", &fields).await;
        assert_eq!(wrong.status, status, "{}", wrong.body);
        assert!(
            wrong.body.contains("role=\"alert\"") && wrong.body.contains("value=\"My &#60;b&#62;title\""),
            "{slug}"
        );
        assert!(wrong.body.contains("value=\"group\" checked") && wrong.body.contains("value=\"https://a.example\""));
    }
    let at = "/console/offerings/alumni/change";
    let page = agent.get(at).await;
    let wrong = agent.fill(&page, at, &[("title", "  "), ("url", "javascript:alert(1)")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("value=\"javascript:alert(1)\"") && wrong.body.contains("<bdi>Alumni</bdi>"));
}
