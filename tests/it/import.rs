//! Importing the CRM's export.

use serde_json::{Value, json};

use crate::support::{Place, fixture};

fn import(place: &Place, name: &str, more: &[&str]) -> (Option<i32>, Value) {
    let path = fixture(name);
    let args: Vec<&str> =
        ["import", "contacts", path.to_str().unwrap(), "--json"].iter().chain(more).copied().collect();
    let ran = place.run(&args);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

#[test]
fn the_bad_rows_are_named_and_the_good_ones_go_in() {
    let place = Place::new();
    place.import_offerings();
    let (code, report) = import(&place, "contacts-broken.csv", &[]);
    assert_eq!(code, Some(1));
    assert_eq!(report["added"], 2);
    let refused: Vec<(Value, Value)> =
        report["refused"].as_array().unwrap().iter().map(|row| (row["line"].clone(), row["column"].clone())).collect();
    let expected = [
        (3, json!("Email")),
        (4, json!("Email")),
        (5, json!("Phone")),
        (6, json!("Grants")),
        (7, json!("Contact Id")),
        (9, Value::Null),
        (10, Value::Null),
    ];
    assert_eq!(refused, expected.map(|(line, column)| (json!(line), column)));
    assert_eq!(report["notes"][0]["line"], 8, "a shared address is taken with a note: {report}");
    let (code, again) = import(&place, "contacts-broken.csv", &[]);
    assert_eq!(
        (code, &again["added"], &again["changed"], &again["unchanged"]),
        (Some(1), &json!(0), &json!(0), &json!(2))
    );
}

#[test]
fn each_refused_row_is_one_line_for_people() {
    let place = Place::new();
    place.import_offerings();
    let ran = place.run(&["import", "contacts", fixture("contacts-broken.csv").to_str().unwrap()]);
    let refused: Vec<&str> = ran.out.lines().filter(|line| line.ends_with("(refused)")).collect();
    assert_eq!(refused.len(), 7, "{}", ran.out);
    assert!(refused[0].starts_with("line 3, column Email: "), "{}", refused[0]);
}

#[test]
fn a_dry_run_makes_nothing() {
    let place = Place::new();
    place.import_offerings();
    let (code, report) = import(&place, "contacts-broken.csv", &["--dry-run"]);
    assert_eq!((code, report["refused"].as_array().unwrap().len()), (Some(1), 7));
    assert_eq!(place.json(&["contact", "search", "ana.good@example.com"]), json!({ "items": [] }));
    import(&place, "contacts-broken.csv", &[]);
    let (_, again) = import(&place, "contacts-broken.csv", &["--dry-run"]);
    assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(2)), "it says what the import would do");
}

#[test]
fn a_file_that_can_not_be_used_is_refused_whole() {
    let place = Place::new();
    let sentence = place.run(&["import", "contacts", "missing.csv"]).refused(2);
    assert!(sentence.contains("missing.csv"), "{sentence}");
    let offerings = fixture("offerings.csv");
    let sentence = place.run(&["import", "contacts", offerings.to_str().unwrap()]).refused(2);
    assert!(sentence.contains("no column Contact Id"), "{sentence}");
}

#[test]
fn a_changed_row_changes_details_and_adds_grants_and_removes_none() {
    let place = Place::new();
    place.import_offerings();
    let header = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\n";
    let file = place.path().join("contacts.csv");
    let take = |row: &str| {
        std::fs::write(&file, format!("{header}{row}\n")).unwrap();
        place.json(&["import", "contacts", file.to_str().unwrap()])
    };
    let first = "crm-1,Ana,Lima,ana@example.com,,US,en,alumni,,";
    assert_eq!(take(first)["added"], 1);
    assert_eq!(take("crm-1,Ana,Silva,ana@example.com,,US,en,mindset-reset,,")["changed"], 1);
    let contact = place.json(&["contact", "show", "crm-1"]);
    assert_eq!(contact["name"], "Ana Silva");
    let grants: Vec<_> = contact["grants"].as_array().unwrap().iter().map(|grant| grant["offering"].clone()).collect();
    assert_eq!(grants, [json!("mindset-reset"), json!("alumni")]);
    assert_eq!(take(first)["changed"], 1, "what it was before is a change too");
    assert_eq!(take(first)["unchanged"], 1);
}

#[test]
fn offerings_can_be_imported_again_and_corrected() {
    let place = Place::new();
    place.import_offerings();
    let file = place.path().join("offerings.csv");
    let text = "slug,kind,title,url\nalumni,group,All Alumni,\nalumni,course,Alumni,\nBad Slug,course,X,\nx,club,X,\nx,course,,\ny,course,Y,ftp://y\n";
    std::fs::write(&file, text).unwrap();
    let ran = place.run(&["import", "offerings", file.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, Some(1));
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let refused: Vec<_> = report["refused"].as_array().unwrap().iter().map(|row| row["line"].clone()).collect();
    assert_eq!(refused, [3, 4, 5, 6, 7].map(|line| json!(line)));
    let offerings = place.json(&["offerings"]);
    assert!(offerings["items"].as_array().unwrap().iter().any(|offering| offering["title"] == "All Alumni"));
}
