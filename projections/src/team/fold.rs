//! From the team's events to rows.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::id::{StaffId, TokenId};
use magiclink_domain::team::TeamEvent;
use magiclink_domain::time::Timestamp;

use crate::projection::{Batch, Entry, Folded, Text};

const STAFF: &str = "
    insert into staff (id, added_at_us, role, details, removed_at_us)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from jsonb_each(?1)";

const CHANGE: &str = "
    update staff set role = coalesce(made.value ->> 1, role), details = coalesce(made.value ->> 2, details),
        removed_at_us = coalesce(made.value ->> 3, removed_at_us)
    from jsonb_each(?1) as made where staff.id = made.value ->> 0";

const TOKENS: &str = "
    insert into api_tokens (id, name, role, made_by, created_by, created_at_us, expires_at_us)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 from jsonb_each(?1)";

const REVOKE: &str = "
    update api_tokens set revoked_at_us = coalesce(revoked_at_us, made.value ->> 1)
    from jsonb_each(?1) as made where api_tokens.id = made.value ->> 0";

const END_WITH_STAFF: &str = "
    update api_tokens set revoked_at_us = coalesce(revoked_at_us, made.value ->> 1)
    from jsonb_each(?1) as made where api_tokens.made_by = made.value ->> 0";

/// What the batch says about one staff member.
#[derive(Default)]
struct Row<'a> {
    added_at_us: Option<i64>,
    role: Option<&'static str>,
    details: Option<&'a str>,
    removed_at_us: Option<i64>,
}

#[derive(Default)]
struct Rows<'a> {
    staff: BTreeMap<StaffId, Row<'a>>,
    tokens: Vec<(&'a Entry, TokenId)>,
    revoked: BTreeMap<TokenId, i64>,
}

impl<'a> Rows<'a> {
    fn note(&mut self, entry: &'a Entry, event: &TeamEvent) {
        match event {
            TeamEvent::StaffAdded { staff, role, .. } => {
                let row = self.staff.entry(*staff).or_default();
                (row.added_at_us, row.role) = (Some(entry.at_us()), Some(role.as_str()));
                row.details = entry.sealed.as_deref();
            }
            TeamEvent::StaffDetailsChanged { staff, .. } => {
                self.staff.entry(*staff).or_default().details = entry.sealed.as_deref();
            }
            TeamEvent::RoleChanged { staff, role } => {
                self.staff.entry(*staff).or_default().role = Some(role.as_str());
            }
            TeamEvent::StaffRemoved { staff, .. } => {
                self.staff.entry(*staff).or_default().removed_at_us = Some(entry.at_us());
            }
            TeamEvent::ChatConnected { .. } | TeamEvent::ChatDisconnected { .. } => {}
            TeamEvent::ApiTokenCreated { token, .. } => self.tokens.push((entry, *token)),
            TeamEvent::ApiTokenRevoked { token } => {
                self.revoked.entry(*token).or_insert(entry.at_us());
            }
        }
    }
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows = Rows::default();
    for entry in &batch.entries {
        if let Event::Team(event) = &entry.event {
            rows.note(entry, event);
        }
    }
    let (mut added, mut changed, mut removed) = (vec![], vec![], vec![]);
    for (staff, row) in &rows.staff {
        let id = Text(*staff);
        match row.added_at_us {
            Some(at) => added.push((id, at, row.role, row.details, row.removed_at_us)),
            None => changed.push((id, row.role, row.details, row.removed_at_us)),
        }
        removed.extend(row.removed_at_us.map(|at| (id, at)));
    }
    let mut folded = Folded::default();
    folded.write(STAFF, added)?;
    folded.write(CHANGE, changed)?;
    folded.write(TOKENS, rows.tokens.iter().filter_map(|(entry, token)| created(entry, *token)))?;
    folded.write(REVOKE, rows.revoked.iter().map(|(token, at)| (Text(*token), *at)))?;
    folded.write(END_WITH_STAFF, removed)?;
    Ok(folded)
}

fn created(entry: &Entry, token: TokenId) -> Option<impl serde::Serialize + use<>> {
    let Event::Team(TeamEvent::ApiTokenCreated { name, role, expires_at, made_by, .. }) = &entry.event else {
        return None;
    };
    let (made_by, created_by) = (made_by.map(Text), entry.meta.actor.to_string());
    let expires_at = expires_at.map(Timestamp::micros);
    Some((Text(token), name.to_string(), role.as_str(), made_by, created_by, entry.at_us(), expires_at))
}
