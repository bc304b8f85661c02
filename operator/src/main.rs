//! `packytrace-ops`: what one person needs to run PackyTrace.

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use operator::{
    audit,
    output::{Output, told},
};
use service_chassis::clock::Clock;

mod commands;

use commands::{Cli, run};

/// Commands that change nothing: they are not in the audit log.
const LOOKS: [&str; 5] = ["code parse", "doctor", "links get", "rules diff", "secrets status"];

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let name = name(&matches);
    let mut output = Output::standard();
    match start(&matches, &name, &mut output) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _unheard = output.tell(format_args!("error: {}", told(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}

/// The words of a command, without what it is given.
fn name(matches: &ArgMatches) -> String {
    let (mut words, mut within) = (Vec::new(), matches);
    while let Some((word, below)) = within.subcommand() {
        words.push(word);
        within = below;
    }
    words.join(" ")
}

fn start(matches: &ArgMatches, name: &str, output: &mut Output) -> anyhow::Result<ExitCode> {
    let cli = Cli::from_arg_matches(matches)?;
    let log = cli.audit_log().filter(|_| !LOOKS.contains(&name)).cloned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(run(cli, output));
    if let Some(log) = log {
        let outcome = if outcome.is_ok() { "done" } else { "failed" };
        audit::record(&log, name, outcome, Clock::system().now())?;
    }
    outcome
}
