//! The running containers, as Docker describes them.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::stack::Stack;

/// The project's name in docker-compose.yml.
const PROJECT: &str = "packytrace";

/// One container.
#[derive(Clone, Debug)]
pub struct Container(pub Value);

/// What a command wrote, when it ended well.
pub fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let outcome =
        Command::new(program).args(arguments).output().with_context(|| format!("{program} starts"))?;
    let said = String::from_utf8_lossy(&outcome.stderr);
    ensure!(outcome.status.success(), "{program} {arguments:?}: {said}");
    Ok(String::from_utf8_lossy(&outcome.stdout).into_owned())
}

/// Docker's client.
pub fn docker(arguments: &[&str]) -> Result<String> {
    run("docker", arguments)
}

/// Compose with the settings of this instance.
pub fn compose(stack: &Stack, arguments: &[&str]) -> Result<String> {
    run(&stack.state().join("bin/compose").to_string_lossy(), arguments)
}

/// Every container of the project, those that have ended included.
pub fn all() -> Result<Vec<Container>> {
    let label = format!("label=com.docker.compose.project={PROJECT}");
    let ids = docker(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &label])?;
    let mut inspect = vec!["inspect"];
    inspect.extend(ids.lines());
    let described: Vec<Value> = serde_json::from_str(&docker(&inspect)?)?;
    Ok(described.into_iter().map(Container).collect())
}

/// The containers that run all the time.
pub fn servers() -> Result<Vec<Container>> {
    Ok(all()?.into_iter().filter(|container| container.0["State"]["Running"] == true).collect())
}

/// The container of a service.
pub fn of(service: &str) -> Result<Container> {
    let found = all()?.into_iter().find(|container| container.service() == service);
    found.with_context(|| format!("{service} has no container"))
}

impl Container {
    /// Its service in the Compose file.
    pub fn service(&self) -> &str {
        self.0["Config"]["Labels"]["com.docker.compose.service"].as_str().unwrap_or_default()
    }

    /// Docker's id.
    pub fn id(&self) -> &str {
        self.0["Id"].as_str().unwrap_or_default()
    }

    /// Its image, by id.
    pub fn image(&self) -> &str {
        self.0["Image"].as_str().unwrap_or_default()
    }

    /// When it was started last, and which process it is.
    pub fn life(&self) -> (String, u64) {
        let state = &self.0["State"];
        (state["StartedAt"].to_string(), state["Pid"].as_u64().unwrap_or_default())
    }

    /// Whether its health check says so.
    pub fn is_healthy(&self) -> bool {
        self.0["State"]["Health"]["Status"] == "healthy"
    }

    /// Its address in a network of the project.
    pub fn address(&self, network: &str) -> Option<&str> {
        self.0["NetworkSettings"]["Networks"][format!("{PROJECT}_{network}")]["IPAddress"].as_str()
    }
}

/// Memory in use by service, in MiB, without the pages of files that nobody has touched lately.
pub fn memory(containers: &[Container]) -> Result<Vec<(String, f64)>> {
    let mut stats = vec!["stats", "--no-stream", "--no-trunc", "--format", "{{.ID}} {{.MemUsage}}"];
    stats.extend(containers.iter().map(Container::id));
    let lines = docker(&stats)?;
    let of = |container: &Container| {
        let line =
            lines.lines().find(|line| line.starts_with(container.id())).context("a line of docker stats")?;
        let used = line.split_whitespace().nth(1).context("memory in docker stats")?;
        Ok((container.service().to_owned(), mebibytes(used)?))
    };
    containers.iter().map(of).collect()
}

/// `12.5MiB` as docker stats writes it.
fn mebibytes(text: &str) -> Result<f64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "B" => 1.0 / 1024.0 / 1024.0,
        "KiB" => 1.0 / 1024.0,
        "MiB" => 1.0,
        "GiB" => 1024.0,
        other => anyhow::bail!("docker stats counts in {other}"),
    };
    Ok(digits.parse::<f64>()? * factor)
}
