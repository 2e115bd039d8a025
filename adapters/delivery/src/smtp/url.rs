//! Where the mail server is, as an operator writes it.
//!
//! Apart from the connection because a wrong address is to be refused at the start, in a sentence, without its password.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::Url;

/// A mail server's address: `smtps://…`, `smtp://…?tls=required`, or `smtp://…` on this machine.
///
/// User and password stand in it, percent-encoded; neither `Debug` nor `Display` shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) login: Option<Login>,
}

/// How the connection is kept from being read or altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS, and nothing is said without it (RFC 3207).
    Required,
    /// None: the server is on this machine.
    Clear,
}

/// Who signs in.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The text is no address of a mail server that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtpUrl {
    /// Not of the form at all.
    #[error(
        "not a mail server's address such as smtps://user:password@mail.example.com or \
         smtp://user:password@mail.example.com:587?tls=required (write @ : / ? # % in user and password as %40 and so on)"
    )]
    Form,
    /// Clear text beyond this machine.
    #[error(
        "without encryption only a mail server on this machine may be used: write smtps://, or smtp:// with ?tls=required"
    )]
    Clear,
    /// Half a login.
    #[error("user and password go together: smtps://user:password@mail.example.com")]
    HalfALogin,
}

impl SmtpUrl {
    /// Whether the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Host and port, for sentences.
    pub(super) fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for SmtpUrl {
    type Err = InvalidSmtpUrl;

    fn from_str(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidSmtpUrl::Form)?;
        let host = host(&url).ok_or(InvalidSmtpUrl::Form)?;
        let (security, port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Security::Implicit, 465),
            ("smtp", Some("tls=required")) => (Security::Required, 587),
            ("smtp", None) => (Security::Clear, 25),
            _ => return Err(InvalidSmtpUrl::Form),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() || url.port() == Some(0) {
            return Err(InvalidSmtpUrl::Form);
        }
        let server = Self { host, port: url.port().unwrap_or(port), security, login: login(&url)? };
        if security == Security::Clear && !server.is_loopback() { Err(InvalidSmtpUrl::Clear) } else { Ok(server) }
    }
}

/// A plain name or address; IPv6 without its brackets.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let address = bare.parse::<std::net::IpAddr>().is_ok();
    let name = bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) && !bare.is_empty();
    (address || name).then(|| bare.to_owned())
}

fn login(url: &Url) -> Result<Option<Login>, InvalidSmtpUrl> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| InvalidSmtpUrl::Form)?;
        if text.chars().any(char::is_control) { Err(InvalidSmtpUrl::Form) } else { Ok(text.into_owned()) }
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(InvalidSmtpUrl::HalfALogin),
        (user, Some(password)) => Ok(Some(Login { user: decoded(user)?, password: decoded(password)? })),
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match self.security {
            Security::Implicit => ("smtps", ""),
            Security::Required => ("smtp", "?tls=required"),
            Security::Clear => ("smtp", ""),
        };
        let login = if self.login.is_some() { "***@" } else { "" };
        write!(f, "{scheme}://{login}{}{query}", self.place())
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_the_connection_is_kept_safe() {
        for (text, shown, security, loopback) in [
            ("smtps://mail.example.com", "smtps://mail.example.com:465", Security::Implicit, false),
            ("smtps://mail.example.com:2465/", "smtps://mail.example.com:2465", Security::Implicit, false),
            (
                "smtp://mail.example.com?tls=required",
                "smtp://mail.example.com:587?tls=required",
                Security::Required,
                false,
            ),
            ("smtp://localhost", "smtp://localhost:25", Security::Clear, true),
            ("smtp://127.0.0.1:1025", "smtp://127.0.0.1:1025", Security::Clear, true),
            ("smtp://[::1]:1025", "smtp://[::1]:1025", Security::Clear, true),
        ] {
            let url: SmtpUrl = text.parse().unwrap();
            assert_eq!(
                (url.to_string().as_str(), url.security, url.is_loopback()),
                (shown, security, loopback),
                "{text}"
            );
        }
    }

    #[test]
    fn user_and_password_are_read_and_never_shown() {
        let url: SmtpUrl = "smtps://ana%40example.com:p%2Fss%3Aword%25@mail.example.com".parse().unwrap();
        let login = url.login.clone().unwrap();
        assert_eq!((login.user.as_str(), login.password.as_str()), ("ana@example.com", "p/ss:word%"));
        for shown in [url.to_string(), format!("{url:?}"), format!("{login:?}")] {
            assert!(!shown.contains("ss") || !shown.contains("word"), "{shown}");
            assert!(!shown.contains("ana"), "{shown}");
        }
        assert_eq!(url.to_string(), "smtps://***@mail.example.com:465");
    }

    #[test]
    fn clear_text_beyond_this_machine_is_refused() {
        for text in
            ["smtp://mail.example.com", "smtp://10.0.0.1:25", "smtp://localhost.example.com", "smtp://a:b@192.0.2.1"]
        {
            assert_eq!(text.parse::<SmtpUrl>(), Err(InvalidSmtpUrl::Clear), "{text}");
        }
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_repeating_it() {
        for text in [
            "",
            "mail.example.com",
            "mail.example.com:25",
            "https://mail.example.com",
            "smtp://",
            "smtps://mail.example.com?tls=required",
            "smtp://mail.example.com?tls=opportunistic",
            "smtp://mail.example.com?tls=none",
            "smtp://localhost?tls=",
            "smtps://mail.example.com/path",
            "smtps://mail.example.com#x",
            "smtps://mail.example.com:0",
            "smtps://mail.example.com:99999",
            "smtps://ma%20il.example.com",
            "smtps://u:%00@mail.example.com",
            "smtps://u:%ff@mail.example.com",
        ] {
            assert_eq!(text.parse::<SmtpUrl>(), Err(InvalidSmtpUrl::Form), "{text}");
        }
        for text in
            ["smtps://ana@mail.example.com", "smtps://:secret@mail.example.com", "smtps://ana:@mail.example.com"]
        {
            assert_eq!(text.parse::<SmtpUrl>(), Err(InvalidSmtpUrl::HalfALogin), "{text}");
        }
    }
}
