//! `secrets rotate` and `secrets rollback`, as the command line says them.

use std::time::Duration;

use clap::Args;
use operator::{
    output::Output,
    secrets::{
        instances::Instances,
        rotate::{self, Kind, NotRotated, Place, Waits},
    },
    settings::Settings,
};
use service_chassis::{clock::Clock, runtime::manifest::Manifest};

#[derive(Args)]
pub(super) struct Rotation {
    /// database, kafka, internal-key, visitor-keys, profile-keys, export-keys, keycloak-client,
    /// signing-key, or `all`, one after the other.
    kind: String,
    /// Only this function's; without it, of all functions that have one.
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// How long to wait for a fact, such as an instance that uses the new version.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience: u64,
    /// How long functions may take that cannot be asked: on Lambda, say 90 seconds.
    #[arg(long, value_name = "SECONDS")]
    unseen: Option<u64>,
}

/// Which way versions go.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// To the next one.
    Forward,
    /// To the one before.
    Back,
}

impl Rotation {
    pub(super) async fn run(
        &self,
        way: Way,
        manifest: &Manifest,
        settings: &Settings,
        clock: &Clock,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let place = self.place(manifest, settings, clock).await?;
        let function = self.function.as_deref();
        for kind in self.kinds()? {
            match way {
                Way::Forward => rotate::run(&place, kind, function, output).await?,
                Way::Back => rotate::roll_back(&place, kind, function, output).await?,
            }
        }
        Ok(())
    }

    fn kinds(&self) -> Result<Vec<Kind>, NotRotated> {
        if self.kind == "all" { Ok(Kind::ALL.to_vec()) } else { Ok(vec![self.kind.parse()?]) }
    }

    async fn place<'a>(
        &self,
        manifest: &'a Manifest,
        settings: &'a Settings,
        clock: &'a Clock,
    ) -> anyhow::Result<Place<'a>> {
        Ok(Place {
            manifest,
            parameters: settings.parameters().await?,
            settings,
            instances: Instances::new(settings.instances())?,
            clock,
            waits: Waits {
                patience: Duration::from_secs(self.patience),
                unseen: self.unseen.map(Duration::from_secs),
            },
        })
    }
}
