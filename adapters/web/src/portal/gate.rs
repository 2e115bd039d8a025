//! The two ways in: the portal's for contacts, the console's for staff. Same mechanism, nothing shared.
//!
//! Apart from the pages so that each of them serves both, and none can mix them up.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use magiclink_domain::keys::{Realm, TokenKind};
use magiclink_domain::usecases::Stopped;

use crate::Web;

/// One way in.
pub(super) struct Gate {
    /// What its tokens sign in.
    pub(super) kind: TokenKind,
    /// Whose cookie it sets.
    pub(super) realm: Realm,
    /// Where its link pages are.
    pub(super) links: &'static str,
    /// Where it leads.
    pub(super) home: &'static str,
    /// Where one asks for a link.
    pub(super) sign_in: &'static str,
    /// Where one types a code.
    pub(super) code: &'static str,
}

pub(super) static PORTAL: Gate = Gate {
    kind: TokenKind::Contact,
    realm: Realm::Portal,
    links: "/m/",
    home: "/portal",
    sign_in: "/portal/sign-in",
    code: "/portal/code",
};

pub(super) static CONSOLE: Gate = Gate {
    kind: TokenKind::Staff,
    realm: Realm::Console,
    links: "/console/m/",
    home: "/console",
    sign_in: "/console/sign-in",
    code: "/console/code",
};

impl Gate {
    /// Whether it is the one for staff.
    pub(super) fn is_staffs(&self) -> bool {
        self.realm == Realm::Console
    }

    /// What its pages say of the emergency switch: a key of the catalogue, empty while nothing is stopped.
    pub(super) fn paused(&self, stopped: Stopped) -> &'static str {
        match (self.is_staffs(), stopped.issuing, stopped.redeeming) {
            (_, false, false) => "",
            (false, _, true) => "paused-signing-in",
            (false, true, false) => "paused-messages",
            (true, true, true) => "console-stopped",
            (true, true, false) => "console-stopped.issuing",
            (true, false, true) => "console-stopped.redeeming",
        }
    }

    fn of(path: &str) -> &'static Self {
        if path == CONSOLE.home || path.starts_with("/console/") { &CONSOLE } else { &PORTAL }
    }
}

impl FromRequestParts<Web> for &'static Gate {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        Ok(Gate::of(parts.uri.path()))
    }
}

/// The token in a link's path, byte by byte as it was sent: percent-encoding would give one token many spellings.
pub(super) struct RawToken(pub(super) String);

impl FromRequestParts<Web> for RawToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let path = parts.uri.path();
        let rest = path.strip_prefix(Gate::of(path).links).unwrap_or_default();
        Ok(Self(rest.strip_suffix("/new").unwrap_or(rest).to_owned()))
    }
}
