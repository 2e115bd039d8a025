//! The places in a template that a message fills.

use std::fmt;

/// What a template can ask for, written `{{link}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// The link's address.
    Link,
    /// The code, as it is typed.
    Code,
    /// The reader's name.
    Name,
    /// The portal's name.
    Portal,
    /// When the link ends, in the reader's time zone.
    Expires,
    /// How long the link still works.
    Lasts,
    /// Whom to turn to.
    Support,
}

impl Placeholder {
    /// All of them, the most needed first.
    pub const ALL: [Self; 7] =
        [Self::Link, Self::Code, Self::Name, Self::Portal, Self::Expires, Self::Lasts, Self::Support];

    /// The word between the braces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Code => "code",
            Self::Name => "name",
            Self::Portal => "portal",
            Self::Expires => "expires",
            Self::Lasts => "lasts",
            Self::Support => "support",
        }
    }

    /// What a message has in its place, for whoever writes templates.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Link => "the link; needed, once",
            Self::Code => "the code that works instead of the link",
            Self::Name => "the contact’s name; left out where there is no name fit for a message",
            Self::Portal => "the portal’s name",
            Self::Expires => "day and time at which the link ends, with the time zone",
            Self::Lasts => "how long the link works, such as 24 hours",
            Self::Support => "whom to ask; its line is left out where nobody is configured",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The one that was probably meant.
    pub(super) fn nearest(word: &str) -> Self {
        let word = word.to_lowercase();
        // Enough of a long word to tell it by: what is pasted between braces by mistake may be a whole page.
        let word: String = word.chars().take(40).collect();
        let far = |one: &Self| strsim::osa_distance(one.as_str(), &word);
        Self::ALL.into_iter().min_by_key(far).unwrap_or(Self::Link)
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{{}}}}}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_one_is_what_was_meant() {
        for (written, meant) in
            [("lnik", "link"), ("Link", "link"), ("nmae", "name"), ("expiry", "expires"), ("{link", "link")]
        {
            assert_eq!(Placeholder::nearest(written).as_str(), meant, "{written}");
        }
        assert_eq!(Placeholder::Link.to_string(), "{{link}}");
    }
}
