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
          "remedy": "grant a course or group, in the same call with grants if you like"
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
          "attempts": 0,
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
      "attempts": 0,
      "channel": "sms",
      "id": "id-5",
      "next_action": {
        "action": "wait",
        "words": "wait: it is about to be sent"
      },
      "state": "queued",
      "to": "+14155552671",
      "words": "waits to be sent"
    }
    "#);

    world.press(&link).await;
    insta::assert_json_snapshot!(names.name(&world.get(&format!("/links/{link}")).await.json()), @r#"
    {
      "contact_id": "id-1",
      "deliveries": [
        {
          "attempts": 0,
          "channel": "email",
          "id": "id-3",
          "next_action": {
            "action": "nothing",
            "words": "they are signed in: nothing to do"
          },
          "state": "queued",
          "to": "ana@example.com",
          "words": "waits to be sent"
        },
        {
          "attempts": 0,
          "channel": "sms",
          "id": "id-5",
          "next_action": {
            "action": "nothing",
            "words": "they are signed in: nothing to do"
          },
          "state": "queued",
          "to": "+14155552671",
          "words": "waits to be sent"
        }
      ],
      "destination": "founders-circle",
      "expires_at": "2026-05-08T12:00:00Z",
      "id": "id-4",
      "issued_at": "2026-05-01T12:00:00Z",
      "max_uses": 1,
      "next_action": {
        "action": "nothing",
        "words": "they are signed in: nothing to do"
      },
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
