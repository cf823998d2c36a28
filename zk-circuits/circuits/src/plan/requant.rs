//! How requantisations are checked, and the cheapest cuts of their ranges.

use super::product::{lane_bits, Product};
use crate::packing::{Grid, Lanes};
use crate::tables::{exact_range, Cut, Limb, TablePlanner};
use crate::Error;
use swarm_network::{Content, Requant, TensorType};

/// How one requant layer is checked, for each activation:
/// `factor · value = remainder + 2^shift · (q + e⁺ − e⁻)`, `e⁺·(hi − q) = 0`, `e⁻·(q − lo) = 0`,
/// where `q - lo`, the remainder and the excess `e⁺ + e⁻` are sums of looked-up limbs.
///
/// The left side of several activations is compared at once, packed in lanes: signed digits that
/// all lie in lane range are unique, so that equal sums have equal lanes. Values that come from a
/// layer with weights stand there as they are packed already, with the factor of their channel
/// within the committed weights; others are packed here. A multiplier that is a weight multiplies
/// the latter in the same row, so their lanes are all of its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequantPlan {
    /// Lanes of the comparison, within one of [`Self::groups`].
    pub lanes: Lanes,
    /// Groups of values that never share an element.
    pub groups: usize,
    /// Limbs of `q - lo`; exactly `0..=hi - lo`.
    pub output: Vec<Limb>,
    /// Limbs of the remainder; exactly `0..2^shift`.
    pub remainder: Vec<Limb>,
    /// Limbs of the excess, at least up to the largest the values' range allows; none where the
    /// clamp can never act.
    pub excess: Vec<Limb>,
}

impl RequantPlan {
    /// Limbs of one activation, in the order of their columns.
    pub fn limbs(&self) -> impl DoubleEndedIterator<Item = &Limb> + Clone {
        self.output
            .iter()
            .chain(&self.remainder)
            .chain(&self.excess)
    }

    /// Look-ups of one activation.
    pub fn lookups(&self) -> usize {
        self.limbs().map(Limb::lookups).sum()
    }

    pub(crate) fn inner_limbs(&self) -> usize {
        self.remainder.len() + self.excess.len()
    }

    /// Scaled values that the constraints admit.
    pub fn gadget_range(&self, requant: &Requant) -> (i64, i64) {
        let excess: u64 = self.excess.iter().map(|l| l.weight * l.max()).sum();
        gadget_range(requant, excess)
    }

    /// Clamps that leave a choice, ranges that are exact, and limbs whose table is there.
    pub(super) fn check(&self, requant: &Requant, tables: &[u64]) -> Result<(), Error> {
        let Requant { layer, lo, hi, .. } = *requant;
        if lo >= hi {
            return Err(Error::EmptyClamp { layer, lo, hi });
        }
        for limb in self.limbs() {
            if tables.binary_search(&limb.table).is_err() {
                return Err(Error::MissingTable {
                    layer,
                    table: limb.table,
                });
            }
        }
        let outputs = (i64::from(hi) - i64::from(lo) + 1) as u64;
        let parts = [
            ("activations", &self.output, outputs),
            ("remainders", &self.remainder, 1 << requant.shift()),
        ];
        for (part, limbs, range) in parts {
            if exact_range(limbs) != Some(range) {
                return Err(Error::InexactRange { layer, part, range });
            }
        }
        Ok(())
    }

    /// Where the activations of a tensor with `positions` positions lie in the comparison.
    pub(crate) fn grid(&self, input: &TensorType) -> Grid {
        if input.is_accumulators() {
            return Grid {
                lanes: self.lanes,
                groups: self.groups,
                outputs: channels(input) / self.groups,
                positions: input.len() / channels(input),
            };
        }
        Grid {
            lanes: self.lanes,
            groups: self.groups,
            outputs: input.len() / self.groups,
            positions: 1,
        }
    }
}

/// Output channels of the layer whose accumulators a tensor holds, else its own.
fn channels(tensor: &TensorType) -> usize {
    match tensor.content {
        Content::Accumulators { channels } => channels,
        Content::Values => tensor.channels(),
    }
}

/// Range of `factor · value` over all values and factors up to `most`.
pub(super) fn scaled_range(input: &TensorType, requant: &Requant, most: i64) -> (i64, i64) {
    let least = i64::from(requant.multipliers() == 0);
    let scale = |value: i64, outward: bool| value * if outward { most } else { least };
    (scale(input.lo, input.lo < 0), scale(input.hi, input.hi > 0))
}

/// Scaled values admitted where the excess reaches `excess`.
fn gadget_range(requant: &Requant, excess: u64) -> (i64, i64) {
    let unit = 1i64 << requant.shift();
    let excess = excess as i64;
    (
        unit * (i64::from(requant.lo) - excess),
        unit * (i64::from(requant.hi) + excess) + unit - 1,
    )
}

/// Largest `|floor(value / 2^shift) - clamp(..)|`.
fn max_excess((lo, hi): (i64, i64), requant: &Requant) -> u64 {
    let top = (hi >> requant.shift()) - i64::from(requant.hi);
    let bottom = i64::from(requant.lo) - (lo >> requant.shift());
    top.max(bottom).max(0) as u64
}

/// A requant's plan with that of the layer whose accumulators it takes, and their cost in rows.
pub(super) struct Choice {
    pub requant: RequantPlan,
    pub tables: TablePlanner,
    rows: u64,
}

/// What a requant is planned from.
pub(super) struct Requantised<'a> {
    pub requant: &'a Requant,
    pub input: &'a TensorType,
    pub batch: usize,
    /// Largest factor.
    pub most: i64,
    /// Groups of values that never share an element, where it takes no accumulators.
    pub groups: usize,
    /// The layer whose accumulators it takes, if it takes any.
    pub product: Option<Product<'a>>,
}

impl Requantised<'_> {
    /// Tries every combination of cuts; the first of the cheapest wins, so the result is the same
    /// everywhere.
    pub fn best(&self, tables: &TablePlanner) -> Result<Choice, Error> {
        let requant = self.requant;
        let range = scaled_range(self.input, requant, self.most);
        let mut best: Option<Choice> = None;
        let outputs = (i64::from(requant.hi) - i64::from(requant.lo) + 1) as u64;
        for output in tables.exact(outputs) {
            let tables = tables.with(&output);
            for remainder in tables.exact(1 << requant.shift()) {
                let tables = tables.with(&remainder);
                for excess in tables.covering(max_excess(range, requant)) {
                    let cuts = [output.clone(), remainder.clone(), excess];
                    let choice = self.choice(&tables, cuts);
                    if best.as_ref().is_none_or(|best| choice.rows < best.rows) {
                        best = Some(choice);
                    }
                }
            }
        }
        best.ok_or(Error::NoTables {
            layer: requant.layer,
        })
    }

    fn choice(&self, tables: &TablePlanner, [output, remainder, excess]: [Cut; 3]) -> Choice {
        let (lo, hi) = gadget_range(self.requant, excess.max());
        let (groups, lanes, own_rows) = self.lanes(hi.max(-lo));
        let tables = tables.with(&excess);
        let activations = (self.input.len() * self.batch) as u64;
        let cuts = [&output, &remainder, &excess];
        let limbs: usize = cuts.iter().map(|c| c.limbs.len()).sum();
        let lookups: usize = cuts.iter().map(|c| c.lookups()).sum();
        let products = if excess.limbs.is_empty() { 0 } else { 2 };
        let rows = own_rows + activations * (limbs + lookups + products) as u64 + tables.rows();
        Choice {
            requant: RequantPlan {
                lanes,
                groups,
                output: output.limbs,
                remainder: remainder.limbs,
                excess: excess.limbs,
            },
            tables,
            rows,
        }
    }

    /// Groups, their lanes and the rows these cost.
    fn lanes(&self, reach: i64) -> (usize, Lanes, u64) {
        if let Some(product) = &self.product {
            let (lanes, rows) = product.best_lanes(reach);
            return (product.weighted.groups(), lanes, rows);
        }
        let outputs = self.input.len() / self.groups;
        let (lanes, elements) = fewest_elements(reach, outputs, self.batch);
        (self.groups, lanes, (self.groups * elements) as u64)
    }
}

/// The packing into the fewest elements.
pub(super) fn fewest_elements(reach: i64, outputs: usize, batch: usize) -> (Lanes, usize) {
    Lanes::candidates(lane_bits(reach), outputs, batch)
        .into_iter()
        .map(|lanes| (lanes, lanes.row_groups * lanes.col_groups))
        .min_by_key(|(_, elements)| *elements)
        .expect("a lane of at most 64 bits fits; qed")
}
