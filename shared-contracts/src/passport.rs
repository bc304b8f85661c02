//! Bodies of `openapi/passport.yaml`: products, product passports, scans, links.

mod links;
mod product;
mod published;
mod scan;

pub use links::{DefaultLink, LinkDocument, LinkEntry, LinkQualifiers, TypedLink};
pub use product::{
    Allergen, Basis, Certificate, Dietary, Ingredient, Nutriment, Packaging, PackagingPart, Presence,
    Product, Quantity, Storage,
};
pub use published::{Brand, FactSource, Link, Passport, ProductSummary, Recall, RecallStatus, Standing};
pub use scan::{Element, Identifier, Scan, ScanRequest, Weight};
