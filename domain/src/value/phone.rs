//! Phone numbers.

use std::fmt;
use std::str::FromStr;

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type};

use super::{InvalidValue, text_value};

/// A phone number in E.164: `+` and up to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

text_value!(PhoneNumber);

/// Digits after the calling code that name a range of numbers.
const RANGE_DIGITS: usize = 4;

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

impl FromStr for Country {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref())
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

    /// The country it belongs to; none for numbers that belong to none, such as +800. Countries that share a calling code
    /// are told apart.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.parsed()?.country().id().map(Country)
    }

    /// Whether somebody pays extra for what is sent there: premium-rate and shared-cost numbers.
    #[must_use]
    pub fn costs_extra(&self) -> bool {
        self.parsed()
            .is_some_and(|number| matches!(number.number_type(&DATABASE), Type::PremiumRate | Type::SharedCost))
    }

    /// The calling code and the four digits after it: numbers that one company was given together.
    #[must_use]
    pub fn range(&self) -> &str {
        let calling_code = self.parsed().map_or(0, |number| number.code().value().to_string().len());
        self.0.get(..1 + calling_code + RANGE_DIGITS).unwrap_or(&self.0)
    }

    /// As people read it aloud, with its calling code: `+1 415-555-0100`.
    #[must_use]
    pub fn international(&self) -> String {
        self.parsed().map_or_else(|| self.0.clone(), |number| number.format().mode(Mode::International).to_string())
    }

    fn parsed(&self) -> Option<phonenumber::PhoneNumber> {
        phonenumber::parse(None, &self.0).ok()
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

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, None).unwrap()
    }

    #[test]
    fn countries_that_share_a_calling_code_are_told_apart() {
        for (text, country) in [
            ("+14155550100", Some("US")),
            ("+16137827274", Some("CA")),
            ("+18765231234", Some("JM")),
            ("+447400123456", Some("GB")),
            ("+447797712345", Some("JE")),
            ("+4915123456789", Some("DE")),
            ("+79123456789", Some("RU")),
            ("+77710009998", Some("KZ")),
            ("+80012340000", None),
        ] {
            assert_eq!(number(text).country().map(|country| country.to_string()).as_deref(), country, "{text}");
        }
    }

    #[test]
    fn premium_rate_and_shared_cost_numbers_cost_extra_and_others_do_not() {
        for text in ["+19002345678", "+449012345678", "+498001234567", "+448431234567", "+33899123456"] {
            let extra = !text.starts_with("+49800");
            assert_eq!(number(text).costs_extra(), extra, "{text}");
        }
        for text in ["+14155550100", "+447400123456", "+15005550006", "+18002345678"] {
            assert!(!number(text).costs_extra(), "{text}");
        }
    }

    #[test]
    fn a_range_is_the_calling_code_and_four_digits() {
        for (text, range) in [("+14155550100", "+14155"), ("+447400123456", "+447400"), ("+37121234567", "+3712123")] {
            assert_eq!(number(text).range(), range);
        }
        assert_eq!(number("+4915123456789").range(), number("+4915129999999").range());
        assert_ne!(number("+14155550100").range(), number("+14156550100").range());
    }

    #[test]
    fn people_read_it_with_its_calling_code() {
        assert_eq!(number("+14155550100").international(), "+1 415-555-0100");
        assert_eq!(number("+447400123456").international(), "+44 7400 123456");
    }

    #[test]
    fn masked_shows_four_characters() {
        assert_eq!(PhoneNumber::parse("+14155550100", None).unwrap().masked(), "+1…00");
    }
}
