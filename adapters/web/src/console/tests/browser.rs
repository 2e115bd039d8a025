//! A browser without script: keeps cookies, fills in the forms of the page it was shown.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

pub(super) struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A posted form as our own page makes it.
pub(super) type Pairs = Vec<(String, String)>;

impl Browser {
    pub(super) fn new(router: Router, nonce: &[u8]) -> Self {
        let mut bits = [0; 16];
        bits[16 - nonce.len().min(16)..].copy_from_slice(&nonce[..nonce.len().min(16)]);
        let nonce = data_encoding::BASE64URL_NOPAD.encode(&bits);
        Self { router, cookies: [("magiclink_nonce".to_owned(), nonce)].into() }
    }

    /// The same browser before other routes.
    pub(super) fn moved(self, router: Router) -> Self {
        Self { router, ..self }
    }

    pub(super) fn nonce(&self) -> String {
        self.cookies["magiclink_nonce"].clone()
    }

    pub(super) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::builder().method(Method::GET).uri(path), Body::empty()).await
    }

    /// Posts these pairs as a page of ours would.
    pub(super) async fn post(&mut self, path: &str, pairs: &[(String, String)]) -> Answer {
        self.post_with(path, pairs, &[("sec-fetch-site", "same-origin")]).await
    }

    pub(super) async fn post_with(
        &mut self, path: &str, pairs: &[(String, String)], headers: &[(&str, &str)],
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), Body::from(body)).await
    }

    /// Fills in the page's form that posts to `action`, and sends it; a page that says where to go next is followed.
    pub(super) async fn fill(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = filled(page, action, fields);
        let answer = self.post(action, &pairs).await;
        match answer.location() {
            Some(next) => self.get(&next).await,
            None => answer,
        }
    }

    /// Sends the page's form that posts to `action` with a file.
    pub(super) async fn upload(&mut self, page: &Answer, action: &str, (name, bytes): (&str, &[u8])) -> Answer {
        let form = page.between(&format!("<form method=\"post\" action=\"{action}\" enctype"), "</form>");
        let mut pairs: Pairs = vec![];
        for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            pairs.push((name.to_owned(), rest.split_once('"').unwrap().0.to_owned()));
        }
        let sent = self.post_file(action, &pairs, (name, bytes), &[("sec-fetch-site", "same-origin")]).await;
        match sent.location() {
            Some(next) => self.get(&next).await,
            None => sent,
        }
    }

    pub(super) async fn post_file(
        &mut self, path: &str, pairs: &[(String, String)], (name, bytes): (&str, &[u8]), headers: &[(&str, &str)],
    ) -> Answer {
        let mut body = vec![];
        for (field, value) in pairs {
            let part = format!("--line\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--line\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--line--\r\n");
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_LENGTH, body.len());
        self.ask(request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=line"), Body::from(body)).await
    }

    async fn ask(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for set in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap_or_default();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.keep(name, value);
            }
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Answer {
    /// Where the browser is sent.
    pub(super) fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned())
    }

    /// The text between two marks, for values that a page shows.
    pub(super) fn between(&self, before: &str, after: &str) -> String {
        let (_, rest) = self.body.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {}", self.body));
        unescaped(rest.split_once(after).unwrap().0)
    }
}

/// The hidden fields of the form that posts to `action`, with these typed in.
pub(super) fn filled(page: &Answer, action: &str, fields: &[(&str, &str)]) -> Pairs {
    let form = page.between(&format!("<form method=\"post\" action=\"{action}\">"), "</form>");
    let mut pairs: Pairs = vec![];
    for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        pairs.push((name.to_owned(), rest.split_once('"').unwrap().0.to_owned()));
    }
    pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    pairs
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
