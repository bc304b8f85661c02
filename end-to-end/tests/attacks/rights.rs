//! Whose things are whose, and who may do what: tried on every route that the contract has. A new route
//! with a parameter needs a word here, or this fails.

use end_to_end::person::Person;
use futures::{StreamExt, stream};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use shared_contracts::routes::{self, Route, Who};

use crate::people::People;

/// Operations whose parameter names something of somebody: for everybody else it does not exist.
const OWNED: [&str; 26] = [
    "getScan",
    "getJob",
    "getExport",
    "getHouseholdProfile",
    "putHouseholdProfile",
    "getFridgeItem",
    "getFridgeItemHistory",
    "dateFridgeItem",
    "openFridgeItem",
    "freezeFridgeItem",
    "thawFridgeItem",
    "undoFridgeEvent",
    "consumeFridgeItem",
    "discardFridgeItem",
    "getBrandProduct",
    "putBrandProduct",
    "drawLabel",
    "getBrandLinks",
    "putBrandLinks",
    "importBrandProducts",
    "liftRecall",
    "openRecall",
    "withdrawBrandProduct",
    "withdrawInvitation",
    "removeHouseholdMember",
    "deleteHouseholdProfile",
];

/// Operations whose parameter names nothing of anybody, and why.
const OPEN: [(&str, &str); 7] = [
    ("getErasure", "a random id is all that is asked for, and nothing personal is answered"),
    ("decideConsent", "a purpose, of the caller's own"),
    ("decideVisitorConsent", "a purpose, of the caller's own"),
    ("getVerdict", "a public product; the verdict is the caller's own"),
    ("getProduct", "products are public"),
    ("getProductRevision", "products are public"),
    ("getVerdictRules", "rules are public"),
];

/// What the owner and the editor see of their own things.
const VIEWS: [(Who, &str); 12] = [
    (Who::Account, "/api/v1/me"),
    (Who::Account, "/api/v1/me/consents/history"),
    (Who::Account, "/api/v1/me/profile"),
    (Who::Account, "/api/v1/me/household/profiles"),
    (Who::Account, "/api/v1/scans"),
    (Who::Account, "/api/v1/fridge/items"),
    (Who::Account, "/api/v1/fridge/items/{item_id}/history"),
    (Who::Account, "/api/v1/fridge/household"),
    (Who::Brand, "/api/v1/brand"),
    (Who::Brand, "/api/v1/brand/products/{gtin}"),
    (Who::Brand, "/api/v1/brand/products/{gtin}/links"),
    (Who::Brand, "/api/v1/brand/recalls"),
];

async fn views(people: &People) -> Vec<String> {
    let mut seen = Vec::new();
    for (who, path) in VIEWS {
        let person = if who == Who::Brand { &people.editor } else { &people.owner };
        let answer = person.get(&people.path(path)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        seen.push(answer.text().await.unwrap());
    }
    seen
}

/// Who has the right to a route as such, though not to another one's things.
fn other<'p>(people: &'p People, route: &Route) -> &'p Person<'static> {
    if route.who == Who::Brand { &people.rival } else { &people.stranger }
}

/// The routes with a parameter that is somebody's, what destroys last.
fn owned() -> Vec<Route> {
    let mut owned = Vec::new();
    for route in routes::public().unwrap() {
        let operation = route.operation_id.as_str();
        let resolver = ["/01/", "/eh", "/ex"].iter().any(|public| route.path.starts_with(public));
        let open = resolver || OPEN.iter().any(|(name, _)| operation == *name);
        if OWNED.contains(&operation) {
            owned.push(route);
        } else {
            let harmless = open || !route.path.contains('{') || route.who == Who::Admin;
            assert!(harmless, "{operation} has a parameter: whose is it? Say it in OWNED or OPEN");
        }
    }
    assert_eq!(owned.len(), OWNED.len(), "operations of OWNED that the contract no longer has");
    owned.sort_by_key(|route| OWNED.iter().position(|name| *name == route.operation_id));
    owned
}

#[tokio::test(flavor = "multi_thread")]
async fn another_ones_things_do_not_exist() {
    let people = People::meet().await;
    let before = views(&people).await;
    for route in owned() {
        // these two take any GTIN in their body; the others name it in their path
        let in_body = ["importBrandProducts", "openRecall"].contains(&route.operation_id.as_str());
        let answer = people.request(other(&people, &route), &route).send().await.unwrap();
        let status = answer.status().as_u16();
        let expected = if in_body { status == 404 || status == 422 || status == 202 } else { status == 404 };
        assert!(expected, "{}: {status} {}", route.operation_id, answer.text().await.unwrap());
        let answer = people.request(&people.nobody, &route).send().await.unwrap();
        assert!(
            matches!(answer.status().as_u16(), 401 | 404),
            "{} as nobody: {}",
            route.operation_id,
            answer.status()
        );
    }
    assert_eq!(views(&people).await, before, "something changed");
    for route in owned() {
        let person = if route.who == Who::Brand { &people.editor } else { &people.owner };
        let status = people.request(person, &route).send().await.unwrap().status();
        let there = !matches!(status.as_u16(), 400 | 401 | 403 | 404 | 405 | 500..);
        assert!(there, "{} by its owner, the control: {status}", route.operation_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_do_one_may_not_do_on_any_route() {
    let people = People::meet().await;
    let all = routes::public().unwrap();
    let mut wrong: Vec<String> = stream::iter(all.iter().flat_map(|route| refused(&people, route)))
        .map(async |(name, person, route, expected)| {
            let answer = people.request(person, route).send().await.unwrap();
            let told = told(&answer, expected);
            (!told).then(|| format!("{name}: {} {}: {}", route.method.as_str(), route.path, answer.status()))
        })
        .buffer_unordered(8)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let closed = all.iter().filter(|route| route.who != Who::Anyone).count();
    assert!(closed >= 60, "the contract has {closed} routes that are not for anybody");
}

fn told(answer: &Response, expected: u16) -> bool {
    let challenged = answer.headers().get("www-authenticate").is_some_and(|value| value == "Bearer");
    answer.status() == expected && (expected == 401) == challenged
}

/// Who must be refused on a route, and how.
fn refused<'p>(
    people: &'p People,
    route: &'p Route,
) -> Vec<(&'static str, &'p Person<'static>, &'p Route, u16)> {
    let (nobody, consumer) =
        (("nobody", &people.nobody, route, 401), ("a consumer", &people.owner, route, 403));
    match route.who {
        Who::Anyone => vec![],
        Who::Account => vec![nobody],
        Who::Brand if route.method == routes::Method::Get => vec![nobody, consumer],
        Who::Brand => vec![nobody, consumer, ("a viewer", &people.viewer, route, 403)],
        Who::Admin => vec![nobody, consumer, ("a brand's owner", &people.editor, route, 403)],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_brand_id_changes_nothing_wherever_it_stands() {
    let people = People::meet().await;
    let brand = &people.ids["brand_id"];
    for path in ["/api/v1/brand", "/api/v1/brand/products", "/api/v1/brand/recalls", "/api/v1/brand/metrics"]
    {
        let own = people.rival.get(path).await.unwrap().text().await.unwrap();
        let asked = format!("{path}?brand_id={brand}&brand={brand}&X-Brand-Id={brand}");
        for request in [
            people.rival.request(Method::GET, &asked),
            people.rival.request(Method::GET, path).header("x-brand-id", brand),
            people
                .rival
                .request(Method::GET, path)
                .header("cookie", format!("brand_id={brand}; X-Brand-Id={brand}")),
            people.rival.request(Method::GET, path).header("x-brand-role", "owner").header("brand-id", brand),
        ] {
            let answer = request.send().await.unwrap();
            let (status, seen) = (answer.status().as_u16(), answer.text().await.unwrap());
            assert!(seen == own || status == 400, "{path}: {status} {seen}");
            assert!(!seen.contains(brand) && !seen.contains(&people.ids["gtin"]), "{path}: {seen}");
        }
    }
    let recall = people.body("openRecall").map(|mut body: Value| {
        body["brand_id"] = brand.as_str().into();
        body
    });
    let opened = people.rival.ask(Method::POST, "/api/v1/brand/recalls", &recall.unwrap()).await.unwrap();
    assert_eq!(opened.status(), 422);
}
