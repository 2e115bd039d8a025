//! The claim's rules, as specs.

use super::*;
use crate::id::{CommandId, ContactId};
use crate::rejection::Rejection;
use crate::spec::{ctx, given};

fn ana() -> ContactId {
    CommandId::derive("system", "spec", "ana").contact()
}

fn bea() -> ContactId {
    CommandId::derive("system", "spec", "bea").contact()
}

fn claimed() -> ClaimEvent {
    ClaimEvent::Claimed { contact: ana() }
}

#[test]
fn a_free_external_id_goes_to_whoever_claims_it_first() {
    given::<ClaimStream>([]).when(|s| decide(s, ClaimCommand::Claim { contact: ana() }, &ctx())).then([claimed()]);
    given::<ClaimStream>([claimed()])
        .when(|s| decide(s, ClaimCommand::Claim { contact: bea() }, &ctx()))
        .refused(Rejection::ExternalIdTaken);
}

#[test]
fn claiming_what_is_already_mine_is_nothing() {
    given::<ClaimStream>([claimed()]).when(|s| decide(s, ClaimCommand::Claim { contact: ana() }, &ctx())).nothing();
}

#[test]
fn only_the_holder_releases() {
    given::<ClaimStream>([claimed()])
        .when(|s| decide(s, ClaimCommand::Release { contact: ana() }, &ctx()))
        .then([ClaimEvent::Released]);
    given::<ClaimStream>([claimed()]).when(|s| decide(s, ClaimCommand::Release { contact: bea() }, &ctx())).nothing();
    given::<ClaimStream>([]).when(|s| decide(s, ClaimCommand::Release { contact: ana() }, &ctx())).nothing();
}

#[test]
fn a_released_external_id_can_be_claimed_by_another() {
    given::<ClaimStream>([claimed(), ClaimEvent::Released])
        .when(|s| decide(s, ClaimCommand::Claim { contact: bea() }, &ctx()))
        .then([ClaimEvent::Claimed { contact: bea() }]);
}

#[test]
fn the_streams_name_is_the_keyed_hash_in_hex() {
    assert_eq!(ClaimStream::name(BlindIndex([0xab; 16])).as_str(), format!("claim-{}", "ab".repeat(16)));
}
