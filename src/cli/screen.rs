//! What appears on the terminal.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::command::{Output, Progress};

/// Prints an answer.
pub(super) fn print(output: &Output, json: bool) {
    if json {
        if !output.json.is_null() {
            say(&format!("{:#}", output.json));
        }
    } else if !output.text.is_empty() {
        say(output.text.trim_end_matches('\n'));
    }
}

/// Prints a line. Nobody reads it any more when the pipe is closed, and that is no fault.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Prints a complaint.
pub(super) fn complain(sentence: &str) {
    drop(writeln!(io::stderr().lock(), "magiclink: {sentence}"));
}

/// Progress for people: a bar where there is a terminal, lines always, nothing under `--json`.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    silent: bool,
}

impl Bar {
    pub(super) fn new(json: bool) -> Self {
        let bar = (io::stderr().is_terminal() && !json).then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {per_sec}  {eta} left");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, silent: json }
    }
}

impl Progress for Bar {
    fn at(&mut self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn line(&mut self, line: String) {
        if self.silent {
            return;
        }
        match &self.bar {
            Some(bar) => bar.suspend(|| say(&line)),
            None => say(&line),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
