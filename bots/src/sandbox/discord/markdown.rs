//! Discord's markdown as the room shows it: what Discord would draw of it, as far as the service writes it.
//!
//! Apart from buttons and menus because texts are parsed, and these are data.

use magiclink_domain::ports::{ChatLook, ChatPiece};

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Vec<ChatPiece>> {
    text.lines().map(line).collect()
}

fn line(text: &str) -> Vec<ChatPiece> {
    let (mut line, mut rest) = (Line::default(), text);
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\\' => escape(&mut line, rest),
            '*' if line.turns(rest) => line.turn(rest),
            '`' => span(&mut line, rest, ('`', '`'), ChatLook::Code),
            '<' if rest.starts_with("<http") => span(&mut line, rest, ('<', '>'), ChatLook::Link),
            'h' if rest.starts_with("https://") || rest.starts_with("http://") => address(&mut line, rest),
            _ => line.take(rest, c),
        };
    }
    line.ended()
}

/// What was read of a line.
#[derive(Default)]
struct Line {
    pieces: Vec<ChatPiece>,
    text: String,
    strong: bool,
}

impl Line {
    fn take<'a>(&mut self, rest: &'a str, c: char) -> &'a str {
        self.text.push(c);
        rest.get(c.len_utf8()..).unwrap_or_default()
    }

    /// Whether two stars begin something that ends, or end it.
    fn turns(&self, rest: &str) -> bool {
        rest.strip_prefix("**").is_some_and(|after| self.strong || after.contains("**"))
    }

    fn turn<'a>(&mut self, rest: &'a str) -> &'a str {
        self.end_piece();
        self.strong = !self.strong;
        rest.get(2..).unwrap_or_default()
    }

    fn end_piece(&mut self) {
        let look = if self.strong { ChatLook::Strong } else { ChatLook::Plain };
        let text = std::mem::take(&mut self.text);
        self.push(&text, look);
    }

    fn push(&mut self, text: &str, look: ChatLook) {
        if !text.is_empty() {
            self.pieces.push(ChatPiece { text: text.to_owned(), look });
        }
    }

    fn ended(mut self) -> Vec<ChatPiece> {
        self.end_piece();
        self.pieces
    }
}

/// A backslash shows the next character as it is, where that is a sign of ASCII.
fn escape<'a>(line: &mut Line, rest: &'a str) -> &'a str {
    let after = rest.get(1..).unwrap_or_default();
    match after.chars().next().filter(char::is_ascii_punctuation) {
        Some(sign) => line.take(after, sign),
        None => line.take(rest, '\\'),
    }
}

/// What stands between two signs, in which nothing has a meaning.
fn span<'a>(line: &mut Line, rest: &'a str, (open, close): (char, char), look: ChatLook) -> &'a str {
    let found = rest.get(1..).and_then(|after| after.split_once(close)).filter(|(inside, _)| !inside.is_empty());
    let Some((inside, after)) = found else { return line.take(rest, open) };
    line.end_piece();
    line.push(inside, look);
    after
}

/// A bare address becomes a link.
fn address<'a>(line: &mut Line, rest: &'a str) -> &'a str {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (address, after) = rest.split_at(end);
    line.end_piece();
    line.push(address, ChatLook::Link);
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let piece = |piece: &ChatPiece| match piece.look {
            ChatLook::Plain => piece.text.clone(),
            ChatLook::Strong => format!("[b {}]", piece.text),
            ChatLook::Code => format!("[c {}]", piece.text),
            ChatLook::Link => format!("[a {}]", piece.text),
        };
        let line = |line: &Vec<ChatPiece>| line.iter().map(piece).collect::<String>();
        lines(text).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_escaped_is_shown_as_it_is() {
        assert_eq!(
            shown(r"\<\@1\> \@everyone \*\*x\*\* \`y\` https\://a\.example"),
            "<@1> @everyone **x** `y` https://a.example"
        );
        assert_eq!(shown(r"**\*\*x\*\***"), "[b **x**]");
        assert_eq!(shown(r"\\\\ \a \é"), r"\\ \a \é", "letters are not escaped");
    }

    #[test]
    fn what_has_a_meaning_is_drawn() {
        assert_eq!(
            shown("For **Ana Lima**, `K7QF-3M2X`\n<https://a.example/m/x>!"),
            "For [b Ana Lima], [c K7QF-3M2X]\n[a https://a.example/m/x]!"
        );
        assert_eq!(shown("see http://a.example/x now"), "see [a http://a.example/x] now");
    }

    #[test]
    fn what_is_never_closed_has_none() {
        for text in ["**x", "a ` b", "<http", "``", "a\\", "<@1>", "2 * 3 ** 4"] {
            assert_eq!(shown(text), text);
        }
    }
}
