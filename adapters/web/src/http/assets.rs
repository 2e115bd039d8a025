//! Style sheets and scripts, served from memory under names that change with their content.
//!
//! Apart from the pages because browsers may keep these for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

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
    include_str!("../../assets/script/over.js"),
);

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset("api.css", CSS, include_bytes!("../../assets/api.css")),
        asset(
            "console.css",
            CSS,
            concat!(include_str!("../../assets/console.css"), include_str!("../../assets/console/desk.css")).as_bytes(),
        ),
        asset("console.js", SCRIPT, CONSOLE_SCRIPT.as_bytes()),
        asset("portal.css", CSS, include_bytes!("../../assets/portal.css")),
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
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(State(web): State<Web>, Path(name): Path<String>) -> Response {
    let asset = ASSETS.iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(&name));
    let ours = asset.map(|asset| (asset.kind, Bytes::from_static(asset.bytes)));
    let found = ours.or_else(|| web.config.brand.file(&name).map(|file| (file.kind, file.bytes.clone().into())));
    let Some((kind, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, forever)], bytes).into_response()
}
