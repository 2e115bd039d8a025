//! A staff member's browser: signed in by link, and what pages link to.

use super::client::{Answer, Connection, request};

/// Opens a one-time console link and presses its button; answers the cookies that the browser holds then.
pub async fn sign_in(host: &str, url: &str) -> String {
    let path = &url[url.find("/console/m/").expect("a console link")..];
    let mut connection = Connection::open(host).await.expect("a connection");
    let page = connection.send(&request("GET", path, host, &[], "")).await.expect("the link's page");
    let tag = page.body.split(r#"name="form" value=""#).nth(1).and_then(|rest| rest.split('"').next());
    let origin = format!("http://{host}");
    let nonce = cookies(&page);
    let headers = [
        ("Cookie", nonce.as_str()),
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let body = format!("form={}", tag.expect("a form tag"));
    let pressed = connection.send(&request("POST", path, host, &headers, &body)).await.expect("an answer");
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    [cookies(&pressed), nonce].iter().filter(|cookies| !cookies.is_empty()).cloned().collect::<Vec<_>>().join("; ")
}

fn cookies(answer: &Answer) -> String {
    let set = answer.head.lines().filter_map(|line| line.split_once(": "));
    let set = set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.filter_map(|(_, cookie)| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// Every page of the console that can be reached from `/console` by links, one for each shape of address.
pub async fn reachable(host: &str, cookies: &str) -> Vec<String> {
    let mut connection = Connection::open(host).await.expect("a connection");
    let mut found = vec!["/console".to_owned()];
    let mut looked = 0;
    while let Some(path) = found.get(looked).cloned() {
        looked += 1;
        let page = connection.send(&request("GET", &path, host, &[("Cookie", cookies)], "")).await.expect("a page");
        for link in page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let link = link.split('#').next().unwrap_or_default().replace("&amp;", "&");
            let page = link.starts_with("/console") && !link.contains(".csv") && !link.contains("done=");
            if page && !found.iter().any(|known| shape(known) == shape(&link)) {
                found.push(link);
            }
        }
    }
    found
}

/// The address without ids and without what is asked for.
pub fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let parts = path.split('/').map(|part| if id(part) { "{id}" } else { part });
    let mut asked: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    asked.sort_unstable();
    format!("{}?{}", parts.collect::<Vec<_>>().join("/"), asked.join("&"))
}
