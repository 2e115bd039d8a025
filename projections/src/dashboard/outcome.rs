//! What comes of a press, in one word.
//!
//! Apart from the fold because the page that shows the counts asks for the same words.

use magiclink_domain::link::{Method, Refusal};

/// What came of a press of a link's button, or of a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The contact signed in.
    SignedIn(Method),
    /// The contact was not let in.
    Refused(Refusal),
}

impl Outcome {
    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let methods = Method::ALL.iter().map(|method| Self::SignedIn(*method));
        methods.chain(Refusal::ALL.iter().map(|why| Self::Refused(*why)))
    }

    /// The stored word: methods and refusals share none.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn(method) => method.as_str(),
            Self::Refused(why) => why.as_str(),
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Method::from_word(word).map(Self::SignedIn).or_else(|| Refusal::from_word(word).map(Self::Refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_word_of_its_own() {
        for outcome in Outcome::all() {
            assert_eq!(Outcome::from_word(outcome.as_str()), Some(outcome));
        }
    }
}
