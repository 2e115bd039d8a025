//! What is said when there is nothing to show: help, questions, greetings. Pure.

use magiclink_domain::team::ChatPlatform;
use magiclink_domain::usecases::SecretText;

use super::answer::Answer;
use super::text::Line;

/// What a stranger gets, and nothing else: where to connect.
pub(super) fn stranger(platform: ChatPlatform, page: &str) -> Answer {
    Answer::of(
        Line::of(format!(
            "This {} user is not connected with a staff member. Sign in to the console, open ",
            platform.name()
        ))
        .url(SecretText(page.to_owned()))
        .words(" and type the code that it shows here."),
    )
}

/// What one can type.
pub(super) fn help() -> Answer {
    let rows = [
        ("/magiclink", "a dialog with everything"),
        ("/magiclink ana@example.com", "makes a link; a name or phone number does as well"),
        ("/magiclink ana sms", "makes a link and sends it; also email"),
        ("/magiclink ana email 7d", "works for 7 days; also 30m, 24h"),
        ("/magiclink ana to founders-circle", "leads to a course or group"),
        ("/magiclink ana because she lost her phone", "with the reason"),
        ("/magiclink status ana", "how Ana stands"),
        ("/magiclink revoke LINK", "makes a link unusable"),
        ("/magiclink add Ana Lima ana@example.com", "adds a contact"),
        ("/magiclink console", "your own way into the console"),
        ("/magiclink disconnect", "ends the connection of this chat user with you"),
    ];
    let title =
        Answer::of(Line::of("Magic links let a contact into the portal with one click. Only you see the answers."));
    rows.into_iter()
        .fold(title, |answer, (typed, does)| answer.line(Line::default().typed(typed).words(format!(": {does}"))))
}

/// Nobody was named.
pub(super) fn for_whom(verb: &str) -> Answer {
    let example = format!("/magiclink {verb}ana@example.com");
    Answer::of(Line::of("For whom? Name a contact: ").typed(example).words(" or ").typed("/magiclink").words(" alone."))
}

/// Nobody was found, and what can be done about it.
pub(super) fn nobody(who: &str, next: &str) -> Answer {
    Answer::of(Line::of("Nobody is found for ").strong(who.to_owned()).words(".")).line(Line::of(next.to_owned()))
}

/// Added.
pub(super) fn added(name: &str) -> Answer {
    Answer::of(Line::of("Added ").strong(name.to_owned()).words(". Grant something, and the link is made."))
}

/// A chat user became a staff member.
pub(super) fn connected(name: Option<String>, role: &str) -> Answer {
    let line = match name {
        Some(name) => Line::of("Connected: here you are now ").strong(name),
        None => Line::of("Connected: here you are now the first owner"),
    };
    let line = line.words(format!(" ({role}). Type "));
    Answer::of(line.typed("/magiclink help").words(" to see what you can do."))
}

/// A chat user is nobody any more.
pub(super) fn disconnected() -> Answer {
    Answer::of(Line::of("Disconnected: nothing that you type here does anything any more."))
}

/// No code was typed.
pub(super) fn which_code(page: &str) -> Answer {
    Answer::of(Line::of("Which code? Open ").url(SecretText(page.to_owned())).words(" and type what it shows."))
}

/// One's own way in.
pub(super) fn console(url: SecretText) -> Answer {
    Answer::of(Line::of("Your own way into the console, once, within 15 minutes: ").url(url))
        .line(Line::of("Show it to nobody: whoever opens it is signed in as you."))
}

/// The buttons belong to a message whose wish is gone.
#[must_use]
pub fn too_old() -> Answer {
    Answer::of(Line::of("This message is too old: type the command again."))
}

/// A lifetime that is none.
pub(super) fn which_lifetime(text: &str) -> Answer {
    let line = Line::of("How long is ").strong(text.to_owned()).words("? Type ");
    Answer::of(line.typed("24h").words(", ").typed("7 days").words(" or the like."))
}

/// A channel that is none.
pub(super) fn which_channel(text: &str) -> Answer {
    let line = Line::of("Nothing is sent by ").strong(text.to_owned()).words(". Type ");
    Answer::of(line.typed("sms").words(" or ").typed("email").words(", or leave it empty to see the link."))
}

/// A link that is none.
pub(super) fn which_link() -> Answer {
    Answer::of(Line::of("Which link? Paste it behind ").typed("/magiclink revoke").words(", or name the contact."))
}

/// Several fit.
pub(super) fn several(who: &str) -> Line {
    Line::of("Several contacts are found for ").strong(who.to_owned()).words(". Which one?")
}

/// More than fit.
pub(super) fn more() -> Line {
    Line::of("There are more: type more of the name, or the e-mail address.")
}

/// Nobody quite.
pub(super) fn perhaps(who: &str) -> Line {
    Line::of("Nobody is called ").strong(who.to_owned()).words(". Did you mean one of these?")
}
