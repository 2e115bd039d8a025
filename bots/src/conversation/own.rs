//! What a chat user does about themselves: connect, disconnect, and get into the console.
//!
//! Apart from the turns because no contact is concerned.

use magiclink_domain::id::CommandId;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::answer::Answer;
use super::says;
use super::talk::{Asking, Conversation, Turn};

impl Conversation {
    pub(super) async fn connect(&self, turn: &Turn, code: &str) -> Result<Answer, Failure> {
        if code.is_empty() {
            return Ok(says::which_code(&self.page("chat")));
        }
        let command = CommandId::derive(&turn.user.key(), "connect", &turn.key);
        let member = self.use_cases.connect_chat(turn.user.clone(), code, command).await?.value;
        let caller = member.caller(&turn.user, command, false);
        let details = self.use_cases.staff_member(&caller, member.staff).await?.details;
        let name = details.as_ref().and_then(Personal::known).map(|details| details.name.to_string());
        Ok(says::connected(name, member.role.as_str()))
    }

    pub(super) async fn disconnect(&self, turn: &Turn, asking: &Asking) -> Result<Answer, Failure> {
        let chat = self.use_cases.chat_index(&turn.user);
        self.use_cases.disconnect_chat(&asking.caller, chat).await?;
        Ok(says::disconnected())
    }

    pub(super) async fn console(&self, asking: &Asking) -> Result<Answer, Failure> {
        let issued = self.use_cases.issue_own_console_link(&asking.caller).await?.value;
        let url = issued.url.filter(|_| issued.link.status(self.seen().now) == LinkStatus::Live);
        Ok(says::console(url.ok_or(Rejection::LinkNotLive)?))
    }
}
