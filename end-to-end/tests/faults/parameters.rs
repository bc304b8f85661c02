//! The parameter store is away.

use std::time::Duration;

use end_to_end::{load::Kind, patience::within, stack::Stack};

use crate::{STACK, Stopped, kill, under_load::UnderLoad};

const SOON: Duration = Duration::from_mins(1);

async fn is_ready() -> bool {
    Stack::is_ready(&STACK.function("fridge").unwrap().admin_url).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_parameter_store_what_runs_goes_on_and_what_starts_waits_for_it() {
    let load = UnderLoad::of(&[Kind::Scan, Kind::Account, Kind::Brand]).await;
    let away = Stopped::now("ssm");
    load.answers(30).await;
    let log = || std::fs::read_to_string(STACK.state().join("log/fridge.log")).unwrap();
    let before = log().len();
    kill("fridge");
    within(SOON, "fridge says that it cannot start without its secrets", async || {
        Ok(log().get(before..).is_some_and(|more| more.contains("parameter store")).then_some(()))
    })
    .await
    .unwrap();
    assert!(!is_ready().await, "not ready without its secrets");
    drop(away);
    within(SOON, "fridge is there again, by itself", async || Ok(is_ready().await.then_some(())))
        .await
        .unwrap();
    let report = load.recovers().await;
    assert!(report.unexpected().is_empty(), "{report}");
}
