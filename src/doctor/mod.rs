//! `doctor`: looks at everything that can be wrong, beside a running server or without one, and says what to do.
//!
//! Apart from the commands that a server answers because it must work when nothing can be opened.

mod checks;
mod deliveries;
mod hooks;
mod providers;

use serde_json::{Value, json};

use crate::command::{CliFailure, Output, table};
use crate::config::Config;
use crate::folder::DataFolder;

/// What one look found.
pub(super) struct Finding {
    /// What was looked at.
    pub(super) what: &'static str,
    /// How it is.
    pub(super) verdict: Verdict,
    /// One sentence, with the remedy where there is something to do.
    pub(super) words: String,
}

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Good,
    /// Worth a thought.
    Mind,
    /// To be put right.
    Bad,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Mind => "mind",
            Self::Bad => "BAD",
        }
    }
}

impl Finding {
    pub(super) fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Good, words: words.into() }
    }

    pub(super) fn mind(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Mind, words: words.into() }
    }

    pub(super) fn bad(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Bad, words: words.into() }
    }
}

/// Looks at everything; exits 1 if something is to be put right.
pub(crate) async fn run(config: &Config, folder: &DataFolder) -> Result<Output, CliFailure> {
    let mut findings = vec![checks::folder(folder)];
    if folder.path().exists() {
        findings.extend(checks::databases(config, folder).await);
        findings.extend(checks::keys(config, folder));
        findings.push(checks::space(folder));
        findings.push(checks::sync(folder));
    }
    findings.push(checks::base_url(config));
    findings.extend(providers::look(config).await);
    findings.extend(hooks::look(config, folder).await);
    findings.extend(deliveries::look(folder).await);
    let bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
    let items: Vec<Value> = findings
        .iter()
        .map(|finding| json!({ "what": finding.what, "verdict": finding.verdict.as_str(), "words": finding.words }))
        .collect();
    let row = |finding: &Finding| [finding.verdict.as_str(), finding.what, &finding.words].map(str::to_owned).to_vec();
    let text = table(&findings.iter().map(row).collect::<Vec<_>>());
    Ok(Output { json: json!({ "ok": !bad, "findings": items }), text, exit: u8::from(bad) })
}
