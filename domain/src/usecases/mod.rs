//! What people and programs can do: each use case loads streams, lets their deciders decide, and appends.
//!
//! Apart from the deciders because this is where I/O happens, through ports; and the only way in: console, API, command
//! line, policies and chat all call these.

mod access;
mod authentication;
mod bulk;
mod cache;
mod caller;
mod cards;
mod chat;
mod claims;
mod codes;
mod contacts;
mod deliveries;
mod doors;
mod erasure;
mod failure;
mod grants;
mod handle;
mod import;
mod incoming;
mod links;
mod messages;
mod notices;
mod offerings;
mod people;
mod policy;
mod portal;
mod preflight;
mod redeem;
mod self_service;
mod sessions;
mod settings;
mod sms;
mod team;
mod timelines;
mod tokens;
mod undo;

pub use authentication::{LEAST_IDLE, PortalSession, StaffSession};
pub(crate) use bulk::Worked;
pub use bulk::{BulkPreview, BulkRequest, Refused};
pub use caller::Caller;
pub use cards::ContactCard;
pub use chat::{ChatCode, ChatMember};
pub use codes::CodeAttempt;
pub use contacts::NewContact;
pub(crate) use deliveries::Ready;
pub use doors::Door;
pub use erasure::ErasureReceipt;
pub use failure::{Done, Failure};
pub use import::{ImportRow, Imported, Rehearsed};
pub use links::{IssueRequest, Issued, SecretText};
pub use messages::Preview;
pub(crate) use notices::NoticeReady;
pub use people::TeamNames;
pub use policy::Policy;
pub use portal::{PortalOffering, PortalView};
pub use redeem::{PressRequest, SignedIn};
pub use settings::Stopped;
pub use timelines::{TimelineEntry, TimelineEvent};
pub use tokens::{CreatedToken, TokenSecret};
pub use undo::Undo;

use std::sync::Arc;

use cache::Caches;

use crate::log::EventStore;
use crate::ports::{Budgets, Clock, Ids, KeySource, Lookups, Once, Parcels, Vault};

/// What the use cases need from outside.
#[derive(Clone)]
pub struct Ports {
    /// The event log.
    pub log: Arc<dyn EventStore>,
    /// Subjects' data keys.
    pub vault: Arc<dyn Vault>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// Signing and naming keys.
    pub keys: Arc<dyn KeySource>,
    /// Budgets that protect codes, self-service and money.
    pub budgets: Arc<dyn Budgets>,
    /// Marks of what must happen once.
    pub once: Arc<dyn Once>,
    /// Small secrets that wait for somebody.
    pub parcels: Arc<dyn Parcels>,
    /// Questions to the read models.
    pub lookups: Arc<dyn Lookups>,
}

/// All use cases of one node.
pub struct UseCases {
    ports: Ports,
    policy: Policy,
    caches: Caches,
}

impl UseCases {
    /// Use cases over these ports, under this policy.
    #[must_use]
    pub fn new(ports: Ports, policy: Policy) -> Self {
        Self { ports, policy, caches: Caches::default() }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The ports, for interfaces that need the same clock, keys or randomness.
    #[must_use]
    pub fn ports(&self) -> &Ports {
        &self.ports
    }
}
