//! Several integers in one field element.
//!
//! A packed weight holds `rows` outputs with stride `2^(bits·cols)`, a packed activation `cols`
//! batch items with stride `2^bits`; their product holds `rows·cols` exact integer products, and a
//! sum of products the accumulators, as long as every lane stays inside `(-2^(bits-1), 2^(bits-1))`.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};

/// Bits of a field element that lanes may use; the rest keeps signed sums from wrapping.
pub(crate) const PACKED_BITS: u32 = 252;
const _: () = assert!(PACKED_BITS + 1 < Fr::MODULUS_BIT_SIZE);

/// How one linear layer packs its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lanes {
    /// Bits of a lane.
    pub bits: u32,
    /// Weight rows (outputs) packed into one element.
    pub rows: usize,
    /// Batch items packed into one element.
    pub cols: usize,
    /// Number of elements that the outputs need.
    pub row_groups: usize,
    /// Number of elements that the batch needs; with one, no challenge is needed.
    pub col_groups: usize,
}

impl Lanes {
    /// All ways to pack `outputs × batch` that are not beaten in both directions.
    pub fn candidates(bits: u32, outputs: usize, batch: usize) -> Vec<Lanes> {
        let most = (PACKED_BITS / bits) as usize;
        let mut found: Vec<Lanes> = Vec::new();
        for rows in 1..=most.min(outputs) {
            let row_groups = outputs.div_ceil(rows);
            let col_groups = batch.div_ceil((most / rows).min(batch));
            // The narrowest lanes that need no more elements: packed values stay small.
            let lanes = Lanes {
                bits,
                rows: outputs.div_ceil(row_groups),
                cols: batch.div_ceil(col_groups),
                row_groups,
                col_groups,
            };
            if !found.contains(&lanes) {
                found.push(lanes);
            }
        }
        found
    }

    /// Whether every one of `outputs × batch` values has one lane.
    pub(crate) fn hold(&self, outputs: usize, batch: usize) -> bool {
        self.rows > 0
            && self.cols > 0
            && outputs.div_ceil(self.rows) == self.row_groups
            && batch.div_ceil(self.cols) == self.col_groups
    }

    /// Rows of the group `group`, fewer in the last one.
    pub fn rows_in(&self, group: usize, outputs: usize) -> usize {
        self.rows.min(outputs - group * self.rows)
    }

    /// Batch items of the group `group`, fewer in the last one.
    pub fn cols_in(&self, group: usize, batch: usize) -> usize {
        self.cols.min(batch - group * self.cols)
    }

    /// Weight of lane `(row, col)` in an accumulator.
    pub fn weight(&self, row: usize, col: usize) -> Fr {
        power_of_two(self.bits * (row * self.cols + col) as u32)
    }

    /// `Σ` over the used columns of group `group`: what a bias is multiplied by.
    pub fn ones(&self, group: usize, batch: usize) -> Fr {
        (0..self.cols_in(group, batch))
            .map(|col| self.weight(0, col))
            .sum()
    }
}

/// Where the values of a tensor lie in packed elements.
///
/// Elements are in the order `[group][row group][position][column group]`; value `index` of a batch
/// item is `output · positions + position` with outputs numbered through all groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub lanes: Lanes,
    /// Groups of outputs that never share an element.
    pub groups: usize,
    /// Outputs of one group.
    pub outputs: usize,
    /// Values of one output, each in an element of its own.
    pub positions: usize,
}

/// One packed element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// Over all groups.
    pub row_group: usize,
    pub position: usize,
    pub col_group: usize,
}

impl Grid {
    pub fn row_groups(&self) -> usize {
        self.groups * self.lanes.row_groups
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.row_groups() * self.positions * self.lanes.col_groups
    }

    pub fn elements(self) -> impl Iterator<Item = Element> {
        let cols = self.lanes.col_groups;
        (0..self.len()).map(move |at| Element {
            row_group: at / cols / self.positions,
            position: at / cols % self.positions,
            col_group: at % cols,
        })
    }

    /// Index of an element.
    pub fn at(&self, element: Element) -> usize {
        let row = element.row_group * self.positions + element.position;
        row * self.lanes.col_groups + element.col_group
    }

    pub fn group(&self, element: Element) -> usize {
        element.row_group / self.lanes.row_groups
    }

    /// Outputs, over all groups, of a row group.
    pub fn outputs_of(&self, row_group: usize) -> std::ops::Range<usize> {
        let (group, own) = (
            row_group / self.lanes.row_groups,
            row_group % self.lanes.row_groups,
        );
        let first = group * self.outputs + own * self.lanes.rows;
        first..first + self.lanes.rows_in(own, self.outputs)
    }

    /// Used lanes of an element: weight, batch item, output.
    pub fn lanes_of(
        &self,
        element: Element,
        batch: usize,
    ) -> impl Iterator<Item = (Fr, usize, usize)> + '_ {
        let lanes = self.lanes;
        let outputs = self.outputs_of(element.row_group).enumerate();
        outputs.flat_map(move |(row, output)| {
            (0..lanes.cols_in(element.col_group, batch)).map(move |col| {
                let item = element.col_group * lanes.cols + col;
                (lanes.weight(row, col), item, output)
            })
        })
    }

    /// Index of a value among those of its batch item.
    pub fn index(&self, output: usize, element: Element) -> usize {
        output * self.positions + element.position
    }
}

/// `2^exponent`
pub(crate) fn power_of_two(exponent: u32) -> Fr {
    Fr::from(2u64).pow([u64::from(exponent)])
}

/// A signed integer as a field element.
pub(crate) fn scalar(value: i64) -> Fr {
    let magnitude = Fr::from(value.unsigned_abs());
    if value < 0 {
        -magnitude
    } else {
        magnitude
    }
}

/// Packs by Horner: `Σ values[i] · 2^(bits·i)`.
pub(crate) fn pack(values: impl DoubleEndedIterator<Item = i64>, stride: Fr) -> Fr {
    values
        .rev()
        .fold(Fr::ZERO, |sum, value| sum * stride + scalar(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn candidates_fit_the_field() {
        for bits in [9, 17, 27, 28, 33] {
            for (outputs, batch) in [(1, 1), (10, 3), (128, 63), (7, 255)] {
                let found = Lanes::candidates(bits, outputs, batch);
                assert!(!found.is_empty());
                for lanes in found {
                    assert!(lanes.hold(outputs, batch));
                    assert!(bits * (lanes.rows * lanes.cols) as u32 <= PACKED_BITS);
                    assert!(lanes.rows * lanes.row_groups >= outputs);
                    assert!(lanes.rows * (lanes.row_groups - 1) < outputs);
                    assert!(lanes.cols * lanes.col_groups >= batch);
                    assert!(lanes.cols * (lanes.col_groups - 1) < batch);
                }
            }
        }
    }

    #[test]
    fn small_batches_fit_one_group() {
        let found = Lanes::candidates(27, 128, 3);
        assert!(found.iter().any(|l| l.rows == 3 && l.col_groups == 1));
    }

    proptest! {
        /// Distinct lanes within range never give the same element: signed digits are unique, and
        /// the packed integer is far below the modulus.
        #[test]
        fn packing_is_injective(
            a in prop::collection::vec(-(1i64 << 26) + 1..1 << 26, 9),
            b in prop::collection::vec(-(1i64 << 26) + 1..1 << 26, 9),
        ) {
            let stride = power_of_two(27);
            let of = |v: &[i64]| pack(v.iter().copied(), stride);
            prop_assert_eq!(of(&a) == of(&b), a == b);
        }

        #[test]
        fn products_of_lanes_are_exact(
            w in prop::collection::vec(-128i64..128, 3),
            x in prop::collection::vec(-128i64..256, 3),
        ) {
            let lanes = Lanes { bits: 27, rows: 3, cols: 3, row_groups: 1, col_groups: 1 };
            let packed_w = pack(w.iter().copied(), lanes.weight(1, 0));
            let packed_x = pack(x.iter().copied(), lanes.weight(0, 1));
            let mut sum = Fr::ZERO;
            for (r, w) in w.iter().enumerate() {
                for (c, x) in x.iter().enumerate() {
                    sum += scalar(w * x) * lanes.weight(r, c);
                }
            }
            prop_assert_eq!(packed_w * packed_x, sum);
        }
    }

    #[test]
    fn an_out_of_range_lane_is_a_second_opening() {
        let stride = power_of_two(27);
        let honest = pack([5i64, 7].into_iter(), stride);
        assert_eq!(honest, pack([5 + (1i64 << 27), 6].into_iter(), stride));
    }
}
