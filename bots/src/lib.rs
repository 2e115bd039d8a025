//! Chat: `/magiclink` in Slack and Discord.
//!
//! Apart from the web because the platforms' rules (seconds to answer, signatures, limits of every text) are their own;
//! what is said lies once in the conversation, and a platform only translates.

pub mod conversation;
pub mod discord;
pub mod knock;
pub mod sandbox;
pub mod slack;
pub mod telling;
pub mod tenure;
