//! How the portal's mail looks: its name, colour, logo and whom to ask.
//!
//! Apart from the composition because whether a colour can be read is arithmetic of its own.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The portal's brand as mail shows it.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// The portal's name.
    pub name: String,
    /// A picture, the same for everybody.
    pub logo: Option<Logo>,
    /// The button's colour.
    pub accent: Accent,
    /// Whom contacts can turn to, in plain text.
    pub support_contact: Option<String>,
}

/// Where the logo lies: an absolute `https://` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo(String);

/// The text is no address of a picture in mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a picture's full address such as https://example.com/logo.png, without user and password")]
pub struct InvalidLogo;

impl Logo {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Logo {
    type Err = InvalidLogo;

    fn from_str(text: &str) -> Result<Self, InvalidLogo> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidLogo)?;
        let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        if plain { Ok(Self(url.into())) } else { Err(InvalidLogo) }
    }
}

/// A colour, as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

/// The text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a colour such as #3355cc")]
pub struct InvalidAccent;

impl Default for Accent {
    fn default() -> Self {
        Self([0x33, 0x55, 0xcc])
    }
}

impl Accent {
    /// White or black, whichever reads better on this colour: one of them always has a contrast of 4.5 or more (WCAG 2.2,
    /// 1.4.3).
    #[must_use]
    pub fn text(self) -> Self {
        let (white, black) = (Self([0xff; 3]), Self([0; 3]));
        if self.contrast(white) >= self.contrast(black) { white } else { black }
    }

    /// Contrast with another colour, from 1 to 21 (WCAG 2.2, contrast ratio).
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl FromStr for Accent {
    type Err = InvalidAccent;

    fn from_str(text: &str) -> Result<Self, InvalidAccent> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(InvalidAccent)?;
        let [_, red, green, blue] = number.to_be_bytes();
        match digits.map_or(0, str::len) {
            6 => Ok(Self([red, green, blue])),
            3 => Ok(Self([green & 0xf, blue >> 4, blue & 0xf].map(|part| part * 0x11))),
            _ => Err(InvalidAccent),
        }
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_gets_a_text_that_can_be_read_on_it() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let accent = Accent([red, green, blue]);
                    assert!(accent.contrast(accent.text()) >= 4.5, "{accent}");
                }
            }
        }
        for (accent, text) in [("#ffff00", "#000000"), ("#2f5bd7", "#ffffff"), ("#000", "#ffffff"), ("#fff", "#000000")]
        {
            assert_eq!(accent.parse::<Accent>().unwrap().text().to_string(), text, "{accent}");
        }
        assert!((Accent([0; 3]).contrast(Accent([0xff; 3])) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_colour_is_three_or_six_digits() {
        assert_eq!("#2F5bD7".parse::<Accent>().unwrap().to_string(), "#2f5bd7");
        assert_eq!("#18f".parse::<Accent>().unwrap().to_string(), "#1188ff");
        for text in ["", "#", "2f5bd7", "#2f5bd", "#2f5bd77", "#12345g", "red", "#fff;}", "#+ff", "rgb(1,2,3)", "#é1"]
        {
            assert_eq!(text.parse::<Accent>(), Err(InvalidAccent), "{text}");
        }
    }

    #[test]
    fn a_logo_is_an_absolute_https_address() {
        assert_eq!("https://example.com/a b.png".parse::<Logo>().unwrap().as_str(), "https://example.com/a%20b.png");
        for text in [
            "",
            "/logo.png",
            "http://example.com/l.png",
            "data:image/png;base64,AA",
            "javascript:x",
            "https://u:p@e.com/",
        ] {
            assert_eq!(text.parse::<Logo>(), Err(InvalidLogo), "{text}");
        }
    }
}
