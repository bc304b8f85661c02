//! The Visitor ID cookie: when it is set, and what it is worth.

use serde_json::Value;

use crate::support::{
    World,
    ask::Answer,
    keycloak::{ACCOUNT, token},
};

const RECORDED: [(&str, &str); 2] = [("x-visitor-used", "true"), ("content-type", "application/json")];

/// The cookie pair of an answer, as a browser would send it back.
fn cookie(answer: &Answer) -> Option<String> {
    answer.header("set-cookie").map(|line| line.split(';').next().unwrap().to_owned())
}

/// A cookie that this world set.
async fn visitor(world: &World) -> String {
    world.passport.answer(201, &RECORDED, "{}");
    cookie(&world.post("/api/v1/scans").body("{}").send().await).unwrap()
}

fn id(cookie: &str) -> &str {
    cookie.split('.').nth(2).unwrap()
}

#[tokio::test]
async fn a_recorded_scan_sets_the_cookie() {
    let world = World::new().await;
    world.passport.answer(201, &RECORDED, "{}");
    for ask in [
        world.post("/api/v1/scans").body("{}"),
        world.get("/01/09506000134352"),
        world.get("/01/09506000134352/10/A"),
    ] {
        let answer = ask.send().await;
        let line = answer.header("set-cookie").unwrap();
        assert!(line.starts_with("pt_vid=v1.k1."), "{line}");
        assert!(line.ends_with("; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax"), "{line}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-visitor-used"), None);
    }
}

#[tokio::test]
async fn the_cookie_names_the_id_that_the_service_was_given() {
    let world = World::new().await;
    let given = world.post("/api/v1/scans").body("{}").send().await.received();
    let id = given["headers"]["x-visitor-id"].as_str().unwrap().to_owned();
    assert_eq!(given["caller"]["visitor"], id);
    assert_eq!(id.parse::<uuid::Uuid>().unwrap().get_version_num(), 4);

    let set = visitor(&world).await;
    let again = World::new().await.get("/api/v1/scans").header("cookie", &set).send().await.received();
    assert_eq!(again["caller"]["visitor"], self::id(&set));
}

#[tokio::test]
async fn nothing_recorded_sets_no_cookie() {
    let world = World::new().await;
    world.passport.answer(422, &[("content-type", "application/problem+json")], "{}");
    assert_eq!(cookie(&world.post("/api/v1/scans").body("{}").send().await), None);
    world.passport.answer(307, &[("location", "/p/1"), ("x-visitor-used", "false")], "");
    assert_eq!(cookie(&world.get("/01/09506000134352").send().await), None);
}

#[tokio::test]
async fn routes_that_record_nothing_give_no_id_and_set_no_cookie() {
    let world = World::new().await;
    for target in ["/api/v1/scans", "/api/v1/products?q=x", "/api/v1/products/9506000134352"] {
        assert_eq!(world.get(target).send().await.received()["caller"]["visitor"], Value::Null, "{target}");
    }
    world.passport.answer(200, &RECORDED, "{}");
    assert_eq!(cookie(&world.get("/api/v1/products?q=x").send().await), None);
    let head = world.ask(http::Method::HEAD, "/01/09506000134352").send().await;
    assert_eq!(cookie(&head), None);
}

#[tokio::test]
async fn an_account_needs_no_visitor_id() {
    let world = World::new().await;
    let received = world.post("/api/v1/scans").bearer(&token()).body("{}").send().await.received();
    assert_eq!(received["caller"]["account"], ACCOUNT);
    assert_eq!(received["caller"]["visitor"], Value::Null);
    world.passport.answer(201, &RECORDED, "{}");
    assert_eq!(cookie(&world.post("/api/v1/scans").bearer(&token()).body("{}").send().await), None);
}

#[tokio::test]
async fn a_visitor_who_signs_in_is_both() {
    let set = visitor(&World::new().await).await;
    let world = World::new().await;
    let received = world.get("/api/v1/scans").header("cookie", &set).bearer(&token()).send().await.received();
    assert_eq!(received["caller"]["account"], ACCOUNT);
    assert_eq!(received["caller"]["visitor"], id(&set));
}

#[tokio::test]
async fn a_known_visitor_keeps_the_id() {
    let world = World::new().await;
    let set = visitor(&world).await;
    let answer = world.post("/api/v1/scans").header("cookie", &set).body("{}").send().await;
    assert_eq!(cookie(&answer), None, "the cookie is still good");
}

#[tokio::test]
async fn a_forged_cookie_is_no_cookie() {
    let set = visitor(&World::new().await).await;
    let world = World::new().await;
    let other = "99999999-9999-4999-8999-999999999999";
    for forged in [
        set.replace(id(&set), other),
        set.replace("k1", "k2"),
        set.replace("v1", "v0"),
        set[..set.len() - 1].to_owned(),
        format!("{set}="),
        format!("pt_vid={other}"),
        format!("pt_vid=v1.k1.{other}."),
        format!("pt_vid=v1.k1.{other}.AAAAAAAAAAAAAAAAAAAAAA"),
        "pt_vid=".to_owned(),
        format!("{set}; {set}"),
        format!("{set}; pt_vid={other}"),
        set.replace("pt_vid", "PT_VID"),
        set.replace("pt_vid", "__Host-pt_vid"),
    ] {
        let received = world.get("/api/v1/scans").header("cookie", &forged).send().await.received();
        assert_eq!(received["caller"]["visitor"], Value::Null, "{forged}");
    }
    let two_lines = world.get("/api/v1/scans").header("cookie", &set).header("cookie", &set);
    assert_eq!(two_lines.send().await.received()["caller"]["visitor"], Value::Null);
    let fresh = world
        .post("/api/v1/scans")
        .header("cookie", &format!("pt_vid={other}"))
        .body("{}")
        .send()
        .await
        .received();
    assert_ne!(fresh["caller"]["visitor"], other);
    assert_ne!(fresh["caller"]["visitor"], Value::Null, "a new id instead");
}

#[tokio::test]
async fn a_cookie_of_the_key_before_is_believed_and_signed_anew() {
    let old = visitor(&World::new().await).await;
    let world = World::with(|setup| setup.ring = ("k2", &["k1", "k2"])).await;
    let answer = world.get("/api/v1/scans").header("cookie", &old).send().await;
    assert_eq!(answer.received()["caller"]["visitor"], id(&old));
    let new = cookie(&answer).unwrap();
    assert!(new.starts_with(&format!("pt_vid=v1.k2.{}.", id(&old))), "{new}");

    let after = World::with(|setup| setup.ring = ("k2", &["k2"])).await;
    assert_eq!(
        after.get("/api/v1/scans").header("cookie", &new).send().await.received()["caller"]["visitor"],
        id(&old)
    );
    assert_eq!(
        after.get("/api/v1/scans").header("cookie", &old).send().await.received()["caller"]["visitor"],
        Value::Null
    );
}

#[tokio::test]
async fn an_answer_that_may_be_stored_never_carries_a_cookie() {
    let old = visitor(&World::new().await).await;
    let world = World::with(|setup| setup.ring = ("k2", &["k1", "k2"])).await;
    world.passport.answer(200, &[("cache-control", "public, max-age=60")], "{}");
    let answer = world.get("/api/v1/products/9506000134352").header("cookie", &old).send().await;
    assert_eq!(cookie(&answer), None);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    world.passport.answer(200, &[("cache-control", "private, max-age=60")], "{}");
    let private = world.get("/api/v1/scans").header("cookie", &old).send().await;
    assert!(cookie(&private).is_some());
    assert_eq!(private.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn on_tls_the_cookie_is_locked_to_our_host() {
    let world = World::with(|setup| setup.config.public_url = "https://pt.example".parse().unwrap()).await;
    world.passport.answer(201, &RECORDED, "{}");
    let answer = world.post("/api/v1/scans").body("{}").send().await;
    let line = answer.header("set-cookie").unwrap();
    assert!(
        line.starts_with("__Host-pt_vid=v1.")
            && line.ends_with("; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax; Secure"),
        "{line}"
    );
    assert!(!line.to_ascii_lowercase().contains("domain"));
}
