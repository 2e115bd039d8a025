//! E-mail against a real mail server (aiosmtpd) that answers as the recipient's name says.
//!
//! Apart from unit tests because what a server makes of a mail, and we of its answers, shows on the wire alone.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod server;
