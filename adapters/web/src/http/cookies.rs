//! The three cookies: one session per realm, and the nonce that tells browsers apart.
//!
//! Apart from the pages so that their flags are written once. `__Host-` binds a cookie to this host and to https
//! (RFC 6265bis, 4.1.3.2); without https the browser would refuse it, so the prefix goes.

use axum::http::HeaderValue;
use cookie::{Cookie, SameSite};
use magiclink_domain::keys::Realm;
use magiclink_domain::time::Lifetime;

use crate::state::BaseUrl;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// A session of this realm.
    Session(Realm),
    /// The browser's nonce.
    Nonce,
}

impl Name {
    /// As it travels.
    const fn text(self, base_url: &BaseUrl) -> &'static str {
        match (self, base_url.is_https()) {
            (Self::Session(Realm::Portal), true) => "__Host-magiclink_portal",
            (Self::Session(Realm::Portal), false) => "magiclink_portal",
            (Self::Session(Realm::Console), true) => "__Host-magiclink_console",
            (Self::Session(Realm::Console), false) => "magiclink_console",
            (Self::Nonce, true) => "__Host-magiclink_nonce",
            (Self::Nonce, false) => "magiclink_nonce",
        }
    }
}

/// The cookie's value, if the request's `Cookie` lines bring it exactly once: a browser sends a `__Host-` cookie once, and a second one of
/// the name is somebody else's.
pub(crate) fn read<'a>(lines: &'a [HeaderValue], base_url: &BaseUrl, name: Name) -> Option<&'a str> {
    let wanted = name.text(base_url);
    let lines = lines.iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// The header that sets the cookie for `lasting`; `None` takes it away.
pub(crate) fn set(base_url: &BaseUrl, name: Name, value: Option<(&str, Lifetime)>) -> Option<HeaderValue> {
    let (text, lasting) = value.unwrap_or(("", Lifetime::from_secs(0)));
    let seconds = i64::try_from(lasting.secs()).unwrap_or(i64::MAX);
    let cookie = Cookie::build((name.text(base_url), text))
        .http_only(true)
        .same_site(SameSite::Lax)
        .path("/")
        .secure(base_url.is_https())
        .max_age(cookie::time::Duration::seconds(seconds));
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brought(lines: &[&str]) -> Vec<HeaderValue> {
        lines.iter().map(|line| HeaderValue::from_str(line).unwrap()).collect()
    }

    #[test]
    fn cookies_are_bound_to_the_host_where_there_is_https() {
        let https = BaseUrl::parse("https://portal.example.com").unwrap();
        let set = |base: &BaseUrl, name| set(base, name, Some(("v", Lifetime::DAY))).unwrap();
        assert_eq!(
            set(&https, Name::Session(Realm::Portal)),
            "__Host-magiclink_portal=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400"
        );
        assert_eq!(
            set(&BaseUrl::default(), Name::Session(Realm::Console)),
            "magiclink_console=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400"
        );
        assert_eq!(
            super::set(&https, Name::Nonce, None).unwrap(),
            "__Host-magiclink_nonce=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_only_if_there_is_one() {
        let base = BaseUrl::default();
        let read = |lines: &[&str]| read(&brought(lines), &base, Name::Nonce).map(str::to_owned);
        assert_eq!(read(&["a=b; magiclink_nonce=n"]).as_deref(), Some("n"));
        assert_eq!(read(&["a=b", "magiclink_nonce=n"]).as_deref(), Some("n"));
        assert_eq!(read(&["xmagiclink_nonce=n; magiclink_nonce2=n"]), None);
        assert_eq!(read(&["magiclink_nonce=n; magiclink_nonce=m"]), None);
        assert_eq!(read(&["magiclink_nonce"]), None);
        assert_eq!(read(&[]), None);
    }
}
