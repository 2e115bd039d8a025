//! The rules of Magiclink: streams, commands, events, use cases and the ports they need.
//!
//! Apart from everything else so that every rule can be read and tested without a clock, a network or a disk.

pub mod actor;
#[cfg(test)]
mod arbitrary;
pub mod authority;
pub mod bulk;
pub mod card;
pub mod claim;
pub mod contact;
pub mod event;
pub mod id;
pub mod import;
pub mod keys;
pub mod link;
pub mod log;
pub mod message;
pub mod number;
pub mod offering;
pub mod personal;
pub mod policies;
pub mod ports;
pub mod rejection;
#[cfg(test)]
mod samples;
pub mod settings;
#[cfg(test)]
pub(crate) mod spec;
pub mod stream;
pub mod team;
pub mod time;
pub mod usecases;
pub mod value;
pub mod wire;
