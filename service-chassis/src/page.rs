//! Lists in pages: `limit` (1 to 200, 50 by default) and an opaque `cursor`.

use std::{fmt::Display, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use shared_contracts::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};

use crate::problem::Problem;

/// The query parameters of a list.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PageQuery {
    limit: Option<String>,
    cursor: Option<String>,
}

/// Which page is asked for: at most `limit` items after the one whose key is `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window<K> {
    /// Items on the page.
    pub limit: i64,
    /// Key of the last item of the page before.
    pub after: Option<K>,
}

impl PageQuery {
    /// The page parameters among others of a query.
    pub fn new(limit: Option<String>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// The page asked for.
    ///
    /// # Errors
    /// 400 when the limit is out of range or the cursor is none of ours.
    pub fn window<K: FromStr>(&self) -> Result<Window<K>, Problem> {
        let limit = match self.limit.as_deref().map(str::parse::<u16>) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => return Err(Problem::bad_request("limit must be a whole number from 1 to 200")),
        };
        let after = match &self.cursor {
            None => None,
            Some(cursor) => Some(
                decode(cursor)
                    .ok_or_else(|| Problem::bad_request("cursor must be the next_cursor of a page"))?,
            ),
        };
        Ok(Window { limit: i64::from(limit), after })
    }
}

impl<K> Window<K> {
    /// How many rows to read: one more than the page holds tells whether there is another.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// The page of the rows that were read, keyed for the cursor by `key`.
    pub fn page<T, C: Display>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> C) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = if more { rows.last() } else { None };
        let next_cursor = last.map(|row| BASE64_URL_SAFE_NO_PAD.encode(key(row).to_string()));
        Page { items: rows, next_cursor }
    }
}

fn decode<K: FromStr>(cursor: &str) -> Option<K> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: &str, cursor: Option<String>) -> PageQuery {
        PageQuery { limit: Some(limit.to_owned()), cursor }
    }

    #[test]
    fn a_cursor_leads_to_the_item_after_the_page() {
        let first: Window<u32> = query("2", None).window().unwrap();
        assert_eq!(first.rows(), 3);
        let page = first.page(vec![9_u32, 8, 7], |item| *item);
        assert_eq!(page.items, [9, 8]);
        let second: Window<u32> = query("2", page.next_cursor).window().unwrap();
        assert_eq!(second.after, Some(8));
        assert_eq!(second.page(vec![7_u32], |item| *item).next_cursor, None);
    }

    #[test]
    fn limits_out_of_range_and_foreign_cursors_are_refused() {
        for limit in ["0", "201", "-1", "many", ""] {
            assert!(query(limit, None).window::<u32>().is_err(), "{limit}");
        }
        assert!(query("2", Some("???".to_owned())).window::<u32>().is_err());
    }
}
