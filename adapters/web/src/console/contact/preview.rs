//! The portal as the contact sees it: read-only, said so at the top, and written down.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::named;
use crate::Web;
use crate::console::asked::{Asked, shown};
use crate::console::refused::Refused;
use crate::portal::home;

pub(in crate::console) async fn preview(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let done = web.use_cases.preview_portal(&asked.caller, contact).await?;
    shown(&web, &done).await;
    // What the contact would see, failures included, is the portal's to say.
    Ok(home::preview(&web, &asked.caller, contact, &done.value).await.unwrap_or_else(IntoResponse::into_response))
}
