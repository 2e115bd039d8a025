//! The message that goes on telling: which it is, what it showed, and whether there is news worth another edit. Pure, but
//! for its stored form.
//!
//! *Tell the issuer*: a platform lets a message be edited only so often and so long, so edits are counted, and the last is
//! kept for *signed in*.

use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::SecretText;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::cards::{LinkFacts, Secrets};

/// How to reach a message again. A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// What the platform takes as the address of the message.
    pub address: String,
    /// It can't be edited from then on.
    pub until: Timestamp,
    /// How many edits are left.
    pub edits: u8,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place(***, until {}, {} edits)", self.until, self.edits)
    }
}

/// A message that tells of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Of which link.
    pub link: LinkId,
    /// Who reads it.
    pub user: ChatUser,
    /// Where it is.
    pub place: Place,
    /// The turn of its buttons.
    pub turn: CommandId,
    /// What it shows of the link.
    pub secrets: Option<Secrets>,
    /// Keyed by nothing: a digest of what it says, to tell news from repetition.
    pub told: String,
    /// It has told of a sign-in.
    pub signed_in: bool,
}

/// What to do about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It says how things are.
    None,
    /// It is to be edited.
    Edit,
    /// There is news that the message can't tell any more: the platform's other way is to be taken.
    Beyond,
    /// News that has to wait for what the last edit is kept for.
    Kept,
}

/// A digest of what an answer says.
#[must_use]
pub fn digest(answer: &Answer) -> String {
    let said = format!("{:?}", answer.lines);
    data_encoding::HEXLOWER.encode(&Sha256::digest(said.as_bytes()))
}

impl Live {
    /// How long a followed message is remembered after it can't be edited any more: for what comes late.
    pub const REMEMBERED: magiclink_domain::time::Lifetime = magiclink_domain::time::Lifetime::from_days(2);

    /// Whether `answer`, made of `facts` now, is worth an edit.
    #[must_use]
    pub fn news(&self, facts: &LinkFacts, answer: &Answer, now: Timestamp) -> News {
        if self.told == digest(answer) {
            return News::None;
        }
        let signs_in = facts.signed_in_at.is_some() && !self.signed_in;
        if now >= self.place.until || self.place.edits == 0 {
            return if signs_in { News::Beyond } else { News::None };
        }
        let last = self.place.edits == 1;
        if last && !signs_in { News::Kept } else { News::Edit }
    }

    /// The same message after an edit.
    #[must_use]
    pub fn edited(mut self, facts: &LinkFacts, answer: &Answer) -> Self {
        self.place.edits = self.place.edits.saturating_sub(1);
        self.told = digest(answer);
        self.signed_in |= facts.signed_in_at.is_some();
        self
    }

    /// Whether nothing more can come: signed in, or the link is dead.
    #[must_use]
    pub fn is_done(&self, facts: &LinkFacts) -> bool {
        self.signed_in || facts.status != magiclink_domain::link::LinkStatus::Live
    }

    /// How the keys of a platform's messages begin.
    #[must_use]
    pub fn prefix(platform: ChatPlatform) -> String {
        format!("chat-live/{platform}/")
    }

    /// Where it is kept.
    #[must_use]
    pub fn key(platform: ChatPlatform, link: LinkId) -> String {
        format!("{}{link}", Self::prefix(platform))
    }

    /// Its stored form. A secret.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let stored = LiveV1 {
            link: self.link.to_string(),
            platform: self.user.platform.to_string(),
            workspace: self.user.workspace.clone(),
            user: self.user.user.clone(),
            address: self.place.address.clone(),
            until_us: self.place.until.micros(),
            edits: self.place.edits,
            turn: self.turn.to_string(),
            secrets: self.secrets.as_ref().map(|secrets| (secrets.url.0.clone(), secrets.code.0.clone())),
            told: self.told.clone(),
            signed_in: self.signed_in,
        };
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// What [`Live::encode`] wrote.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let stored: LiveV1 = serde_json::from_slice(bytes).ok()?;
        let (url, code) = stored.secrets.map(|(url, code)| (SecretText(url), SecretText(code))).unzip();
        Some(Self {
            link: stored.link.parse().ok()?,
            user: ChatUser::parse(stored.platform.parse().ok()?, &stored.workspace, &stored.user).ok()?,
            place: Place {
                address: stored.address,
                until: Timestamp::from_micros(stored.until_us),
                edits: stored.edits,
            },
            turn: stored.turn.parse().ok()?,
            secrets: url.zip(code).map(|(url, code)| Secrets { url, code }),
            told: stored.told,
            signed_in: stored.signed_in,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct LiveV1 {
    link: String,
    platform: String,
    workspace: String,
    user: String,
    address: String,
    until_us: i64,
    edits: u8,
    turn: String,
    secrets: Option<(String, String)>,
    told: String,
    signed_in: bool,
}
