//! The words of a call of `verify`.

use revm::primitives::U256;

/// Modulus of the field of coordinates.
pub const Q: &str = "0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";

/// Words of the calldata that hold one point.
pub struct Region {
    /// The first word.
    pub at: usize,
    /// 2 for a point of G1, 4 for one of G2.
    pub words: usize,
    /// What the contract says of coordinates that are no point.
    pub error: &'static str,
    /// Whether the point may be infinity.
    pub commitment: bool,
}

const fn region(at: usize, words: usize, error: &'static str, commitment: bool) -> Region {
    Region {
        at,
        words,
        error,
        commitment,
    }
}

/// Every point of a call, in the order of the words; genesis, job, batch and provider come before.
pub const REGIONS: [Region; 7] = [
    region(4, 2, "MalformedCw", true),
    region(6, 2, "MalformedCx", true),
    region(8, 2, "MalformedA", false),
    region(10, 4, "MalformedB", false),
    region(14, 2, "MalformedC", false),
    region(16, 2, "MalformedCz", true),
    region(18, 2, "MalformedCy", true),
];

fn bytes(index: usize) -> std::ops::Range<usize> {
    4 + index * 32..4 + (index + 1) * 32
}

/// A word after the selector, counted from 0.
pub fn word(data: &[u8], index: usize) -> U256 {
    U256::from_be_slice(&data[bytes(index)])
}

pub fn set_word(data: &mut [u8], index: usize, value: U256) {
    data[bytes(index)].copy_from_slice(&value.to_be_bytes::<32>());
}
