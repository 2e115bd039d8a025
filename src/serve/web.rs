//! What the interfaces are given of the open process, and which of their routes its roles serve.

use std::fs;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use magiclink_domain::ports::{SandboxChat, SmsHooks};
use magiclink_web::http::limits::Limits;
use magiclink_web::{ApiState, Background, BaseUrl, Brand, LimitsConfig, Lists, WebConfig, WebState};

use super::metrics::Metrics;
use super::readiness;
use super::roles::{Role, Roles};
use crate::config::{Config, Portal};
use crate::wiring::App;

/// The routes of these roles. Health and metrics answer in every one.
pub(super) fn routes(roles: &Roles, state: &Arc<WebState>) -> Router {
    if roles.include(Role::Web) {
        magiclink_web::router(Arc::clone(state))
    } else {
        magiclink_web::operations_router(Arc::clone(state))
    }
}

/// Accent and logo, as configured. A logo that lies elsewhere is for mail alone: pages load nothing from other places.
fn brand(portal: &Portal) -> anyhow::Result<Brand> {
    let read = |path: &String| fs::read(path).with_context(|| format!("portal.logo {path:?} can't be read"));
    let logo = portal.logo.as_ref().filter(|logo| !logo.contains("://")).map(read).transpose()?;
    let accent = portal.accent.map(|accent| accent.to_string());
    Ok(Brand::new(accent.as_deref(), logo)?)
}

pub(super) fn state(
    app: &Arc<App>, base_url: &BaseUrl, sms_hooks: Option<Arc<dyn SmsHooks>>,
    sandbox_chat: Option<Arc<dyn SandboxChat>>, metrics: Metrics,
) -> anyhow::Result<WebState> {
    let Config { server, portal, limits, .. } = &app.config;
    let limits = LimitsConfig { ip: limits.ip, ip_sign_in: limits.ip_sign_in, token_requests: limits.token_requests };
    Ok(WebState {
        use_cases: Arc::clone(&app.use_cases),
        lists: Lists::new(Arc::clone(&app.read_models)),
        limits: Limits::new(&limits),
        config: WebConfig {
            base_url: base_url.clone(),
            portal_name: portal.name.clone(),
            brand: brand(portal)?,
            logo: portal.logo.clone(),
            support_contact: portal.support_contact.clone(),
            time_zone: portal.time_zone,
            locale: portal.locale.to_string(),
            trusted_proxies: server.trusted_proxies.clone(),
            limits,
            ..WebConfig::default()
        },
        background: Background::default(),
        api: ApiState::default(),
        sandbox: app.stand_ins.messages.clone().map(|sandbox| sandbox as _),
        sandbox_chat,
        sms_hooks,
        metrics: Arc::new(move || metrics.render()),
        readiness: Arc::new(readiness::Ready(Arc::clone(app))),
    })
}
