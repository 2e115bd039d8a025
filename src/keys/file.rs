//! One key in one file: 64 hexadecimal digits, readable by the owner alone.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use data_encoding::HEXLOWER;

use super::KeyError;
use crate::folder::{write_new, write_private};

/// 256 bits.
pub(super) type Bits = [u8; 32];

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<Bits, KeyError> {
    let unusable = |source| KeyError::Unusable { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(|error| {
        if error.kind() == ErrorKind::NotFound { KeyError::Missing(path.to_owned()) } else { unusable(error) }
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    let text = fs::read_to_string(path).map_err(unusable)?;
    // Fixed length first: HMAC itself would take a short key, even an empty one.
    from_hex(text.trim_end()).ok_or_else(|| KeyError::Malformed(path.to_owned()))
}

/// Writes a key that is not there yet; the caller syncs the folder.
pub(super) fn write_unnamed(path: &Path, bits: &Bits) -> Result<(), KeyError> {
    let line = format!("{}\n", HEXLOWER.encode(bits));
    write_new(path, line.as_bytes()).map_err(|source| KeyError::Unusable { path: path.to_owned(), source })
}

/// Writes a key that is not there yet.
pub(super) fn write(path: &Path, bits: &Bits) -> Result<(), KeyError> {
    let line = format!("{}\n", HEXLOWER.encode(bits));
    write_private(path, line.as_bytes()).map_err(|source| KeyError::Unusable { path: path.to_owned(), source })
}

fn from_hex(text: &str) -> Option<Bits> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(read(&path), Err(KeyError::Missing(_))));
        write(&path, &[0xab; 32]).unwrap();
        assert_eq!(read(&path).unwrap(), [0xab; 32]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for text in ["", "ab", &"ab".repeat(31), &"ab".repeat(33), &"xy".repeat(32), &"+f".repeat(32)] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(KeyError::Malformed(_))), "{text:?}");
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("naming.key");
        write(&path, &[1; 32]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    }
}
