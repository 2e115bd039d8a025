//! How fast Discord may be called: what its answers said of limits, for each route and for all of them.
//!
//! Apart from the calls because it outlives them: a limit that one call ran into holds for the next.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

/// The wait where Discord asked for one and did not say how long.
const UNSAID: Duration = Duration::from_secs(1);
/// The shortest wait after a refusal.
const SHORTEST: Duration = Duration::from_millis(50);
/// The longest wait that is believed.
const LONGEST: Duration = Duration::from_hours(1);

/// When calls may be made again ("Rate Limits" in Discord's documentation).
#[derive(Default)]
pub(super) struct Pace(Mutex<Waits>);

#[derive(Default)]
struct Waits {
    /// Nothing that the bot's token is needed for goes before.
    all: Option<Instant>,
    routes: HashMap<String, Instant>,
}

impl Pace {
    /// How long a call on this route has to wait. Interactions' own endpoints are outside the limit on everything.
    pub(super) fn wait(&self, route: &str, as_bot: bool, now: Instant) -> Duration {
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = waits.all.filter(|_| as_bot);
        let until = all.max(waits.routes.get(route).copied());
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Notes what an answer says of the calls that are left; answers for how long there are none.
    pub(super) fn note_headers(&self, route: &str, headers: &HeaderMap, now: Instant) -> Option<Duration> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        let reset = number("x-ratelimit-reset-after").or_else(|| number("retry-after")).and_then(seconds);
        if number("x-ratelimit-remaining").is_some_and(|left| left < 1.0) {
            self.hold(route, reset.unwrap_or(UNSAID), now);
        }
        reset
    }

    /// Notes a 429; `told` is what its headers said.
    pub(super) fn note_refusal(&self, route: &str, told: Option<Duration>, body: &Value, now: Instant) {
        let asked = body.get("retry_after").and_then(Value::as_f64).and_then(seconds);
        let wait = asked.or(told).unwrap_or(UNSAID).max(SHORTEST);
        if body.get("global").and_then(Value::as_bool) == Some(true) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).all = Some(now + wait);
        }
        // Said of everything, it holds for this route whoever calls it.
        self.hold(route, wait, now);
    }

    fn hold(&self, route: &str, wait: Duration, now: Instant) {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.routes.retain(|_, until| *until > now);
        waits.routes.insert(route.to_owned(), now + wait);
    }
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_route_without_calls_left_waits_for_its_reset_and_no_other_does() {
        let (pace, now) = (Pace::default(), Instant::now());
        let left = |calls| headers(&[("x-ratelimit-remaining", calls), ("x-ratelimit-reset-after", "1.5")]);
        pace.note_headers("GET /a", &left("1"), now);
        assert_eq!(pace.wait("GET /a", true, now), Duration::ZERO);
        pace.note_headers("GET /a", &left("0"), now);
        let reset = Duration::from_millis(1_500);
        assert_eq!((pace.wait("GET /a", true, now), pace.wait("GET /b", true, now)), (reset, Duration::ZERO));
        assert_eq!(pace.wait("GET /a", true, now + reset), Duration::ZERO);
    }

    #[test]
    fn a_limit_on_everything_holds_for_the_bot_and_not_for_interactions() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.note_refusal("GET /a", None, &json!({ "retry_after": 64.5, "global": true }), now);
        assert_eq!(pace.wait("PUT /b", true, now), Duration::from_millis(64_500));
        assert_eq!(pace.wait("PATCH /webhooks/1/t", false, now), Duration::ZERO);
    }

    #[test]
    fn a_refusal_without_a_time_waits_a_second_and_nonsense_an_hour_at_most() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.note_refusal("GET /a", None, &Value::Null, now);
        pace.note_refusal("GET /b", None, &json!({ "retry_after": 1e12 }), now);
        pace.note_refusal("GET /c", None, &json!({ "retry_after": -1 }), now);
        pace.note_refusal("GET /d", None, &json!({ "retry_after": 0 }), now);
        let waits = ["GET /a", "GET /b", "GET /c", "GET /d"].map(|route| pace.wait(route, true, now));
        assert_eq!(waits, [UNSAID, LONGEST, UNSAID, SHORTEST]);
    }
}
