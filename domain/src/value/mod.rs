//! Values that people enter: validated and normalised once, on the way in, and stored, compared and sent as that one
//! value (GHSA-7rqj-j65f-68wh: validation before Unicode normalisation is no validation).

mod email;
mod name;
mod offering;
mod phone;
mod tag;

pub use email::EmailAddress;
pub use name::{ExternalId, Locale, Name, Reason};
pub use offering::{OfferingUrl, Slug, Title};
pub use phone::{Country, PhoneNumber};
pub use tag::Tag;

/// What is wrong with an entered value; the message says how it should look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidValue {
    /// The field, as the API names it.
    pub field: &'static str,
    /// One sentence for people, lower case, without the value.
    pub reason: &'static str,
}

impl InvalidValue {
    pub(crate) const fn new(field: &'static str, reason: &'static str) -> Self {
        Self { field, reason }
    }
}

/// Trims, folds runs of white space to one space, composes (NFC). `None` where a control, bidirectional or invisible
/// character is left that could disguise the text or break a header.
pub(crate) fn tidy(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    let composed: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    let disguised = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    if composed.chars().any(disguised) { None } else { Some(composed) }
}

macro_rules! text_value {
    ($name:ident) => {
        impl $name {
            /// The normalised text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $name {
            /// A value read back from the log, where only validated ones are written.
            #[must_use]
            pub fn stored(text: String) -> Self {
                Self(text)
            }
        }
    };
}
pub(crate) use text_value;
