//! How the manifest's notations become types: `10s`, `GET /path`, `Europe/Berlin`.

use std::fmt;
use std::time::Duration;

use chrono_tz::Tz;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Call, Function};

pub(super) fn default_batch_size() -> u32 {
    100
}

pub(super) fn default_window() -> Duration {
    Duration::from_millis(500)
}

pub(super) fn default_kafka_timeout() -> Duration {
    Duration::from_secs(30)
}

pub(super) fn default_retries() -> u32 {
    10
}

pub(super) fn utc() -> Tz {
    Tz::UTC
}

/// A whole number and `ms`, `s`, `m` or `h`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        "h" => Some(Duration::from_secs(number.checked_mul(3600)?)),
        _ => None,
    }
}

pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text)
        .ok_or_else(|| D::Error::custom(format!("{text:?} is no duration: write 500ms, 10s, 5m, 1h")))
}

pub(super) fn optional_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

pub(super) fn timezone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(|_| D::Error::custom(format!("{name:?} is no IANA time zone")))
}

/// The `functions` mapping as a list in the file's order, each entry knowing its name.
pub(super) fn named_functions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Function>, D::Error> {
    struct Functions;

    impl<'de> Visitor<'de> for Functions {
        type Value = Vec<Function>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("functions by their names")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut functions: Vec<Function> = Vec::new();
            while let Some((name, mut function)) = map.next_entry::<String, Function>()? {
                if functions.iter().any(|known| known.name == name) {
                    return Err(M::Error::custom(format!("{name:?} is described twice")));
                }
                function.name = name;
                functions.push(function);
            }
            Ok(functions)
        }
    }

    deserializer.deserialize_map(Functions)
}

impl TryFrom<String> for Call {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "public" {
            return Ok(Self::Public);
        }
        let route = text.split_once(' ').filter(|(_, path)| path.starts_with("/internal/"));
        let Some((method, path)) = route else {
            return Err(format!("{text:?} is neither `public` nor `METHOD /internal/…`"));
        };
        let method = method.parse().map_err(|_| format!("{method:?} is no HTTP method"))?;
        Ok(Self::Route { method, path: path.to_owned() })
    }
}
