//! E-mail addresses.

use unicode_normalization::UnicodeNormalization;

use super::{InvalidValue, text_value};

/// An e-mail address in lower case, NFKC; the domain as entered (punycode is shown to staff as such).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

text_value!(EmailAddress);

impl EmailAddress {
    /// Validates and normalises. Exactly one plain address: no display name, list, quoted local part, comment or
    /// address literal (CVE-2022-35924: a comma list reached a second recipient).
    ///
    /// # Errors
    /// [`InvalidValue`] for field `email`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        const INVALID: InvalidValue = InvalidValue::new("email", "not an e-mail address such as ana@example.com");
        let normal: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let options =
            email_address::Options::default().without_display_text().without_domain_literal().with_required_tld();
        let plain = normal.len() <= 254
            && normal.is_ascii() == text.trim().is_ascii()
            && !normal.contains(['"', '(', ')', '<', '>', ',', ';', ':', '\\', '[', ']'])
            && normal.chars().all(|c| !c.is_control() && !c.is_whitespace())
            && normal.matches('@').count() == 1;
        if plain && email_address::EmailAddress::parse_with_options(&normal, options).is_ok() {
            Ok(Self(normal))
        } else {
            Err(INVALID)
        }
    }

    /// For pages that must not give the address away: `a…@e…`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = |part: &str| part.chars().next().map_or_else(String::new, |c| format!("{c}…"));
        self.0.split_once('@').map_or_else(String::new, |(local, domain)| format!("{}@{}", first(local), first(domain)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plain_address_is_taken_in_lower_case() {
        for (text, email) in [
            ("ana@example.com", "ana@example.com"),
            ("  OWENS.Tamara+x@EXAMPLE.org ", "owens.tamara+x@example.org"),
            ("jörg@müller.example", "jörg@müller.example"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), email);
        }
    }

    #[test]
    fn lists_names_quotes_and_headers_are_refused() {
        for text in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a@b@example.com",
            "ana@example.com,eve@example.com",
            "ana@example.com;eve@example.com",
            "Ana <ana@example.com>",
            "\"ana\"@example.com",
            "ana@[127.0.0.1]",
            "ana@example.com\r\nBcc: eve@example.com",
            "ana @example.com",
            "ana(c)@example.com",
            "ana@exam\u{0}ple.com",
            "ana＠example.com",
            "ana@example．com",
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap_err().field, "email", "{text:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn masked_shows_two_letters() {
        assert_eq!(EmailAddress::parse("ana@example.com").unwrap().masked(), "a…@e…");
    }
}
