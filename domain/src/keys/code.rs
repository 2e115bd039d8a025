//! The eight characters that sign in beside the link, for reading over the phone.

use std::fmt;

use subtle::ConstantTimeEq;

use super::{KeyId, Keyring};
use crate::id::LinkId;

/// Crockford's base32 alphabet.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 8;

/// A code: eight Crockford base32 symbols (40 bits). A secret, so `Debug` hides it; stored nowhere.
#[derive(Clone)]
pub struct Code([u8; SYMBOLS]);

/// The text is not a code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code: eight letters and digits, written XXXX-XXXX")]
pub struct InvalidCode;

impl Code {
    /// Reads a code as people type and say it: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`InvalidCode`] for anything but eight symbols.
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        let mut symbols = [0; SYMBOLS];
        let mut places = symbols.iter_mut();
        for char in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{2011}')) {
            let place = places.next().ok_or(InvalidCode)?;
            let symbol = match char.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            *place = u8::try_from(symbol).ok().filter(|s| ALPHABET.contains(s)).ok_or(InvalidCode)?;
        }
        if places.next().is_some() { Err(InvalidCode) } else { Ok(Self(symbols)) }
    }

    /// The code that 256 random bits make.
    #[must_use]
    pub fn of(bits: &[u8; 32]) -> Self {
        let mut symbols = [0; SYMBOLS];
        for (symbol, byte) in symbols.iter_mut().zip(bits.iter().rev()) {
            *symbol = ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or_default();
        }
        Self(symbols)
    }

    /// `XXXX-XXXX`.
    #[must_use]
    pub fn expose(&self) -> String {
        let (left, right) = self.0.split_at(SYMBOLS / 2);
        format!("{}-{}", String::from_utf8_lossy(left), String::from_utf8_lossy(right))
    }

    /// Whether both are the same, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(***)")
    }
}

impl Keyring {
    /// The code of `link` under the key it was issued with; `None` once that key is retired.
    #[must_use]
    pub fn code(&self, key_id: KeyId, link: LinkId) -> Option<Code> {
        let mac = self.key(key_id)?.mac("code", &[link.uuid().as_bytes()]);
        let mut symbols = [0; SYMBOLS];
        for (symbol, byte) in symbols.iter_mut().zip(mac) {
            *symbol = *ALPHABET.get(usize::from(byte & 31))?;
        }
        Some(Code(symbols))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MacKey;

    #[test]
    fn a_code_is_read_as_people_type_and_say_it() {
        for text in ["AB01-CD1Z", "ab01cd1z", " a b 0 1 - c d 1 z ", "ABOI-CDLZ", "aboi‑cdlz"] {
            assert_eq!(Code::parse(text).unwrap().expose(), "AB01-CD1Z", "{text}");
        }
        for text in ["", "AB01-CD1", "AB01-CD1ZZ", "AB01-CD1U", "AB01_CD1Z", "ÄB01-CD1Z"] {
            assert_eq!(Code::parse(text).unwrap_err(), InvalidCode, "{text}");
        }
    }

    #[test]
    fn each_link_has_its_own_code_and_reading_it_back_matches() {
        let keys = Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([9; 32]));
        let code = |n: u128| keys.code(KeyId(1), LinkId::from_uuid(uuid::Uuid::from_u128(n))).unwrap();
        assert!(code(1).matches(&Code::parse(&code(1).expose()).unwrap()));
        assert!(!code(1).matches(&code(2)));
        assert_eq!(format!("{:?}", code(1)), "Code(***)");
    }
}
