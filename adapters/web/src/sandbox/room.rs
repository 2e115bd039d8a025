//! Chat rooms as the page shows them.
//!
//! Apart from the handlers because it is a matter of words alone.

use data_encoding::BASE64;
use magiclink_domain::ports::{
    ChatAct, ChatDialog, ChatElement, ChatLook, ChatMessage, ChatOption, ChatPiece, ChatRoom,
};
use magiclink_domain::team::ChatPlatform;

use crate::http::form::Fields;
use crate::language::{Language, Shown};
use crate::state::WebConfig;

/// How the names of a dialog's fields begin in our form.
const FIELD: &str = "field.";

/// A room.
pub(super) struct Room {
    pub(super) platform: ChatPlatform,
    pub(super) messages: Vec<Message>,
    pub(super) dialog: Option<ChatDialog>,
    /// Whole commands, for what is being typed.
    pub(super) suggested: Vec<ChatOption>,
    /// Which staff member the person is here; `None` for nobody.
    pub(super) who: Option<Who>,
}

/// A staff member.
pub(super) struct Who {
    pub(super) name: String,
    pub(super) role: &'static str,
}

/// A message.
pub(super) struct Message {
    pub(super) nth: u64,
    pub(super) at: Shown,
    pub(super) own: bool,
    pub(super) direct: bool,
    pub(super) edits: u32,
    pub(super) lines: Vec<Vec<Piece>>,
    /// A picture within the page.
    pub(super) picture: Option<String>,
    pub(super) elements: Vec<ChatElement>,
    pub(super) raw: String,
}

/// A stretch of a line.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// How a stretch is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Plain,
    Strong,
    Code,
    /// An address of this deployment: it can be clicked.
    Link,
}

impl Room {
    pub(super) fn of(room: ChatRoom, who: Option<Who>, config: &WebConfig) -> Self {
        Self {
            platform: room.person.platform,
            messages: room.messages.into_iter().map(|message| Message::of(message, config)).collect(),
            dialog: room.dialog,
            suggested: room.suggested,
            who,
        }
    }

    /// The room's anchor on the page.
    pub(super) fn word(&self) -> &'static str {
        self.platform.as_str()
    }

    pub(super) fn name(&self) -> &'static str {
        self.platform.name()
    }

    /// What stands before what is typed.
    pub(super) const fn prompt(&self) -> &'static str {
        match self.platform {
            ChatPlatform::Slack => "/magiclink",
            ChatPlatform::Discord => "/magiclink contact:",
        }
    }

    /// Whether the platform suggests while somebody types.
    pub(super) const fn suggests(&self) -> bool {
        match self.platform {
            ChatPlatform::Slack => false,
            ChatPlatform::Discord => true,
        }
    }

    /// What can be typed: what the button says, and the text.
    pub(super) const fn examples(&self) -> [(&'static str, &'static str); 6] {
        let sent = match self.platform {
            ChatPlatform::Slack => "ana sms",
            ChatPlatform::Discord => "ana send: sms",
        };
        [
            ("help", "help"),
            ("ana", "ana"),
            (sent, sent),
            ("nothing: the dialog", ""),
            ("status ana", "status ana"),
            ("add Bo Berg bo@example.com", "add Bo Berg bo@example.com"),
        ]
    }
}

impl Message {
    fn of(message: ChatMessage, config: &WebConfig) -> Self {
        let base = config.base_url.as_str();
        let lines = message.lines.into_iter().map(|line| line.into_iter().map(|one| Piece::of(one, base)).collect());
        let picture = |png: Vec<u8>| format!("data:image/png;base64,{}", BASE64.encode(&png));
        Self {
            nth: message.nth,
            at: Language::english().instant(message.at, config.time_zone),
            own: message.own,
            direct: message.direct,
            edits: message.edits,
            lines: lines.collect(),
            picture: message.picture.map(picture),
            elements: message.elements,
            raw: message.raw,
        }
    }
}

impl Piece {
    fn of(piece: ChatPiece, base: &str) -> Self {
        let kind = match piece.look {
            ChatLook::Strong => Kind::Strong,
            ChatLook::Code => Kind::Code,
            ChatLook::Link if is_ours(&piece.text, base) => Kind::Link,
            ChatLook::Link | ChatLook::Plain => Kind::Plain,
        };
        Self { text: piece.text, kind }
    }
}

/// Whether an address leads into this deployment.
pub(super) fn is_ours(url: &str, base: &str) -> bool {
    url.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a form on the page asks for.
pub(super) fn asked(fields: &Fields) -> Option<(ChatPlatform, ChatAct)> {
    let platform = fields.text("platform").parse().ok()?;
    let filled = || {
        let fields = fields.pairs().filter_map(|(key, value)| Some((key.strip_prefix(FIELD)?, value)));
        fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    let act = match fields.text("do") {
        "type" => ChatAct::Type(typed(fields.text("text"))),
        "press" => ChatAct::Press { nth: fields.text("nth").parse().ok()?, value: fields.text("value").to_owned() },
        "suggest" => ChatAct::Search { typed: typed(fields.text("text")), fields: vec![] },
        "search" => ChatAct::Search { typed: fields.text("q").to_owned(), fields: filled() },
        "submit" => ChatAct::Submit(filled()),
        "close" => ChatAct::Close,
        _ => return None,
    };
    Some((platform, act))
}

/// What stands behind the command, however much of it was typed.
fn typed(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("/magiclink").unwrap_or(text).trim().chars().take(1_000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_command_may_be_typed_with_its_name_or_without() {
        for text in ["ana sms", "/magiclink ana sms", "  /magiclink  ana sms "] {
            let asked = asked(&form(&[("platform", "slack"), ("do", "type"), ("text", text)])).unwrap();
            assert_eq!(asked, (ChatPlatform::Slack, ChatAct::Type("ana sms".to_owned())));
        }
    }

    #[test]
    fn what_is_no_act_is_nothing() {
        for fields in [
            vec![("platform", "slack")],
            vec![("platform", "irc"), ("do", "close")],
            vec![("platform", "slack"), ("do", "press"), ("nth", "x")],
        ] {
            assert_eq!(asked(&form(&fields)), None, "{fields:?}");
        }
        let fields = form(&[("platform", "slack"), ("do", "submit"), ("field.name", "Bo"), ("form", "tag")]);
        let submit = ChatAct::Submit(vec![("name".to_owned(), "Bo".to_owned())]);
        assert_eq!(asked(&fields), Some((ChatPlatform::Slack, submit)));
    }

    #[test]
    fn only_our_own_addresses_can_be_clicked() {
        let base = "http://localhost:8080";
        for (url, ours) in [
            ("http://localhost:8080/m/x", true),
            ("http://localhost:8080", true),
            ("http://localhost:8080.evil.example/", false),
            ("http://localhost:80801/", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_ours(url, base), ours, "{url}");
        }
    }
}
