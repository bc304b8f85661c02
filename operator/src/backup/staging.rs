//! A folder for the files of one run, which only we may read and which ends with the run.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use service_chassis::ids::Ids;

use super::BackupError;

pub(super) struct Staging(PathBuf);

impl Staging {
    /// In the system's folder for such files: TMPDIR moves it to where there is room.
    pub(super) fn make() -> Result<Self, BackupError> {
        let path = std::env::temp_dir().join(format!("packytrace-ops-{}", Ids::system().random()));
        let made: io::Result<()> = fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|source| BackupError::File { path: path.clone(), source })?;
        Ok(Self(path))
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn written(path: &Path, written: io::Result<()>) -> Result<(), BackupError> {
        written.map_err(|source| BackupError::File { path: path.to_owned(), source })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed is in the folder that the system cleans.
        let _removed = fs::remove_dir_all(&self.0);
    }
}
