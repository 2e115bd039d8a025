//! The policies as tasks: woken when the log goes on, and now and then for what time alone brings.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::policies::{BulkSend, CloseTheDoor, Deliver, Notify};
use magiclink_domain::ports::Sender;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{Changes, Watched};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::deliveries::{Work, Worker};
use crate::wiring::App;

/// How long a policy rests at most: deliveries that are to be tried again come due by themselves.
const REST: Duration = Duration::from_secs(2);
/// How long it rests at least, so that a busy log does not make it run for every event.
const PAUSE: Duration = Duration::from_millis(20);

/// Deliveries of one bulk send that wait for their provider at most.
const BULK_QUEUED: usize = 100;

/// Starts all of them.
pub(super) fn spawn(tasks: &TaskTracker, app: &Arc<App>, senders: Vec<Arc<dyn Sender>>, stop: &CancellationToken) {
    let look_up_after = app.config.twilio.look_up_after;
    let changes = |of| app.read_models.changes(of);
    let notify = Arc::new(Notify::new(Arc::clone(&app.use_cases), senders.clone()));
    let deliver = Arc::new(Deliver::new(Arc::clone(&app.use_cases), senders, look_up_after));
    let work = Work { deliver, notify };
    for (channel, pace) in work.deliver.channels() {
        tasks.spawn(Worker::new(work.clone(), channel, pace).run(Arc::clone(app), stop.clone()));
    }
    tasks.spawn(keep_running("notices that nobody can send", changes(&[Watched::Notices]), stop.clone(), move || {
        let notify = Arc::clone(&work.notify);
        async move { notify.settle_unsendable().await }
    }));
    let bulk = Arc::new(BulkSend::new(Arc::clone(&app.use_cases), BULK_QUEUED));
    tasks.spawn(keep_running(
        "send in bulk",
        changes(&[Watched::BulkSends, Watched::Deliveries]),
        stop.clone(),
        move || {
            let bulk = Arc::clone(&bulk);
            async move { bulk.run().await }
        },
    ));
    let close = Arc::new(CloseTheDoor::new(Arc::clone(&app.use_cases)));
    tasks.spawn(keep_running(
        "close the door",
        changes(&[Watched::Contacts, Watched::Team]),
        stop.clone(),
        move || {
            let close = Arc::clone(&close);
            async move { close.run().await }
        },
    ));
}

/// Runs a policy whenever its work may have come up. A run that was begun is finished before a stop.
async fn keep_running<F>(name: &'static str, mut changes: Changes, stop: CancellationToken, run: impl Fn() -> F + Send)
where
    F: Future<Output = Result<usize, Failure>> + Send,
{
    loop {
        changes.mark();
        let again = match run().await {
            Ok(0) => false,
            Ok(_) => true,
            Err(failure) => {
                tracing::warn!(policy = name, error = &failure as &dyn std::error::Error, "trying again");
                false
            }
        };
        let rest = async {
            tokio::time::sleep(PAUSE).await;
            if !again {
                changes.next(REST).await;
            }
        };
        if stop.run_until_cancelled(rest).await.is_none() {
            return;
        }
    }
}
