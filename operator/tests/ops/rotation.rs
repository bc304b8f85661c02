//! A rotation is stopped after each of its lines, against an SSM endpoint and Postgres. No instance can
//! be asked, and none needs time; end-to-end/tests/rotation.rs has running functions.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::Duration,
};

use operator::{
    output::Output,
    secrets::{
        instances::Instances,
        parameters::{CURRENT, NEXT, PREVIOUS},
        rotate::{self, Kind, Place, RotateError, Waits},
        shapes::{KeyRing, Login},
    },
    settings::{Flags, Settings},
};
use service_chassis::clock::Clock;

use crate::{secrets::Stage, support::clock};

/// The lines of a whole rotation.
const LINES: usize = 6;

/// Takes so many lines, and then none any more: a run stops where it stands.
struct Stopping(usize);

impl Write for Stopping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= bytes.split(|byte| *byte == b'\n').count() - 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a run needs beside the stage.
struct Tool {
    settings: Settings,
    clock: Clock,
}

impl Tool {
    fn of(stage: &Stage) -> Self {
        let flags = Flags {
            environment: Some("rotation".to_owned()),
            postgres_admin_url: Some(stage.admin_url.clone()),
            ..Flags::default()
        };
        Self { settings: Settings::read(flags).unwrap(), clock: clock() }
    }

    fn place<'a>(&'a self, stage: &'a Stage) -> Place<'a> {
        Place {
            manifest: &stage.manifest,
            parameters: stage.parameters.clone(),
            settings: &self.settings,
            instances: Instances::new(BTreeMap::new()).unwrap(),
            clock: &self.clock,
            waits: Waits { patience: Duration::from_secs(10), unseen: Some(Duration::ZERO) },
        }
    }
}

async fn rotate(stage: &Stage, kind: Kind, lines: usize) -> Result<(), RotateError> {
    let tool = Tool::of(stage);
    rotate::run(&tool.place(stage), kind, None, &mut Output::new(Stopping(lines), io::sink())).await
}

async fn roll_back(stage: &Stage, kind: Kind) -> Result<(), RotateError> {
    let tool = Tool::of(stage);
    rotate::roll_back(&tool.place(stage), kind, None, &mut Output::new(Stopping(usize::MAX), io::sink()))
        .await
}

/// The labels of a secret, of all its versions.
async fn labels(stage: &Stage, name: &str) -> Vec<String> {
    let path = stage.parameters.path(&stage.function, name);
    let versions = stage.parameters.versions(&path).await.unwrap();
    versions.into_iter().flat_map(|version| version.labels).collect()
}

async fn ring(stage: &Stage) -> KeyRing {
    let path = stage.parameters.path(&stage.function, "visitor-keys");
    stage.parameters.current(&path).await.unwrap().unwrap().json(&path).unwrap()
}

#[tokio::test]
async fn a_login_that_is_stopped_after_any_line_is_followed_by_the_next_run() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    for lines in 0..=LINES {
        let old: Login = stage.database_login().await;
        let stopped = rotate(&stage, Kind::Database, lines).await;
        assert_eq!(stopped.is_err(), lines < LINES, "{lines}: {stopped:?}");
        let between: Login = stage.database_login().await;
        assert!(stage.can_log_in(&between).await, "{lines}: what counts works");
        if lines < LINES - 1 {
            rotate(&stage, Kind::Database, LINES).await.unwrap();
        }
        let new: Login = stage.database_login().await;
        assert_ne!(new.username, old.username, "{lines}");
        assert!(stage.can_log_in(&new).await && !stage.can_log_in(&old).await, "{lines}");
        assert_eq!(labels(&stage, "database").await, [CURRENT], "{lines}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_login_goes_back_from_wherever_a_run_was_stopped() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    let old: Login = stage.database_login().await;
    for lines in 0..LINES - 1 {
        rotate(&stage, Kind::Database, lines).await.unwrap_err();
        roll_back(&stage, Kind::Database).await.unwrap();
        assert_eq!(stage.database_login().await.password, old.password, "{lines}");
        assert!(stage.can_log_in(&old).await, "{lines}");
        assert_eq!(labels(&stage, "database").await, [CURRENT], "{lines}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_ring_gets_one_key_more_however_often_a_run_is_stopped() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    for lines in 0..=LINES {
        let old = ring(&stage).await;
        rotate(&stage, Kind::VisitorKeys, lines).await.ok();
        assert!(ring(&stage).await.is_sound(), "{lines}");
        if lines < LINES - 1 {
            rotate(&stage, Kind::VisitorKeys, LINES).await.unwrap();
        }
        let new = ring(&stage).await;
        assert_ne!(new.current, old.current, "{lines}");
        assert!(old.keys.iter().all(|(id, key)| new.keys.get(id) == Some(key)), "{lines}");
        assert_eq!(new.keys.len(), old.keys.len() + 1, "{lines}");
        assert_eq!(labels(&stage, "visitor-keys").await, [CURRENT], "{lines}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_ring_that_is_used_does_not_go_back_and_one_that_is_prepared_does() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    let old = ring(&stage).await;
    rotate(&stage, Kind::VisitorKeys, 3).await.unwrap_err();
    // the switch comes before its line
    let switched = ring(&stage).await;
    assert_ne!(switched.current, old.current);
    assert!(matches!(roll_back(&stage, Kind::VisitorKeys).await, Err(RotateError::Gone { .. })));
    rotate(&stage, Kind::VisitorKeys, LINES).await.unwrap();

    rotate(&stage, Kind::VisitorKeys, 1).await.unwrap_err();
    roll_back(&stage, Kind::VisitorKeys).await.unwrap();
    assert_eq!(ring(&stage).await.keys, switched.keys);
    assert!(!labels(&stage, "visitor-keys").await.iter().any(|label| label == NEXT || label == PREVIOUS));
    stage.end().await;
}

#[tokio::test]
async fn a_login_that_does_not_work_is_not_switched_to() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    let old: Login = stage.database_login().await;
    let role = &stage.role;
    stage.sql(&format!("revoke {role} from {role}_b")).await;
    let refusal = rotate(&stage, Kind::Database, LINES).await.unwrap_err();
    assert!(matches!(refusal, RotateError::Probe { .. }), "{refusal}");
    assert_eq!(stage.database_login().await.password, old.password);
    assert!(stage.can_log_in(&old).await);

    stage.sql(&format!("grant {role} to {role}_b")).await;
    rotate(&stage, Kind::Database, LINES).await.unwrap();
    assert!(!stage.can_log_in(&old).await);
    stage.end().await;
}
