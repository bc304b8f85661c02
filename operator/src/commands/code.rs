//! `code`: what codes say.

use std::{io, process::ExitCode};

use clap::Subcommand;
use operator::{code, output::Output};
use service_chassis::clock::Clock;

#[derive(Subcommand)]
pub(crate) enum Code {
    /// Tell what a code says, as JSON; exit code 1 when it is not valid.
    ///
    /// What its members are, operator/README.md tells.
    Parse {
        /// A GTIN, a GS1 Digital Link, an element string with or without brackets, an EPC binary string.
        #[arg(required_unless_present = "batch", allow_hyphen_values = true)]
        text: Option<String>,
        /// Read a code from each line of standard input, and write one line for each; exit code 0.
        #[arg(long, conflicts_with = "text")]
        batch: bool,
    },
}

impl Code {
    /// Without a text, the codes are lines of standard input.
    pub(crate) fn run(self, clock: &Clock, output: &mut Output) -> anyhow::Result<ExitCode> {
        let Self::Parse { text, .. } = self;
        if let Some(text) = text {
            let valid = code::one(&text, clock.today(), output)?;
            return Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        code::batch(io::stdin().lock(), clock.today(), output)?;
        Ok(ExitCode::SUCCESS)
    }
}
