//! The document for people: one page, no script, nothing from elsewhere.
//!
//! Apart from the document because it only rearranges what stands there.

use std::sync::LazyLock;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::codes::{self, Code};
use super::openapi::document;
use crate::http::{assets, page};

#[derive(Template)]
#[template(path = "api/docs.html")]
struct Docs {
    css: &'static str,
    title: String,
    about: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
    codes: &'static [Code],
}

struct Group {
    name: String,
    about: String,
    calls: Vec<Call>,
}

struct Call {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    parameters: Vec<Field>,
    body: Option<(String, String)>,
    answers: Vec<Answer>,
    codes: Vec<&'static Code>,
}

struct Answer {
    status: String,
    about: String,
    shape: Option<String>,
    kind: String,
}

struct Shape {
    name: String,
    about: String,
    fields: Vec<Field>,
    words: Vec<String>,
    example: Option<String>,
}

struct Field {
    name: String,
    place: String,
    kind: String,
    link: Option<String>,
    required: bool,
    about: String,
}

static PAGE: LazyLock<Option<String>> = LazyLock::new(|| match docs(document()).render() {
    Ok(page) => Some(page),
    Err(error) => {
        tracing::error!(error = &error as &dyn std::error::Error, "the docs can't be rendered");
        None
    }
});

/// The page.
pub(super) async fn serve() -> Response {
    match &*PAGE {
        Some(text) => page::answer(StatusCode::OK, text.clone()),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn docs(document: &Value) -> Docs {
    let groups = list(at(document, "/tags")).map(|tag| Group {
        name: text(at(tag, "/name")),
        about: text(at(tag, "/description")),
        calls: calls(document, &text(at(tag, "/name"))),
    });
    let shapes = entries(at(document, "/components/schemas")).map(|(name, schema)| shape(name, schema));
    Docs {
        css: assets::href("api.css"),
        title: text(at(document, "/info/title")),
        about: text(at(document, "/info/description")),
        groups: groups.collect(),
        shapes: shapes.collect(),
        codes: codes::ALL,
    }
}

fn calls(document: &Value, tag: &str) -> Vec<Call> {
    let mut found = vec![];
    for (path, item) in entries(at(document, "/paths")) {
        for (method, operation) in entries(item) {
            if list(at(operation, "/tags")).any(|name| name == tag) {
                found.push(call(path, method, operation));
            }
        }
    }
    found
}

fn call(path: &str, method: &str, operation: &Value) -> Call {
    let words: Vec<&str> = list(at(operation, "/x-codes")).filter_map(Value::as_str).collect();
    let body = at(operation, "/requestBody/content/application~1json/schema");
    let answers = entries(at(operation, "/responses")).filter(|(status, _)| status.starts_with('2'));
    Call {
        id: text(at(operation, "/operationId")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(at(operation, "/summary")),
        about: text(at(operation, "/description")),
        parameters: list(at(operation, "/parameters")).map(parameter).collect(),
        body: name(body).map(|name| (name, text(at(operation, "/requestBody/description")))),
        answers: answers.map(|(status, answer)| self::answer(status, answer)).collect(),
        codes: codes::ALL.iter().filter(|code| words.contains(&code.code)).collect(),
    }
}

fn answer(status: &str, answer: &Value) -> Answer {
    let content = entries(at(answer, "/content")).next();
    Answer {
        status: status.to_owned(),
        about: text(at(answer, "/description")),
        shape: content.and_then(|(_, content)| name(at(content, "/schema"))),
        kind: content.map_or_else(String::new, |(kind, _)| kind.clone()),
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(at(parameter, "/name")),
        place: text(at(parameter, "/in")),
        kind: kind(at(parameter, "/schema")),
        link: name(at(parameter, "/schema")),
        required: *at(parameter, "/required") == true,
        about: text(at(parameter, "/description")),
    }
}

fn shape(shape: &str, schema: &Value) -> Shape {
    let required: Vec<&str> = list(at(schema, "/required")).filter_map(Value::as_str).collect();
    let fields = entries(at(schema, "/properties")).map(|(field, schema)| Field {
        name: field.clone(),
        place: String::new(),
        kind: kind(schema),
        link: name(schema),
        required: required.contains(&field.as_str()),
        about: text(at(schema, "/description")),
    });
    let example = schema.get("example").or_else(|| list(at(schema, "/examples")).next());
    Shape {
        name: shape.to_owned(),
        about: text(at(schema, "/description")),
        fields: fields.collect(),
        words: list(at(schema, "/enum")).map(text).collect(),
        example: example.and_then(|example| serde_json::to_string_pretty(example).ok()),
    }
}

/// The named shape that a schema means, be it one, several of one, or one or null.
fn name(schema: &Value) -> Option<String> {
    let own = at(schema, "/$ref").as_str().and_then(|reference| reference.rsplit('/').next()).map(str::to_owned);
    let one_of = || list(at(schema, "/oneOf")).find_map(name);
    own.or_else(one_of).or_else(|| schema.get("items").and_then(name))
}

/// A schema's type, in a word or two.
fn kind(schema: &Value) -> String {
    let words = match at(schema, "/type") {
        Value::String(word) => word.clone(),
        Value::Array(words) => words.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ if schema.get("oneOf").is_some() => {
            list(at(schema, "/oneOf")).map(kind).filter(|kind| !kind.is_empty()).collect::<Vec<_>>().join(" or ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    };
    match at(schema, "/format").as_str() {
        Some(format) if format.contains('-') || format == "uuid" => format!("{words} ({format})"),
        _ => words,
    }
}

static NOTHING: Value = Value::Null;

/// What stands at a place in the document (RFC 6901), null where nothing does.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&NOTHING)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
