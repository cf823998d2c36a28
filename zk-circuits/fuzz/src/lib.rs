//! Bodies of the fuzz targets; each takes any bytes.

mod bodies;

pub use bodies::*;
