//! Postgres is away for some seconds, or its disk is full.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
    process::Command,
};

use end_to_end::load::{Kind, Outcome};
use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};

use crate::{STACK, kill, rounds, under_load::UnderLoad};

const KINDS: [Kind; 7] =
    [Kind::Product, Kind::Scan, Kind::Verdict, Kind::Account, Kind::Profile, Kind::Fridge, Kind::Brand];

/// What happens to Postgres costs seconds of 503, and nothing else.
async fn costs_seconds_of_503(fault: fn()) {
    let load = UnderLoad::of(&KINDS).await;
    let processes = pids();
    for _ in 0..rounds() {
        fault();
        load.answers(KINDS.len()).await;
        load.is_well().await;
    }
    let report = load.recovers().await;
    let clean = report.unexpected().iter().all(|sample| sample.outcome == Outcome::Answer(503));
    assert!(clean, "{report}");
    assert_eq!(pids(), processes, "pools recover, processes stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgres_costs_seconds_of_503_and_nothing_else() {
    costs_seconds_of_503(|| STACK.service(&["restart", "postgres"]).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_is_back_with_all_that_was_acknowledged() {
    costs_seconds_of_503(|| kill("postgres")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_clearly_and_loses_nothing_that_was_acknowledged() {
    let Some(disk) = SmallDisk::of_scans().await else {
        // Not println!, whose output the test harness keeps when a test passes.
        writeln!(io::stdout(), "NOT RUN: only root may mount the small file system that this test fills")
            .unwrap();
        return;
    };
    let load = UnderLoad::of(&KINDS).await;
    let (processes, before) = (pids(), load.so_far().unexpected().len());
    disk.fill();
    load.until("writes are refused", |report| report.unexpected().len() > before + 5).await;
    disk.empty();
    let report = load.recovers().await;
    let refused = |outcome: &Outcome| *outcome == Outcome::Answer(503);
    let of_scans = |kind: Kind| matches!(kind, Kind::Scan | Kind::Verdict);
    let clean = report.unexpected().iter().all(|sample| refused(&sample.outcome) && of_scans(sample.kind));
    assert!(clean, "{report}");
    assert_eq!(pids(), processes, "nobody has to be started anew");
    disk.unmount().await;
}

/// A file system of a few MiB, where passport's table of scans is until this is unmounted.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this process may not mount.
    async fn of_scans() -> Option<Self> {
        let disk = Self(STACK.state().join("small-disk"));
        fs::create_dir_all(&disk.0).unwrap();
        if !run("mount", &["-t", "tmpfs", "-o", "size=64m,mode=0700", "none", disk.path()]) {
            return None;
        }
        let data = STACK.state().join("postgres");
        assert!(run("chown", &["--reference", data.to_str().unwrap(), disk.path()]));
        let mut conn = superuser().await;
        let make = format!("create tablespace small_disk location '{}'", disk.path());
        let moved = "alter table passport.scans set tablespace small_disk";
        // without room in its pages, so that each further row soon needs a new one
        for statement in [&*make, moved, "vacuum full passport.scans"] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
        }
        Some(disk)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Leaves not a byte.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let block = [0; 4096];
        while filler.write_all(&block).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    async fn unmount(&self) {
        let mut conn = superuser().await;
        for statement in [
            "alter table passport.scans set tablespace pg_default",
            "checkpoint",
            "drop tablespace small_disk",
        ] {
            sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
        }
        // lazily: a process of Postgres may have a file of it open
        assert!(run("umount", &["--lazy", self.path()]));
    }
}

/// Also where the test ends early there is room again, for the tests after it.
impl Drop for SmallDisk {
    fn drop(&mut self) {
        fs::remove_file(self.filler()).ok();
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).stderr(std::process::Stdio::null()).status().unwrap().success()
}

async fn superuser() -> PgConnection {
    let options: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
    options.database("packytrace").connect().await.unwrap()
}

/// The processes of the functions.
fn pids() -> Vec<String> {
    let state = STACK.state().join("bin/service");
    let pid = |name: &String| {
        let told = std::process::Command::new(&state).args(["pid", name]).output().unwrap();
        String::from_utf8(told.stdout).unwrap()
    };
    STACK.functions.keys().map(pid).collect()
}
