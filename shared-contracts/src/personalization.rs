//! Bodies of `openapi/personalization.yaml` and `openapi/verdict.yaml`: Health Profiles, verdicts,
//! and what Passport asks with.

mod profile;
mod verdict;

pub use profile::{
    AllergenCode, AvoidedAllergen, Condition, Diet, HealthProfile, KeptProfile, LimitBasis, LimitedNutrient,
    NutrientLimit, Sensitivity,
};
pub use verdict::{
    FactRef, Judgement, MemberVerdict, Message, Outcome, Reason, ReasonClass, RuleSetRef, RuleSetSummary,
    Verdict, VerdictRequest,
};
