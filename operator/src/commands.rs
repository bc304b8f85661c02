//! The commands, as `packytrace-ops --help` shows them, and what each of them starts.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use service_chassis::{clock::Clock, runtime::manifest::Manifest};

use operator::{
    catalog::{self, Format},
    doctor, kafka, migrate,
    output::Output,
    secrets,
    settings::{Flags, Settings},
};

/// The operator's tool of PackyTrace.
///
/// Every command can be stopped at any moment and run again: what is done stays, what is missing is
/// made. Lines for programs go to standard output, sentences for people to standard error.
#[derive(Parser)]
#[command(name = "packytrace-ops", version, after_help = AFTER_HELP, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 not done or something is wrong, 2 the command line is.
A new environment: secrets init, migrate, kafka apply, then the functions, then doctor.";

#[derive(Subcommand)]
enum Command {
    /// Bring every schema of the manifest to this version, as its owner.
    Migrate,

    /// Secrets in SSM Parameter Store.
    #[command(subcommand)]
    Secrets(Secrets),

    /// The broker: topics, users, access rules.
    #[command(subcommand)]
    Kafka(Kafka),

    /// The product catalogue.
    #[command(subcommand)]
    Catalog(Catalog),

    /// One page: what is up, what is old, what is wrong.
    Doctor(Doctor),
}

#[derive(Subcommand)]
enum Secrets {
    /// Make every secret of the manifest that has no current version, and set the passwords of
    /// Postgres's logins. No value is ever shown.
    Init,
    /// Path, version, labels and age of each; exit code 1 when one is missing.
    Status,
}

#[derive(Subcommand)]
enum Kafka {
    /// Make topics, users and access rules what the manifest and the secrets say.
    Apply {
        /// Partitions of a topic that is made. Topics that are there keep theirs.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=1000))]
        partitions: i32,
    },
}

#[derive(Subcommand)]
enum Catalog {
    /// Take a file of products into the catalogue, every record or a reason why not.
    ///
    /// Standard output gets one JSON line {line, code, reason} for each refusal and last
    /// {read, taken, unchanged, refused}. Refused records do not fail the command.
    Import(Import),
}

#[derive(Args)]
struct Import {
    /// The file, plain or gzip; `-` is standard input.
    file: PathBuf,

    /// `auto` looks at the header and at each record's members.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,

    /// Who states the facts. Without it: `open-food-facts` for records of that origin, else `operator`.
    #[arg(long)]
    source: Option<String>,
}

#[derive(Args)]
struct Doctor {
    /// A function's private address, NAME=URL; once for each. The file of `make up` names them all.
    #[arg(long = "function", value_name = "NAME=URL")]
    functions: Vec<String>,
}

/// Runs a command.
///
/// # Errors
/// Whatever kept it from being done, for a person to read.
pub(crate) async fn run(cli: Cli, output: &mut Output) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(cli.flags)?;
    let manifest = Manifest::embedded()?;
    let clock = Clock::system();
    match cli.command {
        Command::Migrate => migrate::run(&manifest, settings.postgres_admin_url()?, output).await?,
        Command::Secrets(Secrets::Init) => {
            let parameters = settings.parameters().await?;
            secrets::init(&manifest, &parameters, settings.postgres_admin_url()?, output).await?;
        }
        Command::Secrets(Secrets::Status) => {
            let parameters = settings.parameters().await?;
            return Ok(code(secrets::status(&manifest, &parameters, clock.now(), output).await?));
        }
        Command::Kafka(Kafka::Apply { partitions }) => {
            let parameters = settings.parameters().await?;
            kafka::apply(&manifest, &settings.kafka()?, &parameters, partitions, output).await?;
        }
        Command::Catalog(Catalog::Import(import)) => {
            let request =
                catalog::Request { file: import.file, format: import.format, source: import.source };
            let mut conn = catalog::connect(&manifest, settings.postgres_admin_url()?).await?;
            catalog::import(&mut conn, request, &clock, output).await?;
        }
        Command::Doctor(doctor) => {
            return Ok(code(doctor::run(&manifest, &settings, &doctor.functions, &clock, output).await?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn code(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_sentence_of_help() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
