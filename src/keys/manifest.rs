//! Which signing keys there are, and what each may do.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use magiclink_domain::keys::KeyEnd;
use magiclink_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::KeyError;
use crate::folder::write_private;

/// What a signing key may do. A key goes from left to right, never back (ASVS 5.0, 13.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyState {
    /// Verifies, so that every node knows it before one signs with it.
    Staged,
    /// Signs and verifies; there is exactly one.
    Active,
    /// Verifies what it signed before.
    Verify,
    /// Does nothing any more; its file is gone.
    Retired,
}

impl KeyState {
    /// The shown word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Active => "active",
            Self::Verify => "verify",
            Self::Retired => "retired",
        }
    }
}

/// One signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyEntry {
    /// Its number, the first byte of every token it signs.
    pub(crate) id: u8,
    /// What it may do.
    pub(crate) state: KeyState,
    /// Since when, in microseconds since the Unix epoch.
    since_us: i64,
    /// What every link and session ended for, where they ended with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<Ended>,
}

/// What every link and session ended for, with the keys that had signed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ended {
    /// Somebody said so, after an incident.
    Revoked,
    /// A backup was restored.
    Restored,
}

impl KeyEntry {
    /// Since when it is in this state.
    pub(crate) fn since(&self) -> Timestamp {
        Timestamp::from_micros(self.since_us)
    }

    fn in_state(self, state: KeyState, now: Timestamp) -> Self {
        Self { state, since_us: now.micros(), ..self }
    }

    /// How it ended; `None` while it verifies.
    pub(super) const fn end(&self) -> Option<KeyEnd> {
        match (self.state, self.ended) {
            (KeyState::Staged | KeyState::Active | KeyState::Verify, _) => None,
            (KeyState::Retired, None) => Some(KeyEnd::Retired),
            (KeyState::Retired, Some(Ended::Revoked)) => Some(KeyEnd::Revoked),
            (KeyState::Retired, Some(Ended::Restored)) => Some(KeyEnd::Restored),
        }
    }
}

/// All signing keys, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) signing: Vec<KeyEntry>,
}

impl Manifest {
    /// Reads the file; `None` if there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, KeyError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeyError::Unusable { path: path.to_owned(), source }),
        };
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|_| KeyError::Manifest(path.to_owned()))?;
        if manifest.active().is_some() { Ok(Some(manifest)) } else { Err(KeyError::Manifest(path.to_owned())) }
    }

    /// Writes the file, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), KeyError> {
        let text = serde_json::to_vec_pretty(self).map_err(|_| KeyError::Manifest(path.to_owned()))?;
        write_private(path, &text).map_err(|source| KeyError::Unusable { path: path.to_owned(), source })
    }

    /// The one key that signs; `None` unless there is exactly one.
    pub(super) fn active(&self) -> Option<u8> {
        let mut active = self.signing.iter().filter(|key| key.state == KeyState::Active);
        active.next().filter(|_| active.next().is_none()).map(|key| key.id)
    }

    /// Adds a key that only verifies for now.
    pub(super) fn stage(&mut self, now: Timestamp) -> Result<u8, KeyError> {
        let last = self.signing.last().map_or(0, |key| key.id);
        let id = last.checked_add(1).ok_or_else(|| {
            KeyError::Refused("all 255 numbers of signing keys have been used: begin a new log".to_owned())
        })?;
        self.signing.push(KeyEntry { id, state: KeyState::Staged, since_us: now.micros(), ended: None });
        Ok(id)
    }

    /// Lets a staged key sign; the one that signed until now only verifies.
    pub(super) fn activate(&mut self, id: Option<u8>, now: Timestamp) -> Result<u8, KeyError> {
        let id = self.only(id, KeyState::Staged, "no key is staged: run `magiclink keys stage` first")?;
        for key in &mut self.signing {
            if key.state == KeyState::Active {
                *key = key.in_state(KeyState::Verify, now);
            }
            if key.id == id {
                *key = key.in_state(KeyState::Active, now);
            }
        }
        Ok(id)
    }

    /// Lets a key do nothing any more.
    pub(super) fn retire(&mut self, id: Option<u8>, now: Timestamp) -> Result<u8, KeyError> {
        let id = match id {
            Some(id) => id,
            None => self.only(None, KeyState::Verify, "no key only verifies: there is nothing to retire")?,
        };
        let key = self.signing.iter_mut().find(|key| key.id == id);
        let key = key.ok_or_else(|| KeyError::Refused(no_such_key(id)))?;
        match key.state {
            KeyState::Active => Err(KeyError::Refused(
                "this key signs: run `magiclink keys stage` and `magiclink keys activate` first".to_owned(),
            )),
            KeyState::Staged | KeyState::Verify => {
                *key = key.in_state(KeyState::Retired, now);
                Ok(id)
            }
            KeyState::Retired => Ok(id),
        }
    }

    /// Retires every key but the one that signs, and with them everything they let in; those that were retired before
    /// may still have sessions under cookies of younger keys, which end now too.
    pub(super) fn end_others(&mut self, ended: Ended, now: Timestamp) {
        for key in &mut self.signing {
            match key.state {
                KeyState::Active => continue,
                KeyState::Staged | KeyState::Verify => *key = key.in_state(KeyState::Retired, now),
                KeyState::Retired => {}
            }
            key.ended.get_or_insert(ended);
        }
    }

    /// The key with this number if it is in `state`; with no number, the only one that is.
    fn only(&self, id: Option<u8>, state: KeyState, none: &str) -> Result<u8, KeyError> {
        let mut found = self.signing.iter().filter(|key| key.state == state && id.is_none_or(|id| id == key.id));
        match (found.next(), found.next(), id) {
            (Some(key), None, _) => Ok(key.id),
            (Some(_), Some(_), _) => {
                Err(KeyError::Refused(format!("several keys are {}: name one by its number", state.as_str())))
            }
            (None, _, None) => Err(KeyError::Refused(none.to_owned())),
            (None, _, Some(id)) => match self.signing.iter().find(|key| key.id == id) {
                Some(key) => {
                    Err(KeyError::Refused(format!("key {id} is {}, not {}", key.state.as_str(), state.as_str())))
                }
                None => Err(KeyError::Refused(no_such_key(id))),
            },
        }
    }
}

fn no_such_key(id: u8) -> String {
    format!("there is no key {id}: see `magiclink keys list`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1);

    fn states(manifest: &Manifest) -> Vec<(u8, &'static str)> {
        manifest.signing.iter().map(|key| (key.id, key.state.as_str())).collect()
    }

    fn first() -> Manifest {
        let mut manifest = Manifest::default();
        manifest.stage(NOW).unwrap();
        manifest.activate(None, NOW).unwrap();
        manifest
    }

    #[test]
    fn a_key_is_staged_then_signs_then_verifies_then_retires() {
        let mut keys = first();
        assert_eq!(states(&keys), [(1, "active")]);
        assert_eq!(keys.stage(NOW).unwrap(), 2);
        assert_eq!(states(&keys), [(1, "active"), (2, "staged")]);
        assert_eq!(keys.activate(None, NOW).unwrap(), 2);
        assert_eq!(states(&keys), [(1, "verify"), (2, "active")]);
        assert_eq!(keys.retire(None, NOW).unwrap(), 1);
        assert_eq!(states(&keys), [(1, "retired"), (2, "active")]);
        assert_eq!(keys.active(), Some(2));
    }

    #[test]
    fn the_signing_key_can_not_be_retired_nor_an_unstaged_one_activated() {
        let mut keys = first();
        assert!(keys.retire(Some(1), NOW).is_err());
        assert!(keys.activate(Some(1), NOW).is_err());
        assert!(keys.activate(None, NOW).is_err());
        assert!(keys.retire(None, NOW).is_err());
        assert!(keys.retire(Some(9), NOW).is_err());
        assert_eq!(states(&keys), [(1, "active")]);
    }

    #[test]
    fn a_retired_key_never_comes_back_and_its_number_is_not_used_again() {
        let mut keys = first();
        keys.stage(NOW).unwrap();
        keys.retire(Some(2), NOW).unwrap();
        assert!(keys.activate(Some(2), NOW).is_err());
        assert_eq!(keys.stage(NOW).unwrap(), 3);
    }

    #[test]
    fn what_ends_with_everything_it_let_in_says_for_what() {
        let mut keys = first();
        keys.stage(NOW).unwrap();
        keys.activate(None, NOW).unwrap();
        keys.retire(None, NOW).unwrap();
        let ends = |keys: &Manifest| keys.signing.iter().map(KeyEntry::end).collect::<Vec<_>>();
        assert_eq!(ends(&keys), [Some(KeyEnd::Retired), None]);
        keys.stage(NOW).unwrap();
        keys.activate(None, NOW).unwrap();
        keys.end_others(Ended::Revoked, NOW);
        assert_eq!(ends(&keys), [Some(KeyEnd::Revoked), Some(KeyEnd::Revoked), None]);
        keys.stage(NOW).unwrap();
        keys.activate(None, NOW).unwrap();
        keys.end_others(Ended::Restored, NOW);
        assert_eq!(ends(&keys), [Some(KeyEnd::Revoked), Some(KeyEnd::Revoked), Some(KeyEnd::Restored), None]);
    }

    #[test]
    fn a_list_of_keys_written_before_ends_were_noted_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        let text = r#"{"signing":[{"id":1,"state":"retired","since_us":1},{"id":2,"state":"active","since_us":1}]}"#;
        fs::write(&path, text).unwrap();
        let keys = Manifest::read(&path).unwrap().unwrap();
        assert_eq!(keys.signing.iter().map(KeyEntry::end).collect::<Vec<_>>(), [Some(KeyEnd::Retired), None]);
    }

    #[test]
    fn numbers_end_at_255() {
        let mut keys = first();
        for _ in 0..254 {
            keys.stage(NOW).unwrap();
        }
        assert!(keys.stage(NOW).unwrap_err().to_string().contains("255"));
    }
}
