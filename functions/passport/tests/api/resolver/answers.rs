//! What the resolver answers. "1.2.1" is the GS1-Conformant Resolver standard, "suite" GS1's own
//! GS1DL-resolver-testsuite, whose checks are named as there.

use http::{Method, StatusCode};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{ask, leads, linked, oat, resolver};
use crate::support::{OAT_DRINK, PUBLIC};

const BRAND: &str = "https://brand.example";
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_request_for_nothing_in_particular_is_led_to_the_default(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = resolver(&connect).await;
    let page = format!("{PUBLIC}/p/{OAT_DRINK}");
    for (path, accept, language, wanted) in [
        // suite defaultTarget; 1.2.1, 2.6.1
        (oat(""), "*/*", "", page.as_str()),
        (linked(""), "*/*", "", "/en"),
        (linked(""), "", "", "/en"),
        (linked("?linkType=gs1:defaultLink"), "*/*", "", "/en?linkType=gs1:defaultLink"),
        // 1.2.1, 2.5.8 and examples 5 to 7: languages never leave the default undecided
        (linked(""), "*/*", "vi", "/en"),
        (linked(""), "*/*", "en", "/en"),
        (linked(""), BROWSER, "fr-CA, en;q=0.1", "/fr"),
        (linked(""), "*/*", "pt", "/pt"),
        (linked(""), "*/*", "*", "/en"),
        // suite basicWalkUp; 1.2.1, 2.5.9: what no link is known of falls to what is above it
        (linked("/10/unknown"), "*/*", "", "/en"),
        (linked("/21/unknown"), "*/*", "", "/en"),
        (linked("/235/unknown"), "*/*", "", "/en"),
        (linked("/22/2A"), "*/*", "", "/en"),
        (linked("/10/L%2F1"), "*/*", "", "/lot"),
        (linked("/10/L%2F1"), "*/*", "fr", "/lot"),
        (linked("/22/2A/10/L%2F1/21/unknown"), "*/*", "", "/lot"),
        (linked("/10/L%2F1/21/S1"), "*/*", "", "/item"),
        (linked("/22/2A/10/L%2F1/21/S1"), "*/*", "", "/item"),
        (oat("/10/unknown/21/1"), "*/*", "", page.as_str()),
        // suite trailingSlash; 1.2.1, 2.13
        (linked("/"), "*/*", "", "/en"),
        (linked("/10/L%2F1/"), "*/*", "", "/lot"),
        // URI Syntax 4.1: older GTINs are padded
        (oat("").replace("/01/0", "/01/"), "*/*", "", page.as_str()),
    ] {
        let wanted = if wanted.starts_with('/') { format!("{BRAND}{wanted}") } else { wanted.to_owned() };
        let headers = [("accept", accept), ("accept-language", language)];
        assert_eq!(leads(&passport, &path, &headers).await, (307, wanted), "{path} {accept} {language}");
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_type_is_led_to_its_best_link_or_to_the_choice(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let to = |name: &str, query: &str| (307, format!("{BRAND}/{name}{query}"));
    for (query, accept, language, wanted) in [
        // suite loFor…; 1.2.1, 2.6.2
        ("?linkType=gs1:recallStatus", "*/*", "", (404, String::new())),
        ("?linkType=gs1:pip", "*/*", "fr", to("fr", "?linkType=gs1:pip")),
        ("?linkType=https://gs1.org/voc/pip", "*/*", "fr", to("fr", "?linkType=https://gs1.org/voc/pip")),
        // 1.2.1, 2.6.3 and examples 8 to 13: media type, then language, then context
        (
            "?linkType=gs1:certificationInfo",
            "application/pdf",
            "",
            to("pdf", "?linkType=gs1:certificationInfo"),
        ),
        (
            "?linkType=gs1:certificationInfo",
            "application/pdf",
            "en-GB",
            to("pdf-en", "?linkType=gs1:certificationInfo"),
        ),
        (
            "?linkType=gs1:certificationInfo&context=LK",
            "application/pdf",
            "en",
            to("pdf-lk", "?linkType=gs1:certificationInfo&context=LK"),
        ),
        ("?linkType=gs1:certificationInfo", "text/html", "en", (300, String::new())),
        ("?linkType=gs1:pip", "*/*", "vi", (300, String::new())),
        // suite specificLinkTypeNotFound
        ("?linkType=gs1:nosuchlt", "*/*", "", (404, String::new())),
        ("?linkType=gs1:linkset", "*/*", "", (404, String::new())),
        // 1.2.1, 2.12: the query is joined with &, and stands in front of a fragment
        ("?linkType=gs1:recipeInfo", "*/*", "", to("recipes?page=1", "&linkType=gs1:recipeInfo")),
        (
            "?linkType=https://brand.example/voc/warranty",
            "*/*",
            "",
            to("warranty", "?linkType=https://brand.example/voc/warranty#top"),
        ),
    ] {
        let headers = [("accept", accept), ("accept-language", language)];
        assert_eq!(leads(&passport, &linked(query), &headers).await, wanted, "{query} {accept} {language}");
    }
    // What a level has not, it inherits; the nearest level that has the type decides.
    let inherited = leads(&passport, &linked("/10/L%2F1?linkType=gs1:recipeInfo"), &[]).await;
    assert_eq!(inherited, to("recipes?page=1", "&linkType=gs1:recipeInfo"));
    let nearest = leads(&passport, &linked("/10/L%2F1?linkType=gs1:pip"), &[("accept-language", "fr")]).await;
    assert_eq!(nearest, to("lot", "?linkType=gs1:pip"));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_passport_is_offered_where_the_brand_says_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let page = format!("{PUBLIC}/p/{OAT_DRINK}");
    for kind in ["pip", "nutritionalInfo", "allergenInfo"] {
        let query = format!("?linkType=gs1:{kind}");
        assert_eq!(leads(&passport, &oat(&query), &[]).await, (307, format!("{page}{query}")));
    }
    for kind in ["ingredientsInfo", "certificationInfo", "recipeInfo"] {
        assert_eq!(leads(&passport, &oat(&format!("?linkType=gs1:{kind}")), &[]).await.0, 404, "{kind}");
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_query_is_passed_on_byte_for_byte(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    // suite qsPassedOn; 1.2.1, 2.12
    for query in
        ["foo=bar", "17=261130;3103=000189", "flag", "a=%7e%7E~&b=+%20", "x=1&x=2&", "q=a/b?c(d)", "="]
    {
        let wanted = (307, format!("{BRAND}/en?{query}"));
        assert_eq!(leads(&passport, &linked(&format!("?{query}")), &[]).await, wanted);
    }
    assert_eq!(leads(&passport, &linked("?"), &[]).await, (307, format!("{BRAND}/en")));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_is_no_digital_link_is_400(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    for wrong in [
        linked("/foo"), // suite reportWith400
        "/01/09506000134353".to_owned(),
        "/01/nonsense".to_owned(),
        linked("/21/S1/10/L1"),
        linked("/10/L1/22/2A"),
        linked("/17/261130"),
        linked("/99/ABC"),
        linked("/10"),
        linked("/10/L1/10/L1"),
        linked("/235/T1/21/S1"),
        linked("/10/%E2%82%AC"),
        linked("/10/123456789012345678901"),
        linked("?17=261332"),
        linked("?10=L1"),
        linked("?9999=1"),
        "/eh30164596f4".to_owned(),
        "/exMBZ!".to_owned(),
        "/eh30164596f40c0e5cbe991a83/foo".to_owned(),
    ] {
        let answer = ask(&passport, Method::GET, &wrong, &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let page = ask(&passport, Method::GET, &wrong, &[("accept", BROWSER)]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_nobody_knows_is_404_and_what_was_withdrawn_410(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    for query in ["", "?linkType=linkset", "?linkType=gs1:pip", "/10/L1"] {
        let answer = ask(&passport, Method::GET, &format!("/01/09521234500018{query}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{query}");
        assert_eq!(answer.json()["type"], "urn:packytrace:problem:not-found");
    }
    let mut conn = passport.database.acquire().await.unwrap();
    assert!(passport::store::products::withdraw(&mut conn, OAT_DRINK, passport.clock.now()).await.unwrap());
    for query in ["", "/10/L1", "?linkType=linkset", "?linkType=gs1:pip"] {
        let answer = ask(&passport, Method::GET, &oat(query), &[]).await;
        assert_eq!(answer.status, StatusCode::GONE, "{query}");
        assert_eq!(answer.json()["type"], "urn:packytrace:problem:withdrawn");
    }
    let page = ask(&passport, Method::GET, &oat(""), &[("accept", BROWSER)]).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::GONE, Some("text/html; charset=utf-8"))
    );
    let product = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await;
    assert_eq!(product.json()["withdrawn"], true);
    let found = passport.api.get("/api/v1/products?q=oat").await;
    assert_eq!(found.json()["items"][0]["withdrawn"], true);
    assert!(passport::store::products::offer_again(&mut conn, OAT_DRINK).await.unwrap());
    assert_eq!(leads(&passport, &oat(""), &[]).await.0, 307);
    assert!(
        !passport::store::products::withdraw(&mut conn, "09521234500018", passport.clock.now())
            .await
            .unwrap()
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn redirects_have_the_headers_that_a_conformant_resolver_gives(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = resolver(&connect).await;
    for method in [Method::GET, Method::HEAD] {
        for path in [linked("/10/L%2F1"), linked("/10/L%2F1/"), linked("/10/L%2F1?a=b")] {
            let answer = ask(&passport, method.clone(), &path, &[]).await;
            assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
            // suite linkOnRedirect, legacyLinkHeaders, corsCheck, methodsCheck
            let linkset = format!("<{PUBLIC}/01/09506000134352/10/L%2F1?linkType=linkset>; rel=\"linkset\"");
            assert_eq!(
                answer.header("link"),
                Some(format!("{linkset}; type=\"application/linkset+json\"").as_str())
            );
            assert_eq!(answer.headers.get_all("link").iter().count(), 1);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
            assert_eq!(answer.header("access-control-expose-headers"), Some("Link, Location"));
            assert_eq!(answer.header("vary"), Some("Accept, Accept-Language"));
            assert!(answer.body.is_empty());
        }
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn options_names_the_same_methods_whatever_a_preflight_asks_for(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = resolver(&connect).await;
    // suite getCorsHeaders sends no method at all but a list of them
    for wanted in ["GET", "GET,HEAD,OPTIONS", "DELETE"] {
        let headers = [("origin", "https://ref.gs1.org"), ("access-control-request-method", wanted)];
        for path in [
            oat(""),
            linked("/10/L%2F1"),
            "/01/09521234500018".to_owned(),
            "/.well-known/gs1resolver".to_owned(),
        ] {
            let answer = ask(&passport, Method::OPTIONS, &path, &headers).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        }
    }
    let answer = ask(&passport, Method::OPTIONS, &oat("/"), &[]).await;
    let linkset = format!(
        "<{PUBLIC}/01/{OAT_DRINK}?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\""
    );
    assert_eq!(answer.header("link"), Some(linkset.as_str()));
    assert_eq!(ask(&passport, Method::OPTIONS, "/01/1", &[]).await.status, StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_epc_of_a_tag_leads_where_its_digital_link_leads(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    // The worked examples of the compression standard for EPC binary strings, 4.2.1 and 4.2.2.
    let gtin = "09528765123457";
    crate::support::stock(&passport.database, serde_json::json!({"gtin": gtin})).await;
    for compressed in ["/eh30164596f40c0e5cbe991a83", "/exMBZFlvQMDly-mRqD", "/exMBZFlvQMDly-mRqD/"] {
        let answer = ask(&passport, Method::GET, &format!("{compressed}?a=b"), &[]).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{compressed}");
        assert_eq!(answer.header("location"), Some(format!("{PUBLIC}/p/{gtin}?a=b").as_str()));
        let whole = format!("{PUBLIC}/01/{gtin}/21/123456789123");
        let links = format!(
            "<{whole}?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\", <{whole}>; rel=\"owl:sameAs\""
        );
        assert_eq!(answer.header("link"), Some(links.as_str()));
    }
}
