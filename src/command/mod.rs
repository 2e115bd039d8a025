//! What the command line can ask for, and doing it: the same code in this process and in a running server.
//!
//! Apart from the parsing of arguments because a command also arrives over the control socket.

mod arguments;
mod backup;
mod bulk;
mod caller;
mod card;
mod catalogue;
mod contacts;
mod deliveries;
mod failure;
mod history;
mod import;
mod keys;
mod links;
mod output;
mod projections;
mod switch;
mod team;
mod time;
mod tokens;

pub(crate) use arguments::{Command, LinkCommand};
pub(crate) use caller::Invoker;
pub(crate) use failure::CliFailure;
pub(crate) use output::{Output, Progress, table};

use crate::wiring::App;
use caller::Asking;

/// Does what is asked, on behalf of `invoker`.
///
/// # Errors
/// [`CliFailure`]: a sentence with the remedy, and how to exit.
pub(crate) async fn execute(
    app: &App, invoker: &Invoker, command: Command, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    let asking = Asking::new(app, invoker).await?;
    match command {
        Command::Import(import) => import::run(&asking, import, progress).await,
        Command::Contact(command) => contacts::run(&asking, command).await,
        Command::Grant { contact, offering, until } => contacts::grant(&asking, &contact, &offering, until).await,
        Command::Revoke { contact, offering } => contacts::revoke(&asking, &contact, &offering).await,
        Command::Offerings => catalogue::list(&asking).await,
        Command::Link(command) => links::run(&asking, command).await,
        Command::Deliveries(command) => deliveries::run(&asking, command).await,
        Command::Bulk(command) => bulk::run(&asking, command).await,
        Command::Staff(command) => team::run(&asking, command).await,
        Command::Token(command) => tokens::run(&asking, command).await,
        Command::History(history) => history::run(&asking, history).await,
        Command::Projections(command) => projections::run(&asking, command, progress).await,
        Command::Keys(command) => keys::run(&asking, command),
        Command::Stop { what } => switch::stop(&asking, what).await,
        Command::Resume => switch::resume(&asking).await,
        Command::Backup { folder } => backup::run(&asking, &folder).await,
    }
}
