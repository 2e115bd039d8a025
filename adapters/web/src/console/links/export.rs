//! The list of links as a table for spreadsheets, with what the list was asked for.

use axum::extract::{Query, State};
use axum::response::Response;
use futures_util::stream;
use magiclink_domain::authority::Act;
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::personal::Personal;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{DeliveryView, LinkCursor, LinkFilter, LinkView};

use super::list::Asks;
use crate::Web;
use crate::console::csv;
use crate::console::gate::Staff;
use crate::console::people::People;
use crate::console::refused::Refused;

/// Links read at a time.
const CHUNK: usize = 500;

/// Where the export stands.
struct Export {
    web: Web,
    staff: Staff,
    filter: LinkFilter,
    channel: Option<Channel>,
    at: Place,
}

enum Place {
    Head,
    After(Option<LinkCursor>),
    End,
}

const HEAD: [&str; 13] = [
    "made",
    "contact",
    "name",
    "link",
    "destination",
    "state",
    "uses",
    "works until",
    "signed in",
    "deliveries",
    "reason",
    "actor",
    "origin",
];

pub(in crate::console) async fn export(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let filter = asks.filter(&web, &staff).await?;
    let export = Export { web, staff, filter, channel: asks.channel(), at: Place::Head };
    Ok(csv::download("links.csv", stream::try_unfold(export, next_lines)))
}

async fn next_lines(mut export: Export) -> Result<Option<(String, Export)>, Failure> {
    let after = match export.at {
        Place::Head => {
            export.at = Place::After(None);
            return Ok(Some((csv::line(HEAD), export)));
        }
        Place::After(after) => after,
        Place::End => return Ok(None),
    };
    let listed =
        export.staff.lists(&export.web, Act::Read)?.links_sent(export.filter, export.channel, after, CHUNK).await?;
    let contacts = listed.items.iter().filter_map(|view| view.subject.contact()).collect();
    let people = People::of(&export.web, &export.staff, contacts).await?;
    let ids: Vec<_> = listed.items.iter().map(|view| view.id).collect();
    let deliveries = export.staff.lists(&export.web, Act::Read)?.deliveries_of(&ids).await?;
    let lines = listed.items.iter().map(|view| line(&people, view, &deliveries)).collect();
    export.at = listed.next.map_or(Place::End, |next| Place::After(Some(next)));
    Ok(Some((lines, export)))
}

fn line(people: &People, view: &LinkView, deliveries: &[DeliveryView]) -> String {
    let sent = deliveries.iter().filter(|delivery| delivery.link == view.id);
    let sent = sent.map(|delivery| format!("{}: {}", delivery.channel, delivery.state)).collect::<Vec<_>>().join("; ");
    let reason = view.reason.as_ref().and_then(Personal::known).map(ToString::to_string);
    csv::line([
        view.issued_at.to_string(),
        view.subject.contact().map(|contact| contact.to_string()).unwrap_or_default(),
        people.subject(view.subject),
        view.id.to_string(),
        match &view.destination {
            Destination::Home => "home".to_owned(),
            Destination::Offering(slug) => slug.to_string(),
        },
        view.status.as_str().to_owned(),
        format!("{} of {}", view.uses, view.max_uses),
        view.expires_at.to_string(),
        view.redeemed_at.map(|at| at.to_string()).unwrap_or_default(),
        sent,
        reason.unwrap_or_default(),
        view.issued_by.to_string(),
        view.origin.to_string(),
    ])
}
