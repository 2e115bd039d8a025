//! Signing out, and signing in again for what wants a fresh sign-in.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::keys::Realm;
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;

use super::asked::Asked;
use super::refused::Refused;
use super::shell::{Section, Shell};
use crate::Web;
use crate::http::browser::set_session;
use crate::http::page::{html, see_other};

#[derive(Template)]
#[template(path = "console/sign_in_again_sent.html")]
struct SentPage<'a> {
    page: Shell<'a>,
    address: String,
}

pub(super) async fn sign_out(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    web.use_cases.sign_out(&asked.caller, asked.staff.session.session).await?;
    let mut response = see_other("/console/sign-in");
    set_session(&web, Realm::Console, None, &mut response);
    Ok(response)
}

/// Sends the staff member a fresh link; it works in this browser alone.
pub(super) async fn sign_in_again(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    if !web.use_cases.policy().channels.contains(&Channel::Email) {
        return Err(Rejection::ChannelNotConfigured(Channel::Email).into());
    }
    let member = web.use_cases.staff_member(&asked.caller, asked.staff.session.staff).await?;
    let Some(Personal::Known(details)) = member.details else { return Err(Rejection::NoEmail.into()) };
    let (use_cases, to, nonce) = (Arc::clone(&web.use_cases), details.email.to_string(), asked.nonce.clone());
    web.background.surely("sending a sign-in link", async move { use_cases.ask_for_staff_link(&to, &nonce).await });
    let page = Shell::of(&web, &asked.staff, Section::None).await?;
    Ok(html(StatusCode::OK, &SentPage { page, address: details.email.masked() }))
}
