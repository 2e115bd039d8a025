//! Appends, measured.

fn main() {}
