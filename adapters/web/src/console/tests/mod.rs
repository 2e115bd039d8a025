//! The console through its router, over real stores.

mod auditor;
mod browser;
mod bulk;
mod dashboard;
mod ends;
mod forms;
mod generate;
mod hostile;
mod import;
mod light;
mod lists;
mod live;
mod people;
mod roles;
mod secrets;
mod settings;
mod story;
mod whose;
mod world;
