//! A magic link as a picture to be scanned: a PNG, made here and handed to the platform as bytes.
//!
//! Apart from the texts because it is a bearer link that nobody can read by eye: no address of a third party ever holds
//! it, and whoever asks for it is noted.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use magiclink_domain::usecases::SecretText;

/// Modules left white around the code (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;
/// Pixels of a module: sharp on a phone that is held before a screen.
const SCALE: usize = 8;

/// A picture for the asker alone. A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// A PNG.
    pub png: Vec<u8>,
    /// The page that shows the same, for platforms that could not.
    pub page: String,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture(***, {})", self.page)
    }
}

/// What stands for the picture where it can't be seen, and beside it.
pub const PICTURE_SAYS: &str =
    "QR code of the magic link. Whoever scans it and presses the button is signed in: show it to the contact alone.";
/// The name of the picture's file.
pub const PICTURE_FILE: &str = "magic-link.png";

/// The link as a PNG; `None` for a text that no code can hold.
pub(crate) fn png(link: &SecretText) -> Option<Vec<u8>> {
    let code = QRBuilder::new(link.0.as_str()).ecl(ECL::M).build().ok()?;
    let side = (code.size + 2 * QUIET) * SCALE;
    let white = vec![true; side];
    let margin = || std::iter::repeat_n(true, QUIET);
    let mut pixels: Vec<u8> = vec![];
    let mut lines = |line: &[bool], times: usize| {
        let packed: Vec<u8> = line.chunks(8).map(byte).collect();
        (0..times).for_each(|_| pixels.extend(&packed));
    };
    lines(&white, QUIET * SCALE);
    for row in code.data.chunks(code.size).take(code.size) {
        let modules = margin().chain(row.iter().map(|module| !module.value())).chain(margin());
        let line: Vec<bool> = modules.flat_map(|light| std::iter::repeat_n(light, SCALE)).collect();
        lines(&line, SCALE);
    }
    lines(&white, QUIET * SCALE);
    encoded(u32::try_from(side).ok()?, &pixels)
}

/// Eight pixels, the first in the highest bit.
fn byte(pixels: &[bool]) -> u8 {
    pixels.iter().enumerate().fold(0, |byte, (nth, light)| byte | (u8::from(*light) << (7 - nth)))
}

fn encoded(side: u32, pixels: &[u8]) -> Option<Vec<u8>> {
    let mut file = vec![];
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Whether each pixel of a picture is light, line by line.
    pub(crate) fn pixels(file: &[u8]) -> Vec<Vec<bool>> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut buffer).unwrap();
        let width = usize::try_from(info.width).unwrap();
        buffer[..info.buffer_size()].chunks(width).map(|line| line.iter().map(|light| *light > 127).collect()).collect()
    }

    #[test]
    fn the_picture_is_the_code_with_its_quiet_zone() {
        let text = "https://portal.example.com/m/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let code = QRBuilder::new(text).ecl(ECL::M).build().unwrap();
        let lines = pixels(&png(&SecretText(text.to_owned())).unwrap());
        let side = (code.size + 2 * QUIET) * SCALE;
        assert_eq!((lines.len(), lines[0].len()), (side, side));
        for (y, line) in lines.iter().enumerate() {
            for (x, light) in line.iter().enumerate() {
                let place = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < code.size);
                let dark = place(y).zip(place(x)).is_some_and(|(y, x)| code[y][x].value());
                assert_eq!(*light, !dark, "{x} {y}");
            }
        }
    }

    #[test]
    fn what_no_code_can_hold_makes_no_picture() {
        assert_eq!(png(&SecretText("x".repeat(5_000))), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let picture = Picture { png: vec![1, 2, 3], page: "/console".to_owned() };
        assert_eq!(format!("{picture:?}"), "Picture(***, /console)");
    }
}
