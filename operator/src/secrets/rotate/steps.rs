//! The steps in which the kinds differ. Those that a kind does not need are empty.

use super::{Fact, Kind, Place, RotateError, Turn, logins, rings, tokens};
use crate::output::told;

/// The value that follows the current one.
pub(super) fn successor(place: &Place<'_>, turn: &Turn) -> Result<String, RotateError> {
    match turn.kind {
        Kind::Database => logins::successor(turn, &place.database(&turn.function)?.role),
        Kind::Kafka => logins::successor(turn, &format!("{}_svc", turn.function.replace('-', "_"))),
        Kind::InternalKey | Kind::SigningKey => tokens::successor(turn),
        Kind::VisitorKeys | Kind::ProfileKeys | Kind::ExportKeys => rings::successor(place, turn),
        Kind::KeycloakClient => rings::client_successor(turn),
    }
}

/// Makes the new one work beside the old one; what must be so before somebody may use it.
pub(super) async fn add(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    match turn.kind {
        Kind::Database => logins::add_to_postgres(place, turn).await,
        Kind::Kafka => logins::add_to_kafka(place, turn).await,
        Kind::InternalKey => tokens::publish_both(place, turn).await,
        Kind::VisitorKeys | Kind::ProfileKeys | Kind::ExportKeys => rings::add(place, turn).await,
        Kind::KeycloakClient => rings::add_client_key(place, turn).await,
        Kind::SigningKey => Ok(Vec::new()),
    }
}

/// Uses the new one, as the function will.
pub(super) async fn probe(place: &Place<'_>, turn: &Turn) -> Result<(), RotateError> {
    let probed = match turn.kind {
        Kind::Database => logins::postgres_takes(place, turn, turn.next()?).await,
        Kind::Kafka => logins::kafka_takes(place, turn, turn.next()?).await,
        Kind::KeycloakClient => return rings::keycloak_takes_next(place, turn).await,
        _ => Ok(()),
    };
    probed.map_err(|error| RotateError::Probe { path: turn.path.clone(), reason: told(&error) })
}

/// Whether everybody has switched.
pub(super) fn in_use(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    let mut facts = vec![place.reported(&turn.function, &turn.path, turn.current.version)];
    if turn.kind == Kind::Database {
        facts.extend(logins::no_session_of_previous(turn)?);
    }
    Ok(facts)
}

/// What must be so then before the old one may go.
pub(super) fn run_out(turn: &Turn) -> Option<Fact> {
    match (turn.kind, &turn.previous) {
        (Kind::InternalKey, Some(_)) => Some(tokens::run_out()),
        _ => None,
    }
}

/// Takes the old one away; what must be so before it is gone.
pub(super) async fn remove(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    match (turn.kind, turn.previous.as_ref()) {
        (Kind::Database, Some(previous)) => logins::remove_from_postgres(place, turn, previous).await,
        (Kind::Kafka, Some(previous)) => logins::remove_from_kafka(place, turn, previous).await,
        (Kind::InternalKey, Some(_)) => tokens::publish_current(place, turn).await,
        (Kind::KeycloakClient, Some(_)) => rings::remove_client_key(place, turn).await,
        (Kind::ProfileKeys, Some(_)) => rings::rewrap_profiles(place, turn).await,
        (Kind::VisitorKeys | Kind::ExportKeys | Kind::SigningKey, _) | (_, None) => Ok(Vec::new()),
    }
}

/// Shows that the old one is refused, where somebody can be asked.
pub(super) async fn is_removed(place: &Place<'_>, turn: &Turn) -> Result<(), RotateError> {
    match (turn.kind, &turn.previous) {
        (Kind::Database, Some(previous)) => logins::postgres_refuses(place, turn, previous).await,
        (Kind::Kafka, Some(previous)) => logins::kafka_refuses(place, turn, previous).await,
        (Kind::KeycloakClient, Some(_)) => rings::keycloak_forgets(place, turn).await,
        _ => Ok(()),
    }
}

/// Makes sure that the version before still works; what must be so before it may be used again.
pub(super) async fn can_return(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    let gone = |reason| RotateError::Gone { path: turn.path.clone(), reason };
    let works = match (turn.kind, &turn.previous) {
        (Kind::Database, Some(previous)) => logins::postgres_takes(place, turn, previous).await,
        (Kind::Kafka, Some(previous)) => logins::kafka_takes(place, turn, previous).await,
        (Kind::InternalKey, Some(_)) => return tokens::publish_previous(place, turn).await,
        (Kind::VisitorKeys | Kind::ProfileKeys | Kind::ExportKeys, Some(_)) => {
            return Err(gone("what was made with the new key since then must stay readable".to_owned()));
        }
        _ => Ok(()),
    };
    works.map(|()| Vec::new()).map_err(|error| gone(told(&error)))
}

/// Takes a new one away that nobody uses; what must be so before it is gone.
pub(super) async fn withdraw(place: &Place<'_>, turn: &mut Turn) -> Result<Vec<Fact>, RotateError> {
    match (turn.kind, turn.next.as_ref()) {
        (Kind::Database, Some(next)) => logins::remove_from_postgres(place, turn, next).await,
        (Kind::Kafka, Some(next)) => logins::remove_from_kafka(place, turn, next).await,
        (Kind::InternalKey, Some(_)) => tokens::publish_current(place, turn).await,
        (Kind::VisitorKeys | Kind::ProfileKeys | Kind::ExportKeys, Some(_)) => {
            rings::withdraw(place, turn).await
        }
        (Kind::KeycloakClient, Some(_)) => rings::remove_client_key(place, turn).await,
        (Kind::SigningKey, Some(_)) | (_, None) => Ok(Vec::new()),
    }
}
