//! The tokens by which containers are told apart: a file in the folder of each, which is mounted into that
//! container and into the endpoint's.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    output::Output,
    scram::{ScramError, random},
};

/// Readable by its owner, and written by nobody: who needs it gets the file as a mount.
const MODE: u32 = 0o400;

/// The name of the file in each folder.
const FILE: &str = "aws-token";

/// Why there is no token. None is ever repeated.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The file cannot be read or written.
    #[error("the token file {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] ScramError),
    /// A line could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// The folder with a folder for each name. Files are read at each use, so that a new one counts at once.
#[derive(Clone)]
pub struct Tokens(PathBuf);

impl Tokens {
    /// The files `<name>/aws-token` in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Whether `shown` is the token of `name`. How long the answer takes does not tell how much of a
    /// wrong one was right.
    ///
    /// # Errors
    /// When there is no file, which the caller of the endpoint cannot help.
    pub fn is_of(&self, name: &str, shown: &[u8]) -> Result<bool, TokensError> {
        let path = self.0.join(name).join(FILE);
        let token = fs::read(&path).map_err(|source| TokensError::File { path, source })?;
        let token = token.trim_ascii();
        Ok(!token.is_empty() && verify_slices_are_equal(token, shown).is_ok())
    }
}

/// Makes a token file for every name that has none. What is there stays, so that running containers
/// keep theirs.
///
/// # Errors
/// When the folder or a file cannot be written.
pub fn make(folder: &Path, names: &[String], output: &mut Output) -> Result<(), TokensError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TokensError::File { path, source }
    };
    for name in names {
        let folder = folder.join(name);
        let path = folder.join(FILE);
        if fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
            output.line(format_args!("kept\t{}", path.display()))?;
            continue;
        }
        let token = BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?);
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        // Under another name first: a run that is stopped leaves no half token.
        let fresh = folder.join(".aws-token.fresh");
        write(&fresh, &token).map_err(failed(&fresh))?;
        fs::rename(&fresh, &path).map_err(failed(&path))?;
        output.line(format_args!("made\t{}", path.display()))?;
    }
    Ok(())
}

fn write(path: &Path, token: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(token.as_bytes())?;
    file.set_permissions(Permissions::from_mode(MODE))
}
