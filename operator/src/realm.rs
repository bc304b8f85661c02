//! `realm apply`: Keycloak's realm as the file says, through its Admin API.
//!
//! A realm that is missing is made. In one that is there, settings and clients become what the file says,
//! roles and users that it names are added, and accounts stay. The realm remembers what was applied, so that
//! the same once more changes nothing.

use std::{fs, io, path::PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    keycloak::{KeycloakError, Realm},
    output::Output,
    settings::KeycloakAdmin,
};

/// The attribute of the realm in which it remembers what was applied.
const APPLIED: &str = "packytrace.applied";
/// What a file of the demo adds to.
const LISTS: [&str; 3] = ["clients", "scopeMappings", "users"];

/// Why the realm is not as the file says.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A file is no realm.
    #[error("{path} is no realm file")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where it is wrong.
        source: serde_json::Error,
    },
    /// The file names a client that Keycloak does not have after all clients are there.
    #[error("Keycloak has no client {0}")]
    NoClient(String),
    /// Keycloak refuses.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// What is asked for.
pub struct Request {
    /// The realm file.
    pub file: PathBuf,
    /// Files whose clients, mappings and users are added: those of the demo.
    pub overlays: Vec<PathBuf>,
    /// `${BASE_URL}` of the files.
    pub base_url: String,
    /// `${IDENTITY_URL}` of the files.
    pub identity_url: String,
}

/// Applies it, and writes one line: what happened, the realm.
pub async fn apply(admin: &KeycloakAdmin, request: &Request, output: &mut Output) -> Result<(), ApplyError> {
    let mut wanted = request.read()?;
    let print = fingerprint(&wanted);
    wanted["attributes"][APPLIED] = print.clone().into();
    let realm = Realm::sign_in(admin).await?;
    let happened = match realm.read("").await? {
        None => {
            realm.make_realm(&wanted).await?;
            "made"
        }
        Some(there) if there["attributes"][APPLIED] == print => "kept",
        Some(there) => {
            Update { realm: &realm, wanted: &wanted }.run(&there).await?;
            "changed"
        }
    };
    Ok(output.line(format_args!("{happened}\t{}", admin.realm))?)
}

fn fingerprint(realm: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, realm.to_string().as_bytes()))
}

impl Request {
    /// The realm with its overlays and addresses.
    fn read(&self) -> Result<Value, ApplyError> {
        let mut realm = read(&self.file)?;
        for overlay in &self.overlays {
            let mut overlay = read(overlay)?;
            for name in LISTS {
                let more = overlay[name].as_array_mut().map(std::mem::take).unwrap_or_default();
                if let Some(list) = realm[name].as_array_mut() {
                    list.extend(more);
                }
            }
        }
        self.fill(&mut realm);
        Ok(realm)
    }

    fn fill(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                *text = text
                    .replace("${BASE_URL}", self.base_url.trim_end_matches('/'))
                    .replace("${IDENTITY_URL}", self.identity_url.trim_end_matches('/'));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.fill(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.fill(value)),
            _ => {}
        }
    }
}

fn read(path: &PathBuf) -> Result<Value, ApplyError> {
    let text = fs::read(path).map_err(|source| ApplyError::Unreadable { path: path.clone(), source })?;
    serde_json::from_slice(&text).map_err(|source| ApplyError::Malformed { path: path.clone(), source })
}

/// A realm that is there on its way to what is wanted.
struct Update<'a> {
    realm: &'a Realm,
    wanted: &'a Value,
}

impl Update<'_> {
    /// A client that is replaced loses its scope and the rights of its service account, so those follow.
    /// That it was applied is remembered last.
    async fn run(&self, there: &Value) -> Result<(), ApplyError> {
        let (users, accounts): (Vec<&Value>, Vec<&Value>) =
            list(self.wanted, "users").partition(|user| user["serviceAccountClientId"].is_null());
        let clients = json!({ "ifResourceExists": "OVERWRITE", "clients": self.wanted["clients"] });
        let people = json!({ "ifResourceExists": "SKIP", "roles": self.wanted["roles"], "users": users });
        self.realm.send(Method::PUT, "", &self.settings(there, None)).await?;
        self.realm.send(Method::POST, "/partialImport", &people).await?;
        self.realm.send(Method::POST, "/partialImport", &clients).await?;
        for mapping in list(self.wanted, "scopeMappings") {
            self.map_scope(mapping).await?;
        }
        for account in accounts {
            self.grant_service_account(account).await?;
        }
        let applied = self.wanted["attributes"][APPLIED].clone();
        Ok(self.realm.send(Method::PUT, "", &self.settings(there, Some(applied))).await?)
    }

    /// The realm's settings. Attributes that Keycloak keeps itself stay.
    fn settings(&self, there: &Value, applied: Option<Value>) -> Value {
        let mut settings: Map<String, Value> = self.wanted.as_object().cloned().unwrap_or_default();
        for part in ["clients", "users", "roles", "scopeMappings", "clientScopeMappings"] {
            settings.remove(part);
        }
        let mut attributes = there["attributes"].clone();
        attributes[APPLIED] = applied.unwrap_or_else(|| "in the middle of it".into());
        settings.insert("attributes".to_owned(), attributes);
        Value::Object(settings)
    }

    /// Tokens of a client may carry these roles of the realm.
    async fn map_scope(&self, mapping: &Value) -> Result<(), ApplyError> {
        let client = self.client_id(&mapping["client"]).await?;
        let roles = self.roles("/roles", &mapping["roles"]).await?;
        Ok(self.realm.send(Method::POST, &format!("/clients/{client}/scope-mappings/realm"), &roles).await?)
    }

    /// The tokens of a client may carry, and its service account has, the client roles that the file names.
    async fn grant_service_account(&self, account: &Value) -> Result<(), ApplyError> {
        let client = self.client_id(&account["serviceAccountClientId"]).await?;
        let user = self.realm.read(&format!("/clients/{client}/service-account-user")).await?;
        let user = user.and_then(|user| user["id"].as_str().map(str::to_owned)).unwrap_or_default();
        for (owner, names) in account["clientRoles"].as_object().into_iter().flatten() {
            let owner = self.client_id(&owner.as_str().into()).await?;
            let roles = self.roles(&format!("/clients/{owner}/roles"), names).await?;
            let scope = format!("/clients/{client}/scope-mappings/clients/{owner}");
            let rights = format!("/users/{user}/role-mappings/clients/{owner}");
            for path in [scope, rights] {
                self.realm.send(Method::POST, &path, &roles).await?;
            }
        }
        Ok(())
    }

    /// Keycloak's own id of a client.
    async fn client_id(&self, name: &Value) -> Result<String, ApplyError> {
        let name = name.as_str().unwrap_or_default();
        let found = self.realm.read(&format!("/clients?clientId={name}")).await?;
        let id = found.and_then(|found| found[0]["id"].as_str().map(str::to_owned));
        id.ok_or_else(|| ApplyError::NoClient(name.to_owned()))
    }

    /// The roles of these names, as Keycloak describes them.
    async fn roles(&self, path: &str, names: &Value) -> Result<Value, ApplyError> {
        let all = self.realm.read(path).await?.unwrap_or_default();
        let wanted = |role: &&Value| names.as_array().is_some_and(|names| names.contains(&role["name"]));
        Ok(all.as_array().into_iter().flatten().filter(wanted).cloned().collect())
    }
}

fn list<'v>(realm: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    realm[name].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(overlays: &[&str]) -> Request {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/keycloak");
        Request {
            file: folder.join("realm-packytrace.json"),
            overlays: overlays.iter().map(|name| folder.join(name)).collect(),
            base_url: "https://example.org/".to_owned(),
            identity_url: "http://identity:8080".to_owned(),
        }
    }

    #[test]
    fn the_realm_gets_our_addresses() {
        let realm = request(&[]).read().unwrap();
        assert!(!realm.to_string().contains("${BASE_URL}") && !realm.to_string().contains("${IDENTITY_URL}"));
        let web = list(&realm, "clients").find(|client| client["clientId"] == "packytrace-web").unwrap();
        assert_eq!(web["redirectUris"], json!(["https://example.org/sign-in/done"]));
    }

    #[test]
    fn only_the_overlay_brings_the_demo() {
        let has_demo =
            |realm: &Value| list(realm, "clients").any(|client| client["clientId"] == "packytrace-test");
        let (plain, demo) = (request(&[]).read().unwrap(), request(&["realm-demo.json"]).read().unwrap());
        assert_eq!((has_demo(&plain), has_demo(&demo)), (false, true));
        assert_ne!(fingerprint(&plain), fingerprint(&demo));
    }
}
