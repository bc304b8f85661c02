//! Links as they are kept: replaced as a whole, versioned, found by primary keys.

use passport::{
    domain::links::{self, Level},
    store,
};
use serde_json::{Value, json};
use sqlx::{
    Executor, Row,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use super::{LINKED, leads, linked, links, resolver};
use crate::support::{OAT_DRINK, now, put_links};

async fn kept(database: &PgPool, gtin: &str) -> Option<(i32, Value)> {
    let mut conn = database.acquire().await.unwrap();
    let set = store::links::find(&mut conn, gtin).await.unwrap()?;
    let entries: Vec<_> = set.entries.iter().map(links::Entry::written).collect();
    Some((set.version, json!({ "entries": entries })))
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn links_are_given_back_as_they_were_put(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    assert_eq!(kept(&passport.database, LINKED).await, Some((1, links())));
    assert_eq!(kept(&passport.database, OAT_DRINK).await, None);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn links_are_replaced_as_a_whole(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let document = json!({"entries": [
        {"default": {"link_type": "gs1:pip", "href": "http://new.example", "title": "New"}, "links": []},
    ]});
    assert_eq!(put_links(&passport.database, LINKED, document.clone()).await, 2);
    assert_eq!(kept(&passport.database, LINKED).await, Some((2, document)));
    assert_eq!(leads(&passport, &linked("/21/S1"), &[]).await, (307, "http://new.example".to_owned()));
    assert_eq!(put_links(&passport.database, LINKED, json!({"entries": []})).await, 3);
    assert_eq!(leads(&passport, &linked(""), &[]).await.0, 404);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn links_that_changed_meanwhile_are_not_replaced(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    for (gtin, expected, version) in [
        (LINKED, 0, None),
        (LINKED, 2, None),
        (LINKED, 1, Some(2)),
        (OAT_DRINK, 1, None),
        (OAT_DRINK, 0, Some(1)),
    ] {
        let mut tx = passport.database.begin().await.unwrap();
        let replaced = store::links::replace(&mut tx, gtin, Some(expected), &[], now()).await.unwrap();
        assert_eq!(replaced, version, "{gtin} {expected}");
        match replaced {
            Some(_) => tx.commit().await.unwrap(),
            None => tx.rollback().await.unwrap(),
        }
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_passport_shows_what_its_brand_links_it_to(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let path = format!("/api/v1/products/{OAT_DRINK}");
    let before = passport.api.get(&path).await;
    assert_eq!(before.json()["links"], json!([]));
    let default = json!({"link_type": "gs1:pip", "href": "https://fjell.example", "title": "Oat drink"});
    let recipe = json!({"link_type": "gs1:recipeInfo", "href": "https://fjell.example/r", "title": "Recipes",
        "hreflang": ["fr"]});
    let document = json!({"entries": [{"default": default, "links": [recipe]}]});
    put_links(&passport.database, OAT_DRINK, document).await;
    let after = passport.api.get(&path).await;
    assert_eq!(after.json()["links"], json!([recipe, default]));
    assert_ne!(before.header("etag"), after.header("etag"));
}

/// The statement with which [`store::links::known`] looks things up, as the build knows it.
fn lookup() -> String {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx")).unwrap();
    let queries = folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let mut lookups = queries
        .map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].as_str().unwrap().to_owned())
        .filter(|query| query.contains("as asked"));
    lookups.next().unwrap()
}

/// A resolution costs the same whatever the catalogue holds: it goes down two indexes and no further.
#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_resolution_reads_what_it_needs_by_index(options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = options.connect_with(connect).await.unwrap();
    for sql in [
        "insert into passport.products
             (gtin, document, content_hash, source, revision, search, created_at, updated_at)
         select lpad(n::text, 14, '0'), '{}', '', 'demo', 1, '', now(), now() from generate_series(1, 20000) n",
        "insert into passport.link_sets select lpad(n::text, 14, '0'), 1, now() from generate_series(1, 2000) n",
        "insert into passport.link_entries
         select lpad(n::text, 14, '0'), item::text, '', '', item, '{\"links\": []}'
           from generate_series(1, 2000) n, generate_series(1, 20) item",
        "analyze",
    ] {
        admin.execute(sql).await.unwrap();
    }
    let mut conn = admin.acquire().await.unwrap();
    let prepare = format!("prepare lookup (text, text[], text[], text[]) as {}", lookup());
    conn.execute(sqlx::AssertSqlSafe(prepare)).await.unwrap();
    let explain =
        "explain (analyze, costs off) execute lookup ('00000000001234', '{\"\",7}', '{\"\"}', '{\"\"}')";
    let rows = conn.fetch_all(explain).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert_eq!(plan.matches("Index Scan using").count(), 2, "{plan}");
    assert!(plan.contains("using link_entries_pkey"), "{plan}");
    assert!(!plan.contains("Seq Scan") && !plan.contains("Filter"), "{plan}");
    let level = Level { serial: Some("7".to_owned()), ..Level::default() };
    let known = store::links::known(&mut conn, "00000000001234", &level).await.unwrap();
    assert_eq!(known.entries.len(), 1);
}
