//! Settings: the fields of each function's `Config`, as clap knows them.

use clap::Args;
use service_chassis::settings::{Platform, describe};

use crate::{head, table};

/// The page of all settings.
pub(crate) fn page() -> String {
    let mut page = head("Settings", "the `Config` of each function");
    page.push_str(
        "Every setting is an environment variable; a function says at its start which one is missing or wrong. \
         Secrets are no settings: they lie in SSM ([functions](functions.md)).\n\n",
    );
    section::<Platform>(&mut page, "Every function");
    section::<api_gateway::config::Config>(&mut page, "api-gateway");
    section::<passport::config::Config>(&mut page, "passport");
    section::<personalization::config::Config>(&mut page, "personalization");
    section::<identity::config::Config>(&mut page, "identity");
    section::<fridge::config::Config>(&mut page, "fridge");
    section::<measurement::config::Config>(&mut page, "measurement");
    page.push_str("## brand-analytics\n\nIt has none of its own.\n");
    page
}

fn section<T: Args>(page: &mut String, title: &str) {
    page.push_str("## ");
    page.push_str(title);
    page.push_str("\n\n");
    let rows = describe::<T>().into_iter().map(|(variable, default, help)| {
        let default = default.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
        vec![format!("`{variable}`"), default, help]
    });
    table(page, &["variable", "default", "what it is"], rows);
}
