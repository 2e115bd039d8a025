//! The staff console: contacts, links, offerings, history and team, in plain HTML that works without script.
//!
//! Apart from the contact pages because it is another realm: its own cookie, its own rights.

mod asked;
mod bulk;
mod card;
mod chart;
mod chat;
mod contact;
mod contacts;
mod csv;
mod dashboard;
mod disputes;
mod flash;
mod gate;
mod generate;
mod history;
mod import;
mod links;
mod offerings;
mod people;
mod refused;
mod routes;
mod session;
mod settings;
mod shell;
mod staff;
mod switch;
#[cfg(test)]
mod tests;
mod timeline;
mod tokens;
mod welcome;
mod words;
mod wrong;

pub(crate) use import::Imports;
pub(crate) use routes::routes;
