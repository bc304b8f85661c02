//! The JSON Schemas, embedded: what the chassis holds consumed events to.

/// Every schema with its name, which is the file's name without `.json`; for events the topic.
pub const ALL: [(&str, &str); 19] = [
    ("envelope.v1", include_str!("../schemas/events/envelope.v1.json")),
    ("fridge.entry-reverted.v1", include_str!("../schemas/events/fridge.entry-reverted.v1.json")),
    ("fridge.erasure-completed.v1", include_str!("../schemas/events/fridge.erasure-completed.v1.json")),
    ("fridge.item-added.v1", include_str!("../schemas/events/fridge.item-added.v1.json")),
    ("fridge.item-consumed.v1", include_str!("../schemas/events/fridge.item-consumed.v1.json")),
    ("fridge.item-discarded.v1", include_str!("../schemas/events/fridge.item-discarded.v1.json")),
    ("identity.account-erased.v1", include_str!("../schemas/events/identity.account-erased.v1.json")),
    ("identity.brand-changed.v1", include_str!("../schemas/events/identity.brand-changed.v1.json")),
    ("identity.consent-changed.v1", include_str!("../schemas/events/identity.consent-changed.v1.json")),
    ("identity.visitor-linked.v1", include_str!("../schemas/events/identity.visitor-linked.v1.json")),
    (
        "measurement.brand-metric-batch.v1",
        include_str!("../schemas/events/measurement.brand-metric-batch.v1.json"),
    ),
    (
        "measurement.erasure-completed.v1",
        include_str!("../schemas/events/measurement.erasure-completed.v1.json"),
    ),
    ("passport.erasure-completed.v1", include_str!("../schemas/events/passport.erasure-completed.v1.json")),
    ("passport.product-changed.v1", include_str!("../schemas/events/passport.product-changed.v1.json")),
    ("passport.product-recalled.v1", include_str!("../schemas/events/passport.product-recalled.v1.json")),
    ("passport.product-scanned.v1", include_str!("../schemas/events/passport.product-scanned.v1.json")),
    (
        "personalization.erasure-completed.v1",
        include_str!("../schemas/events/personalization.erasure-completed.v1.json"),
    ),
    ("rule-set.v1", include_str!("../schemas/rule-set.v1.json")),
    ("internal-token.v1", include_str!("../schemas/internal-token.v1.json")),
];

/// The schema of this name; for a topic, that of the `data` of its events.
///
/// Validate with `format` as an assertion: ids, times and dates are described by it.
pub fn schema(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
