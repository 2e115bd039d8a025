//! Reading a posted form that brings a file: under the same proof as any other form, asked for before the file is read.
//!
//! Apart from the other forms because a file is larger than they may be: it has a limit of its own.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::browser::Browser;
use super::form::{Fields, Posted, TAG, Unposted};
use super::origin;
use crate::Web;

/// The largest file, in bytes.
pub(crate) const MOST_FILE: usize = 8 * 1024 * 1024;
/// The largest upload that is read to its end, so that whoever sent too much is told: a browser that is cut off shows
/// nothing but a broken connection.
pub(crate) const MOST_READ: usize = 32 * 1024 * 1024;
/// Fields beside the file, and the bytes of one.
const MOST_FIELDS: usize = 16;
const MOST_FIELD: usize = 4 * 1024;
/// How long an upload may take: less than the time until an answer must begin.
const PATIENCE: Duration = Duration::from_secs(25);
/// The field with the file. It comes last, after the tag.
const FILE: &str = "file";

/// A form from our own page, perhaps with a file.
pub(crate) struct Uploaded {
    /// What was typed.
    pub(crate) fields: Fields,
    /// The browser's nonce. A secret.
    pub(crate) nonce: String,
    /// The file, unless none was chosen.
    pub(crate) file: Option<Upload>,
}

/// A file as it came.
pub(crate) struct Upload {
    /// Its name, as the browser says.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Bytes,
}

/// Why an upload is not read.
#[derive(Debug)]
pub(crate) enum Unuploaded {
    /// It is no form of ours.
    Form(Unposted),
    /// The file is larger than [`MOST_FILE`].
    TooLarge,
}

impl IntoResponse for Unuploaded {
    fn into_response(self) -> Response {
        match self {
            Self::Form(unposted) => unposted.into_response(),
            Self::TooLarge => Unposted::TooLarge.into_response(),
        }
    }
}

impl From<Unposted> for Unuploaded {
    fn from(unposted: Unposted) -> Self {
        Self::Form(unposted)
    }
}

impl From<MultipartError> for Unuploaded {
    fn from(error: MultipartError) -> Self {
        let too_large = error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
        if too_large { Self::TooLarge } else { Self::Form(Unposted::NoForm) }
    }
}

impl FromRequest<Web> for Uploaded {
    type Rejection = Unuploaded;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Unuploaded> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Posted { fields, nonce, .. } = Posted::from_request(request, web).await?;
            return Ok(Self { fields, nonce, file: None });
        }
        let (mut parts, body) = request.into_parts();
        if !origin::is_our_own(&parts.headers, &web.config.base_url) {
            return Err(Unposted::CrossSite.into());
        }
        let Ok(browser) = Browser::from_request_parts(&mut parts, web).await;
        let nonce = browser.nonce().ok_or(Unposted::NoCookie)?.to_owned();
        let path = parts.uri.path().to_owned();
        let ours =
            |fields: &Fields| web.use_cases.ports().keys.keyring().verifies_form(&nonce, &path, fields.text(TAG));
        let multipart = Multipart::from_request(Request::from_parts(parts, body), web).await;
        let mut multipart = multipart.map_err(|_| Unposted::NoForm)?;
        let read = tokio::time::timeout(PATIENCE, read(&mut multipart, &ours)).await;
        let (fields, file) = read.map_err(|_| Unposted::Slow)??;
        Ok(Self { fields, nonce, file })
    }
}

async fn read(
    multipart: &mut Multipart, ours: &(impl Fn(&Fields) -> bool + Sync),
) -> Result<(Fields, Option<Upload>), Unuploaded> {
    let mut pairs: Vec<(String, String)> = vec![];
    let mut file = None;
    while let Some(field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == FILE {
            if !ours(&pairs.iter().cloned().collect()) {
                return Err(Unposted::BadTag.into());
            }
            file = taken(field).await?;
        } else {
            let text = field.text().await?;
            if pairs.len() >= MOST_FIELDS || text.len() > MOST_FIELD {
                return Err(Unposted::NoForm.into());
            }
            pairs.push((name, text));
        }
    }
    let fields: Fields = pairs.into_iter().collect();
    if ours(&fields) { Ok((fields, file)) } else { Err(Unposted::BadTag.into()) }
}

/// The file, read to its end even where it is too large.
async fn taken(mut field: Field<'_>) -> Result<Option<Upload>, Unuploaded> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut bytes = vec![];
    let mut length = 0_usize;
    while let Some(chunk) = field.chunk().await? {
        length = length.saturating_add(chunk.len());
        if length <= MOST_FILE {
            bytes.extend_from_slice(&chunk);
        }
    }
    if length > MOST_FILE {
        return Err(Unuploaded::TooLarge);
    }
    // A browser sends an empty part where no file was chosen.
    Ok((!name.is_empty() || length > 0).then(|| Upload { name, bytes: bytes.into() }))
}
