//! What people call an API token.

use crate::value::{InvalidValue, text_value, tidy};

/// An API token's label, such as `crm-sync`: 1 to 100 characters. It names a program, so it is not personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(String);

text_value!(TokenName);

impl TokenName {
    /// Validates and tidies.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `name`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match tidy(text) {
            Some(name) if (1..=100).contains(&name.chars().count()) => Ok(Self(name)),
            _ => Err(InvalidValue::new("name", "a token's name has 1 to 100 characters and no control characters")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokens_name_has_1_to_100_characters() {
        assert_eq!(TokenName::parse("  crm   sync ").unwrap().as_str(), "crm sync");
        assert!(TokenName::parse(&"é".repeat(100)).is_ok());
        for text in ["", "  ", "a\u{0}b", &"x".repeat(101)] {
            assert_eq!(TokenName::parse(text).unwrap_err().field, "name", "{text:?}");
        }
    }
}
