//! Jobs whose provider commits to all results, of which a sample is proven, or what is challenged.

mod attacks;
mod challenges;
mod committing;
mod largest;
mod opening;
mod sequences;
mod submitting;
