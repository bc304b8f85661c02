//! `backup`, `restore` and `doctor`: keeping what there is, and knowing how it is.

use clap::Args;
use service_chassis::{clock::Clock, objects::Objects, runtime::manifest::Manifest};

use operator::{
    backup::{self, Ground, Wanted},
    doctor,
    output::Output,
    settings::{Settings, SettingsError},
};

#[derive(Args)]
pub(crate) struct Backup {
    /// An absolute folder or `s3://bucket/prefix`.
    #[arg(long, env = "BACKUP_TO", value_name = "PLACE")]
    to: String,

    /// Forget all but the newest N. Without it nothing is removed: a bucket's own rule does that, which
    /// nobody on this host can change.
    #[arg(long, env = "BACKUP_KEEP", value_name = "N")]
    keep: Option<usize>,

    /// Another address of S3 than AWS's own.
    #[arg(long, env = "AWS_ENDPOINT_URL_S3", value_name = "URL")]
    s3_endpoint: Option<String>,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Restore {
    /// The backup's name; the newest without it.
    name: Option<String>,

    /// Where backups are: an absolute folder or `s3://bucket/prefix`.
    #[arg(long, env = "BACKUP_TO", value_name = "PLACE")]
    from: String,

    /// Write the names of all backups, oldest first, and end.
    #[arg(long, conflicts_with_all = ["check", "replace"])]
    list: bool,

    /// Restore into a scratch database instead, count, and forget it: does this backup bring back what
    /// was there? Everything may run meanwhile.
    #[arg(long, conflicts_with = "replace")]
    check: bool,

    /// Take what is in the databases away first.
    #[arg(long)]
    replace: bool,

    /// Restore although nobody can tell who was erased since the backup.
    #[arg(long, conflicts_with = "erasure_log")]
    without_erasure_log: bool,

    #[command(flatten)]
    log: Log,
}

/// Where identity notes erasures.
#[derive(Args)]
struct Log {
    /// Where identity notes erasures: an absolute folder or `s3://bucket/prefix`.
    #[arg(long, env = "ERASURE_LOG", value_name = "PLACE")]
    erasure_log: Option<String>,

    /// Another address of S3 than AWS's own.
    #[arg(long, env = "AWS_ENDPOINT_URL_S3", value_name = "URL")]
    s3_endpoint: Option<String>,
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// Where backups are; the newest is looked at.
    #[arg(long, env = "BACKUP_TO", value_name = "PLACE")]
    backups: Option<String>,

    /// Another address of S3 than AWS's own.
    #[arg(long, env = "AWS_ENDPOINT_URL_S3", value_name = "URL")]
    s3_endpoint: Option<String>,

    /// The public address, such as <https://example.org>: its certificate is looked at.
    #[arg(long, env = "PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// One JSON line instead of a page.
    #[arg(long)]
    json: bool,
}

impl Log {
    async fn open(&self, clock: &Clock) -> anyhow::Result<Option<Objects>> {
        Ok(Objects::if_named(self.erasure_log.as_deref(), self.s3_endpoint.as_deref(), clock).await?)
    }
}

impl Backup {
    pub(crate) async fn run(
        self,
        manifest: &Manifest,
        settings: &Settings,
        clock: &Clock,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let backups = Objects::at(&self.to, self.s3_endpoint.as_deref(), clock).await?;
        let ground = Ground { manifest, settings, backups, erasures: None, clock };
        Ok(backup::take(&ground, self.keep, output).await?)
    }
}

impl Restore {
    pub(crate) async fn run(
        self,
        manifest: &Manifest,
        settings: &Settings,
        clock: &Clock,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let backups = Objects::at(&self.from, self.log.s3_endpoint.as_deref(), clock).await?;
        if self.list {
            for name in backup::names(&backups).await? {
                output.line(name)?;
            }
            return Ok(());
        }
        let erasures = self.log.open(clock).await?;
        if erasures.is_none() && !self.check && !self.without_erasure_log {
            return Err(SettingsError::Missing("ERASURE_LOG (or --without-erasure-log)").into());
        }
        let ground = Ground { manifest, settings, backups, erasures, clock };
        if self.check {
            return Ok(backup::check(&ground, self.name.as_deref(), output).await?);
        }
        let wanted = Wanted { name: self.name, replace: self.replace };
        Ok(backup::restore(&ground, &wanted, output).await?)
    }
}

impl Doctor {
    /// True when nothing is wrong.
    pub(crate) async fn run(
        self,
        manifest: &Manifest,
        settings: &Settings,
        clock: &Clock,
        output: &mut Output,
    ) -> anyhow::Result<bool> {
        let backups = Objects::if_named(self.backups.as_deref(), self.s3_endpoint.as_deref(), clock).await?;
        let patient = doctor::Patient { manifest, settings, backups, public_url: self.public_url, clock };
        let form = if self.json { doctor::Form::Json } else { doctor::Form::Page };
        Ok(doctor::run(&patient, form, output).await?)
    }
}
