//! `secrets render`: files for servers that read no SSM, and for the operator's own one-shots.
//!
//! The passwords of the servers are secrets like others, `/packytrace/{env}/servers/{name}`, made when
//! they are missing. One folder belongs to one container, which gets nothing but it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{Parameters, SecretsError, shapes::Login};
use crate::{
    output::Output,
    settings::{KAFKA_ADMIN, credentials},
};

/// Whose secrets these are in SSM: nobody's but the operator's.
const SERVERS: &str = "servers";
/// Readable by its owner, and written by nobody.
const MODE: u32 = 0o400;

/// Logins of the servers themselves, as they stand in SSM.
pub struct Servers {
    /// Postgres's super user.
    pub postgres: Login,
    /// Kafka's super user.
    pub kafka: Login,
    /// Keycloak's administrator in the master realm.
    pub keycloak: Login,
    /// Keycloak's own login at Postgres.
    pub keycloak_database: Login,
}

impl Servers {
    /// Reads them, and makes what is missing.
    pub async fn of(parameters: &Parameters) -> Result<Self, SecretsError> {
        Ok(Self {
            postgres: login(parameters, "postgres-admin", "postgres").await?,
            kafka: login(parameters, "kafka-admin", KAFKA_ADMIN).await?,
            keycloak: login(parameters, "keycloak-admin", "admin").await?,
            keycloak_database: login(parameters, "keycloak-database", "keycloak_svc").await?,
        })
    }

    /// Every file by its place, and what is in it. Passwords are base64url, so that they stand unquoted
    /// in an address, in Postgres's password file and in Keycloak's settings.
    fn files(&self, postgres_host: &str) -> Vec<(PathBuf, String)> {
        let Self { postgres, kafka, keycloak, keycloak_database } = self;
        let operator = |name: &str| Path::new("operator").join(name);
        let keycloak_conf = format!(
            "db-password={}\nbootstrap-admin-username={}\nbootstrap-admin-password={}\n",
            keycloak_database.password, keycloak.username, keycloak.password
        );
        let (user, password) = (&postgres.username, &postgres.password);
        vec![
            ("postgres/password".into(), password.clone()),
            ("redpanda/kafka-admin-password".into(), kafka.password.clone()),
            ("keycloak/keycloak.conf".into(), keycloak_conf),
            (
                operator(credentials::POSTGRES_ADMIN_URL),
                format!("postgres://{user}:{password}@{postgres_host}:5432/postgres"),
            ),
            (operator(credentials::PGPASS), format!("{postgres_host}:5432:*:{user}:{password}\n")),
            (operator(credentials::KAFKA_ADMIN_PASSWORD), kafka.password.clone()),
            (operator(credentials::KEYCLOAK_ADMIN_PASSWORD), keycloak.password.clone()),
        ]
    }
}

async fn login(parameters: &Parameters, name: &str, username: &str) -> Result<Login, SecretsError> {
    let path = parameters.path(SERVERS, name);
    let prepared = parameters.prepare(path, || Ok(Login::generate(username.to_owned())?)).await?;
    parameters.finish(&prepared).await?;
    let login: Login = prepared.parameter.json(&prepared.path)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if login.username == username && login.password.bytes().all(plain) {
        Ok(login)
    } else {
        Err(SecretsError::Malformed(prepared.path))
    }
}

/// Writes the files below `folder`, and one line for each: what happened, path. The folders in it are
/// the host's (`deploy/prepare-host.sh`).
pub async fn run(
    parameters: &Parameters,
    folder: &Path,
    postgres_host: &str,
    output: &mut Output,
) -> Result<(), SecretsError> {
    for (place, content) in Servers::of(parameters).await?.files(postgres_host) {
        let path = folder.join(place);
        let happened = write(&path, &content)
            .map_err(|source| SecretsError::File { path: path.display().to_string(), source })?;
        output.line(format_args!("{happened}\t{}", path.display()))?;
    }
    Ok(())
}

/// The file is there as a whole or not at all, whenever the machine stops.
fn write(path: &Path, content: &str) -> io::Result<&'static str> {
    if fs::read(path).is_ok_and(|there| there == content.as_bytes()) {
        return Ok("kept");
    }
    let fresh = path.with_extension("fresh");
    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&fresh)?;
    file.write_all(content.as_bytes())?;
    fs::rename(&fresh, path)?;
    Ok("written")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, os::unix::fs::PermissionsExt};

    use super::*;

    fn servers() -> Servers {
        let login = |name: &str| Login::generate(name.to_owned()).unwrap();
        Servers {
            postgres: login("postgres"),
            kafka: login("admin"),
            keycloak: login("admin"),
            keycloak_database: login("keycloak_svc"),
        }
    }

    #[test]
    fn a_server_finds_its_own_password_and_no_other() {
        let servers = servers();
        let passwords = [&servers.postgres, &servers.kafka, &servers.keycloak, &servers.keycloak_database]
            .map(|login| &login.password);
        let of = |folder: &str| {
            let files = servers.files("postgres");
            let text: String = files
                .iter()
                .filter(|(path, _)| path.starts_with(folder))
                .map(|(_, text)| text.as_str())
                .collect();
            passwords.map(|password| text.contains(password.as_str()))
        };
        assert_eq!(of("postgres"), [true, false, false, false]);
        assert_eq!(of("redpanda"), [false, true, false, false]);
        assert_eq!(of("keycloak"), [false, false, true, true]);
        assert_eq!(of("operator"), [true, true, true, false]);
    }

    #[test]
    fn every_file_has_a_place_of_its_own() {
        let files = servers().files("postgres");
        let places: BTreeSet<_> = files.iter().map(|(place, _)| place).collect();
        assert_eq!(places.len(), files.len());
    }

    #[test]
    fn a_file_is_for_its_owner_and_written_once() {
        let folder = std::env::temp_dir().join(super::super::shapes::key_id().unwrap());
        fs::create_dir(&folder).unwrap();
        let path = folder.join("password");
        let happened = ["one", "one", "two"].map(|content| write(&path, content).unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(happened, ["written", "kept", "written"]);
        assert_eq!(mode & 0o777, MODE);
    }
}
