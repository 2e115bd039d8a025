//! The API through its router, over real stores.

mod deliveries;
mod document;
mod world;

mod bodies;
mod changes;
mod export;
mod fuzz;
mod hostile;
mod keys;
mod limits;
mod operations;
mod paging;
mod privacy;
mod roles;
mod rules;
mod staff;
mod story;
mod stream;
