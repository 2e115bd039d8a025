//! One mail, handed over step by step.
//!
//! Apart from the connection because every step has its own meaning: before the mail's content went out it was not sent;
//! after that, only the server knows.

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Noop, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::time::Duration;
use tokio::time::{Instant, timeout};

use super::compose::Mail;
use super::relay::{Relay, within};
use super::verdict::{Stage, Stop, Trouble};

/// How long a good-bye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(1);

impl Relay {
    /// Hands one mail over.
    pub(super) async fn hand_over(&self, mail: &Mail) -> Result<(), Stop> {
        let deadline = Instant::now() + self.patience;
        let mut connection = self.open(deadline).await?;
        let handed = steps(&mut connection, mail, deadline).await;
        goodbye(connection).await;
        handed
    }

    /// Connects, encrypts and signs in, and sends nothing.
    pub(super) async fn knock(&self) -> Result<(), Stop> {
        let deadline = Instant::now() + self.patience;
        let mut connection = self.open(deadline).await?;
        let answered = within(deadline, Stage::SignIn, connection.command(Noop)).await;
        goodbye(connection).await;
        answered.map(drop)
    }
}

async fn steps(connection: &mut AsyncSmtpConnection, mail: &Mail, deadline: Instant) -> Result<(), Stop> {
    let options = options(connection, mail)?;
    let from = MailFrom::new(mail.envelope.from().cloned(), options);
    within(deadline, Stage::Sender, connection.command(from)).await?;
    let Some(to) = mail.recipient().cloned() else {
        return Err(Stop { stage: Stage::Recipient, trouble: Trouble::Unsupported });
    };
    within(deadline, Stage::Recipient, connection.command(Rcpt::new(to, vec![]))).await?;
    within(deadline, Stage::Data, connection.command(Data)).await?;
    let answer: Response = within(deadline, Stage::Content, connection.message(mail.bytes())).await?;
    // Anything else that sounds positive is not the answer to a mail (RFC 5321, 4.3.2).
    if answer.has_code(250) { Ok(()) } else { Err(Stop { stage: Stage::Content, trouble: Trouble::OddAnswer }) }
}

/// What an address or a header beyond ASCII needs of the server (RFC 6531, RFC 6152).
fn options(connection: &AsyncSmtpConnection, mail: &Mail) -> Result<Vec<MailParameter>, Stop> {
    let mut options = vec![];
    let offers = |extension| connection.server_info().supports_feature(extension);
    let unsupported = Stop { stage: Stage::Recipient, trouble: Trouble::Unsupported };
    if !mail.to().is_ascii() {
        if !offers(Extension::SmtpUtfEight) {
            return Err(unsupported);
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes().is_ascii() {
        if !offers(Extension::EightBitMime) {
            return Err(unsupported);
        }
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(options)
}

/// Leaves politely, whatever the server says to that. Dropping the connection closes it.
async fn goodbye(mut connection: AsyncSmtpConnection) {
    drop(timeout(GOODBYE, connection.quit()).await);
}
