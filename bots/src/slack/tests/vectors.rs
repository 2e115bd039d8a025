//! Signatures that Slack's own SDK made, with its verdicts.

use serde_json::Value;

use crate::slack::signature::is_genuine;

#[test]
fn every_verdict_is_that_of_slacks_own_sdk() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/slack-signatures.json")).unwrap();
    let secrets = [vectors["signing_secret"].as_str().unwrap().to_owned()];
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 36);
    for case in cases {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let now = case["now"].as_i64().unwrap();
        let ours = is_genuine(&secrets, text("timestamp"), text("signature"), text("body").as_bytes(), now);
        assert_eq!(ours, case["valid"].as_bool().unwrap(), "{case}");
    }
}

#[test]
fn without_a_secret_nothing_is_genuine() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/slack-signatures.json")).unwrap();
    let case = &vectors["cases"][0];
    let text = |key: &str| case[key].as_str().unwrap();
    let now = case["now"].as_i64().unwrap();
    for secrets in [vec![], vec![String::new()], vec!["another".to_owned()]] {
        assert!(!is_genuine(&secrets, text("timestamp"), text("signature"), text("body").as_bytes(), now));
    }
    let two = ["another".to_owned(), vectors["signing_secret"].as_str().unwrap().to_owned()];
    assert!(is_genuine(&two, text("timestamp"), text("signature"), text("body").as_bytes(), now), "while one rotates");
}
