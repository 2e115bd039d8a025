//! Text messages by Twilio: our calls to its Messages API, and what its own calls to us carry.
//!
//! Apart from other vendors so that everything that knows Twilio's names, codes and signatures lies in one folder.

mod answer;
mod client;
mod codes;
mod config;
mod hooks;
mod signature;

pub use client::{NoClient, Twilio};
pub use config::{
    AccountSid, ApiBase, ApiKeySecret, ApiKeySid, AuthToken, Credentials, InvalidTwilio, MessagingServiceSid, SmsFrom,
    SmsSender, TwilioConfig,
};
pub use hooks::TwilioHooks;
pub use signature::{SIGNATURE_HEADER, sign};
