//! The form for somebody new: opened by a button, filled in well and badly, sent twice, and refused to whoever may not.

use axum::http::StatusCode;
use magiclink_domain::authority::Role;
use magiclink_domain::value::Name;
use serde_json::{Value, json};

use super::connected::kim;
use super::dialog::filled;
use super::stand_in::{House, new_key, read, sign};
use crate::conversation::tests::hostile::NAMES;
use crate::conversation::tests::world::both;
use crate::conversation::{Act, Entered};
use crate::discord::escape::{escaped, short};

const ADD: &str = "Add a contact";

/// The form as Discord is told to open it.
async fn opened(house: &mut House, message: &Value, label: &str) -> Value {
    let first = house.presses(message, label).await;
    assert_eq!(first["type"], 9, "{first:#}");
    first["data"].clone()
}

/// The form of whoever is not found.
async fn form(house: &mut House, typed: &str) -> Value {
    let nobody = house.types(typed).await["data"].clone();
    opened(house, &nobody, ADD).await
}

/// What a message says to this form, filled in like that.
async fn sent(house: &mut House, form: &Value, [name, email, phone]: [&str; 3]) -> Value {
    let sent = house.interaction(5, filled(form, &[("name", name), ("email", email), ("phone", phone)]));
    let first = house.answered(&sent).await;
    assert_eq!(first["type"], 4, "a new message: a form changes none");
    first["data"].clone()
}

/// Name, e-mail address and phone number that stand in the form.
fn in_fields(form: &Value) -> [String; 3] {
    let value = |id: &str| {
        let rows = form["components"].as_array().unwrap();
        let field = rows.iter().map(|row| &row["components"][0]).find(|field| field["custom_id"] == id).unwrap();
        field["value"].as_str().unwrap_or_default().to_owned()
    };
    ["name", "email", "phone"].map(value)
}

async fn contacts(house: &House) -> usize {
    house.world.count("contact.added.v1").await
}

#[tokio::test]
async fn the_button_opens_the_form_with_what_was_typed() {
    let mut house = House::new().await;
    let form = form(&mut house, "\"Bo <@&1> Berg\" email").await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&form["components"]).unwrap());
    assert_eq!(form["title"], ADD);
    let asked = |typed: &str| format!("add {typed}");
    for (typed, fields) in [
        ("bo@example.com", ["", "bo@example.com", ""]),
        ("+14155550177", ["", "", "+14155550177"]),
        ("rebeca francsi", ["rebeca francsi", "", ""]),
    ] {
        assert_eq!(in_fields(&self::form(&mut house, typed).await), fields, "{typed}");
        let first = house.types(&asked(typed)).await;
        assert_eq!(
            (first["type"].as_u64(), in_fields(&first["data"])),
            (Some(9), fields.map(str::to_owned)),
            "{typed}"
        );
    }
    assert_eq!(contacts(&house).await, 4, "opening adds nobody");
}

#[tokio::test]
async fn whoever_is_added_gets_what_was_asked_for() {
    let mut house = House::new().await;
    let form = form(&mut house, "bo@example.com email 7d to founders-circle").await;
    let added = sent(&mut house, &form, ["Bo <@&1> Berg", "bo@example.com", " "]).await;
    assert!(read(&added).starts_with("Added **Bo \\<\\@&1\\> Berg**"), "{}", read(&added));
    assert_eq!(house.world.count("link.issued.v1").await, 0, "nothing is granted unasked");
    let made = house.presses(&added, "Grant Founders Circle and make the link").await;
    let made = read(&made["data"]);
    assert!(made.contains("E-mail to bo\\@example\\.com") && made.contains("8 May 2026"), "{made}");
    assert_eq!((contacts(&house).await, house.world.count("link.issued.v1").await), (5, 1));
}

#[tokio::test]
async fn what_was_entered_wrongly_is_named_and_waits_to_be_corrected() {
    let mut house = House::new().await;
    let first = form(&mut house, "bo berg email").await;
    for (entered, says) in [
        (["Bo Berg", "bo@", ""], "e-mail"),
        (["Bo Berg", "bo at example.com", ""], "e-mail"),
        (["Bo Berg", "", "12"], "phone"),
        (["Bo Berg", "", "call me: +1 (415) 555"], "phone"),
        (["Bo \"the bear\" Berg 2", "bo@@example.com", "+1"], "e-mail"),
        (["Bo Berg", "", ""], "e-mail"),
    ] {
        let refused = sent(&mut house, &first, entered).await;
        assert!(read(&refused).to_lowercase().contains(says), "{entered:?}: {}", read(&refused));
        let again = opened(&mut house, &refused, "Correct it").await;
        assert_eq!(in_fields(&again), entered, "nothing that was typed is lost");
        assert_ne!(again["custom_id"], first["custom_id"]);
    }
    assert_eq!(contacts(&house).await, 4);
    let refused = sent(&mut house, &first, ["Bo Berg", "bo@", ""]).await;
    let again = opened(&mut house, &refused, "Correct it").await;
    let added = sent(&mut house, &again, ["Bo Berg", "bo@example.com", ""]).await;
    let made = house.presses(&added, "Grant Founders Circle and send").await;
    assert!(read(&made["data"]).contains("E-mail to bo"), "what was wished came along: {}", read(&made["data"]));
    assert_eq!(contacts(&house).await, 5);
}

#[tokio::test]
async fn a_form_that_is_sent_again_adds_one_contact() {
    let mut house = House::new().await;
    let form = form(&mut house, "bo berg").await;
    let entered = ["Bo Berg", "", "+14155550177"];
    let fields = [("name", entered[0]), ("email", entered[1]), ("phone", entered[2])];
    let interaction = house.interaction(5, filled(&form, &fields));
    let first = house.answered(&interaction).await["data"].clone();
    // Discord's own repetition, with a signature of its own.
    let (body, later) = (interaction.to_string(), (house.timestamp().parse::<i64>().unwrap() + 1).to_string());
    let headers = [("x-signature-ed25519", sign(&house.key, &later, &body)), ("x-signature-timestamp", later)];
    assert_eq!(house.post_raw(&body, &headers).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(contacts(&house).await, 5);
    // Kim's, who was told that something went wrong: another interaction with the same form.
    let second = sent(&mut house, &form, entered).await;
    assert_eq!(second, first, "the same answer, with the same buttons");
    assert_eq!(contacts(&house).await, 5);
    // The same form for somebody else is another command.
    let other = sent(&mut house, &form, ["Bo Berg", "bo@example.com", ""]).await;
    assert!(read(&other).starts_with("Added"), "{}", read(&other));
    assert_eq!(contacts(&house).await, 6);
}

#[tokio::test]
async fn whoever_may_not_add_is_not_offered_it_and_is_refused() {
    let mut house = House::with(Role::Auditor, both()).await;
    let nobody = read(&house.types("status nobody at all").await["data"]);
    assert!(nobody.contains("ask an owner or agent") && !nobody.contains(ADD), "{nobody}");
    let custom_id = Act::Add { turn: house.world.system().command }.encode();
    let forged = json!({ "content": "x", "components": [
        { "type": 1, "components": [{ "type": 2, "style": 1, "label": ADD, "custom_id": custom_id }] },
    ] });
    let pressed = house.presses(&forged, ADD).await;
    assert_eq!(pressed["type"], 7, "no form");
    assert!(read(&pressed["data"]).contains("does not allow"), "{}", read(&pressed["data"]));
    for typed in ["add", "add Bo Berg bo@example.com"] {
        let refused = house.types(typed).await;
        assert!(read(&refused["data"]).contains("does not allow"), "{typed}: {refused:#}");
    }
    assert_eq!(contacts(&house).await, 4);
}

#[tokio::test]
async fn a_form_that_was_opened_before_the_right_was_taken_away_adds_nobody() {
    let mut house = House::new().await;
    let form = form(&mut house, "bo berg").await;
    let staff = house.world.use_cases.chat_member(&kim()).await.unwrap().unwrap().staff;
    house.world.use_cases.change_role(&house.world.system(), staff, Role::Auditor).await.unwrap();
    for entered in [["Bo Berg", "bo@example.com", ""], ["Bo Berg", "bo@", ""]] {
        let refused = sent(&mut house, &form, entered).await;
        assert!(!read(&refused).contains("[Correct it]"), "{}", read(&refused));
        assert!(read(&refused).contains("does not allow"), "{}", read(&refused));
    }
    assert_eq!(contacts(&house).await, 4);
}

#[tokio::test]
async fn forms_of_others_and_forged_ones_add_nobody() {
    let mut house = House::new().await;
    let form = form(&mut house, "bo berg").await;
    let filled = filled(&form, &[("name", "Bo Berg"), ("email", "bo@example.com")]);
    let mut stranger = house.interaction(5, filled.clone());
    stranger["member"]["user"]["id"] = json!("100000000000000077");
    let told = read(&house.answered(&stranger).await["data"]);
    assert!(told.contains("is not connected"), "{told}");
    for custom_id in ["magiclink-form:", "magiclink-form:add", "form:x", "magiclink:"] {
        let mut forged = filled.clone();
        forged["custom_id"] = json!(custom_id);
        let sent = house.interaction(5, forged);
        let told = read(&house.answered(&sent).await["data"]);
        assert!(told.contains("too old"), "{custom_id}: {told}");
    }
    let mut older = filled.clone();
    older["custom_id"] = json!(format!("magiclink-form:{}", Act::Add { turn: house.world.system().command }.encode()));
    let older = house.interaction(5, older);
    assert!(read(&house.answered(&older).await["data"]).contains("too old"));
    let unsigned = house.interaction(5, filled).to_string();
    assert_eq!(house.post_signed(&unsigned, &new_key()).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(contacts(&house).await, 4);
}

#[tokio::test]
async fn names_made_to_break_things_fit_the_form_and_come_back_as_they_were() {
    let mut house = House::new().await;
    let long = "<@😀*".repeat(200);
    for (nth, name) in NAMES.iter().copied().chain([long.as_str()]).enumerate() {
        let (email, form) =
            (format!("hostile{nth}@example.com"), form(&mut house, &format!("nobody{nth} at all")).await);
        // Too long, or fine: it is escaped either way, and the next form takes it.
        let told = sent(&mut house, &form, [name, "bo@", ""]).await;
        let again = opened(&mut house, &told, "Correct it").await;
        let back = in_fields(&again)[0].clone();
        let typed = Entered::of(|_| (*name).to_owned()).name;
        assert!(back == typed || (back.ends_with('…') && name.len() > 200), "{name:?} became {back:?}");
        let added = read(&sent(&mut house, &form, [name, &email, ""]).await);
        let known = Name::parse(name).map(|name| format!("Added **{}", escaped(&short(name.as_str(), 200))));
        assert!(known.is_err() || added.starts_with(&known.unwrap()), "{name:?}: {added}");
    }
}
