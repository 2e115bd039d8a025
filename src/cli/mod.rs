//! The command line: words in, text or JSON and an exit code out.

mod arguments;
mod confirm;
mod local;
mod screen;

pub(crate) use arguments::{Cli, ServeArguments};
pub(crate) use screen::say;

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::command::{CliFailure, Invoker, Output};
use crate::config::{self, Config, Flags, default_data_folder};
use crate::folder::DataFolder;
use crate::serve::Roles;
use arguments::{Act, ConfigCommand};

/// Does what the words say; answers how to exit.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let json = cli.json;
    match start(cli) {
        Ok(output) => {
            screen::print(&output, json);
            ExitCode::from(output.exit)
        }
        Err(failure) => {
            screen::complain(&failure.sentence);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn start(cli: Cli) -> Result<Output, CliFailure> {
    let act = cli.act.unwrap_or(Act::Serve(ServeArguments::default()));
    let (listen, base_url) = match &act {
        Act::Serve(serve) => (serve.listen.clone(), serve.base_url.clone()),
        Act::Demo(demo) => (demo.listen.clone(), None),
        Act::Doctor | Act::Openapi | Act::Config(_) | Act::Restore { .. } | Act::Do(_) => (None, None),
    };
    let flags = Flags { file: cli.config, listen, base_url };
    let config = Config::load(&flags).map_err(|error| CliFailure::usage(error.to_string()))?;
    let folder =
        cli.data.clone().or_else(default_data_folder).ok_or_else(|| {
            CliFailure::usage("there is no home folder to keep data in: name a data folder with --data")
        })?;
    let folder = DataFolder::at(&folder);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| CliFailure::fault(&e))?;
    let invoker = || Invoker {
        user: whoami::username().unwrap_or_else(|_| "unknown".to_owned()),
        staff: cli.acting.clone(),
        confirmed: cli.yes,
    };
    match act {
        Act::Serve(serve) => {
            let roles = Roles::named(&serve.roles);
            runtime.block_on(crate::serve::run(config, folder, roles, serve.sandbox, cli.json))
        }
        Act::Demo(_) => runtime.block_on(crate::demo::run(config, cli.data.is_some().then_some(folder), cli.json)),
        Act::Doctor => runtime.block_on(crate::doctor::run(&config, &folder)),
        Act::Openapi => Ok(openapi()),
        Act::Config(ConfigCommand::Show) => Ok(show(&config, &folder)),
        Act::Restore { folder: from } => runtime.block_on(crate::backup::restore(&config, &folder, &from)),
        Act::Do(command) => runtime.block_on(confirm::run(config, &folder, &invoker(), command.anchored(), cli.json)),
    }
}

fn openapi() -> Output {
    let json = crate::serve::openapi();
    let text = format!("{json:#}\n");
    Output::new(json, text)
}

fn show(config: &Config, folder: &DataFolder) -> Output {
    let sections = config::show(config, folder.path());
    let mut text = format!("# data folder: {}\n", folder.path().display());
    for (section, keys) in &sections {
        text.extend(["\n[", section, "]\n"]);
        for (key, value) in keys.as_object().into_iter().flatten() {
            let line = if value.is_null() { format!("# {key} =\n") } else { format!("{key} = {value}\n") };
            text.push_str(&line);
        }
    }
    let mut json = Value::Object(sections);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("data".to_owned(), json!(folder.path().display().to_string()));
    }
    Output::new(json, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_words_of_the_command_line_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_go_before_or_after_the_command() {
        for words in [
            "magiclink --json --data /x --as olga contact show ana",
            "magiclink contact show ana --json --data /x --as olga",
            "magiclink contact --json show --data /x ana --as olga",
        ] {
            let cli = Cli::try_parse_from(words.split(' ')).unwrap();
            assert!(cli.json && cli.data.is_some() && cli.acting.as_deref() == Some("olga"), "{words}");
        }
    }

    /// One that is called like a global flag would be taken for it.
    #[test]
    fn no_command_has_words_of_its_own_for_what_is_global() {
        fn check(command: &clap::Command, global: &[String], path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                for own in sub.get_arguments() {
                    assert!(!global.contains(&own.get_id().to_string()), "{path}: {}", own.get_id());
                }
                check(sub, global, &path);
            }
        }
        let whole = Cli::command();
        let global = whole.get_arguments().filter(|one| one.is_global_set()).map(|one| one.get_id().to_string());
        let global: Vec<String> = global.collect();
        assert!(global.len() >= 5, "{global:?}");
        check(&whole, &global, "magiclink");
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                if sub.has_subcommands() {
                    check(sub, &path);
                } else {
                    let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                    assert!(help.contains("Example"), "{path}");
                }
            }
        }
        check(&Cli::command(), "magiclink");
    }
}
