//! `doctor`: one page that says what is up, what is old and what is wrong.

mod functions;
mod page;
mod servers;

use std::{collections::BTreeMap, io};

use service_chassis::{clock::Clock, runtime::manifest::Manifest};

use crate::{output::Output, settings::Settings};
use page::Page;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// `--function` is not `NAME=URL`.
    #[error("--function takes NAME=URL, such as passport=http://127.0.0.1:8202, not {0:?}")]
    Function(String),
    /// No HTTP client can be made.
    #[error("no HTTP client can be made")]
    Client(#[from] reqwest::Error),
    /// The page could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Looks at everything and writes the page. True when nothing is wrong.
pub async fn run(
    manifest: &Manifest,
    settings: &Settings,
    addresses: &[String],
    clock: &Clock,
    output: &mut Output,
) -> Result<bool, DoctorError> {
    let mut known = settings.admin_urls();
    known.extend(named(addresses)?);
    output.line(format_args!(
        "packytrace-ops {}, environment {}, {}",
        env!("CARGO_PKG_VERSION"),
        settings.environment().unwrap_or("not named"),
        clock.now().format("%Y-%m-%dT%H:%M:%SZ")
    ))?;

    let mut page = Page::default();
    functions::look(manifest, &known, &mut page).await?;
    servers::postgres(manifest, settings, &mut page).await;
    servers::kafka(manifest, settings, &mut page).await;
    servers::secrets(manifest, settings, clock.now(), &mut page).await;
    servers::keycloak(settings, &mut page).await?;
    servers::disk(&mut page);
    page.write(output)?;
    Ok(page.wrong() == 0)
}

fn named(addresses: &[String]) -> Result<BTreeMap<String, String>, DoctorError> {
    let pair = |address: &String| {
        let (name, url) = address.split_once('=').ok_or_else(|| DoctorError::Function(address.clone()))?;
        Ok((name.to_owned(), url.to_owned()))
    };
    addresses.iter().map(pair).collect()
}
