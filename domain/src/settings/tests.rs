//! The rules of the settings, as specs.

use super::*;
use crate::spec::{ctx, given};
use crate::stream::Stream;

use SettingsEvent::{IssuingStopped, RedeemingStopped, Resumed};

#[test]
fn issuing_and_redeeming_are_stopped_one_without_the_other() {
    given::<SettingsStream>([]).when(|s| decide(s, SettingsCommand::StopIssuing, &ctx())).then([IssuingStopped]);
    given::<SettingsStream>([IssuingStopped])
        .when(|s| decide(s, SettingsCommand::StopRedeeming, &ctx()))
        .then([RedeemingStopped]);
    let state = SettingsStream::evolve(Settings::default(), &IssuingStopped);
    assert_eq!(state, Settings { issuing_stopped: true, redeeming_stopped: false });
}

#[test]
fn stopping_what_is_stopped_is_nothing() {
    given::<SettingsStream>([IssuingStopped]).when(|s| decide(s, SettingsCommand::StopIssuing, &ctx())).nothing();
    given::<SettingsStream>([RedeemingStopped]).when(|s| decide(s, SettingsCommand::StopRedeeming, &ctx())).nothing();
}

#[test]
fn resuming_lets_both_go_on_and_is_nothing_where_nothing_is_stopped() {
    given::<SettingsStream>([]).when(|s| decide(s, SettingsCommand::Resume, &ctx())).nothing();
    for stopped in [vec![IssuingStopped], vec![RedeemingStopped], vec![IssuingStopped, RedeemingStopped]] {
        given::<SettingsStream>(stopped).when(|s| decide(s, SettingsCommand::Resume, &ctx())).then([Resumed]);
    }
    given::<SettingsStream>([IssuingStopped, RedeemingStopped, Resumed])
        .when(|s| decide(s, SettingsCommand::Resume, &ctx()))
        .nothing();
}
