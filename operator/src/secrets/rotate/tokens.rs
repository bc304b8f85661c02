//! Keys that sign: of a function's internal tokens, whose public halves all others read, and of
//! revisions of passports, whose public half passport notes for good before it signs.

use std::time::Duration;

use service_chassis::caller::{KeySet, SigningKey};

use super::{Fact, Kind, Place, RotateError, Turn};
use crate::secrets::{SecretsError, parameters::Parameter, shapes::key_id};

/// After this nobody believes an internal token that an old key has signed: its 30 s, and the 10 s by
/// which clocks may differ (shared-contracts/README.md).
const TOKENS_RUN_OUT: Duration = Duration::from_secs(40);

/// A new key.
pub(super) fn successor(turn: &Turn) -> Result<String, RotateError> {
    let owner = if turn.kind == Kind::SigningKey { "passport" } else { &turn.function };
    let id = key_id().map_err(SecretsError::from)?;
    let key = SigningKey::generate(format!("{owner}-{id}")).map_err(|_| SecretsError::Key)?;
    Ok(serde_json::to_string(&key).map_err(|_| SecretsError::Malformed(turn.path.clone()))?)
}

/// Others can check what the next key signs.
pub(super) async fn publish_both(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    publish(place, turn, &[turn.next()?, &turn.current]).await
}

/// Nobody believes any other key than the current one.
pub(super) async fn publish_current(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    publish(place, turn, &[&turn.current]).await
}

/// Others can check again what the key before signs. It must be so before anybody signs with it.
pub(super) async fn publish_previous(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    let previous = turn.previous.iter();
    publish(place, turn, &previous.chain([&turn.current]).collect::<Vec<_>>()).await
}

/// The tokens of the old key have run out.
pub(super) fn run_out() -> Fact {
    Fact::Expired(TOKENS_RUN_OUT)
}

async fn publish(place: &Place<'_>, turn: &Turn, versions: &[&Parameter]) -> Result<Vec<Fact>, RotateError> {
    let mut keys = Vec::new();
    for version in versions {
        let key: SigningKey = version.json(&turn.path)?;
        keys.push(key.public().map_err(|_| SecretsError::Key)?);
    }
    let path = place.parameters.public_keys_path(&turn.function);
    let wanted = KeySet { keys };
    let version = match place.parameters.current(&path).await? {
        Some(published) if published.json::<KeySet>(&path)? == wanted => published.version,
        _ => {
            let version = place.parameters.write(&path, &wanted).await?.version;
            place.parameters.make_current(&path, version).await?;
            version
        }
    };
    let callees = place.function(&turn.function)?.calls.keys();
    Ok(callees.map(|callee| place.reported(callee, &path, version)).collect())
}
