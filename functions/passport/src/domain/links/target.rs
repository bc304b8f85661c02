//! Addresses as text: what is added to a target, and nothing else is touched.

/// A target with the query of the request, byte for byte (GS1-Conformant Resolver 1.2.1, section
/// 2.12). A fragment stays at the end, where browsers look for it.
pub fn forward(href: &str, query: Option<&str>) -> String {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return href.to_owned() };
    let (target, fragment) = href.find('#').map_or((href, ""), |at| href.split_at(at));
    let separator = match target.split_once('?') {
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    [target, separator, query, fragment].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_goes_on_byte_for_byte() {
        for (href, query, wanted) in [
            ("https://x.example/p", "17=261130&utm=a%20b", "https://x.example/p?17=261130&utm=a%20b"),
            (
                "https://x.example/p?a=1",
                "17=261130;3103=000189",
                "https://x.example/p?a=1&17=261130;3103=000189",
            ),
            ("https://x.example/p?", "flag", "https://x.example/p?flag"),
            ("https://x.example/p?a&", "b", "https://x.example/p?a&b"),
            ("https://x.example/p#top", "%7e=~", "https://x.example/p?%7e=~#top"),
            ("https://x.example/p?a=1#top?b", "c", "https://x.example/p?a=1&c#top?b"),
            ("https://X.example:443/a/../b", "", "https://X.example:443/a/../b"),
        ] {
            assert_eq!(forward(href, Some(query)), wanted);
        }
        assert_eq!(forward("https://x.example/%7Ep", None), "https://x.example/%7Ep");
    }
}
