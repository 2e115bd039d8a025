//! Every field at its limits, on both sides.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::world::World;

/// A body with one field set.
fn with(body: &Value, field: &str, value: &Value) -> Value {
    let mut body = body.clone();
    body[field] = value.clone();
    body
}

/// Asserts that each value is refused, naming the field.
async fn refused(world: &World, method: &Method, path: &str, base: &Value, field: &str, values: &[Value]) {
    for value in values {
        let answer = world.call(&world.owner, method.clone(), path, Some(with(base, field, value))).await;
        assert!(answer.status.is_client_error(), "{method} {path} {field} = {value}: {}", answer.text);
        assert_eq!(answer.refusal().2, field, "{method} {path} {field} = {value}: {}", answer.text);
    }
}

/// Asserts that each value is taken.
async fn taken(world: &World, method: &Method, path: &str, base: &Value, field: &str, values: &[Value]) {
    for value in values {
        let answer = world.call(&world.owner, method.clone(), path, Some(with(base, field, value))).await;
        assert!(answer.status.is_success(), "{method} {path} {field} = {value}: {}", answer.text);
    }
}

/// No field of ours takes these.
fn wrong_types() -> Vec<Value> {
    vec![json!(1), json!(-1.5), json!(true), json!([]), json!({}), json!(["x"])]
}

#[tokio::test]
async fn fields_of_an_offering() {
    let world = World::new().await;
    let base = json!({"slug": "a", "kind": "course", "title": "A"});
    let (post, path) = (Method::POST, "/offerings");
    for field in ["slug", "kind", "title", "url"] {
        refused(&world, &post, path, &base, field, &wrong_types()).await;
    }
    for field in ["slug", "kind", "title"] {
        let mut body = base.clone();
        body.as_object_mut().unwrap().remove(field);
        assert_eq!(world.post(path, body).await.refusal(), (400, "invalid_field".into(), field.into()));
        refused(&world, &post, path, &base, field, &[Value::Null]).await;
    }
    let long = "a".repeat(64);
    taken(&world, &post, path, &base, "slug", &[json!(long), json!("a-1")]).await;
    let slugs =
        [json!(""), json!(format!("{long}a")), json!("A"), json!("-a"), json!("a--b"), json!("home"), json!("a/b")];
    refused(&world, &post, path, &base, "slug", &slugs).await;
    let base = with(&base, "slug", &json!("b"));
    refused(&world, &post, path, &base, "kind", &[json!("Course"), json!("webinar"), json!("")]).await;
    refused(&world, &post, path, &base, "title", &[json!(""), json!(" "), json!("a".repeat(201)), json!("a\u{0}")])
        .await;
    let urls = [
        json!("javascript:alert(1)"),
        json!("ftp://x.example"),
        json!("//x.example"),
        json!("https://u@x.example"),
        json!(format!("https://x.example/{}", "a".repeat(500))),
    ];
    refused(&world, &post, path, &base, "url", &urls).await;
    taken(&world, &post, path, &base, "title", &[json!("é".repeat(200))]).await;
}

#[tokio::test]
async fn fields_of_a_contact() {
    let world = World::new().await;
    let base = json!({"name": "Ana", "email": "ana@example.com"});
    let (post, path) = (Method::POST, "/contacts");
    let id = world.contact("Bo", "bo@example.com").await;
    for (method, path) in [(post.clone(), path.to_owned()), (Method::PATCH, format!("/contacts/{id}"))] {
        for field in ["name", "email", "phone", "external_id", "locale"] {
            refused(&world, &method, &path, &base, field, &wrong_types()).await;
        }
        refused(&world, &method, &path, &base, "name", &[json!(""), json!("a".repeat(201)), json!("A\u{202e}b")]).await;
        let emails = [
            json!("ana"),
            json!("a@b"),
            json!("a@example.com,b@example.com"),
            json!("Ana <a@example.com>"),
            json!(format!("{}@example.com", "a".repeat(250))),
        ];
        refused(&world, &method, &path, &base, "email", &emails).await;
        let phones = [json!("12"), json!("4155550100"), json!("+1415555010011111111"), json!("+14155550100;ext=5")];
        refused(&world, &method, &path, &base, "phone", &phones).await;
        refused(&world, &method, &path, &base, "external_id", &[json!(""), json!(" "), json!("x".repeat(101))]).await;
        refused(&world, &method, &path, &base, "locale", &[json!(""), json!("english"), json!("en_US")]).await;
    }
    let missing = world.post(path, json!({"email": "ana@example.com"})).await;
    assert_eq!(missing.refusal(), (400, "invalid_field".into(), "name".into()));
    for (body, code) in [
        (json!({"name": "Ana"}), (422, "no_address", "")),
        (json!({"name": "Ana", "email": null, "phone": null}), (422, "no_address", "")),
        (json!({"name": "Ana", "email": "ana"}), (422, "invalid_email", "email")),
        (json!({"name": "Ana", "phone": "12"}), (422, "invalid_phone", "phone")),
        (json!({"name": "Ana", "email": "ana@example.com", "role": "owner"}), (400, "unknown_field", "role")),
        (json!([]), (400, "invalid_json", "")),
        (json!("Ana"), (400, "invalid_json", "")),
    ] {
        let answer = world.post(path, body.clone()).await.refusal();
        assert_eq!((answer.0, answer.1.as_str(), answer.2.as_str()), code, "{body}");
    }
    taken(&world, &post, path, &base, "name", &[json!("é".repeat(200)), json!("<b>=1+1</b>")]).await;
    taken(&world, &post, path, &base, "external_id", &[json!("x".repeat(100))]).await;
    let twice = world.post(path, with(&base, "external_id", &json!("x".repeat(100)))).await;
    assert_eq!(twice.refusal(), (409, "external_id_taken".into(), String::new()));
}

#[tokio::test]
async fn fields_of_a_link() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let base = json!({"contact": id});
    for path in ["/links", "/links/check"] {
        let post = Method::POST;
        for field in ["contact", "destination", "expires_in", "reason"] {
            refused(&world, &post, path, &base, field, &wrong_types()).await;
        }
        let numbers = [json!(-1), json!(256), json!(1.5), json!("1"), json!(1e99), json!([1])];
        refused(&world, &post, path, &base, "max_uses", &numbers).await;
        refused(&world, &post, path, &base, "destination", &[json!(""), json!("Home"), json!("a b")]).await;
        let spans = [
            json!(""),
            json!("0s"),
            json!("1"),
            json!("1w"),
            json!("-1h"),
            json!("1.5h"),
            json!("99999999999999999999d"),
        ];
        refused(&world, &post, path, &base, "expires_in", &spans).await;
        let channels = [json!("email"), json!(["fax"]), json!([1]), json!({})];
        refused(&world, &post, path, &base, "deliver", &channels).await;
        let slugs: Vec<String> = (0..51).map(|nth| format!("s{nth}")).collect();
        refused(&world, &post, path, &base, "grants", &[json!("x"), json!(["A"]), json!([1]), json!(slugs)]).await;
        refused(&world, &post, path, &base, "reason", &[json!("x".repeat(501)), json!("a\u{0}b")]).await;
        refused(&world, &post, path, &base, "reveal", &[json!("yes"), json!(1)]).await;
        let missing = world.post(path, json!({})).await;
        assert_eq!(missing.refusal(), (400, "invalid_field".into(), "contact".into()));
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_of_ours() {
    let world = World::new().await;
    let ask = async |kind: Option<&str>, body: Vec<u8>| {
        let mut request =
            Request::post("/api/v1/contacts").header(header::AUTHORIZATION, format!("Bearer {}", world.owner));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        if answer.status.is_success() { (201, String::new(), String::new()) } else { answer.refusal() }
    };
    let good = br#"{"name":"Ana","email":"ana@example.com"}"#.to_vec();
    for kind in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx"), Some("")]
    {
        assert_eq!(ask(kind, good.clone()).await, (415, "unsupported_media_type".into(), String::new()), "{kind:?}");
    }
    let json = Some("application/json; charset=utf-8");
    for body in [
        &b""[..],
        b"{",
        b"nul",
        b"\xff\xfe",
        b"{\"name\":\"\\ud800\"}",
        b"{\"name\": NaN}",
        b"{'name': 1}",
        b"{\"a\":1,}",
    ] {
        assert_eq!(ask(json, body.to_vec()).await.1, "invalid_json", "{body:?}");
    }
    assert_eq!(ask(json, "[".repeat(60_000).into_bytes()).await.0, 400, "deep nesting");
    let twice = br#"{"name":"Ana","name":"Eve","email":"ana@example.com"}"#.to_vec();
    assert_eq!(ask(json, twice).await, (400, "invalid_field".into(), "name".into()));
    let mut large = good.clone();
    large.resize(64 * 1024, b' ');
    assert_eq!(ask(json, large.clone()).await.0, 201, "64 KiB are taken");
    large.push(b' ');
    assert_eq!(ask(json, large).await, (413, "too_large".into(), String::new()));
}

#[tokio::test]
async fn bodies_without_a_length_are_cut_off_at_the_limit() {
    let world = World::new().await;
    let chunks = futures_util::stream::iter((0..1_000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1_024])));
    let request = Request::post("/api/v1/contacts")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.owner))
        .header(header::CONTENT_TYPE, "application/json");
    let answer = world.send(request.body(Body::from_stream(chunks)).unwrap()).await;
    assert_eq!(answer.refusal(), (413, "too_large".into(), String::new()));
}

#[tokio::test]
async fn parameters_at_their_limits() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let lists = [
        "/offerings".to_owned(),
        "/contacts".to_owned(),
        "/links".to_owned(),
        format!("/sessions?contact={id}"),
        "/history".to_owned(),
        "/events".to_owned(),
        "/staff".to_owned(),
    ];
    for list in lists {
        let and = if list.contains('?') { '&' } else { '?' };
        for limit in ["1", "200"] {
            assert_eq!(world.get(&format!("{list}{and}limit={limit}")).await.status, StatusCode::OK, "{list} {limit}");
        }
        for limit in ["0", "201", "-1", "", "x", "1.5", "%2B5", "18446744073709551616", "%F0%9F%98%80"] {
            let refused = world.get(&format!("{list}{and}limit={limit}")).await.refusal();
            assert_eq!(refused, (400, "invalid_field".into(), "limit".into()), "{list} {limit}");
        }
        for (query, field) in [("limt=1", "limt"), ("limit=1&limit=2", "limit"), ("confirm=1", "confirm")] {
            assert_eq!(world.get(&format!("{list}{and}{query}")).await.refusal().2, field, "{list} {query}");
        }
        assert_eq!(world.get(&format!("{list}{and}confirm=true&")).await.status, StatusCode::OK);
    }
    let times = [
        "",
        "yesterday",
        "2026-05-01",
        "2026-05-01T12:00:00",
        "9999999999",
        "10000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
    ];
    for (path, field) in [
        (format!("/contacts/{id}/portal?at="), "at"),
        ("/history?since=".into(), "since"),
        ("/history?until=".into(), "until"),
    ] {
        for time in times {
            let refused = world.get(&format!("{path}{time}")).await.refusal();
            assert_eq!(refused, (400, "invalid_field".into(), field.into()), "{path}{time}");
        }
        assert_eq!(world.get(&format!("{path}2026-05-01T12:00:00Z")).await.status, StatusCode::OK);
    }
    for (path, field) in [
        ("/history?kind=logged_in", "kind"),
        ("/links?state=dead", "state"),
        ("/events?after=x", "after"),
        ("/events?after=-1", "after"),
        ("/events?after=9223372036854775808", "after"),
        ("/sessions", "contact"),
        ("/history.csv?limit=5", "limit"),
        ("/contacts?q=ana&after=x", "after"),
        ("/history?contact=nobody", "contact"),
    ] {
        assert_eq!(world.get(path).await.refusal().2, field, "{path}");
    }
    assert_eq!(world.get(&format!("/contacts?q={}", "a".repeat(201))).await.refusal().2, "q");
    assert_eq!(world.get(&format!("/contacts?q={}", "a".repeat(200))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn grants_end_in_the_future() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let put = async |path: &str, body: Value| world.call(&world.owner, Method::PUT, path, Some(body)).await;
    let path = format!("/contacts/{id}/grants/pricing");
    for until in [json!("2026-05-01T12:00:00Z"), json!("2020-01-01T00:00:00Z"), json!("soon"), json!(5), json!("")] {
        assert_eq!(put(&path, json!({"until": until})).await.refusal(), (400, "invalid_field".into(), "until".into()));
    }
    let later = put(&path, json!({"until": "2026-05-01T12:00:00.000001Z"})).await;
    assert_eq!(later.json()["until"], "2026-05-01T12:00:00.000001Z", "{}", later.text);
    assert_eq!(put(&path, json!({"until": null})).await.json()["until"], Value::Null);
    assert_eq!(put(&format!("/contacts/{id}/grants/none"), json!({})).await.refusal().1, "offering_not_found");
    assert_eq!(put(&format!("/contacts/{id}/grants/HOME"), json!({})).await.refusal().1, "offering_not_found");
}
