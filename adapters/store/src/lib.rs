//! Everything that must outlive a restart: event stores, the vault of subject keys, short-lived shared state.
//!
//! Apart from the domain because this is where files, engines and the operating system's clock and generator live; the
//! domain sees them through its ports alone.

mod connection;
mod database;
mod group;
mod inspect;
mod limits;
mod memory;
mod sqlite;
mod state;
mod system;
pub mod testing;
mod vault;

pub use database::OpenError;
pub use inspect::{Inspection, Kind, inspect};
pub use memory::MemoryLog;
pub use sqlite::{SqliteLog, SqliteLogOptions};
pub use state::{SqliteParcels, SqliteState};
pub use system::{SystemClock, SystemIds};
pub use vault::{MasterKey, SqliteVault};
