//! The question before many messages are sent: on a terminal, with the figures in front of whoever answers.
//!
//! Apart from the commands because a server that carries them out has no terminal.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use super::{local, screen};
use crate::command::{CliFailure, Command, Invoker, LinkCommand, Output};
use crate::config::Config;
use crate::folder::DataFolder;

/// Carries a command out; one that would send many messages after asking, where somebody can be asked.
pub(super) async fn run(
    config: Config, folder: &DataFolder, invoker: &Invoker, command: Command, json: bool,
) -> Result<Output, CliFailure> {
    let Some(many) = open_question(&command) else {
        return local::run(config, folder, invoker, command, json).await;
    };
    let asks = io::stdin().is_terminal() && io::stdout().is_terminal();
    if invoker.confirmed || json || !asks {
        return told(local::run(config, folder, invoker, command, json).await, folder).await;
    }
    let look = local::run(config.clone(), folder, invoker, many(None), json).await?;
    screen::print(&look, false);
    let messages = look.json.get("messages").and_then(Value::as_u64).unwrap_or_default();
    let messages = u32::try_from(messages).unwrap_or(u32::MAX);
    if messages == 0 || !says_yes(messages) {
        return Ok(Output::new(Value::Null, "nothing was sent"));
    }
    told(local::run(config, folder, invoker, many(Some(messages)), json).await, folder).await
}

/// The same command as a look (`None`) or confirmed for so many messages; `None` where there is nothing to ask.
fn open_question(command: &Command) -> Option<impl Fn(Option<u32>) -> Command + use<>> {
    let Command::Link(LinkCommand::Issue(link)) = command else { return None };
    let open = link.many.is_asked_for() && !link.many.dry_run && link.many.messages.is_none();
    let link = link.clone();
    open.then_some(move |messages: Option<u32>| {
        let mut link = link.clone();
        (link.many.dry_run, link.many.messages) = (messages.is_none(), messages);
        Command::Link(LinkCommand::Issue(link))
    })
}

fn says_yes(messages: u32) -> bool {
    let mut answer = String::new();
    drop(write!(io::stdout(), "Send {messages} messages? [y/N] ").and_then(|()| io::stdout().flush()));
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Who starts it without a server is told that the links wait for one: their time shall not run before they are sent.
async fn told(outcome: Result<Output, CliFailure>, folder: &DataFolder) -> Result<Output, CliFailure> {
    let mut output = outcome?;
    if crate::control::connect(folder).await.is_none() {
        output.text.push_str("no server runs: links are made and sent as soon as one does\n");
    }
    Ok(output)
}
