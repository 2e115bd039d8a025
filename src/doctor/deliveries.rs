//! Deliveries that want somebody's attention: held up, in doubt, failed.
//!
//! Apart from the providers because a provider that answers now may have held up many before.

use std::collections::BTreeMap;

use magiclink_domain::link::Channel;
use magiclink_domain::ports::Clock as _;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_projections::{ChannelGlance, glance_at_deliveries};
use magiclink_store::SystemClock;

use super::Finding;
use crate::folder::DataFolder;

/// What was asked for longer ago is no news any more.
const NEWS: Lifetime = Lifetime::from_days(2);
/// What waits for longer is held up.
const HELD_UP: Lifetime = Lifetime::from_mins(5);

/// What the read models know of deliveries.
pub(super) async fn look(folder: &DataFolder) -> Vec<Finding> {
    let path = folder.read_models();
    if !path.exists() {
        return vec![];
    }
    let now = SystemClock.now();
    match glance_at_deliveries(&path, now.minus(NEWS)).await {
        Ok(channels) => findings(&channels, now),
        // An older version's file is made anew at the next start.
        Err(_) => vec![Finding::mind("deliveries", "they can't be looked at before `magiclink serve` has run")],
    }
}

fn findings(channels: &BTreeMap<Channel, ChannelGlance>, now: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<Finding> = channels.iter().flat_map(|(channel, glance)| of(*channel, glance, now)).collect();
    if findings.is_empty() {
        findings.push(Finding::good("deliveries", "none is held up, in doubt or failed in the last two days"));
    }
    findings
}

fn of(channel: Channel, glance: &ChannelGlance, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![];
    if let Some(queue) = glance.queue.filter(|queue| now >= queue.oldest.plus(HELD_UP)) {
        let minutes = now.since(queue.oldest).secs() / 60;
        let why = match &glance.put_off {
            Some((code, words)) => format!("{words} ({code}); they are tried again by themselves"),
            None => "make sure that `magiclink serve` runs, with this channel's provider configured".to_owned(),
        };
        let words = format!("{} wait over {channel}, the oldest for {minutes} minutes: {why}", queue.length);
        findings.push(Finding::bad("deliveries", words));
    }
    if glance.maybe_sent > 0 {
        findings.push(Finding::mind(
            "deliveries",
            format!(
                "{} over {channel} may not have been sent: look with `magiclink deliveries list --state maybe_sent`, then run \
                 `magiclink deliveries retry --maybe-sent`",
                glance.maybe_sent
            ),
        ));
    }
    if glance.failed > 0 {
        let words = format!("{} over {channel} failed: see `magiclink deliveries list --state failed`", glance.failed);
        findings.push(Finding::mind("deliveries", words));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use magiclink_projections::Queue;

    const NOW: Timestamp = Timestamp::from_micros(1_777_636_800_000_000);

    fn told(glance: ChannelGlance) -> Vec<(&'static str, String)> {
        let findings = findings(&BTreeMap::from([(Channel::Sms, glance)]), NOW);
        findings.into_iter().map(|finding| (finding.verdict.as_str(), finding.words)).collect()
    }

    fn waiting(minutes: u64) -> ChannelGlance {
        let queue = Queue { length: 3, oldest: NOW.minus(Lifetime::from_mins(minutes)) };
        ChannelGlance { queue: Some(queue), ..ChannelGlance::default() }
    }

    #[test]
    fn what_waits_for_five_minutes_is_held_up_and_says_why() {
        assert_eq!(told(waiting(4))[0].0, Verdict::Good.as_str());
        let (verdict, words) = &told(waiting(5))[0];
        assert_eq!(*verdict, "BAD");
        assert!(words.starts_with("3 wait over sms, the oldest for 5 minutes") && words.contains("magiclink serve"));
        let put_off = Some(("503".to_owned(), "the provider is down".to_owned()));
        let (_, words) = &told(ChannelGlance { put_off, ..waiting(60) })[0];
        assert!(words.contains("the provider is down (503)"), "{words}");
    }

    #[test]
    fn what_is_in_doubt_or_failed_names_the_command() {
        let told = told(ChannelGlance { maybe_sent: 2, failed: 1, ..ChannelGlance::default() });
        assert_eq!(told.iter().map(|(verdict, _)| *verdict).collect::<Vec<_>>(), ["mind", "mind"]);
        assert!(told[0].1.contains("deliveries retry --maybe-sent") && told[1].1.contains("--state failed"));
    }
}
