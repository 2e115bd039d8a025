//! What is done for each request: acknowledged at once, worked on behind that, answered at its `response_url`.

use std::sync::{Arc, PoisonError};

use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::Lifetime;
use serde_json::{Value, json};

use super::Slack;
use super::api::ApiError;
use super::incoming::{Command, Interaction, View};
use super::modal;
use super::render::{self, option};
use crate::conversation::{Act, Answer, Line, Place, Reply, Secrets, Turn};

/// How long what Slack says of a user is believed.
const BELIEVED: Lifetime = Lifetime::from_mins(5);
/// How long a `response_url` is used: Slack takes posts for thirty minutes.
pub(super) const ADDRESS_LIVES: Lifetime = Lifetime::from_mins(29);
/// Edits that a `response_url` takes after the first post, of five altogether.
const EDITS: u8 = 4;
/// Contacts offered while somebody types.
const MOST_OFFERED: usize = 25;

/// What Slack says of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A full member of the workspace.
    Member,
    /// A guest, a stranger of another workspace, a bot, or somebody deactivated.
    Outsider,
}

impl Slack {
    /// A slash command: acknowledged, and worked on.
    pub(super) fn take_command(self: &Arc<Self>, command: Command) -> Option<Value> {
        let Some(turn) =
            self.turn(&command.team_id, command.api_app_id.as_deref(), &command.user_id, &command.trigger_id)
        else {
            return Some(render::message(&elsewhere(), false));
        };
        let slack = Arc::clone(self);
        self.tasks.spawn(async move {
            let reply = match slack.outsider(&turn).await {
                Some(answer) => Reply::Answer(answer),
                None => slack.talk.typed(&turn, &command.text).await,
            };
            slack.show(&turn, reply, &command.response_url, false, None).await;
        });
        None
    }

    /// A button, a choice, a dialog or something typed into a menu.
    pub(super) async fn take_interaction(self: &Arc<Self>, interaction: Interaction) -> Option<Value> {
        let app = interaction.api_app_id.as_deref();
        let turn = self.turn(interaction.team_id(), app, &interaction.user.id, &interaction.trigger_id)?;
        match interaction.kind.as_str() {
            "block_suggestion" => return Some(self.options(&turn, &interaction.value).await),
            "block_actions" => self.pressed(turn, &interaction),
            "view_submission" => {
                let ours = |view: &View| [modal::CALLBACK, modal::FORM].contains(&view.callback_id.as_str());
                if let Some(view) = interaction.view.filter(ours) {
                    self.submitted(turn, view);
                }
            }
            _ => {}
        }
        None
    }

    /// Who asks; `None` for other workspaces and apps.
    fn turn(&self, team: &str, app: Option<&str>, user: &str, key: &str) -> Option<Turn> {
        let ours = team == self.config.team_id;
        let app = match (&self.config.app_id, app) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (Some(_), None) => false,
            (None, _) => true,
        };
        let user = ChatUser::parse(ChatPlatform::Slack, team, user).ok().filter(|_| ours && app)?;
        Some(Turn { user, key: key.to_owned() })
    }

    fn pressed(self: &Arc<Self>, turn: Turn, interaction: &Interaction) {
        // A button that opens a page tells us so, too.
        let Some(act) = interaction.carried().and_then(Act::decode) else { return };
        let Some(response_url) = interaction.response_url.clone() else { return };
        let slack = Arc::clone(self);
        self.tasks.spawn(async move {
            let shown = slack.shown_before(&turn.user, &act).await;
            let reply = match slack.outsider(&turn).await {
                Some(answer) => Reply::Answer(answer),
                None => slack.talk.pressed(&turn, &act, shown.as_ref()).await,
            };
            slack.show(&turn, reply, &response_url, true, shown).await;
        });
    }

    /// What the message of the act's link shows of it.
    async fn shown_before(&self, user: &ChatUser, act: &Act) -> Option<Secrets> {
        match act {
            Act::Send { link, .. } => self.talk.live(user, *link).await.ok().flatten()?.secrets,
            Act::Make { .. } | Act::Status { .. } | Act::Revoke { .. } | Act::Qr { .. } | Act::Add { .. } => None,
        }
    }

    fn submitted(self: &Arc<Self>, turn: Turn, view: View) {
        let slack = Arc::clone(self);
        self.tasks.spawn(async move {
            let ports = slack.talk.use_cases().ports();
            let (memory, act) = modal::remembered(&view);
            let address = ports.parcels.look(&dialog_key(memory), slack.now()).await.ok().flatten();
            let Some(address) = address.and_then(|address| String::from_utf8(address).ok()) else {
                tracing::warn!("a dialog came back after its address was forgotten");
                return;
            };
            // The view's id is the key: sent twice, it is one command.
            let turn = Turn { key: view.id.clone(), ..turn };
            let reply = match (slack.outsider(&turn).await, act) {
                (Some(answer), _) => Reply::Answer(answer),
                (None, Some(act)) => slack.talk.entered(&turn, &act, &modal::entered(&view)).await,
                (None, None) => slack.talk.submitted(&turn, &modal::filled(&view)).await,
            };
            slack.show(&turn, reply, &address, false, None).await;
        });
    }

    async fn options(&self, turn: &Turn, typed: &str) -> Value {
        let found = if self.outsider(turn).await.is_some() {
            vec![]
        } else {
            self.talk.suggest(&turn.user, typed, MOST_OFFERED).await.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "no contacts could be suggested");
                vec![]
            })
        };
        let options: Vec<Value> = found.iter().map(|one| option(&one.label, &one.detail, &one.id)).collect();
        json!({ "options": options })
    }

    /// Shows a reply, as a new message or in place of one; `before` is what that one showed of its link.
    async fn show(&self, turn: &Turn, reply: Reply, response_url: &str, in_place: bool, before: Option<Secrets>) {
        let shown = match &reply {
            Reply::Answer(answer) => {
                self.go_on(turn, answer, response_url, before).await;
                self.api.respond(response_url, &render::message(answer, in_place)).await
            }
            Reply::Dialog(dialog) => self.open(turn, |memory| modal::view(dialog, memory), response_url).await,
            Reply::Form(form) => self.open(turn, |memory| modal::form(form, memory), response_url).await,
            Reply::Picture(picture) => self.show_picture(turn, picture, response_url).await,
        };
        if let Err(error) = shown {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer could not be shown in slack");
        }
    }

    async fn open(&self, turn: &Turn, modal: impl Fn(&str) -> Value, response_url: &str) -> Result<(), ApiError> {
        let ports = self.talk.use_cases().ports();
        let (memory, until) = (ports.ids.id().simple().to_string(), self.now().plus(ADDRESS_LIVES));
        let kept = ports.parcels.put(&dialog_key(&memory), response_url.as_bytes(), until).await;
        let view = json!({ "trigger_id": turn.key, "view": modal(&memory) });
        let opened = match kept {
            Ok(()) => self.api.call("views.open", &view).await.map(drop),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a dialog's address could not be kept");
                Err(ApiError::Refused("nothing, it was not asked".to_owned()))
            }
        };
        if let Err(error) = opened {
            tracing::warn!(error = &error as &dyn std::error::Error, "a dialog could not be opened in slack");
            let sorry = Answer::of(Line::of("The dialog did not open. Try again, or type ").typed("/magiclink help"));
            return self.api.respond(response_url, &render::message(&sorry, false)).await;
        }
        Ok(())
    }

    /// Goes on telling about the link of an answer. Before the answer is sent, so that none is shown and then forgotten.
    async fn go_on(&self, turn: &Turn, answer: &Answer, response_url: &str, before: Option<Secrets>) {
        let place = Place { address: response_url.to_owned(), until: self.now().plus(ADDRESS_LIVES), edits: EDITS };
        self.telling.begin(turn, answer, place, before).await;
    }

    /// The answer to whoever is no full member of the workspace, as Slack says now; it fails closed.
    async fn outsider(&self, turn: &Turn) -> Option<Answer> {
        match self.standing(&turn.user.user).await {
            Ok(Standing::Member) => None,
            Ok(Standing::Outsider) => {
                Some(Answer::of(Line::of("Guests, bots and members of other workspaces can't use /magiclink here.")))
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "slack did not say who a user is");
                Some(Answer::of(Line::of("Slack did not say who you are, so nothing was done. Try again in a minute.")))
            }
        }
    }

    async fn standing(&self, user: &str) -> Result<Standing, ApiError> {
        let now = self.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(user).copied();
        if let Some((standing, _)) = known.filter(|(_, at)| now < at.plus(BELIEVED)) {
            return Ok(standing);
        }
        let answer = self.api.ask("users.info", &[("user", user)]).await?;
        let field = |name: &str| answer.pointer(&format!("/user/{name}"));
        let flag = |name: &str| field(name).and_then(Value::as_bool).unwrap_or(false);
        let flags = ["deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_invited_user"];
        let same_team = field("team_id").and_then(Value::as_str) == Some(self.config.team_id.as_str());
        let same_user = field("id").and_then(Value::as_str) == Some(user);
        let standing =
            if same_team && same_user && !flags.into_iter().any(flag) { Standing::Member } else { Standing::Outsider };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, at)| now < at.plus(BELIEVED));
        known.insert(user.to_owned(), (standing, now));
        Ok(standing)
    }
}

fn elsewhere() -> Answer {
    Answer::of(Line::of("This workspace is not the one that /magiclink serves: ask your operator."))
}

fn dialog_key(memory: &str) -> String {
    format!("slack-dialog/{memory}")
}
