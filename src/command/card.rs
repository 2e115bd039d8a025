//! A link's card on the command line: in words, and for programs.
//!
//! Apart from the commands because links and deliveries are shown alike.

use chrono_tz::Tz;
use magiclink_domain::card::{Advice, DeliveryCard, LinkCard, NextAct, Step};
use magiclink_domain::link::LinkSubject;
use serde_json::{Value, json};

use super::time;

/// The command that follows an advice, where there is one.
pub(super) fn command(card: &LinkCard, advice: &Advice) -> Option<String> {
    let contact = match card.subject {
        LinkSubject::Contact { contact, .. } => Some(contact),
        LinkSubject::Staff(_) => None,
    };
    match advice.act {
        NextAct::SendAgain(delivery) => Some(format!("magiclink deliveries retry {delivery}")),
        NextAct::SendBy(channel) => Some(format!("magiclink link send {} --by {channel}", card.link)),
        NextAct::NewLink => contact.map(|contact| format!("magiclink link issue {contact}")),
        NextAct::GrantAccess => contact.map(|contact| format!("magiclink grant {contact} OFFERING")),
        NextAct::Nothing | NextAct::Wait | NextAct::HandOver | NextAct::Call => None,
    }
}

/// The advice, with its command.
pub(super) fn next_words(card: &LinkCard, advice: &Advice) -> String {
    match command(card, advice) {
        Some(command) => format!("{}: `{command}`", advice.words),
        None => advice.words.clone(),
    }
}

/// The card for people, as rows of a table.
pub(super) fn rows(card: &LinkCard, zone: Tz) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = card.steps.iter().map(|step| row(step, zone)).collect();
    for delivery in &card.deliveries {
        let to = delivery.to.known().cloned().unwrap_or_default();
        let words = delivery.words(|at| time::shown(at, zone));
        rows.push(vec![delivery.channel.to_string(), format!("{to}: {}, {words}", delivery.state.as_str())]);
    }
    rows.push(vec!["next".to_owned(), next_words(card, &card.next)]);
    rows
}

fn row(step: &Step, zone: Tz) -> Vec<String> {
    let when = step.at.map_or_else(|| "not yet".to_owned(), |at| time::shown(at, zone));
    let by = step.by.as_ref().map(|by| format!("  {by}")).unwrap_or_default();
    vec![step.kind.words().to_lowercase(), format!("{when}{by}")]
}

/// What the card adds to a link, for programs.
pub(super) fn fields(card: &LinkCard) -> Vec<(&'static str, Value)> {
    let step = |step: &Step| {
        json!({
            "step": step.kind.as_str(),
            "at": step.at.map(|at| at.to_string()),
            "by": step.by.as_ref().map(ToString::to_string),
        })
    };
    vec![
        ("steps", card.steps.iter().map(step).collect()),
        ("deliveries", card.deliveries.iter().map(|delivery| delivery_json(card, delivery)).collect()),
        ("next_action", next_json(card, &card.next)),
    ]
}

/// A delivery for programs.
pub(super) fn delivery_json(card: &LinkCard, delivery: &DeliveryCard) -> Value {
    json!({
        "id": delivery.id.to_string(),
        "channel": delivery.channel.as_str(),
        "to": delivery.to.known(),
        "state": delivery.state.as_str(),
        "attempts": delivery.attempts,
        "requested_at": delivery.requested_at.to_string(),
        "due_at": delivery.due_at().map(|at| at.to_string()),
        "code": delivery.code,
        "words": delivery.words(|at| at.to_string()),
        "next_action": next_json(card, &delivery.next),
    })
}

fn next_json(card: &LinkCard, advice: &Advice) -> Value {
    json!({ "action": advice.act.as_str(), "words": advice.words, "command": command(card, advice) })
}
