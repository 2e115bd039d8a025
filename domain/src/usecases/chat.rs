//! Commanding from a chat: connecting a chat user by a one-time code, and who is behind one, asked at every command.

use zeroize::Zeroizing;

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use super::links::Issued;
use crate::actor::Actor;
use crate::authority::{Act, Authority, Role};
use crate::id::{CommandId, StaffId};
use crate::keys::{BlindIndex, Code};
use crate::link::LinkKind;
use crate::ports::{Budget, Limit};
use crate::rejection::Rejection;
use crate::team::{ChatUser, TeamCommand};
use crate::time::{Lifetime, Timestamp};

/// How long a code that connects a chat works.
const CODE_LIVES: Lifetime = Lifetime::from_mins(10);
/// Codes that one chat user may try.
const TRIES: Limit = Limit { most: 5, per: Lifetime::from_mins(10) };
/// Codes that everybody together may try: 40 bits against a thousand guesses an hour.
const ALL_TRIES: Limit = Limit { most: 1_000, per: Lifetime::from_hours(1) };
/// Codes that one staff member may have made.
const CODES: Limit = Limit { most: 10, per: Lifetime::from_mins(10) };

/// A one-time code to be typed in the chat. A secret, shown once.
#[derive(Clone, Debug)]
pub struct ChatCode {
    /// The code.
    pub code: Code,
    /// It does not work from then on.
    pub expires_at: Timestamp,
}

/// The staff member behind a chat user, as the team's stream says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatMember {
    /// Who.
    pub staff: StaffId,
    /// What they may do.
    pub role: Role,
}

impl ChatMember {
    /// This member, asking from a chat under `command`. A chat proves no recent sign-in, whatever the platform did.
    #[must_use]
    pub fn caller(self, user: &ChatUser, command: CommandId, confirmed: bool) -> Caller {
        let never = Some(Timestamp::default());
        Caller {
            actor: Actor::Staff(self.staff),
            origin: user.platform.origin(),
            authority: Authority::Role { role: self.role, signed_in_at: never, confirmed, token: false },
            command,
            correlation: command,
            fingerprint: None,
        }
    }
}

impl UseCases {
    /// A code with which the calling staff member connects a chat; earlier ones of theirs die.
    ///
    /// # Errors
    /// `forbidden` for anybody but staff, `rate_limited`.
    pub async fn make_chat_code(&self, caller: &Caller) -> Result<ChatCode, Failure> {
        caller.may(Act::Read, self.now())?;
        let Actor::Staff(staff) = caller.actor else { return Err(Rejection::Forbidden.into()) };
        self.member_now(staff).await?;
        self.take(&format!("chat-codes-{staff}"), CODES).await?;
        let code = Code::of(&Zeroizing::new(self.ports.ids.secret()));
        let index = self.code_index(&code);
        let expires_at = self.now().plus(CODE_LIVES);
        // The newest is named by its owner, so that an older one opens nothing.
        self.ports.parcels.put(&newest(staff), index.to_string().as_bytes(), expires_at).await?;
        self.ports.parcels.put(&place(index), staff.to_string().as_bytes(), expires_at).await?;
        Ok(ChatCode { code, expires_at })
    }

    /// Connects a chat user with the staff member whose code was typed. The code is used up, and tries are counted
    /// before it is looked at.
    ///
    /// # Errors
    /// `chat_code_invalid` in one way for wrong, used and old ones; `chat_taken`, `too_many_chats`, `rate_limited`.
    pub async fn connect_chat(
        &self, user: ChatUser, code: &str, command: CommandId,
    ) -> Result<Done<ChatMember>, Failure> {
        let chat = self.chat_index(&user);
        self.take(&format!("chat-tries-{chat}"), TRIES).await?;
        self.take("chat-tries", ALL_TRIES).await?;
        let staff = self.owner_of_code(code).await?.ok_or(Rejection::ChatCodeInvalid)?;
        let role = self.member_now(staff).await.map_err(|_| Rejection::ChatCodeInvalid)?.role;
        let member = ChatMember { staff, role };
        let caller = member.caller(&user, command, false);
        let done = self.team_command(&caller, Some(staff), TeamCommand::ConnectChat { staff, user, chat }).await?;
        Ok(done.map(|_| member))
    }

    /// Ends a chat connection: one's own, or, by owners, anybody's. Idempotent.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`.
    pub async fn disconnect_chat(&self, caller: &Caller, chat: BlindIndex) -> Result<Done<()>, Failure> {
        let team = self.team_now().await?;
        let Some(connection) = team.chats.get(&chat) else { return Ok(Done { value: (), position: None }) };
        if caller.actor != Actor::Staff(connection.staff) {
            caller.may(Act::ManageStaff, self.now())?;
        }
        let command = TeamCommand::DisconnectChat { chat };
        Ok(self.team_command(caller, Some(connection.staff), command).await?.map(drop))
    }

    /// The staff member behind a chat user; `None` for strangers, and from the moment they were disconnected or removed.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read: callers fail closed.
    pub async fn chat_member(&self, user: &ChatUser) -> Result<Option<ChatMember>, Failure> {
        let chat = self.chat_index(user);
        Ok(self.team_now().await?.by_chat(chat).map(|(staff, member)| ChatMember { staff, role: member.role }))
    }

    /// The keyed hash of a chat user.
    #[must_use]
    pub fn chat_index(&self, user: &ChatUser) -> BlindIndex {
        self.ports.keys.keyring().blind_index("chat", &user.key())
    }

    /// A staff member's own way into the console, asked for in a chat and shown in the answer.
    ///
    /// # Errors
    /// `reveal_forbidden` where nothing is shown in chats, `forbidden`, `rate_limited`.
    pub async fn issue_own_console_link(&self, caller: &Caller) -> Result<Done<Issued>, Failure> {
        caller.may(Act::Read, self.now())?;
        let Actor::Staff(staff) = caller.actor else { return Err(Rejection::Forbidden.into()) };
        self.member_now(staff).await?;
        if caller.origin.is_chat() && !self.policy.reveal_in_chat {
            return Err(Rejection::RevealForbidden.into());
        }
        self.take(&format!("console-links-{staff}"), CODES).await?;
        let issue = self.staff_issue(staff, LinkKind::SelfService, None);
        let done = self.make_link(caller, crate::link::Issue { revealed: true, ..issue }).await?;
        let (url, code) = self.secrets(done.value.id, &done.value.link).ok_or(Rejection::LinkNotLive)?;
        Ok(done.map(|issued| Issued { url: Some(url), code: Some(code), ..issued }))
    }

    /// Whose code this is; it is gone afterwards.
    async fn owner_of_code(&self, code: &str) -> Result<Option<StaffId>, Failure> {
        let Ok(code) = Code::parse(code) else { return Ok(None) };
        let (index, now) = (self.code_index(&code), self.now());
        let Some(owner) = self.ports.parcels.take(&place(index), now).await? else { return Ok(None) };
        let Some(staff) = std::str::from_utf8(&owner).ok().and_then(|id| id.parse::<StaffId>().ok()) else {
            return Ok(None);
        };
        let newest = self.ports.parcels.take(&newest(staff), now).await?;
        Ok((newest.as_deref() == Some(index.to_string().as_bytes())).then_some(staff))
    }

    fn code_index(&self, code: &Code) -> BlindIndex {
        self.ports.keys.keyring().blind_index("chat-code", &code.expose())
    }

    async fn take(&self, key: &str, limit: Limit) -> Result<(), Failure> {
        match self.ports.budgets.take(key, &[limit], self.now()).await? {
            Budget::Taken => Ok(()),
            Budget::Exhausted { retry_after } => Err(Rejection::RateLimited(retry_after).into()),
        }
    }
}

fn place(code: BlindIndex) -> String {
    format!("chat-code/{code}")
}

fn newest(staff: StaffId) -> String {
    format!("chat-code-of/{staff}")
}
