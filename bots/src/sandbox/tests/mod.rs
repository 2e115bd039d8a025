//! The rooms beside the real adapters: everything crosses a socket, signed, both ways.

mod discord;
mod house;
mod refused;
mod story;
