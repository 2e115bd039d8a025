//! Why something was not done, and what to do about it: every rule's no as a message. Pure.

use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::answer::Answer;
use super::text::Line;
use super::words;

/// The message of a failure.
pub(super) fn of(failure: &Failure) -> Answer {
    match failure {
        Failure::Rejected(rejection) => of_rule(rejection),
        Failure::Overloaded | Failure::Contended { .. } | Failure::Unavailable(_) | Failure::Wire(_) => Answer::of(
            Line::of("Something is out of order at the moment, and nothing was done. Try again in a minute."),
        ),
    }
}

/// The message of a rule's no: its own sentence, and where that leaves open what to type, what to type.
pub(super) fn of_rule(rejection: &Rejection) -> Answer {
    let answer = Answer::of(Line::of(words::sentence(&rejection.to_string())));
    let typed = match rejection.code() {
        "reason_required" => "/magiclink ana because she lost her phone",
        "contact_not_found" => "/magiclink add Ana Lima ana@example.com",
        "no_phone" => "/magiclink ana email",
        "no_email" | "reveal_forbidden" => "/magiclink ana sms",
        "too_many_live_links" => "/magiclink status ana",
        "sign_in_again" => "/magiclink console",
        _ => return answer,
    };
    answer.line(Line::of("Type ").typed(typed))
}
