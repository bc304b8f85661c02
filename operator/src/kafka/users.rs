//! SCRAM users: the broker gets salted passwords, never the passwords themselves.

use bytes::Bytes;
use kafka_protocol::{
    messages::{
        AlterUserScramCredentialsRequest, alter_user_scram_credentials_request::ScramCredentialUpsertion,
    },
    protocol::StrBytes,
};

use super::broker::{Broker, KafkaError, refused};
use crate::{
    scram::{Mechanism, ROUNDS, random},
    secrets::shapes::Login,
};

/// `ScramMechanism.SCRAM_SHA_512`.
const SCRAM_SHA_512: i8 = 2;

/// Sets the passwords of users, who are made where they are not there.
pub async fn apply(broker: &mut Broker, logins: &[Login]) -> Result<(), KafkaError> {
    let upsertions = logins.iter().map(upsertion).collect::<Result<_, _>>()?;
    let request = AlterUserScramCredentialsRequest::default().with_upsertions(upsertions);
    for answer in broker.ask(&request).await?.results {
        refused(answer.error_code, answer.error_message, || format!("the user {}", answer.user))?;
    }
    Ok(())
}

/// Gives a user a password that nobody knows, so that nobody logs in as them.
///
/// The user is not deleted: an Apache Kafka (4.4 still) that starts with a deletion in its log may forget
/// all users, depending on their names (`ScramDelta.apply` drops the mechanism when the first of the
/// changes that it looks at is a deletion).
pub async fn lock(broker: &mut Broker, username: String) -> Result<(), KafkaError> {
    apply(broker, &[Login::generate(username)?]).await
}

fn upsertion(login: &Login) -> Result<ScramCredentialUpsertion, KafkaError> {
    let salt = random::<16>()?;
    let salted = Mechanism::Sha512.salted(&login.password, &salt, ROUNDS);
    Ok(ScramCredentialUpsertion::default()
        .with_name(StrBytes::from_string(login.username.clone()))
        .with_mechanism(SCRAM_SHA_512)
        .with_iterations(i32::try_from(ROUNDS.get()).unwrap_or(i32::MAX))
        .with_salt(Bytes::copy_from_slice(&salt))
        .with_salted_password(salted.into()))
}
