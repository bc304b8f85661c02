//! `/api/v1/brand/products/{gtin}/label.svg`. What a camera reads from it, `domain/label.rs` tests.

use http::StatusCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::own;
use crate::support::{OAT_DRINK, passport};

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_label_is_drawn_for_a_product_and_for_a_lot(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    passport.found_fjell(false).await;
    for query in ["", "?symbol=qr", "?symbol=datamatrix&lot=L-7&use_by=2026-11-30"] {
        let label = passport.editor().get(&own(&format!("/label.svg{query}"))).await;
        assert_eq!((label.status, label.header("content-type")), (StatusCode::OK, Some("image/svg+xml")));
        let svg = String::from_utf8(label.body.to_vec()).unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains(&format!("(01) {OAT_DRINK}")), "{query}");
        assert_eq!(svg.contains("(10) L-7") && svg.contains("(17) 261130"), query.contains("lot"), "{query}");
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_no_symbol_can_say_is_400(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    passport.found_fjell(false).await;
    for query in [
        "symbol=ean",
        "lot=",
        "lot=a%20b",
        "lot=123456789012345678901",
        "use_by=30.11.2026",
        "use_by=1920-01-01",
        "size=3",
    ] {
        let label = passport.editor().get(&own(&format!("/label.svg?{query}"))).await;
        assert_eq!(label.status, StatusCode::BAD_REQUEST, "{query}");
    }
}
