//! What pages say, in the reader's language: catalogues of words in `locales/`, one folder a language.
//!
//! Apart from the templates so that no word is tied to a page. Every catalogue is read once; a page only looks words up.

mod choice;
#[cfg(test)]
mod tests;
mod times;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::{CharacterDirection, LanguageIdentifier};

pub(crate) use choice::choose;
pub(crate) use times::Shown;

/// A language that pages speak.
pub(crate) struct Language {
    tag: &'static str,
    direction: &'static str,
    words: FluentBundle<FluentResource>,
}

/// A language's tag and the text of its catalogue.
type Catalogue = (&'static str, &'static [&'static str]);

const CATALOGUES: [Catalogue; 3] = [
    (
        "en",
        &[
            include_str!("../../locales/en/doors.ftl"),
            include_str!("../../locales/en/refusals.ftl"),
            include_str!("../../locales/en/portal.ftl"),
            include_str!("../../locales/en/times.ftl"),
            // Staff read English: the console has no other language.
            include_str!("../../locales/en/console.ftl"),
        ],
    ),
    (
        "de",
        &[
            include_str!("../../locales/de/doors.ftl"),
            include_str!("../../locales/de/refusals.ftl"),
            include_str!("../../locales/de/portal.ftl"),
            include_str!("../../locales/de/times.ftl"),
        ],
    ),
    (
        "es",
        &[
            include_str!("../../locales/es/doors.ftl"),
            include_str!("../../locales/es/refusals.ftl"),
            include_str!("../../locales/es/portal.ftl"),
            include_str!("../../locales/es/times.ftl"),
        ],
    ),
];

static ENGLISH: LazyLock<Language> = LazyLock::new(|| Language::read(CATALOGUES[0]));
static OTHERS: LazyLock<Vec<Language>> = LazyLock::new(|| CATALOGUES.into_iter().skip(1).map(Language::read).collect());

/// Stands where a name will be: no catalogue and no name holds it.
const HOLE: &str = "\u{fffc}";

impl Language {
    /// English, which stands in for every word that another language lacks.
    pub(crate) fn english() -> &'static Self {
        &ENGLISH
    }

    /// Every language that pages speak.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        std::iter::once(Self::english()).chain(OTHERS.iter())
    }

    fn read((tag, texts): Catalogue) -> Self {
        // A faulty line costs its own words alone; a test refuses it.
        let identifier: LanguageIdentifier = tag.parse().unwrap_or_default();
        let direction = match identifier.character_direction() {
            CharacterDirection::RTL => "rtl",
            CharacterDirection::LTR | CharacterDirection::TTB => "ltr",
        };
        let mut words = FluentBundle::new_concurrent(vec![identifier]);
        // Pages isolate names with markup, which needs no invisible characters.
        words.set_use_isolating(false);
        for text in texts {
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(read, _)| read);
            words.add_resource_overriding(resource);
        }
        Self { tag, direction, words }
    }

    /// Its BCP 47 tag, for `lang`.
    pub(crate) fn tag(&self) -> &'static str {
        self.tag
    }

    /// Where its lines begin, for `dir`.
    pub(crate) fn direction(&self) -> &'static str {
        self.direction
    }

    /// The words of `key`, or of its part (`key.part`).
    pub(crate) fn say(&self, key: &str) -> Cow<'_, str> {
        self.said(key, None)
    }

    /// The words of a part of `key`.
    pub(crate) fn part(&self, key: &str, part: &str) -> Cow<'_, str> {
        self.say(&format!("{key}.{part}"))
    }

    /// The words of `key`, with `value` where they name `name`.
    pub(crate) fn with(&self, key: &str, name: &str, value: &str) -> Cow<'_, str> {
        self.said(key, Some(&FluentArgs::from_iter([(name, value)])))
    }

    /// The words of `key` with several values.
    pub(crate) fn with_all(&self, key: &str, values: &[(&str, &str)]) -> Cow<'_, str> {
        self.said(key, Some(&values.iter().copied().collect()))
    }

    /// The words of `key` for so many, by the language's rules of plural.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over what they hold by reference")]
    pub(crate) fn count(&self, key: &str, count: &i64) -> Cow<'_, str> {
        self.said(key, Some(&FluentArgs::from_iter([("count", *count)])))
    }

    /// What the words of `key` say before and after `name`, which a page marks up by itself.
    pub(crate) fn around(&self, key: &str, name: &str) -> (String, String) {
        let words = self.with(key, name, HOLE);
        let (before, after) = words.split_once(HOLE).unwrap_or((&words, ""));
        (before.to_owned(), after.to_owned())
    }

    fn said(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        self.own(key, args).or_else(|| Self::english().own(key, args)).unwrap_or_else(|| {
            tracing::error!(key, language = self.tag, "a page lacks words");
            Cow::Borrowed("")
        })
    }

    fn own(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'_, str>> {
        let (id, part) = key.split_once('.').map_or((key, None), |(id, part)| (id, Some(part)));
        let message = self.words.get_message(id)?;
        let pattern = match part {
            Some(part) => message.get_attribute(part)?.value(),
            None => message.value()?,
        };
        // What can't be filled in shows as its name; a test compares the names.
        Some(self.words.format_pattern(pattern, args, &mut vec![]))
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}
