//! `<service>.erasure-completed.v1`: nothing of a person is left at a service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;

/// One type for each service, since a topic belongs to the service that writes it.
macro_rules! erasure_completed {
    ($name:ident, $service:literal) => {
        #[doc = concat!("Nothing of a person is left at ", $service, ".")]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// As in `identity.account-erased.v1`.
            pub account_id: Uuid,
            /// When the last row was gone, by the service's clock.
            pub completed_at: DateTime<Utc>,
        }

        impl Fact for $name {
            const TYPE: &'static str = concat!("packytrace.", $service, ".ErasureCompleted.v1");
            const TOPIC: &'static str = concat!($service, ".erasure-completed.v1");
            const SOURCE: &'static str = $service;
            const DATASCHEMA: &'static str =
                concat!("urn:packytrace:schema:", $service, ".erasure-completed.v1");

            fn key(&self) -> String {
                self.account_id.to_string()
            }
        }
    };
}

erasure_completed!(FridgeErasureCompleted, "fridge");
erasure_completed!(MeasurementErasureCompleted, "measurement");
erasure_completed!(PassportErasureCompleted, "passport");
erasure_completed!(PersonalizationErasureCompleted, "personalization");
