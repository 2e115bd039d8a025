//! The policies as tasks: woken when the log goes on, and now and then for what time alone brings.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::log::EventStore;
use magiclink_domain::policies::{CloseTheDoor, Deliver};
use magiclink_domain::usecases::Failure;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::wiring::App;

/// How long a policy rests at most: deliveries that are to be tried again come due by themselves.
const REST: Duration = Duration::from_secs(2);
/// How long it rests at least, so that a busy log does not make it run for every event.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts all of them.
pub(super) fn spawn(tasks: &TaskTracker, app: &Arc<App>, stop: &CancellationToken) {
    let deliver = Arc::new(Deliver::new(Arc::clone(&app.use_cases), app.senders()));
    for channel in deliver.channels().collect::<Vec<_>>() {
        let deliver = Arc::clone(&deliver);
        tasks.spawn(keep_running("deliver", Arc::clone(app), stop.clone(), move || {
            let deliver = Arc::clone(&deliver);
            async move { deliver.run(channel).await }
        }));
    }
    let close = Arc::new(CloseTheDoor::new(Arc::clone(&app.use_cases)));
    tasks.spawn(keep_running("close the door", Arc::clone(app), stop.clone(), move || {
        let close = Arc::clone(&close);
        async move { close.run().await }
    }));
}

/// Runs a policy whenever its work may have come up. A run that was begun is finished before a stop.
async fn keep_running<F>(name: &'static str, app: Arc<App>, stop: CancellationToken, run: impl Fn() -> F + Send)
where
    F: Future<Output = Result<usize, Failure>> + Send,
{
    loop {
        // The work is found in a read model, so what the policy has seen is what that had taken in.
        let seen = app.read_models.position();
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
                app.log.wait_beyond(seen, REST).await;
                // Failing means that they lag: the next round sees more.
                drop(app.read_models.passed(app.log.head().await.unwrap_or_default()).await);
            }
        };
        if stop.run_until_cancelled(rest).await.is_none() {
            return;
        }
    }
}
