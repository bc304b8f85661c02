//! `admin create`, `account adopt`: accounts that nobody registers for in the app.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use identity::{domain::registration, store};
use service_chassis::{clock::Clock, runtime::manifest::Manifest};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    keycloak::{KeycloakError, Realm},
    output::Output,
    postgres::{self, PostgresError},
    scram::{ScramError, random},
    settings::{Settings, SettingsError},
};

/// The realm role of those who may make brands.
const ADMIN: &str = "platform-admin";

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The manifest has no database of identity.
    #[error("the manifest names no database of identity")]
    NoDatabase,
    /// Something that the command needs is not said.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Keycloak refuses.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// No address.
    #[error("{0}")]
    Email(&'static str),
    /// Keycloak knows nobody with this address.
    #[error("Keycloak knows nobody with the address {0}")]
    Unknown(String),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] ScramError),
    /// Postgres refuses.
    #[error("the account cannot be written")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Keycloak's users and identity's accounts, which have the same ids.
pub struct People {
    realm: Realm,
    conn: PgConnection,
}

impl People {
    /// Signs in at both.
    pub async fn connect(manifest: &Manifest, settings: &Settings) -> Result<Self, AccountsError> {
        let described = manifest.function("identity").map_err(|_| AccountsError::NoDatabase)?;
        let database = described.database.as_ref().ok_or(AccountsError::NoDatabase)?;
        let realm = Realm::sign_in(&settings.keycloak_admin()?).await?;
        let admin_url = settings.postgres_admin_url()?;
        Ok(Self { realm, conn: postgres::connect_as(admin_url, &database.database, &database.role).await? })
    }

    /// Gives an account to somebody whom Keycloak knows.
    pub async fn adopt(
        &mut self,
        email: &str,
        clock: &Clock,
        output: &mut Output,
    ) -> Result<(), AccountsError> {
        let email = registration::email(email).map_err(AccountsError::Email)?;
        let user = self.realm.find(&email).await?.ok_or(AccountsError::Unknown(email))?;
        self.write(user, clock, output).await
    }

    /// Makes an administrator of somebody, known to Keycloak or not.
    pub async fn make_admin(
        &mut self,
        email: &str,
        clock: &Clock,
        output: &mut Output,
    ) -> Result<(), AccountsError> {
        let email = registration::email(email).map_err(AccountsError::Email)?;
        let user = if let Some(user) = self.realm.find(&email).await? {
            user
        } else {
            let password = BASE64_URL_SAFE_NO_PAD.encode(random::<18>()?);
            let user = self.realm.make(&email, &password).await?;
            output.line(format_args!("password\t{password}"))?;
            output.tell("It is shown this once, and must be changed at the first sign-in.")?;
            user
        };
        self.realm.grant(user, ADMIN).await?;
        self.write(user, clock, output).await
    }

    async fn write(&mut self, user: Uuid, clock: &Clock, output: &mut Output) -> Result<(), AccountsError> {
        let account = store::accounts::AccountRow::plain(user, clock.now());
        let made = store::accounts::insert(&mut self.conn, &account).await?;
        Ok(output.line(format_args!("{}\t{user}", if made { "made" } else { "kept" }))?)
    }
}
