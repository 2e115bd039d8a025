//! What is stopped or changed, since when and by whom.

use magiclink_domain::actor::Actor;
use magiclink_domain::link::Channel;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::Locale;

use crate::models::ReadModels;
use crate::read::{at, bad, parse, unavailable};

/// The emergency switches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsView {
    /// No links are made: since when, and by whom stopped.
    pub issuing_stopped: Option<(Timestamp, Actor)>,
    /// Nobody signs in by link: since when, and by whom stopped.
    pub redeeming_stopped: Option<(Timestamp, Actor)>,
}

/// Words that somebody changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedTemplate {
    /// Over which channel.
    pub channel: Channel,
    /// For which readers.
    pub locale: Locale,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: Actor,
}

impl ReadModels {
    /// The templates that somebody wrote, by channel and locale.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn changed_templates(&self) -> Result<Vec<ChangedTemplate>, Unavailable> {
        let rows: Vec<(String, String, i64, String)> =
            sqlx::query_as("select channel, locale, changed_us, changed_by from templates order by channel, locale")
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
        let changed = |(channel, locale, changed, by): (String, String, i64, String)| {
            Ok(ChangedTemplate {
                channel: Channel::from_word(&channel).ok_or_else(|| bad("channel"))?,
                locale: Locale::stored(locale),
                changed_at: at(changed),
                changed_by: parse("changed_by", &by)?,
            })
        };
        rows.into_iter().map(changed).collect()
    }

    /// The emergency switches as last projected.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn settings(&self) -> Result<SettingsView, Unavailable> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as("select what, since_us, stopped_by from stops")
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let mut view = SettingsView::default();
        for (what, since, by) in rows {
            let stopped = Some((at(since), parse("stopped_by", &by)?));
            if what == "issuing" {
                view.issuing_stopped = stopped;
            } else {
                view.redeeming_stopped = stopped;
            }
        }
        Ok(view)
    }
}
