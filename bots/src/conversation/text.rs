//! Text as pieces, so that each platform escapes what is not ours in its own way.
//!
//! Apart from the answers because nothing may reach a platform as one plain string: whoever writes a name decides what it
//! holds.

use magiclink_domain::usecases::SecretText;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Our own words, free of markup.
    Words(String),
    /// Somebody else's text: a name, an address, a title. It is escaped, pings nobody and links nowhere.
    Foreign(String),
    /// The same, to be set off.
    Strong(String),
    /// Something to be typed as it stands, in our own words.
    Typed(String),
    /// A magic link or a page of ours. Shown as it is, never unfurled.
    Url(SecretText),
    /// A code. Shown as it is.
    Code(SecretText),
}

/// A line of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Piece>);

impl Line {
    /// A line that begins with our own words.
    #[must_use]
    pub fn of(words: impl Into<String>) -> Self {
        Self::default().words(words)
    }

    /// Adds our own words.
    #[must_use]
    pub fn words(self, words: impl Into<String>) -> Self {
        self.with(Piece::Words(words.into()))
    }

    /// Adds somebody else's text.
    #[must_use]
    pub fn foreign(self, text: impl Into<String>) -> Self {
        self.with(Piece::Foreign(text.into()))
    }

    /// Adds somebody else's text, set off.
    #[must_use]
    pub fn strong(self, text: impl Into<String>) -> Self {
        self.with(Piece::Strong(text.into()))
    }

    /// Adds something to be typed.
    #[must_use]
    pub fn typed(self, text: impl Into<String>) -> Self {
        self.with(Piece::Typed(text.into()))
    }

    /// Adds a link or page.
    #[must_use]
    pub fn url(self, url: SecretText) -> Self {
        self.with(Piece::Url(url))
    }

    /// Adds a code.
    #[must_use]
    pub fn code(self, code: SecretText) -> Self {
        self.with(Piece::Code(code))
    }

    fn with(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }
}
