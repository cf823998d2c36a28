//! A small circuit with every ingredient, and the attacks on it.

mod batch;
mod encodings;
mod forgeries;
mod keys;
mod stock;
mod toy;
