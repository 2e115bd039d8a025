//! A message as a contact will get it, with what it costs.
//!
//! Apart from the pages because the editor and the dialog that makes links show the same.

use magiclink_domain::link::Channel;
use magiclink_domain::message::{Encoding, Segments, Span, Written};

/// Characters named at most.
const NAMED: usize = 6;

/// A stretch of a message's words.
pub(in crate::console) struct Part {
    pub(in crate::console) text: String,
    /// It is the link or the code, which here lead nowhere.
    pub(in crate::console) secret: bool,
}

/// A message, to be looked at.
pub(in crate::console) struct Sample {
    pub(in crate::console) subject: Option<String>,
    pub(in crate::console) paragraphs: Vec<Vec<Part>>,
    pub(in crate::console) language: String,
    /// What it takes, for a text message.
    pub(in crate::console) cost: Option<Cost>,
}

/// What a text message takes.
pub(in crate::console) struct Cost {
    /// `1 segment`, `2 segments, because of “ł”`.
    pub(in crate::console) said: String,
    /// How it travels, and the room that is left.
    pub(in crate::console) detail: String,
    /// More than one segment.
    pub(in crate::console) dear: bool,
}

impl Sample {
    pub(in crate::console) fn of(channel: Channel, written: &Written) -> Self {
        let part = |span: &Span| Part {
            text: span.as_str().to_owned(),
            secret: match span {
                Span::Text(_) => false,
                Span::Link(_) | Span::Code(_) => true,
            },
        };
        let cost = match channel {
            Channel::Sms => Some(cost(&Segments::of(&written.text()))),
            Channel::Email => None,
        };
        Self {
            subject: written.subject.clone(),
            paragraphs: written.paragraphs.iter().map(|spans| spans.iter().map(part).collect()).collect(),
            language: written.language.to_string(),
            cost,
        }
    }
}

fn cost(segments: &Segments) -> Cost {
    let count = segments.count;
    let segment = if count == 1 { "1 segment".to_owned() } else { format!("{count} segments") };
    let said = match segments.encoding {
        Encoding::Ucs2 => format!("{segment}, because of {}", quoted(&segments.foreign)),
        Encoding::Gsm7 => segment,
    };
    let name = segments.encoding.as_str();
    let room = format!("{name}, room for {} more characters", segments.left);
    let detail = match segments.encoding {
        Encoding::Ucs2 => format!("{room}; a segment holds 70 instead of 160"),
        Encoding::Gsm7 if segments.double.is_empty() => room,
        Encoding::Gsm7 => format!("{room}; {} take the place of two each", quoted(&segments.double)),
    };
    Cost { said, detail, dear: count > 1 }
}

/// `“ł”, “ą” and 3 more`.
fn quoted(characters: &[char]) -> String {
    let mut named: Vec<String> = characters.iter().take(NAMED).map(|c| format!("“{c}”")).collect();
    if characters.len() > NAMED {
        named.push(format!("{} more", characters.len() - NAMED));
    }
    let last = named.pop().unwrap_or_default();
    if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (String, String, bool) {
        let Cost { said, detail, dear } = cost(&Segments::of(text));
        (said, detail, dear)
    }

    #[test]
    fn what_a_message_takes_is_said_with_the_characters_that_cost_extra() {
        let owned = |said: &str, detail: &str, dear| (said.to_owned(), detail.to_owned(), dear);
        assert_eq!(said("Hello"), owned("1 segment", "GSM-7, room for 155 more characters", false));
        assert_eq!(said(&"a".repeat(161)), owned("2 segments", "GSM-7, room for 145 more characters", true));
        assert_eq!(
            said(&format!("{}ł", "a".repeat(70))),
            owned(
                "2 segments, because of “ł”",
                "UCS-2, room for 63 more characters; a segment holds 70 instead of 160",
                true
            )
        );
        assert_eq!(
            said("5 € [net]").1,
            "GSM-7, room for 148 more characters; “€”, “[” and “]” take the place of two each"
        );
        assert_eq!(quoted(&['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']), "“a”, “b”, “c”, “d”, “e”, “f” and 2 more");
    }
}
