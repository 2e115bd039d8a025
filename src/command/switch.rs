//! `stop` and `resume`: the emergency switch.

use magiclink_domain::settings::SettingsCommand;
use serde_json::json;

use super::arguments::Stop;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::Output;

pub(super) async fn stop(asking: &Asking<'_>, what: Stop) -> Result<Output, CliFailure> {
    switch(
        asking,
        match what {
            Stop::Issuing => SettingsCommand::StopIssuing,
            Stop::Redeeming => SettingsCommand::StopRedeeming,
        },
    )
    .await
}

pub(super) async fn resume(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    switch(asking, SettingsCommand::Resume).await
}

async fn switch(asking: &Asking<'_>, command: SettingsCommand) -> Result<Output, CliFailure> {
    let done = asking.use_cases().switch(&asking.caller, command).await?;
    asking.shown(done.position).await?;
    let settings = done.value;
    let word = |stopped| if stopped { "stopped" } else { "on" };
    let text = format!("issuing {}, redeeming {}\n", word(settings.issuing_stopped), word(settings.redeeming_stopped));
    let json = json!({ "issuing_stopped": settings.issuing_stopped, "redeeming_stopped": settings.redeeming_stopped });
    Ok(Output::new(json, text))
}
