//! Forms of several parts, as Discord reads them ("Uploading Files"): a payload, and the files that it names.

use axum::extract::{FromRequest, Multipart, Request};
use serde_json::{Value, json};

/// The most bytes of a file that every server takes (`attachment_size_limit`, without boosts).
const MOST_BYTES: usize = 10 * 1024 * 1024;

/// A file that was sent.
#[derive(Debug)]
pub struct File {
    pub name: String,
    pub kind: String,
    pub bytes: Vec<u8>,
}

/// The message of a request, in whichever way it was sent, and the file that goes with it.
///
/// # Errors
/// What Discord would refuse.
pub async fn read(request: Request) -> Result<(Value, Option<File>), String> {
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    if kind == "application/json" {
        let body = String::from_request(request, &()).await.map_err(|error| error.to_string())?;
        return Ok((serde_json::from_str(&body).map_err(|error| error.to_string())?, None));
    }
    if !kind.starts_with("multipart/form-data; boundary=") {
        return Err(format!("content of type {kind}"));
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
    let (mut payload, mut file) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (part_name, name, kind) = (text(part.name()), text(part.file_name()), text(part.content_type()));
        let bytes = part.bytes().await.map_err(|error| error.to_string())?.to_vec();
        match part_name.as_str() {
            "payload_json" if payload.is_none() && kind == "application/json" => {
                payload = Some(serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string())?);
            }
            "files[0]" if file.is_none() => file = Some(File { name, kind, bytes }),
            other => return Err(format!("an unexpected part {other:?} of type {kind}")),
        }
    }
    let (payload, file) = (payload.ok_or("no payload_json")?, file.ok_or("no file")?);
    beyond_limits(&payload, &file).map_or(Ok((payload, Some(file))), Err)
}

/// What no file may have ("Attachment Object").
pub fn beyond_limits(payload: &Value, file: &File) -> Option<String> {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let named = payload["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let description = named.first().and_then(|one| one["description"].as_str()).unwrap_or_default();
    if file.bytes.is_empty() || file.bytes.len() > MOST_BYTES {
        Some(format!("a file of {} bytes", file.bytes.len()))
    } else if file.name.is_empty() || file.name.len() > 1_024 || !file.name.chars().all(safe) {
        Some(format!("a file called {:?}", file.name))
    } else if file.kind != "image/png" || !file.bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(format!("a picture of type {}", file.kind))
    } else if named.len() != 1 || named[0]["id"] != "0" || named[0]["filename"] != json!(file.name) {
        Some(format!("a file that is not the one that is named: {named:?}"))
    } else if description.trim().is_empty() || description.encode_utf16().count() > 1_024 {
        Some(format!("a description of {} characters", description.len()))
    } else {
        None
    }
}
