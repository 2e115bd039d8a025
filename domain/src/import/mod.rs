//! Files of contacts and offerings as a CRM exports them: from a CSV text to validated rows, and to complaints that name
//! line and column.
//!
//! Apart from the use cases because they take one row at a time, wherever it comes from; the same rules hold for a file
//! on the command line and one that is uploaded.

mod contacts;
mod offerings;
mod records;

pub use contacts::ContactFile;
pub use offerings::{OfferingFile, OfferingRow};

use crate::rejection::Rejection;

/// Nothing of a file can be imported; the text says why, and what it should look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file can't be imported: {0}")]
pub struct Unusable(pub String);

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<T> {
    /// The line it begins on; the header is line 1.
    pub number: u64,
    /// What it says, or why it is refused.
    pub row: Result<T, Complaint>,
    /// What somebody should know about it although it goes in.
    pub note: Option<Complaint>,
}

/// What is wrong with a row, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The column at fault, where it is one.
    pub column: Option<&'static str>,
    /// Why, in one sentence.
    pub reason: String,
}

impl Complaint {
    fn new(column: Option<&'static str>, reason: impl Into<String>) -> Self {
        Self { column, reason: reason.into() }
    }

    /// A rule's no to a row of contacts.
    #[must_use]
    pub fn of_contact(rejection: &Rejection) -> Self {
        let column = match rejection.code() {
            "no_address" | "invalid_email" => Some("Email"),
            "invalid_phone" => Some("Phone"),
            "offering_not_found" | "offering_archived" => Some("Grants"),
            "external_id_taken" | "contact_erased" => Some("Contact Id"),
            _ => None,
        };
        Self::new(column, rejection.to_string())
    }

    /// A rule's no to a row of offerings.
    #[must_use]
    pub fn of_offering(rejection: &Rejection) -> Self {
        Self::new(Some("slug"), rejection.to_string())
    }
}
