//! What describes an offering.

use super::{InvalidValue, text_value, tidy};

/// An offering's name in URLs and imports: 1 to 64 of `a-z`, `0-9` and single inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

text_value!(Slug);

impl Slug {
    /// Validates. `home` is taken: as a destination it means the portal's first page.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `slug`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let shaped = (1..=64).contains(&text.len())
            && text
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if shaped && text != "home" {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new(
                "slug",
                "not a slug such as founders-circle (a-z, 0-9 and hyphens, at most 64; home is taken)",
            ))
        }
    }
}

/// An offering's title: 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Title(String);

text_value!(Title);

impl Title {
    /// Validates and tidies.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `title`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match tidy(text) {
            Some(title) if (1..=200).contains(&title.chars().count()) => Ok(Self(title)),
            _ => Err(InvalidValue::new("title", "a title has 1 to 200 characters and no control characters")),
        }
    }
}

/// Where an offering's content lives: an absolute http(s) URL of at most 500 ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferingUrl(String);

text_value!(OfferingUrl);

impl OfferingUrl {
    /// Validates by an allow-list of shapes, so that no `javascript:` or credentials come through (CVE-2026-29192).
    ///
    /// # Errors
    /// [`InvalidValue`] for field `url`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        const INVALID: InvalidValue =
            InvalidValue::new("url", "not a web address such as https://courses.example.com/pricing");
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(INVALID)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        let port = host.split_once(':').map_or("0", |(_, port)| port);
        let hostlike = !name.is_empty()
            && name
                .split('.')
                .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
            && port.parse::<u16>().is_ok();
        let printable = text.bytes().all(|b| {
            b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^')
        });
        if text.len() <= 500 && hostlike && printable { Ok(Self(text.to_owned())) } else { Err(INVALID) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_plain() {
        for text in ["a", "founders-circle", "client-onboarding-101"] {
            assert!(Slug::parse(text).is_ok(), "{text}");
        }
        for text in ["", "home", "-a", "a-", "a--b", "Founders", "a b", "a/b", "é", &"a".repeat(65)] {
            assert_eq!(Slug::parse(text).unwrap_err().field, "slug", "{text}");
        }
    }

    #[test]
    fn an_offerings_url_is_a_web_address_and_nothing_else() {
        for text in
            ["https://courses.example.com/launch-your-practice", "http://localhost:3000/x?y=1#z", "https://example.com"]
        {
            assert!(OfferingUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "javascript:alert(1)",
            "//evil.example",
            "https://",
            "https:///x",
            "https://a@b.example/",
            "ftp://example.com",
            "https://exa mple.com",
            "https://example.com\\@evil.example",
            "https://example.com:99999/",
            "data:text/html,x",
            "https://a..b/",
            "https://example.com/\u{202e}",
        ] {
            assert_eq!(OfferingUrl::parse(text).unwrap_err().field, "url", "{text}");
        }
    }
}
