//! Anything that could happen to claims, numbers, offerings and the settings.

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::Arbitrary;
use super::value::contact;
use crate::claim::{ClaimEvent, ClaimStream};
use crate::link::Channel;
use crate::message::Words;
use crate::number::{NumberEvent, NumberStream};
use crate::offering::{OfferingEvent, OfferingKind, OfferingStream};
use crate::settings::{SettingsEvent, SettingsStream};
use crate::value::{Locale, OfferingUrl, Title};

impl Arbitrary for ClaimStream {
    fn any_event() -> BoxedStrategy<ClaimEvent> {
        prop_oneof![contact().prop_map(|contact| ClaimEvent::Claimed { contact }), Just(ClaimEvent::Released)].boxed()
    }
}

impl Arbitrary for NumberStream {
    fn any_event() -> BoxedStrategy<NumberEvent> {
        prop_oneof![Just(NumberEvent::SmsOptedOut), Just(NumberEvent::SmsOptedIn)].boxed()
    }
}

impl Arbitrary for OfferingStream {
    fn any_event() -> BoxedStrategy<OfferingEvent> {
        let title = || "\\PC{1,10}".prop_map(Title::stored);
        let url = || of("https://[a-z]{1,5}\\.example".prop_map(OfferingUrl::stored));
        prop_oneof![
            (select(&OfferingKind::ALL[..]), title(), url())
                .prop_map(|(kind, title, url)| OfferingEvent::OfferingAdded { kind, title, url }),
            (title(), url()).prop_map(|(title, url)| OfferingEvent::OfferingChanged { title, url }),
            Just(OfferingEvent::OfferingArchived),
        ]
        .boxed()
    }
}

impl Arbitrary for SettingsStream {
    fn any_event() -> BoxedStrategy<SettingsEvent> {
        let switch = vec![SettingsEvent::IssuingStopped, SettingsEvent::RedeemingStopped, SettingsEvent::Resumed];
        let words = (of("\\PC{0,10}"), "(\\PC|[{}\\n]){0,20}").prop_map(|(subject, text)| Words { subject, text });
        let locale = select(vec!["en", "de", "pt-BR"]).prop_map(|tag| Locale::stored(tag.to_owned()));
        let changed = (select(Channel::ALL), locale, of(words))
            .prop_map(|(channel, locale, words)| SettingsEvent::TemplateChanged { channel, locale, words });
        prop_oneof![select(switch), changed].boxed()
    }
}
