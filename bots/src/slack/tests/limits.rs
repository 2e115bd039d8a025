//! What Slack's documentation allows of a payload; whatever is beyond, it refuses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::conversation::MOST_CHOICES;

/// What Slack would refuse in a message; `None` if nothing.
pub(super) fn message(message: &Value) -> Option<String> {
    let text = message["text"].as_str().unwrap_or_default();
    check(!text.is_empty() && text.chars().count() <= 3_000, "text")
        .or_else(|| check(!text.contains('<') && !text.contains('>'), "text is not escaped"))
        .or_else(|| check(message["unfurl_links"] == false && message["unfurl_media"] == false, "unfurl"))
        .or_else(|| blocks(&message["blocks"], 50))
}

/// What Slack would refuse in a modal.
pub(super) fn view(view: &Value) -> Option<String> {
    check(view["type"] == "modal", "type")
        .or_else(|| plain_text(&view["title"], 24))
        .or_else(|| plain_text(&view["submit"], 24))
        .or_else(|| plain_text(&view["close"], 24))
        .or_else(|| check(length(&view["private_metadata"]) <= 3_000, "private_metadata"))
        .or_else(|| check(length(&view["callback_id"]) <= 255, "callback_id"))
        .or_else(|| blocks(&view["blocks"], 100))
}

/// What Slack would refuse in the answer to a contact menu.
pub(super) fn options(answer: &Value) -> Option<String> {
    let options = answer["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    check(options.len() <= 100, "options").or_else(|| options.iter().find_map(option))
}

fn check(fine: bool, what: &str) -> Option<String> {
    (!fine).then(|| what.to_owned())
}

fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.chars().count())
}

fn plain_text(text: &Value, most: usize) -> Option<String> {
    check(text["type"] == "plain_text", "no plain_text")
        .or_else(|| check((1..=most).contains(&length(&text["text"])), &format!("{text} is longer than {most}")))
}

fn blocks(blocks: &Value, most: usize) -> Option<String> {
    let blocks = blocks.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut ids = BTreeSet::new();
    check((1..=most).contains(&blocks.len()), "blocks").or_else(|| {
        blocks.iter().find_map(|block| match block["type"].as_str().unwrap_or_default() {
            "rich_text" => rich_text(block),
            "actions" => actions(block, &mut ids),
            "input" => input(block),
            other => Some(format!("unknown block {other}")),
        })
    })
}

fn rich_text(block: &Value) -> Option<String> {
    let sections = block["elements"].as_array().unwrap();
    sections.iter().find_map(|section| {
        check(section["type"] == "rich_text_section", "section").or_else(|| {
            section["elements"].as_array().unwrap().iter().find_map(|element| match element["type"].as_str().unwrap() {
                "text" => check((1..=3_000).contains(&length(&element["text"])), "an empty or long text"),
                "link" => check((1..=3_000).contains(&length(&element["url"])), "a link"),
                other => Some(format!("unknown element {other}")),
            })
        })
    })
}

fn actions(block: &Value, ids: &mut BTreeSet<String>) -> Option<String> {
    let elements = block["elements"].as_array().unwrap();
    check((1..=25).contains(&elements.len()), "elements").or_else(|| {
        elements.iter().find_map(|element| {
            let id = element["action_id"].as_str().unwrap().to_owned();
            check((1..=255).contains(&id.len()) && ids.insert(id), "action_id").or_else(|| element_of(element))
        })
    })
}

fn element_of(element: &Value) -> Option<String> {
    match element["type"].as_str().unwrap() {
        "button" => plain_text(&element["text"], 75)
            .or_else(|| check(length(&element["value"]) <= 2_000 && length(&element["url"]) <= 3_000, "value"))
            .or_else(|| check(matches!(element["style"].as_str(), None | Some("primary" | "danger")), "style")),
        "static_select" => {
            let options = element["options"].as_array().unwrap();
            check((1..=100).contains(&options.len()), "options")
                .or_else(|| {
                    check(
                        element["initial_option"].is_null() || options.contains(&element["initial_option"]),
                        "initial",
                    )
                })
                .or_else(
                    || if element["placeholder"].is_null() { None } else { plain_text(&element["placeholder"], 150) },
                )
                .or_else(|| options.iter().find_map(option))
        }
        "external_select" => plain_text(&element["placeholder"], 150),
        "plain_text_input" => check(element["max_length"].as_u64().unwrap() <= 3_000, "max_length"),
        other => Some(format!("unknown element {other}")),
    }
}

fn option(option: &Value) -> Option<String> {
    plain_text(&option["text"], 75)
        .or_else(|| check((1..=150).contains(&length(&option["value"])), "value"))
        .or_else(|| if option["description"].is_null() { None } else { plain_text(&option["description"], 75) })
}

fn input(block: &Value) -> Option<String> {
    check((1..=255).contains(&length(&block["block_id"])), "block_id")
        .or_else(|| plain_text(&block["label"], 2_000))
        .or_else(|| element_of(&block["element"]))
}

#[test]
fn the_limits_are_limits() {
    let mut answer = crate::conversation::Answer::of(crate::conversation::Line::of("x"));
    let fine = crate::slack::render::message(&answer, false);
    assert_eq!(message(&fine), None);
    answer = answer.open("y".repeat(200), "https://portal.example.com".to_owned());
    assert_eq!(message(&crate::slack::render::message(&answer, false)), None, "labels are cut");
    let mut long = fine.clone();
    long["blocks"] = serde_json::json!([{ "type": "actions", "elements": [] }]);
    assert!(message(&long).is_some());
    let mut marked = fine;
    marked["text"] = "<!channel>".into();
    assert!(message(&marked).is_some());
    const { assert!(MOST_CHOICES <= 100) };
}
