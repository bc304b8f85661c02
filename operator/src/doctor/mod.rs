//! `doctor`: one page that says what is up, what is old and what is wrong.

mod backups;
mod certificate;
mod functions;
mod page;
mod servers;
mod streams;

use std::io;

use service_chassis::{clock::Clock, objects::Objects, runtime::manifest::Manifest};

use crate::{output::Output, settings::Settings};
use page::Page;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// No HTTP client can be made.
    #[error("no HTTP client can be made")]
    Client(#[from] reqwest::Error),
    /// The page could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// What is looked at.
pub struct Patient<'a> {
    /// Names functions, databases, topics, secrets.
    pub manifest: &'a Manifest,
    /// Says where they are.
    pub settings: &'a Settings,
    /// Where backups are.
    pub backups: Option<Objects>,
    /// The public address.
    pub public_url: Option<String>,
    /// The time.
    pub clock: &'a Clock,
}

/// How it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To a person.
    Page,
    /// To a program: one line.
    Json,
}

/// Looks at everything and writes the page. True when nothing is wrong.
pub async fn run(patient: &Patient<'_>, form: Form, output: &mut Output) -> Result<bool, DoctorError> {
    let Patient { manifest, settings, clock, .. } = *patient;
    let known = settings.admin_urls();
    let mut page = Page::default();
    functions::look(manifest, &known, &mut page).await?;
    functions::gateway(&known, &mut page).await?;
    servers::postgres(manifest, settings, &mut page).await;
    servers::kafka(manifest, settings, &mut page).await;
    streams::look(manifest, settings, &mut page).await;
    servers::secrets(manifest, settings, clock.now(), &mut page).await;
    servers::keycloak(settings, &mut page).await?;
    certificate::look(patient.public_url.as_deref(), clock.now(), &mut page).await;
    backups::look(patient.backups.as_ref(), clock.now(), &mut page).await;
    servers::disk(&mut page);
    write(patient, &page, form, output)?;
    Ok(page.wrong() == 0)
}

fn write(patient: &Patient<'_>, page: &Page, form: Form, output: &mut Output) -> io::Result<()> {
    let environment = patient.settings.environment().unwrap_or("not named");
    let (version, now) = (env!("CARGO_PKG_VERSION"), patient.clock.now().format("%Y-%m-%dT%H:%M:%SZ"));
    if form == Form::Json {
        let told = serde_json::json!({
            "version": version, "environment": environment, "time": now.to_string(),
            "wrong": page.wrong(), "findings": page.json(),
        });
        return output.line(told);
    }
    output.line(format_args!("packytrace-ops {version}, environment {environment}, {now}"))?;
    output.line(page)
}
