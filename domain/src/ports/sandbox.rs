//! What the sandbox shows, and what can be done with it.

use async_trait::async_trait;

use crate::team::{ChatPlatform, ChatUser};
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

/// A sandbox's chat rooms, for the page that shows them: one person, the app, and a platform that exists here alone.
///
/// * Bounded, in memory, oldest first.
/// * What the person does reaches the service as the platform would tell it: by signed calls to its hooks.
/// * What the service answers is shown as it came, over the platform's own calls.
#[async_trait]
pub trait SandboxChat: Send + Sync + 'static {
    /// The rooms, one for each platform that is here.
    fn rooms(&self) -> Vec<ChatRoom>;
    /// The person does something.
    ///
    /// # Errors
    /// In words, when there is no such thing, or the service did not take it.
    async fn act(&self, platform: ChatPlatform, act: ChatAct) -> Result<(), String>;
    /// Returns once the rooms have changed since `revision`; the revision that they have then.
    async fn changed(&self, revision: u64) -> u64;
}

/// What the person in a room does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatAct {
    /// Types this behind the command.
    Type(String),
    /// Presses the button, or chooses the option, that carries `value` in message `nth`.
    Press {
        /// Which message.
        nth: u64,
        /// What the button or option carries.
        value: String,
    },
    /// Types this into the dialog's menu, or behind a command that suggests, to be offered what fits; the other fields of
    /// the dialog stay as they are.
    Search {
        /// What is typed.
        typed: String,
        /// What is filled in elsewhere.
        fields: Vec<(String, String)>,
    },
    /// Sends the dialog with these fields.
    Submit(Vec<(String, String)>),
    /// Closes the dialog.
    Close,
}

/// A room as it looks to the person in it. Personal data; holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatRoom {
    /// The person, as the platform knows them.
    pub person: ChatUser,
    /// Grows with everything that happens in any room.
    pub revision: u64,
    /// What was said, oldest first.
    pub messages: Vec<ChatMessage>,
    /// The dialog that is open.
    pub dialog: Option<ChatDialog>,
    /// Whole commands that the service suggests for what is being typed.
    pub suggested: Vec<ChatOption>,
}

/// A message in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Its place among all messages.
    pub nth: u64,
    /// When it came.
    pub at: Timestamp,
    /// The person wrote it; otherwise the app.
    pub own: bool,
    /// It is a direct message, and not an answer that is gone at the next start of the platform's program.
    pub direct: bool,
    /// How often it was edited.
    pub edits: u32,
    /// Its lines.
    pub lines: Vec<Vec<ChatPiece>>,
    /// A PNG.
    pub picture: Option<Vec<u8>>,
    /// What can be pressed and chosen.
    pub elements: Vec<ChatElement>,
    /// The last call as it came, for the curious.
    pub raw: String,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatPiece {
    /// The text.
    pub text: String,
    /// How it looks.
    pub look: ChatLook,
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatLook {
    /// As it is.
    Plain,
    /// Bold.
    Strong,
    /// To be typed.
    Code,
    /// An address that can be opened.
    Link,
}

/// What can be pressed or chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatElement {
    /// A button that carries something.
    Button {
        /// What is on it.
        label: String,
        /// What it carries.
        value: String,
        /// `primary`, `danger` or nothing.
        style: String,
    },
    /// A button that opens a page.
    Page {
        /// What is on it.
        label: String,
        /// The page.
        url: String,
    },
    /// A menu.
    Menu {
        /// What it asks.
        asks: String,
        /// What it offers.
        options: Vec<ChatOption>,
    },
}

/// One of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatOption {
    /// What it is.
    pub label: String,
    /// What tells it from others.
    pub detail: String,
    /// What it carries.
    pub value: String,
}

/// A dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatDialog {
    /// What stands above.
    pub title: String,
    /// What is on its button.
    pub submit: String,
    /// Its fields.
    pub fields: Vec<ChatField>,
}

/// A field of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatField {
    /// Its name.
    pub key: String,
    /// What stands above.
    pub label: String,
    /// It may stay empty.
    pub optional: bool,
    /// What is typed or chosen already.
    pub value: String,
    /// What stands in it while it is empty.
    pub hint: String,
    /// How it is filled in.
    pub kind: ChatFieldKind,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatFieldKind {
    /// By typing.
    Text,
    /// By choosing.
    Menu(Vec<ChatOption>),
    /// By choosing among what the service offers for something typed.
    Search(Vec<ChatOption>),
}
