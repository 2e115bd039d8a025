//! The columns of a file of contacts.

use std::collections::HashMap;
use std::io::{self, BufRead};

use super::records::{Column, Records};
use super::{Complaint, Line, Unusable};
use crate::rejection::Rejection;
use crate::usecases::{ImportRow, NewContact};
use crate::value::{Country, EmailAddress, ExternalId, InvalidValue, Locale, Name, PhoneNumber, Slug};

const COLUMNS: [Column; 10] = [
    Column { name: "Contact Id", required: true },
    Column { name: "First Name", required: true },
    Column { name: "Last Name", required: true },
    Column { name: "Email", required: true },
    Column { name: "Phone", required: true },
    Column { name: "Country", required: false },
    Column { name: "Language", required: false },
    Column { name: "Grants", required: false },
    Column { name: "Tags", required: false },
    Column { name: "Created", required: false },
];

/// A file of contacts being read.
pub struct ContactFile {
    records: Records,
    /// Where in this file an external id or e-mail address stood first.
    external_ids: HashMap<ExternalId, u64>,
    emails: HashMap<EmailAddress, u64>,
}

impl ContactFile {
    /// Begins to read, and checks the header.
    ///
    /// # Errors
    /// [`Unusable`]: nothing of it can be imported.
    pub fn open(file: impl BufRead + Send + 'static) -> Result<Self, Unusable> {
        let records = Records::open(file, &COLUMNS)?;
        Ok(Self { records, external_ids: HashMap::new(), emails: HashMap::new() })
    }

    /// Columns that are not imported.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.records.ignored
    }

    /// The next row. An external id that stood in an earlier one is refused, a shared e-mail address noted.
    ///
    /// # Errors
    /// When the file can't be read on.
    pub fn next_line(&mut self) -> io::Result<Option<Line<ImportRow>>> {
        let Some(record) = self.records.next()? else { return Ok(None) };
        let cells = record.cells.map_err(|why| Complaint::new(None, why));
        let row = cells.and_then(validated).and_then(|row| self.distinct(record.line, row));
        let note = row.as_ref().ok().and_then(|row| self.shared(record.line, row));
        Ok(Some(Line { number: record.line, row, note }))
    }

    fn distinct(&mut self, line: u64, row: ImportRow) -> Result<ImportRow, Complaint> {
        let Some(external_id) = &row.contact.external_id else { return Ok(row) };
        if let Some(first) = self.external_ids.get(external_id) {
            let why = format!("this id stands in line {first} already: one row per contact");
            return Err(Complaint::new(Some("Contact Id"), why));
        }
        self.external_ids.insert(external_id.clone(), line);
        Ok(row)
    }

    fn shared(&mut self, line: u64, row: &ImportRow) -> Option<Complaint> {
        let email = row.contact.email.as_ref()?;
        if let Some(first) = self.emails.get(email) {
            let note = format!("the contact in line {first} has this address too; both go in");
            return Some(Complaint::new(Some("Email"), note));
        }
        self.emails.insert(email.clone(), line);
        None
    }
}

/// The whole row, or the first thing wrong with it.
fn validated(cells: Vec<String>) -> Result<ImportRow, Complaint> {
    let [id, first, last, email, phone, country, language, grants, tags, created] = cells.as_slice() else {
        return Err(Complaint::new(None, "too few columns"));
    };
    let present = |text: &str| !text.trim().is_empty();
    if !present(email) && !present(phone) {
        return Err(Complaint::new(Some("Email"), Rejection::NoAddress.to_string()));
    }
    let country = if present(country) { Some(Country::parse(country).map_err(at("Country"))?) } else { None };
    let contact = NewContact {
        external_id: Some(ExternalId::parse(id).map_err(at("Contact Id"))?),
        name: Name::parse(&format!("{first} {last}")).map_err(at("First Name"))?,
        email: if present(email) { Some(EmailAddress::parse(email).map_err(at("Email"))?) } else { None },
        phone: if present(phone) { Some(PhoneNumber::parse(phone, country).map_err(at("Phone"))?) } else { None },
        locale: if present(language) { Some(Locale::parse(language).map_err(at("Language"))?) } else { None },
    };
    let slugs = grants.split(';').map(str::trim).filter(|slug| !slug.is_empty());
    let mut grants: Vec<Slug> = slugs.map(|slug| Slug::parse(slug).map_err(at("Grants"))).collect::<Result<_, _>>()?;
    grants.sort_unstable();
    grants.dedup();
    let attributes = [("tags", tags), ("created", created)];
    let attributes = attributes.into_iter().filter(|(_, value)| present(value));
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    Ok(ImportRow { contact, attributes, grants, cells })
}

fn at(column: &'static str) -> impl Fn(InvalidValue) -> Complaint {
    move |why| Complaint::new(Some(column), why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Contact Id,First Name,Last Name,Email,Phone,Grants,Shoe Size\n";

    fn lines(rows: &str) -> Vec<Line<ImportRow>> {
        let mut file = ContactFile::open(io::Cursor::new(format!("{HEADER}{rows}"))).unwrap();
        assert_eq!(file.ignored(), ["Shoe Size"]);
        std::iter::from_fn(|| file.next_line().unwrap()).collect()
    }

    #[test]
    fn the_first_thing_wrong_with_a_row_is_named_with_its_column() {
        for (row, column) in [
            ("1,Ana,Good,ana@example.com,,alumni,38", None),
            (",Ana,Good,ana@example.com,,,", Some("Contact Id")),
            ("1,,,ana@example.com,,,", Some("First Name")),
            ("1,Ana,Good,,,,", Some("Email")),
            ("1,Ana,Good,ana@@example.com,,,", Some("Email")),
            ("1,Ana,Good,,12,,", Some("Phone")),
            ("1,Ana,Good,ana@example.com,,Not A Slug,", Some("Grants")),
        ] {
            let found = lines(row).pop().unwrap();
            assert_eq!(found.row.err().map(|complaint| complaint.column), column.map(Some), "{row}");
        }
    }

    #[test]
    fn an_id_twice_is_refused_and_an_address_twice_is_noted() {
        let found = lines("1,Ana,Good,ana@example.com,,,\n1,Bo,Good,bo@example.com,,,\n2,Cy,Good,ana@example.com,,,\n");
        assert_eq!(found[1].row.as_ref().unwrap_err().column, Some("Contact Id"));
        assert!(found[2].row.is_ok() && found[2].note.as_ref().unwrap().reason.contains("line 2"));
        assert!(found[0].note.is_none() && found[1].note.is_none());
    }

    #[test]
    fn an_address_in_a_refused_row_is_nobodys() {
        let found = lines("1,,,ana@example.com,,,\n2,Cy,Good,ana@example.com,,,\n");
        assert!(found[0].row.is_err() && found[1].note.is_none());
    }
}
