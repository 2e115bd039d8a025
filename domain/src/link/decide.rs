//! The link's rules.

use super::command::{Issue, LinkCommand, Press, Standing, sight_is_due};
use super::event::LinkEvent;
use super::parts::{LinkRevokedWhy, LinkSubject, Method, Refusal};
use super::state::{Link, LinkState, LinkStatus, Use};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::time::Timestamp;

mod deliveries;

/// A link allows at most this many redemptions.
pub const MAX_USES: u8 = 10;

/// Refusals noted per link and reason; beyond, an outsider makes no event.
const NOTED_REFUSALS: u8 = 5;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// The [`Rejection`] of the rule that says no; for a press, [`Rejection::Refused`].
pub fn decide(state: &LinkState, command: LinkCommand, ctx: &Ctx) -> Result<Vec<LinkEvent>, Rejection> {
    match (state, command) {
        (LinkState::Absent, LinkCommand::IssueMagicLink(issue)) => make(issue, ctx.now),
        (LinkState::Absent, _) => Err(Rejection::LinkNotFound),
        (LinkState::Issued(link), command) => change(link, command, ctx.now),
    }
}

fn make(issue: Issue, now: Timestamp) -> Result<Vec<LinkEvent>, Rejection> {
    if !(1..=MAX_USES).contains(&issue.max_uses) {
        return Err(Rejection::MaxUsesOutOfRange);
    }
    let mut events = vec![LinkEvent::LinkIssued {
        subject: issue.subject,
        destination: issue.destination,
        kind: issue.kind,
        expires_at: now.plus(issue.lifetime),
        max_uses: issue.max_uses,
        key: issue.key,
        browser: issue.browser,
        reason: issue.reason.map(Personal::Known),
    }];
    events.extend(issue.trial.map(LinkEvent::WordsTried));
    if issue.revealed {
        events.push(LinkEvent::LinkRevealed);
    }
    events.extend(issue.deliveries.into_iter().map(|(delivery, channel, to)| LinkEvent::DeliveryRequested {
        delivery,
        channel,
        to: Personal::Known(to),
    }));
    Ok(events)
}

fn change(link: &Link, command: LinkCommand, now: Timestamp) -> Result<Vec<LinkEvent>, Rejection> {
    match command {
        // Whoever presses the link of a test is told so, and that is all.
        LinkCommand::IssueMagicLink(_) | LinkCommand::RecordRefusal { why: Refusal::Test, .. } => Ok(vec![]),
        LinkCommand::RequestDelivery { delivery, channel, to } => deliveries::request(link, delivery, channel, to, now),
        LinkCommand::AttemptDelivery { delivery, seen } => deliveries::attempt(link, delivery, seen, now),
        LinkCommand::RecordDelivery { delivery, outcome } => deliveries::record(link, delivery, outcome),
        LinkCommand::RetryDelivery { delivery } => deliveries::retry(link, delivery, now),
        LinkCommand::PostponeDelivery { delivery, until, code, words } => {
            deliveries::postpone(link, delivery, until, code, words)
        }
        LinkCommand::CancelDelivery { delivery, why } => deliveries::cancel(link, delivery, why),
        LinkCommand::RevealLink => live(link, now).map(|()| vec![LinkEvent::LinkRevealed]),
        LinkCommand::RecordOpening { by, client } => Ok(if link.opened_by.contains(&by) {
            vec![]
        } else {
            vec![LinkEvent::LinkOpened { by, client: Personal::Known(client) }]
        }),
        LinkCommand::RedeemLink(press) => redeem(link, press, now),
        LinkCommand::RecordRefusal { why, client } => {
            let noted = link.refusals.get(&why).copied().unwrap_or_default();
            Ok(if noted < NOTED_REFUSALS {
                vec![LinkEvent::RedemptionRefused { why, client: Personal::Known(client) }]
            } else {
                vec![]
            })
        }
        LinkCommand::SeeSession { use_number } => {
            let session = open_session(link, use_number, now)?;
            let due = sight_is_due(session.seen_at, now);
            Ok(if due { vec![LinkEvent::SessionSeen { use_number, at: now }] } else { vec![] })
        }
        LinkCommand::EndSession { use_number, why } => {
            let session = link.use_numbered(use_number).ok_or(Rejection::SessionNotFound)?;
            Ok(if session.ended.is_some() { vec![] } else { vec![LinkEvent::SessionEnded { use_number, why }] })
        }
        LinkCommand::RevokeLink { why, reason } => Ok(if link.revoked.is_some() {
            vec![]
        } else {
            vec![LinkEvent::LinkRevoked { why, reason: reason.map(Personal::Known) }]
        }),
    }
}

fn live(link: &Link, now: Timestamp) -> Result<(), Rejection> {
    if link.status(now) == LinkStatus::Live { Ok(()) } else { Err(Rejection::LinkNotLive) }
}

fn open_session(link: &Link, use_number: u8, now: Timestamp) -> Result<&Use, Rejection> {
    link.use_numbered(use_number).filter(|session| session.is_open(now)).ok_or(Rejection::SessionNotFound)
}

fn redeem(link: &Link, press: Press, now: Timestamp) -> Result<Vec<LinkEvent>, Rejection> {
    if repeats(link, press.nonce, press.standing, now).is_some() {
        return Ok(vec![]);
    }
    // The code is the way out for those who can't press in the browser that asked.
    let browser = match press.method {
        Method::Link => Some(press.nonce),
        Method::Code => None,
    };
    if let Some(why) = refusal(link, press.standing, browser, now) {
        return Err(Rejection::Refused(why));
    }
    let admission = match press.standing {
        Standing::InPortal(admission) => Some(admission),
        Standing::OnTeam | Standing::NotInPortal | Standing::Gone => None,
    };
    let use_number = u8::try_from(link.uses.len() + 1).map_err(|_| Rejection::Refused(Refusal::Used))?;
    Ok(vec![LinkEvent::LinkRedeemed {
        use_number,
        method: press.method,
        nonce: press.nonce,
        admission,
        at: now,
        limits: press.limits,
        client: Personal::Known(press.client),
        beside: press.beside,
    }])
}

/// The use number that the same browser's earlier press began, while that session is open: a double click, a lost
/// answer or the back button costs nothing.
#[must_use]
pub fn repeats(link: &Link, nonce: [u8; 16], standing: Standing, now: Timestamp) -> Option<u8> {
    let current = |session: &Use| match standing {
        Standing::InPortal(admission) => session.admission == Some(admission),
        Standing::OnTeam => session.admission.is_none(),
        Standing::NotInPortal | Standing::Gone => false,
    };
    // A session that idled away must not come back by pressing a link from the browser's history.
    let awake = |session: &Use| now < session.seen_at.plus(session.limits.idle);
    let ours = |session: &Use| session.nonce == nonce && session.is_open(now) && awake(session) && current(session);
    let place = link.uses.iter().position(ours)?;
    u8::try_from(place + 1).ok()
}

/// Why a press would be refused now; `None` = it signs in. `nonce` is the keyed hash of the pressing browser's nonce,
/// `None` where the page is only looked at.
#[must_use]
pub fn refusal(link: &Link, standing: Standing, nonce: Option<[u8; 16]>, now: Timestamp) -> Option<Refusal> {
    if standing == Standing::Gone {
        return Some(Refusal::SubjectGone);
    }
    if let Some(why) = link.revoked {
        return Some(match why {
            LinkRevokedWhy::Replaced => Refusal::Replaced,
            LinkRevokedWhy::SubjectGone => Refusal::SubjectGone,
            LinkRevokedWhy::Revoked | LinkRevokedWhy::AdmissionsRenewed | LinkRevokedWhy::Restored => Refusal::Revoked,
        });
    }
    if link.trial.is_some() {
        return Some(Refusal::Test);
    }
    if let (LinkSubject::Contact { admission, .. }, Standing::InPortal(current)) = (link.subject, standing)
        && admission != current
    {
        return Some(Refusal::Revoked);
    }
    if link.is_used_up() {
        return Some(Refusal::Used);
    }
    if now >= link.expires_at {
        return Some(Refusal::Expired);
    }
    if standing == Standing::NotInPortal {
        return Some(Refusal::AccessEnded);
    }
    // Bound to the browser that asked for it.
    match (link.browser, nonce) {
        (Some(asking), Some(pressing)) if asking != pressing => Some(Refusal::OtherBrowser),
        (Some(_) | None, Some(_) | None) => None,
    }
}
