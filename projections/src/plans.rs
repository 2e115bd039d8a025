//! What SQLite means to do for the questions behind long lists, asked of an empty file.
//!
//! Apart from the questions because the rule is one for all: nobody looks at every row of a table that grows.

use magiclink_domain::link::{Channel, LinkStatus};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::{dashboard, history, links, offerings};

/// How the question is answered, step by step.
async fn steps(question: &str) -> Vec<String> {
    let mut file = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for projection in crate::models::ALL {
        sqlx::raw_sql(projection.schema()).execute(&mut file).await.unwrap();
    }
    let asked = sqlx::query(AssertSqlSafe(format!("explain query plan {question}")));
    let steps = asked.fetch_all(&mut file).await.unwrap();
    steps.iter().map(|step| step.try_get("detail").unwrap()).collect()
}

/// The question goes into its table by this index alone, wherever it begins.
async fn follows(question: &str, index: &str) {
    let steps = steps(question).await;
    let table = format!("{} ", index.split('_').next().unwrap());
    let harmless = |step: &&String| !step.contains("json_each") && !step.contains("(subquery");
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN ")).filter(harmless).collect();
    assert!(scans.is_empty(), "{scans:?} in {question}");
    let looks: Vec<_> = steps.iter().filter(|step| step.starts_with(&format!("SEARCH {table}"))).collect();
    let by_it = |step: &&String| step.contains(&format!("INDEX {index} ("));
    assert!(looks.iter().any(by_it), "{looks:?} in {question}");
    assert!(looks.iter().all(|step| by_it(step) || step.contains("sqlite_autoindex")), "{looks:?} in {question}");
}

#[tokio::test]
async fn no_list_of_links_looks_at_every_link() {
    for status in [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked] {
        follows(links::everybodys(Some(status), None), "links_by_fate").await;
    }
    follows(links::everybodys(None, None), "links_by_age").await;
}

#[tokio::test]
async fn links_sent_over_a_channel_are_listed_without_the_others() {
    for (channel, index) in [(Channel::Email, "links_emailed"), (Channel::Sms, "links_texted")] {
        let states = [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];
        for status in states.into_iter().map(Some).chain([None]) {
            follows(links::everybodys(status, Some(channel)), index).await;
        }
    }
}

#[tokio::test]
async fn no_filter_of_the_history_looks_at_every_line() {
    follows(history::statement(false, false), "history_by_time").await;
    follows(history::statement(false, true), "history_by_kind").await;
    follows(history::statement(true, false), "history_by_subject").await;
    follows(history::statement(true, true), "history_by_subject").await;
}

#[tokio::test]
async fn deliveries_in_trouble_are_counted_without_the_others() {
    for state in ["failed", "maybe_sent"] {
        let count = format!("select count(*) from deliveries where state = '{state}' and requested_at_us >= ?1");
        follows(&count, &format!("deliveries_{state}")).await;
    }
}

#[tokio::test]
async fn people_of_an_offering_are_counted_in_its_index() {
    let steps = steps(offerings::COUNTED).await;
    let counts = steps.iter().filter(|step| step.contains("USING COVERING INDEX grants_by_offering (offering=?"));
    assert_eq!(counts.count(), 2, "{steps:?}");
}

#[tokio::test]
async fn the_dashboard_counts_in_its_indexes_and_looks_up_no_row() {
    let counts = steps(dashboard::COUNTS).await;
    for index in [
        "portal_members_invited (until_us>?)",
        "signed_in_contacts_by_age (last_us>?)",
        "links_unused (expires_at_us>?)",
    ] {
        let covered = format!("USING COVERING INDEX {index}");
        assert!(counts.iter().any(|step| step.contains(&covered)), "{index} in {counts:?}");
    }
    let by_day = steps(dashboard::BY_DAY).await;
    let stretch = "SEARCH outcomes USING PRIMARY KEY (outcome=? AND quarter_us>? AND quarter_us<?)";
    assert!(by_day.iter().any(|step| step == stretch), "{by_day:?}");
    for steps in [&counts, &by_day] {
        let scans =
            |step: &&String| step.starts_with("SCAN ") && !step.contains("json_each") && !step.contains("VIRTUAL");
        let scans: Vec<_> = steps.iter().filter(scans).filter(|step| *step != "SCAN CONSTANT ROW").collect();
        assert!(scans.is_empty(), "{scans:?}");
    }
}

#[tokio::test]
async fn the_latest_live_links_are_found_among_few() {
    follows(links::LONGEST_LIVE, "links_unused").await;
    let latest = steps(links::LATEST_LIVE).await;
    assert!(latest.iter().any(|step| step.contains("links_by_age")), "{latest:?}");
    assert!(links::LATEST_LIVE.contains("limit 300"), "of these alone it is asked whether they are live");
}

#[tokio::test]
#[should_panic(expected = "SCAN history")]
async fn a_question_that_looks_at_every_row_is_found() {
    follows("select * from history where detail = 'x'", "history_by_time").await;
}
