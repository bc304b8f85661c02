//! Who follows a code to the resolver: a person's browser, or something else.

/// What crawlers and makers of link previews have in their `User-Agent`, lower case. Tools that
/// people drive (curl, a headless browser) are judged by what they ask for, like any browser.
const CRAWLERS: [&str; 13] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "facebookexternalhit",
    "facebookcatalog",
    "whatsapp/",
    "google-read-aloud",
    "mediapartners-google",
    "bingpreview",
    "chrome-lighthouse",
    "feedfetcher",
    "ia_archiver",
];

/// Whether a request's headers are those of a person's browser that opens a page: it says so
/// itself (Fetch Metadata), or, where it says nothing, it wants HTML. Opening a page in advance is
/// no visit, nor is that of a crawler.
pub fn is_visit<'h>(header: impl Fn(&str) -> Option<&'h str>) -> bool {
    let navigates = match header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => header("accept").is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html")),
    };
    let in_advance = ["sec-purpose", "purpose"].into_iter().filter_map(&header).any(|purpose| {
        let purpose = purpose.to_ascii_lowercase();
        purpose.contains("prefetch") || purpose.contains("preview")
    });
    navigates && !in_advance && !header("user-agent").is_some_and(is_crawler)
}

/// Whether a `User-Agent` is known not to be a person.
fn is_crawler(user_agent: &str) -> bool {
    // A maker of phones has "bot" in its name.
    let agent = user_agent.to_ascii_lowercase().replace("cubot", "");
    CRAWLERS.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str =
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";

    fn visits(headers: &[(&str, &str)]) -> bool {
        is_visit(|name| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| *value))
    }

    #[test]
    fn a_browser_that_opens_a_page_visits() {
        assert!(visits(&[("sec-fetch-mode", "navigate"), ("accept", "*/*"), ("user-agent", PHONE)]));
        assert!(visits(&[("accept", "text/html,*/*;q=0.8")]));
        for agent in ["Mozilla/5.0 (Linux; CUBOT NOTE 20)", "HeadlessChrome/140.0.0.0", "curl/7.88.1"] {
            assert!(visits(&[("accept", "TEXT/HTML"), ("user-agent", agent)]), "{agent}");
        }
    }

    #[test]
    fn programs_and_pages_opened_in_advance_do_not() {
        let page = ("accept", "text/html");
        for headers in [
            &[][..],
            &[("accept", "*/*")],
            &[("accept", "application/json")],
            &[("sec-fetch-mode", "cors"), page],
            &[("sec-fetch-mode", "navigate"), ("sec-purpose", "prefetch;prerender")],
            &[page, ("sec-purpose", "prefetch")],
            &[page, ("purpose", "Prefetch")],
        ] {
            assert!(!visits(headers), "{headers:?}");
        }
    }

    #[test]
    fn crawlers_do_not() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 (compatible; Yahoo! Slurp)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)",
            "facebookexternalhit/1.1",
            "WhatsApp/2.23.20.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "TelegramBot (like TwitterBot)",
            "Mozilla/5.0 (X11) Chrome-Lighthouse",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) BingPreview/1.0b",
        ] {
            assert!(!visits(&[("sec-fetch-mode", "navigate"), ("user-agent", agent)]), "{agent}");
        }
    }
}
