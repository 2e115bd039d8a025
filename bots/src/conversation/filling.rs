//! What came in fields, from a dialog or from a command with options, as the same thing that could have been typed. Pure,
//! but for the places that are offered while somebody types.
//!
//! Apart from parsing because a field says what it holds: only what is in it is read forgivingly.

use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::team::ChatUser;
use magiclink_domain::usecases::Failure;
use magiclink_projections::normalised;

use super::answer::{Answer, Filled};
use super::parse::{Ask, Wish, channel_named, lifetime_named};
use super::says;
use super::talk::Conversation;
use super::turns::Suggestion;

impl Filled {
    /// What is asked for; `Err` says which field can't be understood.
    pub(super) fn ask(&self) -> Result<Ask, Answer> {
        let more = self.wish()?;
        Ok(match self.who() {
            Ask::Make(wish) => Ask::Make(Wish {
                who: wish.who,
                channels: wish.channels.union(&more.channels).copied().collect(),
                lifetime: more.lifetime.or(wish.lifetime),
                destination: more.destination.or(wish.destination),
                reason: more.reason.or(wish.reason),
            }),
            Ask::Dialog if self.says_more() => Ask::Make(more),
            other @ (Ask::Dialog
            | Ask::Help
            | Ask::Connect(_)
            | Ask::Disconnect
            | Ask::Console
            | Ask::Status(_)
            | Ask::Revoke(_)
            | Ask::Add(_)) => other,
        })
    }

    /// Whom, or what else was typed where the contact belongs.
    fn who(&self) -> Ask {
        match self.contact.trim().parse::<ContactId>() {
            Ok(contact) => Ask::Make(Wish { who: contact.to_string(), ..Wish::default() }),
            Err(_) => Ask::parse(&self.contact),
        }
    }

    fn wish(&self) -> Result<Wish, Answer> {
        let lifetime = match self.lifetime.trim() {
            "" | "default" => None,
            text => Some(lifetime_named(text).ok_or_else(|| says::which_lifetime(text))?),
        };
        let mut wish = Wish { lifetime, ..Wish::default() };
        let words = self.channels.iter().flat_map(|text| text.split([' ', ',', '+', '&']));
        for word in words.map(str::to_lowercase).filter(|word| !is_no_channel(word)) {
            let channel = Channel::from_word(&word).or_else(|| channel_named(&word));
            wish.channels.insert(channel.ok_or_else(|| says::which_channel(&word))?);
        }
        wish.destination =
            Some(self.destination.trim().to_owned()).filter(|place| !place.is_empty() && place != "home");
        wish.reason = Some(self.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        Ok(wish)
    }

    fn says_more(&self) -> bool {
        let fields = [&self.destination, &self.lifetime, &self.reason];
        fields.into_iter().chain(&self.channels).any(|field| !field.trim().is_empty())
    }
}

/// Words of a channel's field that name none: the link is shown, or nothing is said.
fn is_no_channel(word: &str) -> bool {
    matches!(word, "" | "show" | "me" | "the" | "link" | "send" | "by" | "and")
}

impl Conversation {
    /// What could be typed behind the command, having begun so: contacts, behind a verb as well; none for strangers.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn complete(&self, user: &ChatUser, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Failure> {
        let (verb, who) = match typed.trim_start().split_once(' ') {
            Some((verb, who)) if ["status", "revoke"].contains(&verb.to_lowercase().as_str()) => {
                (format!("{} ", verb.to_lowercase()), who)
            }
            Some(_) | None => (String::new(), typed),
        };
        let found = self.suggest(user, who.trim(), limit).await?;
        let whole = |one: Suggestion| Suggestion {
            id: format!("{verb}{}", one.id),
            label: format!("{verb}{}", one.label),
            detail: one.detail,
        };
        Ok(found.into_iter().map(whole).collect())
    }

    /// Where a link could lead, having begun so: the portal, courses and groups; nothing for strangers.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn places(&self, user: &ChatUser, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Failure> {
        if self.use_cases.chat_member(user).await?.is_none() {
            return Ok(vec![]);
        }
        let wanted = normalised(typed);
        let home = Suggestion { id: "home".to_owned(), label: "The portal".to_owned(), detail: String::new() };
        let offerings = self.read_models.offerings().await?;
        let open = offerings.into_iter().filter(|offering| offering.archived_at.is_none()).map(|offering| Suggestion {
            id: offering.slug.to_string(),
            label: offering.title.to_string(),
            detail: String::new(),
        });
        let fits = |one: &Suggestion| normalised(&one.label).contains(&wanted) || one.id.contains(typed.trim());
        Ok(std::iter::once(home).chain(open).filter(fits).take(limit).collect())
    }
}

#[cfg(test)]
mod tests {
    use magiclink_domain::id::CommandId;
    use magiclink_domain::time::Lifetime;

    use super::*;

    fn filled(contact: &str) -> Filled {
        Filled { contact: contact.to_owned(), ..Filled::default() }
    }

    #[test]
    fn a_contacts_field_takes_whatever_is_typed_behind_the_command() {
        for text in ["", "ana", "ana lima sms 7d", "status ana", "connect AAAA-AAAA", "help", "add Bo bo@example.com"] {
            assert_eq!(filled(text).ask(), Ok(Ask::parse(text)), "{text}");
        }
        let id = CommandId::derive("staff", "discord", "1").contact().to_string();
        assert_eq!(filled(&id).ask(), Ok(Ask::Make(Wish { who: id, ..Wish::default() })));
    }

    #[test]
    fn what_a_field_says_is_taken_before_what_is_typed_beside_it() {
        let all = Filled {
            contact: "ana email 1h to moon because x".into(),
            destination: "founders-circle".into(),
            lifetime: "2 weeks".into(),
            channels: vec!["SMS".into()],
            reason: " of the move ".into(),
        };
        let wish = Wish {
            who: "ana".into(),
            channels: [Channel::Sms, Channel::Email].into(),
            lifetime: Some(Lifetime::from_days(14)),
            destination: Some("founders-circle".into()),
            reason: Some("of the move".into()),
        };
        assert_eq!(all.ask(), Ok(Ask::Make(wish)));
    }

    #[test]
    fn fields_without_a_contact_ask_for_one() {
        let only = Filled { lifetime: "7d".into(), ..Filled::default() };
        let wish = Wish { lifetime: Some(Lifetime::WELCOME), ..Wish::default() };
        assert_eq!(only.ask(), Ok(Ask::Make(wish)));
        assert_eq!(Filled { channels: vec![" ".into()], ..Filled::default() }.ask(), Ok(Ask::Dialog));
    }

    #[test]
    fn channels_are_read_as_people_write_them() {
        for (text, channels) in [
            ("", vec![]),
            ("show me the link", vec![]),
            ("Send SMS", vec![Channel::Sms]),
            ("Send e-mail", vec![Channel::Email]),
            ("sms, email", vec![Channel::Sms, Channel::Email]),
            ("text and mail", vec![Channel::Sms, Channel::Email]),
        ] {
            let Ok(Ask::Make(wish)) = (Filled { channels: vec![text.into()], ..filled("ana") }).ask() else { panic!() };
            assert_eq!(wish.channels, channels.into_iter().collect(), "{text}");
        }
    }

    #[test]
    fn what_a_field_does_not_mean_is_said_and_never_ignored() {
        for wrong in [
            Filled { lifetime: "soon".into(), ..filled("ana") },
            Filled { lifetime: "7d or so".into(), ..filled("ana") },
            Filled { lifetime: "-1d".into(), ..filled("ana") },
            Filled { channels: vec!["pigeon".into()], ..filled("ana") },
        ] {
            let answer = wrong.ask().unwrap_err();
            assert!(!answer.lines.is_empty() && answer.follows.is_none(), "{answer:?}");
        }
    }
}
