//! The slash command as somebody types it: options by their names, `/magiclink contact: ana to: founders-circle`.
//!
//! Apart from sending it because Discord's own program does this, by the command as it was registered.

use magiclink_domain::ports::ChatOption;
use serde_json::{Value, json};

use super::components::{list, number, text};

/// What is typed.
const NAME: &str = "magiclink";

/// The command among those that are registered.
pub(super) fn find(commands: &Value) -> Option<&Value> {
    commands.as_array()?.iter().find(|command| text(command, "name") == NAME)
}

/// What was typed into each option; what stands before any name belongs to the first one.
pub(super) fn typed<'a>(command: &'a Value, line: &str) -> Vec<(&'a Value, String)> {
    let mut found: Vec<(&Value, String)> = vec![];
    for word in line.split_whitespace() {
        let named = list(command, "options").find_map(|option| {
            let value = word.strip_prefix(text(option, "name"))?.strip_prefix(':')?;
            Some((option, value.to_owned()))
        });
        match (named, found.last_mut()) {
            (Some(named), _) => found.push(named),
            (None, Some((_, value))) => value.extend([" ", word]),
            (None, None) => found.extend(list(command, "options").next().map(|option| (option, word.to_owned()))),
        }
    }
    for (_, value) in &mut found {
        *value = value.trim().to_owned();
    }
    found
}

/// What is told of the command; one option of it may still be being typed.
///
/// # Errors
/// In words, when an option does not take what was typed.
pub(super) fn data(command: &Value, typed: &[(&Value, String)], focused: bool) -> Result<Value, String> {
    let mut options = vec![];
    for (nth, (option, value)) in typed.iter().enumerate() {
        let mut told =
            json!({ "name": text(option, "name"), "type": number(option, "type"), "value": taken(option, value)? });
        if let Some(told) = told.as_object_mut().filter(|_| focused && nth + 1 == typed.len()) {
            told.insert("focused".to_owned(), json!(true));
        }
        options.push(told);
    }
    let (id, name, guild) = (text(command, "id"), text(command, "name"), text(command, "guild_id"));
    Ok(json!({ "id": id, "name": name, "type": 1, "guild_id": guild, "options": options }))
}

/// Where an option offers choices, one of them.
fn taken(option: &Value, value: &str) -> Result<String, String> {
    let mut choices = list(option, "choices").peekable();
    if choices.peek().is_none() {
        return Ok(value.to_owned());
    }
    let means = |choice: &&Value| ["name", "value"].iter().any(|key| text(choice, key).eq_ignore_ascii_case(value));
    choices.find(means).map(|choice| text(choice, "value").to_owned()).ok_or_else(|| {
        let names: Vec<&str> = list(option, "choices").map(|choice| text(choice, "name")).collect();
        format!("{} takes one of these: {}", text(option, "name"), names.join(", "))
    })
}

/// The command as Discord shows it, with names in the place of what they stand for.
pub(super) fn line(typed: &[(&Value, String)], names: &[ChatOption]) -> String {
    let mut line = format!("/{NAME}");
    for (option, value) in typed {
        let named = names.iter().find(|one| one.value == *value);
        line.extend([" ", text(option, "name"), ": ", named.map_or(value.as_str(), |one| one.label.as_str())]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered() -> Value {
        json!([{
            "id": "7", "name": "magiclink", "guild_id": "2",
            "options": [
                { "type": 3, "name": "contact", "autocomplete": true }, { "type": 3, "name": "to" },
                { "type": 3, "name": "send", "choices": [{ "name": "Send SMS", "value": "sms" }] },
            ],
        }])
    }

    fn told(line: &str) -> Result<Vec<(String, String)>, String> {
        let commands = registered();
        let command = find(&commands).unwrap();
        let data = data(command, &typed(command, line), false)?;
        Ok(list(&data, "options").map(|one| (text(one, "name").to_owned(), text(one, "value").to_owned())).collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn options_are_typed_by_their_names_and_the_first_without() {
        assert_eq!(told("").unwrap(), []);
        assert_eq!(told("ana  sms").unwrap(), pairs(&[("contact", "ana sms")]));
        assert_eq!(
            told("contact: ana to:founders-circle").unwrap(),
            pairs(&[("contact", "ana"), ("to", "founders-circle")])
        );
        assert_eq!(told("to: the moon").unwrap(), pairs(&[("to", "the moon")]));
        assert_eq!(
            told("revoke https://a.example/m/x").unwrap(),
            pairs(&[("contact", "revoke https://a.example/m/x")])
        );
    }

    #[test]
    fn a_choice_is_one_of_those_that_were_registered() {
        for line in ["ana send: sms", "ana send: send sms"] {
            assert_eq!(told(line).unwrap(), pairs(&[("contact", "ana"), ("send", "sms")]), "{line}");
        }
        assert_eq!(told("ana send: pigeon").unwrap_err(), "send takes one of these: Send SMS");
    }

    #[test]
    fn what_was_picked_is_shown_by_its_name() {
        let commands = registered();
        let typed = typed(find(&commands).unwrap(), "id-1 to: home");
        let names = [ChatOption { label: "Ana Lima".into(), detail: String::new(), value: "id-1".into() }];
        assert_eq!(line(&typed, &names), "/magiclink contact: Ana Lima to: home");
        assert_eq!(find(&json!([{ "name": "other" }])), None);
    }
}
