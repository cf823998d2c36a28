//! A small circuit with every ingredient, and the attacks on it.

mod bases;
mod batch;
mod ceremony;
mod differential;
mod encodings;
mod forgeries;
mod keys;
mod opening;
mod security;
mod stock;
mod streamed;
mod structure;
mod toy;
