//! The functions that own a database, as this program was built with them.

use service_chassis::{
    runtime::manifest::{Database, Manifest},
    store::Schema,
};
use sqlx::migrate::Migrator;

/// A function with a schema of its own.
pub struct Owner {
    /// Its name in the manifest.
    pub function: &'static str,
    schema: &'static str,
    /// Its migrations.
    pub migrator: &'static Migrator,
}

/// Every one of them.
static OWNERS: &[Owner] = &[
    Owner { function: "passport", schema: "passport", migrator: &passport::MIGRATOR },
    Owner { function: "fridge", schema: "fridge", migrator: &fridge::MIGRATOR },
    Owner { function: "identity", schema: "identity", migrator: &identity::MIGRATOR },
    Owner { function: "personalization", schema: "personalization", migrator: &personalization::MIGRATOR },
    Owner { function: "measurement", schema: "measurement", migrator: &measurement::MIGRATOR },
    Owner { function: "brand-analytics", schema: "brand_analytics", migrator: &brand_analytics::MIGRATOR },
];

/// The manifest and this program do not agree.
#[derive(Debug, thiserror::Error)]
#[error("{function} has a database in the manifest, but this program was built without its migrations")]
pub struct NotBuiltIn {
    function: String,
}

impl Owner {
    /// The schema, in the form that the chassis asks for.
    ///
    /// # Errors
    /// The name, when it may not stand in SQL.
    pub fn schema(&self) -> Result<Schema, &'static str> {
        Schema::new(self.schema)
    }
}

/// The functions of the manifest that own a database, each with its migrations.
pub fn owners(manifest: &Manifest) -> Result<Vec<(&'static Owner, &Database)>, NotBuiltIn> {
    let described = manifest.functions.iter().filter_map(|function| {
        let database = function.database.as_ref()?;
        Some((&function.name, database))
    });
    described
        .map(|(name, database)| {
            let owner = OWNERS
                .iter()
                .find(|owner| owner.function == name && owner.schema == database.schema)
                .ok_or_else(|| NotBuiltIn { function: name.clone() })?;
            Ok((owner, database))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_of_the_manifest_has_its_migrations_here() {
        let manifest = Manifest::embedded().unwrap();
        let owners = owners(&manifest).unwrap();
        assert!(!owners.is_empty());
        for (owner, database) in owners {
            assert_eq!(owner.schema().unwrap().name(), database.schema);
        }
    }
}
