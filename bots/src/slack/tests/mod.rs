//! Slack, met through a stand-in that speaks its protocol and checks every payload against its published limits.

mod commands;
mod edits;
mod forged;
mod limits;
mod pictures;
mod socket;
mod stand_in;
mod vectors;
