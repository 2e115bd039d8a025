//! Messages that tell of a link: how they look now, and which they are.
//!
//! Apart from the turns because most of their edits are nobody's turn.

use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::team::ChatUser;
use magiclink_domain::usecases::{Failure, Issued};

use super::answer::Answer;
use super::cards::{self, LinkFacts, Secrets};
use super::live::Live;
use super::talk::{Asking, Conversation};
use super::text::Line;

impl Conversation {
    /// How a link stands, as facts and as a message; what was shown of it before is shown again while it lives.
    /// `may_see`: the reader may be shown the link.
    ///
    /// # Errors
    /// `not_found`; [`Failure::Unavailable`] when something is out of reach.
    pub async fn link_card(
        &self, link: LinkId, shown: Option<&Secrets>, turn: CommandId, may_see: bool,
    ) -> Result<(LinkFacts, Answer), Failure> {
        let facts = self.facts(link).await?;
        let page = self.page(&format!("links/{link}"));
        let answer = cards::link(&facts, shown, turn, page, may_see, self.seen());
        Ok((facts, answer))
    }

    /// The message that tells of the link, if one does.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it can't be read.
    pub async fn live(&self, user: &ChatUser, link: LinkId) -> Result<Option<Live>, Failure> {
        let ports = self.use_cases.ports();
        let found = ports.parcels.look(&Live::key(user.platform, link), ports.clock.now()).await?;
        Ok(found.and_then(|bytes| Live::decode(&bytes)).filter(|live| live.user == *user))
    }

    /// Remembers the message that tells of a link from now on.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it can't be written.
    pub async fn follow(&self, live: &Live) -> Result<(), Failure> {
        let until = live.place.until.plus(Live::REMEMBERED);
        let key = Live::key(live.user.platform, live.link);
        Ok(self.use_cases.ports().parcels.put(&key, &live.encode(), until).await?)
    }

    /// What an issued link shows to whoever may see it.
    pub(super) async fn issued(&self, asking: &Asking, issued: Issued) -> Result<Answer, Failure> {
        let shown = issued.url.zip(issued.code).map(|(url, code)| Secrets { url, code });
        let (_, mut answer) =
            self.link_card(issued.id, shown.as_ref(), asking.turn(), self.use_cases.may_see(&asking.caller)).await?;
        if shown.is_none() && issued.link.deliveries.is_empty() {
            answer = answer.line(Line::of("Links are not shown here: send it with a button."));
        }
        Ok(answer)
    }
}
