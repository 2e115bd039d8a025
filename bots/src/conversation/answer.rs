//! What is answered, as data: lines, buttons, a menu, or a dialog.
//!
//! Apart from the platforms so that all of it can be read, and pinned, in one place.

use magiclink_domain::id::{CommandId, LinkId};

use super::act::Act;
use super::cards::Secrets;
use super::form::Form;
use super::picture::Picture;
use super::text::{Line, Piece};

/// The most choices that a menu offers: what the stricter platform takes.
pub const MOST_CHOICES: usize = 25;
/// The most characters of a button's label that every platform shows.
pub const MOST_LABEL: usize = 75;

/// What a message shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its text.
    pub lines: Vec<Line>,
    /// Its buttons, five at most.
    pub buttons: Vec<Button>,
    /// Its menu.
    pub menu: Option<Menu>,
    /// The link whose fate the message goes on to tell.
    pub follows: Option<LinkId>,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What is on it; may hold somebody else's text, which platforms show as it is.
    pub label: String,
    /// How it looks.
    pub look: Look,
    /// What it does.
    pub does: Does,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One among others.
    Plain,
    /// What most people want.
    Primary,
    /// Something that can't be undone.
    Danger,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Goes on with the conversation.
    Act(Act),
    /// Opens a page.
    Open(String),
}

/// A menu of which one is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What it asks.
    pub asks: &'static str,
    /// [`MOST_CHOICES`] at most.
    pub choices: Vec<Choice>,
}

/// One of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is; somebody else's text.
    pub label: String,
    /// What tells it from others of the same name; somebody else's text.
    pub detail: String,
    /// What choosing it does.
    pub act: Act,
}

impl Answer {
    /// An answer of one line.
    #[must_use]
    pub fn of(line: Line) -> Self {
        Self { lines: vec![line], ..Self::default() }
    }

    /// The turn that its buttons belong to; `None` where there are none.
    #[must_use]
    pub fn turn(&self) -> Option<CommandId> {
        let buttons = self.buttons.iter().filter_map(|button| match &button.does {
            Does::Act(act) => Some(act.turn()),
            Does::Open(_) => None,
        });
        buttons.chain(self.menu.iter().flat_map(|menu| &menu.choices).map(|choice| choice.act.turn())).next()
    }

    /// What it shows of a link.
    #[must_use]
    pub fn secrets(&self) -> Option<Secrets> {
        let pieces = || self.lines.iter().flat_map(|line| &line.0);
        let url = pieces().find_map(|piece| if let Piece::Url(url) = piece { Some(url.clone()) } else { None })?;
        let code = pieces().find_map(|piece| if let Piece::Code(code) = piece { Some(code.clone()) } else { None })?;
        Some(Secrets { url, code })
    }

    /// Adds a line.
    #[must_use]
    pub fn line(mut self, line: Line) -> Self {
        self.lines.push(line);
        self
    }

    /// Adds a button.
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, look: Look, act: Act) -> Self {
        self.buttons.push(Button { label: short(label.into(), MOST_LABEL), look, does: Does::Act(act) });
        self
    }

    /// Adds a button that opens a page.
    #[must_use]
    pub fn open(mut self, label: impl Into<String>, page: String) -> Self {
        self.buttons.push(Button { label: short(label.into(), MOST_LABEL), look: Look::Plain, does: Does::Open(page) });
        self
    }

    /// Adds a menu.
    #[must_use]
    pub fn menu(mut self, asks: &'static str, mut choices: Vec<Choice>) -> Self {
        choices.truncate(MOST_CHOICES);
        self.menu = Some(Menu { asks, choices });
        self
    }
}

/// Cut to `most` characters, with a sign that it was.
#[must_use]
pub fn short(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A dialog that asks for everything at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// What stands above.
    pub title: &'static str,
    /// The contact that is chosen already: id and name.
    pub contact: Option<(String, String)>,
    /// Where a link can lead, beside the portal's home: slug and title.
    pub destinations: Vec<(String, String)>,
    /// How long it can live: what is sent, and what is shown; the first is the default.
    pub lifetimes: Vec<(&'static str, String)>,
    /// How it can be handed over: what is sent, and what is shown; the first is the default.
    pub channels: Vec<(&'static str, &'static str)>,
    /// Whether a reason must be given.
    pub reason_required: bool,
}

/// What somebody typed and chose in a [`Dialog`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The contact's id.
    pub contact: String,
    /// `home`, or an offering's slug.
    pub destination: String,
    /// The word of a lifetime.
    pub lifetime: String,
    /// The words of channels; none = show it.
    pub channels: Vec<String>,
    /// Why.
    pub reason: String,
}

/// What came of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A message.
    Answer(Answer),
    /// A dialog.
    Dialog(Dialog),
    /// A form.
    Form(Form),
    /// A picture, in a message of its own that only the asker sees.
    Picture(Picture),
}
