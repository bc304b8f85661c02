//! `<function> invoke`: one call of a handler without any server. `--as` signs the call with keys
//! that are drawn for it and known to this process only, and only where the environment is `test`.

use std::{collections::HashMap, ffi::OsString, io, sync::Arc};

use bytes::Bytes;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use runtime_adapter::{
    BoxError, Function,
    invoke::{self, Caller, Invocation, InvokeError},
};
use uuid::Uuid;

use crate::{
    boot::Edges,
    caller::{self, KeySet, OnBehalf, SigningKey, TokenSigner},
    clock::Clock,
    ids::Ids,
    secrets::Secrets,
    settings::Platform,
    telemetry::Logs,
};

/// The only environment in which a caller may be pretended.
const TEST: &str = "test";
/// Who calls for people.
const GATEWAY: &str = "api-gateway";
const KEY_ID: &str = "invocation";

/// What a process was started for.
#[derive(Debug)]
pub(crate) enum Task {
    /// Its triggers.
    Serve,
    /// One call.
    Invoke(Box<Invocation>),
}

/// A function of PackyTrace. Without a command it serves; its settings come from the environment.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Call a handler once, without any server: print the answer, its duration and peak memory.
    Invoke(Box<Invocation>),
}

impl Task {
    /// What the command line says; ends the process with clap's words where it says nothing sound.
    pub(crate) fn of_command_line(name: &'static str) -> Self {
        Self::of(name, std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn of(name: &'static str, arguments: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Arguments::command().name(name).bin_name(name).try_get_matches_from(arguments)?;
        Ok(match Arguments::from_arg_matches(&matches)?.command {
            None => Self::Serve,
            Some(Command::Invoke(invocation)) => Self::Invoke(invocation),
        })
    }

    /// An invocation's answer has standard output for itself.
    pub(crate) fn logs(&self) -> Logs {
        match self {
            Self::Serve => Logs::Output,
            Self::Invoke(_) => Logs::Beside,
        }
    }
}

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// Pretending to be somebody is for tests.
    #[error("--as is refused: the environment is {0:?} and not \"test\"")]
    NoTest(String),
    /// Accounts and visitors are UUIDs.
    #[error("--as {0}: the id is no UUID")]
    NoId(Caller),
    /// The manifest has no such edge, so no token would be believed.
    #[error("--as {who}: the manifest does not let {function} call {asked}")]
    NotCalled {
        /// Whom to be.
        who: Caller,
        /// Which function that would be.
        function: String,
        /// Who is asked.
        asked: &'static str,
    },
    /// No key could be drawn.
    #[error("a key for --as could not be made")]
    Key,
    /// The handler, the event or the request.
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    /// The answer cannot be printed.
    #[error("the answer cannot be printed: {0}")]
    Print(#[from] io::Error),
}

/// A caller with a key that nobody else knows.
pub(crate) struct Stranger {
    function: String,
    on_behalf: OnBehalf,
    public: String,
    secrets: Secrets,
}

impl Stranger {
    /// Whoever `--as` names; `None` without it. `callers` may call the function that is `asked`.
    pub(crate) fn of(
        invocation: &Invocation,
        platform: &Platform,
        asked: &'static str,
        callers: &Edges,
    ) -> Result<Option<Self>, InvocationError> {
        let Some(caller) = &invocation.caller else { return Ok(None) };
        if platform.environment != TEST {
            return Err(InvocationError::NoTest(platform.environment.clone()));
        }
        let id = |id: &str| Uuid::parse_str(id).map_err(|_| InvocationError::NoId(caller.clone())).map(Some);
        let (function, on_behalf) = match caller {
            Caller::Visitor(visitor) => (GATEWAY, OnBehalf { visitor: id(visitor)?, ..OnBehalf::default() }),
            Caller::Account(account) => (GATEWAY, OnBehalf { account: id(account)?, ..OnBehalf::default() }),
            Caller::Function(name) => (name.as_str(), OnBehalf::default()),
        };
        if !callers.contains_key(function) {
            let (who, function) = (caller.clone(), function.to_owned());
            return Err(InvocationError::NotCalled { who, function, asked });
        }
        let key = SigningKey::generate(KEY_ID.to_owned()).map_err(|_| InvocationError::Key)?;
        let public = KeySet { keys: vec![key.public().map_err(|_| InvocationError::Key)?] };
        let text = |value: serde_json::Result<String>| value.map_err(|_| InvocationError::Key);
        let private =
            (format!("/packytrace/{TEST}/{function}/internal-key"), text(serde_json::to_string(&key))?);
        Ok(Some(Self {
            function: function.to_owned(),
            on_behalf,
            public: text(serde_json::to_string(&public))?,
            secrets: Secrets::fixed(TEST, function, HashMap::from([private])),
        }))
    }

    /// The secret by which this process, and no other, knows the key.
    pub(crate) fn public_keys(&self) -> [(String, String); 1] {
        [(format!("/packytrace/{TEST}/shared/internal-keys/{}", self.function), self.public.clone())]
    }

    /// The headers with which the caller would come.
    async fn sign(
        &self,
        callee: &str,
        request: &Request<Bytes>,
        clock: &Clock,
    ) -> Result<HeaderMap, BoxError> {
        let ids = Ids::system();
        let request_id = ids.next(clock.now()).to_string();
        let signer = TokenSigner::new(&self.function, self.secrets.clone(), clock.clone(), ids);
        let (method, path) = (request.method().as_str(), request.uri().path());
        let token = signer.sign(callee, method, path, &request_id, &self.on_behalf).await?;
        let mut headers = HeaderMap::new();
        let mut header = |name, value: String| -> Result<(), BoxError> {
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value)?);
            Ok(())
        };
        header(caller::INTERNAL_TOKEN, token)?;
        header(caller::REQUEST_ID, request_id)?;
        if let Some(account) = self.on_behalf.account {
            header(caller::ACCOUNT_ID, account.to_string())?;
        }
        if let Some(visitor) = self.on_behalf.visitor {
            header(caller::VISITOR_ID, visitor.to_string())?;
        }
        Ok(headers)
    }
}

/// Calls the handler, prints its answer, and beside it how long it took and how much memory.
pub(crate) async fn run(
    function: &Function,
    invocation: &Invocation,
    clock: &Clock,
    stranger: Option<&Stranger>,
) -> Result<(), InvocationError> {
    let now = clock.clone();
    let outcome =
        invoke::invoke(
            function,
            invocation,
            Arc::new(move || now.now()),
            async |_, request| match stranger {
                Some(stranger) => stranger.sign(function.name(), request, clock).await,
                None => Ok(HeaderMap::new()),
            },
        )
        .await?;
    outcome.write_answer(&mut io::stdout())?;
    Ok(io::Write::write_all(&mut io::stderr(), format!("{}\n", outcome.measures()).as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{boot::edges_to, caller::Callers, settings};

    const PATH: &str = "/api/v1/scans";

    fn invocation(caller: &str) -> Invocation {
        let arguments = ["passport", "invoke", "--http", "GET /api/v1/scans?limit=1", "--as", caller];
        match Task::of("passport", arguments.iter().map(OsString::from)).unwrap() {
            Task::Invoke(invocation) => *invocation,
            Task::Serve => unreachable!("it is an invocation"),
        }
    }

    fn platform(environment: &str) -> Platform {
        Platform { environment: environment.to_owned(), ..settings::defaults() }
    }

    fn edges() -> Edges {
        edges_to(&runtime_adapter::manifest::Manifest::embedded().unwrap(), "passport").unwrap()
    }

    fn stranger(caller: &str) -> Result<Stranger, InvocationError> {
        let stranger = Stranger::of(&invocation(caller), &platform(TEST), "passport", &edges());
        stranger.map(Option::unwrap)
    }

    #[test]
    fn without_a_command_a_function_serves() {
        let task = Task::of("passport", std::iter::once(OsString::from("passport"))).unwrap();
        assert_eq!((task.logs(), matches!(task, Task::Serve)), (Logs::Output, true));
    }

    #[tokio::test]
    async fn a_pretended_visitor_is_believed_by_this_process() {
        let visitor = "01890a5d-ac96-774b-bcce-b302099a8057";
        let stranger = stranger(&format!("visitor:{visitor}")).unwrap();
        let clock = Clock::system();
        let request = Request::get(format!("{PATH}?limit=1")).body(Bytes::new()).unwrap();
        let headers = stranger.sign("passport", &request, &clock).await.unwrap();
        let secrets = Secrets::fixed(TEST, "passport", HashMap::from(stranger.public_keys()));
        let callers = Callers::new("passport", secrets, clock, edges());
        let believed = callers.check(&http::Method::GET, PATH, &headers).await.unwrap();
        assert_eq!(believed.on_behalf.visitor.unwrap().to_string(), visitor);
    }

    #[test]
    fn nobody_is_pretended_outside_tests() {
        for environment in ["production", "local", "Test", ""] {
            let (invocation, platform) = (invocation("function:api-gateway"), platform(environment));
            let refused = Stranger::of(&invocation, &platform, "passport", &edges()).err().unwrap();
            assert!(matches!(refused, InvocationError::NoTest(_)), "{environment}");
        }
    }

    #[test]
    fn who_would_not_be_believed_is_not_pretended() {
        assert!(matches!(stranger("account:me").err().unwrap(), InvocationError::NoId(_)));
        assert!(matches!(stranger("function:measurement").err().unwrap(), InvocationError::NotCalled { .. }));
    }
}
