//! A short form, as data: fields to be typed, and what they stand for.
//!
//! Apart from the dialog, which chooses among things that exist.

use super::act::Act;

/// A form that asks for a contact's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What stands above.
    pub title: &'static str,
    /// What is on its button.
    pub submit: &'static str,
    /// What is asked; five at most, which every platform shows.
    pub fields: Vec<Field>,
    /// What comes back with it.
    pub act: Act,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name: [`Field::NAME`], [`Field::EMAIL`] or [`Field::PHONE`].
    pub key: &'static str,
    /// What stands above.
    pub label: &'static str,
    /// What is typed into it already; somebody else's text.
    pub value: String,
    /// It may stay empty.
    pub optional: bool,
    /// Characters that it takes.
    pub most: u16,
}

impl Field {
    /// The field of the name.
    pub const NAME: &'static str = "name";
    /// The field of the e-mail address.
    pub const EMAIL: &'static str = "email";
    /// The field of the phone number.
    pub const PHONE: &'static str = "phone";
}

/// What somebody typed into a [`Form`]; empty = nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// Of [`Field::NAME`].
    pub name: String,
    /// Of [`Field::EMAIL`].
    pub email: String,
    /// Of [`Field::PHONE`].
    pub phone: String,
}

impl Entered {
    /// What stands in the fields, asked by their keys.
    #[must_use]
    pub fn of(typed: impl Fn(&str) -> String) -> Self {
        let typed = |key| typed(key).trim().to_owned();
        Self { name: typed(Field::NAME), email: typed(Field::EMAIL), phone: typed(Field::PHONE) }
    }
}
