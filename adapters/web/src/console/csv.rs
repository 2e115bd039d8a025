//! CSV that a spreadsheet only shows (RFC 4180; OWASP ASVS 5.0, 1.2.10).
//!
//! Apart from the history because what makes a cell safe has nothing to do with what is in it.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use magiclink_domain::usecases::Failure;

/// Lines as a file to keep. A fault breaks the download off, so that half a file is seen to be one.
pub(super) fn download(
    name: &'static str, lines: impl Stream<Item = Result<String, Failure>> + Send + 'static,
) -> Response {
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let named = named.unwrap_or(HeaderValue::from_static("attachment"));
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], Body::from_stream(lines)).into_response()
}

/// Characters with which a cell begins that spreadsheets take for a formula, full-width forms among them.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];

/// One line: every cell quoted, none a formula.
pub(super) fn line<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    let mut line = String::new();
    for cell in cells {
        let cell = cell.as_ref();
        if !line.is_empty() {
            line.push(',');
        }
        line.push('"');
        if cell.trim_start_matches(' ').starts_with(FORMULA) {
            line.push('\'');
        }
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_quoted() {
        assert_eq!(line(["a", "b,c", "d \"e\"", "", "f\ng"]), "\"a\",\"b,c\",\"d \"\"e\"\"\",\"\",\"f\ng\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\0x", "＝1", "＋1", "－1", "＠x", "  =1"] {
            assert_eq!(line([text]), format!("\"'{text}\"\r\n"));
        }
        assert_eq!(line(["a=1", "a-b"]), "\"a=1\",\"a-b\"\r\n");
    }
}
