//! A backup under load; everything destroyed but the parameter store, the backups and the erasure log,
//! which are elsewhere; restored by the commands of docs/backup.md.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use end_to_end::load::{Kind, Load};
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    STACK,
    brand::{BATCHES, Brand, row},
    make,
    people::{Resident, database},
};

/// What each kind of request is sent with, a second, while the backup is taken.
const RATE: f64 = 1.0;

fn elsewhere() -> PathBuf {
    let folder = STACK.state().with_extension("elsewhere");
    let _none_before = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Moves what outlives the machine in production out of the way, destroys the rest, and moves it back.
fn destroy(elsewhere: &Path) {
    let kept = ["ssm.json", "secrets"];
    make("down.sh", &[]);
    for name in kept {
        fs::rename(STACK.state().join(name), elsewhere.join(name)).unwrap();
    }
    make("reset.sh", &[]);
    for gone in ["postgres", "kafka", "endpoints.json"] {
        assert!(!STACK.state().join(gone).exists(), "{gone} is destroyed");
    }
    for name in kept {
        fs::rename(elsewhere.join(name), STACK.state().join(name)).unwrap();
    }
}

async fn known_scans(scans: &[String]) -> i64 {
    sqlx::query_scalar("select count(*) from passport.scans where scan_id = any($1::uuid[])")
        .bind(scans)
        .fetch_one(&mut database("packytrace").await)
        .await
        .unwrap()
}

/// The backup is whole; one that is not finished is none, and one that was changed is found out.
fn look_at(backups: &str, taken: &str) {
    let checked = STACK.ops(&["restore", "--check", "--from", backups]).unwrap();
    assert!(checked.contains("whole\tpackytrace\t"), "{checked}");
    assert!(checked.ends_with(&format!("checked\t{taken}\n")), "{checked}");

    let (real, half) = (Path::new(backups).join(taken), Path::new(backups).join("20991231T235959Z"));
    fs::create_dir(&half).unwrap();
    let dump = real.join("keycloak.dump");
    fs::copy(&dump, half.join("keycloak.dump")).unwrap();
    assert_eq!(STACK.ops(&["restore", "--list", "--from", backups]).unwrap(), format!("{taken}\n"));
    fs::remove_dir_all(&half).unwrap();

    let whole = fs::read(&dump).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&dump, changed).unwrap();
    let found_out = STACK.ops(&["restore", "--check", "--from", backups]).unwrap_err().to_string();
    assert!(found_out.contains("this backup is broken"), "{found_out}");
    fs::write(&dump, whole).unwrap();

    let alive = STACK.ops(&["restore", "--from", backups]).unwrap_err().to_string();
    assert!(alive.contains("stop the functions and Keycloak first"), "{alive}");
}

/// Sixty people scan a product of a measured brand.
async fn measured() -> Brand {
    let brand = Brand::new(1).await;
    brand.scanned(&brand.gtins[0], 60).await;
    brand.wait_for_facts(60).await;
    brand
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_destroyed_comes_back_but_who_was_erased_and_what_was_released() {
    let folder = elsewhere();
    let backups = folder.join("backups");
    let backups_text = backups.to_str().unwrap();
    let brand = measured().await;
    let (stays, left_before, leaves_after) =
        (Resident::new().await, Resident::new().await, Resident::new().await);
    left_before.leave().await;

    let load = Load::start(&STACK, &Kind::ALL, RATE).await.unwrap();
    tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(8)).await;
    let acknowledged: Vec<String> = load.so_far().scans().into_iter().map(str::to_owned).collect();
    let taken = block_in_place(|| STACK.ops(&["backup", "--to", backups_text])).unwrap();
    let report = load.end().await;
    assert!(report.unexpected().is_empty(), "nobody notices a backup: {report}");
    assert!(acknowledged.len() > 5, "there was load: {report}");
    let name = taken.lines().find_map(|line| line.strip_prefix("taken\t")?.split('\t').next()).unwrap();
    block_in_place(|| look_at(backups_text, name));

    // After the backup: a release that people saw, and somebody who asks to be erased.
    let seen = block_in_place(|| brand.release());
    assert_eq!(brand.released().await, seen);
    leaves_after.leave().await;

    block_in_place(|| {
        destroy(&folder);
        make("restore.sh", &[("FROM", backups.as_path())]);
    });

    assert_eq!(known_scans(&acknowledged).await, i64::try_from(acknowledged.len()).unwrap());
    stays.finds_everything().await;
    assert_eq!(left_before.rows().await, 0, "no backup has who was erased before it");
    leaves_after.is_gone().await;
    let facts: i64 = sqlx::query_scalar("select count(*) from measurement.facts where gtin = any($1)")
        .bind(&brand.gtins)
        .fetch_one(&mut database("packytrace").await)
        .await
        .unwrap();
    assert_eq!(facts, 0, "no backup has facts");
    let again: Value = block_in_place(|| brand.release());
    assert_eq!(again["data"]["privacy"]["batch_status"], "not_available", "{BATCHES} is not drawn twice");
    assert_eq!(row(&again, &brand.gtins[0])["status"], "suppressed");
    fs::remove_dir_all(folder).unwrap();
}
