//! What the sandbox shows, and what can be done with it.

use async_trait::async_trait;

use crate::time::Timestamp;

/// A sandbox's phones and mailboxes, for the page that shows them.
///
/// * Bounded, in memory, newest first.
/// * Shows exactly the bytes that a vendor was handed.
/// * What a phone or a carrier does reaches the service as a vendor would tell it: by signed calls to its hooks.
#[async_trait]
pub trait SandboxInbox: Send + Sync + 'static {
    /// Text messages to phones and from them.
    fn texts(&self) -> Vec<SandboxText>;
    /// Mails.
    fn mails(&self) -> Vec<SandboxMail>;
    /// What becomes of the text messages to come.
    fn fate(&self) -> Fate;
    /// Decides it.
    fn decide(&self, fate: Fate);
    /// What the mail server answers to the mails to come.
    fn mail_answer(&self) -> MailAnswer;
    /// Decides it.
    fn answer_mails(&self, answer: MailAnswer);
    /// Lets this become of one message that was sent, by the vendor's id.
    ///
    /// # Errors
    /// In words, when there is no such message or the service did not take the news.
    async fn settle(&self, id: &str, fate: Fate) -> Result<(), String>;
    /// Sends a text message from a phone to the service.
    ///
    /// # Errors
    /// In words, when the service did not take it.
    async fn text_us(&self, from: &str, text: &str) -> Result<(), String>;
}

/// What becomes of a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reaches the phone.
    Delivered,
    /// It does not, with the carrier's code.
    Failed(u32),
    /// Nothing, until somebody decides.
    Waits,
}

/// What the sandbox's mail server answers to a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailAnswer {
    /// It takes it.
    #[default]
    Takes,
    /// The mailbox is full: refused for good.
    Full,
    /// Not now: put off until the answer is another.
    Later,
}

/// A text message as the vendor has it. Personal data; holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct SandboxText {
    /// Its place among everything that the sandbox took.
    pub nth: u64,
    /// The vendor's id.
    pub id: String,
    /// The phone's number.
    pub phone: String,
    /// The phone sent it.
    pub from_phone: bool,
    /// The words.
    pub text: String,
    /// How it stands, in the vendor's word.
    pub state: String,
    /// Why it failed.
    pub error: Option<u32>,
    /// The form as it was posted: to the vendor, or by it to the service.
    pub form: Vec<(String, String)>,
    /// What the vendor told the service of it, and what the service answered.
    pub reports: Vec<(String, String)>,
    /// When.
    pub at: Timestamp,
}

/// A mail as a mail server got it. Personal data; holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct SandboxMail {
    /// Its place among everything that the sandbox took.
    pub nth: u64,
    /// The envelope's recipient.
    pub to: String,
    /// Its headers, decoded.
    pub headers: Vec<(String, String)>,
    /// Its words as plain text.
    pub text: String,
    /// Its words as HTML, where it has them.
    pub html: Option<String>,
    /// All its bytes.
    pub raw: Vec<u8>,
    /// When.
    pub at: Timestamp,
}
