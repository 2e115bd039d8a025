//! Names and other short texts about a person.

use super::{InvalidValue, text_value, tidy};

/// A person's name: any script, 1 to 200 characters. Markup and formulas are just characters; each output escapes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

text_value!(Name);

impl Name {
    /// Validates and tidies.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `name`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let name = tidy(text).ok_or(InvalidValue::new("name", "the name holds control or direction characters"))?;
        match name.chars().count() {
            0 => Err(InvalidValue::new("name", "the name is empty")),
            1..=200 => Ok(Self(name)),
            _ => Err(InvalidValue::new("name", "the name is longer than 200 characters")),
        }
    }
}

/// A contact's id in the business's CRM: 1 to 100 characters, kept as given but for outer spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(String);

text_value!(ExternalId);

impl ExternalId {
    /// Validates.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `external_id`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match tidy(text) {
            Some(id) if (1..=100).contains(&id.chars().count()) => Ok(Self(id)),
            _ => Err(InvalidValue::new(
                "external_id",
                "an external id has 1 to 100 characters and no control characters",
            )),
        }
    }
}

/// The language of messages and pages, as a BCP 47 tag such as `en` or `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

text_value!(Locale);

impl Locale {
    /// Validates the shape `ll` or `lll`, optionally with script and region.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `locale`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        let mut parts = text.split('-');
        let alpha = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && alpha(part));
        let rest = parts.all(|part| {
            (part.len() == 4 && alpha(part))
                || (part.len() == 2 && alpha(part))
                || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
        });
        if language && rest && text.len() <= 11 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("locale", "not a language tag such as en or pt-BR"))
        }
    }
}

impl std::str::FromStr for Locale {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Locale {
    /// In the usual case: `pt-BR`, `zh-Hant-TW`.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let part = |(nth, part): (usize, &str)| match (nth, part.len()) {
            (0, _) => part.to_ascii_lowercase(),
            (_, 4) => {
                let (first, rest) = part.split_at_checked(1).unwrap_or_default();
                first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
            }
            (_, _) => part.to_ascii_uppercase(),
        };
        Self(self.0.split('-').enumerate().map(part).collect::<Vec<_>>().join("-"))
    }

    /// The language alone.
    #[must_use]
    pub fn language(&self) -> Self {
        Self(self.0.split('-').next().unwrap_or_default().to_ascii_lowercase())
    }
}

/// Why somebody did something, in their own words: at most 500 characters. Personal data: people write names into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

text_value!(Reason);

impl Reason {
    /// Validates and tidies; an empty text is no reason.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `reason`.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidValue> {
        let reason =
            tidy(text).ok_or(InvalidValue::new("reason", "the reason holds control or direction characters"))?;
        match reason.chars().count() {
            0 => Ok(None),
            1..=500 => Ok(Some(Self(reason))),
            _ => Err(InvalidValue::new("reason", "the reason is longer than 500 characters")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_tidied_and_kept_in_its_script() {
        for (text, name) in [
            ("  Rebecca   Francis ", "Rebecca Francis"),
            ("桂香 胡", "桂香 胡"),
            ("<b>=1+1</b>", "<b>=1+1</b>"),
            ("e\u{301}va", "éva"),
            ("Ana\nEve", "Ana Eve"),
        ] {
            assert_eq!(Name::parse(text).unwrap().as_str(), name);
        }
        for text in ["", "   ", "Ana\u{0}", "Ana\u{202e}evE", &"a".repeat(201)] {
            assert_eq!(Name::parse(text).unwrap_err().field, "name", "{text:?}");
        }
        assert!(Name::parse(&"é".repeat(200)).is_ok());
    }

    #[test]
    fn locales_and_external_ids_have_a_shape() {
        for text in ["en", "pt-BR", "zh-Hant-TW", "es-419"] {
            assert!(Locale::parse(text).is_ok(), "{text}");
        }
        for text in ["", "e", "english", "en_US", "en-", "en-US-x-private"] {
            assert!(Locale::parse(text).is_err(), "{text}");
        }
        let shown =
            |text| Locale::parse(text).map(|locale| (locale.canonical().to_string(), locale.language().to_string()));
        assert_eq!(shown("PT-br").unwrap(), ("pt-BR".to_owned(), "pt".to_owned()));
        assert_eq!(shown("zh-hANT-tw").unwrap(), ("zh-Hant-TW".to_owned(), "zh".to_owned()));
        assert!(ExternalId::parse("crm-000001").is_ok());
        assert!(ExternalId::parse(" ").is_err());
        assert!(ExternalId::parse(&"x".repeat(101)).is_err());
    }

    #[test]
    fn an_empty_reason_is_none() {
        assert_eq!(Reason::parse("  ").unwrap(), None);
        assert!(Reason::parse(&"x".repeat(501)).is_err());
    }
}
