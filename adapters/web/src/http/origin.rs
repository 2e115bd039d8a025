//! Whether a request that changes something comes from one of our own pages.
//!
//! Apart from the forms' tags because either alone would do; together they cover browsers without Fetch Metadata and
//! pages that leaked a tag (OWASP CSRF cheat sheet).

use axum::http::{HeaderMap, header};

use crate::state::BaseUrl;

/// `Sec-Fetch-Site` decides where the browser sends it, else `Origin`. A foreign `Origin` is refused whatever the other
/// says; `null` (which our own pages cause by `no-referrer`) proves nothing by itself.
pub(crate) fn is_our_own(headers: &HeaderMap, base_url: &BaseUrl) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    let origin = headers.get(header::ORIGIN).map(|origin| (origin == "null", origin == base_url.as_str()));
    match (site, origin) {
        (Some(false), _) | (_, Some((false, false))) | (None, None | Some((true, _))) => false,
        (Some(true), None | Some((true, _) | (_, true))) | (None, Some((_, true))) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_anything() {
        let base = BaseUrl::default();
        let ours = base.as_str();
        for (site, origin, expected) in [
            (Some("same-origin"), Some(ours), true),
            (Some("same-origin"), Some("null"), true),
            (Some("same-origin"), None, true),
            (Some("same-origin"), Some("http://evil.example"), false),
            (Some("same-site"), Some(ours), false),
            (Some("cross-site"), Some(ours), false),
            (Some("none"), Some(ours), false),
            (Some("none"), None, false),
            (Some("SAME-ORIGIN"), Some(ours), false),
            (None, Some(ours), true),
            (None, Some("null"), false),
            (None, Some("http://localhost:8081"), false),
            (None, Some("https://localhost:8080"), false),
            (None, Some("http://localhost:8080.evil.example"), false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            site.map(|site| headers.insert("sec-fetch-site", site.parse().unwrap()));
            origin.map(|origin| headers.insert(header::ORIGIN, origin.parse().unwrap()));
            assert_eq!(is_our_own(&headers, &base), expected, "{site:?} {origin:?}");
        }
    }
}
