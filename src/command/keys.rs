//! `keys`.

use magiclink_domain::authority::{Act, authorise};
use serde_json::{Value, json};

use super::arguments::KeysCommand;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time::shown;
use crate::keys::Ended;

pub(super) fn run(asking: &Asking<'_>, command: KeysCommand) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageKeys, asking.use_cases().ports().clock.now())?;
    let keys = &asking.app.keys;
    let done = match command {
        KeysCommand::List => None,
        KeysCommand::Stage => {
            let id = keys.stage()?;
            Some(format!(
                "key {id} is staged: it verifies; run `magiclink keys activate` when every node has read it (10 s)"
            ))
        }
        KeysCommand::Activate { id } => {
            let id = keys.activate(id)?;
            let longest = asking.app.config.links.max_lifetime.max(asking.app.config.sessions.contact_absolute);
            Some(format!(
                "key {id} signs; the older one verifies: retire it in {longest}, when nothing it signed is left"
            ))
        }
        KeysCommand::Retire { id } => {
            let id = keys.retire(id)?;
            Some(format!("key {id} is retired: links and sessions that it signed are dead"))
        }
        KeysCommand::Rotate { revoke_links: true } => {
            let id = keys.rotate(Some(Ended::Revoked))?;
            Some(format!("key {id} signs; every earlier link and session is dead"))
        }
        KeysCommand::Rotate { revoke_links: false } => {
            let id = keys.rotate(None)?;
            Some(format!("key {id} signs; older keys verify"))
        }
    };
    if let Some(done) = &done {
        tracing::warn!(actor = %asking.caller.actor, "{done}");
    }
    let mut output = list(asking)?;
    if let Some(done) = done {
        output.text = format!("{done}\n{}", output.text);
    }
    Ok(output)
}

fn list(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    let mut rows = vec![["key", "state", "since"].map(str::to_owned).to_vec()];
    let mut items: Vec<Value> = vec![];
    for key in asking.app.keys.list()? {
        let since = shown(key.since(), asking.app.config.portal.time_zone);
        rows.push(vec![key.id.to_string(), key.state.as_str().to_owned(), since]);
        items.push(json!({ "id": key.id, "state": key.state.as_str(), "since": key.since().to_string() }));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}
