//! Phone numbers.

use phonenumber::Mode;

use super::{InvalidValue, text_value};

/// A phone number in E.164: `+` and up to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

text_value!(PhoneNumber);

/// A country by its ISO 3166-1 alpha-2 code, as far as the numbering plans know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country(phonenumber::country::Id);

impl Country {
    /// Reads `US`, `de` …
    ///
    /// # Errors
    /// [`InvalidValue`] for field `country`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        text.trim()
            .to_ascii_uppercase()
            .parse()
            .map(Self)
            .map_err(|_| InvalidValue::new("country", "not a country code such as US or DE"))
    }
}

impl PhoneNumber {
    /// Validates and normalises; a national number needs its country. Extensions are refused: a message can't reach one.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `phone`.
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, InvalidValue> {
        const INVALID: InvalidValue =
            InvalidValue::new("phone", "not a phone number such as +14155550100 (with + and the country's code)");
        // Longer texts are no numbers, and the parser need not see them.
        if text.len() > 40 || !text.is_ascii() || text.chars().any(char::is_alphabetic) {
            return Err(INVALID);
        }
        let number = phonenumber::parse(country.map(|c| c.0), text.trim()).map_err(|_| INVALID)?;
        if !number.is_valid() || number.extension().is_some() {
            return Err(INVALID);
        }
        Ok(Self(number.format().mode(Mode::E164).to_string()))
    }

    /// Loads the numbering plans; the first number otherwise waits about 100 ms for them.
    pub fn warm_up() {
        drop(Self::parse("+14155550100", None));
    }

    /// For pages that must not give the number away: `+1…00`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, rest) = self.0.split_at_checked(2).unwrap_or_default();
        let tail = rest.split_at_checked(rest.len().saturating_sub(2)).unwrap_or_default().1;
        format!("{head}…{tail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international_spellings_become_one_number() {
        let us = Some(Country::parse("us").unwrap());
        for text in ["(201) 552-3757", "+1 201-552-3757", "201.552.3757", "+12015523757"] {
            assert_eq!(PhoneNumber::parse(text, us).unwrap().as_str(), "+12015523757", "{text}");
        }
        assert_eq!(
            PhoneNumber::parse("090-1232-7660", Some(Country::parse("JP").unwrap())).unwrap().as_str(),
            "+819012327660"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "12",
            "12345",
            "+1 242 555 012",
            "+14155550100 ext. 5",
            "1-800-FLOWERS",
            "+1415555010011111111",
            "٠١٢٣",
            "+14155550100;ext=5",
        ] {
            assert_eq!(PhoneNumber::parse(text, None).unwrap_err().field, "phone", "{text}");
        }
        assert!(PhoneNumber::parse("(201) 552-3757", None).is_err(), "a national number without its country");
        assert!(Country::parse("XX").is_err());
    }

    #[test]
    fn masked_shows_four_characters() {
        assert_eq!(PhoneNumber::parse("+14155550100", None).unwrap().masked(), "+1…00");
    }
}
