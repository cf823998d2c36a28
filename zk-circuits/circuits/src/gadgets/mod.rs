//! What each kind of layer adds to a circuit: its rows, and the values of its variables.

pub(crate) mod baked;
pub(crate) mod maxpool;
pub(crate) mod product;
pub(crate) mod requant;
