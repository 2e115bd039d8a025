//! Twilio, as it calls us: signed with the token that both sides know.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use magiclink_delivery::twilio::{
    ApiBase, AuthToken, Credentials, SIGNATURE_HEADER, SmsSender, TwilioConfig, TwilioHooks, sign,
};
use magiclink_domain::ports::{Ids as _, SmsHooks};
use magiclink_store::SystemIds;

use super::{Answer, House};

pub(crate) struct Vendor {
    pub(crate) token: AuthToken,
}

/// One call, and everything that may be changed about it.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) signature: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Vendor {
    /// With a token that was never used before.
    pub(crate) fn new() -> Self {
        Self { token: SystemIds.id().simple().to_string().parse().unwrap() }
    }

    pub(super) fn hooks(&self, base_url: &str) -> Arc<dyn SmsHooks> {
        let config = TwilioConfig {
            account_sid: format!("AC{:032x}", 1).parse().unwrap(),
            credentials: Credentials::AuthToken(self.token.clone()),
            auth_tokens: vec![self.token.clone()],
            sender: SmsSender::From("+15005550006".parse().unwrap()),
            api_base: ApiBase::default(),
            base_url: base_url.to_owned(),
        };
        Arc::new(TwilioHooks::new(&config, None).unwrap())
    }

    /// A form posted to this path of the house, signed.
    pub(crate) fn call(&self, house: &House, path: &str, fields: &[(&str, &str)]) -> Call {
        let base = house.web.config.base_url.as_str();
        let pairs: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signature = sign(&self.token, &format!("{base}{path}"), &pairs);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Call { path: path.to_owned(), body, signature, headers: vec![] }
    }
}

impl Call {
    pub(crate) async fn post(&self, house: &House) -> Answer {
        let mut request = Request::post(&self.path)
            .header(header::HOST, "localhost:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
            .header(header::USER_AGENT, "TwilioProxy/1.1")
            .header(SIGNATURE_HEADER, &self.signature);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let peer: std::net::SocketAddr = "203.0.113.9:4711".parse().unwrap();
        let request = request.extension(axum::extract::ConnectInfo(peer));
        house.send(request.body(Body::from(self.body.clone())).unwrap()).await
    }

    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}
