//! The conversation: what people type, what is answered, and what buttons do, the same on every platform.
//!
//! Apart from the platforms because it is the product's: a platform brings who asks (by its own ids), turns an [`Answer`]
//! into its own message, and hands back what was pressed. Rights are asked of the team's stream at every turn.
//!
//! * [`Ask::parse`] reads what was typed.
//! * [`Conversation`] answers: `typed`, `pressed`, `submitted` a dialog, `entered` a form, `suggest` contacts while somebody
//!   types, `complete` the command and name its `places`.
//! * [`Live`] tells whether what happened to a link since is worth another edit of its message.

mod act;
mod adding;
mod answer;
mod cards;
mod filling;
mod find;
mod following;
mod form;
mod live;
mod making;
mod own;
mod parse;
pub(crate) mod picture;
mod refusals;
mod says;
mod showing;
mod talk;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod turns;
mod words;

pub use act::{Act, MOST as MOST_ACT, OfferingRef};
pub use answer::{Answer, Button, Choice, Dialog, Does, Filled, Look, MOST_CHOICES, MOST_LABEL, Menu, Reply, short};
pub use cards::{LinkFacts, Secrets};
pub use form::{Entered, Field, Form};
pub use live::{Live, News, Place, digest};
pub use parse::{Ask, Newcomer, Wish};
pub use picture::{PICTURE_FILE, PICTURE_SAYS, Picture};
pub use says::too_old;
pub use talk::{Conversation, Turn};
pub use text::{Line, Piece};
pub use turns::Suggestion;
