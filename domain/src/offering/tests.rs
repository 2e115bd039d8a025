//! The offering's rules, as specs.

use super::*;
use crate::rejection::Rejection;
use crate::spec::{ctx, given};
use crate::value::{OfferingUrl, Title};

fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

fn url(text: &str) -> OfferingUrl {
    OfferingUrl::parse(text).unwrap()
}

fn add(kind: OfferingKind, name: &str) -> OfferingCommand {
    OfferingCommand::AddOffering { kind, title: title(name), url: None }
}

fn added() -> OfferingEvent {
    OfferingEvent::OfferingAdded { kind: OfferingKind::Group, title: title("Founders Circle"), url: None }
}

fn changed(name: &str, url: Option<OfferingUrl>) -> OfferingEvent {
    OfferingEvent::OfferingChanged { title: title(name), url }
}

#[test]
fn a_slug_is_taken_once() {
    given::<OfferingStream>([])
        .when(|s| decide(s, add(OfferingKind::Group, "Founders Circle"), &ctx()))
        .then([added()]);
    given::<OfferingStream>([added()])
        .when(|s| decide(s, add(OfferingKind::Group, "Another Circle"), &ctx()))
        .refused(Rejection::SlugTaken);
    given::<OfferingStream>([added()])
        .when(|s| decide(s, add(OfferingKind::Course, "Founders Circle"), &ctx()))
        .refused(Rejection::SlugTaken);
}

#[test]
fn adding_the_very_same_again_is_nothing() {
    given::<OfferingStream>([added()])
        .when(|s| decide(s, add(OfferingKind::Group, "Founders Circle"), &ctx()))
        .nothing();
}

#[test]
fn an_archived_offering_keeps_its_slug_even_against_the_very_same() {
    given::<OfferingStream>([added(), OfferingEvent::OfferingArchived])
        .when(|s| decide(s, add(OfferingKind::Group, "Founders Circle"), &ctx()))
        .refused(Rejection::SlugTaken);
}

#[test]
fn a_change_sets_what_it_names_and_leaves_the_rest() {
    let here = url("https://community.example.com/founders");
    let set_url = OfferingCommand::ChangeOffering { title: None, url: Some(Some(here.clone())) };
    given::<OfferingStream>([added()])
        .when(|s| decide(s, set_url, &ctx()))
        .then([changed("Founders Circle", Some(here.clone()))]);
    let rename = OfferingCommand::ChangeOffering { title: Some(title("Founders")), url: None };
    given::<OfferingStream>([added(), changed("Founders Circle", Some(here.clone()))])
        .when(|s| decide(s, rename, &ctx()))
        .then([changed("Founders", Some(here.clone()))]);
    let remove_url = OfferingCommand::ChangeOffering { title: None, url: Some(None) };
    given::<OfferingStream>([added(), changed("Founders", Some(here))])
        .when(|s| decide(s, remove_url, &ctx()))
        .then([changed("Founders", None)]);
}

#[test]
fn a_change_to_what_is_already_so_is_nothing() {
    let same = OfferingCommand::ChangeOffering { title: Some(title("Founders Circle")), url: Some(None) };
    given::<OfferingStream>([added()]).when(|s| decide(s, same, &ctx())).nothing();
}

#[test]
fn an_archived_offering_can_still_be_corrected_and_stays_archived() {
    let rename = || OfferingCommand::ChangeOffering { title: Some(title("Founders")), url: None };
    let archived = [added(), OfferingEvent::OfferingArchived];
    given::<OfferingStream>(archived.clone()).when(|s| decide(s, rename(), &ctx())).then([changed("Founders", None)]);
    given::<OfferingStream>(archived.into_iter().chain([changed("Founders", None)]))
        .when(|s| decide(s, OfferingCommand::ArchiveOffering, &ctx()))
        .nothing();
}

#[test]
fn archiving_twice_is_nothing() {
    given::<OfferingStream>([added()])
        .when(|s| decide(s, OfferingCommand::ArchiveOffering, &ctx()))
        .then([OfferingEvent::OfferingArchived]);
    given::<OfferingStream>([added(), OfferingEvent::OfferingArchived])
        .when(|s| decide(s, OfferingCommand::ArchiveOffering, &ctx()))
        .nothing();
}

#[test]
fn nothing_can_be_asked_of_an_offering_that_was_never_added() {
    let rename = OfferingCommand::ChangeOffering { title: Some(title("Founders")), url: None };
    for command in [rename, OfferingCommand::ArchiveOffering] {
        given::<OfferingStream>([]).when(|s| decide(s, command, &ctx())).refused(Rejection::OfferingNotFound);
    }
}
