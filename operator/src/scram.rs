//! SCRAM (RFC 5802, with SHA-256 as in RFC 7677 and SHA-512 as Kafka has it): what a server keeps of
//! a password, and the client's side of a login. Passwords are taken as they are, without `SASLprep`:
//! ours are ASCII, and Kafka does the same.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2, rand};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Rounds of PBKDF2. Passwords of 256 random bits gain nothing from more.
pub const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4095);
/// Most rounds that a server may ask of us.
const MOST_ROUNDS: u32 = 1_000_000;
/// "n,,": no channel binding, no other identity (RFC 5802, section 7).
const GS2_HEADER: &str = "n,,";

/// The mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// `SCRAM-SHA-256`: Postgres.
    Sha256,
    /// `SCRAM-SHA-512`: Kafka.
    Sha512,
}

/// Why a login did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ScramError {
    /// The server said no.
    #[error("the server refuses the login: {0}")]
    Refused(String),
    /// The server did not keep to the protocol.
    #[error("the server's answer is not one of SCRAM")]
    Malformed,
    /// The server does not know the password itself.
    #[error("the server did not prove that it knows the password")]
    Impostor,
    /// No random numbers.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
}

impl Mechanism {
    /// Its SASL name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha512 => "SCRAM-SHA-512",
        }
    }

    /// `SaltedPassword`: what everything else is derived from.
    pub fn salted(self, password: &str, salt: &[u8], rounds: NonZeroU32) -> Vec<u8> {
        let (algorithm, length) = match self {
            Self::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, digest::SHA256_OUTPUT_LEN),
            Self::Sha512 => (pbkdf2::PBKDF2_HMAC_SHA512, digest::SHA512_OUTPUT_LEN),
        };
        let mut salted = vec![0; length];
        pbkdf2::derive(algorithm, rounds, salt, password.as_bytes(), &mut salted);
        salted
    }

    fn hmac(self, key: &[u8], text: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), text).as_ref().to_vec()
    }

    fn hash(self, text: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, text).as_ref().to_vec()
    }
}

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], ScramError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| ScramError::NoRandomness)?;
    Ok(bytes)
}

/// What Postgres keeps of a password, in the form that `alter role … password` takes as it is
/// (PostgreSQL 15, `pg_authid.rolpassword`).
pub fn postgres_verifier(password: &str, salt: &[u8]) -> String {
    let mechanism = Mechanism::Sha256;
    let salted = mechanism.salted(password, salt, ROUNDS);
    let stored_key = mechanism.hash(&mechanism.hmac(&salted, b"Client Key"));
    let server_key = mechanism.hmac(&salted, b"Server Key");
    format!(
        "{}${ROUNDS}:{}${}:{}",
        mechanism.name(),
        BASE64_STANDARD.encode(salt),
        BASE64_STANDARD.encode(stored_key),
        BASE64_STANDARD.encode(server_key)
    )
}

/// A login that has begun.
pub struct Login {
    mechanism: Mechanism,
    password: String,
    nonce: String,
    first_bare: String,
}

/// A login whose last message is with the server.
pub struct Proven {
    server_signature: Vec<u8>,
}

impl Login {
    /// Begins a login.
    pub fn begin(mechanism: Mechanism, username: &str, password: &str) -> Result<Self, ScramError> {
        let nonce = BASE64_STANDARD.encode(random::<18>()?);
        Ok(Self::with_nonce(mechanism, username, password, nonce))
    }

    fn with_nonce(mechanism: Mechanism, username: &str, password: &str, nonce: String) -> Self {
        let escaped = username.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={escaped},r={nonce}");
        Self { mechanism, password: password.to_owned(), nonce, first_bare }
    }

    /// The client's first message.
    pub fn first_message(&self) -> String {
        format!("{GS2_HEADER}{}", self.first_bare)
    }

    /// The client's last message, which proves the password without telling it.
    pub fn prove(self, server_first: &str) -> Result<(String, Proven), ScramError> {
        let challenge = Challenge::read(server_first, &self.nonce)?;
        let mechanism = self.mechanism;
        let salted = mechanism.salted(&self.password, &challenge.salt, challenge.rounds);
        let without_proof = format!("c={},r={}", BASE64_STANDARD.encode(GS2_HEADER), challenge.nonce);
        let exchange = format!("{},{server_first},{without_proof}", self.first_bare);

        let client_key = mechanism.hmac(&salted, b"Client Key");
        let signature = mechanism.hmac(&mechanism.hash(&client_key), exchange.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(key, sign)| key ^ sign).collect();
        let server_key = mechanism.hmac(&salted, b"Server Key");
        let server_signature = mechanism.hmac(&server_key, exchange.as_bytes());

        let last = format!("{without_proof},p={}", BASE64_STANDARD.encode(proof));
        Ok((last, Proven { server_signature }))
    }
}

impl Proven {
    /// Checks the server's last message: it proves that the server knows the password too.
    pub fn check(self, server_last: &str) -> Result<(), ScramError> {
        if let Some(reason) = attribute(server_last, "e") {
            return Err(ScramError::Refused(reason.to_owned()));
        }
        let signature = attribute(server_last, "v").ok_or(ScramError::Malformed)?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| ScramError::Malformed)?;
        constant_time::verify_slices_are_equal(&signature, &self.server_signature)
            .map_err(|_| ScramError::Impostor)
    }
}

/// What the server asks for in its first message.
struct Challenge {
    nonce: String,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

impl Challenge {
    fn read(server_first: &str, our_nonce: &str) -> Result<Self, ScramError> {
        if let Some(reason) = attribute(server_first, "e") {
            return Err(ScramError::Refused(reason.to_owned()));
        }
        let read = || {
            let nonce = attribute(server_first, "r").filter(|nonce| nonce.starts_with(our_nonce))?;
            let salt = BASE64_STANDARD.decode(attribute(server_first, "s")?).ok()?;
            let rounds: NonZeroU32 = attribute(server_first, "i")?.parse().ok()?;
            let sane = nonce.len() > our_nonce.len() && rounds.get() <= MOST_ROUNDS;
            sane.then(|| Self { nonce: nonce.to_owned(), salt, rounds })
        };
        read().ok_or(ScramError::Malformed)
    }
}

/// The value of `name=value` in a message.
fn attribute<'m>(message: &'m str, name: &str) -> Option<&'m str> {
    message.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7677, section 3.
    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const CLIENT_LAST: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SERVER_LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn login() -> Login {
        Login::with_nonce(Mechanism::Sha256, "user", "pencil", NONCE.to_owned())
    }

    #[test]
    fn a_login_goes_as_the_example_of_rfc_7677() {
        assert_eq!(login().first_message(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let (last, proven) = login().prove(SERVER_FIRST).unwrap();
        assert_eq!(last, CLIENT_LAST);
        proven.check(SERVER_LAST).unwrap();
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_found_out() {
        let (_, proven) = login().prove(SERVER_FIRST).unwrap();
        let forged = format!("v={}", BASE64_STANDARD.encode([0; 32]));
        assert!(matches!(proven.check(&forged), Err(ScramError::Impostor)));
    }

    #[test]
    fn a_server_that_answers_with_another_nonce_is_refused() {
        let answer = SERVER_FIRST.replace("r=rOp", "r=xOp");
        assert!(matches!(login().prove(&answer), Err(ScramError::Malformed)));
    }

    #[test]
    fn a_server_may_not_ask_for_endless_rounds() {
        let answer = SERVER_FIRST.replace("i=4096", "i=4000000000");
        assert!(matches!(login().prove(&answer), Err(ScramError::Malformed)));
    }

    #[test]
    fn a_refusal_carries_the_servers_word() {
        let (_, proven) = login().prove(SERVER_FIRST).unwrap();
        let refusal = proven.check("e=invalid-proof").unwrap_err();
        assert!(refusal.to_string().ends_with("invalid-proof"));
    }

    #[test]
    fn a_verifier_has_the_keys_that_hashlib_computes_for_the_same_password() {
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        assert_eq!(
            postgres_verifier("pencil", &salt),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:\
             wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
