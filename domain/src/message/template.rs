//! The words of a message as somebody wrote them, and what is wrong with words that can't be sent.
//!
//! Apart from rendering because words are checked when they are written, long before anything is sent.

use super::placeholder::Placeholder;
use crate::link::Channel;
use crate::value::tidy;

/// Characters of a text message's words: four segments at most of the words alone.
const MOST_SMS: usize = 600;
/// Characters of an e-mail's words.
const MOST_EMAIL: usize = 5_000;
/// Characters of a subject line.
const MOST_SUBJECT: usize = 150;
/// Characters of a wrong placeholder that are said again.
const MOST_SAID: usize = 30;

/// Subject and words, with placeholders, as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words {
    /// The subject line, for e-mail alone.
    pub subject: Option<String>,
    /// The words; an empty line stands between paragraphs.
    pub text: String,
}

/// Words that can be sent over one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    channel: Channel,
    words: Words,
    pub(super) subject: Option<Line>,
    pub(super) paragraphs: Vec<Vec<Line>>,
}

/// One line of a template, in pieces.
pub(super) type Line = Vec<Piece>;

/// A stretch of words, or a place that a message fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Place(Placeholder),
}

/// What is wrong with words. One sentence for people that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// Without it nobody can sign in.
    #[error("write {{{{link}}}} where the link belongs: without it the message lets nobody in")]
    NoLink,
    /// Once is enough.
    #[error("keep {{{{link}}}} once and take the others out")]
    SecondLink,
    /// A word between braces that means nothing.
    #[error("{written} means nothing here: perhaps {nearest} was meant")]
    Unknown {
        /// In the subject line.
        in_subject: bool,
        /// As it was written, cut short.
        written: String,
        /// The one that was probably meant.
        nearest: Placeholder,
    },
    /// Braces that never close.
    #[error("a {{{{ is never closed: write {{{{link}}}}, with two braces on each side and on one line")]
    Unclosed {
        /// In the subject line.
        in_subject: bool,
    },
    /// No words at all.
    #[error("write the words of the message")]
    Empty,
    /// More than may be sent.
    #[error("shorten this to {most} characters; it has {is}")]
    TooLong {
        /// In the subject line.
        in_subject: bool,
        /// How many there may be.
        most: usize,
        /// How many there are.
        is: usize,
    },
    /// A text message is one paragraph.
    #[error("take the empty lines out: a text message is one paragraph")]
    Paragraphs,
    /// An e-mail needs a subject.
    #[error("write a subject: an e-mail without one looks like junk")]
    NoSubject,
    /// Subjects show on locked screens.
    #[error("take {0} out of the subject: it shows on locked screens")]
    SecretInSubject(Placeholder),
    /// Characters that could disguise the words, or break a header.
    #[error("take out the invisible characters: paste the words as plain text")]
    Disguised {
        /// In the subject line.
        in_subject: bool,
    },
}

impl TemplateFault {
    /// Which field it is about: `subject` or `text`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoSubject
            | Self::SecretInSubject(_)
            | Self::Unknown { in_subject: true, .. }
            | Self::Unclosed { in_subject: true }
            | Self::TooLong { in_subject: true, .. }
            | Self::Disguised { in_subject: true } => "subject",
            Self::NoLink
            | Self::SecondLink
            | Self::Empty
            | Self::Paragraphs
            | Self::Unknown { in_subject: false, .. }
            | Self::Unclosed { in_subject: false }
            | Self::TooLong { in_subject: false, .. }
            | Self::Disguised { in_subject: false } => "text",
        }
    }
}

impl Template {
    /// Reads words that somebody wrote. A subject is read for e-mail alone.
    ///
    /// # Errors
    /// Everything that is wrong, at least one fault.
    pub fn parse(channel: Channel, subject: &str, text: &str) -> Result<Self, Vec<TemplateFault>> {
        let mut faults = vec![];
        let text = tidy_lines(text).unwrap_or_else(|| {
            faults.push(TemplateFault::Disguised { in_subject: false });
            String::new()
        });
        let subject = match channel {
            Channel::Sms => None,
            Channel::Email => Some(tidy(subject).unwrap_or_else(|| {
                faults.push(TemplateFault::Disguised { in_subject: true });
                String::new()
            })),
        };
        let words = Words { subject, text };
        // What can't be read at all is not judged further.
        if faults.is_empty() {
            faults = judge(channel, &words);
        }
        if faults.is_empty() { Ok(Self::of(channel, words)) } else { Err(faults) }
    }

    /// Words that were parsed before, read back. What is no placeholder stays as it is written.
    #[must_use]
    pub fn of(channel: Channel, words: Words) -> Self {
        let subject = words.subject.as_deref().map(|subject| scan(subject).0);
        let paragraph = |paragraph: &str| paragraph.lines().map(|line| scan(line).0).collect();
        let paragraphs = words.text.split("\n\n").map(paragraph).collect();
        Self { channel, words, subject, paragraphs }
    }

    /// Over which channel they are sent.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The words as written, tidied.
    #[must_use]
    pub const fn words(&self) -> &Words {
        &self.words
    }
}

/// Every line tidied, empty ones only between paragraphs.
fn tidy_lines(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(tidy).collect::<Option<Vec<String>>>()?;
    let paragraphs = lines.split(String::is_empty).filter(|paragraph| !paragraph.is_empty());
    Some(paragraphs.map(|lines| lines.join("\n")).collect::<Vec<_>>().join("\n\n"))
}

fn judge(channel: Channel, words: &Words) -> Vec<TemplateFault> {
    let mut faults = vec![];
    if let Some(subject) = &words.subject {
        faults.extend(judge_subject(subject));
    }
    if words.text.is_empty() {
        faults.push(TemplateFault::Empty);
        return faults;
    }
    let most = match channel {
        Channel::Sms => MOST_SMS,
        Channel::Email => MOST_EMAIL,
    };
    faults.extend(too_long(&words.text, most, false));
    if channel == Channel::Sms && words.text.contains("\n\n") {
        faults.push(TemplateFault::Paragraphs);
    }
    let mut links = 0;
    for line in words.text.lines() {
        let (pieces, odd) = scan(line);
        links += pieces.iter().filter(|piece| **piece == Piece::Place(Placeholder::Link)).count();
        faults.extend(odd.into_iter().map(|odd| odd.fault(false)));
    }
    match links {
        0 => faults.push(TemplateFault::NoLink),
        1 => {}
        _ => faults.push(TemplateFault::SecondLink),
    }
    faults
}

fn judge_subject(subject: &str) -> Vec<TemplateFault> {
    if subject.is_empty() {
        return vec![TemplateFault::NoSubject];
    }
    let (pieces, odd) = scan(subject);
    let mut faults: Vec<_> = too_long(subject, MOST_SUBJECT, true).into_iter().collect();
    faults.extend(odd.into_iter().map(|odd| odd.fault(true)));
    let secrets = [Placeholder::Link, Placeholder::Code];
    let said = secrets.into_iter().filter(|secret| pieces.contains(&Piece::Place(*secret)));
    faults.extend(said.map(TemplateFault::SecretInSubject));
    faults
}

fn too_long(text: &str, most: usize, in_subject: bool) -> Option<TemplateFault> {
    let is = text.chars().count();
    (is > most).then_some(TemplateFault::TooLong { in_subject, most, is })
}

/// Braces that make no placeholder.
enum Odd {
    Unknown(String),
    Unclosed,
}

impl Odd {
    fn fault(self, in_subject: bool) -> TemplateFault {
        match self {
            Self::Unclosed => TemplateFault::Unclosed { in_subject },
            Self::Unknown(word) => {
                let nearest = Placeholder::nearest(&word);
                let said: String = word.chars().take(MOST_SAID).collect();
                TemplateFault::Unknown { in_subject, written: format!("{{{{{said}}}}}"), nearest }
            }
        }
    }
}

/// A line in pieces, and the braces in it that are no placeholder: they stay as written.
fn scan(line: &str) -> (Line, Vec<Odd>) {
    let (mut pieces, mut odd, mut rest) = (vec![], vec![], line);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else {
            odd.push(Odd::Unclosed);
            break;
        };
        push_words(&mut pieces, before);
        let word = inside.trim();
        if let Some(placeholder) = Placeholder::from_word(word) {
            pieces.push(Piece::Place(placeholder));
        } else {
            push_words(&mut pieces, &format!("{{{{{inside}}}}}"));
            odd.push(Odd::Unknown(word.to_owned()));
        }
        rest = behind;
    }
    push_words(&mut pieces, rest);
    (pieces, odd)
}

fn push_words(pieces: &mut Line, words: &str) {
    if words.is_empty() {
        return;
    }
    if let Some(Piece::Words(last)) = pieces.last_mut() {
        last.push_str(words);
    } else {
        pieces.push(Piece::Words(words.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sms(text: &str) -> Result<String, Vec<TemplateFault>> {
        Template::parse(Channel::Sms, "", text).map(|template| template.words.text)
    }

    fn email(subject: &str, text: &str) -> Result<Words, Vec<TemplateFault>> {
        Template::parse(Channel::Email, subject, text).map(|template| template.words)
    }

    #[test]
    fn words_need_the_link_once() {
        assert_eq!(sms("Hello {{name}}"), Err(vec![TemplateFault::NoLink]));
        assert_eq!(sms("{{link}}").unwrap(), "{{link}}", "the code may be left out");
        assert_eq!(sms("{{link}} {{ link }}"), Err(vec![TemplateFault::SecondLink]));
        assert_eq!(sms(" \r\n "), Err(vec![TemplateFault::Empty]));
        assert_eq!(email("{{portal}}", "Hello"), Err(vec![TemplateFault::NoLink]));
    }

    #[test]
    fn an_unknown_placeholder_is_refused_with_the_nearest_known_one() {
        let faults = sms("{{link}} {{nmae}}").unwrap_err();
        assert_eq!(faults[0].to_string(), "{{nmae}} means nothing here: perhaps {{name}} was meant");
        assert_eq!(faults[0].field(), "text");
        let faults = sms("{{link}} {{{name}}}").unwrap_err();
        assert_eq!(faults[0].to_string(), "{{{name}} means nothing here: perhaps {{name}} was meant");
        let faults = email("{{portl}}", "{{link}}").unwrap_err();
        assert_eq!((faults[0].field(), faults.len()), ("subject", 1));
        let long = sms(&format!("{{{{link}}}} {{{{{}}}}}", "x".repeat(500))).unwrap_err();
        assert!(long[0].to_string().len() < 100, "{}", long[0]);
    }

    #[test]
    fn braces_that_never_close_are_refused() {
        assert_eq!(sms("{{link}} {{name"), Err(vec![TemplateFault::Unclosed { in_subject: false }]));
        assert_eq!(sms("{{link}} {{na\nme}}"), Err(vec![TemplateFault::Unclosed { in_subject: false }]));
        assert!(sms("{{link}} {name} }}").is_ok(), "single braces are characters");
    }

    #[test]
    fn an_email_needs_a_subject_without_secrets() {
        assert_eq!(email(" ", "{{link}}"), Err(vec![TemplateFault::NoSubject]));
        let secrets = [Placeholder::Link, Placeholder::Code].map(TemplateFault::SecretInSubject);
        assert_eq!(email("{{link}} {{code}}", "{{link}}"), Err(secrets.to_vec()));
        assert_eq!(email("For {{name}}", "{{link}}").unwrap().subject.as_deref(), Some("For {{name}}"));
        assert_eq!(email("a\nb", "{{link}}").unwrap().subject.as_deref(), Some("a b"), "one line");
        assert_eq!(Template::parse(Channel::Sms, "ignored", "{{link}}").unwrap().words.subject, None);
    }

    #[test]
    fn a_text_message_is_one_paragraph() {
        assert_eq!(sms("a\n\n{{link}}"), Err(vec![TemplateFault::Paragraphs]));
        assert_eq!(sms("\n\na  b \r\n{{link}}\n\n").unwrap(), "a b\n{{link}}", "line breaks are no paragraphs");
        let words = email("s", "a\n\n\n \n{{link}}\nb").unwrap();
        assert_eq!(words.text, "a\n\n{{link}}\nb");
    }

    #[test]
    fn words_have_a_length() {
        let of = |length: usize| format!("{{{{link}}}}{}", "x".repeat(length - 8));
        assert!(sms(&of(600)).is_ok());
        let most = TemplateFault::TooLong { in_subject: false, most: 600, is: 601 };
        assert_eq!(sms(&of(601)), Err(vec![most]));
        assert!(email("s", &of(5_000)).is_ok());
        assert!(email("s", &of(5_001)).is_err());
        assert!(email(&"ü".repeat(150), "{{link}}").is_ok());
        let faults = email(&"ü".repeat(151), "{{link}}").unwrap_err();
        assert_eq!((faults[0].field(), faults.len()), ("subject", 1));
    }

    #[test]
    fn characters_that_disguise_are_refused() {
        assert_eq!(sms("{{link}}\u{202e}"), Err(vec![TemplateFault::Disguised { in_subject: false }]));
        assert_eq!(email("a\u{0}", "{{link}}"), Err(vec![TemplateFault::Disguised { in_subject: true }]));
    }

    proptest! {
        #[test]
        fn what_is_parsed_reads_back_the_same(
            subject in "[a-z{} \\n]{0,30}",
            text in "([a-z {}\\r\\n]|\\{\\{link\\}\\}|\\{\\{name\\}\\}|\\PC){0,40}",
        ) {
            for channel in Channel::ALL {
                match Template::parse(*channel, &subject, &text) {
                    Ok(template) => {
                        prop_assert_eq!(&Template::of(*channel, template.words.clone()), &template);
                        let again = Template::parse(
                            *channel, template.words.subject.as_deref().unwrap_or_default(), &template.words.text,
                        );
                        prop_assert_eq!(again, Ok(template));
                    }
                    Err(faults) => prop_assert!(!faults.is_empty()),
                }
            }
        }
    }
}
