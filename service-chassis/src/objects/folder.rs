//! Objects as files of a folder. A file is written beside its place and then renamed.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{fs, io::AsyncWriteExt};

use super::ObjectError;

#[derive(Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: &str) -> Self {
        Self(PathBuf::from(folder))
    }

    pub(super) async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        let (place, partial) = self.prepare(name).await?;
        let mut file = private().open(&partial).await?;
        file.write_all(&content).await?;
        finish(file, &partial, &place).await
    }

    pub(super) async fn put_file(&self, name: &str, from: &Path) -> Result<(), ObjectError> {
        let (place, partial) = self.prepare(name).await?;
        let mut file = private().open(&partial).await?;
        tokio::io::copy(&mut fs::File::open(from).await?, &mut file).await?;
        finish(file, &partial, &place).await
    }

    pub(super) async fn get(&self, name: &str) -> Result<Vec<u8>, ObjectError> {
        fs::read(self.0.join(name)).await.map_err(|error| missing(error, name))
    }

    pub(super) async fn get_file(&self, name: &str, to: &Path) -> Result<(), ObjectError> {
        let mut from = fs::File::open(self.0.join(name)).await.map_err(|error| missing(error, name))?;
        let mut file = private().open(to).await?;
        tokio::io::copy(&mut from, &mut file).await?;
        Ok(file.flush().await?)
    }

    /// Files whose names begin with a dot were not finished.
    pub(super) async fn list(&self) -> Result<Vec<String>, ObjectError> {
        let (mut names, mut folders) = (Vec::new(), vec![self.0.clone()]);
        while let Some(folder) = folders.pop() {
            let mut entries = match fs::read_dir(&folder).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            while let Some(entry) = entries.next_entry().await? {
                let path = entry.path();
                if entry.file_type().await?.is_dir() {
                    folders.push(path);
                } else if !entry.file_name().to_string_lossy().starts_with('.')
                    && let Ok(name) = path.strip_prefix(&self.0)
                {
                    names.push(name.to_string_lossy().into_owned());
                }
            }
        }
        Ok(names)
    }

    /// The folder of the last object goes with it.
    pub(super) async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        let place = self.0.join(name);
        match fs::remove_file(&place).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        if let Some(folder) = place.parent().filter(|folder| *folder != self.0) {
            // Refused while anything is in it.
            let _emptied = fs::remove_dir(folder).await;
        }
        Ok(())
    }

    async fn prepare(&self, name: &str) -> Result<(PathBuf, PathBuf), ObjectError> {
        let place = self.0.join(name);
        let folder = place.parent().unwrap_or(&self.0);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
        let last = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((place.clone(), place.with_file_name(format!(".{last}.partial"))))
    }
}

/// A new file, or an emptied one, that only we may read.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    options
}

/// Durable under its own name: first the content, then the name.
async fn finish(mut file: fs::File, partial: &Path, place: &Path) -> Result<(), ObjectError> {
    file.flush().await?;
    file.sync_all().await?;
    fs::rename(partial, place).await?;
    if let Some(folder) = place.parent() {
        fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

fn missing(error: io::Error, name: &str) -> ObjectError {
    if error.kind() == io::ErrorKind::NotFound { ObjectError::Missing(name.to_owned()) } else { error.into() }
}
