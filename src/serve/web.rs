//! What the interfaces are given of the open process, and which of their routes its roles serve.

use std::sync::Arc;

use axum::Router;
use magiclink_domain::ports::SmsHooks;
use magiclink_web::http::limits::Limits;
use magiclink_web::{ApiState, Background, BaseUrl, LimitsConfig, WebConfig, WebState};

use super::metrics::Metrics;
use super::readiness;
use super::roles::{Role, Roles};
use crate::config::Config;
use crate::wiring::App;

/// The routes of these roles. Health and metrics answer in every one.
pub(super) fn routes(roles: &Roles, state: &Arc<WebState>) -> Router {
    if roles.include(Role::Web) {
        magiclink_web::router(Arc::clone(state))
    } else {
        magiclink_web::operations_router(Arc::clone(state))
    }
}

pub(super) fn state(
    app: &Arc<App>, base_url: &BaseUrl, sms_hooks: Option<Arc<dyn SmsHooks>>, metrics: Metrics,
) -> WebState {
    let Config { server, portal, limits, .. } = &app.config;
    let limits = LimitsConfig { ip: limits.ip, ip_sign_in: limits.ip_sign_in, token_requests: limits.token_requests };
    WebState {
        use_cases: Arc::clone(&app.use_cases),
        read_models: Arc::clone(&app.read_models),
        limits: Limits::new(&limits),
        config: WebConfig {
            base_url: base_url.clone(),
            portal_name: portal.name.clone(),
            logo: portal.logo.clone(),
            accent: portal.accent.map(|accent| accent.to_string()),
            support_contact: portal.support_contact.clone(),
            time_zone: portal.time_zone,
            locale: portal.locale.to_string(),
            trusted_proxies: server.trusted_proxies.clone(),
            limits,
            ..WebConfig::default()
        },
        background: Background::default(),
        api: ApiState::default(),
        sandbox: app.sandbox.clone().map(|sandbox| sandbox as _),
        sms_hooks,
        metrics: Arc::new(move || metrics.render()),
        readiness: Arc::new(readiness::Ready(Arc::clone(app))),
    }
}
