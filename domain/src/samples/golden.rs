//! The golden files: events as the log has held them since their type exists. Written once, read for ever.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use super::{Sampled, Stored, keys, metadata, read, stored};
use crate::bulk::BulkStream;
use crate::claim::ClaimStream;
use crate::contact::ContactStream;
use crate::link::LinkStream;
use crate::number::NumberStream;
use crate::offering::OfferingStream;
use crate::personal::SubjectKeys;
use crate::settings::SettingsStream;
use crate::stream::Stream;
use crate::team::TeamStream;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden")
}

/// What the samples of today would put into golden files, type by type.
fn written_today() -> Vec<Vec<Stored>> {
    let all = [
        stored::<BulkStream>(),
        stored::<ClaimStream>(),
        stored::<ContactStream>(),
        stored::<LinkStream>(),
        stored::<NumberStream>(),
        stored::<OfferingStream>(),
        stored::<SettingsStream>(),
        stored::<TeamStream>(),
        metadata::stored(),
    ];
    let mut all = all.concat();
    all.sort_by(|a, b| a.kind.cmp(&b.kind));
    all.chunk_by(|a, b| a.kind == b.kind).map(<[Stored]>::to_vec).collect()
}

/// Every golden file, by name.
fn files() -> Vec<(String, Vec<Stored>)> {
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
        })
        .collect();
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

fn shown<S: Sampled>(stored: &Stored, keys: &SubjectKeys) -> String
where
    <S as Stream>::Event: Debug,
{
    format!("{:?}", read::<S>(stored, keys))
}

fn meaning(stored: &Stored, keys: &SubjectKeys) -> String {
    match stored.kind.split('.').next().unwrap() {
        "bulk" => shown::<BulkStream>(stored, keys),
        "claim" => shown::<ClaimStream>(stored, keys),
        "contact" => shown::<ContactStream>(stored, keys),
        "link" => shown::<LinkStream>(stored, keys),
        "metadata" => metadata::shown(stored),
        "number" => shown::<NumberStream>(stored, keys),
        "offering" => shown::<OfferingStream>(stored, keys),
        "settings" => shown::<SettingsStream>(stored, keys),
        "team" => shown::<TeamStream>(stored, keys),
        area => panic!("no stream of area {area}"),
    }
}

#[test]
fn every_golden_file_is_read_and_means_what_it_meant() {
    let mut text = String::new();
    for (name, events) in files() {
        assert!(!events.is_empty(), "{name} is empty");
        for stored in events {
            assert_eq!(stored.kind, name);
            writeln!(text, "{name}\n    {}", meaning(&stored, &keys())).unwrap();
        }
    }
    insta::assert_snapshot!("meaning", text);
}

#[test]
fn every_golden_file_is_read_when_all_keys_are_destroyed() {
    for (_, events) in files() {
        for stored in events {
            let text = meaning(&stored, &SubjectKeys::default());
            for personal in
                ["Ana", "Ána", "Olga", "example.com\"", "+1415", "lost", "2001:db8", "Mozilla", "VIP", "Launch"]
            {
                assert!(!text.contains(personal), "{personal} in {text}");
            }
        }
    }
}

#[test]
fn every_stored_type_has_a_golden_file() {
    let names: Vec<_> = files().into_iter().map(|(name, _)| name).collect();
    for events in written_today() {
        let kind = &events[0].kind;
        assert!(names.contains(kind), "{kind} has none: run this crate's tests once with `-- --ignored write_missing`");
    }
}

#[test]
fn every_stored_type_is_described() {
    let page = fs::read_to_string(folder().join("../../docs/events.md")).unwrap();
    for events in written_today() {
        let kind = &events[0].kind;
        assert!(page.contains(&format!("`{kind}`")), "docs/events.md says nothing of {kind}");
    }
}

#[test]
#[ignore = "writes: run by hand when a stored type is new"]
fn write_missing_golden_files() {
    fs::create_dir_all(folder()).unwrap();
    for events in written_today() {
        let path = folder().join(format!("{}.json", events[0].kind));
        // Never over an old one.
        if let Ok(mut file) = fs::File::create_new(path) {
            writeln!(file, "{}", serde_json::to_string_pretty(&events).unwrap()).unwrap();
        }
    }
}
