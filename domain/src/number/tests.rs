//! The number's rules, as specs.

use super::*;
use crate::spec::{ctx, given};

#[test]
fn a_number_takes_text_messages_until_it_opts_out() {
    given::<NumberStream>([]).when(|s| decide(s, NumberCommand::OptOutOfSms, &ctx())).then([NumberEvent::SmsOptedOut]);
    given::<NumberStream>([]).when(|s| decide(s, NumberCommand::OptInToSms, &ctx())).nothing();
}

#[test]
fn opting_out_twice_is_nothing_and_opting_in_opens_the_number_again() {
    let out = [NumberEvent::SmsOptedOut];
    given::<NumberStream>(out).when(|s| decide(s, NumberCommand::OptOutOfSms, &ctx())).nothing();
    given::<NumberStream>(out).when(|s| decide(s, NumberCommand::OptInToSms, &ctx())).then([NumberEvent::SmsOptedIn]);
    given::<NumberStream>([NumberEvent::SmsOptedOut, NumberEvent::SmsOptedIn])
        .when(|s| decide(s, NumberCommand::OptOutOfSms, &ctx()))
        .then([NumberEvent::SmsOptedOut]);
}

#[test]
fn the_streams_name_is_the_keyed_hash_in_hex() {
    assert_eq!(NumberStream::name(BlindIndex([0x0f; 16])).as_str(), format!("number-{}", "0f".repeat(16)));
}
