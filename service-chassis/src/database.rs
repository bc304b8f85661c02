//! The function's own database: one pool, as the restricted role and nothing more. When its login
//! changes, the new one is tried first; then connections of the old one are replaced one by one.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use serde::Deserialize;
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode},
};
use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    secrets::{Candidate, Secrets, Trial, Unfit},
    settings::Platform,
    store::login,
};

/// How long a request waits for a connection before it is told to come again.
const ACQUIRE_BUDGET: Duration = Duration::from_secs(2);
/// How long a new login may take to show that it works.
const TRIAL_BUDGET: Duration = Duration::from_secs(3);
/// How long after one connection of the login before the next one is replaced: a login costs both sides
/// tens of milliseconds of work, and meanwhile requests use the others.
const PAUSE: Duration = Duration::from_millis(300);
/// How long a new connection may take before another one of the login before is closed all the same: with
/// that, what did not come is tried again.
const REPLACEMENT_BUDGET: Duration = Duration::from_secs(2);
/// The secret that holds the login.
const SECRET: &str = "database";

/// Postgres has refused our login: there may be a newer one.
static REFUSED: Notify = Notify::const_new();

/// A login of the service, as the secret `database` holds it.
#[derive(Deserialize)]
pub struct Login {
    username: String,
    password: String,
}

/// Why a function has no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The secret is not a login.
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
    /// `POSTGRES_SSL_MODE` names no mode.
    #[error("POSTGRES_SSL_MODE: {0}")]
    SslMode(sqlx::Error),
}

/// A pool that logs in with the secret `database` and acts as `role` in `database`, now and after
/// each rotation. It connects when first used, so that a function starts while Postgres is away and
/// is merely not ready.
pub async fn pool(
    platform: &Platform,
    secrets: &Secrets,
    database: &str,
    role: &str,
) -> Result<PgPool, DatabaseError> {
    let address = address(platform, database, role)?;
    let pool = Arc::new(Rotating::default());
    secrets.try_by(SECRET, trial(address.clone(), Arc::clone(&pool)));
    let login: Login = secrets.own(SECRET).await?.json()?;
    tokio::spawn(look_again(secrets.clone()));
    Ok(pool.start(login.at(&address), platform.postgres_connections))
}

/// Where we connect to, and as whom we act there; who logs in is added.
fn address(platform: &Platform, database: &str, role: &str) -> Result<PgConnectOptions, DatabaseError> {
    Ok(PgConnectOptions::new_without_pgpass()
        .host(&platform.postgres_host)
        .port(platform.postgres_port)
        .ssl_mode(PgSslMode::from_str(&platform.postgres_ssl_mode).map_err(DatabaseError::SslMode)?)
        .database(database)
        .options([
            ("role", role),
            ("search_path", ""),
            ("statement_timeout", "4s"),
            ("idle_in_transaction_session_timeout", "10s"),
        ]))
}

impl Login {
    fn at(&self, address: &PgConnectOptions) -> PgConnectOptions {
        address.clone().username(&self.username).password(&self.password).application_name(&self.username)
    }
}

/// A new login is tried at the server, and then the pool uses it.
fn trial(address: PgConnectOptions, pool: Arc<Rotating>) -> Trial {
    Arc::new(move |candidate: Candidate| {
        let (address, pool) = (address.clone(), Arc::clone(&pool));
        Box::pin(async move {
            let options = candidate.json::<Login>()?.at(&address);
            let connecting = async { options.connect().await?.close().await };
            match timeout(TRIAL_BUDGET, connecting).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) if is_refusal(&error) => return Err(Unfit::Wrong(error.to_string())),
                Ok(Err(error)) => return Err(Unfit::Unknown(error.to_string())),
                Err(_elapsed) => return Err(Unfit::Unknown("Postgres does not answer in time".to_owned())),
            }
            pool.rotate(&options);
            Ok(())
        })
    })
}

/// Which connections are of the login that counts.
#[derive(Default)]
struct Rotating {
    pool: OnceLock<PgPool>,
    login: Arc<ArcSwap<InUse>>,
}

/// The login that counts.
struct InUse {
    username: String,
    since: Instant,
    turns: Mutex<Turns>,
}

/// How far the connections of the login before are replaced.
#[derive(Default)]
struct Turns {
    /// So many of the login before were closed.
    closed: u32,
    /// When the last one was.
    last: Option<Instant>,
    /// So many were opened since.
    opened: u32,
    /// Whether those that are left are closed as they come.
    no_more: bool,
}

impl Default for InUse {
    fn default() -> Self {
        Self { username: String::new(), since: Instant::now(), turns: Mutex::default() }
    }
}

impl InUse {
    fn from_now(options: &PgConnectOptions) -> Arc<Self> {
        Arc::new(Self { username: options.get_username().to_owned(), ..Self::default() })
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a connection of this age is one of the login before, and it is its turn to be closed.
    fn is_over(&self, age: Duration) -> bool {
        age > self.since.elapsed() && self.turns().is_next(Instant::now())
    }
}

impl Turns {
    /// Not before the one before is followed by a new one: a busy machine takes its time for a login.
    fn is_next(&mut self, now: Instant) -> bool {
        // ticks of PAUSE are not sharp
        let pause = if self.opened < self.closed { REPLACEMENT_BUDGET } else { PAUSE / 2 };
        let is_next = self.no_more || self.last.is_none_or(|last| now.duration_since(last) >= pause);
        if is_next {
            self.closed += 1;
            self.last = Some(now);
        }
        is_next
    }
}

impl Rotating {
    /// All connections are opened at the start and kept: sqlx's SCRAM login yields some eight hundred
    /// times, and behind a burst of requests it would take seconds.
    fn start(&self, options: PgConnectOptions, connections: u32) -> PgPool {
        self.login.store(InUse::from_now(&options));
        let (opened, given_back) = (Arc::clone(&self.login), Arc::clone(&self.login));
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .min_connections(connections)
            .acquire_timeout(ACQUIRE_BUDGET)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |conn, _| Box::pin(is_of(conn, opened.load_full())))
            // who is closed here is followed by a new one at once, who is closed before it is taken is not
            .after_release(move |_, connection| {
                let over = given_back.load().is_over(connection.age);
                Box::pin(async move { Ok(!over) })
            })
            .connect_lazy_with(options);
        self.pool.get_or_init(|| pool).clone()
    }

    /// From now on connections are opened with these, and older ones closed one after the other, when
    /// nobody uses them.
    fn rotate(&self, options: &PgConnectOptions) {
        let Some(pool) = self.pool.get().cloned() else { return };
        pool.set_connect_options(options.clone());
        let login = InUse::from_now(options);
        self.login.store(Arc::clone(&login));
        let counts = Arc::clone(&self.login);
        tokio::spawn(async move {
            // Who is taken and given back has its turn, and so has who is idle.
            let mut turns = interval(PAUSE);
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while login.turns().opened < pool.size() && Arc::ptr_eq(&login, &counts.load()) {
                turns.tick().await;
                drop(pool.acquire().await);
            }
            // Who was at work all the time is closed when it comes back; who is idle, now.
            login.turns().no_more = true;
            for _ in 0..pool.size() {
                drop(pool.acquire().await);
            }
        });
    }
}

/// A connection that began to open before its login changed is not one of the new login.
async fn is_of(conn: &mut PgConnection, login: Arc<InUse>) -> Result<(), sqlx::Error> {
    if login::name(conn).await? == login.username {
        login.turns().opened += 1;
        Ok(())
    } else {
        Err(sqlx::Error::Protocol("the login changed while this connection was opened".to_owned()))
    }
}

async fn look_again(secrets: Secrets) {
    loop {
        REFUSED.notified().await;
        // what went wrong is logged there
        secrets.refresh_own(SECRET).await.ok();
    }
}

/// Whether Postgres refuses the login itself (PostgreSQL 15, appendix A: class 28 and what a login
/// without its database or role gets).
fn is_refusal(error: &sqlx::Error) -> bool {
    code(error)
        .is_some_and(|code| code.starts_with("28") || matches!(code.as_ref(), "42501" | "22023" | "3D000"))
}

fn code(error: &sqlx::Error) -> Option<std::borrow::Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// Whether an error means that Postgres is away, restarting or too busy (57014: a statement's time is
/// over), so that the same request may succeed in a moment (PostgreSQL 15, appendix A, classes 08, 53
/// and 57); so it may when our login is refused, because that makes us look for a newer one.
pub fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
            true
        }
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            if code.starts_with("28") {
                REFUSED.notify_one();
            }
            ["08", "28", "53", "57"].iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

/// The name of the constraint that refused a write, if one did.
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::secrets::Secret;

    const CONNECTIONS: u32 = 3;
    /// Connections of the login before are replaced in milliseconds.
    const SOON: Duration = Duration::from_secs(20);

    /// Two logins of this test's own database; roles belong to the whole server.
    struct Stage {
        superuser: PgPool,
        address: PgConnectOptions,
        logins: [String; 2],
    }

    impl Stage {
        async fn set(superuser: PgPool) -> Self {
            let address = (*superuser.connect_options()).clone();
            let test = address.get_database().unwrap().replace(|c: char| !c.is_ascii_alphanumeric(), "");
            let test = test[test.len() - 12..].to_lowercase();
            let logins = ["a", "b"].map(|turn| format!("chassis_{test}_{turn}"));
            for login in &logins {
                // those of a run that failed are still there
                let make = format!("drop role if exists {login}; create role {login} login password 'right'");
                run(&superuser, make).await;
            }
            Self { superuser, address, logins }
        }

        fn login(&self, turn: usize, password: &str) -> Candidate {
            let login = json!({"username": self.logins[turn], "password": password});
            Candidate { new: Secret::example(&login), used: None }
        }

        fn start(&self) -> (Arc<Rotating>, PgPool) {
            let rotating = Arc::new(Rotating::default());
            let options = self.login(0, "right").json::<Login>().unwrap().at(&self.address);
            (Arc::clone(&rotating), rotating.start(options, CONNECTIONS))
        }

        /// Who has sessions.
        async fn present(&self) -> BTreeSet<String> {
            let query = "select distinct usename::text from pg_stat_activity where usename = any($1)";
            let rows = sqlx::query_scalar(query).bind(&self.logins[..]).fetch_all(&self.superuser).await;
            rows.unwrap().into_iter().collect()
        }

        async fn end(self, pool: PgPool) {
            pool.close().await;
            for login in &self.logins {
                run(&self.superuser, format!("drop role {login}")).await;
            }
        }
    }

    async fn run(database: &PgPool, statement: String) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(database).await.unwrap();
    }

    async fn names(pool: &PgPool) -> BTreeSet<String> {
        let mut taken = Vec::new();
        let mut names = BTreeSet::new();
        for _ in 0..CONNECTIONS {
            let mut conn = pool.acquire().await.unwrap();
            names.insert(login::name(&mut conn).await.unwrap());
            taken.push(conn);
        }
        names
    }

    #[test]
    fn the_next_connection_is_closed_when_the_one_before_is_followed_by_a_new_one() {
        let (mut turns, began) = (Turns::default(), Instant::now());
        assert!(turns.is_next(began));
        assert!(!turns.is_next(began + PAUSE), "nobody has followed");
        turns.opened = 1;
        assert!(turns.is_next(began + PAUSE));
        let later = began + PAUSE + REPLACEMENT_BUDGET;
        assert!(turns.is_next(later), "what did not come is tried again");
        assert!(!turns.is_next(later));
        turns.no_more = true;
        assert!(turns.is_next(later), "whoever is left is closed as it comes");
    }

    #[sqlx::test(migrations = false)]
    async fn a_pool_takes_over_a_login_that_works_and_closes_what_the_one_before_opened(superuser: PgPool) {
        let stage = Stage::set(superuser).await;
        let (rotating, pool) = stage.start();
        let [first, second] = stage.logins.clone();
        assert_eq!(names(&pool).await, BTreeSet::from([first.clone()]));
        let busy = pool.acquire().await.unwrap();

        trial(stage.address.clone(), Arc::clone(&rotating))(stage.login(1, "right")).await.unwrap();
        let idle_ones = async { while !stage.present().await.contains(&second) {} };
        timeout(SOON, idle_ones).await.unwrap();
        assert!(stage.present().await.contains(&first), "a connection in use stays for its request");
        drop(busy);
        let gone = async { while stage.present().await.contains(&first) {} };
        timeout(SOON, gone).await.unwrap();
        assert_eq!(names(&pool).await, BTreeSet::from([second]));
        stage.end(pool).await;
    }

    #[sqlx::test(migrations = false)]
    async fn a_pool_keeps_its_login_when_the_new_one_is_refused_or_nobody_can_tell(superuser: PgPool) {
        let stage = Stage::set(superuser).await;
        let (rotating, pool) = stage.start();
        let refused = trial(stage.address.clone(), Arc::clone(&rotating))(stage.login(1, "wrong")).await;
        assert!(matches!(refused, Err(Unfit::Wrong(_))), "{refused:?}");
        let nobody = stage.address.clone().port(1);
        let unknown = trial(nobody, rotating)(stage.login(1, "right")).await;
        assert!(matches!(unknown, Err(Unfit::Unknown(_))), "{unknown:?}");
        assert_eq!(names(&pool).await, BTreeSet::from([stage.logins[0].clone()]));
        stage.end(pool).await;
    }
}
