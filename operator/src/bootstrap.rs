//! `bootstrap`: what `make up` does to a new Postgres by itself: databases, roles and schemas, the
//! password of Keycloak's login, then every secret of the functions.

use std::{io, path::Path};

use service_chassis::runtime::manifest::Manifest;
use tokio::process::Command;
use url::Url;

use crate::{
    output::Output,
    postgres::{self, PostgresError},
    scram::{self, ScramError, random},
    secrets::{self, Parameters, SecretsError, Servers},
    settings::{Settings, SettingsError},
    store::roles,
};

/// Where bootstrap.sql keeps the function that sets verifiers.
const ADMIN_DATABASE: &str = "packytrace";

/// Why Postgres is not what the functions need.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// Something that the command needs is not said.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// psql cannot be started.
    #[error("psql cannot be started")]
    NoPsql(#[source] io::Error),
    /// psql said why on standard error.
    #[error("psql did not get through {script}")]
    Script {
        /// The script.
        script: String,
    },
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] ScramError),
    /// Postgres refuses.
    #[error("Postgres did not take the password of Keycloak's login")]
    Verifier(#[from] sqlx::Error),
    /// A secret is not in its place.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Runs `script` with psql, whose commands it uses, and sets every password. As often as one likes.
pub async fn run(
    manifest: &Manifest,
    settings: &Settings,
    script: &Path,
    output: &mut Output,
) -> Result<(), BootstrapError> {
    let admin_url = settings.postgres_admin_url()?;
    psql(admin_url, &settings.pgpass()?, script).await?;
    output.line(format_args!("applied\t{}", script.display()))?;
    let parameters = settings.parameters().await?;
    keycloak_login(admin_url, &parameters).await?;
    secrets::init(manifest, &parameters, admin_url, output).await?;
    Ok(())
}

/// The password travels in a file: command lines and variables are for others to read.
async fn psql(admin_url: &str, pgpass: &Path, script: &Path) -> Result<(), BootstrapError> {
    let address = Url::parse(admin_url).map_err(|_| PostgresError::Address)?;
    let status = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=postgres", "--output=/dev/null"])
        .arg(format!("--host={}", address.host_str().unwrap_or_default()))
        .arg(format!("--port={}", address.port().unwrap_or(5432)))
        .arg(format!("--username={}", address.username()))
        .arg("--file")
        .arg(script)
        .env("PGPASSFILE", pgpass)
        .status()
        .await
        .map_err(BootstrapError::NoPsql)?;
    if status.success() {
        Ok(())
    } else {
        Err(BootstrapError::Script { script: script.display().to_string() })
    }
}

async fn keycloak_login(admin_url: &str, parameters: &Parameters) -> Result<(), BootstrapError> {
    let login = Servers::of(parameters).await?.keycloak_database;
    let mut conn = postgres::connect(admin_url, ADMIN_DATABASE).await?;
    let verifier = scram::postgres_verifier(&login.password, &random::<16>()?);
    Ok(roles::set_login_verifier(&mut conn, &login.username, &verifier).await?)
}
