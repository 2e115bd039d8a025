//! What stands in the way of a link, each with the ways out of it that are one click away.
//!
//! Apart from the dialog because a remedy is a pure change of what was chosen.

use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;

use crate::http::failure::sentence;
use crate::http::form::Fields;

/// The remedy that acts at once instead of changing a choice.
pub(super) const REVOKE_OLDEST: &str = "revoke-oldest";
/// Offerings suggested at most.
const SUGGESTED: usize = 3;

/// One thing that stands in the way.
pub(super) struct Problem {
    pub(super) words: String,
    pub(super) remedies: Vec<Remedy>,
}

/// One way out.
pub(super) struct Remedy {
    pub(super) label: String,
    pub(super) way: Way,
}

/// How it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The dialog comes again, changed so.
    Fix(String),
    /// On another page.
    Go(String),
}

/// What remedies are chosen from.
pub(super) struct Scene<'a> {
    pub(super) contact: ContactId,
    pub(super) fields: &'a Fields,
    /// Slug and title of what could be granted.
    pub(super) grantable: Vec<(&'a str, &'a str)>,
    /// Channels that could carry it.
    pub(super) reachable: Vec<Channel>,
    /// The longest lifetime, as it is typed.
    pub(super) most: String,
    /// Whether the reader could do that on another page.
    pub(super) may: &'a dyn Fn(Act) -> bool,
}

impl Scene<'_> {
    pub(super) fn problem(&self, rejection: &Rejection) -> Problem {
        Problem { words: sentence(&rejection.to_string()), remedies: self.remedies(rejection) }
    }

    fn remedies(&self, rejection: &Rejection) -> Vec<Remedy> {
        if let Rejection::ChannelNotConfigured(channel) = rejection {
            return self.without(*channel, false);
        }
        match (rejection.code(), rejection.field()) {
            ("contact_not_in_portal", _) => self.grants(),
            ("destination_not_granted", _) => {
                let home = fix("Lead to the portal’s home", "home");
                self.grant_destination().into_iter().chain([home]).collect()
            }
            ("offering_archived" | "offering_not_found", _) => vec![fix("Grant nothing new", "no-grants")],
            ("expires_in_too_long", _) => {
                vec![fix(&format!("Use {}", self.most), &format!("lifetime:{}", self.most))]
            }
            ("too_many_live_links", _) => vec![
                fix("Revoke the oldest", REVOKE_OLDEST),
                go("See them", format!("/console/contacts/{}", self.contact)),
            ],
            ("no_phone", _) => self.without(Channel::Sms, true),
            ("sms_opted_out" | "country_not_allowed" | "number_costs_extra", _) => self.without(Channel::Sms, false),
            ("no_email", _) => self.without(Channel::Email, true),
            ("issuing_stopped", _) if (self.may)(Act::StopAndResume) => {
                vec![go("Resume", "/console#switch".to_owned())]
            }
            ("invalid_field", Some("custom")) => vec![fix("Use 24 hours", "lifetime:day")],
            ("invalid_field", Some("max_uses")) => vec![fix("Let it work once", "uses:1")],
            _ => vec![],
        }
    }

    /// Whatever would let the contact in, what the link shall lead to first.
    fn grants(&self) -> Vec<Remedy> {
        match self.grant_destination() {
            Some(remedy) => vec![remedy],
            None => self.grantable.iter().take(SUGGESTED).map(grant).collect(),
        }
    }

    fn grant_destination(&self) -> Option<Remedy> {
        let chosen = self.fields.text("destination");
        self.grantable.iter().find(|(slug, _)| *slug == chosen).map(grant)
    }

    fn without(&self, channel: Channel, missing: bool) -> Vec<Remedy> {
        let chosen = |other: &Channel| self.fields.all("deliver").any(|word| word == other.as_str());
        let instead = self.reachable.iter().find(|other| **other != channel && !chosen(other));
        let mut remedies: Vec<Remedy> = instead.map(|other| replace(channel, *other)).into_iter().collect();
        let (label, value) = match channel {
            Channel::Sms => ("Don’t send SMS", "without:sms"),
            Channel::Email => ("Don’t send e-mail", "without:email"),
        };
        remedies.push(fix(label, value));
        if missing && (self.may)(Act::ManageContacts) {
            remedies.push(go("Add the address", format!("/console/contacts/{}", self.contact)));
        }
        remedies
    }
}

fn fix(label: &str, value: &str) -> Remedy {
    Remedy { label: label.to_owned(), way: Way::Fix(value.to_owned()) }
}

fn go(label: &str, href: String) -> Remedy {
    Remedy { label: label.to_owned(), way: Way::Go(href) }
}

fn grant((slug, title): &(&str, &str)) -> Remedy {
    fix(&format!("Grant {title}"), &format!("grant:{slug}"))
}

fn replace(channel: Channel, other: Channel) -> Remedy {
    let label = match other {
        Channel::Sms => "Send SMS instead",
        Channel::Email => "Send e-mail instead",
    };
    fix(label, &format!("instead:{}:{}", channel.as_str(), other.as_str()))
}

/// What was chosen, mended; what is no remedy changes nothing.
pub(super) fn apply(fields: &Fields, remedy: &str) -> Fields {
    let mut words = remedy.split(':');
    let (what, first, second) = (words.next(), words.next(), words.next());
    match (what, first, second) {
        (Some("home"), None, None) => set(fields, "destination", "home"),
        (Some("no-grants"), None, None) => drop_all(fields, "grant", None),
        (Some("grant"), Some(slug), None) => add(fields, "grant", slug),
        (Some("uses"), Some(uses), None) => set(fields, "max_uses", uses),
        (Some("lifetime"), Some("day"), None) => set(fields, "lifetime", "day"),
        (Some("lifetime"), Some(span), None) => set(&set(fields, "lifetime", "custom"), "custom", span),
        (Some("without"), Some(channel), None) => drop_all(fields, "deliver", Some(channel)),
        (Some("instead"), Some(channel), Some(other)) => {
            add(&drop_all(fields, "deliver", Some(channel)), "deliver", other)
        }
        _ => fields.clone(),
    }
}

fn owned(pairs: impl Iterator<Item = (String, String)>) -> Fields {
    pairs.collect()
}

fn pairs(fields: &Fields) -> impl Iterator<Item = (String, String)> {
    fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()))
}

fn add(fields: &Fields, name: &str, value: &str) -> Fields {
    owned(pairs(fields).chain([(name.to_owned(), value.to_owned())]))
}

fn set(fields: &Fields, name: &str, value: &str) -> Fields {
    add(&drop_all(fields, name, None), name, value)
}

fn drop_all(fields: &Fields, name: &str, value: Option<&str>) -> Fields {
    owned(pairs(fields).filter(|(known, is)| known != name || value.is_some_and(|value| value != is)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(chosen: &[(&str, &str)]) -> Fields {
        chosen.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn fixes(rejection: &Rejection, chosen: &[(&str, &str)], reachable: &[Channel]) -> Vec<String> {
        let fields = fields(chosen);
        let scene = Scene {
            contact: ContactId::from_uuid(uuid::Uuid::from_u128(1)),
            fields: &fields,
            grantable: vec![("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")],
            reachable: reachable.to_vec(),
            most: "30d".to_owned(),
            may: &|_| true,
        };
        let problem = scene.problem(rejection);
        let value = |remedy: Remedy| match remedy.way {
            Way::Fix(value) => value,
            Way::Go(href) => href.rsplit('/').next().unwrap_or_default().to_owned(),
        };
        problem.remedies.into_iter().map(value).collect()
    }

    #[test]
    fn who_is_not_in_the_portal_is_granted_where_the_link_leads_or_whatever_there_is() {
        let not_in = Rejection::ContactNotInPortal;
        assert_eq!(fixes(&not_in, &[("destination", "c")], &[]), ["grant:c"]);
        assert_eq!(fixes(&not_in, &[("destination", "home")], &[]), ["grant:a", "grant:b", "grant:c"]);
        assert_eq!(fixes(&Rejection::DestinationNotGranted, &[("destination", "c")], &[]), ["grant:c", "home"]);
    }

    #[test]
    fn a_channel_that_cannot_carry_it_is_left_out_or_replaced_by_one_that_can() {
        let sms = [("deliver", "sms")];
        let both = [("deliver", "sms"), ("deliver", "email")];
        let out = &Rejection::SmsOptedOut;
        assert_eq!(fixes(out, &sms, &[Channel::Email]), ["instead:sms:email", "without:sms"]);
        assert_eq!(fixes(out, &sms, &[]), ["without:sms"], "nothing else reaches them");
        assert_eq!(fixes(out, &both, &[Channel::Email]), ["without:sms"], "it is sent by e-mail already");
        let kept: Vec<_> = apply(&fields(&both), "without:sms").all("deliver").map(str::to_owned).collect();
        assert_eq!(kept, ["email"]);
        let replaced = apply(&fields(&sms), "instead:sms:email");
        assert_eq!(replaced.all("deliver").collect::<Vec<_>>(), ["email"]);
    }

    #[test]
    fn every_remedy_changes_what_it_says_and_nothing_else() {
        let chosen =
            [("contact", "1"), ("destination", "b"), ("lifetime", "custom"), ("custom", "90d"), ("max_uses", "99")];
        for (remedy, name, value) in [
            ("home", "destination", "home"),
            ("lifetime:30d", "custom", "30d"),
            ("lifetime:day", "lifetime", "day"),
            ("uses:1", "max_uses", "1"),
            ("grant:a", "grant", "a"),
        ] {
            let mended = apply(&fields(&chosen), remedy);
            assert_eq!(mended.text(name), value, "{remedy}");
            for (other, before) in chosen.iter().filter(|(other, _)| *other != name) {
                assert_eq!(mended.text(other), *before, "{remedy}");
            }
        }
        let before = fields(&chosen);
        for nonsense in ["", "grant", "home:x", "fly", "instead:sms"] {
            assert!(apply(&before, nonsense).pairs().eq(before.pairs()), "{nonsense}");
        }
    }
}
