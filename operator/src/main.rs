//! `packytrace-ops`: what one person needs to run PackyTrace.

use std::process::ExitCode;

use clap::Parser;
use operator::output::{Output, told};

mod commands;

use commands::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut output = Output::standard();
    match start(cli, &mut output) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _unheard = output.tell(format_args!("error: {}", told(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli, output: &mut Output) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(cli, output))
}
