//! The executor: one process beside a provider's node that gathers a job's blobs, computes the
//! network on Burn, proves every batch and keeps the results until the node has submitted them.
//!
//! ```text
//! POST /v1/jobs ─► queue (durable) ─► gather blobs ─► check keys, model, input ─► run ─► prove
//! ```
//!
//! Beside jobs it answers capacity windows ([`capacity`]), on the same devices, and measures peers'
//! lines ([`bandwidth`]).
//!
//! A job is in [`queue`] before it is acknowledged and a batch's proof before it is shown, so the
//! process may be killed at any point: the next start takes up where it was.

pub mod addresses;
pub mod api;
pub mod artifacts;
pub mod bandwidth;
pub mod blobs;
pub mod capacity;
pub mod config;
pub mod device;
pub mod documents;
mod evict;
pub mod fetch;
pub mod ingest;
pub mod jobs;
pub mod metrics;
pub mod network_burn;
pub mod openapi;
mod openings;
pub mod probe;
mod proving;
pub mod queue;
mod rooted;
pub mod server;
pub mod service;
pub mod spec;
pub mod token;
mod worker;

pub use config::{Config, FetchLimits, JobLimits};
pub use service::{install_crypto, start, Running};
