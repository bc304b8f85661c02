//! The resolver through the public door: what the door, the gateway and the adapter must leave as it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{process::Command, sync::LazyLock};

use end_to_end::{person::Person, stack::Stack};
use reqwest::{Method, Response, header};
use serde_json::{Value, json};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const DEMO: &str = "09521234543213";
/// A product that no other test puts links of, and no catalogue has.
const LINKED: &str = "09506000164908";

async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let program = Person::anonymous(&STACK).unwrap();
    let mut request = program.request(method, path).header(header::ORIGIN, "https://elsewhere.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    program.send(request).await.unwrap()
}

fn text<'a>(answer: &'a Response, name: &str) -> &'a str {
    let mut values = answer.headers().get_all(name).iter();
    let value = values.next().map_or("", |value| value.to_str().unwrap());
    assert!(values.next().is_none(), "{name} stands in one line");
    value
}

/// `packytrace-ops` of this instance: its output, and whether it was content.
fn ops(arguments: &[&str], input: &Value) -> (String, bool) {
    use std::io::Write as _;
    let mut ops = Command::new(STACK.state().join("bin/packytrace-ops"))
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    ops.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = ops.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_leads_to_what_the_linkset_says() {
    let linkset = ask(Method::GET, &format!("/01/{DEMO}?linkType=linkset"), &[]).await;
    assert_eq!(text(&linkset, "content-type"), "application/linkset+json");
    assert_eq!(text(&linkset, "vary"), "Accept, Accept-Language");
    assert!(text(&linkset, "link").contains("rel=\"http://www.w3.org/ns/json-ld#context\""));
    let linkset: Value = linkset.json().await.unwrap();
    let member = &linkset["linkset"][0];
    assert_eq!(member["anchor"], STACK.url(&format!("/01/{DEMO}")));
    let href = member["https://ref.gs1.org/voc/defaultLink"][0]["href"].as_str().unwrap();
    for (path, query) in [("", ""), ("/", ""), ("/10/A%2FB%3B100%25", ""), ("", "17=271130;utm=%7e+%22")] {
        let uri = format!("/01/{DEMO}{path}?{query}");
        let answer = ask(Method::GET, uri.trim_end_matches('?'), &[]).await;
        let wanted = if query.is_empty() { href.to_owned() } else { format!("{href}?{query}") };
        assert_eq!((answer.status().as_u16(), text(&answer, "location")), (307, wanted.as_str()), "{uri}");
        assert!(text(&answer, "link").contains("?linkType=linkset>; rel=\"linkset\""));
        assert_eq!(text(&answer, "access-control-allow-origin"), "*");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_any_origin_may_ask() {
    let preflight = [("access-control-request-method", "GET,HEAD,OPTIONS")];
    for path in [format!("/01/{DEMO}"), "/.well-known/gs1resolver".to_owned()] {
        let answer = ask(Method::OPTIONS, &path, &preflight).await;
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(text(&answer, "access-control-allow-methods"), "GET, HEAD, OPTIONS");
        assert_eq!(text(&answer, "access-control-allow-origin"), "*");
    }
    let description: Value = ask(Method::GET, "/.well-known/gs1resolver", &[]).await.json().await.unwrap();
    assert_eq!(description["resolverRoot"], STACK.base_url);
    assert_eq!(description["supportedPrimaryKeys"], json!(["01"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_addresses_and_tags_reach_the_resolver() {
    for (path, status) in [
        (format!("/01/{DEMO}/foo"), 400),
        (format!("/01/{DEMO}/21/S1/10/L1"), 400),
        (format!("/01/{DEMO}/17/271130"), 400),
        ("/01/09521234543214".to_owned(), 400),
        ("/01/09521234500018".to_owned(), 404),
        (format!("/01/{DEMO}?linkType=gs1:nosuchlt"), 404),
        ("/eh30164596f40c0e5cbe991a83".to_owned(), 404),
        ("/exMBZFlvQMDly-mRqD".to_owned(), 404),
        ("/eh30164596F40C0E5CBE991A83".to_owned(), 400),
        ("/00/106141412345678908".to_owned(), 404),
        ("/414/9521234543213".to_owned(), 404),
    ] {
        let answer = ask(Method::GET, &path, &[]).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(text(&answer, "content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_the_operator_puts_are_where_requests_lead() {
    let link = |kind: &str, href: &str| json!({"link_type": kind, "href": href, "title": href});
    let [page, french, item] = ["https://b.example/p?a=1", "https://b.example/%7Efr", "http://b.example/S1"];
    let mut recette = link("gs1:recipeInfo", french);
    recette["hreflang"] = json!(["fr"]);
    let document = json!({"entries": [
        {"default": link("gs1:pip", page), "links": [recette, link("gs1:recipeInfo", page)]},
        {"qualifiers": {"serial": "S1"}, "default": link("gs1:pip", item), "links": []},
    ]});
    let (version, well) = ops(&["links", "put", LINKED, "-"], &document);
    assert!(well && version.trim().parse::<u32>().is_ok(), "{version}");
    for (path, language, wanted) in [
        ("", "", page.to_owned()),
        ("/10/unknown", "", page.to_owned()),
        ("/10/L1/21/S1?x=y", "", format!("{item}?x=y")),
        ("?linkType=gs1:recipeInfo", "fr-CA,en;q=0.5", format!("{french}?linkType=gs1:recipeInfo")),
        (
            "?linkType=https://gs1.org/voc/recipeInfo",
            "vi",
            format!("{page}&linkType=https://gs1.org/voc/recipeInfo"),
        ),
    ] {
        let answer = ask(Method::GET, &format!("/01/{LINKED}{path}"), &[("accept-language", language)]).await;
        assert_eq!((answer.status().as_u16(), text(&answer, "location")), (307, wanted.as_str()), "{path}");
    }
    let without_default = json!({"entries": [{"qualifiers": {"lot": "L1"}, "links": []}]});
    let (reasons, well) = ops(&["links", "put", LINKED, "-"], &without_default);
    assert!(!well && reasons.contains("\"/entries\""), "{reasons}");
    let (kept, _) = ops(&["links", "get", LINKED], &Value::Null);
    assert_eq!(serde_json::from_str::<Value>(&kept).expect("the links as put"), document);
}
