//! What a command answers: once for people, once for programs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Output {
    /// For programs: `--json`.
    pub(crate) json: Value,
    /// For people; whole lines.
    pub(crate) text: String,
    /// How to exit; 0 but for an import that refused some rows.
    pub(crate) exit: u8,
}

impl Output {
    /// An answer that went well.
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), exit: 0 }
    }
}

/// Where a long command tells how far it is.
pub(crate) trait Progress: Send {
    /// So much of so much is done.
    fn at(&mut self, done: u64, total: u64);
    /// A line for people that does not wait for the end.
    fn line(&mut self, line: String);
}

/// Columns side by side, as wide as their widest cell; the first row is the header.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count()))));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_wide_as_its_widest_cell() {
        let rows = [vec!["id", "name"], vec!["1", "Ana"], vec!["1000", "é"]];
        let rows: Vec<Vec<String>> = rows.map(|row| row.into_iter().map(str::to_owned).collect()).into();
        assert_eq!(table(&rows), "id    name\n1     Ana\n1000  é\n");
    }
}
