//! Policies: they watch the log and answer with commands.
//!
//! Apart from the use cases because nobody asks for them. Each finds its work in a read model (so a crash or restart
//! loses none) and leaves the decision to the stream (so doing it twice does nothing).

mod bulk_send;
mod close_the_door;
mod deliver;
mod notify;

pub use bulk_send::BulkSend;
pub use close_the_door::CloseTheDoor;
pub use deliver::{Deliver, Made};
pub use notify::Notify;
