//! What the dialog's fields ask for.

use magiclink_domain::id::ContactId;
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{IssueRequest, Policy};
use magiclink_domain::value::{InvalidValue, Reason, Slug};

use crate::console::words::{self, Choice};
use crate::http::form::Fields;

/// Reads the dialog.
pub(super) fn read(contact: ContactId, fields: &Fields) -> Result<IssueRequest, InvalidValue> {
    let destination = match fields.text("destination") {
        "" | "home" => Destination::Home,
        slug => Destination::Offering(Slug::parse(slug)?),
    };
    Ok(IssueRequest {
        contact,
        destination,
        lifetime: lifetime(fields)?,
        max_uses: max_uses(fields.text("max_uses"))?,
        deliver: fields.all("deliver").filter_map(Channel::from_word).collect(),
        grants: fields.all("grant").map(Slug::parse).collect::<Result<_, _>>()?,
        reason: Reason::parse(fields.text("reason"))?,
        reveal: true,
    })
}

fn lifetime(fields: &Fields) -> Result<Option<Lifetime>, InvalidValue> {
    let text = match fields.text("lifetime") {
        "" => return Ok(None),
        "custom" => fields.text("custom").trim(),
        preset => preset,
    };
    let reason = "a lifetime is a number and a unit such as 30m, 12h or 3d";
    text.parse().map(Some).map_err(|_| InvalidValue { field: "custom", reason })
}

fn max_uses(text: &str) -> Result<Option<u8>, InvalidValue> {
    let reason = "a link works 1 to 10 times";
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| InvalidValue { field: "max_uses", reason }),
    }
}

/// The presets that are short enough, and one's own.
pub(super) fn lifetimes(policy: &Policy, fields: &Fields) -> Vec<Choice> {
    let presets = [("now", Lifetime::NOW), ("day", Lifetime::DAY), ("welcome", Lifetime::WELCOME)];
    let (default, asked) = (policy.default_lifetime, fields.text("lifetime"));
    let mut choices: Vec<Choice> = presets
        .into_iter()
        .filter(|(_, lifetime)| *lifetime <= policy.max_lifetime)
        .map(|(value, lifetime)| {
            let chosen = if asked.is_empty() { lifetime == default } else { asked == value };
            Choice { value, label: words::span(lifetime), chosen }
        })
        .collect();
    if !choices.iter().any(|choice| choice.chosen) && asked.is_empty() {
        choices.insert(0, Choice { value: "", label: words::span(default), chosen: true });
    }
    choices.push(Choice { value: "custom", label: "Other".to_owned(), chosen: asked == "custom" });
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn contact() -> ContactId {
        ContactId::from_uuid(uuid::Uuid::from_u128(1))
    }

    #[test]
    fn an_empty_dialog_asks_for_the_defaults() {
        let request = read(contact(), &fields(&[])).unwrap();
        assert_eq!((request.destination, request.lifetime, request.max_uses), (Destination::Home, None, None));
        assert!(request.deliver.is_empty() && request.grants.is_empty() && request.reveal);
    }

    #[test]
    fn a_lifetime_is_a_preset_or_typed() {
        let asked = |lifetime, custom| read(contact(), &fields(&[("lifetime", lifetime), ("custom", custom)]));
        assert_eq!(asked("welcome", "3d").unwrap().lifetime, Some(Lifetime::WELCOME), "typed and not chosen");
        assert_eq!(asked("custom", " 3d ").unwrap().lifetime, Some(Lifetime::from_days(3)));
        for typed in ["", "3", "3w", "-1d", "0s"] {
            assert_eq!(asked("custom", typed).unwrap_err().field, "custom", "{typed:?}");
        }
    }

    #[test]
    fn nonsense_names_its_field() {
        for (name, value) in [("destination", "../x"), ("max_uses", "many"), ("max_uses", "256"), ("grant", "A B")] {
            let refused = read(contact(), &fields(&[(name, value)])).unwrap_err();
            assert!(refused.field == name || refused.field == "slug", "{name} {value}");
        }
    }

    #[test]
    fn the_default_lifetime_is_chosen_whichever_it_is() {
        let chosen = |default_lifetime| {
            let choices = lifetimes(&Policy { default_lifetime, ..Policy::default() }, &fields(&[]));
            choices.into_iter().filter(|choice| choice.chosen).map(|choice| choice.label).collect::<Vec<_>>()
        };
        assert_eq!(chosen(Lifetime::DAY), ["24 hours"]);
        assert_eq!(chosen(Lifetime::from_days(3)), ["3 days"]);
    }

    #[test]
    fn a_preset_is_offered_up_to_the_longest_lifetime() {
        let offered = |max_lifetime| {
            let choices = lifetimes(&Policy { max_lifetime, ..Policy::default() }, &fields(&[]));
            choices.into_iter().map(|choice| choice.value).collect::<Vec<_>>()
        };
        assert_eq!(offered(Lifetime::WELCOME), ["now", "day", "welcome", "custom"]);
        assert_eq!(offered(Lifetime::from_secs(Lifetime::WELCOME.secs() - 1)), ["now", "day", "custom"]);
    }
}
