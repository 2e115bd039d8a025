//! The portal's own look: one accent colour and a logo, as a style sheet of our own.
//!
//! Apart from the style sheets because it comes from the configuration, and because whatever colour is chosen, words on it
//! and in it must stay readable (WCAG 2.2, 1.4.3: a contrast of 4.5 to 1).

use std::fmt::Write as _;

use axum::http::HeaderValue;
use sha2::{Digest, Sha256};

use super::colour::{BLACK, Colour, READABLE, WHITE};

/// What lies behind text in the accent colour: the darkest ground of the light scheme, the lightest of the dark one
/// (`--sunken` in assets/design/tokens.css).
const LIGHT: Colour = Colour([0xef, 0xf1, 0xf5]);
const DARK: Colour = Colour([0x20, 0x25, 0x2e]);
/// The largest logo, in bytes.
const MOST_LOGO: usize = 256 * 1024;

/// The style of a link's page, which loads nothing.
const LINK_STYLE: &str = include_str!("../../templates/portal/link.css");

/// What cannot be a brand.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBrand {
    /// The accent.
    #[error("portal.accent is a colour such as #2f5bd7")]
    Accent,
    /// The logo.
    #[error("portal.logo is the path of an SVG, PNG, JPEG or WebP file of at most 256 KiB")]
    Logo,
}

/// How the portal looks.
#[derive(Clone, Debug)]
pub struct Brand {
    /// As the operator chose it.
    accent: Option<String>,
    /// What is added to a link's page.
    own_style: String,
    /// The policy of a link's page: the one style it holds, and its own forms.
    policy: HeaderValue,
    files: Vec<File>,
}

/// The accent in one scheme.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shade {
    /// `#rrggbb`.
    pub(crate) used: String,
    /// It is not the chosen colour, which could not be read there.
    pub(crate) moved: bool,
    /// The least contrast of text in it and on it.
    pub(crate) contrast: f64,
}

/// A file of the brand, served under a name that changes with its content.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its name below `/assets/`.
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Default for Brand {
    fn default() -> Self {
        Self::of(String::new(), vec![])
    }
}

impl Brand {
    /// A brand with this accent (`#rrggbb`) and logo (an image file's bytes).
    ///
    /// # Errors
    /// [`InvalidBrand`] for a text that is no colour, or bytes that are no small image.
    pub fn new(accent: Option<&str>, logo: Option<Vec<u8>>) -> Result<Self, InvalidBrand> {
        let own = accent.map(|text| Colour::parse(text).ok_or(InvalidBrand::Accent)).transpose()?.map(variables);
        let own = own.unwrap_or_default();
        let logo = logo.map(image).transpose()?;
        let mut style = own.clone();
        if let Some(logo) = &logo {
            // Writing to a string can't fail.
            let _: std::fmt::Result = write!(
                style,
                ".mark{{background:url(/assets/{0}) center/contain no-repeat;color:transparent}}\
                 .top .name::before{{content:\"\";display:inline-block;width:1.75rem;height:1.75rem;\
                 margin-inline-end:.5rem;vertical-align:middle;background:url(/assets/{0}) center/contain no-repeat}}",
                logo.name
            );
        }
        let sheet =
            (!style.is_empty()).then(|| File::new("brand", "css", "text/css; charset=utf-8", style.into_bytes()));
        let files = sheet.into_iter().chain(logo).collect();
        Ok(Self { accent: accent.map(str::to_owned), ..Self::of(own, files) })
    }

    fn of(own_style: String, files: Vec<File>) -> Self {
        let hash = data_encoding::BASE64.encode(&Sha256::digest(format!("{}{own_style}", LINK_STYLE.trim_end())));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; object-src 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { accent: None, own_style, policy, files }
    }

    /// The accent colour as the operator chose it, `#rrggbb`.
    pub(crate) fn accent(&self) -> Option<&str> {
        self.accent.as_deref()
    }

    /// The accent as it is used in the light scheme and in the dark one.
    pub(crate) fn accents(&self) -> Option<[Shade; 2]> {
        let chosen = self.accent.as_deref().and_then(Colour::parse)?;
        let shade = |(ground, end): (Colour, Colour)| {
            let used = chosen.readable_on(ground, end);
            Shade {
                used: used.text(),
                moved: used != chosen,
                contrast: used.contrast(ground).min(used.contrast(on(used))),
            }
        };
        Some([(LIGHT, BLACK), (DARK, WHITE)].map(shade))
    }

    /// The address of the brand's style sheet; empty where there is none.
    pub(crate) fn href(&self) -> String {
        let sheet = self.files.iter().find(|file| file.kind.starts_with("text/css"));
        sheet.map(|sheet| format!("/assets/{}", sheet.name)).unwrap_or_default()
    }

    /// The file of this name.
    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The page of a link with the brand's style, and the policy that allows it.
    pub(crate) fn dress(&self, page: &str) -> (String, HeaderValue) {
        (page.replacen("</style>", &format!("{}</style>", self.own_style), 1), self.policy.clone())
    }
}

impl File {
    fn new(stem: &str, extension: &str, kind: &'static str, bytes: Vec<u8>) -> Self {
        let hash = data_encoding::HEXLOWER.encode(Sha256::digest(&bytes).split_at(8).0);
        Self { name: format!("{stem}-{hash}.{extension}"), kind, bytes }
    }
}

/// The logo, known by its first bytes.
fn image(bytes: Vec<u8>) -> Result<File, InvalidBrand> {
    let (extension, kind) = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => ("png", "image/png"),
        [0xff, 0xd8, 0xff, ..] => ("jpg", "image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ("webp", "image/webp"),
        text if text.trim_ascii_start().starts_with(b"<svg") || text.trim_ascii_start().starts_with(b"<?xml") => {
            ("svg", "image/svg+xml")
        }
        _ => return Err(InvalidBrand::Logo),
    };
    if bytes.len() > MOST_LOGO { Err(InvalidBrand::Logo) } else { Ok(File::new("logo", extension, kind, bytes)) }
}

/// What is written on an accent.
fn on(accent: Colour) -> Colour {
    if accent.contrast(WHITE) >= READABLE { WHITE } else { BLACK }
}

/// The style sheets' variables for an accent, in both schemes.
fn variables(accent: Colour) -> String {
    let scheme = |accent: Colour| {
        let on = on(accent);
        format!(":root{{--accent:{};--on:{};--on-accent:{}}}", accent.text(), on.text(), on.text())
    };
    let (light, dark) = (accent.readable_on(LIGHT, BLACK), accent.readable_on(DARK, WHITE));
    format!("{}@media (prefers-color-scheme:dark){{{}}}", scheme(light), scheme(dark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_accent_words_on_it_and_in_it_are_readable() {
        for red in (0..=255u8).step_by(51) {
            for green in (0..=255u8).step_by(51) {
                for blue in (0..=255u8).step_by(51) {
                    let chosen = Colour([red, green, blue]);
                    let sheet = variables(chosen);
                    let read = |name: &str| {
                        let name = format!("--{name}:");
                        let values = sheet.split(&name).skip(1);
                        values.map(|rest| Colour::parse(&rest[..7]).unwrap()).collect::<Vec<_>>()
                    };
                    let (accents, ons) = (read("accent"), read("on"));
                    assert_eq!((accents.len(), ons.len()), (2, 2), "{sheet}");
                    for ((accent, on), ground) in accents.iter().zip(&ons).zip([LIGHT, DARK]) {
                        assert!(accent.contrast(*on) >= READABLE, "{chosen:?}: {sheet}");
                        assert!(accent.contrast(ground) >= READABLE, "{chosen:?}: {sheet}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_readable_already_stays_as_it_was_chosen() {
        let sheet = variables(Colour::parse("#2F5BD7").unwrap());
        assert!(sheet.starts_with(":root{--accent:#2f5bd7;--on:#ffffff"), "{sheet}");
    }

    #[test]
    fn what_had_to_be_moved_is_said_with_the_contrast_it_has_now() {
        assert_eq!(Brand::default().accents(), None);
        let [light, dark] = Brand::new(Some("#ffcc00"), None).unwrap().accents().unwrap();
        assert!(light.moved && light.used != "#ffcc00", "yellow on white");
        assert_eq!((dark.moved, dark.used.as_str()), (false, "#ffcc00"));
        assert!(light.contrast >= READABLE && dark.contrast >= READABLE);
    }

    #[test]
    fn what_is_no_colour_or_no_small_image_is_refused() {
        for accent in ["", "red", "#12345", "#1234567", "#12345g", "#é1234", "#fff;}"] {
            assert_eq!(Brand::new(Some(accent), None).unwrap_err(), InvalidBrand::Accent, "{accent}");
        }
        for logo in [&b""[..], b"GIF89a", b"<!doctype html>", b"https://evil.example/logo.png"] {
            assert_eq!(Brand::new(None, Some(logo.to_vec())).unwrap_err(), InvalidBrand::Logo);
        }
        let mut png = vec![0; MOST_LOGO + 1];
        png[..4].copy_from_slice(b"\x89PNG");
        assert_eq!(Brand::new(None, Some(png.clone())).unwrap_err(), InvalidBrand::Logo);
        png.pop();
        assert!(Brand::new(None, Some(png)).is_ok());
    }

    #[test]
    fn a_logo_is_served_by_us_and_nothing_points_elsewhere() {
        let brand = Brand::new(None, Some(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec())).unwrap();
        let sheet = brand.file(brand.href().strip_prefix("/assets/").unwrap()).unwrap();
        let style = std::str::from_utf8(&sheet.bytes).unwrap();
        let name = style.split_once("url(/assets/").unwrap().1.split_once(')').unwrap().0;
        assert_eq!(brand.file(name).unwrap().kind, "image/svg+xml");
        assert_eq!(Brand::default().href(), "");
    }
}
