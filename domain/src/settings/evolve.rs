//! How events change the settings.

use std::sync::Arc;

use super::event::SettingsEvent;
use super::state::Settings;

pub(super) fn evolve(state: Settings, event: &SettingsEvent) -> Settings {
    match event {
        SettingsEvent::IssuingStopped => Settings { issuing_stopped: true, ..state },
        SettingsEvent::RedeemingStopped => Settings { redeeming_stopped: true, ..state },
        SettingsEvent::Resumed => Settings { issuing_stopped: false, redeeming_stopped: false, ..state },
        SettingsEvent::TemplateChanged { channel, locale, words } => {
            let templates = Arc::unwrap_or_clone(state.templates).with(*channel, locale, words.clone());
            Settings { templates: Arc::new(templates), ..state }
        }
    }
}
