//! `deliveries`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::card::{DeliveryCard, LinkCard};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_projections::{DeliveryFilter, DeliveryView};
use serde_json::{Value, json};

use super::arguments::{By, DeliveriesCommand, Retry, Which, Word};
use super::caller::Asking;
use super::card;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time;

/// Tried again in one go.
const MOST: usize = 10_000;

pub(super) async fn run(asking: &Asking<'_>, command: DeliveriesCommand) -> Result<Output, CliFailure> {
    match command {
        DeliveriesCommand::List { state, which, limit } => {
            let filter = filter(asking, state, &which)?;
            let found = find(asking, &filter, limit as usize).await?;
            Ok(listed(asking, &found, 0))
        }
        DeliveriesCommand::Retry(Retry { delivery: Some(delivery), .. }) => one(asking, &delivery).await,
        DeliveriesCommand::Retry(Retry { delivery: None, failed, maybe_sent, which }) => {
            let states = [(failed, Word::Failed), (maybe_sent, Word::MaybeSent)];
            let mut stuck = vec![];
            for (_, state) in states.into_iter().filter(|(wanted, _)| *wanted) {
                stuck.extend(find(asking, &filter(asking, Some(state), &which)?, MOST).await?);
            }
            stuck.retain(|(card, delivery)| of(card, *delivery).is_some_and(|delivery| delivery.can_retry));
            several(asking, stuck).await
        }
    }
}

pub(super) const fn channel(by: By) -> Channel {
    match by {
        By::Sms => Channel::Sms,
        By::Email => Channel::Email,
    }
}

fn filter(asking: &Asking<'_>, state: Option<Word>, which: &Which) -> Result<DeliveryFilter, CliFailure> {
    let since = which.since.as_deref().map(|text| asking.time(text)).transpose()?;
    Ok(DeliveryFilter { state: state.map(Word::as_str), channel: which.channel.map(channel), since })
}

/// A delivery, with the card of its link.
type Found = (LinkCard, DeliveryId);

async fn find(asking: &Asking<'_>, filter: &DeliveryFilter, limit: usize) -> Result<Vec<Found>, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    asking.shown(Some(asking.app.head().await?)).await?;
    let rows: Vec<DeliveryView> = asking.app.read_models.deliveries_listed(filter, limit).await?;
    let mut cards: HashMap<LinkId, LinkCard> = HashMap::new();
    let mut found = vec![];
    for row in rows {
        let card = match cards.entry(row.link) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(asking.use_cases().link_card(&asking.caller, row.link).await?),
        };
        found.push((card.clone(), row.id));
    }
    Ok(found)
}

fn of(card: &LinkCard, delivery: DeliveryId) -> Option<&DeliveryCard> {
    card.deliveries.iter().find(|one| one.id == delivery)
}

/// The deliveries with what to do next.
fn listed(asking: &Asking<'_>, found: &[Found], exit: u8) -> Output {
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![["id", "asked for", "by", "to", "state", "words", "next"].map(str::to_owned).to_vec()];
    let mut items = vec![];
    for (card, delivery) in found.iter().filter_map(|(card, id)| Some((card, of(card, *id)?))) {
        rows.push(vec![
            delivery.id.to_string(),
            time::shown(delivery.requested_at, zone),
            delivery.channel.to_string(),
            delivery.to.known().cloned().unwrap_or_default(),
            delivery.state.as_str().to_owned(),
            delivery.words(|at| time::shown(at, zone)),
            card::next_words(card, &delivery.next),
        ]);
        let mut item = card::delivery_json(card, delivery);
        if let Value::Object(fields) = &mut item {
            fields.insert("link_id".to_owned(), json!(card.link.to_string()));
        }
        items.push(item);
    }
    Output { json: json!({ "items": items }), text: table(&rows), exit }
}

async fn one(asking: &Asking<'_>, text: &str) -> Result<Output, CliFailure> {
    let id: DeliveryId = text
        .parse()
        .map_err(|_| CliFailure::usage(format!("{text:?} is no delivery's id: see `magiclink deliveries list`")))?;
    asking.shown(Some(asking.app.head().await?)).await?;
    let row = asking.app.read_models.delivery(id).await?.ok_or(Rejection::DeliveryNotFound)?;
    let done = asking.use_cases().retry_delivery(&asking.caller, row.link, id).await?;
    asking.shown(done.position).await?;
    let card = asking.use_cases().link_card(&asking.caller, row.link).await?;
    Ok(listed(asking, &[(card, id)], 0))
}

async fn several(asking: &Asking<'_>, stuck: Vec<Found>) -> Result<Output, CliFailure> {
    if stuck.is_empty() {
        return Ok(Output::new(json!({ "items": [] }), "nothing is to be tried again\n"));
    }
    if !asking.confirmed() {
        let Output { json, text, .. } = listed(asking, &stuck, 0);
        let count = if stuck.len() == 1 { "1 delivery".to_owned() } else { format!("{} deliveries", stuck.len()) };
        let text = format!("{text}{count} would be tried again: say so with --yes\n");
        return Ok(Output { json, text, exit: 1 });
    }
    let mut again = vec![];
    for (card, id) in stuck {
        let caller = asking.caller.with_command(asking.caller.command.entails(&format!("retry {id}")));
        match asking.use_cases().retry_delivery(&caller, card.link, id).await {
            Ok(done) => asking.shown(done.position).await?,
            // It went on meanwhile.
            Err(failure) if failure.rejection().is_some() => {}
            Err(failure) => return Err(failure.into()),
        }
        again.push((asking.use_cases().link_card(&asking.caller, card.link).await?, id));
    }
    Ok(listed(asking, &again, 0))
}
