//! Why a text is not a valid GS1 code: one kind, the AI, the place and a sentence for a person.

use serde::Serialize;

/// A text that is not a valid GS1 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct CodeError {
    /// The broken rule, as clients see it.
    pub kind: CodeErrorKind,
    /// The Application Identifier (1 to 4 digits as found) whose data is wrong, where one is to blame.
    pub ai: Option<String>,
    /// 0-based byte offset into the input of the first wrong byte, where one place is to blame.
    pub position: Option<usize>,
    /// One sentence for the person who holds the package.
    pub detail: String,
}

/// The broken rule; its serde names are part of the HTTP contract ("Errors of a code").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeErrorKind {
    /// A check digit or check character pair does not match its data.
    InvalidCheckDigit,
    /// Data is shorter or longer than its AI allows.
    InvalidLength,
    /// A character or a coded value that its AI does not allow.
    InvalidCharacter,
    /// A date or time that does not exist.
    InvalidDate,
    /// Digits that are no Application Identifier of the GS1 system.
    UnknownAi,
    /// Digital Link key qualifiers in a wrong order or twice.
    QualifierOrder,
    /// An AI that may not stand here, or not together with another one that is present.
    NotAllowedHere,
    /// An AI without another one that it needs.
    MissingRequired,
    /// The same AI twice with different data.
    DuplicateAi,
    /// A valid GS1 code that names no trade item: the scan endpoint refuses it, the parser does not.
    NoGtin,
    /// Not a form of GS1 code that we read.
    Unreadable,
}

impl CodeErrorKind {
    /// All of them, in the order of the HTTP contract.
    pub const ALL: [Self; 11] = [
        Self::InvalidCheckDigit,
        Self::InvalidLength,
        Self::InvalidCharacter,
        Self::InvalidDate,
        Self::UnknownAi,
        Self::QualifierOrder,
        Self::NotAllowedHere,
        Self::MissingRequired,
        Self::DuplicateAi,
        Self::NoGtin,
        Self::Unreadable,
    ];

    /// The name in the HTTP contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidCheckDigit => "invalid_check_digit",
            Self::InvalidLength => "invalid_length",
            Self::InvalidCharacter => "invalid_character",
            Self::InvalidDate => "invalid_date",
            Self::UnknownAi => "unknown_ai",
            Self::QualifierOrder => "qualifier_order",
            Self::NotAllowedHere => "not_allowed_here",
            Self::MissingRequired => "missing_required",
            Self::DuplicateAi => "duplicate_ai",
            Self::NoGtin => "no_gtin",
            Self::Unreadable => "unreadable",
        }
    }
}

impl CodeError {
    /// A broken rule at a place in the input.
    pub(super) fn at(kind: CodeErrorKind, position: usize, detail: impl Into<String>) -> Self {
        Self { kind, ai: None, position: Some(position), detail: detail.into() }
    }

    /// A broken rule of the input as a whole.
    pub(super) fn whole(kind: CodeErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, ai: None, position: None, detail: detail.into() }
    }

    /// The same error, blaming an AI.
    #[must_use]
    pub(super) fn of_ai(mut self, ai: &str) -> Self {
        self.ai = Some(ai.to_owned());
        self
    }

    /// The same error in a text of which this was a part that starts at `start`.
    pub(super) fn moved(mut self, start: usize) -> Self {
        self.position = self.position.map(|position| position + start);
        self
    }
}
