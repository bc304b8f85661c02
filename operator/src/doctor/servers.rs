//! What the functions stand on: Postgres with the outboxes, the broker, the secrets, Keycloak, disk.

use std::{collections::BTreeSet, process::Command, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use service_chassis::{
    client,
    runtime::manifest::{Database, Manifest},
    store::outbox,
};

use super::page::{Finding, Page};
use crate::{
    functions::{self, Owner},
    kafka::{Broker, topics},
    migrate,
    output::told,
    postgres,
    secrets::{
        self, Standing,
        instances::{Instances, Use},
    },
    settings::Settings,
};

/// How long Keycloak may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// An outbox is sent at once and once a minute; older events mean that the broker does not take them.
const OLDEST_EVENT_SECONDS: f64 = 180.0;
/// By then every function has looked for a new version of a secret.
const NOTICED_WITHIN: TimeDelta = TimeDelta::minutes(2);
/// A disk with less than this is about to be full.
const LEAST_FREE_KIB: u64 = 1024 * 1024;

/// Postgres itself, and what waits in each outbox.
pub(super) async fn postgres(manifest: &Manifest, settings: &Settings, page: &mut Page) {
    let (owners, admin_url) = match (functions::owners(manifest), settings.postgres_admin_url()) {
        (Ok(owners), Ok(admin_url)) => (owners, admin_url),
        (Err(error), _) => return page.add("postgres", "manifest", Err(told(&error))),
        (_, Err(error)) => return page.add("postgres", "address", Err(told(&error))),
    };
    let mut seen = BTreeSet::new();
    for (owner, database) in owners {
        if seen.insert(&database.database) {
            page.add("postgres", &database.database, server(admin_url, &database.database).await);
        }
        let migrations = migrations(admin_url, owner, database).await;
        page.add("postgres", format!("{}.migrations", database.schema), migrations);
        // who announces nothing has no outbox
        if manifest.function(owner.function).is_ok_and(|function| function.publishes.is_empty()) {
            continue;
        }
        page.add(
            "postgres",
            format!("{}.outbox", database.schema),
            backlog(admin_url, owner, database).await,
        );
    }
}

async fn server(admin_url: &str, database: &str) -> Finding {
    let conn = postgres::connect(admin_url, database).await.map_err(|error| told(&error))?;
    // 150018 is 15.18 (PostgreSQL 15, 34.2 "server_version_num").
    let version = conn.server_version_num().map(|number| format!("{}.{}", number / 10_000, number % 10_000));
    Ok(format!("PostgreSQL {}", version.as_deref().unwrap_or("of an unknown version")))
}

async fn migrations(admin_url: &str, owner: &Owner, database: &Database) -> Finding {
    let pending = migrate::pending(owner, database, admin_url).await.map_err(|error| told(&error))?;
    match pending.len() {
        0 => Ok(format!("all {} are applied", owner.migrator.iter().count())),
        some => Err(format!("{some} are pending: run `packytrace-ops migrate`")),
    }
}

async fn backlog(admin_url: &str, owner: &Owner, database: &Database) -> Finding {
    let schema = owner.schema().map_err(str::to_owned)?;
    let mut conn = postgres::connect_as(admin_url, &database.database, &database.role)
        .await
        .map_err(|error| told(&error))?;
    let (waiting, age) = outbox::backlog(&mut conn, schema).await.map_err(|error| told(&error))?;
    let found = format!("{waiting} events wait, the oldest for {age:.0} s");
    if age > OLDEST_EVENT_SECONDS { Err(found) } else { Ok(found) }
}

/// The broker, and whether it has every topic of the manifest.
pub(super) async fn kafka(manifest: &Manifest, settings: &Settings, page: &mut Page) {
    let admin = match settings.kafka() {
        Ok(admin) => admin,
        Err(error) => return page.add("kafka", "address", Err(told(&error))),
    };
    let found = async {
        let mut broker = Broker::connect(&admin).await?;
        topics::names(&mut broker).await
    };
    match found.await {
        Err(error) => page.add("kafka", &admin.bootstrap, Err(told(&error))),
        Ok(names) => {
            page.add("kafka", &admin.bootstrap, Ok(format!("answers; topics: {}", names.len())));
            for topic in topics::wanted(manifest) {
                let missing = || "missing: run `packytrace-ops kafka apply`".to_owned();
                let finding = names.contains(&topic.name).then(|| "there".to_owned()).ok_or_else(missing);
                page.add("kafka", topic.name, finding);
            }
        }
    }
}

/// Whether each secret has a version that counts, how old that is, and whether the functions use it.
pub(super) async fn secrets(manifest: &Manifest, settings: &Settings, now: DateTime<Utc>, page: &mut Page) {
    let found = async {
        let parameters = settings.parameters().await.map_err(|error| told(&error))?;
        let instances = Instances::new(settings.instances()).map_err(|error| told(&error))?;
        let all = secrets::standing(manifest, &parameters).await.map_err(|error| told(&error))?;
        Ok::<_, String>((all, instances))
    };
    let (all, instances) = match found.await {
        Ok(found) => found,
        Err(reason) => return page.add("secrets", "store", Err(reason)),
    };
    for secret in all {
        let uses = secrets::uses(&secret, &instances).await;
        let finding = of_secret(&secret, &uses, now);
        page.add("secrets", secret.path, finding);
    }
}

/// An instance that does not answer is told among the functions.
fn of_secret(secret: &Standing, uses: &[Use], now: DateTime<Utc>) -> Finding {
    let current = secret.current().ok_or("missing: run `packytrace-ops secrets init`")?;
    let age = current.written.map(|written| now - written);
    let told = age.map_or_else(|| "of unknown age".to_owned(), |age| secrets::age(age) + " old");
    for Use { instance, version, refused } in uses {
        let Ok(in_use) = version else { continue };
        if let Some(refused) = refused {
            return Err(format!("version {refused} does not work: {instance} uses version {in_use}"));
        }
        if *in_use != current.version && age.is_none_or(|age| age > NOTICED_WITHIN) {
            return Err(format!("version {}, {told}, but {instance} uses version {in_use}", current.version));
        }
    }
    Ok(format!("version {}, {told}", current.version))
}

/// Whether Keycloak has the realm.
pub(super) async fn keycloak(settings: &Settings, page: &mut Page) -> Result<(), reqwest::Error> {
    let finding = match settings.keycloak_url() {
        Ok(url) => realm(&client::http(PATIENCE)?, url, settings.realm()).await,
        Err(error) => Err(told(&error)),
    };
    page.add("keycloak", format!("realm {}", settings.realm()), finding);
    Ok(())
}

/// What we read of an `OpenID` provider's description.
#[derive(Deserialize)]
struct Provider {
    issuer: String,
}

async fn realm(client: &reqwest::Client, keycloak_url: &str, realm: &str) -> Finding {
    let url =
        format!("{}/realms/{realm}/.well-known/openid-configuration", keycloak_url.trim_end_matches('/'));
    let answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let provider: Provider = match answer {
        Ok(answer) => answer.json().await.map_err(|error| told(&error.without_url()))?,
        Err(error) => return Err(told(&error.without_url())),
    };
    Ok(format!("issuer {}", provider.issuer))
}

/// The disk that the tool stands on.
pub(super) fn disk(page: &mut Page) {
    // POSIX: one line for the disk in units of 1 KiB.
    let finding = match Command::new("df").args(["-Pk", "."]).output() {
        Ok(answer) => free(&String::from_utf8_lossy(&answer.stdout)),
        Err(error) => Err(format!("df cannot be run: {error}")),
    };
    page.add("disk", "this directory", finding);
}

fn free(df: &str) -> Finding {
    let line = df.lines().nth(1).unwrap_or_default();
    let mut columns = line.split_whitespace().skip(1).map(|column| column.parse::<u64>().ok());
    let (Some(Some(size)), Some(Some(free))) = (columns.next(), columns.nth(1)) else {
        return Err("df says nothing that can be read".to_owned());
    };
    let percent = (free * 100).checked_div(size).unwrap_or_default();
    let found = format!("{} MiB free of {} MiB ({percent} %)", free / 1024, size / 1024);
    if free < LEAST_FREE_KIB { Err(found) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Version;

    #[test]
    fn a_secret_is_wrong_when_an_instance_refuses_it_or_stays_behind() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(3);
        let secret = |written| Standing {
            path: "/packytrace/test/passport/database".to_owned(),
            owner: Some("passport".to_owned()),
            labelled: vec![Version {
                version: 8,
                labels: vec!["current".to_owned()],
                written: Some(written),
            }],
        };
        let uses = |version, refused| [Use { instance: "http://one".to_owned(), version, refused }];
        let (old, new) = (secret(DateTime::UNIX_EPOCH), secret(now));
        assert_eq!(of_secret(&old, &uses(Ok(8), None), now), Ok("version 8, 3 d old".to_owned()));
        assert_eq!(of_secret(&new, &uses(Ok(7), None), now), Ok("version 8, 0 s old".to_owned()));
        assert!(of_secret(&old, &uses(Ok(7), None), now).unwrap_err().ends_with("http://one uses version 7"));
        let refused = of_secret(&new, &uses(Ok(7), Some(8)), now).unwrap_err();
        assert_eq!(refused, "version 8 does not work: http://one uses version 7");
        assert!(of_secret(&old, &uses(Err("no answer".to_owned()), None), now).is_ok());
        assert!(of_secret(&Standing { labelled: Vec::new(), ..old }, &[], now).is_err());
    }

    #[test]
    fn free_space_is_read_from_df() {
        let df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 41152736 2000000 30000000 7% /\n";
        assert_eq!(free(df), Ok("29296 MiB free of 40188 MiB (72 %)".to_owned()));
        assert!(free(&df.replace("30000000", "500000")).is_err());
        assert!(free("").is_err());
    }
}
