//! `secrets init`: every secret of the manifest that has no current version yet.

use serde::{Serialize, de::DeserializeOwned};
use service_chassis::{
    caller::{KeySet, SigningKey},
    runtime::manifest::{Function, Manifest},
};
use sqlx::PgConnection;

use super::{
    Parameters, SecretsError,
    parameters::Prepared,
    shapes::{ClientKeys, KeyRing, Login, PseudonymKey, VapidKey, key_id, logins_of},
};
use crate::{
    output::Output,
    postgres,
    scram::{self, random},
    store::roles,
};

/// Where bootstrap.sql keeps the function that sets verifiers.
const ADMIN_DATABASE: &str = "packytrace";
/// Public keys in a set at most: the current one, and the one before or after it.
const MOST_KEYS: usize = 2;

/// Makes what is missing, keeps what is there, and sets the passwords of Postgres's logins each time,
/// so that a new Postgres gets them too. One line for each secret: what happened, version, path.
pub async fn run(
    manifest: &Manifest,
    parameters: &Parameters,
    postgres_admin_url: &str,
    output: &mut Output,
) -> Result<(), SecretsError> {
    let mut conn = postgres::connect(postgres_admin_url, ADMIN_DATABASE).await?;
    let mut init = Init { parameters, conn: &mut conn, output };
    for function in &manifest.functions {
        for name in &function.secrets {
            init.secret(function, name).await?;
        }
    }
    Ok(())
}

struct Init<'a> {
    parameters: &'a Parameters,
    conn: &'a mut PgConnection,
    output: &'a mut Output,
}

impl Init<'_> {
    async fn secret(&mut self, function: &Function, name: &str) -> Result<(), SecretsError> {
        let path = self.parameters.path(&function.name, name);
        match name {
            "database" => self.database(function, path).await,
            "kafka" => self.kafka(function, path).await,
            "internal-key" => self.internal_key(function, path).await,
            "visitor-keys" | "profile-keys" | "export-keys" => {
                self.sound(path, || Ok(KeyRing::generate()?), KeyRing::is_sound).await
            }
            "keycloak-client" => self.sound(path, ClientKeys::generate, ClientKeys::is_sound).await,
            "signing-key" => self.sound(path, signing_key, |key| key.public().is_ok()).await,
            "vapid-key" => self.sound(path, VapidKey::generate, VapidKey::is_sound).await,
            "pseudonym-key" => {
                self.sound(path, || Ok(PseudonymKey::generate()?), PseudonymKey::is_sound).await
            }
            _ => Err(SecretsError::Unknown { function: function.name.clone(), name: name.to_owned() }),
        }
    }

    async fn database(&mut self, function: &Function, path: String) -> Result<(), SecretsError> {
        let unknown =
            || SecretsError::Unknown { function: function.name.clone(), name: "database".to_owned() };
        let role = &function.database.as_ref().ok_or_else(unknown)?.role;
        let [first, second] = ["a", "b"].map(|turn| format!("{role}_{turn}"));
        let prepared = self.parameters.prepare(path, || Ok(Login::generate(first.clone())?)).await?;
        let login: Login = prepared.parameter.json(&prepared.path)?;
        if login.username != first && login.username != second {
            return Err(SecretsError::Malformed(prepared.path));
        }
        let verifier = scram::postgres_verifier(&login.password, &random::<16>()?);
        roles::set_login_verifier(self.conn, &login.username, &verifier)
            .await
            .map_err(|source| SecretsError::Verifier { login: login.username.clone(), source })?;
        self.finish(&prepared).await
    }

    async fn kafka(&mut self, function: &Function, path: String) -> Result<(), SecretsError> {
        let [first, second] = logins_of(&function.name);
        let prepared = self.parameters.prepare(path, || Ok(Login::generate(first.clone())?)).await?;
        let login: Login = prepared.parameter.json(&prepared.path)?;
        if login.username != first && login.username != second {
            return Err(SecretsError::Malformed(prepared.path));
        }
        self.finish(&prepared).await
    }

    /// A secret that nobody but its function knows.
    async fn sound<T: Serialize + DeserializeOwned>(
        &mut self,
        path: String,
        make: impl FnOnce() -> Result<T, SecretsError>,
        is_sound: impl FnOnce(&T) -> bool,
    ) -> Result<(), SecretsError> {
        let prepared = self.parameters.prepare(path, make).await?;
        if !is_sound(&prepared.parameter.json(&prepared.path)?) {
            return Err(SecretsError::Malformed(prepared.path));
        }
        self.finish(&prepared).await
    }

    /// The public half is published before the private one counts, so that no token is signed by a
    /// key that nobody knows.
    async fn internal_key(&mut self, function: &Function, path: String) -> Result<(), SecretsError> {
        let make = || {
            SigningKey::generate(format!("{}-{}", function.name, key_id()?)).map_err(|_| SecretsError::Key)
        };
        let private = self.parameters.prepare(path, make).await?;
        let key: SigningKey = private.parameter.json(&private.path)?;
        self.publish(function, &key).await?;
        self.finish(&private).await
    }

    async fn publish(&mut self, function: &Function, key: &SigningKey) -> Result<(), SecretsError> {
        let public = key.public().map_err(|_| SecretsError::Key)?;
        let path = self.parameters.public_keys_path(&function.name);
        let make = || Ok(KeySet { keys: vec![public.clone()] });
        let prepared = self.parameters.prepare(path, make).await?;
        let mut set: KeySet = prepared.parameter.json(&prepared.path)?;
        if set.keys.contains(&public) {
            return self.finish(&prepared).await;
        }
        set.keys.insert(0, public);
        set.keys.truncate(MOST_KEYS);
        let parameter = self.parameters.write(&prepared.path, &set).await?;
        self.finish(&Prepared { parameter, is_current: false, ..prepared }).await
    }

    async fn finish(&mut self, prepared: &Prepared) -> Result<(), SecretsError> {
        self.parameters.finish(prepared).await?;
        let happened = if prepared.is_current { "kept" } else { "made" };
        Ok(self
            .output
            .line(format_args!("{happened}\tv{}\t{}", prepared.parameter.version, prepared.path))?)
    }
}

/// A key that signs revisions of passports.
fn signing_key() -> Result<SigningKey, SecretsError> {
    SigningKey::generate(format!("passport-{}", key_id()?)).map_err(|_| SecretsError::Key)
}
