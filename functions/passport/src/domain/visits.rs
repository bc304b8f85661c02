//! Who opens a resolver's address: people, and programs that say so.

/// What crawlers and makers of link previews have in their `User-Agent`, lower case. Tools that
/// people drive (curl, a headless browser) are judged by what they ask for, like any browser.
const CRAWLERS: [&str; 7] =
    ["bot", "crawl", "spider", "slurp", "facebookexternalhit", "whatsapp/", "google-read-aloud"];

/// Whether a `User-Agent` is known not to be a person.
pub fn is_crawler(user_agent: &str) -> bool {
    // A maker of phones has "bot" in its name.
    let agent = user_agent.to_lowercase().replace("cubot", "");
    CRAWLERS.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_are_known_and_phones_are_not() {
        for crawler in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0)",
            "WhatsApp/2.23.20.0",
            "facebookexternalhit/1.1",
        ] {
            assert!(is_crawler(crawler), "{crawler}");
        }
        for phone in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "curl/7.88.1",
            "",
        ] {
            assert!(!is_crawler(phone), "{phone}");
        }
    }
}
