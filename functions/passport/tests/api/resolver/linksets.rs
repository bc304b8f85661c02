//! Linksets, in every form.

use std::sync::LazyLock;

use http::{Method, StatusCode};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{LINKED, ask, leads, linked, oat, resolver};
use crate::support::{OAT_DRINK, PUBLIC};

const VOC: &str = "https://ref.gs1.org/voc";
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// What GS1's schema of linksets, release 1.2.1, allows, in our words: its file has no licence that
/// would let us keep it.
static GS1: LazyLock<Validator> = LazyLock::new(|| {
    let address = "^https?://[a-zA-Z0-9./]+";
    let link = json!({
        "type": "object",
        "required": ["href", "title"],
        "additionalProperties": false,
        "properties": {
            "href": {"type": "string", "pattern": address},
            "title": {"type": "string"},
            "type": {"type": "string", "pattern": "\\w+/[-+.\\w]+"},
            "hreflang": {"type": "array", "items": {"type": "string", "pattern": "^\\w{2}(-\\w{2})?$"}},
            "context": {"type": "array"},
        },
    });
    let member = json!({
        "type": "object",
        "required": ["anchor"],
        "additionalProperties": false,
        "properties": {"anchor": {"type": "string", "pattern": address}, "itemDescription": {"type": "string"}},
        "patternProperties": {format!("{address}$"): {"type": "array", "minItems": 1, "items": link}},
    });
    build(&json!({
        "type": "object",
        "required": ["linkset"],
        "additionalProperties": false,
        "properties": {"linkset": {"type": "array", "items": member}},
    }))
});

/// What our own contract says of linksets.
static OURS: LazyLock<Validator> = LazyLock::new(|| {
    let contract = shared_contracts::openapi::merged().unwrap();
    build(&json!({"$ref": "#/components/schemas/Linkset", "components": contract["components"]}))
});

fn build(schema: &Value) -> Validator {
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(schema).unwrap()
}

fn assert_valid(linkset: &Value) {
    for schema in [&*GS1, &*OURS] {
        let errors: Vec<String> = schema.iter_errors(linkset).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {linkset}");
    }
}

fn anchors(linkset: &Value) -> Vec<&str> {
    linkset["linkset"].as_array().unwrap().iter().map(|member| member["anchor"].as_str().unwrap()).collect()
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_linkset_is_told_in_the_form_that_is_liked_best(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let linkset = "application/linkset+json";
    // suite ltLinksetNoRedirect, ltAllNoRedirect, ltAcceptHeader, declaredContentType; 1.2.1, 2.9 and 2.10
    for (query, accept, kind) in [
        ("?linkType=linkset", "", linkset),
        ("?linkType=linkset", "*/*", linkset),
        ("?linkType=all", "*/*", linkset),
        ("", linkset, linkset),
        ("?linkType=all", linkset, linkset),
        ("?linkType=linkset", "application/json", "application/json"),
        ("", "application/json", "application/json"),
        ("", "application/ld+json", "application/ld+json"),
        ("?linkType=linkset", BROWSER, "text/html; charset=utf-8"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = ask(&passport, method, &linked(query), &[("accept", accept)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{query} {accept}");
            assert_eq!(answer.header("content-type"), Some(kind), "{query} {accept}");
            assert_eq!(answer.header("vary"), Some("Accept, Accept-Language"));
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.headers.get_all("link").iter().count(), 1);
        }
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_linkset_names_its_context_and_json_ld_carries_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let plain = ask(&passport, Method::GET, &linked("?linkType=linkset"), &[]).await;
    // suite linksetJsonldCheck splits the header at its commas
    let is_context = |link: &str| {
        link.contains("rel=\"http://www.w3.org/ns/json-ld#context\"")
            && link.contains("type=\"application/ld+json\"")
    };
    assert!(plain.header("link").unwrap().split(',').any(is_context));
    let ld =
        ask(&passport, Method::GET, &linked("?linkType=linkset"), &[("accept", "application/ld+json")]).await;
    assert_eq!(ld.json()["@context"], "https://ref.gs1.org/standards/resolver/linkset-context");
    assert_eq!(ld.json()["linkset"], plain.json()["linkset"]);
    let page = ask(&passport, Method::GET, &linked("?linkType=linkset"), &[("accept", BROWSER)]).await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let data = page
        .split("<script type=\"application/ld+json\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    assert_eq!(serde_json::from_str::<Value>(data).unwrap(), ld.json());
    assert!(page.contains("<a href=\"https://brand.example/recipes?page=1\">"));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn every_level_has_its_links_under_its_own_anchor(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let product = format!("{PUBLIC}/01/{LINKED}");
    let lot = format!("{product}/10/L%2F1");
    let item = format!("{product}/21/S1");
    let variant = format!("{product}/22/2A");
    // 1.2.1, 2.5.9, rule 4: the union of what is registered for each part of the address
    for (path, wanted) in [
        ("", vec![&product]),
        ("/10/unknown", vec![&product]),
        ("/10/L%2F1/", vec![&lot, &product]),
        ("/22/2A/10/L%2F1", vec![&lot, &variant, &product]),
        ("/22/2A/10/L%2F1/21/S1", vec![&item, &lot, &variant, &product]),
        ("/235/T1", vec![&product]),
    ] {
        let linkset =
            ask(&passport, Method::GET, &linked(&format!("{path}?linkType=linkset")), &[]).await.json();
        assert_valid(&linkset);
        assert_eq!(anchors(&linkset), wanted, "{path}");
    }
    let own = ask(&passport, Method::GET, &oat("/10/L1?linkType=linkset"), &[]).await.json();
    assert_valid(&own);
    assert_eq!(anchors(&own), [format!("{PUBLIC}/01/{OAT_DRINK}")]);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_level_has_one_default_that_is_described_too(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let linkset = ask(&passport, Method::GET, &linked("/10/L%2F1?linkType=linkset"), &[]).await.json();
    let [lot, product] = &linkset["linkset"].as_array().unwrap()[..] else { panic!("two levels: {linkset}") };
    let target = |href: &str| json!([{"href": format!("https://brand.example/{href}"), "title": href}]);
    assert_eq!(lot["itemDescription"], "Lot L/1");
    assert_eq!(lot[format!("{VOC}/defaultLink")], target("lot"));
    assert_eq!(lot[format!("{VOC}/pip")], target("lot"));
    assert_eq!(product["itemDescription"], "Medicinal compound");
    assert_eq!(product[format!("{VOC}/defaultLink")], target("en"));
    let pips = product[format!("{VOC}/pip")].as_array().unwrap();
    let hrefs: Vec<_> =
        pips.iter().map(|link| link["href"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert_eq!(hrefs, ["en", "fr", "pt"], "each default once, under a type that says what it is");
    assert_eq!(product[format!("{VOC}/defaultLinkMulti")].as_array().unwrap().len(), 2);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn each_link_of_a_linkset_is_where_a_request_for_it_leads(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    for path in [linked(""), linked("/10/L%2F1/21/S1"), oat("")] {
        let linkset = ask(&passport, Method::GET, &format!("{path}?linkType=linkset"), &[]).await.json();
        let default = &linkset["linkset"][0][format!("{VOC}/defaultLink")][0]["href"];
        assert_eq!(leads(&passport, &path, &[]).await, (307, default.as_str().unwrap().to_owned()), "{path}");
        for (kind, links) in
            linkset["linkset"][0].as_object().unwrap().iter().filter(|(_, links)| links.is_array())
        {
            for link in links.as_array().unwrap().iter().filter(|link| link["context"].is_null()) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let (accept, language) = (text(&link["type"]), text(&link["hreflang"][0]));
                let headers = [("accept", accept.as_str()), ("accept-language", language.as_str())];
                let (status, location) = leads(&passport, &format!("{path}?linkType={kind}"), &headers).await;
                let href = text(&link["href"]).split('#').next().unwrap().to_owned();
                let led = status == 307 && location.starts_with(&href);
                assert!(led || status == 300, "{path} {kind} {headers:?}: {status} {location}");
            }
        }
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn who_cannot_be_served_with_one_link_is_told_which_there_are(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = resolver(&connect).await;
    let path = linked("?linkType=gs1:certificationInfo");
    let choices =
        ask(&passport, Method::GET, &path, &[("accept", "text/html;q=0.9, application/linkset+json;q=0.1")])
            .await;
    assert_eq!(choices.status, StatusCode::MULTIPLE_CHOICES);
    assert_eq!(choices.header("content-type"), Some("text/html; charset=utf-8"));
    let choices =
        ask(&passport, Method::GET, &linked("?linkType=gs1:pip"), &[("accept-language", "vi")]).await;
    assert_eq!(choices.status, StatusCode::MULTIPLE_CHOICES);
    assert_eq!(choices.header("content-type"), Some("application/linkset+json"));
    let linkset = choices.json();
    assert_valid(&linkset);
    assert_eq!(anchors(&linkset), [format!("{PUBLIC}/01/{LINKED}")]);
    let members = linkset["linkset"][0].as_object().unwrap();
    assert_eq!(members.keys().collect::<Vec<_>>(), ["anchor", &format!("{VOC}/pip"), "itemDescription"]);
    let absent = ask(&passport, Method::GET, &linked("?linkType=gs1:nosuchlt"), &[]).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    assert_eq!(absent.header("content-type"), Some("application/problem+json"));
    assert_valid(&json!({"linkset": absent.json()["linkset"]}));
    assert!(absent.json()["linkset"][0][format!("{VOC}/recipeInfo")].is_array());
    let page = ask(&passport, Method::GET, &linked("?linkType=gs1:nosuchlt"), &[("accept", BROWSER)]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(String::from_utf8(page.body.to_vec()).unwrap().contains("https://brand.example/recipes?page=1"));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_description_file_says_what_this_resolver_does(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let answer = ask(&passport, Method::GET, "/.well-known/gs1resolver", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let contract = shared_contracts::openapi::merged().unwrap();
    let schema =
        json!({"$ref": "#/components/schemas/ResolverDescription", "components": contract["components"]});
    assert!(build(&schema).is_valid(&answer.json()), "{}", answer.json());
    assert_eq!(answer.json()["resolverRoot"], PUBLIC);
    assert_eq!(answer.json()["contact"], json!({"fn": "Fjell Foods", "hasAddress": {"locality": "Bergen"}}));
}
