//! What the form asks for.
//!
//! Apart from the pages because the same fields come by GET to look and by POST to start.

use magiclink_domain::bulk::Segment;
use magiclink_domain::link::Channel;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::BulkRequest;
use magiclink_domain::value::{InvalidValue, Reason, Slug, Tag};

use crate::console::contacts::filled;
use crate::http::form::Fields;

/// Reads the form.
pub(super) fn read(fields: &Fields) -> Result<BulkRequest, InvalidValue> {
    let who = fields.text("who");
    let of = InvalidValue { field: "of", reason: "that is no bulk send: start from its page" };
    let mut segment = Segment { offering: filled(fields.text("offering"), Slug::parse)?, ..Segment::default() };
    match who {
        "unused" => segment.unused = true,
        "unused_of" => segment.unused_of = Some(fields.text("of").parse().map_err(|_| of)?),
        "all" => {}
        _ => segment.never_signed_in = true,
    }
    let lifetime = match fields.text("lifetime") {
        "" => None,
        text => {
            let reason = "a lifetime is a number and a unit such as 24h or 7d";
            Some(text.trim().parse::<Lifetime>().map_err(|_| InvalidValue { field: "lifetime", reason })?)
        }
    };
    Ok(BulkRequest {
        segment,
        tag: filled(fields.text("tag"), Tag::parse)?,
        channels: channels(fields.text("send")),
        lifetime,
        reason: Reason::parse(fields.text("reason"))?,
    })
}

/// `email,sms`: the first comes first.
fn channels(text: &str) -> Vec<Channel> {
    text.split(',').filter_map(Channel::from_word).collect()
}

/// The ways of sending that the configured channels allow: value and label.
pub(super) fn ways(configured: &[Channel]) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("email,sms", "E-mail; SMS for those without an address"),
        ("sms,email", "SMS; e-mail for those without a number"),
        ("email", "E-mail only"),
        ("sms", "SMS only"),
    ];
    all.into_iter().filter(|(way, _)| channels(way).iter().all(|channel| configured.contains(channel))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_empty_form_means_who_never_signed_in() {
        let request = read(&fields(&[])).unwrap();
        assert!(request.segment.never_signed_in && request.channels.is_empty() && request.tag.is_none());
    }

    #[test]
    fn the_order_of_channels_is_kept() {
        let request = read(&fields(&[("send", "sms,email"), ("who", "all"), ("tag", " VIP ")])).unwrap();
        assert_eq!(request.channels, [Channel::Sms, Channel::Email]);
        assert!(!request.segment.never_signed_in && request.tag.unwrap().as_str() == "VIP");
    }

    #[test]
    fn nonsense_names_its_field() {
        for (name, value) in [("offering", "A B"), ("tag", "a;b"), ("lifetime", "long")] {
            let refused = read(&fields(&[(name, value)])).unwrap_err();
            assert!(refused.field == name || refused.field == "slug", "{name}");
        }
        assert_eq!(read(&fields(&[("who", "unused_of"), ("of", "x")])).unwrap_err().field, "of");
    }

    #[test]
    fn only_configured_channels_are_offered() {
        let values = |configured: &[Channel]| ways(configured).into_iter().map(|(way, _)| way).collect::<Vec<_>>();
        assert_eq!(values(&[Channel::Email]), ["email"]);
        assert_eq!(values(&[Channel::Sms, Channel::Email]), ["email,sms", "sms,email", "email", "sms"]);
        assert!(values(&[]).is_empty());
    }
}
