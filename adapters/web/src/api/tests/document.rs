//! The document: complete, valid, and true of every answer that a test gets.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::world::{Answer, World};
use crate::api::openapi::document;

/// The document with every shape closed, so that a field it does not name is noticed.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut document = document().clone();
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        if schema.get("properties").is_some() {
            schema["additionalProperties"] = json!(false);
        }
    }
    document
});

/// The path of the document that `path` is an instance of.
fn template(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len()
            && wanted
                .iter()
                .zip(&parts)
                .all(|(wanted, part)| wanted == part || (wanted.starts_with('{') && !part.is_empty()))
    };
    let paths = CLOSED["paths"].as_object().unwrap();
    paths.get_key_value(path).map(|(path, _)| path).or_else(|| paths.keys().find(fits)).map(String::as_str)
}

fn validate(schema: &Value, value: &Value, what: &str) {
    let whole = json!({"$ref": "#/$defs/it", "$defs": {"it": schema}, "components": CLOSED["components"]});
    let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?} in {value:#}");
}

/// Holds an answer against what the document says of its call.
pub(super) fn hold_against(method: &Method, path: &str, answer: &Answer) {
    let what = format!("{method} {path} {}", answer.status);
    assert!(
        !answer.status.is_server_error() || answer.status == StatusCode::SERVICE_UNAVAILABLE,
        "{what} {}",
        answer.text
    );
    if !path.starts_with("/api/v1") {
        return;
    }
    let kind = answer.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap()).unwrap_or_default();
    if answer.status.is_client_error() || answer.status.is_server_error() {
        assert_eq!(kind, "application/problem+json", "{what}");
        if method != Method::HEAD {
            validate(&json!({"$ref": "#/components/schemas/Problem"}), &answer.json(), &what);
        }
    }
    let Some(operation) = template(path).map(|path| &CLOSED["paths"][path][method.as_str().to_lowercase()]) else {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
        return;
    };
    if operation.is_null() {
        assert!(method == Method::HEAD || answer.status == StatusCode::METHOD_NOT_ALLOWED, "{what}");
        return;
    }
    let described = &operation["responses"][answer.status.as_str()];
    assert!(described.is_object(), "{what} is not in the document: {}", answer.text);
    if answer.status.is_success() {
        let content = described["content"].as_object();
        let media = kind.split(';').next().unwrap_or_default();
        assert_eq!(content.and_then(|content| content.keys().next()).map_or("", String::as_str), media, "{what}");
        if media == "application/json" {
            validate(&described["content"]["application/json"]["schema"], &answer.json(), &what);
        }
    } else {
        let code = answer.json()["code"].clone();
        assert!(operation["x-codes"].as_array().unwrap().contains(&code), "{what}: {code} is not listed");
        assert_eq!(answer.json()["status"], answer.status.as_u16(), "{what}");
    }
}

#[test]
fn the_document_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        open.extend(value.as_array().into_iter().flatten());
        open.extend(value.as_object().into_iter().flat_map(|object| object.values()));
    }
}

#[test]
fn every_example_is_of_its_own_shape() {
    let mut seen = 0;
    for (name, schema) in CLOSED["components"]["schemas"].as_object().unwrap() {
        let examples = schema["examples"].as_array().cloned().unwrap_or_default();
        for example in schema.get("example").into_iter().chain(&examples) {
            validate(schema, example, name);
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
    for (path, item) in CLOSED["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for answer in operation["responses"].as_object().unwrap().values() {
                let problem = &answer["content"]["application/problem+json"];
                for example in problem["examples"].as_object().into_iter().flat_map(|examples| examples.values()) {
                    validate(&problem["schema"], &example["value"], path);
                }
            }
        }
    }
}

#[test]
fn every_call_names_itself_its_group_and_its_codes() {
    let mut ids = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "{id} twice");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{method} {path}");
            assert!(operation.get("x-errors").is_none(), "{method} {path}");
            for code in operation["x-codes"].as_array().unwrap() {
                assert!(crate::api::codes::find(code.as_str().unwrap()).is_some(), "{code}");
            }
        }
    }
    assert_eq!(ids.len(), 36);
}

#[tokio::test]
async fn document_and_docs_are_served_without_a_token() {
    let world = World::new().await;
    for (path, kind) in [("/api/openapi.json", "application/json"), ("/api/docs", "text/html; charset=utf-8")] {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let answer = world.send(request).await;
        assert_eq!((answer.status, answer.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, kind));
    }
}

#[tokio::test]
async fn the_docs_name_every_call_shape_and_code_and_load_nothing_from_elsewhere() {
    let world = World::new().await;
    let request = axum::http::Request::get("/api/docs").body(axum::body::Body::empty()).unwrap();
    let page = world.send(request).await.text;
    for (path, item) in document()["paths"].as_object().unwrap() {
        assert!(page.contains(path.as_str()), "{path}");
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
    for name in document()["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"shape-{name}\"")), "{name}");
    }
    for code in crate::api::codes::ALL {
        assert!(page.contains(&format!("<tr id=\"{}\">", code.code)), "{}", code.code);
    }
    assert!(
        !page.contains("<script") && !page.contains("style=") && !page.contains("src="),
        "no script, no inline style"
    );
    let anchors: BTreeSet<&str> = page.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let known = link
            .strip_prefix('#')
            .map_or(link.starts_with("/api/") || link.starts_with("/assets/"), |anchor| anchors.contains(anchor));
        assert!(known, "{link} leads nowhere");
    }
}
