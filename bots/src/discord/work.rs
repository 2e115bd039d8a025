//! What is done for each interaction: answered at once where that is possible, otherwise for now, and then for good.
//!
//! Discord takes a first answer for three seconds, and edits of it for fifteen minutes.

use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::Lifetime;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::incoming::{Interaction, kind};
use super::{Discord, command, modal, render};
use crate::conversation::{Act, Answer, Line, Picture, Place, Reply, Secrets, Suggestion, Turn, too_old};

/// How long a first answer waits for the whole, of Discord's three seconds.
pub(super) const SOON: Duration = Duration::from_millis(1_800);
/// How long an answer is edited: Discord takes that for fifteen minutes.
pub(super) const ADDRESS_LIVES: Lifetime = Lifetime::from_mins(14);
/// Edits of one message: as many as in Slack, so that the conversation is one. Discord would take more.
const EDITS: u8 = 4;
/// How long an interaction's id is remembered: longer than its token lives.
const REMEMBERED: Lifetime = Lifetime::from_mins(20);
/// Suggestions while somebody types.
const MOST_OFFERED: usize = 25;

/// An answer: what is sent at once, and what is done once that was sent.
pub struct Answered {
    /// The body of the HTTP answer, or of the POST to `/interactions/{id}/{token}/callback`.
    pub first: Value,
    /// For [`Discord::carry_on`], when `first` was sent.
    pub then: Then,
}

/// What is done once the first answer was sent.
pub struct Then(Rest);

enum Rest {
    /// Nothing.
    Nothing,
    /// The work goes on; what comes of it takes the place of the answer by this token, which is a secret.
    Work(String, JoinHandle<Done>),
    /// The picture takes the place of the answer by this token.
    Picture(String, Picture),
}

/// What came of it.
struct Done {
    reply: Reply,
    opened_by: String,
}

impl Answered {
    fn only(first: Value) -> Self {
        Self { first, then: Then(Rest::Nothing) }
    }

    fn sorry(answer: &Answer) -> Self {
        Self::only(render::first(answer, false))
    }
}

impl Discord {
    /// What is answered to an interaction, within two seconds; `None` where nothing is, because it came before or is of a
    /// kind that nobody knows.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction) -> Option<Answered> {
        match interaction.kind {
            kind::PING => Some(Answered::only(render::pong())),
            kind::AUTOCOMPLETE => Some(Answered::only(render::suggestions(&self.suggested(&interaction).await))),
            kind::COMMAND | kind::COMPONENT | kind::MODAL => self.acted(interaction).await,
            _ => None,
        }
    }

    /// Does what is left to do, beside the caller.
    pub fn carry_on(self: &Arc<Self>, then: Then) {
        let discord = Arc::clone(self);
        match then.0 {
            Rest::Nothing => {}
            Rest::Work(token, work) => drop(self.tasks.spawn(async move { discord.finish_work(&token, work).await })),
            Rest::Picture(token, picture) => {
                drop(self.tasks.spawn(async move { discord.show_picture(&token, &picture).await }));
            }
        }
    }

    async fn acted(self: &Arc<Self>, interaction: Interaction) -> Option<Answered> {
        let turn = match self.turn(&interaction) {
            Ok(turn) => turn,
            Err(answer) => return Some(Answered::sorry(&answer)),
        };
        match self.is_first(&interaction.id).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(()) => return Some(Answered::sorry(&out_of_order())),
        }
        let (in_place, token) = (answers_in_place(&interaction), interaction.token.clone());
        let discord = Arc::clone(self);
        let mut work = self.tasks.spawn(async move { discord.work(&turn, &interaction).await });
        let done = match self.soon {
            Some(soon) => timeout(soon, &mut work).await.ok(),
            None => None,
        };
        Some(match done {
            Some(Ok(done)) => at_once(done, in_place, token),
            Some(Err(_)) => Answered::sorry(&out_of_order()),
            None => Answered { first: render::later(in_place), then: Then(Rest::Work(token, work)) },
        })
    }

    async fn finish_work(&self, token: &str, work: JoinHandle<Done>) {
        let answer = match work.await {
            Ok(Done { reply: Reply::Answer(answer), .. }) => answer,
            // A dialog opens in a first answer only.
            Ok(Done { reply: Reply::Dialog(_) | Reply::Form(_), .. }) => no_dialog(),
            Ok(Done { reply: Reply::Picture(picture), .. }) => return self.show_picture(token, &picture).await,
            Err(_) => out_of_order(),
        };
        if let Err(error) = self.api.edit_original(token, &render::message(&answer)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer could not be shown in discord");
        }
    }

    /// Who asks; the answer to whoever is not to be answered otherwise.
    fn turn(&self, interaction: &Interaction) -> Result<Turn, Answer> {
        let here = interaction.guild_id.as_deref() == Some(self.config.guild_id.as_str());
        if !here || interaction.application_id != self.config.application_id {
            return Err(elsewhere());
        }
        let user = interaction.person(&self.config.guild_id).ok_or_else(outsider)?;
        let user = ChatUser::parse(ChatPlatform::Discord, &self.config.guild_id, user).map_err(|_| outsider())?;
        Ok(Turn { user, key: interaction.id.clone() })
    }

    /// Whether an interaction comes for the first time.
    async fn is_first(&self, id: &str) -> Result<bool, ()> {
        let (once, now) = (&self.talk.use_cases().ports().once, self.now());
        once.first(&format!("discord-interaction/{id}"), now.plus(REMEMBERED), now).await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "an interaction of discord could not be marked");
        })
    }

    async fn work(&self, turn: &Turn, interaction: &Interaction) -> Done {
        let mut before = None;
        let reply = match interaction.kind {
            kind::COMMAND if interaction.data.name == command::NAME => {
                self.talk.submitted(turn, &command::filled(interaction)).await
            }
            kind::COMPONENT => match Act::decode(interaction.carried()) {
                Some(act) => {
                    before = self.shown_before(&turn.user, &act).await;
                    self.talk.pressed(turn, &act, before.as_ref()).await
                }
                None => Reply::Answer(too_old()),
            },
            kind::MODAL => self.filled_in(turn, interaction).await,
            _ => Reply::Answer(elsewhere()),
        };
        if let Reply::Answer(answer) = &reply {
            self.go_on(turn, answer, &interaction.token, before).await;
        }
        Done { reply, opened_by: interaction.id.clone() }
    }

    /// A dialog or a form came back. Sent twice, it is one command.
    async fn filled_in(&self, turn: &Turn, interaction: &Interaction) -> Reply {
        let reply = match (modal::form_of(interaction), modal::opened_by(interaction)) {
            (Some(act), _) => self.talk.entered(turn, &act, &modal::entered(interaction)).await,
            (None, Some(opened_by)) => {
                let turn = Turn { key: format!("dialog:{opened_by}"), ..turn.clone() };
                self.talk.submitted(&turn, &modal::filled(interaction)).await
            }
            (None, None) => Reply::Answer(too_old()),
        };
        match reply {
            Reply::Dialog(_) | Reply::Form(_) => Reply::Answer(no_dialog()),
            Reply::Answer(_) | Reply::Picture(_) => reply,
        }
    }

    async fn suggested(&self, interaction: &Interaction) -> Vec<Suggestion> {
        let (Ok(turn), Some(typed)) = (self.turn(interaction), interaction.focused()) else { return vec![] };
        let text = typed.value.as_str().unwrap_or_default();
        let looking = async {
            match typed.name.as_str() {
                command::CONTACT => self.talk.complete(&turn.user, text, MOST_OFFERED).await,
                command::TO => self.talk.places(&turn.user, text, MOST_OFFERED).await,
                _ => Ok(vec![]),
            }
        };
        match timeout(SOON, looking).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "nothing could be suggested");
                vec![]
            }
            Err(_) => vec![],
        }
    }

    /// What the message of the act's link shows of it.
    async fn shown_before(&self, user: &ChatUser, act: &Act) -> Option<Secrets> {
        match act {
            Act::Send { link, .. } => self.talk.live(user, *link).await.ok().flatten()?.secrets,
            Act::Make { .. } | Act::Status { .. } | Act::Revoke { .. } | Act::Qr { .. } | Act::Add { .. } => None,
        }
    }

    /// Goes on telling about the link of an answer. Before the answer is sent, so that none is shown and then forgotten.
    async fn go_on(&self, turn: &Turn, answer: &Answer, token: &str, before: Option<Secrets>) {
        let place = Place { address: token.to_owned(), until: self.now().plus(ADDRESS_LIVES), edits: EDITS };
        self.telling.begin(turn, answer, place, before).await;
    }
}

/// Whether the answer takes the place of the message that was pressed in. A picture is a message of its own: edits of the
/// other one leave it alone.
fn answers_in_place(interaction: &Interaction) -> bool {
    let pictures = matches!(Act::decode(interaction.carried()), Some(Act::Qr { .. }));
    interaction.kind == kind::COMPONENT && !pictures
}

fn at_once(done: Done, in_place: bool, token: String) -> Answered {
    match done.reply {
        Reply::Dialog(dialog) => Answered::only(render::dialog(&modal::modal(&dialog, &done.opened_by))),
        Reply::Form(form) => Answered::only(render::dialog(&modal::form(&form))),
        // No first answer takes files: Discord shows that one comes.
        Reply::Picture(picture) => Answered { first: render::later(false), then: Then(Rest::Picture(token, picture)) },
        Reply::Answer(answer) => Answered::only(render::first(&answer, in_place)),
    }
}

fn elsewhere() -> Answer {
    Answer::of(Line::of("/magiclink works in one server alone, and not in direct messages: ask your operator which."))
}

fn outsider() -> Answer {
    Answer::of(Line::of("Guests, bots and who has not accepted the server's rules yet can't use /magiclink here."))
}

fn out_of_order() -> Answer {
    Answer::of(Line::of("Something is out of order at the moment. Type the command again in a minute."))
}

fn no_dialog() -> Answer {
    let line = Line::of("The dialog did not open. Type ").typed("/magiclink").words(" again, or ");
    Answer::of(line.typed("/magiclink help").words("."))
}
