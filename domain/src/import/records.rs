//! Rows of a CSV text, with the number of the line they begin on.
//!
//! Apart from the meaning of the columns because a damaged row must cost that row alone: a quote that is opened and
//! never closed would otherwise swallow the rest of the file.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::Unusable;

/// A row of more bytes than this is refused; no field of ours comes near it.
const MOST_BYTES: usize = 64 * 1024;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line it begins on; the header is line 1.
    pub(super) line: u64,
    /// Its cells, or why it has none.
    pub(super) cells: Result<Vec<String>, &'static str>,
}

/// Reads rows off a file whose first line names the columns.
pub(super) struct Records {
    lines: Lines,
    /// Where in a row the wanted columns stand.
    places: Vec<Option<usize>>,
    width: usize,
    /// Columns that nobody asked for.
    pub(super) ignored: Vec<String>,
}

/// A wanted column.
pub(super) struct Column {
    /// Its name in the header; case does not matter.
    pub(super) name: &'static str,
    /// Whether a file without it can be used.
    pub(super) required: bool,
}

impl Records {
    /// Begins to read, and checks the header.
    ///
    /// # Errors
    /// [`Unusable`]: nothing of it can be imported.
    pub(super) fn open(file: impl BufRead + Send + 'static, wanted: &[Column]) -> Result<Self, Unusable> {
        let mut lines = Lines::new(file);
        let header = lines.next_row().map_err(|error| Unusable(error.to_string()))?;
        let header = header.ok_or_else(|| Unusable("it is empty; its first line must name the columns".to_owned()))?;
        let header = header
            .cells
            .map_err(|why| Unusable(format!("its first line can't be read ({why}); save it as CSV in UTF-8")))?;
        let titles: Vec<String> = header.iter().map(|title| title.trim().to_lowercase()).collect();
        let place = |column: &Column| titles.iter().position(|title| *title == column.name.to_lowercase());
        let places: Vec<_> = wanted.iter().map(place).collect();
        let missing =
            |(column, place): (&Column, &Option<usize>)| (column.required && place.is_none()).then_some(column.name);
        if let Some(missing) = wanted.iter().zip(&places).find_map(missing) {
            let all: Vec<_> = wanted.iter().map(|column| column.name).collect();
            let why = format!("its first line names no column {missing}; the columns are {}", all.join(", "));
            return Err(Unusable(why));
        }
        let known =
            |title: &&String| wanted.iter().any(|column| column.name.to_lowercase() == title.trim().to_lowercase());
        let ignored = header.iter().filter(|title| !known(title)).map(|title| title.trim().to_owned()).collect();
        lines.width = header.len();
        Ok(Self { lines, places, width: header.len(), ignored })
    }

    /// The next row, its cells in the order in which the columns were asked for; empty where a column is missing.
    ///
    /// # Errors
    /// When the file can't be read on.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        let Some(row) = self.lines.next_row()? else { return Ok(None) };
        let cells = row.cells.and_then(|cells| match cells.len() {
            found if found < self.width => Err("too few columns"),
            found if found > self.width => Err("too many columns"),
            _ => Ok(self
                .places
                .iter()
                .map(|place| place.and_then(|at| cells.get(at)).cloned().unwrap_or_default())
                .collect()),
        });
        Ok(Some(Row { line: row.line, cells }))
    }
}

/// Splits a file into rows.
struct Lines {
    file: Box<dyn BufRead + Send>,
    /// Lines read ahead for a quoted field that went on, in order.
    ahead: VecDeque<Vec<u8>>,
    line: u64,
    /// How many cells a row should have; 0 while that is not known.
    width: usize,
}

impl Lines {
    fn new(file: impl BufRead + Send + 'static) -> Self {
        Self { file: Box::new(file), ahead: VecDeque::new(), line: 0, width: 0 }
    }

    fn next_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(first) = self.next_line()? else { return Ok(None) };
            self.line += 1;
            if first.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line = self.line;
            return Ok(Some(Row { line, cells: self.cells(&first)? }));
        }
    }

    /// The cells of the row that begins with `first`. A quoted field may hold line ends; where it is not closed in time, or
    /// closing it gives a row of another width, the quote is the damage, and the lines after `first` are rows of their own.
    fn cells(&mut self, first: &[u8]) -> io::Result<Result<Vec<String>, &'static str>> {
        const UNCLOSED: &str = "a quote is opened and not closed";
        if !open_quote(first) {
            return Ok(parse(first));
        }
        let mut whole = first.to_vec();
        let mut taken = VecDeque::new();
        while open_quote(&whole) && whole.len() <= MOST_BYTES {
            let Some(line) = self.next_line()? else { break };
            whole.extend_from_slice(&line);
            taken.push_back(line);
        }
        let cells = if open_quote(&whole) { Err(UNCLOSED) } else { parse(&whole) };
        let right = cells.as_ref().is_ok_and(|cells| self.width == 0 || cells.len() == self.width);
        if right {
            self.line += u64::try_from(taken.len()).unwrap_or(u64::MAX);
            return Ok(cells);
        }
        while let Some(line) = taken.pop_back() {
            self.ahead.push_front(line);
        }
        Ok(Err(UNCLOSED))
    }

    /// The next line with its end.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = vec![];
        self.file.read_until(b'\n', &mut line)?;
        if self.line == 0 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        Ok(if line.is_empty() { None } else { Some(line) })
    }
}

/// Whether the text ends inside a quoted field (RFC 4180).
fn open_quote(text: &[u8]) -> bool {
    enum At {
        FieldBegin,
        Plain,
        Quoted,
        Closed,
    }
    let end = text.iter().fold(At::FieldBegin, |at, byte| match (at, byte) {
        // A doubled quote closes and opens again.
        (At::Quoted, b'"') => At::Closed,
        (At::FieldBegin | At::Closed, b'"') | (At::Quoted, _) => At::Quoted,
        (_, b',' | b'\n') => At::FieldBegin,
        (_, _) => At::Plain,
    });
    matches!(end, At::Quoted)
}

fn parse(row: &[u8]) -> Result<Vec<String>, &'static str> {
    if row.len() > MOST_BYTES {
        return Err("the row is longer than 64 KiB");
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) => Err("too few columns"),
        Err(_) => Err("the row is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: [Column; 3] = [
        Column { name: "Id", required: true },
        Column { name: "Name", required: true },
        Column { name: "Tags", required: false },
    ];

    fn rows(text: impl AsRef<[u8]>) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut records = Records::open(io::Cursor::new(text.as_ref().to_vec()), &WANTED).unwrap();
        std::iter::from_fn(|| records.next().unwrap()).map(|row| (row.line, row.cells)).collect()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands for a row that was read")]
    fn cells(cells: [&str; 3]) -> Result<Vec<String>, &'static str> {
        Ok(cells.map(str::to_owned).to_vec())
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_case() {
        assert_eq!(rows("\u{feff}NAME,other,id\r\nAna,x,1\r\n"), [(2, cells(["1", "Ana", ""]))]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let text = "Id,Name,Tags\n\n1,\"A\nB\",x\n\n2,C,\n";
        assert_eq!(rows(text), [(3, cells(["1", "A\nB", "x"])), (6, cells(["2", "C", ""]))]);
    }

    #[test]
    fn an_unclosed_quote_costs_its_own_row_alone() {
        let text = "Id,Name,Tags\n1,\"open,x\n2,B,y\n3,\"quoted, too\",z\n4,\"open again,w\n";
        let unclosed = Err("a quote is opened and not closed");
        let expected =
            [(2, unclosed.clone()), (3, cells(["2", "B", "y"])), (4, cells(["3", "quoted, too", "z"])), (5, unclosed)];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn quotes_inside_a_field_are_characters() {
        let text = "Id,Name,Tags\n1,5\"\" pipe,\"say \"\"hi\"\"\"\n";
        assert_eq!(rows(text), [(2, cells(["1", "5\"\" pipe", "say \"hi\""]))]);
    }

    #[test]
    fn rows_of_another_width_or_coding_are_refused() {
        let found = rows(b"Id,Name,Tags\n1,A\n1,A,x,y\n1,\xff,x\n2,B,z\n".as_slice());
        let whys: Vec<_> = found.iter().map(|(line, cells)| (*line, cells.clone().err())).collect();
        let expected =
            [(2, Some("too few columns")), (3, Some("too many columns")), (4, Some("the row is not UTF-8")), (5, None)];
        assert_eq!(whys, expected);
    }

    #[test]
    fn a_row_that_never_ends_is_refused() {
        let long = format!("Id,Name,Tags\n1,{},x\n2,B,y\n", "a".repeat(MOST_BYTES));
        assert_eq!(rows(long).iter().map(|(_, cells)| cells.is_ok()).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_file_without_a_required_column_can_not_be_used() {
        for (text, word) in
            [(b"".as_slice(), "empty"), (b"Id,Tags\n1,x\n", "no column Name"), (b"\xff\xfeI\0d\0", "UTF-8")]
        {
            let Err(Unusable(why)) = Records::open(text, &WANTED) else { panic!("{word}: was taken") };
            assert!(why.contains(word), "{why}");
        }
    }
}
