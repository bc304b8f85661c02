//! Bodies of `openapi/passport.yaml` and `openapi/passport-brand.yaml`: products, product passports,
//! scans, links, recalls.

mod brand;
mod links;
mod product;
mod published;
mod scan;
mod snapshot;

pub use brand::{BrandProduct, BrandRecall, PublisherKey, PublisherKeys, RecallRequest, Warning};
pub use links::{DefaultLink, LinkDocument, LinkEntry, LinkQualifiers, TypedLink};
pub use product::{
    Allergen, Basis, Certificate, Dietary, Ingredient, Nutriment, Packaging, PackagingPart, Presence,
    Product, Quantity, Storage,
};
pub use published::{
    Brand, FactSource, Link, Passport, ProductSummary, Recall, RecallReach, RecallStatus, Standing,
};
pub use scan::{Element, Identifier, Scan, ScanRequest, Weight};
pub use snapshot::ScanSnapshot;
