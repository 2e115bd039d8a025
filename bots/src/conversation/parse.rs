//! What people type behind `/magiclink`, read forgivingly: in any order, with little words, quotes and units.
//!
//! Apart from answering because it is pure: the same text always asks for the same.

use std::collections::BTreeSet;

use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;

/// Longer than anything that makes sense, in characters.
const LONGEST: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Nothing yet: the dialog.
    Dialog,
    /// What one can type.
    Help,
    /// This chat user shall be the staff member who has the code.
    Connect(String),
    /// This chat user shall be nobody any more.
    Disconnect,
    /// One's own way into the console.
    Console,
    /// How a contact stands.
    Status(String),
    /// A link, or a contact's links, shall be revoked.
    Revoke(String),
    /// A contact shall be added.
    Add(Newcomer),
    /// A link.
    Make(Wish),
}

/// A link as somebody wished for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// For whom, as typed.
    pub who: String,
    /// How it is sent at once; nothing = show it.
    pub channels: BTreeSet<Channel>,
    /// How long it lives.
    pub lifetime: Option<Lifetime>,
    /// Where it leads, as typed.
    pub destination: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A contact to be added, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newcomer {
    /// What is neither an e-mail address nor a phone number.
    pub name: String,
    /// What has an `@` behind something.
    pub email: Option<String>,
    /// What begins with `+` or consists of digits.
    pub phone: Option<String>,
}

impl Newcomer {
    /// What `text` says of somebody, in any order.
    #[must_use]
    pub fn of(text: &str) -> Self {
        newcomer(&tokens(text))
    }

    /// Whether there is a name, and an address.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.name.is_empty() && (self.email.is_some() || self.phone.is_some())
    }
}

/// One word, or several in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    text: String,
    quoted: bool,
}

impl Token {
    /// The word in lower case; nothing for what is quoted, which is never a word of ours.
    fn word(&self) -> String {
        if self.quoted { String::new() } else { self.text.to_lowercase() }
    }
}

impl Ask {
    /// Reads what was typed.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST).collect();
        let tokens = tokens(&text);
        let Some((first, rest)) = tokens.split_first() else { return Self::Dialog };
        match (first.word().as_str(), rest) {
            ("help" | "?" | "-h" | "--help", _) => Self::Help,
            ("connect", rest) => Self::Connect(joined(rest)),
            ("disconnect", []) => Self::Disconnect,
            ("console" | "login", []) => Self::Console,
            ("status", rest) => Self::Status(joined(without_little_words(rest))),
            ("revoke", rest) => Self::Revoke(joined(without_little_words(rest))),
            ("add", rest) => Self::Add(newcomer(rest)),
            _ => match tokens.split_last() {
                Some((last, before)) if !before.is_empty() && last.word() == "status" => Self::Status(joined(before)),
                Some((last, before)) if !before.is_empty() && last.word() == "revoke" => Self::Revoke(joined(before)),
                Some(_) | None => Self::Make(wish(&tokens)),
            },
        }
    }
}

/// The link that the words ask for.
fn wish(tokens: &[Token]) -> Wish {
    let mut wish = Wish::default();
    let (mut who, mut destination, mut leads) = (vec![], vec![], false);
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        let word = token.word();
        if let Some(channel) = channel(&word) {
            (leads, _) = (false, wish.channels.insert(channel));
        } else if let Some((lifetime, taken)) = lifetime(&word, after) {
            (leads, wish.lifetime) = (false, Some(lifetime));
            rest = after.get(taken..).unwrap_or_default();
        } else if word == "because" {
            wish.reason = Some(joined(after)).filter(|reason| !reason.is_empty());
            break;
        } else if word == "to" {
            leads = true;
        } else if is_little(&word, tokens.len()) {
            leads = false;
        } else if leads {
            destination.push(token.clone());
        } else {
            who.push(token.clone());
        }
    }
    // "send it to ana": where nobody is named, whoever it leads to is meant.
    if who.is_empty() {
        who = std::mem::take(&mut destination);
    }
    wish.who = joined(&who);
    wish.destination = Some(joined(&destination)).filter(|destination| !destination.is_empty());
    wish
}

fn channel(word: &str) -> Option<Channel> {
    match word {
        "sms" | "text" | "txt" => Some(Channel::Sms),
        "email" | "e-mail" | "mail" => Some(Channel::Email),
        _ => None,
    }
}

/// Words that mean nothing beside others.
fn is_little(word: &str, of: usize) -> bool {
    of > 1 && matches!(word, "for" | "via" | "by" | "with" | "and" | "please" | "send" | "link" | "it" | ",")
}

fn without_little_words(tokens: &[Token]) -> &[Token] {
    match tokens.split_first() {
        Some((first, rest)) if !rest.is_empty() && matches!(first.word().as_str(), "for" | "of" | "link") => rest,
        Some(_) | None => tokens,
    }
}

/// `7d`, `24h`, `90min`, `2 weeks`: the lifetime, and how many of the following words it took.
fn lifetime(word: &str, after: &[Token]) -> Option<(Lifetime, usize)> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = word.split_at_checked(digits).filter(|(count, _)| (1..=5).contains(&count.len()))?;
    let count: u64 = count.parse().ok().filter(|count| *count > 0)?;
    let (unit, taken) = if unit.is_empty() { (after.first()?.word(), 1) } else { (unit.to_owned(), 0) };
    let one = match unit.as_str() {
        "m" | "min" | "mins" | "minute" | "minutes" => Lifetime::from_mins(1),
        "h" | "hr" | "hrs" | "hour" | "hours" => Lifetime::from_hours(1),
        "d" | "day" | "days" => Lifetime::from_days(1),
        "w" | "week" | "weeks" => Lifetime::from_days(7),
        _ => return None,
    };
    Some((Lifetime::from_secs(one.secs().saturating_mul(count)), taken))
}

/// The lifetime that a text names, and nothing beside.
pub(super) fn lifetime_named(text: &str) -> Option<Lifetime> {
    let text = text.to_lowercase();
    let tokens = tokens(text.strip_prefix("for ").unwrap_or(&text));
    let (first, after) = tokens.split_first()?;
    let (lifetime, taken) = lifetime(&first.word(), after)?;
    (taken == after.len()).then_some(lifetime)
}

/// The channel that a word names.
pub(super) fn channel_named(word: &str) -> Option<Channel> {
    channel(&word.to_lowercase())
}

fn newcomer(tokens: &[Token]) -> Newcomer {
    let mut new = Newcomer::default();
    let (mut name, mut phone) = (vec![], String::new());
    for token in tokens {
        // What is copied from a page has dashes of its own.
        let typed: String = token.text.chars().map(|c| if is_dash(c) { '-' } else { c }).collect();
        let digits = typed.chars().filter(char::is_ascii_digit).count();
        let looks = typed.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/'));
        let bare = token.text.trim_matches(['<', '>', ',']);
        // Nothing before the sign: somebody's handle in a chat.
        if !token.quoted && bare.find('@').is_some_and(|at| at > 0) {
            new.email = Some(bare.to_owned());
        } else if !token.quoted && looks && (digits > 0 || token.text == "+") {
            phone.push_str(&typed);
        } else {
            name.push(token.clone());
        }
    }
    new.name = joined(&name);
    new.phone = Some(phone).filter(|phone| !phone.is_empty());
    new
}

const fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The closing mark of a quotation.
const fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' | '„' => Some('”'),
        '«' => Some('»'),
        _ => None,
    }
}

/// Words and quotations. A quotation that is never closed goes to the end.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = vec![];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(close) = closing(first) {
            let inner = rest.get(first.len_utf8()..).unwrap_or_default();
            let ends = |c: char| c == close || (first == '„' && c == '“') || (first == '“' && c == '"');
            let (quoted, after) = inner.split_once(ends).unwrap_or((inner, ""));
            (Token { text: tidy(quoted), quoted: true }, after)
        } else if let Some(end) = rest.find('>').filter(|_| first == '<') {
            // What a chat makes of an address may hold spaces.
            let (marked, after) = rest.split_at_checked(end + 1).unwrap_or((rest, ""));
            (Token { text: plain(marked), quoted: false }, after)
        } else {
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            (Token { text: plain(word), quoted: false }, after)
        };
        if !token.text.is_empty() {
            tokens.push(token);
        }
        rest = after.trim_start();
    }
    tokens
}

/// Runs of white space folded, what can't be seen left out.
fn tidy(text: &str) -> String {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word without what chats make of addresses: `<mailto:ana@example.com|ana@example.com>`, `<tel:+1415|+1 415>`.
fn plain(word: &str) -> String {
    let word = tidy(word);
    let Some(inner) = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')) else { return word };
    let (target, shown) = inner.split_once('|').unwrap_or((inner, inner));
    match target.split_once(':') {
        Some(("mailto" | "tel", address)) => address.to_owned(),
        Some(("http" | "https", _)) => target.to_owned(),
        Some(_) | None => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests;
