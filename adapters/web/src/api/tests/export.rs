//! The history as a table, read back the way a spreadsheet does.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn hostile_cells_come_back_harmless_and_whole() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "reason": "=1+1,\"x\"", "deliver": ["email"]})).await.json();
    world.press(link["id"].as_str().unwrap()).await;
    let answer = world.get("/history.csv").await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"history.csv\"");
    let mut table = csv::Reader::from_reader(answer.text.as_bytes());
    insta::assert_debug_snapshot!(table.headers().unwrap().iter().collect::<Vec<_>>(), @r#"
    [
        "at",
        "kind",
        "contact_id",
        "staff_id",
        "link_id",
        "session",
        "actor",
        "origin",
        "reason",
        "ip",
        "user_agent",
        "detail",
    ]
    "#);
    let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().unwrap();
    let list = world.get("/history").await.json();
    assert_eq!(rows.len(), list["items"].as_array().unwrap().len());
    for row in &rows {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{cell:?}");
        }
    }
    let all = answer.text.as_str();
    let column = |kind: &str, column: usize| {
        let row = rows.iter().find(|row| &row[1] == kind).unwrap_or_else(|| panic!("{kind} in {all}"));
        assert!(!row[11].contains("reason") && !row[11].contains("user_agent"), "each in one place: {row:?}");
        row[column].to_owned()
    };
    assert_eq!(column("issued", 8), "'=1+1,\"x\"");
    assert_eq!(
        (column("redeemed", 9), column("redeemed", 10)),
        ("203.0.113.7".to_owned(), "'=Firefox, \"quoted\"".to_owned())
    );
    assert_eq!(column("redeemed", 11), "method: link");
    assert!(all.split("\r\n").count() > rows.len(), "lines end as RFC 4180 says");
}

#[tokio::test]
async fn an_export_has_all_lines_whatever_their_number() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    for _ in 0..130 {
        let link = world.post("/links", json!({"contact": id})).await.json();
        world.post(&format!("/links/{}/revoke", link["id"].as_str().unwrap()), json!({})).await;
    }
    let answer = world.get(&format!("/history.csv?contact={id}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let rows = csv::Reader::from_reader(answer.text.as_bytes()).records().count();
    assert_eq!(rows, 390, "issued, revealed and revoked, 130 times");
    let none = world.get(&format!("/history.csv?contact={id}&until=2020-01-01T00:00:00Z")).await;
    assert_eq!(none.text.lines().count(), 1, "the header alone");
}
