//! *Send me a new one*, on the page of a link that no longer works.
//!
//! Apart from the sign-in page because nobody types anything here: the message goes to the address on file.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::gate::{Gate, RawToken};
use super::link_page;
use crate::Web;
use crate::http::browser::Browser;
use crate::http::failure::PageFailure;
use crate::http::form::{Posted, Unposted};
use crate::http::limits;

/// `POST` of a link's address followed by `/new`: one answer, whatever comes of it.
pub(super) async fn ask(
    gate: &'static Gate, State(web): State<Web>, RawToken(token): RawToken, browser: Browser,
    posted: Result<Posted, Unposted>,
) -> Result<Response, PageFailure> {
    let Some(id) = web.use_cases.verify_token(gate.kind, &token) else {
        return Ok(link_page::unknown(&web, gate, &browser, &browser.nonce_or_new(&web)));
    };
    if let Err(refused) = posted {
        return Ok(refused.into_response());
    }
    if let Err(refused) = limits::sign_in_attempt(&web, browser.client().ip) {
        return Ok(refused);
    }
    if web.use_cases.stopped().await?.issuing {
        return Ok(link_page::paused(&web, browser.language(None), &format!("{}{token}", gate.links)));
    }
    let use_cases = web.use_cases.clone();
    web.background.surely("new link", async move { use_cases.ask_for_replacement(id).await });
    Ok(link_page::on_its_way(&web, browser.language(None)))
}
