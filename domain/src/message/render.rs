//! From a template and what is known of one message to the words that are sent.

use chrono_tz::Tz;

use super::placeholder::Placeholder;
use super::plain;
use super::segments::{Segments, is_gsm};
use super::spoken::Tongue;
use super::template::{Line, Piece, Template};
use super::{Span, text_of};
use crate::link::Channel;
use crate::time::{Lifetime, Timestamp};
use crate::value::Locale;

/// What one message is about. Link and code are secrets.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) portal: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) url: &'a str,
    pub(crate) code: &'a str,
    pub(crate) expires_at: Timestamp,
    pub(crate) zone: Tz,
    pub(crate) lasts: Lifetime,
    pub(crate) support: Option<&'a str>,
}

/// A message's words: what a template becomes. Holds secrets and personal data, as a message does.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject line, for e-mail.
    pub subject: Option<String>,
    /// The words, paragraph by paragraph; an SMS has one.
    pub paragraphs: Vec<Vec<Span>>,
    /// The language of the words.
    pub language: Locale,
}

impl Written {
    /// The words as plain text, an empty line between paragraphs.
    #[must_use]
    pub fn text(&self) -> String {
        text_of(&self.paragraphs)
    }
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Written({}, ***)", self.language)
    }
}

/// The values of the places, as text.
struct Values<'a> {
    facts: Facts<'a>,
    portal: String,
    name: Option<String>,
    expires: String,
    lasts: String,
    support: Option<String>,
}

impl Template {
    /// The words of one message, in `language`.
    pub(crate) fn render(&self, facts: Facts<'_>, language: &Locale) -> Written {
        let tongue = Tongue::of(language);
        let values = Values {
            facts,
            portal: facts.portal.to_owned(),
            name: facts.name.and_then(plain::name).map(str::to_owned),
            expires: tongue.instant(facts.expires_at, facts.zone),
            lasts: tongue.span(facts.lasts),
            support: facts.support.map(str::to_owned),
        };
        let values = match self.channel() {
            Channel::Sms => self.cheapest(values),
            Channel::Email => values,
        };
        Written {
            subject: self.subject.as_ref().map(|subject| text_of(&[line(subject, &values)])),
            paragraphs: self.fill(&values),
            language: language.clone(),
        }
    }

    /// Values that cost no segment they need not: letters with marks give way to plain ones where the template itself has
    /// none, and the name, which only tells contacts at one number apart, where it would cost a further segment.
    fn cheapest<'a>(&self, values: Values<'a>) -> Values<'a> {
        let said = |values: &Values<'_>| Segments::of(&text_of(&self.fill(values))).count;
        let words = self.words().text.chars();
        // Braces make placeholders; what else is written decides.
        let values = if words.clone().all(is_gsm) { values.in_gsm() } else { values };
        let nameless = Values { name: None, ..values.clone() };
        if said(&values) > said(&nameless) { nameless } else { values }
    }

    fn fill(&self, values: &Values<'_>) -> Vec<Vec<Span>> {
        let filled = self.paragraphs.iter().map(|lines| paragraph(lines, values));
        filled.filter(|spans| !spans.is_empty()).collect()
    }
}

impl Values<'_> {
    fn in_gsm(self) -> Self {
        let plain = |text: String| plain::gsm(&text).unwrap_or(text);
        Self {
            portal: plain(self.portal),
            name: self.name.map(plain),
            expires: plain(self.expires),
            lasts: plain(self.lasts),
            support: self.support.map(plain),
            facts: self.facts,
        }
    }

    fn of(&self, place: Placeholder) -> Option<Span> {
        Some(match place {
            Placeholder::Link => Span::Link(self.facts.url.to_owned()),
            Placeholder::Code => Span::Code(self.facts.code.to_owned()),
            Placeholder::Name => Span::Text(self.name.clone()?),
            Placeholder::Portal => Span::Text(self.portal.clone()),
            Placeholder::Expires => Span::Text(self.expires.clone()),
            Placeholder::Lasts => Span::Text(self.lasts.clone()),
            Placeholder::Support => Span::Text(self.support.clone()?),
        })
    }
}

impl Clone for Values<'_> {
    fn clone(&self) -> Self {
        Self {
            facts: self.facts,
            portal: self.portal.clone(),
            name: self.name.clone(),
            expires: self.expires.clone(),
            lasts: self.lasts.clone(),
            support: self.support.clone(),
        }
    }
}

/// The lines of a paragraph that have something to say.
fn paragraph(lines: &[Line], values: &Values<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = vec![];
    for pieces in lines.iter().filter(|pieces| says_something(pieces, values)) {
        let filled = line(pieces, values);
        if filled.is_empty() {
            continue;
        }
        if !spans.is_empty() {
            push(&mut spans, Span::Text("\n".to_owned()));
        }
        for span in filled {
            push(&mut spans, span);
        }
    }
    spans
}

/// A line that names whom to ask says nothing where there is nobody, unless it has the link.
fn says_something(pieces: &Line, values: &Values<'_>) -> bool {
    let has = |place| pieces.contains(&Piece::Place(place));
    values.support.is_some() || !has(Placeholder::Support) || has(Placeholder::Link)
}

/// One line filled. A place without a value goes with the space or comma before it, or behind it at the line's beginning.
fn line(pieces: &Line, values: &Values<'_>) -> Vec<Span> {
    let mut spans = vec![];
    let mut at_start = false;
    for piece in pieces {
        match piece {
            Piece::Words(words) if at_start && spans.is_empty() => {
                push(&mut spans, Span::Text(words.trim_start_matches([' ', ',', ':', ';', '!', '-']).to_owned()));
            }
            Piece::Words(words) => push(&mut spans, Span::Text(words.clone())),
            Piece::Place(place) => match values.of(*place) {
                Some(span) => push(&mut spans, span),
                None if spans.is_empty() => at_start = true,
                None => close(&mut spans),
            },
        }
    }
    spans
}

/// Takes the space, and a comma before it, off the end.
fn close(spans: &mut Vec<Span>) {
    let Some(Span::Text(words)) = spans.last_mut() else { return };
    let kept = words.trim_end();
    let kept = kept.strip_suffix(',').unwrap_or(kept).len();
    words.truncate(kept);
    if words.is_empty() {
        spans.pop();
    }
}

/// Appends; neighbouring texts become one.
fn push(spans: &mut Vec<Span>, span: Span) {
    match (spans.last_mut(), span) {
        (_, Span::Text(words)) if words.is_empty() => {}
        (Some(Span::Text(last)), Span::Text(words)) => last.push_str(&words),
        (_, span) => spans.push(span),
    }
}

#[cfg(test)]
mod tests;
