//! Text in place of a token, and fields in place of one bearer token.

use serde_json::json;

use crate::{
    keys::{Genuine, part},
    tokens::{Attack, bearer},
};

/// Text that is no JWS, or not quite one.
pub(crate) fn forms(genuine: &Genuine) -> Vec<Attack> {
    let good = &genuine.token;
    let (head, rest) = good.split_once('.').unwrap();
    let (header, payload) = (genuine.header.to_string(), genuine.claims.to_string());
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(1_500), "]".repeat(1_500));
    let no_utf8 = [b"{\"sub\":\"\xff\",".as_slice(), &payload.as_bytes()[1..]].concat();
    let no_utf8 = format!("{head}.{}.{}", part(no_utf8), good.rsplit_once('.').unwrap().1);
    let mut attacks: Vec<Attack> = [
        ("a word", "garbage".to_owned()),
        ("a dot", ".".to_owned()),
        ("two dots", "..".to_owned()),
        ("one part", head.to_owned()),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("four parts", format!("{good}.AAAA")),
        ("a dot behind", format!("{good}.")),
        ("a dot before", format!(".{good}")),
        ("five parts, as a JWE", format!("{head}.AA.AA.AA.AA")),
        ("padding behind", format!("{good}==")),
        ("padding inside", format!("{head}=.{rest}")),
        ("a plus", format!("{head}+.{rest}")),
        ("a slash", format!("{head}/.{rest}")),
        ("a percent-encoded dot", good.replacen('.', "%2e", 1)),
        ("a percent-encoded line end", format!("{good}%0d%0a")),
        ("quotes", format!("\"{good}\"")),
        ("angle brackets", format!("<{good}>")),
        ("a tab inside", good.replacen('.', "\t.", 1)),
        ("a space inside", good.replacen('.', " .", 1)),
        ("JSON serialisation", format!("{{\"payload\":\"{head}\"}}")),
        ("longer than 8 KB", genuine.changed(&json!({"padding": "x".repeat(8 * 1024)}))),
        ("deep nesting", genuine.text(&header, &deep)),
        ("text after the claims", genuine.text(&header, &format!("{payload}{{}}"))),
        ("claims in a list", genuine.text(&header, &format!("[{payload}]"))),
        ("claims in a text", genuine.text(&header, &format!("{payload:?}"))),
        ("no claims", genuine.text(&header, "")),
        ("null for claims", genuine.text(&header, "null")),
        ("bytes that are no text", no_utf8),
    ]
    .map(|(name, token)| bearer(name, token))
    .to_vec();
    attacks.push(bearer("a byte that is no text", [good.as_bytes(), b"\xff"].concat()));
    attacks.push(bearer("a letter beyond ASCII", format!("{good}\u{e9}")));
    attacks
}

/// Fields that are not one bearer token.
pub(crate) fn fields(genuine: &Genuine) -> Vec<Attack> {
    let good = &genuine.token;
    let one = |name: &str, line: String| (name.to_owned(), vec![line.into_bytes()]);
    let bearer = format!("Bearer {good}");
    let two = |first: &str, second: &str| vec![first.as_bytes().to_vec(), second.as_bytes().to_vec()];
    vec![
        ("the same twice".into(), two(&bearer, &bearer)),
        ("a good and a bad one".into(), two(&bearer, "Bearer x")),
        ("a bad and a good one".into(), two("Bearer x", &bearer)),
        ("Basic beside it".into(), two(&bearer, "Basic YTpi")),
        ("an empty field beside it".into(), two(&bearer, "")),
        one("two with a comma", format!("{bearer},{bearer}")),
        one("two with a comma and a space", format!("{bearer}, {bearer}")),
        one("Basic behind a comma", format!("{bearer}, Basic YTpi")),
        one("a comma behind", format!("{bearer},")),
        one("Basic", "Basic YTpi".into()),
        one("Digest", "Digest username=\"anna\"".into()),
        one("DPoP", format!("DPoP {good}")),
        one("Token", format!("Token {good}")),
        one("JWT", format!("JWT {good}")),
        one("no scheme", good.clone()),
        one("a scheme alone", "Bearer".into()),
        one("nothing", String::new()),
        one("a colon behind the scheme", format!("Bearer: {good}")),
        one("no space", format!("Bearer{good}")),
        one("two spaces", format!("Bearer  {good}")),
        one("a tab for the space", format!("Bearer\t{good}")),
        one("the scheme twice", format!("Bearer Bearer {good}")),
        one("two tokens", format!("Bearer {good} {good}")),
        one("a parameter", format!("Bearer token=\"{good}\"")),
        one("a no-break space", format!("Bearer\u{a0}{good}")),
    ]
}
