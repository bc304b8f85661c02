//! `pg_dump` and `pg_restore`, told by their environment where the server is and how to log in: a
//! command line is seen by everybody on the machine.

use std::path::Path;

use percent_encoding::percent_decode_str;
use tokio::process::Command;
use url::Url;

use super::BackupError;
use crate::postgres::PostgresError;

/// Tables whose rows no backup has: facts about people that are deleted within days.
pub(super) const LEFT_OUT: [&str; 1] = ["measurement.facts"];
/// Lines of a failed program that are told.
const LINES: usize = 5;

/// A server, as the operator.
pub(super) struct Server(Vec<(&'static str, String)>);

impl Server {
    /// The server of `POSTGRES_ADMIN_URL`.
    pub(super) fn of(admin_url: &str) -> Result<Self, BackupError> {
        let url = Url::parse(admin_url).map_err(|_| PostgresError::Address)?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut environment = vec![
            ("PGHOST", url.host_str().ok_or(PostgresError::Address)?.to_owned()),
            ("PGPORT", url.port().unwrap_or(5432).to_string()),
            ("PGUSER", decoded(url.username())),
            ("PGPASSWORD", decoded(url.password().unwrap_or_default())),
        ];
        environment.extend(
            url.query_pairs()
                .filter_map(|(name, value)| (name == "sslmode").then(|| ("PGSSLMODE", value.into_owned()))),
        );
        Ok(Self(environment))
    }

    /// Dumps a database as the holder of `snapshot` sees it.
    pub(super) async fn dump(&self, database: &str, snapshot: &str, to: &Path) -> Result<(), BackupError> {
        let mut command = self.command("pg_dump", database);
        command
            .args(["--format=custom", "--lock-wait-timeout=60s", "--snapshot", snapshot, "--file"])
            .arg(to);
        command.args(LEFT_OUT.map(|table| format!("--exclude-table-data={table}")));
        run("pg_dump", command).await
    }

    /// Restores a database that is empty: all of it, or nothing.
    pub(super) async fn restore(&self, database: &str, from: &Path) -> Result<(), BackupError> {
        let mut command = self.command("pg_restore", database);
        command.args(["--single-transaction", "--exit-on-error"]).arg(from);
        run("pg_restore", command).await
    }

    fn command(&self, program: &str, database: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.0.iter().cloned()).args(["--no-password", "--dbname", database]).kill_on_drop(true);
        command
    }
}

async fn run(program: &'static str, mut command: Command) -> Result<(), BackupError> {
    let outcome = command.output().await;
    let said = match outcome {
        Ok(outcome) if outcome.status.success() => return Ok(()),
        Ok(outcome) => {
            let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
            said.lines().take(LINES).collect::<Vec<_>>().join("; ")
        }
        Err(error) => format!("{error} (it comes with PostgreSQL's client programs)"),
    };
    Err(BackupError::Program { program, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_the_environment_and_never_on_the_command_line() {
        let server = Server::of("postgres://ops:p%40ss@db:5433/postgres?sslmode=require").unwrap();
        let command = server.command("pg_dump", "packytrace");
        let told =
            |name: &str| server.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(told("PGPASSWORD"), Some("p@ss"));
        assert_eq!((told("PGPORT"), told("PGSSLMODE")), (Some("5433"), Some("require")));
        assert!(!command.as_std().get_args().any(|argument| argument.to_string_lossy().contains("p@ss")));
    }
}
