//! Bodies of `openapi/passport.yaml` and `openapi/passport-brand.yaml`: products, product passports,
//! scans, verdicts, links, recalls.

mod brand;
mod links;
mod product;
mod published;
mod scan;
mod snapshot;
mod verdict;

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
pub use verdict::{
    FactRef, Judgement, MemberVerdict, Message, Outcome, Reason, ReasonClass, RuleSetRef, Verdict,
};
