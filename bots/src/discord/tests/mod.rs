//! Discord, met through a stand-in that signs as it does and checks every payload against its published limits and its own
//! description of its API.

mod calls;
mod commands;
mod connected;
mod description;
mod dialog;
mod edits;
mod forged;
mod forms;
mod gateway;
mod hostile;
mod limits;
mod outsiders;
mod pictures;
mod serenity;
#[allow(dead_code, missing_docs, unreachable_pub, reason = "the tests of the whole product use the rest")]
#[path = "../../../tests/discord/mod.rs"]
mod server;
mod slow;
mod stand_in;
mod vectors;
