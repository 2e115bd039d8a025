//! Where the data folder lies unless the operator says otherwise (XDG Base Directory Specification).

use std::env;
use std::path::PathBuf;

/// `$XDG_DATA_HOME/magiclink`, or `~/.local/share/magiclink`; `None` for a user without a home.
pub(crate) fn default_data_folder() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")))?;
    Some(base.join("magiclink"))
}
