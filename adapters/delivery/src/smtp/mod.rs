//! E-mail: composed here, carried by SMTP.
//!
//! Apart from the other senders because mail has no vendor: what a server says is all that is ever known of a message.

mod address;
mod brand;
mod compose;
mod dialogue;
mod relay;
mod scrub;
mod sender;
mod stream;
mod url;
mod verdict;

pub use address::{InvalidMailAddress, MailAddress};
pub use brand::{Accent, Brand, InvalidAccent, InvalidLogo, Logo};
pub use compose::{Composer, Mail};
pub use relay::{Relay, RelayError};
pub use sender::{Carrier, EmailSender};
pub use url::{InvalidSmtpUrl, SmtpUrl};
