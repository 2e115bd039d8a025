//! The next best action as a button.
//!
//! Apart from the card because the dashboard offers the same beside a delivery that failed.

use magiclink_domain::authority::Act;
use magiclink_domain::card::{Advice, NextAct};
use magiclink_domain::id::{ContactId, LinkId};

use crate::console::shell::Shell;
use crate::console::words;
use crate::http::failure::sentence;

/// Something to press.
pub(in crate::console) struct Button {
    pub(in crate::console) label: String,
    /// Where it leads; a form is posted there if there is a field.
    pub(in crate::console) to: String,
    /// Name and value of what is posted; `None` = a link is followed.
    pub(in crate::console) field: Option<(&'static str, String)>,
}

impl Button {
    fn post(label: impl Into<String>, to: String, name: &'static str, value: impl Into<String>) -> Self {
        Self { label: label.into(), to, field: Some((name, value.into())) }
    }

    fn go(label: &str, to: String) -> Self {
        Self { label: label.to_owned(), to, field: None }
    }
}

/// What is best done, in words, for whoever may do it; to others only what they can wait for with the rest.
pub(in crate::console) fn advised(page: &Shell<'_>, advice: &Advice) -> String {
    let for_all = matches!(advice.act, NextAct::Nothing | NextAct::Wait);
    if for_all || page.may(Act::ManageLinks) { sentence(&advice.words) } else { String::new() }
}

/// The button for what is best done about this link; `None` where there is nothing to press, or the reader may not.
pub(in crate::console) fn button(
    page: &Shell<'_>, link: LinkId, contact: Option<ContactId>, act: NextAct,
) -> Option<Button> {
    let contact = contact.filter(|_| page.may(Act::ManageLinks))?;
    let at = format!("/console/links/{link}");
    match act {
        NextAct::Nothing | NextAct::Wait => None,
        NextAct::SendAgain(delivery) => {
            Some(Button::post("Send again", format!("{at}/retry"), "delivery", delivery.to_string()))
        }
        NextAct::SendBy(channel) => {
            Some(Button::post(words::send_by(channel).label, format!("{at}/send"), "channel", channel.as_str()))
        }
        NextAct::HandOver | NextAct::Call => {
            page.reveals().then(|| Button::post("Show link and code", format!("{at}/reveal"), "show", "yes"))
        }
        NextAct::NewLink => Some(Button::go("New link", format!("/console/generate?contact={contact}"))),
        NextAct::GrantAccess => Some(Button::go("Grant access", format!("/console/contacts/{contact}"))),
    }
}
