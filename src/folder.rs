//! The data folder: private to its owner, and used by one process at a time.
//!
//! Apart from what lies in it because every store relies on these two properties.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

/// The folder can't be used; one sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    /// Another process uses it.
    #[error("another magiclink is using this folder (pid {pid}): stop it, or name another folder with --data")]
    InUse {
        /// Which process, as it wrote itself; `?` if it has not yet.
        pid: String,
    },
    /// Others can look into it.
    #[error("{path} can be read by others (mode {mode:03o}): run `chmod 700 {path}`")]
    Open {
        /// The folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It can't be made or read.
    #[error("the data folder {path} can't be used: {source}; check its owner, or name another with --data")]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// Where everything lies. Making one makes no folder.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder at `path`.
    pub(crate) fn at(path: &Path) -> Self {
        Self(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }

    /// Its path, absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The socket for the command line.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("ctl.sock")
    }

    /// Where the owner's invitation is written when nobody sees a terminal.
    pub(crate) fn invitation(&self) -> PathBuf {
        self.0.join("owner-invitation")
    }

    /// The read models' database; disposable.
    pub(crate) fn read_models(&self) -> PathBuf {
        self.0.join("read.db")
    }

    /// Makes the folder where it is missing, and takes it for this process until the lock is dropped.
    ///
    /// # Errors
    /// [`FolderError`].
    pub(crate) fn lock(&self) -> Result<Lock, FolderError> {
        let unusable = |source| FolderError::Unusable { path: self.0.clone(), source };
        make_private(&self.0).map_err(unusable)?;
        let mode = fs::metadata(&self.0).map_err(unusable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(FolderError::Open { path: self.0.clone(), mode });
        }
        let path = self.0.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path).map_err(unusable)?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid).map_err(unusable)?;
                let pid = if pid.trim().is_empty() { "?" } else { pid.trim() };
                return Err(FolderError::InUse { pid: pid.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        // A full disk must not keep the service from starting: the number is only for the message above.
        drop(file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id())));
        Ok(Lock { _file: file })
    }
}

/// This process's hold on the folder; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Makes a folder, and those above it, for the owner alone.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a whole file for the owner alone, so that after a crash there is the old one or the new one, never half of
/// either: under another name first, synced, renamed, and the folder synced.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file without a folder"))?;
    write_new(path, content)?;
    sync_folder(folder)
}

/// The same, but for the folder's sync: after a crash the file may not be there.
pub(crate) fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file without a folder"))?;
    let name = path.file_name().ok_or_else(|| io::Error::other("a file without a name"))?;
    let temporary = folder.join(format!(".{}.new", name.to_string_lossy()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_private_and_held_by_one() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(&parent.path().join("a/b"));
        let lock = folder.lock().unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let refused = folder.lock().unwrap_err().to_string();
        assert!(refused.contains(&format!("(pid {})", std::process::id())), "{refused}");
        drop(lock);
        drop(folder.lock().unwrap());
    }

    #[test]
    fn a_folder_that_others_can_read_is_refused_with_the_remedy() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("open");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = DataFolder::at(&path).lock().unwrap_err().to_string();
        assert!(refused.contains("755") && refused.contains("chmod 700"), "{refused}");
    }
}
