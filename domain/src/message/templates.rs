//! Which words a message has: the business's own for the reader's language, or those that come with Magiclink.
//!
//! Apart from the settings, which only keep them, because every message asks.

use std::collections::BTreeMap;

use super::system::{self, SYSTEM_LANGUAGES};
use super::template::{Template, Words};
use crate::link::Channel;
use crate::value::Locale;

/// The templates that somebody wrote, by channel and locale; everything else is as it comes with Magiclink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates(BTreeMap<(Channel, Locale), Template>);

/// The words that are in force for one channel and locale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Over which channel.
    pub channel: Channel,
    /// For which readers.
    pub locale: Locale,
    /// The words.
    pub template: Template,
    /// Somebody wrote them.
    pub own: bool,
}

impl Templates {
    /// Somebody's own words, if there are any for exactly this.
    #[must_use]
    pub fn own(&self, channel: Channel, locale: &Locale) -> Option<&Template> {
        self.0.get(&(channel, locale.canonical()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether everything is as it comes with Magiclink.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn with(mut self, channel: Channel, locale: &Locale, words: Option<Words>) -> Self {
        let key = (channel, locale.canonical());
        match words {
            Some(words) => drop(self.0.insert(key, Template::of(channel, words))),
            None => drop(self.0.remove(&key)),
        }
        self
    }

    /// The words in force for exactly this channel and locale; none where its readers get another locale's.
    #[must_use]
    pub fn exactly(&self, channel: Channel, locale: &Locale) -> Option<Variant> {
        let locale = locale.canonical();
        let own = self.own(channel, &locale).cloned();
        let (own, template) = match own {
            Some(template) => (true, template),
            None => (false, system::contacts(channel, &locale)?),
        };
        Some(Variant { channel, locale, template, own })
    }

    /// The words for a reader: their locale's, else their language's, else the portal's, else English ones.
    #[must_use]
    pub fn choose(&self, channel: Channel, reader: Option<&Locale>, portal: &Locale) -> Variant {
        let wanted = reader.into_iter().chain([portal]).flat_map(|locale| [locale.canonical(), locale.language()]);
        wanted.into_iter().find_map(|locale| self.exactly(channel, &locale)).unwrap_or_else(|| {
            let (locale, template) = system::last_resort(channel);
            self.exactly(channel, &locale).unwrap_or(Variant { channel, locale, template, own: false })
        })
    }

    /// Everything that can be in force over a channel: the system's languages, and what somebody added.
    #[must_use]
    pub fn variants(&self, channel: Channel) -> Vec<Variant> {
        let system = SYSTEM_LANGUAGES.into_iter().map(|language| Locale::stored(language.to_owned()));
        let own = self.0.keys().filter(|(of, _)| *of == channel).map(|(_, locale)| locale.clone());
        let added = own.filter(|locale| !SYSTEM_LANGUAGES.contains(&locale.as_str()));
        system.chain(added).filter_map(|locale| self.exactly(channel, &locale)).collect()
    }
}

/// The words that come with Magiclink for exactly this channel and locale.
#[must_use]
pub fn system_template(channel: Channel, locale: &Locale) -> Option<Template> {
    system::contacts(channel, &locale.canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(tag: &str) -> Locale {
        Locale::parse(tag).unwrap()
    }

    fn with(tags: &[&str]) -> Templates {
        tags.iter().fold(Templates::default(), |templates, tag| {
            let words = Words { subject: None, text: format!("{tag} {{{{link}}}}") };
            templates.with(Channel::Sms, &locale(tag), Some(words))
        })
    }

    fn chosen(templates: &Templates, reader: &str, portal: &str) -> (String, bool) {
        let reader = (!reader.is_empty()).then(|| locale(reader));
        let variant = templates.choose(Channel::Sms, reader.as_ref(), &locale(portal));
        (variant.locale.to_string(), variant.own)
    }

    #[test]
    fn the_readers_locale_comes_first_then_the_language_then_the_portals_then_english() {
        let all = with(&["pt-BR", "pt", "fr", "en"]);
        let own = |tag: &str| (tag.to_owned(), true);
        assert_eq!(chosen(&all, "pt-BR", "fr"), own("pt-BR"));
        assert_eq!(chosen(&all, "pt-br", "fr"), own("pt-BR"), "case does not matter");
        assert_eq!(chosen(&all, "pt-PT", "fr"), own("pt"));
        assert_eq!(chosen(&all, "it", "fr-CA"), own("fr"));
        assert_eq!(chosen(&all, "", "fr"), own("fr"));
        assert_eq!(chosen(&all, "it", "nl"), own("en"));
        assert_eq!(chosen(&with(&[]), "it", "nl"), ("en".to_owned(), false));
    }

    #[test]
    fn a_language_that_the_system_speaks_comes_before_the_portals() {
        assert_eq!(chosen(&with(&["en"]), "de-AT", "en"), ("de".to_owned(), false));
        assert_eq!(chosen(&with(&["de-AT"]), "de-AT", "en"), ("de-AT".to_owned(), true));
        assert_eq!(chosen(&with(&["de-AT"]), "de-CH", "en"), ("de".to_owned(), false));
    }

    #[test]
    fn a_channel_knows_nothing_of_another() {
        let templates = with(&["fr"]);
        assert_eq!(templates.choose(Channel::Email, Some(&locale("fr")), &locale("en")).locale, locale("en"));
        assert_eq!(templates.variants(Channel::Email).len(), 3);
        let tags: Vec<_> = templates.variants(Channel::Sms).iter().map(|v| v.locale.to_string()).collect();
        assert_eq!(tags, ["en", "de", "es", "fr"]);
    }
}
