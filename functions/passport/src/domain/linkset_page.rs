//! The page that tells a person what there is, with the linkset in it as JSON-LD (GS1-Conformant
//! Resolver 1.2.1, section 2.10).

use std::fmt::Write as _;

use serde_json::Value;

use super::{link_type::LinkType, linkset};

/// A page with a heading, a sentence and the links of a linkset's members.
pub fn page(heading: &str, sentence: &str, members: &[Value]) -> String {
    let mut links = String::new();
    for member in members {
        write_member(member, &mut links);
    }
    let data = linkset::json_ld(members).to_string();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading} · PackyTrace</title>\n\
         <script type=\"application/ld+json\">{data}</script>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n\
         <p>{sentence}</p>\n{links}</main>\n</body>\n</html>\n",
        heading = escaped(heading),
        sentence = escaped(sentence),
        data = in_script(&data),
    )
}

fn write_member(member: &Value, page: &mut String) {
    let text = |name: &str| escaped(member[name].as_str().unwrap_or_default());
    let _infallible =
        write!(page, "<h2>{}</h2>\n<p><code>{}</code></p>\n<ul>\n", text("itemDescription"), text("anchor"));
    for (kind, targets) in member.as_object().into_iter().flatten() {
        for target in targets.as_array().into_iter().flatten() {
            write_target(&LinkType::read(kind), target, page);
        }
    }
    page.push_str("</ul>\n");
}

fn write_target(kind: &LinkType, target: &Value, page: &mut String) {
    let text = |name: &str| escaped(target[name].as_str().unwrap_or_default());
    let languages = target["hreflang"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let more: Vec<&str> = languages.chain(target["type"].as_str()).collect();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", escaped(&more.join(", "))) };
    let _infallible = writeln!(
        page,
        "<li><a href=\"{}\">{}</a> <code>{}</code>{more}</li>",
        text("href"),
        text("title"),
        escaped(&kind.to_string()),
    );
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// JSON that cannot end the script that it stands in.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_a_link_becomes_markup() {
        let evil = "</script><script>alert('1')</script>";
        let member = json!({
            "anchor": "https://pt.example/01/09521234543213",
            "itemDescription": evil,
            "https://ref.gs1.org/voc/pip": [{"href": "https://x.example/?a=\"&b='", "title": evil, "hreflang": ["fr"]}],
        });
        let page = page("Oats & <b>", "Links", std::slice::from_ref(&member));
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script>").count(), 1);
        assert!(page.contains("<h1>Oats &amp; &lt;b&gt;</h1>"));
        assert!(page.contains("<a href=\"https://x.example/?a=&quot;&amp;b=&#39;\">"));
        let data = page.split("ld+json\">").nth(1).and_then(|rest| rest.split("</script>").next()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), linkset::json_ld(&[member]));
    }
}
