//! Signatures that `PyNaCl` made by Discord's documented method, with its verdicts.

use serde_json::Value;

use crate::discord::PublicKey;
use crate::discord::signature::{is_genuine, is_signed};

fn vectors() -> (PublicKey, Vec<Value>) {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/discord-signatures.json")).unwrap();
    (vectors["public_key"].as_str().unwrap().parse().unwrap(), vectors["cases"].as_array().unwrap().clone())
}

#[test]
fn every_verdict_is_that_of_an_independent_implementation() {
    let (key, cases) = vectors();
    assert_eq!(cases.len(), 30);
    let mut genuine = 0;
    for case in &cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let ours = is_signed(&[key], text("timestamp"), text("signature"), text("body").as_bytes());
        assert_eq!(ours, case["valid"].as_bool().unwrap(), "{case}");
        genuine += usize::from(ours);
    }
    assert!((1..30).contains(&genuine), "{genuine}: both verdicts are among them");
}

#[test]
fn a_genuine_signature_is_believed_for_five_minutes_either_way() {
    let (key, cases) = vectors();
    for case in cases.iter().filter(|case| case["valid"] == true) {
        let text = |key: &str| case[key].as_str().unwrap();
        let at: i64 = text("timestamp").parse().unwrap();
        for (by, believed) in [(0, true), (300, true), (-300, true), (301, false), (-301, false), (86_400, false)] {
            let ours = is_genuine(
                &[key],
                text("timestamp"),
                text("signature"),
                text("body").as_bytes(),
                at.saturating_add(by),
            );
            assert_eq!(ours, believed, "{by} {case}");
        }
    }
}

#[test]
fn without_a_key_nothing_is_genuine_and_with_two_either_counts() {
    let (key, cases) = vectors();
    let case = cases.iter().find(|case| case["valid"] == true).unwrap();
    let text = |key: &str| case[key].as_str().unwrap();
    let signed = |keys: &[PublicKey]| is_signed(keys, text("timestamp"), text("signature"), text("body").as_bytes());
    let other: PublicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".parse().unwrap();
    assert!(!signed(&[]) && !signed(&[other]));
    assert!(signed(&[key, other]) && signed(&[other, key]), "while one rotates");
}
