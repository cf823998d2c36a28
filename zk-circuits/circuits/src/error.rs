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
    #[error("layer {layer}: the gadget covers {lo}..={hi}, but its values lie in {from}..={to}")]
    GadgetRange {
        layer: usize,
        lo: i64,
        hi: i64,
        from: i64,
        to: i64,
    },
    #[error(
        "layer {layer}: its output reaches {worst} for some weights and inputs in range, beyond \
         the {bound} that the circuit counts on"
    )]
    ShapeBound {
        layer: usize,
        bound: i64,
        worst: i64,
    },
    #[error("layer {layer}: its lanes do not hold every output of every batch item exactly once")]
    Lanes { layer: usize },
    #[error("layer {layer}: clamp {lo}..={hi} leaves less than two values")]
    EmptyClamp { layer: usize, lo: i32, hi: i32 },
    #[error("layer {layer}: the look-ups of its {part} do not admit exactly 0..{range}")]
    InexactRange {
        layer: usize,
        part: &'static str,
        range: u64,
    },
    #[error("layer {layer}: a limb is looked up in a table of {table} entries that is not there")]
    MissingTable { layer: usize, table: u64 },
    #[error("layer {layer}: its table of {table} entries does not hold {range} differences")]
    ShortTable {
        layer: usize,
        table: u64,
        range: u64,
    },
    #[error("layer {layer}: its lanes are not those of layer {drain}, where its accumulators end")]
    OtherLanes { layer: usize, drain: usize },
    #[error("layer {layer}: its products are summed in a way that is for other layers")]
    Combine { layer: usize },
    #[error("layer {layer}: its plan is for another layer")]
    OtherLayer { layer: usize },
    #[error(
        "layer {layer}: the sums up to it have more than {max} terms; use smaller windows or a \
         requant layer between them"
    )]
    TooDense { layer: usize, max: u64 },
    #[error("look-up tables must be distinct and ascending, so that each has a sum of its own")]
    TableOrder,
    #[error("layer {layer}: no look-up tables cover its requantisation")]
    NoTables { layer: usize },
    #[error("the circuit would have {columns} variables; the field allows {max}")]
    TooLarge { columns: u128, max: u128 },
    #[error("an output has {expected} elements with its blind, not {found}")]
    OutputElements { found: usize, expected: usize },
    #[error("the network gives no output with these elements")]
    NoOutput,
    #[error("the model is for another network than this circuit")]
    OtherTopology,
    #[error(
        "the circuit is for one model, whose weights are its constants, and this is another; use \
         that model's file, or a key made for this one"
    )]
    OtherModel,
    #[error("the batch has {found} rows; this circuit is for {expected}")]
    Batch { found: usize, expected: usize },
    #[error("the challenge meets a look-up table; commit again with another blind of z")]
    UnluckyChallenge,
}
