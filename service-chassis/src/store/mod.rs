//! Who is logged in, and the SQL of the shapes that every service with data has in its own schema: `outbox`,
//! `idempotency_keys` and `processed_events`. The tables belong to the services, whose migrations make them; the
//! schema's name is the only thing that differs, so it is put into the text once, checked.

pub mod idempotency;
pub mod login;
pub mod outbox;
pub mod processed;

/// A schema's name, made of letters and underscores only, so that it may stand in SQL.
#[derive(Clone, Copy, Debug)]
pub struct Schema(&'static str);

impl Schema {
    /// The schema of this name.
    ///
    /// # Errors
    /// The name, when it has anything but lower-case letters and underscores in it.
    pub fn new(name: &'static str) -> Result<Self, &'static str> {
        let well_formed = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if well_formed { Ok(Self(name)) } else { Err(name) }
    }

    /// `text` with `{schema}` replaced by the name.
    fn sql(self, text: &str) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(text.replace("{schema}", self.0))
    }

    /// The name.
    pub fn name(self) -> &'static str {
        self.0
    }
}
