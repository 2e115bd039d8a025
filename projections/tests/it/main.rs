//! The read models over a whole log.
//!
//! Apart from the folds because what counts is that rows, checkpoints and answers agree with the log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests: clippy lets test functions do so, and these are their helpers"
)]

mod bulk;
mod counts;
mod deliveries;
mod erasure;
mod failures;
mod filters;
mod folds;
mod lists;
mod queries;
mod rebuild;
mod support;
