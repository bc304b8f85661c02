//! SCRAM users: the broker gets salted passwords, never the passwords themselves.

use bytes::Bytes;
use kafka_protocol::{
    messages::{
        AlterUserScramCredentialsRequest,
        alter_user_scram_credentials_request::{ScramCredentialDeletion, ScramCredentialUpsertion},
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
/// Nobody of this name has a password (Kafka protocol guide, "Error Codes").
const RESOURCE_NOT_FOUND: i16 = 91;

/// Sets the passwords of users, who are made where they are not there.
pub async fn apply(broker: &mut Broker, logins: &[Login]) -> Result<(), KafkaError> {
    let upsertions = logins.iter().map(upsertion).collect::<Result<_, _>>()?;
    let request = AlterUserScramCredentialsRequest::default().with_upsertions(upsertions);
    for answer in broker.ask(&request).await?.results {
        refused(answer.error_code, answer.error_message, || format!("the user {}", answer.user))?;
    }
    Ok(())
}

/// Removes a user's password, so that nobody logs in as them. Who is not there is no error.
pub async fn remove(broker: &mut Broker, username: &str) -> Result<(), KafkaError> {
    let deletion = ScramCredentialDeletion::default()
        .with_name(StrBytes::from_string(username.to_owned()))
        .with_mechanism(SCRAM_SHA_512);
    let request = AlterUserScramCredentialsRequest::default().with_deletions(vec![deletion]);
    for answer in broker.ask(&request).await?.results {
        if answer.error_code != RESOURCE_NOT_FOUND {
            refused(answer.error_code, answer.error_message, || format!("to remove the user {username}"))?;
        }
    }
    Ok(())
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
