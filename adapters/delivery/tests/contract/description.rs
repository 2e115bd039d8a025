//! Twilio's own description of its API, held against every request of ours and every answer of the sandbox's vendor.
//!
//! The description is not part of this repository: without it these tests say so and check nothing.

use std::path::Path;

use jsonschema::Validator;
use magiclink_delivery::twilio::{SmsSender, Twilio, TwilioConfig};
use magiclink_domain::message::{Message, Span};
use magiclink_domain::ports::{Sender as _, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use serde_json::{Map, Value, json};

use super::outcomes::{config, message};
use super::places::sandbox;
use super::scripted::{Act, Asked, Scripted};

const MESSAGES: &str = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json";
const ACCOUNT: &str = "/2010-04-01/Accounts/{Sid}.json";

struct Description(Value);

impl Description {
    fn load() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/twilio_messages.trim.json");
        let Ok(text) = std::fs::read(&path) else {
            eprintln!("skipped: Twilio's description is not there ({})", path.display());
            return None;
        };
        Some(Self(serde_json::from_slice(&text).unwrap()))
    }

    fn operation(&self, path: &str, method: &str) -> &Value {
        &self.0["paths"][path][method]
    }

    fn form(&self) -> &Value {
        let body = &self.operation(MESSAGES, "post")["requestBody"];
        &body["content"]["application/x-www-form-urlencoded"]["schema"]
    }

    fn answer(&self, path: &str, method: &str, status: &str) -> Validator {
        let answer = &self.operation(path, method)["responses"][status];
        self.validator(&answer["content"]["application/json"]["schema"], "uri-reference")
    }

    /// OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, and `phone-number` gets a meaning. Twilio's answers call a
    /// path an URI.
    fn validator(&self, schema: &Value, uri: &str) -> Validator {
        let mut whole = json!({ "allOf": [schema], "components": self.0["components"] });
        convert(&mut whole, uri);
        let options = jsonschema::options().should_validate_formats(true).with_format("phone-number", is_number);
        options.build(&whole).unwrap()
    }

    /// A posted form: every field known, each of its type.
    fn check_form(&self, form: &[(String, String)]) -> Result<(), String> {
        let schema = self.form();
        let mut object = Map::new();
        for (name, value) in form {
            let known = schema["properties"].get(name).ok_or_else(|| format!("unknown parameter {name}"))?;
            if object.insert(name.clone(), typed(known, value)).is_some() {
                return Err(format!("{name} came twice"));
            }
        }
        valid(&self.validator(schema, "uri"), &Value::Object(object))
    }

    fn check_query(&self, asked: &Asked) -> Result<(), String> {
        let query = asked.line.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let parameters = self.operation(MESSAGES, "get")["parameters"].as_array().unwrap();
            let known = parameters.iter().find(|known| known["in"] == "query" && known["name"] == *name);
            let schema = &known.ok_or_else(|| format!("unknown parameter {name}"))?["schema"];
            valid(&self.validator(schema, "uri"), &typed(schema, &value))?;
        }
        Ok(())
    }
}

fn convert(value: &mut Value, uri: &str) {
    match value {
        Value::Object(object) => {
            if object.remove("nullable") == Some(json!(true))
                && let Some(kind) = object.get("type").cloned()
            {
                object.insert("type".to_owned(), json!([kind, "null"]));
            }
            if object.get("format") == Some(&json!("uri")) {
                object.insert("format".to_owned(), json!(uri));
            }
            object.values_mut().for_each(|value| convert(value, uri));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| convert(value, uri)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|rest| (7..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// A field's text as the type its schema names.
fn typed(schema: &Value, text: &str) -> Value {
    let number = || text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number));
    match schema["type"].as_str() {
        Some("integer" | "number") => number(),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag)),
        Some("array") => json!([text]),
        _ => json!(text),
    }
}

fn valid(validator: &Validator, value: &Value) -> Result<(), String> {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}

#[tokio::test]
async fn every_request_of_ours_is_one_that_twilio_describes() {
    let Some(description) = Description::load() else { return };
    let twilio = Scripted::new(vec![Act::Answer(201, "", r#"{"sid":"SM1"}"#.to_owned())]).await;
    let service = SmsSender::MessagingService(format!("MG{}", "a".repeat(32)).parse().unwrap());
    let long = Message {
        valid_for: Lifetime::from_days(30),
        paragraphs: vec![vec![Span::Text("é & + = % €\n".to_owned()), Span::Link("https://a.example/m/x".to_owned())]],
        ..message()
    };
    for change in [config(&twilio.base), TwilioConfig { sender: service, ..config(&twilio.base) }] {
        let client = Twilio::new(change).unwrap();
        for message in [message(), long.clone(), Message { valid_for: Lifetime::from_secs(0), ..message() }] {
            client.send(&message).await;
            client.look_up(&message, Timestamp::default()).await;
        }
    }
    let asked = twilio.asked();
    assert_eq!(asked.len(), 12);
    for asked in &asked {
        match asked.line.split_once(' ').unwrap().0 {
            "POST" => description.check_form(&asked.form()).unwrap(),
            "GET" => description.check_query(asked).unwrap(),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn every_answer_of_the_sandbox_is_one_that_twilio_describes() {
    let Some(description) = Description::load() else { return };
    let sandbox = sandbox().await;
    let config = sandbox.twilio();
    let client = Twilio::new(config.clone()).unwrap();
    let Sending::Sent { provider_id } = client.send(&message()).await else { panic!() };
    let vendor = Vendor::of(config).await;
    let account = &vendor.account;
    for form in [vec![("From", "+15005550006")], vec![("MessagingServiceSid", "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]] {
        let form: Vec<_> = form.into_iter().chain([("To", "+14155550100"), ("Body", "Hello")]).collect();
        let (status, body) = vendor.post(&form).await;
        assert_eq!(status, 201, "{body}");
        valid(&description.answer(MESSAGES, "post", "201"), &body).unwrap();
    }
    for (path, url) in [
        (MESSAGES, format!("{account}/Messages.json?To=%2B14155550100&PageSize=2")),
        (ONE, format!("{account}/Messages/{provider_id}.json")),
        (ACCOUNT, format!("{account}.json")),
    ] {
        let (status, body) = vendor.get(&url).await;
        assert_eq!(status, 200, "{body}");
        valid(&description.answer(path, "get", "200"), &body).unwrap();
    }
    let (_, page) = vendor.get(&format!("{account}/Messages.json?PageSize=2")).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_sandbox_knows_the_parameters_of_the_description_and_no_others() {
    let Some(description) = Description::load() else { return };
    let sandbox = sandbox().await;
    let vendor = Vendor::of(sandbox.twilio()).await;
    let good = [("To", "+14155550100"), ("From", "+15005550006"), ("Body", "Hello")];
    for name in description.form()["properties"].as_object().unwrap().keys() {
        let form: Vec<_> = good.into_iter().filter(|(known, _)| known != name).chain([(name.as_str(), "")]).collect();
        assert_ne!(vendor.post(&form).await.1["message"], "Unknown parameter", "{name}");
    }
    // What the description refuses, the sandbox refuses.
    for (name, value) in [
        ("To", None),
        ("To", Some(" 14155550100")),
        ("MessagingServiceSid", Some("MG1")),
        ("StatusCallback", Some("no address")),
        ("ValidityPeriod", Some("soon")),
        ("ShortenUrls", Some("perhaps")),
        ("RiskCheck", Some("maybe")),
        ("Tone", Some("friendly")),
    ] {
        let mut form: Vec<(&str, &str)> = good.into_iter().filter(|(known, _)| *known != name).collect();
        form.extend(value.map(|value| (name, value)));
        let owned: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        description.check_form(&owned).unwrap_err();
        assert_eq!(vendor.post(&form).await.0, 400, "{name} {value:?}");
    }
    description.check_form(&good.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
}

#[tokio::test]
async fn the_sandbox_lets_nobody_in_without_its_token() {
    let sandbox = sandbox().await;
    let mut config = sandbox.twilio();
    let url = format!("{}/2010-04-01/Accounts/{}.json", config.api_base.as_str(), config.account_sid.as_str());
    let (status, body) = Vendor::of(config.clone()).await.get(&url.replace("Accounts/AC", "Accounts/AD")).await;
    assert_eq!((status, &body["code"]), (404, &json!(20404)));
    config.credentials = super::outcomes::config("http://localhost").credentials;
    let (status, body) = Vendor::of(config.clone()).await.get(&url).await;
    assert_eq!((status, &body["code"], &body["status"]), (401, &json!(20003), &json!(401)));
    let Sending::NotNow(why) = Twilio::new(config).unwrap().send(&message()).await else { panic!() };
    assert!(why.whole_channel);
}

/// The vendor, called by hand.
struct Vendor {
    account: String,
    authorization: String,
}

impl Vendor {
    /// The proof is taken from a call of the client: nothing else gives its secrets away.
    async fn of(config: TwilioConfig) -> Self {
        let account = format!("{}/2010-04-01/Accounts/{}", config.api_base.as_str(), config.account_sid.as_str());
        let listening = Scripted::new(vec![Act::HangUp]).await;
        let api_base = listening.base.parse().unwrap();
        Twilio::new(TwilioConfig { api_base, ..config }).unwrap().send(&message()).await;
        let authorization = listening.asked()[0].header("authorization").to_owned();
        Self { account, authorization }
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.header("authorization", &self.authorization).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn post(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}/Messages.json", self.account);
        self.call(reqwest::Client::new().post(url).form(form)).await
    }

    async fn get(&self, url: &str) -> (u16, Value) {
        self.call(reqwest::Client::new().get(url)).await
    }
}
