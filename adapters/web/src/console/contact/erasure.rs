//! Erasing a contact, after the word was typed.

use axum::extract::{Path, State};
use axum::response::Response;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::value::InvalidValue;

use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::refused::Refused;

/// What has to be typed.
const WORD: &str = "erase";

pub(in crate::console) async fn erase(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    if !asked.fields.text("word").trim().eq_ignore_ascii_case(WORD) {
        let reason = "type the word erase to say that you mean it; nothing was erased";
        return Err(Rejection::from(InvalidValue { field: "word", reason }).into());
    }
    let done = web.use_cases.erase_contact(&asked.caller, contact).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::Erased).await)
}
