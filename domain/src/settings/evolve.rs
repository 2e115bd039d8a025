//! How events change the settings.

use super::event::SettingsEvent;
use super::state::Settings;

pub(super) fn evolve(state: Settings, event: SettingsEvent) -> Settings {
    match event {
        SettingsEvent::IssuingStopped => Settings { issuing_stopped: true, ..state },
        SettingsEvent::RedeemingStopped => Settings { redeeming_stopped: true, ..state },
        SettingsEvent::Resumed => Settings::default(),
    }
}
