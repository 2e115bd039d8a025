//! The words that come with Magiclink, in English, German and Spanish.
//!
//! A text message stays within one GSM-7 segment with the longest link, an ordinary name and the default portal name;
//! so the Spanish ones do without the letters that would cost a second one.

use super::template::{Template, Words};
use crate::link::Channel;
use crate::value::Locale;

/// The languages that have system templates; the first stands in for all others.
pub const SYSTEM_LANGUAGES: [&str; 3] = ["en", "de", "es"];

/// What a contact gets in one language.
struct Contacts {
    sms: &'static str,
    subject: &'static str,
    email: &'static str,
}

const ENGLISH: Contacts = Contacts {
    sms: "{{portal}}, {{name}}:\n{{link}}\nCode {{code}}, valid {{lasts}}",
    subject: "Your link to {{portal}}",
    email: "Hello {{name}},\n\n\
        open this link and press the button to sign in to {{portal}}:\n\n\
        {{link}}\n\n\
        Or type this code on the sign-in page: {{code}}\n\n\
        Both work until {{expires}}. If you did not expect this message, ignore it.",
};

const GERMAN: Contacts = Contacts {
    sms: "{{portal}}, {{name}}:\n{{link}}\nCode {{code}}, gilt {{lasts}}",
    subject: "Ihr Link zu {{portal}}",
    email: "Hallo {{name}},\n\n\
        öffnen Sie diesen Link und drücken Sie den Knopf, um sich bei {{portal}} anzumelden:\n\n\
        {{link}}\n\n\
        Oder geben Sie auf der Anmeldeseite diesen Code ein: {{code}}\n\n\
        Beides gilt bis {{expires}}. Haben Sie diese Nachricht nicht erwartet, dann ignorieren Sie sie.",
};

const SPANISH: Contacts = Contacts {
    sms: "{{portal}}, {{name}}:\n{{link}}\nClave {{code}}, vale {{lasts}}",
    subject: "Su enlace a {{portal}}",
    email: "Hola {{name}},\n\n\
        abra este enlace y pulse el botón para entrar en {{portal}}:\n\n\
        {{link}}\n\n\
        O escriba este código en la página de acceso: {{code}}\n\n\
        Ambos sirven hasta el {{expires}}. Si no esperaba este mensaje, no haga nada.",
};

/// What a staff member gets in one language: subject and words.
const STAFF: [(&str, &str); 3] = [
    (
        "Sign in to the {{portal}} console",
        "Hello {{name}},\n\n\
        open this link and press the button to sign in to the {{portal}} console:\n\n\
        {{link}}\n\n\
        Or type this code on the sign-in page: {{code}}\n\n\
        Both work until {{expires}}, and using one ends the other. If you did not ask for this message, ignore it.",
    ),
    (
        "Anmelden an der Konsole von {{portal}}",
        "Hallo {{name}},\n\n\
        öffnen Sie diesen Link und drücken Sie den Knopf, um sich an der Konsole von {{portal}} anzumelden:\n\n\
        {{link}}\n\n\
        Oder geben Sie auf der Anmeldeseite diesen Code ein: {{code}}\n\n\
        Beides gilt bis {{expires}}, und eines zu benutzen beendet das andere. Haben Sie diese Nachricht nicht \
        angefordert, dann ignorieren Sie sie.",
    ),
    (
        "Entrar en la consola de {{portal}}",
        "Hola {{name}},\n\n\
        abra este enlace y pulse el botón para entrar en la consola de {{portal}}:\n\n\
        {{link}}\n\n\
        O escriba este código en la página de acceso: {{code}}\n\n\
        Ambos sirven hasta el {{expires}}, y usar uno termina el otro. Si no pidió este mensaje, no haga nada.",
    ),
];

/// Where a language stands in [`SYSTEM_LANGUAGES`].
fn place(language: &str) -> Option<usize> {
    SYSTEM_LANGUAGES.iter().position(|known| *known == language)
}

/// The system template for this very locale, which is a language alone.
pub(super) fn contacts(channel: Channel, locale: &Locale) -> Option<Template> {
    let Contacts { sms, subject, email } = [ENGLISH, GERMAN, SPANISH].into_iter().nth(place(locale.as_str())?)?;
    let words = match channel {
        Channel::Sms => Words { subject: None, text: sms.to_owned() },
        Channel::Email => Words { subject: Some(subject.to_owned()), text: email.to_owned() },
    };
    Some(Template::of(channel, words))
}

/// The language that stands in where nothing fits.
pub(super) fn last_resort(channel: Channel) -> (Locale, Template) {
    let english = Locale::stored("en".to_owned());
    let template = contacts(channel, &english);
    let bare = || Template::of(channel, Words { subject: None, text: "{{link}}".to_owned() });
    (english, template.unwrap_or_else(bare))
}

/// What a staff member gets in the portal's language, with the language it is in. Only e-mail goes to staff.
pub(crate) fn staff(portal: &Locale) -> (Locale, Template) {
    let language = portal.language();
    let (language, nth) = place(language.as_str()).map_or((Locale::stored("en".to_owned()), 0), |nth| (language, nth));
    let (subject, text) = STAFF.into_iter().nth(nth).unwrap_or_default();
    let words = Words { subject: Some(subject.to_owned()), text: text.to_owned() };
    (language, Template::of(Channel::Email, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(template: &Template) {
        let Words { subject, text } = template.words();
        let parsed = Template::parse(template.channel(), subject.as_deref().unwrap_or_default(), text);
        assert_eq!(parsed.as_ref(), Ok(template));
    }

    #[test]
    fn every_system_template_would_be_accepted_from_somebody() {
        for language in SYSTEM_LANGUAGES {
            let locale = Locale::parse(language).unwrap();
            for channel in Channel::ALL {
                parses(&contacts(*channel, &locale).unwrap());
            }
            let (said, template) = staff(&locale);
            assert_eq!(said, locale);
            parses(&template);
        }
        assert_eq!(staff(&Locale::parse("fr").unwrap()), staff(&Locale::parse("en-GB").unwrap()));
        assert_eq!(last_resort(Channel::Sms).0.as_str(), "en");
    }

    #[test]
    fn a_region_has_no_system_template_of_its_own() {
        assert_eq!(contacts(Channel::Sms, &Locale::parse("de-AT").unwrap()), None);
    }
}
