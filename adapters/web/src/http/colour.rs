//! A colour, and how well text in it can be read.
//!
//! Apart from the brand because the design system's own colours are held to the same standard (WCAG 2.2, 1.4.3).

/// The least contrast between text and what is behind it.
pub(crate) const READABLE: f64 = 4.5;
pub(crate) const WHITE: Colour = Colour([0xff; 3]);
pub(crate) const BLACK: Colour = Colour([0; 3]);

/// Red, green and blue, as sRGB has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// `#rrggbb`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let bytes = data_encoding::HEXLOWER.decode(digits.to_ascii_lowercase().as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// `#rrggbb`, in small letters.
    pub(crate) fn text(self) -> String {
        format!("#{}", data_encoding::HEXLOWER.encode(&self.0))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
    }

    /// Contrast ratio (WCAG 2.2), from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// This colour, moved towards `end` until it can be read on `ground`.
    pub(crate) fn readable_on(self, ground: Self, end: Self) -> Self {
        let steps = (0..=20u16).map(|step| self.towards(end, step));
        steps.into_iter().find(|colour| colour.contrast(ground) >= READABLE).unwrap_or(end)
    }

    /// `step` twentieths of the way to `end`.
    fn towards(self, end: Self, step: u16) -> Self {
        let mut mixed = self.0;
        for (part, end) in mixed.iter_mut().zip(end.0) {
            let sum = u16::from(*part) * (20 - step) + u16::from(end) * step;
            *part = u8::try_from(sum / 20).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn contrast_is_what_the_standard_says() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour([0x77; 3]).contrast(WHITE) - 4.48).abs() < 0.01, "just not enough, as is well known");
    }

    /// The tokens of one scheme, by name.
    fn tokens(scheme: &str) -> BTreeMap<&str, Colour> {
        let pairs =
            scheme.split(';').filter_map(|line| line.rsplit_once("--").and_then(|(_, pair)| pair.split_once(": ")));
        let long = |text: &str| match text {
            "#fff" => Some(WHITE),
            text => Colour::parse(text),
        };
        pairs.filter_map(|(name, value)| Some((name, long(value.trim())?))).collect()
    }

    /// What is written on what.
    const PAIRS: [(&str, &[&str]); 9] = [
        ("ink", &["page", "card", "sunken", "line", "good-soft", "bad-soft", "warn-soft"]),
        ("muted", &["page", "card", "sunken"]),
        ("accent", &["page", "card", "sunken"]),
        ("on-accent", &["accent"]),
        ("good", &["card", "good-soft"]),
        ("bad", &["page", "card", "sunken", "bad-soft"]),
        ("on-bad", &["bad"]),
        ("warn", &["page", "card", "warn-soft"]),
        ("page", &["ink"]),
    ];

    #[test]
    fn every_token_for_text_is_readable_on_every_ground_it_stands_on_in_both_schemes() {
        let sheet = include_str!("../../assets/design/tokens.css");
        let (light, dark) = sheet.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for scheme in [light, dark.split_once("@supports").unwrap().0] {
            let tokens = tokens(scheme);
            for (text, grounds) in PAIRS {
                for ground in grounds {
                    let contrast = tokens[text].contrast(tokens[ground]);
                    assert!(contrast >= READABLE, "--{text} on --{ground}: {contrast:.2}");
                }
            }
            assert!(tokens["edge"].contrast(tokens["card"]) >= 3.0, "borders of fields (WCAG 2.2, 1.4.11)");
        }
    }
}
