//! What fridge announces: items that came and went, and what was taken back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;

/// One type for each thing that can happen to an item: they differ by their names only.
macro_rules! of_an_item {
    ($name:ident, $fact:literal, $topic:literal, $about:literal) => {
        #[doc = $about]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The item.
            pub item_id: Uuid,
            /// Who did it: in a shared fridge each person's own account.
            pub account_id: Uuid,
            /// 14 digits; absent for food without a code.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub gtin: Option<String>,
            /// The brand whose product it is, where one has it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub brand_id: Option<Uuid>,
            /// When, by fridge's clock.
            pub happened_at: DateTime<Utc>,
        }

        impl Fact for $name {
            const TYPE: &'static str = concat!("packytrace.fridge.", $fact, ".v1");
            const TOPIC: &'static str = concat!("fridge.", $topic, ".v1");
            const SOURCE: &'static str = "fridge";
            const DATASCHEMA: &'static str = concat!("urn:packytrace:schema:fridge.", $topic, ".v1");

            fn key(&self) -> String {
                self.account_id.to_string()
            }
        }
    };
}

of_an_item!(ItemAddedToFridge, "ItemAddedToFridge", "item-added", "Somebody put something into a fridge.");
of_an_item!(ItemConsumed, "ItemConsumed", "item-consumed", "Somebody ate an item or a part of it.");
of_an_item!(ItemDiscarded, "ItemDiscarded", "item-discarded", "Somebody threw an item or a part of it away.");

/// Somebody took back what an earlier event announced: a wrong tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryReverted {
    /// The item.
    pub item_id: Uuid,
    /// `id` of the event that is taken back.
    pub reverts_event_id: Uuid,
    /// When, by fridge's clock.
    pub happened_at: DateTime<Utc>,
}

impl Fact for EntryReverted {
    const TYPE: &'static str = "packytrace.fridge.EntryReverted.v1";
    const TOPIC: &'static str = "fridge.entry-reverted.v1";
    const SOURCE: &'static str = "fridge";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:fridge.entry-reverted.v1";

    /// The item: nobody is named.
    fn key(&self) -> String {
        self.item_id.to_string()
    }
}
