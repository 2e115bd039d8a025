//! Discord, met through a stand-in that signs as it does and checks every payload against its published limits and its own
//! description of its API.

mod commands;
mod description;
mod dialog;
mod forged;
mod limits;
mod outsiders;
mod serenity;
mod slow;
mod stand_in;
mod vectors;
