//! What came back, and how tests look at it.

use axum::http::{HeaderMap, StatusCode};
use magiclink_domain::id::LinkId;
use magiclink_domain::usecases::Issued;

/// A link as its recipient has it.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    pub(crate) path: String,
    pub(crate) code: String,
}

impl Link {
    pub(super) fn of(issued: &Issued, base: &str) -> Self {
        let url = issued.url.as_ref().unwrap().0.clone();
        Self {
            id: issued.id,
            path: url.strip_prefix(base).unwrap().to_owned(),
            code: issued.code.as_ref().unwrap().0.clone(),
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The tag of the form that posts to `action`.
    pub(crate) fn tag(&self, action: &str) -> String {
        let form = format!(r#"action="{action}""#);
        let (_, rest) = self.body.split_once(&form).unwrap_or_else(|| panic!("no form to {action}: {}", self.body));
        let (_, rest) = rest.split_once(r#"name="form" value=""#).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Whether the page offers the form.
    pub(crate) fn offers(&self, action: &str) -> bool {
        self.body.contains(&format!(r#"action="{action}""#))
    }

    /// Status, every header and the body, as snapshots show them: without the page's style.
    pub(crate) fn shown(&self) -> String {
        masked(&cut(&format!("{}\n\n{}", self.head(), self.page()), "sha256-", "'"))
    }

    /// The body without style and the hashes of style sheet and script.
    pub(crate) fn page(&self) -> String {
        let sheets = cut(&cut(&self.body, "<style>", "</style>"), "/assets/", ".css");
        masked(&cut(&sheets, "/assets/portal-", ".js"))
    }

    /// Status and every header.
    pub(crate) fn head(&self) -> String {
        let mut lines: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        format!("{}\n{}", self.status, lines.join("\n"))
    }

    /// The words of the page, without markup, style and blank lines; secrets masked.
    pub(crate) fn words(&self) -> String {
        let page = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        // The letter that stands where there is no logo is no word.
        let page = match page.split_once("<span class=\"mark\"") {
            Some((before, rest)) => format!("{before}{}", rest.split_once("</span>").unwrap().1),
            None => page.to_owned(),
        };
        let mut words = String::new();
        let mut inside = true;
        for letter in page.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                _ if !inside => words.push(letter),
                _ => {}
            }
        }
        let lines = words.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let text = lines
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
            .replace("&#38;", "&")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">");
        masked(&text)
    }
}

/// The text with tokens, tags, nonces, cookies and codes left out: they change with every id that is drawn before.
fn masked(text: &str) -> String {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let mut shown = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter| !inside(letter)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let random = run.len() >= 22 && run.bytes().any(|byte| byte.is_ascii_uppercase());
        let code = run.len() == 9 && run.as_bytes()[4] == b'-' && !run.bytes().any(|byte| byte.is_ascii_lowercase());
        shown.push_str(if random {
            "RANDOM"
        } else if code {
            "CODE"
        } else {
            run
        });
        let letter = after.chars().next();
        shown.extend(letter);
        rest = &after[letter.map_or(0, char::len_utf8)..];
    }
    shown
}

/// The text with what stands between the first `from` and `to` after it left out.
fn cut(text: &str, from: &str, to: &str) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    let (_, after) = rest.split_once(to).unwrap();
    format!("{before}{from}…{to}{after}")
}
