//! Samples of what can happen to claims, numbers, offerings and the settings: nothing of it is personal.

use super::{ANA, sampled};
use crate::claim::{ClaimEvent, ClaimStream};
use crate::link::Channel;
use crate::message::Words;
use crate::number::{NumberEvent, NumberStream};
use crate::offering::{OfferingEvent, OfferingKind, OfferingStream};
use crate::settings::{SettingsEvent, SettingsStream};
use crate::value::{Locale, OfferingUrl, Title};

sampled! { ClaimStream sealed by ANA, ClaimEvent { Claimed, Released }, claims }
sampled! { NumberStream sealed by ANA, NumberEvent { SmsOptedOut, SmsOptedIn }, numbers }
sampled! {
    OfferingStream sealed by ANA,
    OfferingEvent { OfferingAdded, OfferingChanged, OfferingArchived },
    offerings
}
sampled! {
    SettingsStream sealed by ANA,
    SettingsEvent { IssuingStopped, RedeemingStopped, Resumed, TemplateChanged },
    settings
}

fn claims() -> Vec<ClaimEvent> {
    vec![ClaimEvent::Claimed { contact: ANA }, ClaimEvent::Released]
}

fn numbers() -> Vec<NumberEvent> {
    vec![NumberEvent::SmsOptedOut, NumberEvent::SmsOptedIn]
}

fn offerings() -> Vec<OfferingEvent> {
    let title = || Title::stored("Founder’s Circle".into());
    let url = || Some(OfferingUrl::stored("https://community.example.com/founders?a=1#b".into()));
    vec![
        OfferingEvent::OfferingAdded { kind: OfferingKind::Course, title: title(), url: url() },
        OfferingEvent::OfferingAdded { kind: OfferingKind::Group, title: title(), url: None },
        OfferingEvent::OfferingChanged { title: title(), url: url() },
        OfferingEvent::OfferingChanged { title: title(), url: None },
        OfferingEvent::OfferingArchived,
    ]
}

fn settings() -> Vec<SettingsEvent> {
    let changed = |channel, locale: &str, words| SettingsEvent::TemplateChanged {
        channel,
        locale: Locale::stored(locale.to_owned()),
        words,
    };
    let sms = Words { subject: None, text: "{{portal}}:\n{{link}}".into() };
    let email = Words { subject: Some("Olá {{name}}".into()), text: "Olá {{name}},\n\n{{link}}".into() };
    vec![
        SettingsEvent::IssuingStopped,
        SettingsEvent::RedeemingStopped,
        SettingsEvent::Resumed,
        changed(Channel::Sms, "en", Some(sms)),
        changed(Channel::Email, "pt-BR", Some(email)),
        changed(Channel::Email, "pt-BR", None),
    ]
}
