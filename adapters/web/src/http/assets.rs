//! Style sheets and scripts, served from memory under names that change with their content.
//!
//! Apart from the pages because browsers may keep these for ever, and because they hold nothing that compressing could
//! tell of (see [`super::compress`]).

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use crate::Web;

struct Asset {
    /// As the pages ask for it.
    name: &'static str,
    /// As browsers ask for it.
    path: String,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The script of the console's pages: one file for each thing that it makes better.
const CONSOLE_SCRIPT: &str = concat!(
    include_str!("../../assets/script/parts.js"),
    include_str!("../../assets/script/copy.js"),
    include_str!("../../assets/script/card.js"),
    include_str!("../../assets/script/preview.js"),
    include_str!("../../assets/script/combobox.js"),
    include_str!("../../assets/script/check.js"),
    include_str!("../../assets/script/leaves.js"),
    include_str!("../../assets/script/slug.js"),
    include_str!("../../assets/script/over.js"),
);

/// A sheet of its own behind the design system that all pages share.
macro_rules! designed {
    ($($file:literal),+) => {
        concat!(
            include_str!("../../assets/design/tokens.css"),
            include_str!("../../assets/design/icons.css"),
            include_str!("../../assets/design/base.css"),
            include_str!("../../assets/design/buttons.css"),
            include_str!("../../assets/design/fields.css"),
            include_str!("../../assets/design/surfaces.css"),
            include_str!("../../assets/design/signals.css"),
            include_str!("../../assets/design/lists.css"),
            include_str!("../../assets/design/copy.css"),
            $(include_str!(concat!("../../assets/", $file))),+
        )
        .as_bytes()
    };
}

const CONSOLE_SHEET: &[u8] =
    designed!("console/shell.css", "console/card.css", "console/pages.css", "console/desk.css", "console/people.css");

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset("api.css", CSS, include_bytes!("../../assets/api.css")),
        asset("console.css", CSS, CONSOLE_SHEET),
        asset("console.js", SCRIPT, CONSOLE_SCRIPT.as_bytes()),
        asset("console-people.js", SCRIPT, include_bytes!("../../assets/console/people.js")),
        asset("portal.css", CSS, designed!("portal.css")),
        asset("portal.js", SCRIPT, include_bytes!("../../assets/portal.js")),
        asset("sandbox.css", CSS, include_bytes!("../../assets/sandbox.css")),
        asset("sandbox.js", SCRIPT, include_bytes!("../../assets/sandbox.js")),
    ]
});

fn asset(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = data_encoding::HEXLOWER.encode(Sha256::digest(bytes).split_at(8).0);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    Asset { name, path: format!("/assets/{stem}-{hash}.{extension}"), kind, bytes }
}

/// The address of an asset; empty for one that does not exist.
pub(crate) fn href(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.path)
}

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/assets/{name}", get(serve)).route_layer(CompressionLayer::new())
}

async fn serve(State(web): State<Web>, Path(name): Path<String>) -> Response {
    let asset = ASSETS.iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(&name));
    let ours = asset.map(|asset| (asset.kind, Bytes::from_static(asset.bytes)));
    let found = ours.or_else(|| web.config.brand.file(&name).map(|file| (file.kind, file.bytes.clone().into())));
    let Some((kind, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, forever)], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets() -> impl Iterator<Item = (&'static str, &'static str)> {
        let sheets = ASSETS.iter().filter(|asset| asset.kind == CSS && asset.name != "api.css");
        sheets.map(|sheet| (sheet.name, std::str::from_utf8(sheet.bytes).unwrap()))
    }

    #[test]
    fn every_variable_that_a_sheet_uses_is_defined_in_it() {
        for (name, sheet) in sheets() {
            for rest in sheet.split("var(--").skip(1) {
                let variable = rest.split([')', ',']).next().unwrap();
                let defined = sheet.contains(&format!("--{variable}:")) || variable == "i";
                assert!(defined, "--{variable} in {name}");
            }
        }
    }

    #[test]
    fn a_sheet_points_at_nothing_but_what_it_holds_itself() {
        for (name, sheet) in sheets() {
            for rest in sheet.split("url(").skip(1) {
                assert!(rest.starts_with("\"data:image/svg+xml,"), "{name}: {}", &rest[..40]);
            }
            assert!(!sheet.contains("@import"), "{name}");
        }
    }

    #[test]
    fn braces_match_so_that_no_part_swallows_the_next() {
        for (name, sheet) in sheets() {
            let depth = sheet.bytes().try_fold(0_u32, |depth, byte| match byte {
                b'{' => Some(depth + 1),
                b'}' => depth.checked_sub(1),
                _ => Some(depth),
            });
            assert_eq!(depth, Some(0), "{name}");
        }
    }

    #[test]
    fn the_design_system_knows_no_left_and_no_right() {
        let sheet = std::str::from_utf8(CONSOLE_SHEET).unwrap();
        for physical in ["-left:", "-right:", " left:", " right:", ": left;", ": right;"] {
            assert!(!sheet.contains(physical), "{physical:?} does not turn round for right-to-left readers");
        }
    }
}
