//! The read models: what lists and pages show, folded from the log into one disposable SQLite file per node.
//!
//! Apart from the domain because rights and rules never come from here: these answers may lag, the streams decide.
//!
//! # Overview
//! * [`ReadModels::open`] opens `read.db` and follows the log in the background; [`ReadModels::close`] stops.
//! * Read your writes: [`ReadModels::passed`] waits (two seconds at most) until a position is taken in;
//!   [`ReadModels::catch_up`] waits for the log's present head, however long.
//! * Queries are methods of [`ReadModels`]: `contact`, `contacts`, `contacts_that`, `search`, `search_that`, `similar`,
//!   `contacts_by_text`, `contacts_by_external_id`; `link`, `links`, `latest_live_links`; `delivery`, `deliveries`,
//!   `deliveries_listed`, `deliveries_in_trouble`,
//!   `delivery_queues`; `bulk_sends`, `bulk_send`, `bulk_rows`; `sessions`; `history`; `staff`, `tokens`; `offerings`, `offering`,
//!   `titles`;
//!   `settings`, `changed_templates`; `dashboard`. All fail with
//!   [`Unavailable`](magiclink_domain::ports::Unavailable) alone. Lists come as [`Listed`] with typed cursors.
//! * Personal data comes as [`Personal`](magiclink_domain::personal::Personal): rows keep it sealed, an answer opens it
//!   with keys fetched together; of an erased contact it is `Erased`.
//! * [`ReadModels`] implements the domain's port [`Lookups`](magiclink_domain::ports::Lookups). Exact look-ups take
//!   `Keyring::blind_index` of [`EMAIL`], [`PHONE`] or [`EXTERNAL_ID`] over the normalised value.
//! * Operations: [`ReadModels::status`], [`ReadModels::rebuild`].
//!
//! A link's or contact's full timeline is read from its stream, not here.

mod access;
mod admissions;
mod bulk_sends;
mod changes;
mod contacts;
mod dashboard;
mod database;
mod deliveries;
mod directory;
mod engine;
mod history;
mod links;
mod lookups;
mod models;
mod notices;
mod numbers;
mod offerings;
#[cfg(test)]
mod plans;
mod projection;
mod read;
mod sealed;
mod sessions;
mod settings;
mod team;

pub use access::GrantView;
pub use bulk_sends::{BulkCursor, BulkResult, BulkRow, BulkSendView};
pub use changes::{Changes, Watched};
pub use contacts::{ContactCursor, ContactFilter, ContactPhase, ContactView};
pub use dashboard::{DashboardView, Outcome, utc_days};
pub use deliveries::{ChannelGlance, DeliveryFilter, DeliveryView, Queue, glance_at_deliveries};
pub use directory::normal as normalised;
pub use history::{HistoryFilter, HistoryItem, HistoryKind, UnknownKind};
pub use links::{LinkCursor, LinkFilter, LinkView, SubjectView};
pub use lookups::{EMAIL, EXTERNAL_ID, PHONE};
pub use models::{OpenError, Progress, ReadModels, RebuildError, Status};
pub use offerings::OfferingView;
pub use read::Listed;
pub use sessions::SessionView;
pub use settings::{ChangedTemplate, SettingsView};
pub use team::{StaffView, TokenView};
