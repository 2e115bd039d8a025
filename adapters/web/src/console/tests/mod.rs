//! The console through its router, over real stores.

mod browser;
mod bulk;
mod forms;
mod hostile;
mod live;
mod roles;
mod secrets;
mod settings;
mod story;
mod world;
