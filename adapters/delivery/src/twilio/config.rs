//! What the operator sets to send by Twilio, checked.
//!
//! Apart from the client because the hooks need the same secrets, and the configuration file its parsers.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};
use zeroize::Zeroizing;

/// Everything that Twilio's side of the service needs to know.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    /// Whose account it is.
    pub account_sid: AccountSid,
    /// What our calls authenticate with: an API key, or the auth token.
    pub credentials: Credentials,
    /// What Twilio signs its own calls with: the auth token, then the previous one while it is being rotated. Without
    /// any, nothing that Twilio sends can be believed, so no reports are asked for.
    pub auth_tokens: Vec<AuthToken>,
    /// From whom messages come.
    pub sender: SmsSender,
    /// Where Twilio is.
    pub api_base: ApiBase,
    /// Where this deployment is reached, without a slash at the end: Twilio reports there.
    pub base_url: String,
}

/// How calls authenticate (HTTP Basic).
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The account's own token.
    AuthToken(AuthToken),
    /// A key that can be revoked by itself.
    ApiKey {
        /// Its public part.
        sid: ApiKeySid,
        /// Its secret part.
        secret: ApiKeySecret,
    },
}

impl TwilioConfig {
    /// User and password of HTTP Basic.
    pub(crate) fn basic(&self) -> (&str, &str) {
        match &self.credentials {
            Credentials::AuthToken(token) => (self.account_sid.as_str(), token.expose()),
            Credentials::ApiKey { sid, secret } => (sid.as_str(), secret.expose()),
        }
    }
}

/// Who messages come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsSender {
    /// A number of the account, a short code, or a name of up to eleven characters.
    From(SmsFrom),
    /// A pool of numbers.
    MessagingService(MessagingServiceSid),
}

/// The text is not what this key takes; says what it takes, never the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct InvalidTwilio(&'static str);

macro_rules! sid {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// As Twilio writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidTwilio;

            fn from_str(text: &str) -> Result<Self, InvalidTwilio> {
                let digits = text.strip_prefix($prefix).filter(|digits| digits.len() == 32);
                match digits {
                    Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(Self(text.to_owned())),
                    Some(_) | None => Err(InvalidTwilio($what)),
                }
            }
        }
    };
}

sid!(
    /// An account's public id.
    AccountSid, "AC", "an account SID: AC and 32 hexadecimal digits, from the first page of Twilio's console"
);
sid!(
    /// An API key's public part.
    ApiKeySid, "SK", "an API key SID: SK and 32 hexadecimal digits"
);
sid!(
    /// A messaging service's id.
    MessagingServiceSid, "MG", "a messaging service SID: MG and 32 hexadecimal digits"
);

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// The secret itself, for the one call that needs it.
            pub(crate) fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidTwilio;

            fn from_str(text: &str) -> Result<Self, InvalidTwilio> {
                let text = text.trim();
                if (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    Ok(Self(Zeroizing::new(text.to_owned())))
                } else {
                    Err(InvalidTwilio($what))
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("***")
            }
        }
    };
}

secret!(
    /// The account's token: authenticates calls, and signs what Twilio calls us with.
    AuthToken, "an auth token: 32 characters from the first page of Twilio's console"
);
secret!(
    /// An API key's secret part.
    ApiKeySecret, "an API key secret: 32 characters, shown by Twilio once"
);

#[cfg(test)]
impl AuthToken {
    /// Any text: the vendor's own examples are signed with shorter ones.
    pub(crate) fn example(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

/// A number (`+14155550100`), a short code (`12345`), or a name (`Portal`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsFrom(String);

impl SmsFrom {
    /// As Twilio takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SmsFrom {
    type Err = InvalidTwilio;

    fn from_str(text: &str) -> Result<Self, InvalidTwilio> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.strip_prefix('+').is_some_and(|rest| digits(rest) && (7..=15).contains(&rest.len()));
        let short_code = digits(text) && (3..=8).contains(&text.len());
        let name = (1..=11).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
            && text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if number || short_code || name {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTwilio("a sender: a number such as +14155550100, a short code, or a name of up to 11 letters"))
        }
    }
}

/// Scheme, host and port of the API, no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBase {
    origin: String,
    loopback: bool,
}

impl ApiBase {
    /// Without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether it is a stand-in on this machine.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl Default for ApiBase {
    /// Twilio itself.
    fn default() -> Self {
        Self { origin: "https://api.twilio.com".to_owned(), loopback: false }
    }
}

impl FromStr for ApiBase {
    type Err = InvalidTwilio;

    /// Credentials travel there: plain HTTP is for this machine alone.
    fn from_str(text: &str) -> Result<Self, InvalidTwilio> {
        const INVALID: InvalidTwilio =
            InvalidTwilio("an address such as https://api.twilio.com (https, or http on this machine; no path)");
        let url = Url::parse(text).map_err(|_| INVALID)?;
        let loopback = match url.host().ok_or(INVALID)? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        if bare && anonymous && safe {
            Ok(Self { origin: url.origin().ascii_serialization(), loopback })
        } else {
            Err(INVALID)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sids_have_their_letters_and_32_digits() {
        let digits = "0123456789abcdefABCDEF0123456789";
        assert!(format!("AC{digits}").parse::<AccountSid>().is_ok());
        for wrong in [format!("SK{digits}"), format!("AC{digits}0"), "AC".to_owned(), format!("AC{}", "g".repeat(32))] {
            let refused = wrong.parse::<AccountSid>().unwrap_err().to_string();
            assert!(refused.starts_with("not an account SID"), "{refused}");
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let token: AuthToken = " 0123456789abcdef0123456789abcdef\n".parse().unwrap();
        assert_eq!(token.expose(), "0123456789abcdef0123456789abcdef");
        assert_eq!(format!("{token:?} {:?}", Credentials::AuthToken(token.clone())), "*** AuthToken(***)");
        let refused = "hunter2".parse::<AuthToken>().unwrap_err().to_string();
        assert!(!refused.contains("hunter2"), "{refused}");
    }

    #[test]
    fn a_sender_is_a_number_a_short_code_or_a_name() {
        for right in ["+14155550100", "12345", "Portal", "My Portal 1"] {
            assert!(right.parse::<SmsFrom>().is_ok(), "{right}");
        }
        for wrong in ["", "+", "14155550100", "+1415555010x", "12", "Portal&Co", "A name too long"] {
            assert!(wrong.parse::<SmsFrom>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn credentials_travel_in_the_clear_on_this_machine_alone() {
        for (right, loopback) in [
            ("https://api.twilio.com", false),
            ("http://127.0.0.1:9", true),
            ("http://localhost:9", true),
            ("http://[::1]:9", true),
        ] {
            let base: ApiBase = right.parse().unwrap();
            assert_eq!((base.as_str(), base.is_loopback()), (right, loopback));
        }
        assert_eq!("https://api.twilio.com/".parse(), Ok(ApiBase::default()));
        for wrong in ["http://api.twilio.com", "https://a.b/c", "ftp://localhost", "https://u:p@a.b", "localhost:9", ""]
        {
            assert!(wrong.parse::<ApiBase>().is_err(), "{wrong}");
        }
    }
}
