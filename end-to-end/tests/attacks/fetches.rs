//! No address that a caller gives is fetched, but those of push services that we know.

use std::{net::TcpListener, time::Duration};

use end_to_end::{patience::within, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    STACK,
    people::{People, newcomer, push_subscription},
};

#[tokio::test(flavor = "multi_thread")]
async fn only_push_services_that_we_know_are_pushed_to() {
    let (person, _) = newcomer("push").await;
    let add = async |endpoint: &str| {
        let mut body = push_subscription();
        body["endpoint"] = json!(endpoint);
        person.ask(Method::POST, "/api/v1/fridge/push-subscriptions", &body).await.unwrap().status().as_u16()
    };
    for endpoint in [
        "http://updates.push.services.mozilla.com/wpush/v2/x",
        "https://127.0.0.1/",
        "https://127.0.0.1:8443/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.170.2/role/identity",
        "https://2852039166/latest/meta-data/",
        "https://0xa9fea9fe/",
        "https://0/",
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://172.16.0.1/",
        "https://metadata.google.internal/",
        "https://attacker.example/",
        "https://fcm.googleapis.com.attacker.example/",
        "https://attacker.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@attacker.example/",
        "https://user:password@fcm.googleapis.com/",
        "https://fcm.googleapis.com:22/",
        "https://fcm.googleapis.com./fcm/send/x",
        "https://xfcm.googleapis.com/",
        "https://notify.windows.com/",
        "https://.push.apple.com/",
        "https://push.apple.com.attacker.example/",
        "https://attacker.example#.push.apple.com",
        "https://attacker.example\\.push.apple.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "data:text/plain,x",
        "javascript:alert(1)",
        "//fcm.googleapis.com/",
        "",
    ] {
        assert_eq!(add(endpoint).await, 422, "{endpoint}");
    }
    assert_eq!(add("https://updates.push.services.mozilla.com/wpush/v2/x").await, 201, "the control");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_a_product_a_link_or_a_code_is_shown_and_never_asked() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let url = format!("http://{}/trap", trap.local_addr().unwrap());
    let people = People::meet().await;
    let (editor, gtin) = (&people.editor, &people.ids["gtin"]);
    let mut product = people.body("putBrandProduct").unwrap();
    product["certificates"] = json!([{"scheme": "eu-organic", "url": url}]);
    let path = format!("/api/v1/brand/products/{gtin}");
    let put = editor.ask(Method::PUT, &path, &product).await.unwrap().status().as_u16();
    assert!(matches!(put, 200 | 201 | 422), "{put}");
    let linked = |href: &str| json!({"entries": [{"item_description": "Bar", "links": [{"link_type": "gs1:pip", "href": href, "title": "Bar"}]}]});
    let links = format!("{path}/links");
    for href in
        ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//attacker.example", "/x", ""]
    {
        let put = editor.ask(Method::PUT, &links, &linked(href)).await.unwrap();
        assert_eq!(put.status(), 422, "{href}");
    }
    editor.ask(Method::PUT, &links, &linked(&url)).await.unwrap();
    let visitor = Person::anonymous(&STACK).unwrap();
    for path in
        [format!("/01/{gtin}"), format!("/01/{gtin}?linkType=all"), format!("/api/v1/products/{gtin}")]
    {
        visitor.get(&path).await.unwrap();
    }
    visitor.scan(&format!("{}/01/{gtin}", url.trim_end_matches("/trap"))).await.unwrap();
    let scanned: Value = visitor.get("/api/v1/scans").await.unwrap().json().await.unwrap();
    assert_eq!(scanned["items"].as_array().unwrap().len(), 1, "the code with the trap in it was read");
    within(Duration::from_secs(5), "outboxes are sent", async || {
        let left = STACK.metrics("passport").await?;
        Ok(left.contains("outbox").then_some(()))
    })
    .await
    .unwrap();
    assert!(trap.accept().is_err(), "somebody asked the address");
}
