//! Chats: which of them the reader commands from, and the one-time code that connects one more.
//!
//! Apart from the staff page because everybody does this for themselves.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::HEXLOWER;
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::rejection::Rejection;

use super::asked::{Asked, on_to};
use super::flash::Flash;
use super::gate::Staff;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::When;
use crate::Web;
use crate::http::page::html;

const HERE: &str = "/console/chat";

/// A connected chat.
struct ChatRow {
    id: String,
    platform: &'static str,
    user: String,
}

/// A code, shown once.
struct Shown {
    code: String,
    expires: When,
}

#[derive(Template)]
#[template(path = "console/chat.html")]
struct ChatPage<'a> {
    page: Shell<'a>,
    rows: Vec<ChatRow>,
    code: Option<Shown>,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    page(&web, &staff, None).await
}

/// Shows a fresh code in the answer to the form, never at an address.
pub(super) async fn make_code(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let made = web.use_cases.make_chat_code(&asked.caller).await?;
    let expires = When::new(web.config.time_zone, made.expires_at);
    page(&web, &asked.staff, Some(Shown { code: made.code.expose(), expires })).await
}

pub(super) async fn disconnect(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let bits = HEXLOWER.decode(id.as_bytes()).ok().and_then(|bits| <[u8; 16]>::try_from(bits).ok());
    let chat = BlindIndex(bits.ok_or(Rejection::StaffNotFound)?);
    let done = web.use_cases.disconnect_chat(&asked.caller, chat).await?;
    Ok(on_to(&web, &done, HERE, Flash::ChatDisconnected).await)
}

async fn page(web: &Web, staff: &Staff, code: Option<Shown>) -> Result<Response, Refused> {
    let chats = web.use_cases.own_chats(&staff.reader(web)).await?;
    let rows = chats
        .iter()
        .map(|(chat, connection)| ChatRow {
            id: chat.to_string(),
            platform: connection.platform.name(),
            user: connection.ids.known().map(|ids| format!("{} in {}", ids.user, ids.workspace)).unwrap_or_default(),
        })
        .collect();
    let page = Shell::of(web, staff, Section::Chat).await?;
    Ok(html(StatusCode::OK, &ChatPage { page, rows, code }))
}
