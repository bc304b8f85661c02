//! All SQL of fridge, one file for each table. The history is appended to and read; nothing here
//! could change it.

pub mod erasure;
pub mod events;
pub mod feed_tokens;
pub mod households;
pub mod items;
pub mod marking;
pub mod notices;
pub mod people;
pub mod push;
pub mod rebuild;
pub mod recalls;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The name of a value of the contract, as it stands in a text column.
fn name_of<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => Ok(name),
        Ok(_) => Err(sqlx::Error::Encode("not a name".into())),
        Err(error) => Err(sqlx::Error::Encode(error.into())),
    }
}

/// The value of this name.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, sqlx::Error> {
    read(Value::String(name.to_owned()))
}

/// A document that we wrote.
fn read<T: DeserializeOwned>(document: Value) -> Result<T, sqlx::Error> {
    serde_json::from_value(document).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A document to keep.
fn written<T: Serialize>(value: &T) -> Result<Value, sqlx::Error> {
    serde_json::to_value(value).map_err(|error| sqlx::Error::Encode(error.into()))
}
