//! `secrets init` and `secrets status` against an SSM endpoint and Postgres. Roles and paths are the
//! test's own, so that it runs beside a product that is in use.

use std::str::FromStr;

use operator::secrets::{self, Parameters, shapes::Login};
use service_chassis::{
    caller::{KeySet, SigningKey},
    runtime::manifest::Manifest,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::support::{Captured, clock, not_run, parameters, setting, unique};

/// A product with one function, in this run's own names.
struct Stage {
    manifest: Manifest,
    parameters: Parameters,
    admin_url: String,
    function: String,
    login: String,
}

impl Stage {
    /// None where a server that it needs is not named.
    async fn set() -> Option<Self> {
        let environment = unique("operator-test");
        let (Some(parameters), Some(admin_url)) = (parameters(&environment).await, setting("DATABASE_URL"))
        else {
            not_run("AWS_ENDPOINT_URL_SSM or DATABASE_URL names no server for the test of secrets");
            return None;
        };
        let function = unique("optest");
        let role = function.replace('-', "_") + "_svc";
        let manifest = Manifest::parse(&format!(
            "version: 1\nfunctions:\n  {function}:\n    http: {{ timeout: 5s, memory: 128, concurrency: 8 }}\n    \
             secrets: [database, internal-key, kafka, visitor-keys]\n    database: {{ database: packytrace, \
             schema: optest, role: {role}, owner: {role} }}\n"
        ))
        .unwrap();
        let stage = Self { manifest, parameters, admin_url, function, login: format!("{role}_a") };
        stage.sql(&format!("create role {} login", stage.login)).await;
        stage.alone(&format!("grant connect on database packytrace to {}", stage.login)).await;
        Some(stage)
    }

    async fn end(self) {
        self.alone(&format!("revoke connect on database packytrace from {}", self.login)).await;
        self.sql(&format!("drop role {}", self.login)).await;
    }

    async fn sql(&self, statement: &str) {
        let mut conn = PgConnection::connect(&self.admin_url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut conn).await.unwrap();
    }

    /// A statement about the rights in a database, which are one row: Postgres refuses two at once.
    async fn alone(&self, statement: &str) {
        self.sql(&format!("begin; select pg_advisory_xact_lock(8021); {statement}; commit")).await;
    }

    async fn init(&self) -> Vec<String> {
        let captured = Captured::default();
        secrets::init(&self.manifest, &self.parameters, &self.admin_url, &mut captured.output())
            .await
            .unwrap();
        captured.lines()
    }

    async fn current<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        self.parameters.current(path).await.unwrap().unwrap().json(path).unwrap()
    }

    async fn database_login(&self) -> Login {
        self.current(&self.parameters.path(&self.function, "database")).await
    }

    async fn can_log_in(&self, login: &Login) -> bool {
        let options = PgConnectOptions::from_str(&self.admin_url).unwrap().database("packytrace");
        options.username(&login.username).password(&login.password).connect().await.is_ok()
    }
}

#[tokio::test]
async fn secrets_are_made_once_and_kept_ever_after() {
    let Some(stage) = Stage::set().await else { return };
    let made = stage.init().await;
    assert_eq!(made.len(), 5);
    assert!(made.iter().all(|line| line.starts_with("made\tv1\t/packytrace/operator-test-")), "{made:?}");

    let login = stage.database_login().await;
    assert_eq!(login.username, stage.login);
    assert!(stage.can_log_in(&login).await);
    assert!(made.iter().all(|line| !line.contains(&login.password)), "a value was shown");

    let kept = stage.init().await;
    assert!(kept.iter().all(|line| line.starts_with("kept\tv1\t")), "{kept:?}");
    assert_eq!(stage.database_login().await.password, login.password);
    stage.end().await;
}

#[tokio::test]
async fn the_public_keys_are_those_of_the_private_key() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    let private: SigningKey = stage.current(&stage.parameters.path(&stage.function, "internal-key")).await;
    let public: KeySet = stage.current(&stage.parameters.public_keys_path(&stage.function)).await;
    assert_eq!(public.keys, [private.public().unwrap()]);
    stage.end().await;
}

#[tokio::test]
async fn a_run_that_was_stopped_before_a_label_is_finished_by_the_next() {
    let Some(stage) = Stage::set().await else { return };
    let path = stage.parameters.path(&stage.function, "database");
    let written = Login::generate(stage.login.clone()).unwrap();
    stage.parameters.write(&path, &written).await.unwrap();
    let private = stage.parameters.path(&stage.function, "internal-key");
    let key = SigningKey::generate("kid-1".to_owned()).unwrap();
    stage.parameters.write(&private, &key).await.unwrap();

    let lines = stage.init().await;
    assert!(lines.iter().all(|line| line.starts_with("made\tv1\t")), "{lines:?}");
    let login = stage.database_login().await;
    assert_eq!(login.password, written.password);
    assert!(stage.can_log_in(&login).await);
    let public: KeySet = stage.current(&stage.parameters.public_keys_path(&stage.function)).await;
    assert_eq!(public.keys, [key.public().unwrap()]);
    stage.end().await;
}

#[tokio::test]
async fn a_new_postgres_gets_the_password_that_is_current() {
    let Some(stage) = Stage::set().await else { return };
    stage.init().await;
    let login = stage.database_login().await;
    stage.sql(&format!("alter role {} password null", stage.login)).await;
    stage.init().await;
    assert!(stage.can_log_in(&login).await);
    stage.end().await;
}

#[tokio::test]
async fn a_key_that_is_not_published_is_published_beside_the_one_before() {
    let Some(stage) = Stage::set().await else { return };
    let path = stage.parameters.public_keys_path(&stage.function);
    let before = SigningKey::generate("before".to_owned()).unwrap().public().unwrap();
    let set = KeySet { keys: vec![before.clone()] };
    let version = stage.parameters.write(&path, &set).await.unwrap().version;
    stage.parameters.make_current(&path, version).await.unwrap();

    stage.init().await;
    let public: KeySet = stage.current(&path).await;
    assert_eq!(public.keys.len(), 2);
    assert_eq!(public.keys[1], before);
    stage.end().await;
}

#[tokio::test]
async fn a_value_that_is_none_is_not_overwritten_and_not_repeated() {
    let Some(stage) = Stage::set().await else { return };
    let path = stage.parameters.path(&stage.function, "database");
    stage.parameters.write(&path, &"hand-made").await.unwrap();
    let mut output = Captured::default().output();
    let error =
        secrets::init(&stage.manifest, &stage.parameters, &stage.admin_url, &mut output).await.unwrap_err();
    assert!(error.to_string().contains(&path) && !error.to_string().contains("hand-made"), "{error}");
    assert!(stage.parameters.current(&path).await.unwrap().is_none());
    stage.end().await;
}

#[tokio::test]
async fn status_names_what_is_current_and_what_is_missing() {
    let Some(stage) = Stage::set().await else { return };
    let captured = Captured::default();
    let now = clock().now();
    let complete =
        secrets::status(&stage.manifest, &stage.parameters, now, &mut captured.output()).await.unwrap();
    let lines = captured.lines();
    assert!(
        !complete && lines.len() == 5 && lines.iter().all(|line| line.ends_with("-\tmissing\t-")),
        "{lines:?}"
    );

    stage.init().await;
    let complete =
        secrets::status(&stage.manifest, &stage.parameters, now, &mut captured.output()).await.unwrap();
    let lines = captured.lines();
    assert!(
        complete && lines.len() == 5 && lines.iter().all(|line| line.contains("\tv1\tcurrent\t")),
        "{lines:?}"
    );
    stage.end().await;
}
