//! Whether a person opened a link's page, or a machine that looks at links.
//!
//! Apart from the page because it is a guess for the history alone: whether a link works never depends on it.

use axum::http::{HeaderMap, HeaderName, Method, header};
use magiclink_domain::link::OpenedBy;

/// Parts of the user agents of mail scanners, chat previews, prefetchers and programs.
const MACHINES: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "preview",
    "scan",
    "fetch",
    "headless",
    "facebookexternalhit",
    "whatsapp",
    "embedly",
    "quora link",
    "skypeuri",
    "slack-imgproxy",
    "googleimageproxy",
    "safelinks",
    "proofpoint",
    "barracuda",
    "mimecast",
    "trendmicro",
    "fireeye",
    "ironport",
    "forcepoint",
    "symantec",
    "sophos",
    "urldefense",
    "validator",
    "monitor",
    "curl",
    "wget",
    "python",
    "java/",
    "okhttp",
    "go-http",
    "libwww",
    "httpclient",
    "axios",
    "node",
    "ruby",
    "perl",
    "php",
    "phantom",
    "puppeteer",
    "playwright",
];

/// Who opened the page, as far as the request tells.
pub(super) fn opener(method: &Method, headers: &HeaderMap) -> OpenedBy {
    let says = |name: &str, words: &[&str]| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|word| value.contains(word))
    };
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"]
        .iter()
        .any(|name| says(name, &["prefetch", "preview", "prerender"]));
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let browser = agent.starts_with("Mozilla/") || agent.starts_with("Opera/");
    let embedded = headers.get(HeaderName::from_static("sec-fetch-dest")).is_some_and(|dest| dest != "document");
    if *method != Method::GET
        || ahead
        || embedded
        || !browser
        || headers.contains_key(header::RANGE)
        || says(header::USER_AGENT.as_str(), MACHINES)
    {
        OpenedBy::Scanner
    } else {
        OpenedBy::Person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";

    fn seen(method: &Method, headers: &[(&str, &str)]) -> OpenedBy {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        opener(method, &headers)
    }

    #[test]
    fn browsers_that_navigate_are_people() {
        for agent in [
            IPHONE,
            CHROME,
            "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
        ] {
            assert_eq!(seen(&Method::GET, &[("user-agent", agent)]), OpenedBy::Person, "{agent}");
        }
        assert_eq!(seen(&Method::GET, &[("user-agent", CHROME), ("sec-fetch-dest", "document")]), OpenedBy::Person);
    }

    #[test]
    fn machines_give_themselves_away_by_name() {
        for agent in [
            "",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "TelegramBot (like TwitterBot)",
            "WhatsApp/2.23.20.0",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
            "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0) Barracuda Sentinel (EE)",
            "Mozilla/5.0 (compatible; Mimecast; Attachment Scanner)",
            "python-requests/2.31.0",
            "curl/8.5.0",
            "Go-http-client/1.1",
        ] {
            assert_eq!(seen(&Method::GET, &[("user-agent", agent)]), OpenedBy::Scanner, "{agent}");
        }
    }

    #[test]
    fn machines_give_themselves_away_by_how_they_ask() {
        assert_eq!(seen(&Method::HEAD, &[("user-agent", IPHONE)]), OpenedBy::Scanner);
        for header in [
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-purpose", "preview"),
            ("x-moz", "prefetch"),
            ("range", "bytes=0-1023"),
            ("sec-fetch-dest", "iframe"),
            ("sec-fetch-dest", "empty"),
        ] {
            assert_eq!(seen(&Method::GET, &[("user-agent", IPHONE), header]), OpenedBy::Scanner, "{header:?}");
        }
    }
}
