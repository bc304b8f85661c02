//! Bodies of `openapi/passport.yaml`: products, product passports, scans, verdicts.

mod product;
mod published;
mod scan;
mod verdict;

pub use product::{
    Allergen, Basis, Certificate, Dietary, Ingredient, Nutriment, Packaging, PackagingPart, Presence,
    Product, Quantity, Storage,
};
pub use published::{Brand, FactSource, Link, Passport, ProductSummary, Recall, RecallStatus, Standing};
pub use scan::{Element, Identifier, Scan, ScanRequest, Weight};
pub use verdict::{
    FactRef, Judgement, MemberVerdict, Message, Outcome, Reason, ReasonClass, RuleSetRef, Verdict,
};
