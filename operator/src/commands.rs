//! The commands, as `packytrace-ops --help` shows them, and what each of them starts.

mod catalog;
mod code;
mod keeping;
mod rotation;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use service_chassis::{clock::Clock, runtime::manifest::Manifest};

use operator::{
    accounts::People,
    bootstrap,
    catalog::connect,
    credentials::{self, Request},
    kafka, links, measurement, migrate,
    output::Output,
    realm,
    recalls::{self, Authority},
    rules,
    secrets::{self, instances::Instances},
    settings::{Flags, Settings},
};

use catalog::Catalog;
use rotation::{Rotation, Way};

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
A new environment: bootstrap, migrate, kafka apply, realm apply, then the functions, then doctor.";

#[derive(Subcommand)]
enum Command {
    /// Prepare a new Postgres: databases, roles, schemas, every password, every secret of the functions.
    Bootstrap {
        /// deploy/postgres/bootstrap.sql, which psql runs.
        script: PathBuf,
    },

    /// Bring every schema of the manifest to this version, as its owner.
    Migrate,

    /// Secrets in SSM Parameter Store.
    #[command(subcommand)]
    Secrets(Secrets),

    /// The broker: topics, users, access rules.
    #[command(subcommand)]
    Kafka(Kafka),

    /// Keycloak's realm.
    #[command(subcommand)]
    Realm(Realm),
    /// The AWS roles of this host's containers.
    #[command(subcommand)]
    Credentials(Credentials),

    /// The product catalogue.
    #[command(subcommand)]
    Catalog(Catalog),

    /// What the resolver leads to.
    #[command(subcommand)]
    Links(Links),

    /// Administrators of the platform.
    #[command(subcommand)]
    Admin(Admin),

    /// Accounts of people whom Keycloak knows already.
    #[command(subcommand)]
    Account(Account),

    /// The rules behind verdicts.
    #[command(subcommand)]
    Rules(Rules),

    /// Alerts of food authorities.
    #[command(subcommand)]
    Recalls(Recalls),

    /// What people have.
    #[command(subcommand)]
    Fridge(Fridge),

    /// Windows of brands' metrics.
    #[command(subcommand)]
    Measurement(Measurement),

    /// Codes as scanners give them. Needs no stack.
    #[command(subcommand)]
    Code(code::Code),

    /// One page: what is up, what is old, what is wrong.
    Doctor(keeping::Doctor),

    /// Back up all databases while everything runs, and forget the oldest backups.
    Backup(keeping::Backup),

    /// Restore a backup into empty databases, while nothing runs but Postgres and Kafka.
    Restore(keeping::Restore),
}

#[derive(Subcommand)]
enum Measurement {
    /// Close and publish windows by a test clock, which holds for this run. Only on a database of tests;
    /// the windows stay closed.
    Release {
        /// The moment that it is, such as 2026-11-25T03:00:00Z.
        #[arg(long)]
        as_of: chrono::DateTime<chrono::Utc>,
    },
    /// After a restore without the output topic: mark every window that began before now as not
    /// available, so that nothing is released twice. Measurement refuses to start until then.
    Adopt,
    /// Make a new database one of tests, for good: one that holds facts or releases refuses.
    MarkTest,
}

#[derive(Subcommand)]
enum Secrets {
    /// Make every secret of the manifest that has no current version, and set the passwords of
    /// Postgres's logins. No value is ever shown.
    Init,
    /// Path, version, labels and age of each, and which version each instance uses; exit code 1 when
    /// one is missing, or an instance does not use the current one.
    Status,
    /// Follow a secret by a new one while everything runs.
    ///
    /// Standard output gets one line for each step of each secret: step, version, path. A run that was
    /// stopped at any moment is run again, and goes on from there.
    Rotate(Rotation),
    /// Take back a rotation that is under way: the version before counts again.
    Rollback(Rotation),
    /// Write files for servers that read no SSM, and for the operator's one-shots: a folder for each
    /// container, files for their owner only.
    Render {
        /// The folder of those folders, in memory; deploy/prepare-host.sh makes it.
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
        /// Postgres's host, as the one-shots know it.
        #[arg(long, env = "POSTGRES_HOST", default_value = "postgres", value_name = "HOST")]
        postgres_host: String,
    },
}

#[derive(Subcommand)]
enum Realm {
    /// Make the realm what the file says; accounts stay as they are.
    Apply {
        /// deploy/keycloak/realm-packytrace.json.
        file: PathBuf,
        /// A file whose clients and users are added: never in production.
        #[arg(long = "overlay", value_name = "FILE")]
        overlays: Vec<PathBuf>,
        /// The public address of everything.
        #[arg(long, value_name = "URL")]
        base_url: String,
        /// Identity, as Keycloak reaches it.
        #[arg(long, value_name = "URL")]
        identity_url: String,
    },
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
enum Credentials {
    /// Hand each container of this host temporary credentials of its own role, until SIGTERM.
    ///
    /// `GET /role/<function>` with that function's token answers as ECS's endpoint for tasks does. The
    /// roles are assumed with the credentials that this command has itself.
    Serve {
        /// The address to listen on. Of link-local addresses SDKs believe only this one.
        #[arg(
            long,
            env = "CREDENTIALS_LISTEN",
            default_value = "169.254.170.2:8170",
            value_name = "ADDRESS"
        )]
        listen: SocketAddr,
        /// The folder with a token file for each function, `<function>/aws-token`, as `credentials tokens` makes it.
        #[arg(long, env = "CREDENTIALS_TOKENS", value_name = "FOLDER")]
        tokens: PathBuf,
        /// What stands before a function's name in the ARN of its role, such as
        /// `arn:aws:iam::123456789012:role/packytrace-production-`.
        #[arg(long, env = "CREDENTIALS_ROLE_PREFIX", value_name = "ARN")]
        role_prefix: String,
    },
    /// Make a token file for each function that has none, `<function>/aws-token`, and for those beside them.
    Tokens {
        /// The folder, best on a tmpfs.
        #[arg(env = "CREDENTIALS_TOKENS", value_name = "FOLDER")]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum Links {
    /// Replace the links of a product as a whole, and write their new version.
    ///
    /// Where the document breaks a rule, standard output gets one JSON line {pointer, detail} for
    /// each and nothing is changed.
    Put {
        /// GTIN-8, -12, -13 or -14.
        gtin: String,
        /// The document, JSON {"entries": [...]}; `-` is standard input.
        file: PathBuf,
        /// Only if this is the current version; 0 when nobody has put links yet.
        #[arg(long, value_name = "N")]
        if_version: Option<i32>,
    },
    /// Write the links of a product as the document that would put them.
    Get {
        /// GTIN-8, -12, -13 or -14.
        gtin: String,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Make an account that may make brands and appoint their users.
    ///
    /// Somebody whom Keycloak does not know gets a password that standard output shows once, and
    /// that must be changed at the first sign-in; somebody whom it knows keeps theirs.
    Create {
        /// E-mail address.
        email: String,
    },
}

#[derive(Subcommand)]
enum Account {
    /// Give an account to people whom Keycloak knows: from a realm file, say, or made by hand there.
    Adopt {
        /// E-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Rules {
    /// Tell what other rules would change: every product of the catalogue, judged by both for
    /// typical people.
    ///
    /// Standard output gets one JSON line {profile, gtin, old, new} for each headline that differs
    /// and last, for each profile, {profile, judged, changed, old, new} with the counts of headlines.
    Diff {
        /// A published version, or a file.
        old: String,
        /// A published version, or a file.
        new: String,
        /// Other people: JSON lines {"profile": NAME, …} with the members of a Health Profile.
        #[arg(long, value_name = "FILE")]
        profiles: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Recalls {
    /// Take alerts of the UK Food Standards Agency, or enforcement reports of the US Food and Drug
    /// Administration: every item that one touches is marked, and who has one is told, once.
    ///
    /// Standard output gets one JSON line for each alert and last {read, taken, refused, items,
    /// people}. Refused alerts do not fail the command.
    Import {
        /// The file, a JSON list or an answer of the authority's API; `-` is standard input.
        file: PathBuf,
        /// `auto` looks at each record's members.
        #[arg(long, value_enum, default_value_t = Authority::Auto)]
        authority: Authority,
    },
}

#[derive(Subcommand)]
enum Fridge {
    /// Make the snapshot of every item again from its history.
    Rebuild,
}

impl Cli {
    /// Where a command that changed something is noted.
    pub(crate) fn audit_log(&self) -> Option<&PathBuf> {
        self.flags.audit_log.as_ref()
    }
}

/// Runs a command.
///
/// # Errors
/// Whatever kept it from being done, for a person to read.
pub(crate) async fn run(cli: Cli, output: &mut Output) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    if let Command::Code(code) = cli.command {
        return code.run(&clock, output);
    }
    let settings = Settings::read(cli.flags)?;
    let manifest = Manifest::embedded()?;
    match cli.command {
        Command::Migrate => migrate::run(&manifest, settings.postgres_admin_url()?, output).await?,
        Command::Secrets(Secrets::Init) => {
            let parameters = settings.parameters().await?;
            secrets::init(&manifest, &parameters, settings.postgres_admin_url()?, output).await?;
        }
        Command::Secrets(Secrets::Status) => {
            let parameters = settings.parameters().await?;
            let instances = Instances::new(settings.instances())?;
            let well = secrets::status(&manifest, &parameters, &instances, clock.now(), output).await?;
            return Ok(exit(well));
        }
        Command::Secrets(Secrets::Rotate(request)) => {
            request.run(Way::Forward, &manifest, &settings, &clock, output).await?;
        }
        Command::Secrets(Secrets::Rollback(request)) => {
            request.run(Way::Back, &manifest, &settings, &clock, output).await?;
        }
        Command::Secrets(Secrets::Render { into, postgres_host }) => {
            let parameters = settings.parameters().await?;
            secrets::render(&parameters, &into, &postgres_host, output).await?;
        }
        Command::Bootstrap { script } => bootstrap::run(&manifest, &settings, &script, output).await?,
        Command::Realm(Realm::Apply { file, overlays, base_url, identity_url }) => {
            let request = realm::Request { file, overlays, base_url, identity_url };
            realm::apply(&settings.keycloak_admin()?, &request, output).await?;
        }
        Command::Kafka(Kafka::Apply { partitions }) => {
            let parameters = settings.parameters().await?;
            kafka::apply(&manifest, &settings.kafka()?, &parameters, partitions, output).await?;
        }
        Command::Credentials(Credentials::Serve { listen, tokens, role_prefix }) => {
            credentials::serve(&manifest, Request { listen, tokens, role_prefix }, &clock, output).await?;
        }
        Command::Credentials(Credentials::Tokens { folder }) => {
            credentials::make_tokens(&folder, &credentials::names(&manifest), output)?;
        }
        Command::Catalog(command) => command.run(&manifest, &settings, &clock, output).await?,
        Command::Measurement(Measurement::MarkTest) => {
            measurement::mark_test(&manifest, settings.postgres_admin_url()?, output).await?;
        }
        Command::Measurement(command) => {
            let (admin_url, kafka) = (settings.postgres_admin_url()?, settings.kafka()?);
            let place = measurement::Place { manifest: &manifest, admin_url, kafka };
            match command {
                Measurement::Release { as_of } => measurement::release(&place, as_of, output).await?,
                _ => measurement::adopt(&place, clock.now(), output).await?,
            }
        }
        Command::Links(command) => {
            let mut conn = connect(&manifest, settings.postgres_admin_url()?).await?;
            match command {
                Links::Put { gtin, file, if_version } => {
                    let request = links::Request { gtin, file, if_version };
                    links::put(&mut conn, request, &clock, output).await?;
                }
                Links::Get { gtin } => links::get(&mut conn, &gtin, output).await?,
            }
        }
        Command::Admin(Admin::Create { email }) => {
            let mut people = People::connect(&manifest, &settings).await?;
            people.make_admin(&email, &clock, output).await?;
        }
        Command::Account(Account::Adopt { emails }) => {
            let mut people = People::connect(&manifest, &settings).await?;
            for email in emails {
                people.adopt(&email, &clock, output).await?;
            }
        }
        Command::Rules(Rules::Diff { old, new, profiles }) => {
            let mut conn = connect(&manifest, settings.postgres_admin_url()?).await?;
            let request = rules::Request { old, new, profiles };
            rules::diff(&mut conn, request, clock.today(), output).await?;
        }
        Command::Recalls(Recalls::Import { file, authority }) => {
            let mut conn = recalls::connect(&manifest, settings.postgres_admin_url()?).await?;
            recalls::import(&mut conn, &recalls::Request { file, authority }, &clock, output).await?;
        }
        Command::Fridge(Fridge::Rebuild) => {
            let mut conn = recalls::connect(&manifest, settings.postgres_admin_url()?).await?;
            recalls::rebuild_fridge(&mut conn, output).await?;
        }
        Command::Doctor(doctor) => {
            return Ok(exit(doctor.run(&manifest, &settings, &clock, output).await?));
        }
        Command::Backup(backup) => backup.run(&manifest, &settings, &clock, output).await?,
        Command::Restore(restore) => restore.run(&manifest, &settings, &clock, output).await?,
        // Done above.
        Command::Code(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn exit(well: bool) -> ExitCode {
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
