//! What an import did, row by row.

use serde_json::{Value, json};

use super::super::output::{Output, Progress};

/// Counts and complaints.
#[derive(Default)]
pub(super) struct Report {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    refused: Vec<Complaint>,
    notes: Vec<Complaint>,
}

struct Complaint {
    line: u64,
    column: Option<&'static str>,
    reason: String,
}

impl Complaint {
    fn json(&self) -> Value {
        json!({ "line": self.line, "column": self.column, "reason": self.reason })
    }

    fn text(&self) -> String {
        match self.column {
            Some(column) => format!("line {}, column {column}: {}", self.line, self.reason),
            None => format!("line {}: {}", self.line, self.reason),
        }
    }
}

impl Report {
    /// A row that does not go in.
    pub(super) fn refuse(
        &mut self, line: u64, column: Option<&'static str>, reason: impl Into<String>, progress: &mut dyn Progress,
    ) {
        let refused = Complaint { line, column, reason: reason.into() };
        progress.line(format!("{} (refused)", refused.text()));
        self.refused.push(refused);
    }

    /// A row that goes in, and somebody should know something about it.
    pub(super) fn note(
        &mut self, line: u64, column: Option<&'static str>, reason: impl Into<String>, progress: &mut dyn Progress,
    ) {
        let note = Complaint { line, column, reason: reason.into() };
        progress.line(format!("{} (note)", note.text()));
        self.notes.push(note);
    }

    /// The answer.
    pub(super) fn output(mut self, what: &str, dry_run: bool) -> Output {
        for complaints in [&mut self.refused, &mut self.notes] {
            complaints.sort_by_key(|complaint| complaint.line);
        }
        let json = json!({
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused.iter().map(Complaint::json).collect::<Vec<_>>(),
            "notes": self.notes.iter().map(Complaint::json).collect::<Vec<_>>(),
            "dry_run": dry_run,
        });
        let refused = self.refused.len();
        let Self { added, changed, unchanged, .. } = self;
        let text = if dry_run {
            format!("nothing was made: {added} {what} would go in, {refused} refused\n")
        } else {
            format!("{what}: {added} added, {changed} changed, {unchanged} unchanged, {refused} refused\n")
        };
        Output { json, text, exit: u8::from(!self.refused.is_empty()) }
    }
}
