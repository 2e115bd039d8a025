//! What an address that a contact had learns: that it was changed, when, and whom to ask.
//!
//! Apart from the templates because nobody writes these words anew: they never name the new address, and hold no link
//! and no code.

use chrono_tz::Tz;

use super::Span;
use super::plain;
use super::render::Written;
use super::segments::Segments;
use super::spoken::Tongue;
use crate::link::Channel;
use crate::time::Timestamp;
use crate::value::Locale;

/// Characters of the portal's name in a text message, where the whole name would cost a second segment.
const SHORT_NAME: usize = 20;

/// What a notice is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) portal: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) zone: Tz,
    pub(crate) support: Option<&'a str>,
}

/// The words, in the first of `languages` that we speak, else in English.
pub(crate) fn written<'a>(
    channel: Channel, change: Change<'_>, languages: impl IntoIterator<Item = &'a Locale>,
) -> Written {
    let spoken = |locale: &Locale| {
        let tongue = Tongue::of(locale);
        Some((locale.language(), tongue, tongue.day(change.at, change.zone)?))
    };
    let english = || {
        let day = Tongue::English.day(change.at, change.zone).unwrap_or_default();
        (Locale::stored("en".to_owned()), Tongue::English, day)
    };
    let (language, tongue, day) = languages.into_iter().find_map(spoken).unwrap_or_else(english);
    let (subject, paragraphs) = match channel {
        Channel::Sms => (None, vec![text(tongue, change, &day)]),
        Channel::Email => mail(tongue, change, &day),
    };
    let paragraphs = paragraphs.into_iter().map(|words| vec![Span::Text(words)]).collect();
    Written { subject, paragraphs, language }
}

/// One segment wherever the portal's name can be written in GSM-7: first its name gives way, then whom to ask.
fn text(tongue: Tongue, change: Change<'_>, day: &str) -> String {
    let gsm = |text: &str| plain::gsm(text).unwrap_or_else(|| text.to_owned());
    let (portal, support) = (gsm(change.portal), change.support.map(gsm));
    let short: String = portal.chars().take(SHORT_NAME).collect();
    let short = short.trim_end();
    let tries = [(portal.as_str(), support.as_deref()), (short, support.as_deref()), (short, None)];
    let mut texts = tries.map(|(portal, support)| sms(tongue, portal, support, day)).into_iter();
    let fits = texts.clone().find(|text| Segments::of(text).count == 1);
    fits.or_else(|| texts.next_back()).unwrap_or_default()
}

fn sms(tongue: Tongue, portal: &str, support: Option<&str>, day: &str) -> String {
    match tongue {
        Tongue::English | Tongue::Other => {
            let ask = support.unwrap_or("whoever invited you");
            format!(
                "{portal}: your phone number was changed on {day}. Old links and sessions ended. Not you? Ask {ask}"
            )
        }
        Tongue::German => {
            let ask = support.map_or_else(|| "melden Sie sich".to_owned(), |support| format!("fragen Sie {support}"));
            format!(
                "{portal}: Ihre Nummer wurde am {day} geändert. Alte Links und Sitzungen sind beendet. \
                 Waren Sie das nicht, {ask}"
            )
        }
        Tongue::Spanish => {
            let ask = support.unwrap_or("quien le dio acceso");
            format!(
                "{portal}: su teléfono fue cambiado el {day}. Enlaces y sesiones han terminado. \
                 ¿No fue usted? Pregunte a {ask}"
            )
        }
    }
}

fn mail(tongue: Tongue, Change { portal, support, .. }: Change<'_>, day: &str) -> (Option<String>, Vec<String>) {
    let (subject, told, ended, ask) = match tongue {
        Tongue::English | Tongue::Other => (
            format!("Your e-mail address for {portal} was changed"),
            format!("On {day} your e-mail address for {portal} was changed. This message went to the old one."),
            "Links and sessions from before have ended, and no more links will come here.",
            format!("If that was not you, ask {}.", support.unwrap_or("whoever invited you")),
        ),
        Tongue::German => (
            format!("Ihre E-Mail-Adresse für {portal} wurde geändert"),
            format!("Am {day} wurde Ihre E-Mail-Adresse für {portal} geändert. Diese Nachricht ging an die alte."),
            "Links und Sitzungen von vorher sind beendet, und hierher kommen keine Links mehr.",
            match support {
                Some(support) => format!("Waren Sie das nicht, dann fragen Sie {support}."),
                None => "Waren Sie das nicht, dann melden Sie sich bei der Person, die Sie eingeladen hat.".to_owned(),
            },
        ),
        Tongue::Spanish => (
            format!("Su dirección de correo para {portal} ha cambiado"),
            format!("El {day} se cambió su dirección de correo para {portal}. Este mensaje llega a la antigua."),
            "Los enlaces y las sesiones de antes han terminado, y aquí no llegarán más enlaces.",
            format!("Si no fue usted, pregunte a {}.", support.unwrap_or("quien le dio acceso")),
        ),
    };
    (Some(subject), vec![told, ended.to_owned(), ask])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Encoding, SYSTEM_LANGUAGES};

    const CHANGE: Change<'static> =
        Change { portal: "Client portal", at: Timestamp::from_micros(0), zone: Tz::Europe__Berlin, support: None };

    /// The longest day there is.
    fn change() -> Change<'static> {
        Change { at: "2026-09-29T22:00:00Z".parse().unwrap(), support: Some("help@members.example"), ..CHANGE }
    }

    fn locale(tag: &str) -> Locale {
        Locale::parse(tag).unwrap()
    }

    fn said(channel: Channel, change: Change<'_>, language: &str) -> String {
        let written = written(channel, change, [&locale(language)]);
        written.subject.iter().cloned().chain([written.text()]).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_old_address_learns_what_changed_when_and_whom_to_ask() {
        let mails = SYSTEM_LANGUAGES.map(|language| said(Channel::Email, change(), language));
        let expected = [
            "Your e-mail address for Client portal was changed\n\
             On 30 September 2026 your e-mail address for Client portal was changed. This message went to the old one.\n\n\
             Links and sessions from before have ended, and no more links will come here.\n\n\
             If that was not you, ask help@members.example.",
            "Ihre E-Mail-Adresse für Client portal wurde geändert\n\
             Am 30. September 2026 wurde Ihre E-Mail-Adresse für Client portal geändert. Diese Nachricht ging an die \
             alte.\n\n\
             Links und Sitzungen von vorher sind beendet, und hierher kommen keine Links mehr.\n\n\
             Waren Sie das nicht, dann fragen Sie help@members.example.",
            "Su dirección de correo para Client portal ha cambiado\n\
             El 30 de septiembre de 2026 se cambió su dirección de correo para Client portal. Este mensaje llega a la \
             antigua.\n\n\
             Los enlaces y las sesiones de antes han terminado, y aquí no llegarán más enlaces.\n\n\
             Si no fue usted, pregunte a help@members.example.",
        ];
        assert_eq!(mails, expected);
        let texts = SYSTEM_LANGUAGES.map(|language| said(Channel::Sms, change(), language));
        let expected = [
            "Client portal: your phone number was changed on 30 September 2026. Old links and sessions ended. Not you? \
             Ask help@members.example",
            "Client portal: Ihre Nummer wurde am 30. September 2026 geändert. Alte Links und Sitzungen sind beendet. \
             Waren Sie das nicht, fragen Sie help@members.example",
            "Client portal: su teléfono fue cambiado el 30 de septiembre de 2026. Enlaces y sesiones han terminado. \
             ¿No fue usted? Pregunte a help@members.example",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_text_message_keeps_to_one_segment_whatever_portal_and_support_are_called() {
        let (long, longer) = ("The Łódź Society for “Founders” of Everything", "x".repeat(100));
        for language in SYSTEM_LANGUAGES {
            for portal in ["Client portal", long, &longer] {
                for support in [None, Some("help@members.example"), Some(&*longer)] {
                    let text = said(Channel::Sms, Change { portal, support, ..change() }, language);
                    let segments = Segments::of(&text);
                    assert_eq!((segments.encoding, segments.count), (Encoding::Gsm7, 1), "{text}");
                    let begin: String = plain::gsm(portal).unwrap().chars().take(SHORT_NAME - 1).collect();
                    assert!(text.starts_with(&begin) && text.contains("2026"), "{text}");
                }
            }
            let text = said(Channel::Sms, change(), language);
            assert!(text.contains("Client portal: ") && text.contains("help@members.example"), "{text}");
        }
    }

    #[test]
    fn a_notice_is_in_the_first_language_that_we_speak_else_in_english() {
        let of = |tags: &[&str]| {
            let locales: Vec<_> = tags.iter().map(|tag| locale(tag)).collect();
            written(Channel::Email, CHANGE, &locales).language.to_string()
        };
        assert_eq!(of(&["de-AT", "es"]), "de");
        assert_eq!(of(&["fr", "es-MX"]), "es");
        assert_eq!(of(&["fr", "pt-BR"]), "en");
        assert!(said(Channel::Email, CHANGE, "fr").contains("On 1 January 1970 your"));
    }
}
