//! Why there is no circuit for a shape, or no assignment for a batch.

use thiserror::Error as ThisError;

#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    #[error(transparent)]
    Network(#[from] swarm_network::Error),
    #[error("batch size {found} is outside 1..={max}")]
    BatchSize { found: usize, max: usize },
    #[error(
        "layer {layer}: accumulators reach {bound} in the gadget, beyond the {limit} that a lane \
         of {bits} bits holds"
    )]
    LaneBound {
        layer: usize,
        bound: i64,
        limit: i64,
        bits: u32,
    },
    #[error(
        "layer {layer}: the gadget covers {lo}..={hi}, but accumulators lie in -{bound}..={bound}"
    )]
    GadgetRange {
        layer: usize,
        lo: i64,
        hi: i64,
        bound: i64,
    },
    #[error("layer {layer}: no look-up tables cover its requantisation")]
    NoTables { layer: usize },
    #[error("the circuit would have {columns} variables; the field allows {max}")]
    TooLarge { columns: u128, max: u128 },
    #[error("the model is for another network than this circuit")]
    OtherTopology,
    #[error("the batch has {found} rows; this circuit is for {expected}")]
    Batch { found: usize, expected: usize },
    #[error("the challenge meets a look-up table; commit again with another blind of z")]
    UnluckyChallenge,
}
