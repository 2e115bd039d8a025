//! Everything that carries a message out of the house: Twilio, a mail server, and the sandbox, which carries it to a
//! page of our own.
//!
//! Apart from the domain because vendors, their formats and their moods are no rule of ours; the domain sees its
//! [`Sender`](magiclink_domain::ports::Sender) port alone.

mod sandbox;
pub mod smtp;
pub mod twilio;

pub use sandbox::Sandbox;
