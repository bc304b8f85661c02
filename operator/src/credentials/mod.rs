//! `credentials`: on a host, hands each container the temporary credentials of its own AWS role, and
//! of no other, in the manner of the endpoint that ECS has for its tasks. Every AWS SDK asks it by
//! itself where `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` (or `…_FULL_URI`) and
//! `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` are set.
//!
//! The container proves who it is by a token that lies in a file of its own; the roles are those of
//! the functions, `<prefix><function>`, made by Terraform, and that of the operator's own one-shots.

mod door;
mod roles;
mod tokens;

use std::{io, net::SocketAddr, path::PathBuf};

use service_chassis::{clock::Clock, runtime::manifest::Manifest};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

pub use door::door;
pub use roles::{Roles, RolesError};
pub use tokens::{Tokens, TokensError, make as make_tokens};

use crate::output::Output;

/// Who asks beside the functions: the operator's own containers, and on the Lambda track the host's private
/// door to functions.
const OTHERS: [&str; 2] = ["operator", "door"];

/// Why no credentials can be handed out.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        source: io::Error,
    },
    /// It broke off.
    #[error("the endpoint broke off")]
    Broken(#[source] io::Error),
    /// A line could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Where it listens, and for whom.
pub struct Request {
    /// The address, 169.254.170.2 in production: SDKs know it.
    pub listen: SocketAddr,
    /// The folder with a token file for each name, `<name>/aws-token`.
    pub tokens: PathBuf,
    /// What stands before a name in the ARN of its role.
    pub role_prefix: String,
}

/// Who may have a role: every function of the manifest, the operator's one-shots, the private door.
pub fn names(manifest: &Manifest) -> Vec<String> {
    let functions = manifest.functions.iter().map(|function| function.name.clone());
    functions.chain(OTHERS.map(str::to_owned)).collect()
}

/// Answers until it is told to stop.
///
/// # Errors
/// When the address is taken, or not this machine's.
pub async fn serve(
    manifest: &Manifest,
    request: Request,
    clock: &Clock,
    output: &mut Output,
) -> Result<(), CredentialsError> {
    let address = request.listen;
    let listen = |source| CredentialsError::Listen { address, source };
    let mut stop = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let names = names(manifest);
    let roles = Roles::of(&names, &request.role_prefix, clock).await;
    output.line(format_args!("listening on {}", listener.local_addr().map_err(listen)?))?;
    axum::serve(listener, door(Tokens::new(request.tokens), roles))
        .with_graceful_shutdown(async move {
            stop.recv().await;
        })
        .await
        .map_err(CredentialsError::Broken)
}
