//! A browser without a screen: keeps cookies, fills forms as a page made them, sends what browsers send.

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};

/// One browser.
pub struct Browser(Client);

impl Browser {
    pub fn new() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        let client = Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .default_headers(headers)
            .user_agent("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        Self(client.build().unwrap())
    }

    /// Opens a page.
    pub async fn get(&self, url: &str) -> Response {
        self.0.get(url).send().await.unwrap()
    }

    /// Opens a page: its status and text.
    pub async fn page(&self, url: &str) -> (StatusCode, String) {
        let answer = self.get(url).await;
        (answer.status(), answer.text().await.unwrap())
    }

    /// Posts a form, and reads the answer.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> String {
        self.0.post(url).form(fields).send().await.unwrap().text().await.unwrap()
    }

    /// Opens a link's page and presses its button.
    pub async fn press(&self, url: &str) -> Response {
        let (status, page) = self.page(url).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        self.0.post(url).form(&hidden(&page)).send().await.unwrap()
    }
}

/// The hidden fields of a page's forms.
pub fn hidden(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let tags = page.split("<input").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    let tags = tags.filter(|tag| tag.contains("type=\"hidden\""));
    tags.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}
