//! Objects that outlive this machine: files of a folder (a mount of another machine's disk, say), or
//! objects of an S3 bucket. An object is there as a whole or not at all, and durable once `put` returns.

mod bucket;
mod folder;

use std::{io, path::Path};

use crate::clock::Clock;
use bucket::Bucket;
use folder::Folder;

/// Why an object was not written, read, listed or removed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The place is neither a folder nor a bucket.
    #[error("{0:?} is no place for objects: an absolute folder, or s3://bucket/prefix")]
    Place(String),
    /// The name has other characters than letters, digits, `.`, `_`, `-` and `/`.
    #[error("{0:?} is no name of an object")]
    Name(String),
    /// There is no such object.
    #[error("there is no object {0}")]
    Missing(String),
    /// The folder.
    #[error("the folder: {0}")]
    Folder(#[from] io::Error),
    /// The bucket refuses.
    #[error("the bucket answers {status} to {what}")]
    Refused {
        /// What it was asked.
        what: &'static str,
        /// Its HTTP status.
        status: u16,
    },
    /// The bucket cannot be reached, or the call cannot be signed.
    #[error("the bucket cannot be used: {0}")]
    Bucket(String),
}

/// A place for objects.
#[derive(Clone)]
pub struct Objects(Kind);

#[derive(Clone)]
enum Kind {
    Folder(Folder),
    Bucket(Bucket),
}

impl Objects {
    /// The place of this name: an absolute folder, or `s3://bucket/prefix`. `endpoint` is another
    /// address of S3 than AWS's own.
    pub async fn at(place: &str, endpoint: Option<&str>, clock: &Clock) -> Result<Self, ObjectError> {
        let kind = match place.strip_prefix("s3://") {
            Some(bucket) => Kind::Bucket(Bucket::open(bucket, endpoint, clock).await?),
            None if Path::new(place).is_absolute() => Kind::Folder(Folder::new(place)),
            None => return Err(ObjectError::Place(place.to_owned())),
        };
        Ok(Self(kind))
    }

    /// The same, or nothing where no place is named, or the empty one: Compose leaves no variable out.
    pub async fn if_named(
        place: Option<&str>,
        endpoint: Option<&str>,
        clock: &Clock,
    ) -> Result<Option<Self>, ObjectError> {
        match place {
            None | Some("") => Ok(None),
            Some(place) => Self::at(place, endpoint, clock).await.map(Some),
        }
    }

    /// Writes an object; one of this name is replaced.
    pub async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => folder.put(name, content).await,
            Kind::Bucket(bucket) => bucket.put(name, content).await,
        }
    }

    /// Writes a file as an object.
    pub async fn put_file(&self, name: &str, file: &Path) -> Result<(), ObjectError> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => folder.put_file(name, file).await,
            Kind::Bucket(bucket) => bucket.put_file(name, file).await,
        }
    }

    /// Reads an object.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, ObjectError> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => folder.get(name).await,
            Kind::Bucket(bucket) => bucket.get(name).await,
        }
    }

    /// Reads an object into a file that is made for it.
    pub async fn get_file(&self, name: &str, file: &Path) -> Result<(), ObjectError> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => folder.get_file(name, file).await,
            Kind::Bucket(bucket) => bucket.get_file(name, file).await,
        }
    }

    /// The names of all objects, in their order.
    pub async fn list(&self) -> Result<Vec<String>, ObjectError> {
        let mut names = match &self.0 {
            Kind::Folder(folder) => folder.list().await?,
            Kind::Bucket(bucket) => bucket.list().await?,
        };
        names.sort_unstable();
        Ok(names)
    }

    /// Removes an object; that there is none is well.
    pub async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        check(name)?;
        match &self.0 {
            Kind::Folder(folder) => folder.remove(name).await,
            Kind::Bucket(bucket) => bucket.remove(name).await,
        }
    }
}

/// A name that is the same in a folder, in a bucket and in a signature, and leads nowhere else.
fn check(name: &str) -> Result<(), ObjectError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    if name.split('/').all(is_part) { Ok(()) } else { Err(ObjectError::Name(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_what_it_was_given() {
        let home = std::env::temp_dir().join(format!("objects-{}", crate::ids::Ids::system().random()));
        let objects = Objects::at(home.to_str().unwrap(), None, &Clock::system()).await.unwrap();
        assert!(objects.list().await.unwrap().is_empty(), "a folder that is not there yet has nothing in it");
        objects.put("b/2.json", b"two".to_vec()).await.unwrap();
        objects.put("a.json", b"one".to_vec()).await.unwrap();
        objects.put("a.json", b"one again".to_vec()).await.unwrap();
        assert_eq!(objects.list().await.unwrap(), ["a.json", "b/2.json"]);
        assert_eq!(objects.get("a.json").await.unwrap(), b"one again");
        assert!(matches!(objects.get("c.json").await, Err(ObjectError::Missing(_))));
        objects.remove("b/2.json").await.unwrap();
        objects.remove("b/2.json").await.unwrap();
        assert_eq!(objects.list().await.unwrap(), ["a.json"]);
        std::fs::remove_dir_all(home).unwrap();
    }

    #[tokio::test]
    async fn a_name_leads_nowhere_else() {
        for name in ["", "/etc/passwd", "../a", "a//b", "a/../b", "a?b", ".partial"] {
            assert!(matches!(check(name), Err(ObjectError::Name(_))), "{name}");
        }
        let nowhere = Objects::at("relative/folder", None, &Clock::system()).await;
        assert!(matches!(nowhere, Err(ObjectError::Place(_))));
        assert!(Objects::if_named(Some(""), None, &Clock::system()).await.unwrap().is_none());
    }
}
