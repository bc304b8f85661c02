//! `/.well-known/passport-keys.json`: the public keys that sign revisions of passports.

use axum::extract::State;
use service_chassis::extract::Json;
use shared_contracts::passport::PublisherKeys;

use super::brand::products::no_key;
use crate::{
    app::App,
    auth::Anyone,
    domain::signature::{Signer, SigningKey},
    error::Error,
    store,
};

/// `GET`: every key that ever signed, and the one that signs now.
pub async fn read(State(app): State<App>, _: Anyone) -> Result<Json<PublisherKeys>, Error> {
    let mut conn = app.database.acquire().await?;
    let mut keys = store::keys::all(&mut conn).await?;
    let secret = app.secrets.own("signing-key").await.map_err(no_key)?;
    let current = Signer::new(&secret.json::<SigningKey>().map_err(no_key)?).map_err(no_key)?.public();
    if !keys.contains(&current) {
        keys.insert(0, current);
    }
    Ok(Json(PublisherKeys { keys }))
}
