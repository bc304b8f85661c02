//! Databases that come back from the past.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use end_to_end::facts::Facts;

use crate::{
    STACK,
    brand::{BATCHES, Brand, QUIET, measurement, measurement_url, release, row},
};

/// A backup of measurement's schema with its facts, which a real one leaves out: the harder case.
fn back_up() -> PathBuf {
    let file = STACK.state().join("run/measurement-backup.sql");
    let dumped = Command::new("pg_dump")
        .args(["--schema=measurement", "--clean", "--if-exists", "--dbname", &measurement_url(), "--file"])
        .arg(&file)
        .status();
    assert!(dumped.unwrap().success());
    file
}

/// Puts it in the place of what is there, while the function is down.
fn restore(backup: &Path) {
    let restored = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--dbname"])
        .arg(measurement_url())
        .stdin(File::open(backup).unwrap())
        .stdout(std::process::Stdio::null())
        .status();
    assert!(restored.unwrap().success());
}

async fn count(sql: &'static str, brand: &Brand) -> i64 {
    sqlx::query_scalar(sql).bind(brand.id).fetch_one(&mut measurement().await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_from_before_a_release_is_not_drawn_from_again() {
    let brand = Brand::new(1).await;
    brand.scanned(&brand.gtins[0], 60).await;
    brand.wait_for_facts(60).await;
    let backup = back_up();
    let batch = brand.release();
    let topic = Facts::from_now(&STACK, BATCHES).unwrap();
    STACK.service(&["stop", "measurement"]).unwrap();
    restore(&backup);
    assert_eq!(count("select count(*) from measurement.ledger where brand_id = $1", &brand).await, 0);
    STACK.service(&["start", "measurement"]).unwrap();
    assert_eq!(brand.released().await, batch, "taken over from the topic at its start");
    brand.wait_for_facts(0).await;
    release(brand.now);
    let again = topic.until(QUIET, |_| false).unwrap();
    assert!(again.iter().filter(|event| brand.is_of(event)).all(|event| *event == batch));
    assert_eq!(count("select count(*) from measurement.ledger where brand_id = $1", &brand).await, 3);
}

/// Runs measurement by hand; its words when it does not start.
fn refusal() -> Option<String> {
    let program = STACK.state().join("bin/measurement");
    let invoked = Command::new(program).args(["invoke", "--http", "GET /"]).output().unwrap();
    (!invoked.status.success()).then(|| String::from_utf8_lossy(&invoked.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_topic_nothing_is_released_until_somebody_adopts() {
    let brand = Brand::new(1).await;
    brand.scanned(&brand.gtins[0], 60).await;
    brand.wait_for_facts(60).await;
    assert_eq!(refusal(), None, "the positive control");
    // As if the broker's disks had been lost with the last releases on them.
    sqlx::query("update measurement.cluster set cluster_id = 'another'")
        .execute(&mut measurement().await)
        .await
        .unwrap();
    assert!(refusal().unwrap().contains("adopt"));
    let refused = STACK.ops(&["measurement", "release", "--as-of", &crate::brand::as_of(brand.now)]);
    assert!(refused.unwrap_err().to_string().contains("adopt"));
    STACK.ops(&["measurement", "adopt"]).unwrap();
    assert_eq!(refusal(), None);
    let batch = brand.release();
    assert_eq!(batch["data"]["privacy"]["batch_status"], "not_available");
    assert_eq!(row(&batch, &brand.gtins[0])["status"], "suppressed");
    let charged = "select sum(micro_epsilon)::bigint from measurement.ledger where brand_id = $1";
    assert_eq!(count(charged, &brand).await, 3 * 2_000_000);
}
