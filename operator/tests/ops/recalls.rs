//! `recalls import`: alerts of authorities.

use std::path::{Path, PathBuf};

use operator::recalls::{self, Authority, Request};
use serde_json::json;
use sqlx::{ConnectOptions, PgConnection, PgPool};

use crate::support::{Captured, File, clock, not_run};

/// Samples of both authorities, which are no part of the repository.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/recalls");

/// The database that `#[sqlx::test]` made, as fridge's restricted role.
async fn as_fridge(pool: &PgPool) -> PgConnection {
    let options = (*pool.connect_options()).clone();
    options.options([("role", "fridge_svc"), ("search_path", "")]).connect().await.unwrap()
}

async fn import(pool: &PgPool, file: PathBuf, authority: Authority) -> recalls::Summary {
    let mut conn = as_fridge(pool).await;
    let mut output = Captured::default().output();
    recalls::import(&mut conn, &Request { file, authority }, &clock(), &mut output).await.unwrap()
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn alerts_are_taken_once_however_often_they_are_imported(pool: PgPool) {
    let alerts = json!({"items": [
        {"notation": "FSA-1", "title": "Fjell recalls Oat drink", "productDetails": [{"productName": "Fjell oat drink"}]},
        {"notation": "FSA-2", "title": "A recall of nothing", "productDetails": []},
        {"reason_for_recall": "Listeria", "product_description": "Baby Spinach, UPC 0-11110-91128-5", "recall_number": "F-1"},
        {"unheard": "of"},
    ]});
    let file = File::new(alerts.to_string().as_bytes());
    for _ in 0..2 {
        let summary = import(&pool, file.0.clone(), Authority::Auto).await;
        assert_eq!((summary.read, summary.taken, summary.refused), (4, 2, 2));
    }
    let kept: i64 = sqlx::query_scalar("select count(*) from fridge.recalls").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 2);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_samples_of_both_authorities_are_taken(pool: PgPool) {
    if !Path::new(SAMPLES).is_dir() {
        return not_run("shared/data/recalls is not beside this checkout");
    }
    // One alert names no product; two reports, medicines filed as food, nothing that food is found by.
    for (file, authority, read, taken) in [
        ("fsa-alerts.json", Authority::Fsa, 46, 45),
        ("openfda-enforcement-food.json", Authority::Fda, 16, 14),
    ] {
        let path = Path::new(SAMPLES).join(file);
        let summary = import(&pool, path, authority).await;
        assert_eq!((summary.read, summary.taken), (read, taken), "{file}: {summary:?}");
    }
}
