//! The rules of the settings, as specs.

use super::*;
use crate::link::Channel;
use crate::message::{Template, Words, system_template};
use crate::rejection::Rejection;
use crate::spec::{ctx, given};
use crate::stream::Stream;
use crate::value::{InvalidValue, Locale};

use SettingsEvent::{IssuingStopped, RedeemingStopped, Resumed};

#[test]
fn issuing_and_redeeming_are_stopped_one_without_the_other() {
    given::<SettingsStream>([]).when(|s| decide(s, SettingsCommand::StopIssuing, &ctx())).then([IssuingStopped]);
    given::<SettingsStream>([IssuingStopped])
        .when(|s| decide(s, SettingsCommand::StopRedeeming, &ctx()))
        .then([RedeemingStopped]);
    let state = SettingsStream::evolve(Settings::default(), &IssuingStopped);
    assert_eq!(state, Settings { issuing_stopped: true, ..Settings::default() });
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

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

fn template(text: &str) -> Template {
    Template::parse(Channel::Sms, "", text).unwrap()
}

fn changed(tag: &str, text: Option<&str>) -> SettingsEvent {
    let words = text.map(|text| Words { subject: None, text: text.to_owned() });
    SettingsEvent::TemplateChanged { channel: Channel::Sms, locale: locale(tag), words }
}

fn change(tag: &str, text: &str) -> SettingsCommand {
    SettingsCommand::ChangeTemplate { locale: locale(tag), template: template(text) }
}

fn restore(tag: &str) -> SettingsCommand {
    SettingsCommand::RestoreTemplate { channel: Channel::Sms, locale: locale(tag) }
}

#[test]
fn words_are_changed_for_one_channel_and_locale() {
    given::<SettingsStream>([])
        .when(|s| decide(s, change("pt-br", "Oi {{link}}"), &ctx()))
        .then([changed("pt-BR", Some("Oi {{link}}"))]);
    given::<SettingsStream>([changed("de", Some("A {{link}}"))])
        .when(|s| decide(s, change("de", "B {{link}}"), &ctx()))
        .then([changed("de", Some("B {{link}}"))]);
}

#[test]
fn words_that_are_in_force_already_are_no_change() {
    given::<SettingsStream>([changed("de", Some("A {{link}}"))])
        .when(|s| decide(s, change("DE", "A {{link}}"), &ctx()))
        .nothing();
    let system = system_template(Channel::Sms, &locale("de")).unwrap().words().text.clone();
    given::<SettingsStream>([]).when(|s| decide(s, change("de", &system), &ctx())).nothing();
    given::<SettingsStream>([changed("de", Some("A {{link}}")), changed("de", None)])
        .when(|s| decide(s, restore("de"), &ctx()))
        .nothing();
}

#[test]
fn the_words_that_come_with_magiclink_are_restored() {
    given::<SettingsStream>([changed("de", Some("A {{link}}"))])
        .when(|s| decide(s, restore("DE"), &ctx()))
        .then([changed("de", None)]);
    given::<SettingsStream>([changed("en", Some("A {{link}}"))]).when(|s| decide(s, restore("de"), &ctx())).nothing();
}

#[test]
fn there_are_a_hundred_templates_at_most() {
    let letter = |nth: usize| ('a'..='z').nth(nth % 26).unwrap();
    let tags = || (0..MOST_TEMPLATES).map(|nth| format!("{}{}", letter(nth / 26), letter(nth)));
    let full: Vec<_> = tags().map(|tag| changed(&tag, Some("{{link}}"))).collect();
    let refused = InvalidValue::new("locale", "there are 100 templates already: restore or remove one first");
    given::<SettingsStream>(full.clone())
        .when(|s| decide(s, change("zz", "{{link}}"), &ctx()))
        .refused(Rejection::Invalid(refused));
    given::<SettingsStream>(full.clone())
        .when(|s| decide(s, change("aa", "New {{link}}"), &ctx()))
        .then([changed("aa", Some("New {{link}}"))]);
    given::<SettingsStream>(full.into_iter().skip(1))
        .when(|s| decide(s, change("zz", "{{link}}"), &ctx()))
        .then([changed("zz", Some("{{link}}"))]);
}

#[test]
fn resuming_leaves_the_words_alone() {
    let events = [changed("de", Some("A {{link}}")), IssuingStopped, Resumed];
    let state = events.iter().fold(Settings::default(), SettingsStream::evolve);
    assert!(state.templates.own(Channel::Sms, &locale("de")).is_some());
}
