//! The interfaces over real stores: every answer with its status, headers and body.
//!
//! One binary, so that the house is built once.

#[cfg(test)]
mod access;
#[cfg(test)]
mod account;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod forgery;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod house;
#[cfg(test)]
mod in_app;
#[cfg(test)]
mod inert;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod press;
#[cfg(test)]
mod realms;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sign_in;
