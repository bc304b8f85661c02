//! `secrets rotate` and `secrets rollback`: a secret is followed by a new one while everything runs.
//!
//! Labels say how far a rotation is, so that a run that was stopped between any two steps is simply
//! run again: `next` is on a version that is being prepared, and `previous` on the one before until
//! that does not work any more. Each step can be taken twice.
//!
//! prepare (`next`) → add → everywhere → probe → switch (`current`, `previous`) → in use → remove → finish

mod kind;
mod logins;
mod place;
mod rings;
mod steps;
mod tokens;

use std::io;

use crate::{
    kafka::KafkaError,
    keycloak::KeycloakError,
    output::Output,
    secrets::{
        Parameters, SecretsError,
        parameters::{CURRENT, NEXT, PREVIOUS, Parameter},
    },
    settings::SettingsError,
};

pub use kind::{Kind, NotRotated};
pub use place::{Fact, Place, Waits};

/// Why a rotation stands still. Whatever was current still is, or the new one is in use everywhere.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The parameter store, Postgres, or a value.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Something that it needs is not said.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The broker.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// Keycloak.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// The manifest has no such function, or it has no such secret.
    #[error("the manifest has no function {0} with such a secret")]
    NoFunction(String),
    /// Nobody can say which version the function uses.
    #[error(
        "no instance of {0} is known: name each by --admin-url {0}=URL, or say by --unseen how many \
         seconds those that cannot be asked (Lambda) may take"
    )]
    NoInstance(String),
    /// The new one does not work.
    #[error("the new {path} does not work, and the old one stays in use: {reason}")]
    Probe {
        /// The secret.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// Somebody made a version current that functions refuse.
    #[error(
        "version {version} of {path} does not work, and functions go on with version {kept}: \
         `secrets rollback` makes that one current again"
    )]
    Refused {
        /// The secret.
        path: String,
        /// The version that is current.
        version: i64,
        /// The version in use.
        kept: i64,
    },
    /// The old one still works.
    #[error("the old {path} is not refused yet: {reason}")]
    StillWorks {
        /// The secret.
        path: String,
        /// Who says so.
        reason: String,
    },
    /// It is too late to go back.
    #[error("the version before of {path} does not work any more; rotate once more instead: {reason}")]
    Gone {
        /// The secret.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// A fact did not come about. Nothing is lost: the next run goes on from there.
    #[error("stopped, and the next run goes on from here: {0}")]
    Waited(String),
    /// Data keys.
    #[error("profiles are not re-wrapped: {0}")]
    Rewrap(#[from] personalization::store::profile_versions::RewrapError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// One secret of one function, on its way.
pub struct Turn {
    kind: Kind,
    function: String,
    path: String,
    current: Parameter,
    next: Option<Parameter>,
    previous: Option<Parameter>,
}

impl Turn {
    async fn read(kind: Kind, function: &str, parameters: &Parameters) -> Result<Self, RotateError> {
        let path = parameters.path(function, kind.name());
        let current = parameters.current(&path).await?.ok_or_else(|| SecretsError::Missing(path.clone()))?;
        let next = parameters.labelled(&path, NEXT).await?;
        let previous = parameters.labelled(&path, PREVIOUS).await?;
        Ok(Self { kind, function: function.to_owned(), path, current, next, previous })
    }

    /// Whether the new version counts already, and only the old one is left to remove.
    fn is_switched(&self) -> bool {
        self.previous.as_ref().is_some_and(|previous| previous.version != self.current.version)
    }

    /// Whether a rotation of it has begun and not ended.
    fn is_under_way(&self) -> bool {
        self.next.is_some() || self.previous.is_some()
    }

    /// The version that functions use because they refuse the current one, which no rotation made.
    async fn kept(&self, place: &Place<'_>) -> Option<i64> {
        if self.is_under_way() {
            return None;
        }
        place.kept(&self.function, &self.path).await.filter(|kept| *kept != self.current.version)
    }

    /// The version that is being prepared.
    fn next(&self) -> Result<&Parameter, RotateError> {
        Ok(self.next.as_ref().ok_or_else(|| SecretsError::Missing(format!("{}:{NEXT}", self.path)))?)
    }

    fn line(&self, step: &str, version: i64, output: &mut Output) -> Result<(), RotateError> {
        Ok(output.line(format_args!("{step}\tv{version}\t{}", self.path))?)
    }
}

/// The secrets of a kind, of one function or of all that have it.
async fn turns(place: &Place<'_>, kind: Kind, function: Option<&str>) -> Result<Vec<Turn>, RotateError> {
    let mut turns = Vec::new();
    for described in &place.manifest.functions {
        let is_asked = function.is_none_or(|name| name == described.name);
        if is_asked && described.secrets.iter().any(|name| name == kind.name()) {
            turns.push(Turn::read(kind, &described.name, &place.parameters).await?);
        }
    }
    match (turns.is_empty(), function) {
        (true, Some(function)) => Err(RotateError::NoFunction(function.to_owned())),
        _ => Ok(turns),
    }
}

/// Rotates a kind, of one function or of all that have it, step by step side by side. One line for
/// each step of each: what was done, version, path.
pub async fn run(
    place: &Place<'_>,
    kind: Kind,
    function: Option<&str>,
    output: &mut Output,
) -> Result<(), RotateError> {
    let mut turns = turns(place, kind, function).await?;
    for turn in &turns {
        if let Some(kept) = turn.kept(place).await {
            let (path, version) = (turn.path.clone(), turn.current.version);
            return Err(RotateError::Refused { path, version, kept });
        }
    }
    let (mut prepared, mut facts): (Vec<&mut Turn>, _) =
        (turns.iter_mut().filter(|turn| !turn.is_switched()).collect(), Vec::new());
    for turn in &mut prepared {
        prepare(place, turn, output).await?;
        facts.extend(steps::add(place, turn).await?);
        turn.line("added", turn.next()?.version, output)?;
    }
    place.wait(facts, output).await?;
    for turn in &prepared {
        steps::probe(place, turn).await?;
        turn.line("probed", turn.next()?.version, output)?;
    }
    for turn in prepared {
        switch(place, turn).await?;
        turn.line("switched", turn.current.version, output)?;
    }
    finish(place, &mut turns, output).await
}

/// The second half: everybody uses the new one, and the old one goes.
async fn finish(place: &Place<'_>, turns: &mut [Turn], output: &mut Output) -> Result<(), RotateError> {
    let in_use = |turn: &Turn| steps::in_use(place, turn);
    place.wait(turns.iter().map(in_use).collect::<Result<Vec<_>, _>>()?.concat(), output).await?;
    // counted from when the last one has switched
    place.wait(turns.iter().filter_map(steps::run_out).collect(), output).await?;
    let mut facts = Vec::new();
    for turn in turns.iter_mut() {
        turn.line("in use", turn.current.version, output)?;
        facts.extend(steps::remove(place, turn).await?);
    }
    place.wait(facts, output).await?;
    for turn in turns {
        steps::is_removed(place, turn).await?;
        place.parameters.unlabel_if(&turn.path, turn.next.take().as_ref(), NEXT).await?;
        place.parameters.unlabel_if(&turn.path, turn.previous.take().as_ref(), PREVIOUS).await?;
        turn.line("finished", turn.current.version, output)?;
    }
    Ok(())
}

/// A version that nobody uses yet; the one of a run that was stopped is taken up again.
async fn prepare(place: &Place<'_>, turn: &mut Turn, output: &mut Output) -> Result<(), RotateError> {
    let is_there = turn.next.as_ref().is_some_and(|next| next.version != turn.current.version);
    if !is_there {
        let value = steps::successor(place, turn)?;
        let next = place.parameters.write_text(&turn.path, value).await?;
        place.parameters.label(&turn.path, next.version, NEXT).await?;
        turn.next = Some(next);
    }
    turn.line("prepared", turn.next()?.version, output)
}

/// The moment: before it the old version counts, after it the new one.
async fn switch(place: &Place<'_>, turn: &mut Turn) -> Result<(), RotateError> {
    let next = turn.next.take().ok_or_else(|| SecretsError::Missing(format!("{}:{NEXT}", turn.path)))?;
    place.parameters.label(&turn.path, turn.current.version, PREVIOUS).await?;
    place.parameters.label(&turn.path, next.version, CURRENT).await?;
    place.parameters.unlabel(&turn.path, next.version, NEXT).await?;
    turn.previous = Some(std::mem::replace(&mut turn.current, next));
    Ok(())
}

/// Takes back a rotation that is under way: the version before counts again, and the new one works
/// nowhere. So does the version that functions kept because they refuse the current one. One line for
/// each step of each secret.
pub async fn roll_back(
    place: &Place<'_>,
    kind: Kind,
    function: Option<&str>,
    output: &mut Output,
) -> Result<(), RotateError> {
    let mut turns = turns(place, kind, function).await?;
    let restored = restore(place, &turns, output).await?;
    turns.retain(Turn::is_under_way);
    if turns.is_empty() && !restored {
        return Ok(output.tell(format_args!("no rotation of {kind} is under way; nothing was changed"))?);
    }
    take_back(place, turns, output).await
}

/// Makes versions current again that functions have never ceased to use. Whether there were any.
async fn restore(place: &Place<'_>, turns: &[Turn], output: &mut Output) -> Result<bool, RotateError> {
    let mut facts = Vec::new();
    for turn in turns {
        let Some(kept) = turn.kept(place).await else { continue };
        place.parameters.make_current(&turn.path, kept).await?;
        turn.line("switched back", kept, output)?;
        facts.push(place.reported(&turn.function, &turn.path, kept));
    }
    let restored = !facts.is_empty();
    place.wait(facts, output).await?;
    Ok(restored)
}

async fn take_back(place: &Place<'_>, mut turns: Vec<Turn>, output: &mut Output) -> Result<(), RotateError> {
    let mut facts = Vec::new();
    for turn in turns.iter().filter(|turn| turn.is_switched()) {
        facts.extend(steps::can_return(place, turn).await?);
    }
    place.wait(facts, output).await?;
    let mut facts = Vec::new();
    for turn in turns.iter_mut().filter(|turn| turn.is_switched()) {
        switch_back(place, turn).await?;
        turn.line("switched back", turn.current.version, output)?;
        facts.push(place.reported(&turn.function, &turn.path, turn.current.version));
    }
    place.wait(facts, output).await?;
    let mut facts = Vec::new();
    for turn in &mut turns {
        facts.extend(steps::withdraw(place, turn).await?);
    }
    place.wait(facts, output).await?;
    for turn in turns {
        place.parameters.unlabel_if(&turn.path, turn.next.as_ref(), NEXT).await?;
        place.parameters.unlabel_if(&turn.path, turn.previous.as_ref(), PREVIOUS).await?;
        turn.line("rolled back", turn.current.version, output)?;
    }
    Ok(())
}

async fn switch_back(place: &Place<'_>, turn: &mut Turn) -> Result<(), RotateError> {
    if let Some(previous) = turn.previous.take() {
        place.parameters.label(&turn.path, turn.current.version, NEXT).await?;
        place.parameters.label(&turn.path, previous.version, CURRENT).await?;
        place.parameters.unlabel(&turn.path, previous.version, PREVIOUS).await?;
        turn.next = Some(std::mem::replace(&mut turn.current, previous));
    }
    Ok(())
}
