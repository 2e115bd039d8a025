//! The conversation as staff have it, message by message, and the rules it keeps.

pub(crate) mod hostile;
mod offers;
mod rules;
mod story;
pub(crate) mod world;

use super::{Answer, Does, Form, Line, Piece, Reply};

/// A reply as a reader sees it, with what is behind buttons.
pub(crate) fn shown(reply: &Reply) -> String {
    match reply {
        Reply::Answer(answer) => of_answer(answer),
        Reply::Dialog(dialog) => format!("{dialog:#?}"),
        Reply::Form(form) => of_form(form),
        Reply::Picture(picture) => format!("{picture:?}"),
    }
}

fn of_form(form: &Form) -> String {
    let field = |field: &super::Field| {
        format!("({}{}) {}", field.label, if field.optional { ", optional" } else { "" }, field.value)
    };
    let fields: Vec<String> = form.fields.iter().map(field).collect();
    format!("# {}\n{}\n[{}]", form.title, fields.join("\n"), form.submit)
}

fn of_answer(answer: &Answer) -> String {
    let mut lines: Vec<String> = answer.lines.iter().map(of_line).collect();
    for button in &answer.buttons {
        let does = match &button.does {
            Does::Act(act) => act.encode().split('.').next().unwrap_or_default().to_owned(),
            Does::Open(page) => page.clone(),
        };
        lines.push(format!("[{}] {:?} {does}", button.label, button.look));
    }
    if let Some(menu) = &answer.menu {
        lines.push(format!("<{}>", menu.asks));
        lines.extend(menu.choices.iter().map(|choice| format!("  - {} | {}", choice.label, choice.detail)));
    }
    lines.join("\n")
}

pub(crate) fn of_line(line: &Line) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) | Piece::Foreign(text) => text.clone(),
        Piece::Strong(text) => format!("*{text}*"),
        Piece::Typed(text) => format!("`{text}`"),
        Piece::Url(secret) | Piece::Code(secret) => secret.0.clone(),
    };
    line.0.iter().map(piece).collect()
}
