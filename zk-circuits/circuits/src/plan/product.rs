//! How a linear layer or a convolution is checked.
//!
//! `Y = W·X` is checked as `W·(X·r) = Y·r` with a power of the challenge for each column of `Y`: one
//! for each position of the window and each group of packed batch items. A linear layer has one
//! position. `S_t = Σ_p r_p · x[cell of tap t at position p]`, what `X·r` is for one weight, comes
//! in two ways:
//!
//! - [`Combine::Each`]: term by term, one product for each tap and position.
//! - [`Combine::Shifted`]: as in vCNN (Lee, Ko, Kim, Oh, 2020), convolution is multiplication of
//!   polynomials. Cells carry `rho^l` with `l` their place in the padded channel; the window at
//!   position `p` begins at `e_p`, and tap `t` lies `d_t` after its corner, so `l = e_p + d_t`. With
//!   `r_p = rho^(e_p + D)`, `D` the largest `d_t`, `S_t = rho^(D − d_t) · Σ_p rho^l · x[l]`: one
//!   product for each cell, and one for each tap.
//!
//! Corners of different positions are different cells, so the powers `r_p` are distinct; those of
//! the batch groups are multiples of one beyond the largest.

use super::{Drain, Plan};
use crate::packing::{Grid, Lanes};
use swarm_network::{Weighted, Windows};

/// How the columns of one tap are weighed and summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// There is one position, and nothing to sum.
    One,
    Each,
    Shifted,
    /// Weights are constants: accumulators are sums of the values, wherever they are used.
    Baked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPlan {
    /// Lanes of one group of channels.
    pub lanes: Lanes,
    pub combine: Combine,
}

/// Cells, taps and exponents of a layer with weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub combine: Combine,
    /// Values that meet a weight at all, ascending.
    pub values: Vec<usize>,
    /// Exponent of each value; for [`Combine::Shifted`] only.
    pub exponents: Vec<usize>,
    /// For every weight of a channel, group after group: positions and the value, as an index of
    /// [`Self::values`], that it meets there. These may be many, so they are kept small.
    taps: Vec<Vec<(u32, u32)>>,
    /// Exponent that is left to multiply the sum of each tap by; for [`Combine::Shifted`] only.
    pub shifts: Vec<usize>,
    /// Exponent of each position.
    pub positions: Vec<usize>,
    /// The largest of those.
    largest: usize,
}

impl Geometry {
    pub fn new(weighted: &Weighted, combine: Combine) -> Self {
        let count = weighted.positions();
        let taps = weighted.groups() * weighted.inputs;
        let operand = |tap: usize, position: usize| {
            weighted.operand_of(tap / weighted.inputs, tap % weighted.inputs, position)
        };
        let mut indices: Vec<Option<u32>> = vec![None; weighted.input_len()];
        for tap in 0..taps {
            for value in (0..count).filter_map(|position| operand(tap, position)) {
                indices[value] = Some(0);
            }
        }
        let mut values = Vec::new();
        for (value, index) in indices.iter_mut().enumerate() {
            if let Some(index) = index {
                *index = values.len() as u32;
                values.push(value);
            }
        }
        let met = |tap: usize| {
            let at = |position: usize| {
                let index = indices[operand(tap, position)?];
                Some((position as u32, index?))
            };
            (0..count).filter_map(at).collect()
        };
        let mut geometry = Self {
            combine,
            exponents: Vec::new(),
            shifts: Vec::new(),
            positions: Vec::new(),
            taps: (0..taps).map(met).collect(),
            values,
            largest: 0,
        };
        geometry.set(weighted, combine);
        geometry
    }

    /// Exponents for this way to sum.
    fn set(&mut self, weighted: &Weighted, combine: Combine) {
        self.combine = combine;
        self.exponents.clear();
        self.shifts.clear();
        self.positions = (0..weighted.positions()).collect();
        if let (Combine::Shifted, Some(conv)) = (combine, &weighted.conv) {
            self.shift(&conv.windows);
        }
        self.largest = self.positions.iter().copied().max().unwrap_or(0);
    }

    /// Number of weights of a channel, over all groups.
    pub fn tap_count(&self) -> usize {
        self.taps.len()
    }

    /// Positions and values, as indices of [`Self::values`], that one weight meets.
    pub fn met(&self, tap: usize) -> impl ExactSizeIterator<Item = (usize, usize)> + '_ {
        let met = self.taps[tap].iter();
        met.map(|(position, value)| (*position as usize, *value as usize))
    }

    fn shift(&mut self, windows: &Windows) {
        let width = windows.padded_width();
        let [top, left, ..] = windows.window.padding;
        let place = |[row, col]: [usize; 2]| row * width + col;
        let kernel = windows.window.kernel;
        let last = place([kernel[0] - 1, kernel[1] - 1]);
        self.exponents = self
            .values
            .iter()
            .map(|value| {
                let cell = value % windows.cells();
                let [row, col] = [cell / windows.input[1], cell % windows.input[1]];
                place([row + top, col + left])
            })
            .collect();
        self.shifts = (0..self.taps.len())
            .map(|tap| {
                let tap = tap % windows.taps();
                last - place([tap / kernel[1], tap % kernel[1]])
            })
            .collect();
        self.positions = (0..windows.positions())
            .map(|position| place(windows.corner(position)) + last)
            .collect();
    }

    /// Powers of the challenge for the groups of batch items are multiples of this.
    pub fn base(&self) -> usize {
        self.largest + 1
    }

    /// Largest power of the challenge that is needed by itself.
    pub fn max_power(&self, col_groups: usize) -> usize {
        match (self.base(), col_groups) {
            (1, groups) => groups - 1,
            (_, 1) => self.largest,
            (base, _) => base,
        }
    }

    /// Positions that need a product on the side of the accumulators.
    pub fn weighed_positions(&self) -> usize {
        self.positions.iter().filter(|e| **e > 0).count()
    }

    /// Variables for cells times powers.
    pub fn powered(&self) -> usize {
        self.exponents.iter().filter(|e| **e > 0).count()
    }

    /// Variables for the sums of one tap.
    pub fn tap_sums(&self, tap: usize) -> usize {
        let mut met = self.met(tap);
        match self.combine {
            Combine::One | Combine::Baked => 0,
            Combine::Each => met.filter(|(p, _)| *p > 0).count(),
            Combine::Shifted => usize::from(met.next().is_some()),
        }
    }

    /// Products, and variables, for the sums of all taps.
    fn combined(&self) -> usize {
        let taps = (0..self.taps.len()).map(|tap| self.tap_sums(tap));
        taps.sum::<usize>() + self.powered()
    }

    /// Running sums of one row group's accumulators: products with a power on their side.
    pub fn steps(&self, col_groups: usize) -> usize {
        match self.positions.len() {
            1 => col_groups - 1,
            _ => self.weighed_positions(),
        }
    }

    /// The way with the fewest rows.
    pub fn best(weighted: &Weighted) -> Self {
        if weighted.positions() == 1 {
            return Self::new(weighted, Combine::One);
        }
        let mut geometry = Self::new(weighted, Combine::Each);
        let each = geometry.combined() + geometry.largest;
        geometry.set(weighted, Combine::Shifted);
        if each <= geometry.combined() + geometry.largest {
            geometry.set(weighted, Combine::Each);
        }
        geometry
    }
}

/// What a layer with weights is planned from.
pub(crate) struct Product<'a> {
    pub weighted: &'a Weighted,
    /// `None` where weights are constants.
    pub geometry: Option<&'a Geometry>,
    pub batch: usize,
    /// Whether the committed input is packed in its lanes.
    pub first: bool,
    pub drain: Drain,
    /// Positions left where the accumulators end.
    pub drained: usize,
    /// Whether the output repeats them.
    pub copied: bool,
    /// Whether lanes of different channels may share an element.
    pub shared: bool,
}

impl Product<'_> {
    /// The packing with the fewest rows (constraints plus one per committed variable).
    pub fn best_lanes(&self, reach: i64) -> (Lanes, u64) {
        let outputs = self.weighted.outputs / self.weighted.groups();
        Lanes::candidates(lane_bits(reach), outputs, self.batch)
            .into_iter()
            .filter(|lanes| self.shared || lanes.rows == 1)
            .map(|lanes| (lanes, self.rows(&lanes)))
            .min_by_key(|(lanes, rows)| (*rows, self.terms(lanes)))
            .expect("a lane of at most 64 bits fits; qed")
    }

    /// Where weights are constants, how often they stand in rows of equal number.
    fn terms(&self, lanes: &Lanes) -> usize {
        match self.geometry {
            Some(_) => 0,
            None if self.first => lanes.row_groups * lanes.col_groups,
            None => lanes.row_groups * self.batch,
        }
    }

    fn rows(&self, lanes: &Lanes) -> u64 {
        let m = (lanes.row_groups * self.weighted.groups()) as u64;
        let n = lanes.col_groups as u64;
        let k = self.weighted.inputs as u64;
        let input = match self.first {
            true => self.weighted.input_len() as u64 * n,
            false => 0,
        };
        let Some(geometry) = self.geometry else {
            return input + m * n * self.drained as u64;
        };
        let positions = geometry.positions.len() as u64;
        let weights = 2 * m * (k + 1);
        let values = geometry.values.len() as u64;
        let sums = match positions {
            1 => n - 1,
            _ => positions * (n - 1) + geometry.steps(lanes.col_groups) as u64,
        };
        let ended = match (self.drain, self.copied) {
            (Drain::Requant(_), _) => 1,
            (Drain::Output, true) => 2,
            (Drain::Output, false) => 0,
        };
        let accumulators = m * (sums + n * (positions + ended * self.drained as u64));
        weights + values * (n - 1) + geometry.combined() as u64 + input + accumulators
    }
}

/// Bits of the narrowest lane that holds `-reach..=reach` strictly inside `±2^(bits-1)`.
pub(crate) fn lane_bits(reach: i64) -> u32 {
    (i64::BITS - reach.leading_zeros()) + 1
}

impl ProductPlan {
    pub(crate) fn geometry(&self, weighted: &Weighted) -> Geometry {
        Geometry::new(weighted, self.combine)
    }

    /// Where accumulators with `positions` positions left lie in their elements.
    pub(crate) fn grid(&self, weighted: &Weighted, positions: usize) -> Grid {
        Grid {
            lanes: self.lanes,
            groups: weighted.groups(),
            outputs: weighted.outputs / weighted.groups(),
            positions,
        }
    }

    /// Groups of packed outputs, over all groups of channels.
    pub(crate) fn row_groups(&self, weighted: &Weighted) -> usize {
        self.lanes.row_groups * weighted.groups()
    }
}

/// Whether lanes of different channels may share an element where the accumulators that end in
/// `drain` do: committed multipliers of different channels cannot multiply one element.
pub(crate) fn shared(plan: &Plan, drain: Drain) -> bool {
    match drain {
        Drain::Requant(layer) => plan.own_multipliers(layer) == 0,
        Drain::Output => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_hold_their_reach() {
        for reach in [1, 127, 128, 129, (1 << 26) - 1, 1 << 26] {
            let bits = lane_bits(reach);
            assert!(reach < 1 << (bits - 1), "{reach}");
            assert!(reach >= 1 << (bits - 2), "{reach}");
        }
    }
}
