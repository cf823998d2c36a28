//! Tests by subject; `attacks` has what somebody would try.

mod attacks;
mod emergency;
mod properties;
mod proposals;
mod purchases;
mod record;
mod roles;
mod votes;
