//! What contacts see, and the doors of both realms: link pages, sign-in pages, code pages.
//!
//! Apart from the console because nothing here ever shows more than one person's own things.

mod account;
mod check;
mod code;
pub(crate) mod device;
mod door;
mod gate;
mod history;
pub(crate) mod home;
mod in_app;
mod link_page;
mod notice;
mod opener;
mod press;
mod replacement;
mod session;
mod sign_in;
mod visit;

use axum::Router;
use axum::routing::{get, post};

use crate::Web;
use crate::http::page;

/// Where signing out is posted.
const SIGN_OUT: &str = "/portal/sign-out";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(async || page::see_other(gate::PORTAL.home)))
        .route("/m/{token}", get(door::show).post(press::press))
        .route("/m/{token}/new", post(replacement::ask))
        .route("/console/m/{token}", get(door::show).post(press::press))
        .route("/portal", get(home::tiles))
        .route("/portal/offerings/{slug}", get(home::offering))
        .route("/portal/sign-in", get(sign_in::show).post(sign_in::ask))
        .route("/portal/code", get(code::show).post(code::try_it))
        .route("/portal/account", get(account::show))
        .route("/portal/account/sign-out-everywhere", post(account::sign_out_everywhere))
        .route("/portal/account/not-me", post(account::not_me))
        .route("/portal/sessions/{id}/end", post(account::end_session))
        .route(SIGN_OUT, post(account::sign_out))
        .route("/portal/check/{slug}", get(check::check))
        .route("/console/sign-in", get(sign_in::show).post(sign_in::ask))
        .route("/console/code", get(code::show).post(code::try_it))
}
