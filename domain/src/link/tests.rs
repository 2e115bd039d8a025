//! The rules of a link, as specs.
