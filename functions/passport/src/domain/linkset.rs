//! Linksets: RFC 9264 as GS1's schema of linksets 1.2.1 has it.

use serde_json::{Map, Value, json};

use super::{
    gs1::Gtin,
    link_type::{LinkType, NAMESPACE},
    links::{Entry, Level, Link},
    resolution::Levels,
};

/// GS1's JSON-LD context of linksets.
pub const CONTEXT: &str = "https://ref.gs1.org/standards/resolver/linkset-context";

/// The members of the linkset of a product: one for each level, the most particular first.
pub fn members(public_url: &str, gtin: Gtin, levels: &Levels) -> Vec<Value> {
    let member = |entry: &Entry| {
        let mut member = member(public_url, gtin, levels, &entry.level, &entry.links);
        if let (Some(default), Some(member)) = (&entry.default, member.as_object_mut()) {
            let target = json!([{ "href": default.href, "title": default.title }]);
            member.insert(format!("{NAMESPACE}{}", LinkType::DEFAULT), target);
        }
        member
    };
    levels.entries().iter().map(member).collect()
}

/// The member of one level with some of its links.
pub fn member<'l>(
    public_url: &str,
    gtin: Gtin,
    levels: &Levels,
    level: &Level,
    links: impl IntoIterator<Item = &'l Link>,
) -> Value {
    let mut member = Map::new();
    member.insert("anchor".to_owned(), json!(anchor(public_url, gtin, level)));
    let description = levels.description(level).map_or_else(|| format!("GTIN {gtin}"), str::to_owned);
    member.insert("itemDescription".to_owned(), Value::String(description));
    for link in links {
        let of_type = member.entry(link.kind.uri()).or_insert_with(|| json!([]));
        if let Value::Array(targets) = of_type {
            targets.push(target(link));
        }
    }
    Value::Object(member)
}

/// The address of a level: an uncompressed GS1 Digital Link of this resolver.
pub fn anchor(public_url: &str, gtin: Gtin, level: &Level) -> String {
    format!("{public_url}/01/{gtin}{}", level.path())
}

/// A whole linkset.
pub fn linkset(members: &[Value]) -> Value {
    json!({ "linkset": members })
}

/// A whole linkset as JSON-LD.
pub fn json_ld(members: &[Value]) -> Value {
    json!({ "@context": CONTEXT, "linkset": members })
}

fn target(link: &Link) -> Value {
    let mut target = json!({ "href": link.href, "title": link.title });
    if let Some(media_type) = &link.media_type {
        target["type"] = json!(media_type);
    }
    for (member, texts) in [("hreflang", &link.hreflang), ("context", &link.context)] {
        if !texts.is_empty() {
            target[member] = json!(texts);
        }
    }
    target
}
