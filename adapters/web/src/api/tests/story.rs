//! One story through every call.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::World;

/// Ids by the order in which the story comes upon them, so that what takes an id elsewhere changes nothing here.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    /// The same answer with names for its ids.
    fn name(&mut self, answer: &Value) -> Value {
        let mut text = answer.to_string();
        for candidate in answer.to_string().split(|c: char| !c.is_ascii_hexdigit() && c != '-') {
            if candidate.parse::<uuid::Uuid>().is_ok() && candidate.len() == 36 {
                let place = self.0.iter().position(|known| known == candidate).unwrap_or_else(|| {
                    self.0.push(candidate.to_owned());
                    self.0.len() - 1
                });
                text = text.replace(candidate, &format!("id-{}", place + 1));
            }
        }
        serde_json::from_str(&text).unwrap()
    }
}

/// What a link's answer shows once, kept out of the snapshot.
fn without_secrets(mut link: Value) -> Value {
    let secret = link.as_object_mut().unwrap();
    assert!(secret.remove("url").unwrap().as_str().unwrap().starts_with("http://localhost:8080/m/"));
    assert_eq!(secret.remove("code").unwrap().as_str().unwrap().len(), 9);
    link
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, most of it the answers")]
async fn a_contact_is_added_granted_let_in_and_told_of() {
    let world = World::new().await;
    let mut names = Names::default();
    let offering = json!({"slug": "founders-circle", "kind": "group", "title": "Founders' circle"});
    let made = world.post("/offerings", offering).await;
    assert_eq!(made.status, StatusCode::CREATED);
    insta::assert_json_snapshot!(names.name(&made.json()), @r#"
    {
      "archived": false,
      "kind": "group",
      "slug": "founders-circle",
      "title": "Founders' circle",
      "url": null
    }
    "#);

    let url = json!({"title": "The founders' circle", "url": "https://groups.example.com/founders"});
    let changed = world.call(&world.agent, Method::PATCH, "/offerings/founders-circle", Some(url)).await;
    assert_eq!(changed.json()["url"], "https://groups.example.com/founders");

    let ana = json!({"name": " Ana  Lima", "email": "ANA@example.com", "phone": "+1 415 555 2671",
        "external_id": "crm-1", "locale": "pt-BR"});
    let added = world.call(&world.agent, Method::POST, "/contacts", Some(ana)).await;
    assert_eq!(added.status, StatusCode::CREATED);
    insta::assert_json_snapshot!(names.name(&added.json()), @r#"
    {
      "created_at": "2026-05-01T12:00:00Z",
      "email": "ana@example.com",
      "external_id": "crm-1",
      "grants": [],
      "id": "id-1",
      "in_portal": false,
      "locale": "pt-BR",
      "name": "Ana Lima",
      "phone": "+14155552671",
      "sms_opted_out": false
    }
    "#);
    let id = added.json()["id"].as_str().unwrap().to_owned();

    let check = world.post("/links/check", json!({"contact": "crm-1", "destination": "founders-circle"})).await;
    insta::assert_json_snapshot!(names.name(&check.json()), @r#"
    {
      "ok": false,
      "problems": [
        {
          "code": "contact_not_in_portal",
          "detail": "the contact is not in the portal: grant a course or group first",
          "remedy": "grant a course or group, in the same call with `grants` if you like"
        }
      ]
    }
    "#);

    let grant = format!("/contacts/{id}/grants/founders-circle");
    let granted =
        world.call(&world.owner, Method::PUT, &grant, Some(json!({"until": "2026-12-31T23:00:00+01:00"}))).await;
    insta::assert_json_snapshot!(names.name(&granted.json()), @r#"
    {
      "kind": "group",
      "offering": "founders-circle",
      "since": "2026-05-01T12:00:00Z",
      "title": "The founders' circle",
      "until": "2026-12-31T22:00:00Z"
    }
    "#);
    let portal = world.get(&format!("/contacts/{id}/portal")).await;
    insta::assert_json_snapshot!(names.name(&portal.json()), @r#"
    {
      "in_portal": true,
      "offerings": [
        {
          "granted_by": "token:id-2",
          "kind": "group",
          "since": "2026-05-01T12:00:00Z",
          "slug": "founders-circle",
          "title": "The founders' circle",
          "until": "2026-12-31T22:00:00Z",
          "url": "https://groups.example.com/founders"
        }
      ]
    }
    "#);

    let wanted = json!({"contact": "ana@example.com", "destination": "founders-circle", "expires_in": "7d",
        "deliver": ["email"], "reason": "asked on the phone"});
    assert_eq!(world.post("/links/check", wanted.clone()).await.json(), json!({"ok": true, "problems": []}));
    let issued = world.post("/links", wanted).await;
    assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text);
    insta::assert_json_snapshot!(names.name(&without_secrets(issued.json())), @r#"
    {
      "contact_id": "id-1",
      "deliveries": [
        {
          "channel": "email",
          "id": "id-3",
          "state": "queued",
          "to": "ana@example.com"
        }
      ],
      "destination": "founders-circle",
      "expires_at": "2026-05-08T12:00:00Z",
      "id": "id-4",
      "issued_at": "2026-05-01T12:00:00Z",
      "max_uses": 1,
      "state": "live",
      "uses": 0
    }
    "#);
    let link = issued.json()["id"].as_str().unwrap().to_owned();

    let again = world
        .call(&world.agent, Method::POST, &format!("/links/{link}/deliveries"), Some(json!({"channel": "sms"})))
        .await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    insta::assert_json_snapshot!(names.name(&again.json()), @r#"
    {
      "channel": "sms",
      "id": "id-5",
      "state": "queued",
      "to": "+14155552671"
    }
    "#);

    world.press(&link).await;
    insta::assert_json_snapshot!(names.name(&world.get(&format!("/links/{link}")).await.json()), @r#"
    {
      "contact_id": "id-1",
      "deliveries": [
        {
          "channel": "email",
          "id": "id-3",
          "state": "queued",
          "to": "ana@example.com"
        },
        {
          "channel": "sms",
          "id": "id-5",
          "state": "queued",
          "to": "+14155552671"
        }
      ],
      "destination": "founders-circle",
      "expires_at": "2026-05-08T12:00:00Z",
      "id": "id-4",
      "issued_at": "2026-05-01T12:00:00Z",
      "max_uses": 1,
      "state": "used",
      "timeline": [
        {
          "actor": "token:id-2",
          "at": "2026-05-01T12:00:00Z",
          "detail": {
            "destination": "founders-circle",
            "expires_at": "2026-05-08T12:00:00Z",
            "kind": "staff_made",
            "max_uses": 1,
            "reason": "asked on the phone"
          },
          "event": "issued",
          "origin": "api"
        },
        {
          "actor": "token:id-2",
          "at": "2026-05-01T12:00:00Z",
          "detail": {},
          "event": "revealed",
          "origin": "api"
        },
        {
          "actor": "token:id-2",
          "at": "2026-05-01T12:00:00Z",
          "detail": {
            "channel": "email",
            "delivery": "id-3",
            "to": "ana@example.com"
          },
          "event": "delivery_requested",
          "origin": "api"
        },
        {
          "actor": "token:id-6",
          "at": "2026-05-01T12:00:00Z",
          "detail": {
            "channel": "sms",
            "delivery": "id-5",
            "to": "+14155552671"
          },
          "event": "delivery_requested",
          "origin": "api"
        },
        {
          "actor": "contact:id-1",
          "at": "2026-05-01T12:00:00Z",
          "detail": {
            "beside": null,
            "ip": "203.0.113.7",
            "method": "link",
            "use": 1,
            "user_agent": "=Firefox, \"quoted\""
          },
          "event": "redeemed",
          "origin": "self-service"
        }
      ],
      "uses": 1
    }
    "#);

    let sessions = world.get("/sessions?contact=crm-1").await.json();
    insta::assert_json_snapshot!(names.name(&sessions), @r#"
    {
      "items": [
        {
          "contact_id": "id-1",
          "expires_at": "2026-05-31T12:00:00Z",
          "id": "id-4.1",
          "ip": "203.0.113.7",
          "last_seen_at": "2026-05-01T12:00:00Z",
          "link_id": "id-4",
          "method": "link",
          "started_at": "2026-05-01T12:00:00Z",
          "user_agent": "=Firefox, \"quoted\""
        }
      ],
      "next": null
    }
    "#);
    let session = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let ended = world.call(&world.agent, Method::DELETE, &format!("/sessions/{session}"), None).await;
        assert_eq!((ended.status, ended.text.as_str()), (StatusCode::NO_CONTENT, ""));
    }
    assert_eq!(world.get("/sessions?contact=crm-1").await.json(), json!({"items": [], "next": null}));

    world.clock.advance(magiclink_domain::time::Lifetime::from_mins(1));
    let second = world.post("/links", json!({"contact": id, "reveal": false})).await.json();
    assert!(second.get("url").is_none() && second.get("code").is_none(), "{second}");
    let path = format!("/links/{}/revoke", second["id"].as_str().unwrap());
    let revoked = world.call(&world.agent, Method::POST, &path, Some(json!({"reason": "mistake"}))).await.json();
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(world.call(&world.agent, Method::POST, &path, None).await.json()["state"], "revoked");

    let states = world.get("/links?contact=crm-1").await.json();
    let states: Vec<_> = states["items"].as_array().unwrap().iter().map(|link| link["state"].clone()).collect();
    assert_eq!(json!(states), json!(["revoked", "used"]));
    assert_eq!(world.get("/links?state=used").await.json()["items"].as_array().unwrap().len(), 1);

    let history = world.get("/history?contact=crm-1").await.json();
    let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
    insta::assert_json_snapshot!(kinds, @r#"
    [
      "revoked",
      "issued",
      "session_ended",
      "redeemed",
      "delivery_requested",
      "delivery_requested",
      "revealed",
      "issued"
    ]
    "#);

    let gone = world.call(&world.owner, Method::DELETE, &grant, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(&format!("/contacts/{id}")).await.json()["in_portal"], false);
    let earlier = world.get(&format!("/contacts/{id}/portal?at=2026-05-01T12:00:00Z")).await.json();
    assert_eq!(earlier, portal.json(), "before the revocation");

    let archived = world.call(&world.agent, Method::DELETE, "/offerings/founders-circle", None).await;
    assert_eq!(archived.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/offerings").await.json()["items"][0]["archived"], true);
}

#[tokio::test]
async fn erasing_leaves_the_history_without_the_person() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["email"]})).await.json();
    world.press(link["id"].as_str().unwrap()).await;
    let receipt = world.call(&world.owner, Method::DELETE, &format!("/contacts/{id}"), None).await;
    assert_eq!(receipt.json(), json!({"contact_id": id, "erased_at": "2026-05-01T12:00:00Z"}));
    world.clock.advance(magiclink_domain::time::Lifetime::from_hours(1));
    let again = world.call(&world.owner, Method::DELETE, &format!("/contacts/{id}"), None).await;
    assert_eq!(again.json(), receipt.json(), "the receipt of the first time");
    for path in [format!("/contacts/{id}"), format!("/contacts/{id}/portal")] {
        assert_eq!(world.get(&path).await.refusal(), (410, "contact_erased".into(), String::new()), "{path}");
    }
    let refused = world.post("/links", json!({"contact": id})).await;
    assert_eq!(refused.refusal(), (410, "contact_erased".into(), "contact".into()));
    let history = world.get(&format!("/history?contact={id}")).await;
    assert!(history.text.contains("\"redeemed\"") && history.text.contains("\"erased\""), "{}", history.text);
    for answer in [
        history,
        world.get("/events?limit=200").await,
        world.get("/contacts").await,
        world.get("/contacts?q=ana").await,
        world.get(&format!("/links/{}", link["id"].as_str().unwrap())).await,
    ] {
        assert!(!answer.text.contains("Lima") && !answer.text.contains("ana@example.com"), "{}", answer.text);
        assert!(!answer.text.contains("203.0.113.7"), "{}", answer.text);
    }
}

#[tokio::test]
async fn personal_fields_of_events_are_for_owners_and_auditors_alone() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    for (token, sees) in [(&world.owner, true), (&world.auditor, true), (&world.agent, false)] {
        let events = world.call(token, Method::GET, "/events?limit=200", None).await;
        assert_eq!(events.text.contains("ana@example.com"), sees, "{}", events.text);
        assert!(!events.text.contains("sealed"), "{}", events.text);
    }
    let events = world.get("/events?limit=200").await.json();
    let added = events["items"].as_array().unwrap().iter().find(|event| event["type"] == "contact.added.v1").unwrap();
    assert_eq!(added["stream"], format!("contact-{id}"));
    assert_eq!(added["data"]["personal"]["name"], "Ana Lima");
    let positions: Vec<_> =
        events["items"].as_array().unwrap().iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted() && positions[0] == 1, "{positions:?}");
}

#[tokio::test]
async fn patch_leaves_what_is_left_out_and_removes_what_is_null() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    let path = format!("/contacts/{id}");
    let patch = async |token: &str, query: &str, body: Value| {
        world.call(token, Method::PATCH, &format!("{path}{query}"), Some(body)).await
    };
    let unchanged = world.get(&path).await.json();
    assert_eq!(patch(&world.agent, "", json!({})).await.json(), unchanged);
    let named = patch(&world.agent, "", json!({"name": "Ana Souza", "locale": "pt", "external_id": "x"})).await.json();
    assert_eq!((&named["name"], &named["phone"]), (&json!("Ana Souza"), &unchanged["phone"]));
    let refused = patch(&world.agent, "", json!({"phone": null})).await;
    assert_eq!(refused.refusal(), (403, "confirmation_required".into(), String::new()));
    let confirmed = patch(&world.agent, "?confirm=true", json!({"phone": null, "locale": null})).await.json();
    assert_eq!(
        (&confirmed["phone"], &confirmed["locale"], &confirmed["email"]),
        (&Value::Null, &Value::Null, &unchanged["email"])
    );
    let last = patch(&world.owner, "", json!({"email": null})).await;
    assert_eq!(last.refusal(), (422, "no_address".into(), String::new()));
    let title = world.call(&world.owner, Method::PATCH, "/offerings/pricing", Some(json!({"url": null}))).await.json();
    assert_eq!((&title["url"], &title["title"]), (&Value::Null, &json!("Pricing")));
}

#[tokio::test]
async fn what_was_just_written_is_in_the_lists_at_once() {
    let world = World::new().await;
    for nth in 0..20 {
        let name = format!("Person {nth}");
        let body = json!({"name": name, "email": format!("p{nth}@example.com"), "external_id": format!("crm-{nth}")});
        assert_eq!(world.post("/contacts", body).await.status, StatusCode::CREATED);
        let found = world.get(&format!("/contacts?q=p{nth}@example.com")).await.json();
        assert_eq!(found["items"][0]["name"], name, "{found}");
        let by_address = world.post("/links/check", json!({"contact": format!("p{nth}@example.com")})).await.json();
        assert_eq!(by_address["problems"][0]["code"], "contact_not_in_portal", "{by_address}");
    }
}

#[tokio::test]
async fn lists_show_at_once_what_other_doors_did() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    for nth in 1..=5 {
        let link = world.post("/links", json!({"contact": id})).await.json();
        world.press_and_leave(link["id"].as_str().unwrap()).await;
        let history = world.get("/history?kind=redeemed").await.json();
        assert_eq!(history["items"].as_array().unwrap().len(), nth, "{history}");
        let sessions = world.get(&format!("/sessions?contact={id}")).await.json();
        assert_eq!(sessions["items"].as_array().unwrap().len(), nth, "{sessions}");
    }
}
