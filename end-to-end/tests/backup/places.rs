//! Where backups and the erasure log are kept.

use end_to_end::announce::random;
use service_chassis::{
    clock::Clock,
    objects::{ObjectError, Objects},
};

use crate::STACK;

/// A bucket of the instance's own S3, which checks no signatures: that is AWS's crate's part.
async fn bucket() -> Objects {
    let name = format!("objects-{}", random().simple());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let made = client.put(format!("{}/{name}", STACK.ssm_endpoint)).send().await.unwrap();
    assert!(made.status().is_success(), "{}", made.status());
    let place = format!("s3://{name}/dumps/");
    Objects::at(&place, Some(&STACK.ssm_endpoint), &Clock::system()).await.unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_objects_as_a_folder_does() {
    let objects = bucket().await;
    assert!(objects.list().await.unwrap().is_empty());
    let file = std::env::temp_dir().join(format!("objects-{}", random()));
    std::fs::write(&file, vec![7; 300_000]).unwrap();
    objects.put_file("20261122T010000Z/packytrace.dump", &file).await.unwrap();
    objects.put("20261122T010000Z/contents.json", b"{}".to_vec()).await.unwrap();
    assert_eq!(
        objects.list().await.unwrap(),
        ["20261122T010000Z/contents.json", "20261122T010000Z/packytrace.dump"]
    );
    std::fs::remove_file(&file).unwrap();
    objects.get_file("20261122T010000Z/packytrace.dump", &file).await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), vec![7; 300_000]);
    std::fs::remove_file(&file).unwrap();
    objects.remove("20261122T010000Z/contents.json").await.unwrap();
    let missing = objects.get("20261122T010000Z/contents.json").await;
    assert!(matches!(missing, Err(ObjectError::Missing(_))), "{missing:?}");
}

#[tokio::test]
async fn more_objects_than_a_page_has_are_all_listed() {
    let objects = bucket().await;
    for number in 0..1_005 {
        objects.put(&format!("{number:04}"), Vec::new()).await.unwrap();
    }
    assert_eq!(objects.list().await.unwrap().len(), 1_005);
}
