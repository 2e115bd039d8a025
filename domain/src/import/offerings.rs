//! The columns of a file of offerings.

use std::io::{self, BufRead};

use super::records::{Column, Records};
use super::{Complaint, Line, Unusable};
use crate::offering::OfferingKind;
use crate::value::{InvalidValue, OfferingUrl, Slug, Title};

const COLUMNS: [Column; 4] = [
    Column { name: "slug", required: true },
    Column { name: "kind", required: true },
    Column { name: "title", required: true },
    Column { name: "url", required: false },
];

/// A validated row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingRow {
    /// Which offering.
    pub slug: Slug,
    /// Course or group.
    pub kind: OfferingKind,
    /// What it is called.
    pub title: Title,
    /// Where its content lives.
    pub url: Option<OfferingUrl>,
}

/// A file of offerings being read.
pub struct OfferingFile {
    records: Records,
}

impl OfferingFile {
    /// Begins to read, and checks the header.
    ///
    /// # Errors
    /// [`Unusable`]: nothing of it can be imported.
    pub fn open(file: impl BufRead + Send + 'static) -> Result<Self, Unusable> {
        Ok(Self { records: Records::open(file, &COLUMNS)? })
    }

    /// Columns that are not imported.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.records.ignored
    }

    /// The next row.
    ///
    /// # Errors
    /// When the file can't be read on.
    pub fn next_line(&mut self) -> io::Result<Option<Line<OfferingRow>>> {
        let Some(record) = self.records.next()? else { return Ok(None) };
        let cells = record.cells.map_err(|why| Complaint::new(None, why));
        let row = cells.and_then(|cells| validated(&cells));
        Ok(Some(Line { number: record.line, row, note: None }))
    }
}

fn validated(cells: &[String]) -> Result<OfferingRow, Complaint> {
    let [slug, kind, title, url] = cells else { return Err(Complaint::new(None, "too few columns")) };
    let url = Some(url.trim()).filter(|url| !url.is_empty());
    Ok(OfferingRow {
        slug: Slug::parse(slug.trim()).map_err(at("slug"))?,
        kind: match kind.trim().to_lowercase().as_str() {
            "course" => OfferingKind::Course,
            "group" => OfferingKind::Group,
            _ => return Err(Complaint::new(Some("kind"), "a kind is course or group")),
        },
        title: Title::parse(title).map_err(at("title"))?,
        url: url.map(OfferingUrl::parse).transpose().map_err(at("url"))?,
    })
}

fn at(column: &'static str) -> impl Fn(InvalidValue) -> Complaint {
    move |why| Complaint::new(Some(column), why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_at_fault_is_named() {
        for (row, column) in [
            ("alumni,group,Alumni,", None),
            ("alumni, Course ,Alumni,https://example.com/a", None),
            ("Bad Slug,course,X,", Some("slug")),
            ("x,club,X,", Some("kind")),
            ("x,course,,", Some("title")),
            ("y,course,Y,ftp://y", Some("url")),
        ] {
            let mut file = OfferingFile::open(io::Cursor::new(format!("slug,kind,title,url\n{row}\n"))).unwrap();
            let line = file.next_line().unwrap().unwrap();
            assert_eq!(line.row.err().map(|complaint| complaint.column), column.map(Some), "{row}");
        }
    }
}
