//! Which language a page speaks: the contact's own, else what the browser asks for, else the portal's, else English.
//!
//! Apart from the words because the button page must not know the contact: there, nobody's own language counts.

use axum::http::HeaderValue;
use magiclink_domain::value::Locale;

use super::Language;

/// Of `Accept-Language`, so much is read: no browser sends more, and nobody is to make us read for long.
const MOST: usize = 256;

/// The first of these that we speak.
pub(crate) fn choose(own: Option<&Locale>, accepts: Option<&HeaderValue>, portal: &str) -> &'static Language {
    let own = own.and_then(|locale| spoken(locale.as_str()));
    own.or_else(|| accepted(accepts?)).or_else(|| spoken(portal)).unwrap_or_else(Language::english)
}

/// The language of a tag, whatever its region: `de` for `de-AT`.
fn spoken(tag: &str) -> Option<&'static Language> {
    let language = tag.split(['-', '_']).next().unwrap_or_default();
    Language::all().find(|known| known.tag().eq_ignore_ascii_case(language))
}

/// What the browser likes best of what we speak (RFC 9110, 12.5.4).
fn accepted(header: &HeaderValue) -> Option<&'static Language> {
    let accepts = header.to_str().ok().filter(|text| text.len() <= MOST)?;
    let wanted = accept_language::parse_with_quality(accepts).into_iter();
    wanted.filter(|(_, quality)| *quality > 0.0).find_map(|(tag, _)| spoken(&tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(own: &str, accepts: &str, portal: &str) -> &'static str {
        let own = Locale::parse(own).ok();
        let accepts = (!accepts.is_empty()).then(|| accepts.parse().unwrap());
        choose(own.as_ref(), accepts.as_ref(), portal).tag()
    }

    #[test]
    fn ones_own_language_comes_first_then_the_browsers_then_the_portals_then_english() {
        assert_eq!(chosen("es-MX", "de", "en"), "es");
        assert_eq!(chosen("fr", "de-AT,en;q=0.5", "es"), "de");
        assert_eq!(chosen("", "de", "en"), "de");
        assert_eq!(chosen("", "fr,it;q=0.9", "de-CH"), "de");
        assert_eq!(chosen("", "", "es"), "es");
        assert_eq!(chosen("", "fr", "fr"), "en");
        assert_eq!(chosen("", "", ""), "en");
    }

    #[test]
    fn what_the_browser_likes_better_comes_first_wherever_it_stands() {
        assert_eq!(chosen("", "en;q=0.3, es;q=0.9, de;q=0.8", "en"), "es");
        assert_eq!(chosen("", "DE-de", "en"), "de");
        assert_eq!(chosen("", "de;q=0, es;q=0.1", "en"), "es", "zero is a no");
        assert_eq!(chosen("", "*", "de"), "de");
    }

    #[test]
    fn nonsense_is_the_portals_language() {
        for accepts in [",;q=,,", ";;;", "\"", "q=1", &"fr,".repeat(1_000), &format!("de{}", ",fr".repeat(100))] {
            assert_eq!(chosen("", accepts, "es"), "es", "{accepts}");
        }
        let latin = HeaderValue::from_bytes(b"d\xe9").unwrap();
        assert_eq!(choose(None, Some(&latin), "es").tag(), "es");
    }
}
