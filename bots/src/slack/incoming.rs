//! What Slack sends, as far as it is read; fields that are not named here are ignored.

use serde::Deserialize;
use serde_json::Value;

/// A slash command.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Command {
    pub(super) team_id: String,
    pub(super) user_id: String,
    #[serde(default)]
    pub(super) text: String,
    pub(super) response_url: String,
    pub(super) trigger_id: String,
    #[serde(default)]
    pub(super) api_app_id: Option<String>,
}

/// A pressed button, a choice, a dialog, or something typed into a menu.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Interaction {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) user: User,
    #[serde(default)]
    pub(super) team: Option<Team>,
    #[serde(default)]
    pub(super) api_app_id: Option<String>,
    #[serde(default)]
    pub(super) trigger_id: String,
    #[serde(default)]
    pub(super) response_url: Option<String>,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    #[serde(default)]
    pub(super) view: Option<View>,
    /// What was typed into a menu so far.
    #[serde(default)]
    pub(super) value: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) team_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Team {
    pub(super) id: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Action {
    #[serde(default)]
    pub(super) value: Option<String>,
    #[serde(default)]
    pub(super) selected_option: Option<Chosen>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Chosen {
    pub(super) value: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct View {
    pub(super) id: String,
    #[serde(default)]
    pub(super) callback_id: String,
    #[serde(default)]
    pub(super) private_metadata: String,
    #[serde(default)]
    pub(super) state: Value,
}

impl Interaction {
    /// The workspace it comes from.
    pub(super) fn team_id(&self) -> &str {
        let team = self.team.as_ref().map(|team| team.id.as_str());
        team.or(self.user.team_id.as_deref()).unwrap_or_default()
    }

    /// What the pressed button or the choice carries.
    pub(super) fn carried(&self) -> Option<&str> {
        let action = self.actions.first()?;
        let chosen = action.selected_option.as_ref().map(|chosen| chosen.value.as_str());
        chosen.or(action.value.as_deref())
    }
}
