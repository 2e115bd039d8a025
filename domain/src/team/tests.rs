//! The team's rules, as specs.
