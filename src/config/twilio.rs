//! `[twilio]`: text messages.
//!
//! Apart from the other sections because its keys depend on each other, and several are secrets.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use magiclink_delivery::twilio::{
    AccountSid, ApiBase, ApiKeySecret, ApiKeySid, AuthToken, Credentials, InvalidTwilio, MessagingServiceSid, SmsFrom,
    SmsSender, TwilioConfig,
};
use magiclink_domain::number::LoginKeyword;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::{Country, PhoneNumber};
use serde::{Deserialize, Deserializer};

use super::ConfigError;
use super::value::{list, optional_number, optional_text, text};

/// How text messages leave the house, and what Twilio may tell us. Secrets are given here or in files.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Twilio {
    #[serde(deserialize_with = "optional_text")]
    pub(crate) account_sid: Option<AccountSid>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) auth_token: Option<AuthToken>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) auth_token_file: Option<PathBuf>,
    /// Still believed while the token is being rotated.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) auth_token_previous: Option<AuthToken>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) auth_token_previous_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) api_key_sid: Option<ApiKeySid>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) api_key_secret: Option<ApiKeySecret>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) api_key_secret_file: Option<PathBuf>,
    /// The shared key that signs hooks (HMAC-SHA256), where the account has one; then nothing else is believed.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) webhook_key: Option<AuthToken>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) webhook_key_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) from: Option<From>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) messaging_service_sid: Option<MessagingServiceSid>,
    #[serde(deserialize_with = "text")]
    pub(crate) api_base: ApiBase,
    /// Where text messages may go; unless set, the country of `from`.
    #[serde(deserialize_with = "countries")]
    pub(crate) countries: Option<Vec<Country>>,
    /// Text messages a day; unless set, `limits.sms_per_day`.
    #[serde(deserialize_with = "optional_number")]
    pub(crate) daily_cap: Option<u32>,
    /// What a contact texts to get a link.
    #[serde(deserialize_with = "text")]
    pub(crate) keyword: LoginKeyword,
    /// How long after an unanswered attempt Twilio is asked what became of it.
    #[serde(deserialize_with = "text")]
    pub(crate) look_up_after: Lifetime,
}

impl Default for Twilio {
    fn default() -> Self {
        Self {
            account_sid: None,
            auth_token: None,
            auth_token_file: None,
            auth_token_previous: None,
            auth_token_previous_file: None,
            api_key_sid: None,
            api_key_secret: None,
            api_key_secret_file: None,
            webhook_key: None,
            webhook_key_file: None,
            from: None,
            messaging_service_sid: None,
            api_base: ApiBase::default(),
            countries: None,
            daily_cap: None,
            keyword: LoginKeyword::default(),
            look_up_after: Lifetime::from_secs(60),
        }
    }
}

/// An account that can send, and what its hooks are signed with beside the auth tokens.
pub(crate) struct TwilioAccount {
    pub(crate) config: TwilioConfig,
    pub(crate) webhook_key: Option<AuthToken>,
}

impl Twilio {
    /// Whether text messages can be sent.
    pub(crate) const fn is_set(&self) -> bool {
        self.account_sid.is_some()
    }

    /// Where text messages may go.
    pub(crate) fn allowed_countries(&self) -> Vec<Country> {
        self.countries.clone().unwrap_or_else(|| self.home().into_iter().collect())
    }

    /// The country of the number that messages come from.
    fn home(&self) -> Option<Country> {
        PhoneNumber::parse(self.from.as_ref()?.0.as_str(), None).ok()?.country()
    }

    /// Refuses keys that do not go together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value, file) in [
            ("auth_token", self.auth_token.is_some(), self.auth_token_file.is_some()),
            ("auth_token_previous", self.auth_token_previous.is_some(), self.auth_token_previous_file.is_some()),
            ("api_key_secret", self.api_key_secret.is_some(), self.api_key_secret_file.is_some()),
            ("webhook_key", self.webhook_key.is_some(), self.webhook_key_file.is_some()),
        ] {
            if value && file {
                return refused(key, &format!("twilio.{key}_file is set too: keep one of them"));
            }
        }
        let token = self.auth_token.is_some() || self.auth_token_file.is_some();
        let previous = self.auth_token_previous.is_some() || self.auth_token_previous_file.is_some();
        let key_secret = self.api_key_secret.is_some() || self.api_key_secret_file.is_some();
        let sender = self.from.is_some() || self.messaging_service_sid.is_some();
        if !self.is_set() {
            let begun = token || previous || key_secret || self.api_key_sid.is_some() || sender;
            return if begun {
                refused("account_sid", "missing: name the account, AC and 32 hexadecimal digits, from Twilio's console")
            } else {
                Ok(())
            };
        }
        if self.api_key_sid.is_some() != key_secret {
            return refused("api_key_sid", "an API key has an SID and a secret: set both, or neither");
        }
        if !token && !key_secret {
            return refused("auth_token", "missing: set it, or an API key (twilio.api_key_sid and its secret)");
        }
        if previous && !token {
            return refused("auth_token_previous", "there is no present one: set twilio.auth_token as well");
        }
        self.check_sender()
    }

    fn check_sender(&self) -> Result<(), ConfigError> {
        match (&self.from, &self.messaging_service_sid) {
            (None, None) => {
                refused("from", "missing: name the number that messages come from, or twilio.messaging_service_sid")
            }
            (Some(_), Some(_)) => refused("from", "twilio.messaging_service_sid is set too: keep one of them"),
            _ if self.allowed_countries().is_empty() => refused(
                "countries",
                "missing: messages come from no number of a country, so name those they may go to, such as [\"US\"]",
            ),
            _ => Ok(()),
        }
    }

    /// The account, with what its files hold; `None` where there is none.
    ///
    /// # Errors
    /// When a file can't be read or used.
    pub(crate) fn account(&self, base_url: &str) -> Result<Option<TwilioAccount>, ConfigError> {
        let sender = match (&self.from, &self.messaging_service_sid) {
            (Some(from), _) => SmsSender::From(from.0.clone()),
            (None, Some(sid)) => SmsSender::MessagingService(sid.clone()),
            (None, None) => return Ok(None),
        };
        let token = secret("auth_token", self.auth_token.as_ref(), self.auth_token_file.as_ref())?;
        let previous =
            secret("auth_token_previous", self.auth_token_previous.as_ref(), self.auth_token_previous_file.as_ref())?;
        let key = secret("api_key_secret", self.api_key_secret.as_ref(), self.api_key_secret_file.as_ref())?;
        let credentials = match (self.api_key_sid.clone().zip(key), &token) {
            (Some((sid, secret)), _) => Credentials::ApiKey { sid, secret },
            (None, Some(token)) => Credentials::AuthToken(token.clone()),
            (None, None) => return Ok(None),
        };
        let Some(account_sid) = self.account_sid.clone() else { return Ok(None) };
        let config = TwilioConfig {
            account_sid,
            credentials,
            auth_tokens: token.into_iter().chain(previous).collect(),
            sender,
            api_base: self.api_base.clone(),
            base_url: base_url.to_owned(),
        };
        let webhook_key = secret("webhook_key", self.webhook_key.as_ref(), self.webhook_key_file.as_ref())?;
        Ok(Some(TwilioAccount { config, webhook_key }))
    }
}

fn refused(key: &str, reason: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Together { key: format!("twilio.{key}"), reason: reason.to_owned() })
}

/// A secret as set, or as its file holds it.
fn secret<T>(key: &str, value: Option<&T>, file: Option<&PathBuf>) -> Result<Option<T>, ConfigError>
where
    T: Clone + FromStr<Err = InvalidTwilio>,
{
    let Some(path) = file else { return Ok(value.cloned()) };
    let unusable = |why: String| ConfigError::Together {
        key: format!("twilio.{key}_file"),
        reason: format!("{}: {why}", path.display()),
    };
    let text = fs::read_to_string(path).map_err(|error| unusable(format!("can't be read: {error}")))?;
    text.trim().parse().map(Some).map_err(|error: InvalidTwilio| unusable(error.to_string()))
}

fn countries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Country>>, D::Error> {
    list(deserializer).map(Some)
}

/// Who messages come from. An environment takes `+1415…` for a number and drops the plus; a short code has eight digits
/// at most.
#[derive(Clone, Debug)]
pub(crate) struct From(pub(crate) SmsFrom);

impl FromStr for From {
    type Err = InvalidTwilio;

    fn from_str(text: &str) -> Result<Self, InvalidTwilio> {
        let long = text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        if long { format!("+{text}").parse().map(Self) } else { text.parse().map(Self) }
    }
}
