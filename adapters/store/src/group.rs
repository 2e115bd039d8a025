//! Group commit: a bounded queue before one task that owns a write connection.
//!
//! Apart from the stores because log, vault and state all write this way: what arrives while a commit runs is committed
//! together by the next one.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// How many jobs one commit takes at most.
const MOST_JOBS: usize = 512;

/// What the task does with the jobs it took.
pub(crate) trait Committer: Send + 'static {
    /// One caller's request, with the way to answer it.
    type Job: Send + 'static;

    /// Makes the jobs durable and answers each.
    fn commit(&mut self, jobs: Vec<Self::Job>) -> impl Future<Output = ()> + Send;

    /// Called once, after the last job.
    fn finish(&mut self) -> impl Future<Output = ()> + Send;
}

/// Why a job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The queue is full.
    #[error("too many writes are waiting")]
    Full,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// The way to the writing task.
#[derive(Debug)]
pub(crate) struct Queue<J> {
    jobs: mpsc::Sender<J>,
    task: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl<J: Send + 'static> Queue<J> {
    /// Starts the task.
    pub(crate) fn start<C: Committer<Job = J>>(capacity: usize, committer: C) -> Self {
        let (jobs, waiting) = mpsc::channel(capacity);
        let (close, closing) = oneshot::channel();
        let task = tokio::spawn(run(committer, waiting, closing));
        Self { jobs, task: Mutex::new(Some((close, task))) }
    }

    /// Hands a job to the task, without waiting.
    pub(crate) fn push(&self, job: J) -> Result<(), Refused> {
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refused::Full,
            mpsc::error::TrySendError::Closed(_) => Refused::Closed,
        })
    }

    /// Takes no more jobs, finishes those taken and ends the task.
    pub(crate) async fn close(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((close, task)) = task {
            drop(close);
            if let Err(error) = task.await {
                tracing::error!(%error, "a writing task ended badly");
            }
        }
    }
}

async fn run<C: Committer>(mut committer: C, mut waiting: mpsc::Receiver<C::Job>, mut closing: oneshot::Receiver<()>) {
    loop {
        let mut jobs = Vec::new();
        let taken = tokio::select! {
            taken = waiting.recv_many(&mut jobs, MOST_JOBS) => taken,
            _ = &mut closing, if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
        };
        if taken == 0 {
            break;
        }
        committer.commit(jobs).await;
    }
    committer.finish().await;
}
