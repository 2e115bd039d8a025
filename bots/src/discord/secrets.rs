//! Token and keys, asked for anew at every use, so that they rotate without a restart.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::HEXLOWER_PERMISSIVE;
use ed25519_dalek::VerifyingKey;

/// The application's public key: no secret, but what Discord's signatures are believed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) VerifyingKey);

impl FromStr for PublicKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a public key: copy the 64 hexadecimal digits from General Information";
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map_err(|_| WRONG)?;
        let key = VerifyingKey::from_bytes(&bytes.try_into().map_err(|_| WRONG)?).map_err(|_| WRONG)?;
        // Of a key of small order anybody can forge signatures.
        if key.is_weak() { Err(WRONG) } else { Ok(Self(key)) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER_PERMISSIVE.encode(self.0.as_bytes()))
    }
}

/// What Discord gave us. `Debug` hides the token.
#[derive(Clone, Default)]
pub struct DiscordSecrets {
    /// The bot's token, without `Bot `.
    pub bot_token: String,
    /// The public keys that are believed: one, or two while one takes the other's place.
    pub public_keys: Vec<PublicKey>,
}

impl fmt::Debug for DiscordSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiscordSecrets(***, {} public keys)", self.public_keys.len())
    }
}

/// Where the secrets are.
///
/// * `secrets` answers at once with what is in force now; what can't be read stays as it was.
pub trait SecretSource: Send + Sync + 'static {
    /// The secrets in force.
    fn secrets(&self) -> Arc<DiscordSecrets>;
}
