//! The operating system's clock and random generator behind the domain's ports.
//!
//! Apart because this is the one place where time and randomness enter the program.

use magiclink_domain::personal::NONCE_BYTES;
use magiclink_domain::ports::{Clock, Ids};
use magiclink_domain::time::Timestamp;
use rand::Rng;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::{Builder, Uuid};

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port's implementation")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random generator (OWASP ASVS 5.0, 6.5.3).
///
/// # Panics
/// Every method, should the system have no randomness to give: no id or key may be made without it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    bytes
}

impl Ids for SystemIds {
    fn id(&self) -> Uuid {
        Builder::from_random_bytes(random()).into_uuid()
    }

    fn nonce(&self) -> [u8; NONCE_BYTES] {
        random()
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_a_year_of_this_product() {
        assert!(SystemClock.now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn nothing_random_comes_twice() {
        assert_ne!(SystemIds.id(), SystemIds.id());
        assert_ne!(SystemIds.nonce(), SystemIds.nonce());
        assert_ne!(SystemIds.secret(), SystemIds.secret());
    }
}
