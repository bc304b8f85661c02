//! Where the tool works: from flags, the environment, or the file that `make up` writes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ssm::config::Credentials;
use clap::Args;
use serde::Deserialize;

use crate::secrets::Parameters;

/// Where `make up` leaves its addresses, from the root of the checkout.
const LOCAL_ENDPOINTS: &str = ".local/endpoints.json";
/// The name of the environment that `make up` makes.
const LOCAL_ENVIRONMENT: &str = "local";
/// The region of the SSM endpoint of `make up`, which checks no credentials.
const LOCAL_REGION: &str = "eu-central-1";

/// Kafka's super user, where nobody names another.
pub const KAFKA_ADMIN: &str = "admin";

/// The files in the folder of `PACKYTRACE_CREDENTIALS`.
pub mod credentials {
    /// Postgres as the operator, with the password.
    pub const POSTGRES_ADMIN_URL: &str = "postgres-admin-url";
    /// The same for programs of Postgres (`PGPASSFILE`).
    pub const PGPASS: &str = "pgpass";
    /// The password of Kafka's super user.
    pub const KAFKA_ADMIN_PASSWORD: &str = "kafka-admin-password";
    /// The password of Keycloak's administrator.
    pub const KEYCLOAK_ADMIN_PASSWORD: &str = "keycloak-admin-password";
}

/// Flags and variables that every command understands. AWS's own variables (`AWS_REGION`,
/// `AWS_ENDPOINT_URL_SSM`, `AWS_PROFILE`, …) count as everywhere.
#[derive(Args, Clone, Default)]
pub struct Flags {
    /// Name of the environment: the second part of every SSM path.
    #[arg(long, env = "PACKYTRACE_ENV", global = true, help_heading = "Where")]
    pub environment: Option<String>,

    /// The file that `make up` writes. Without an environment, .local/endpoints.json is read if it is
    /// there: then the tool works on this checkout's own stack.
    #[arg(long, env = "PACKYTRACE_ENDPOINTS", global = true, help_heading = "Where", value_name = "FILE")]
    pub endpoints: Option<PathBuf>,

    /// Private addresses of functions, NAME=URL; once for each instance, or joined by commas.
    #[arg(
        long = "admin-url",
        env = "FUNCTION_ADMIN_URLS",
        global = true,
        help_heading = "Where",
        value_name = "NAME=URL",
        value_delimiter = ',',
        value_parser = name_and_url
    )]
    pub admin_urls: Vec<(String, String)>,

    /// A folder of files that `secrets render` writes: postgres-admin-url, kafka-admin-password,
    /// keycloak-admin-password. They say what no flag and no variable says.
    #[arg(
        long,
        env = "PACKYTRACE_CREDENTIALS",
        global = true,
        help_heading = "Where",
        value_name = "FOLDER"
    )]
    pub credentials: Option<PathBuf>,

    /// Postgres as the operator: `postgres://user:password@host:5432/postgres`.
    #[arg(
        long,
        env = "POSTGRES_ADMIN_URL",
        global = true,
        help_heading = "Where",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub postgres_admin_url: Option<String>,

    /// A file to which a line is added for each command that changed something, or failed to.
    #[arg(long, env = "AUDIT_LOG", global = true, help_heading = "Where", value_name = "FILE")]
    pub audit_log: Option<PathBuf>,

    /// Kafka brokers, host:port joined by commas.
    #[arg(long, env = "KAFKA_BOOTSTRAP", global = true, help_heading = "Where", value_name = "ADDRESSES")]
    pub kafka_bootstrap: Option<String>,

    /// Kafka super user.
    #[arg(long, env = "KAFKA_ADMIN_USERNAME", global = true, help_heading = "Where", value_name = "NAME")]
    pub kafka_admin_username: Option<String>,

    /// Its password. Better in the environment than on a command line, which others can read.
    #[arg(
        long,
        env = "KAFKA_ADMIN_PASSWORD",
        global = true,
        help_heading = "Where",
        hide_env_values = true,
        value_name = "PASSWORD"
    )]
    pub kafka_admin_password: Option<String>,

    /// `sasl_plaintext` inside a private network, `sasl_ssl` beyond it.
    #[arg(
        long,
        env = "KAFKA_SECURITY_PROTOCOL",
        global = true,
        help_heading = "Where",
        default_value = "sasl_plaintext",
        value_name = "PROTOCOL"
    )]
    pub kafka_security_protocol: String,

    /// Keycloak with its path, such as `https://example.org/auth`.
    #[arg(long, env = "KEYCLOAK_URL", global = true, help_heading = "Where", value_name = "URL")]
    pub keycloak_url: Option<String>,

    /// Keycloak's administrator in the master realm.
    #[arg(
        long,
        env = "KEYCLOAK_ADMIN_USERNAME",
        global = true,
        help_heading = "Where",
        default_value = "admin",
        value_name = "NAME"
    )]
    pub keycloak_admin_username: String,

    /// Its password. Better in the environment than on a command line, which others can read.
    #[arg(
        long,
        env = "KEYCLOAK_ADMIN_PASSWORD",
        global = true,
        help_heading = "Where",
        hide_env_values = true,
        value_name = "PASSWORD"
    )]
    pub keycloak_admin_password: Option<String>,
}

/// Why the tool does not know where to work.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Something that the command needs is not said.
    #[error("{0} is not set (packytrace-ops --help names every setting)")]
    Missing(&'static str),
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is not what `make up` writes.
    #[error("{path} is not a file of `make up`")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where it is wrong.
        source: serde_json::Error,
    },
}

/// What `make up` writes for programs, as far as this tool reads it.
#[derive(Deserialize)]
struct Endpoints {
    keycloak_url: String,
    realm: String,
    kafka: KafkaEndpoint,
    postgres_admin_url: String,
    ssm_endpoint: String,
    functions: BTreeMap<String, FunctionEndpoint>,
}

#[derive(Deserialize)]
struct KafkaEndpoint {
    bootstrap: String,
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct FunctionEndpoint {
    admin_url: String,
}

/// The super user of a broker.
#[derive(Clone)]
pub struct KafkaAdmin {
    /// Brokers, `host:port` joined by commas.
    pub bootstrap: String,
    /// `sasl_plaintext` or `sasl_ssl`.
    pub protocol: String,
    /// SCRAM user.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// The administrator of a Keycloak.
#[derive(Clone)]
pub struct KeycloakAdmin {
    /// Address with its path, without a slash at its end.
    pub url: String,
    /// Our realm.
    pub realm: String,
    /// User of the master realm.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// Where the tool works.
pub struct Settings {
    flags: Flags,
    endpoints: Option<Endpoints>,
}

impl Settings {
    /// Puts the file beside the flags, where one is named or the flags name no environment.
    pub fn read(mut flags: Flags) -> Result<Self, SettingsError> {
        flags.read_credentials()?;
        let endpoints = match (&flags.endpoints, &flags.environment) {
            (Some(path), _) => Some(Endpoints::read(path)?),
            (None, None) if Path::new(LOCAL_ENDPOINTS).exists() => {
                Some(Endpoints::read(Path::new(LOCAL_ENDPOINTS))?)
            }
            _ => None,
        };
        Ok(Self { flags, endpoints })
    }

    /// The name of the environment.
    pub fn environment(&self) -> Result<&str, SettingsError> {
        let local = self.endpoints.as_ref().map(|_| LOCAL_ENVIRONMENT);
        self.flags.environment.as_deref().or(local).ok_or(SettingsError::Missing("PACKYTRACE_ENV"))
    }

    /// Postgres as the operator.
    pub fn postgres_admin_url(&self) -> Result<&str, SettingsError> {
        let local = self.endpoints.as_ref().map(|endpoints| endpoints.postgres_admin_url.as_str());
        self.flags.postgres_admin_url.as_deref().or(local).ok_or(SettingsError::Missing("POSTGRES_ADMIN_URL"))
    }

    /// The file with Postgres's password for programs of Postgres.
    pub fn pgpass(&self) -> Result<PathBuf, SettingsError> {
        let folder = self.flags.credentials.as_ref();
        Ok(folder.ok_or(SettingsError::Missing("PACKYTRACE_CREDENTIALS"))?.join(credentials::PGPASS))
    }

    /// Kafka as its super user.
    pub fn kafka(&self) -> Result<KafkaAdmin, SettingsError> {
        let local = self.endpoints.as_ref().map(|endpoints| &endpoints.kafka);
        let choose = |flag: &Option<String>, local: Option<&String>, name| {
            flag.as_ref().or(local).cloned().ok_or(SettingsError::Missing(name))
        };
        Ok(KafkaAdmin {
            bootstrap: choose(&self.flags.kafka_bootstrap, local.map(|k| &k.bootstrap), "KAFKA_BOOTSTRAP")?,
            protocol: self.flags.kafka_security_protocol.clone(),
            username: choose(
                &self.flags.kafka_admin_username,
                local.map(|k| &k.username),
                "KAFKA_ADMIN_USERNAME",
            )?,
            password: choose(
                &self.flags.kafka_admin_password,
                local.map(|k| &k.password),
                "KAFKA_ADMIN_PASSWORD",
            )?,
        })
    }

    /// Keycloak's address, if one is known.
    pub fn keycloak_url(&self) -> Result<&str, SettingsError> {
        let local = self.endpoints.as_ref().map(|endpoints| endpoints.keycloak_url.as_str());
        self.flags.keycloak_url.as_deref().or(local).ok_or(SettingsError::Missing("KEYCLOAK_URL"))
    }

    /// Keycloak as its administrator.
    pub fn keycloak_admin(&self) -> Result<KeycloakAdmin, SettingsError> {
        let password = self.flags.keycloak_admin_password.clone();
        Ok(KeycloakAdmin {
            url: self.keycloak_url()?.trim_end_matches('/').to_owned(),
            realm: self.realm().to_owned(),
            username: self.flags.keycloak_admin_username.clone(),
            password: password.ok_or(SettingsError::Missing("KEYCLOAK_ADMIN_PASSWORD"))?,
        })
    }

    /// The realm.
    pub fn realm(&self) -> &str {
        self.endpoints.as_ref().map_or("packytrace", |endpoints| &endpoints.realm)
    }

    /// Private addresses of every instance, by function: those that flags name, else those of the file.
    pub fn instances(&self) -> BTreeMap<String, Vec<String>> {
        let of_file = self.endpoints.iter().flat_map(|endpoints| &endpoints.functions);
        let of_file = of_file.map(|(name, function)| (name.clone(), function.admin_url.clone()));
        let named = match self.flags.admin_urls.clone() {
            none if none.is_empty() => of_file.collect(),
            named => named,
        };
        let mut instances: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, url) in named {
            instances.entry(name).or_default().push(url);
        }
        instances
    }

    /// One private address of each function, for health and readiness.
    pub fn admin_urls(&self) -> BTreeMap<String, String> {
        let instances = self.instances().into_iter();
        instances.filter_map(|(name, urls)| Some((name, urls.into_iter().next()?))).collect()
    }

    /// The parameter store.
    pub async fn parameters(&self) -> Result<Parameters, SettingsError> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(endpoints) = &self.endpoints {
            loader = loader
                .endpoint_url(&endpoints.ssm_endpoint)
                .region(Region::new(LOCAL_REGION))
                .credentials_provider(Credentials::new("local", "local", None, None, LOCAL_ENDPOINTS));
        }
        let client = aws_sdk_ssm::Client::new(&loader.load().await);
        Ok(Parameters::new(client, self.environment()?))
    }
}

fn name_and_url(pair: &str) -> Result<(String, String), String> {
    let (name, url) =
        pair.split_once('=').ok_or("it is not NAME=URL, such as passport=http://127.0.0.1:8202")?;
    Ok((name.to_owned(), url.to_owned()))
}

impl Flags {
    fn read_credentials(&mut self) -> Result<(), SettingsError> {
        let Some(folder) = self.credentials.clone() else { return Ok(()) };
        for (setting, name) in [
            (&mut self.postgres_admin_url, credentials::POSTGRES_ADMIN_URL),
            (&mut self.kafka_admin_password, credentials::KAFKA_ADMIN_PASSWORD),
            (&mut self.keycloak_admin_password, credentials::KEYCLOAK_ADMIN_PASSWORD),
        ] {
            let path = folder.join(name);
            if setting.is_none() && path.exists() {
                let text = fs::read_to_string(&path);
                *setting = Some(text.map_err(|source| SettingsError::Unreadable { path, source })?);
            }
        }
        if self.kafka_admin_password.is_some() && self.kafka_admin_username.is_none() {
            self.kafka_admin_username = Some(KAFKA_ADMIN.to_owned());
        }
        Ok(())
    }
}

impl Endpoints {
    fn read(path: &Path) -> Result<Self, SettingsError> {
        let text =
            fs::read(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        serde_json::from_slice(&text)
            .map_err(|source| SettingsError::Malformed { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
        "base_url": "http://localhost:8080", "keycloak_url": "http://localhost:8080/auth", "realm": "packytrace",
        "kafka": {"bootstrap": "127.0.0.1:8492", "mechanism": "SCRAM-SHA-512", "username": "admin", "password": "p"},
        "postgres_admin_url": "postgres://postgres:p@127.0.0.1:8432/postgres", "ssm_endpoint": "http://127.0.0.1:8466",
        "functions": {"passport": {"url": "http://127.0.0.1:8102", "admin_url": "http://127.0.0.1:8202"}}
    }"#;

    fn settings(flags: Flags) -> Settings {
        Settings { flags, endpoints: Some(serde_json::from_str(FILE).unwrap()) }
    }

    #[test]
    fn the_file_says_what_no_flag_says() {
        let settings = settings(Flags::default());
        assert_eq!(settings.environment().unwrap(), "local");
        assert_eq!(settings.kafka().unwrap().bootstrap, "127.0.0.1:8492");
        assert_eq!(settings.admin_urls()["passport"], "http://127.0.0.1:8202");
    }

    #[test]
    fn a_flag_counts_more_than_the_file() {
        let url = "postgres://elsewhere/postgres".to_owned();
        let flags = Flags { postgres_admin_url: Some(url.clone()), ..Flags::default() };
        assert_eq!(settings(flags).postgres_admin_url().unwrap(), url);
    }

    #[test]
    fn instances_that_are_named_count_instead_of_those_of_the_file() {
        let named = ["passport=http://one:9090", "passport=http://two:9090"].map(name_and_url);
        let flags = Flags { admin_urls: named.map(Result::unwrap).to_vec(), ..Flags::default() };
        let settings = settings(flags);
        assert_eq!(settings.instances()["passport"], ["http://one:9090", "http://two:9090"]);
        assert_eq!(settings.admin_urls()["passport"], "http://one:9090");
        assert!(name_and_url("http://one:9090").is_err());
    }

    #[test]
    fn a_folder_of_credentials_says_what_no_flag_says() {
        let folder = std::env::temp_dir().join(crate::secrets::shapes::key_id().unwrap());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(credentials::POSTGRES_ADMIN_URL), "postgres://of-the-file/postgres").unwrap();
        fs::write(folder.join(credentials::KAFKA_ADMIN_PASSWORD), "of the file").unwrap();
        let flags = Flags {
            environment: Some("test".to_owned()),
            credentials: Some(folder.clone()),
            kafka_bootstrap: Some("redpanda:9092".to_owned()),
            kafka_admin_password: Some("of the flag".to_owned()),
            ..Flags::default()
        };
        let settings = Settings::read(flags).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(settings.postgres_admin_url().unwrap(), "postgres://of-the-file/postgres");
        let kafka = settings.kafka().unwrap();
        assert_eq!((kafka.username.as_str(), kafka.password.as_str()), (KAFKA_ADMIN, "of the flag"));
        assert!(matches!(settings.keycloak_admin(), Err(SettingsError::Missing("KEYCLOAK_URL"))));
    }

    #[test]
    fn what_nobody_says_is_named() {
        let nowhere = Settings { flags: Flags::default(), endpoints: None };
        let message = nowhere.postgres_admin_url().unwrap_err().to_string();
        assert!(message.starts_with("POSTGRES_ADMIN_URL is not set"), "{message}");
    }
}
