//! Rings: several keys, of which one is in use. The next key is in the ring everywhere before
//! anybody uses it, and an old one stays for as long as something made with it may come back.

use std::{collections::HashMap, time::Duration};

use chrono::TimeDelta;
use identity::clients::ClientKeys as Client;
use reqwest::header;
use service_chassis::{client, ids::Ids, sealed, secrets::Secrets};
use tokio::time::{Instant, sleep_until};
use url::form_urlencoded;

use super::{Fact, Kind, Place, RotateError, Turn};
use crate::{
    keycloak::Realm,
    postgres,
    secrets::{
        SecretsError,
        shapes::{ClientKeys, KeyRing},
    },
};

/// A cookie lives for 13 months after it was last used.
const COOKIES_LAST: TimeDelta = TimeDelta::days(400);
/// A backup that is older than this is not restored.
const BACKUPS_LAST: TimeDelta = TimeDelta::days(100);
/// Keycloak reads keys that it does not know at most every ten seconds.
const LOOKS: u32 = 30;
const LOOK: Duration = Duration::from_secs(1);
/// How long Keycloak may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Identity's client in the realm file.
const CLIENT: &str = "packytrace-identity";

fn text<T: serde::Serialize>(turn: &Turn, value: &T) -> Result<String, RotateError> {
    Ok(serde_json::to_string(value).map_err(|_| SecretsError::Malformed(turn.path.clone()))?)
}

/// The ring in which a new key is in use.
pub(super) fn successor(place: &Place<'_>, turn: &Turn) -> Result<String, RotateError> {
    let kept = if turn.kind == Kind::VisitorKeys { COOKIES_LAST } else { BACKUPS_LAST };
    let ring: KeyRing = turn.current.json(&turn.path)?;
    text(turn, &ring.followed(place.clock.now(), kept).map_err(SecretsError::from)?)
}

/// The ring with the next key, which nobody uses yet.
pub(super) async fn add(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    let mut ring: KeyRing = turn.current.json(&turn.path)?;
    let next: KeyRing = turn.next()?.json(&turn.path)?;
    if let Some(key) = next.keys.get(&next.current).filter(|_| !ring.keys.contains_key(&next.current)) {
        ring.keys.insert(next.current.clone(), key.clone());
        replace(place, turn, text(turn, &ring)?).await?;
    }
    Ok(vec![place.reported(&turn.function, &turn.path, turn.current.version)])
}

/// The ring without a key that nobody has used.
pub(super) async fn withdraw(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    let mut ring: KeyRing = turn.current.json(&turn.path)?;
    let next: KeyRing = turn.next()?.json(&turn.path)?;
    if ring.current != next.current && ring.keys.remove(&next.current).is_some() {
        replace(place, turn, text(turn, &ring)?).await?;
    }
    Ok(vec![place.reported(&turn.function, &turn.path, turn.current.version)])
}

/// Every Health Profile's data key under the new key.
pub(super) async fn rewrap_profiles(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    let keys: sealed::KeyRing = turn.current.json(&turn.path)?;
    let database = place.database(&turn.function)?;
    let admin_url = place.settings.postgres_admin_url()?;
    let mut conn = postgres::connect_as(admin_url, &database.database, &database.role)
        .await
        .map_err(SecretsError::from)?;
    personalization::store::profile_versions::rewrap_all(&mut conn, &keys).await?;
    Ok(Vec::new())
}

/// Identity's keys with a new one in use.
pub(super) fn client_successor(turn: &Turn) -> Result<String, RotateError> {
    let current: ClientKeys = turn.current.json(&turn.path)?;
    let mut next = ClientKeys::generate()?;
    next.keys.extend(current.keys.into_iter().filter(|key| key.kid == current.current));
    text(turn, &next)
}

/// Identity publishes the next key, and does not sign with it yet.
pub(super) async fn add_client_key(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    let ring: ClientKeys = turn.current.json(&turn.path)?;
    let next: ClientKeys = turn.next()?.json(&turn.path)?;
    if ring.keys.iter().all(|key| key.kid != next.current) {
        let both = ClientKeys { current: ring.current, keys: next.keys };
        replace(place, turn, text(turn, &both)?).await?;
    }
    Ok(vec![place.reported(&turn.function, &turn.path, turn.current.version)])
}

/// Identity publishes no key but the one that signs.
pub(super) async fn remove_client_key(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    let mut ring: ClientKeys = turn.current.json(&turn.path)?;
    if ring.keys.len() > 1 {
        ring.keys.retain(|key| key.kid == ring.current);
        replace(place, turn, text(turn, &ring)?).await?;
    }
    Ok(vec![place.reported(&turn.function, &turn.path, turn.current.version)])
}

/// Keycloak takes what the next key signs.
pub(super) async fn keycloak_takes_next(place: &Place<'_>, turn: &Turn) -> Result<(), RotateError> {
    let keycloak = Door::of(place, turn.next()?.json(&turn.path)?).await?;
    for _ in 0..LOOKS {
        if keycloak.opens().await? {
            return Ok(());
        }
        sleep_until(Instant::now() + LOOK).await;
    }
    let reason = "Keycloak does not take what it signs".to_owned();
    Err(RotateError::Probe { path: turn.path.clone(), reason })
}

/// Keycloak takes the current key, and not the one before.
pub(super) async fn keycloak_forgets(place: &Place<'_>, turn: &Turn) -> Result<(), RotateError> {
    let Some(previous) = &turn.previous else { return Ok(()) };
    let previous = Door::of(place, previous.json(&turn.path)?).await?;
    let current = Door::of(place, turn.current.json(&turn.path)?).await?;
    Realm::sign_in(&place.settings.keycloak_admin()?).await?.forget_client_keys().await?;
    for _ in 0..LOOKS {
        if current.opens().await? && !previous.opens().await? {
            return Ok(());
        }
        sleep_until(Instant::now() + LOOK).await;
    }
    let reason = "Keycloak takes what it signs".to_owned();
    Err(RotateError::StillWorks { path: turn.path.clone(), reason })
}

/// Writes a version that counts at once, in place of the current one.
async fn replace(place: &Place<'_>, turn: &mut Turn, value: String) -> Result<(), RotateError> {
    let version = place.parameters.write_text(&turn.path, value).await?;
    place.parameters.make_current(&turn.path, version.version).await?;
    turn.current = version;
    Ok(())
}

/// Keycloak's token endpoint, as Identity's client with certain keys sees it.
struct Door {
    http: reqwest::Client,
    url: String,
    issuer: String,
    client: Client,
}

#[derive(serde::Deserialize)]
struct Provider {
    issuer: String,
}

impl Door {
    async fn of(place: &Place<'_>, keys: ClientKeys) -> Result<Self, RotateError> {
        let away = |error: reqwest::Error| RotateError::Keycloak(error.into());
        let realm = place.settings.realm();
        let base = format!("{}/realms/{realm}", place.settings.keycloak_url()?.trim_end_matches('/'));
        let http = client::http(PATIENCE).map_err(away)?;
        let provider = http.get(format!("{base}/.well-known/openid-configuration")).send().await;
        let provider = provider.and_then(reqwest::Response::error_for_status).map_err(away)?;
        let Provider { issuer } = provider.json().await.map_err(away)?;
        let secret = "/packytrace/rotation/identity/keycloak-client".to_owned();
        let value = serde_json::to_string(&keys).map_err(|_| SecretsError::Key)?;
        let secrets = Secrets::fixed("rotation", "identity", HashMap::from([(secret, value)]));
        let client = Client::new(secrets, place.clock.clone(), Ids::system());
        Ok(Self { http, url: format!("{base}/protocol/openid-connect/token"), issuer, client })
    }

    /// Whether it gives a token for what the key in use signs.
    async fn opens(&self) -> Result<bool, RotateError> {
        let assertion = self.client.assert(CLIENT, &self.issuer).await;
        let assertion = assertion.map_err(|_| SecretsError::Key)?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &assertion)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let answer = self.http.post(&self.url).header(header::CONTENT_TYPE, kind).body(form).send().await;
        match answer {
            Ok(answer) if answer.status().is_server_error() => Ok(false),
            Ok(answer) => Ok(answer.status().is_success()),
            Err(error) => Err(RotateError::Keycloak(error.without_url().into())),
        }
    }
}
