//! A tag from the CRM.

use super::{InvalidValue, text_value, tidy};

/// A word by which the CRM sorts contacts: 1 to 100 characters, no semicolon. Case does not matter where it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

text_value!(Tag);

impl Tag {
    /// Validates and tidies.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `tag`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match tidy(text) {
            Some(tag) if (1..=100).contains(&tag.chars().count()) && !tag.contains(';') => Ok(Self(tag)),
            _ => Err(InvalidValue::new("tag", "a tag has 1 to 100 characters, none of them a semicolon")),
        }
    }

    /// Those of an import's cell, which separates them by semicolons; what is none is left out.
    pub fn split(cell: &str) -> impl Iterator<Item = Self> + '_ {
        cell.split(';').filter_map(|text| Self::parse(text).ok())
    }

    /// The spelling that is compared.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_tags_between_semicolons() {
        let tags: Vec<_> = Tag::split(" Customer ;;2025; ").map(|tag| tag.folded()).collect();
        assert_eq!(tags, ["customer", "2025"]);
        assert_eq!(Tag::split("").count(), 0);
    }

    #[test]
    fn a_tag_is_one_short_word_or_phrase() {
        assert!(Tag::parse(&"a".repeat(100)).is_ok());
        for text in ["", " ", "a;b", &"a".repeat(101), "a\u{202e}b"] {
            assert!(Tag::parse(text).is_err(), "{text:?}");
        }
    }
}
