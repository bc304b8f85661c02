//! `catalog`: what is known of products.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use operator::{
    catalog::{self, Format, Mark},
    output::Output,
    settings::Settings,
};
use service_chassis::{clock::Clock, runtime::manifest::Manifest};

#[derive(Subcommand)]
pub(crate) enum Catalog {
    /// Take a file of products into the catalogue, every record or a reason why not.
    ///
    /// Standard output gets one JSON line {line, code, reason} for each refusal and last
    /// {read, taken, unchanged, refused}. Refused records do not fail the command.
    Import(Import),

    /// Mark a product as withdrawn by its brand: the resolver answers 410.
    Withdraw {
        /// GTIN-8, -12, -13 or -14.
        gtin: String,
        /// Take the mark away.
        #[arg(long)]
        lift: bool,
    },

    /// Give a product to one brand alone, or take it back: a GTIN-8, say, which is below no company
    /// prefix.
    Assign {
        /// GTIN-8, -12, -13 or -14.
        gtin: String,
        /// The brand's id; without it the product is taken back.
        brand: Option<uuid::Uuid>,
    },
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file, plain or gzip; `-` is standard input.
    file: PathBuf,

    /// `auto` looks at the header and at each record's members.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,

    /// Who states the facts. Without it: `open-food-facts` for records of that origin, else `operator`.
    #[arg(long)]
    source: Option<String>,
}

impl Catalog {
    /// Runs a command.
    ///
    /// # Errors
    /// Whatever kept it from being done, for a person to read.
    pub(crate) async fn run(
        self,
        manifest: &Manifest,
        settings: &Settings,
        clock: &Clock,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut conn = catalog::connect(manifest, settings.postgres_admin_url()?).await?;
        match self {
            Self::Import(Import { file, format, source }) => {
                catalog::import(&mut conn, catalog::Request { file, format, source }, clock, output).await?;
            }
            Self::Withdraw { gtin, lift } => {
                let mark = if lift { Mark::Offered } else { Mark::Withdrawn };
                catalog::withdraw(&mut conn, &gtin, mark, clock, output).await?;
            }
            Self::Assign { gtin, brand: Some(brand) } => {
                catalog::assign(&mut conn, &gtin, brand, clock, output).await?;
            }
            Self::Assign { gtin, brand: None } => catalog::take_back(&mut conn, &gtin, output).await?,
        }
        Ok(())
    }
}
