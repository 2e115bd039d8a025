//! The emergency switch. For owners.

use axum::extract::State;
use axum::response::Response;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::value::InvalidValue;

use super::asked::{Asked, on_to};
use super::flash::Flash;
use super::refused::Refused;
use crate::Web;

pub(super) async fn switch(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let (command, flash) = match asked.fields.text("do") {
        "stop_issuing" => (SettingsCommand::StopIssuing, Flash::Stopped),
        "stop_redeeming" => (SettingsCommand::StopRedeeming, Flash::Stopped),
        "resume" => (SettingsCommand::Resume, Flash::Resumed),
        _ => {
            let reason = "stop issuing, stop redeeming, or resume";
            return Err(Rejection::from(InvalidValue { field: "do", reason }).into());
        }
    };
    let done = web.use_cases.switch(&asked.caller, command).await?;
    Ok(on_to(&web, &done, "/console", flash).await)
}
