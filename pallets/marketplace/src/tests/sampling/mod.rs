//! Jobs that are proven in a sample of what their provider has committed to.

mod attacks;
mod committing;
mod opening;
mod sequences;
mod submitting;
