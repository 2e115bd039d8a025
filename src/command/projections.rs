//! `projections`.

use magiclink_domain::authority::{Act, authorise};
use magiclink_projections::RebuildError;
use serde_json::{Value, json};

use super::arguments::ProjectionsCommand;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, Progress, table};

pub(super) async fn run(
    asking: &Asking<'_>, command: ProjectionsCommand, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    match command {
        ProjectionsCommand::Status => status(asking).await,
        ProjectionsCommand::Rebuild { name } => rebuild(asking, name.as_deref(), progress).await,
    }
}

async fn status(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    let mut rows = vec![["read model", "position", "of", "behind", "failures", "state"].map(str::to_owned).to_vec()];
    let mut items: Vec<Value> = vec![];
    for status in asking.app.read_models.status().await? {
        let state = status.stopped.clone().unwrap_or_else(|| "running".to_owned());
        rows.push(vec![
            status.name.to_owned(),
            status.position.to_string(),
            status.head.to_string(),
            status.lag.to_string(),
            status.failures.to_string(),
            state,
        ]);
        items.push(json!({
            "name": status.name,
            "position": status.position.get(),
            "head": status.head.get(),
            "lag": status.lag,
            "failures": status.failures,
            "schema_hash": status.schema_hash,
            "stopped": status.stopped,
        }));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}

async fn rebuild(asking: &Asking<'_>, name: Option<&str>, progress: &mut dyn Progress) -> Result<Output, CliFailure> {
    let mut last = None;
    let rebuilt = asking.app.read_models.rebuild(name, |at| {
        progress.at(at.position.get(), at.head.get());
        last = Some(at);
    });
    rebuilt.await.map_err(|error| match error {
        RebuildError::UnknownName(_) => CliFailure::usage(format!("{error}: see `magiclink projections status`")),
        RebuildError::Stopped { .. } | RebuildError::Unavailable(_) => CliFailure::fault(&error),
    })?;
    let (events, rate) = last.map_or((0, 0.0), |at| (at.head.get(), at.events_per_second));
    let json = json!({ "events": events, "events_per_second": rate.round() });
    Ok(Output::new(json, format!("rebuilt from {events} events, {rate:.0} events per second\n")))
}
