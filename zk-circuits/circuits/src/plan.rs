//! Choices that make a circuit from a shape: lanes, limbs and tables, with the fewest rows.

use crate::packing::{Lanes, PACKED_BITS};
use crate::tables::{exact_range, Cut, Limb, TablePlanner};
use crate::Error;
use swarm_network::{Linear, Requant, Stage, Topology, MAX_BATCH, WEIGHT_MIN};

/// Everything the matrices depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Inferences per proof.
    pub batch: usize,
    pub stages: Vec<StagePlan>,
    /// Sizes of the look-up tables, ascending.
    pub tables: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagePlan {
    pub linear: Linear,
    pub lanes: Lanes,
    pub requant: Option<RequantPlan>,
}

/// How one requant layer is checked, for each activation:
/// `acc = remainder + 2^shift · (q + e⁺ − e⁻)`, `e⁺·(hi − q) = 0`, `e⁻·(q − lo) = 0`, where
/// `q - lo`, the remainder and the excess `e⁺ + e⁻` are sums of looked-up limbs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequantPlan {
    pub requant: Requant,
    /// Limbs of `q - lo`; exactly `0..=hi - lo`.
    pub output: Vec<Limb>,
    /// Limbs of the remainder; exactly `0..2^shift`.
    pub remainder: Vec<Limb>,
    /// Limbs of the excess, at least up to the largest the accumulator bound allows; none where
    /// the clamp can never act.
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

    /// Clamps that leave a choice, ranges that are exact, and limbs whose table is there.
    fn check(&self, tables: &[u64]) -> Result<(), Error> {
        let Requant {
            layer,
            shift,
            lo,
            hi,
            ..
        } = self.requant;
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
            ("remainders", &self.remainder, 1 << shift),
        ];
        for (part, limbs, range) in parts {
            if exact_range(limbs) != Some(range) {
                return Err(Error::InexactRange { layer, part, range });
            }
        }
        Ok(())
    }

    /// Accumulators that the constraints admit.
    pub fn gadget_range(&self) -> (i64, i64) {
        let excess: u64 = self.excess.iter().map(|l| l.weight * l.max()).sum();
        gadget_range(&self.requant, excess)
    }
}

impl Plan {
    pub fn new(topology: &Topology, batch: usize) -> Result<Self, Error> {
        if !(1..=MAX_BATCH).contains(&batch) {
            return Err(Error::BatchSize {
                found: batch,
                max: MAX_BATCH,
            });
        }
        let mut tables = TablePlanner::default();
        let mut stages = Vec::new();
        for (index, stage) in topology.stages().iter().enumerate() {
            let choice = Choice::best(stage, index == 0, batch, &tables)?;
            tables = choice.tables;
            stages.push(choice.plan);
        }
        let plan = Self {
            batch,
            stages,
            tables: tables.sizes(),
        };
        plan.check()?;
        Ok(plan)
    }

    /// Number of elements that one layer's operands have at most along the batch.
    pub fn max_col_groups(&self) -> usize {
        let groups = self.stages.iter().map(|s| s.lanes.col_groups);
        groups.max().unwrap_or(1)
    }

    /// The rules that a circuit's sizes must keep, whoever planned it: true range ⊂ gadget range ⊂
    /// lane range for every layer, where the true range is the worst case over all weights and
    /// inputs in range; exact look-ups of activations and remainders; a table for every limb.
    pub fn check(&self) -> Result<(), Error> {
        if self.tables.first() == Some(&0) || self.tables.windows(2).any(|t| t[0] >= t[1]) {
            return Err(Error::TableOrder);
        }
        for stage in &self.stages {
            let layer = stage.linear.layer;
            let bound = stage.linear.acc_bound;
            let worst = worst_case(&stage.linear);
            if worst > bound {
                return Err(Error::ShapeBound {
                    layer,
                    bound,
                    worst,
                });
            }
            if let Some(requant) = &stage.requant {
                requant.check(&self.tables)?;
            }
            let (lo, hi) = match &stage.requant {
                Some(requant) => requant.gadget_range(),
                None => (-bound, bound),
            };
            if lo > -bound || hi < bound {
                return Err(Error::GadgetRange {
                    layer,
                    lo,
                    hi,
                    bound,
                });
            }
            let lanes = &stage.lanes;
            if !(2..64).contains(&lanes.bits) {
                return Err(Error::Lanes { layer });
            }
            let limit = (1i64 << (lanes.bits - 1)) - 1;
            let reach = hi.max(-lo);
            if reach > limit || lanes.bits * (lanes.rows * lanes.cols) as u32 > PACKED_BITS {
                return Err(Error::LaneBound {
                    layer,
                    bound: reach,
                    limit,
                    bits: lanes.bits,
                });
            }
            if !lanes.hold(stage.linear.outputs, self.batch) {
                return Err(Error::Lanes { layer });
            }
        }
        Ok(())
    }
}

/// Largest accumulator over all weights, biases and inputs in range.
fn worst_case(linear: &Linear) -> i64 {
    linear.inputs as i64 * -WEIGHT_MIN * linear.input_type.magnitude() + linear.bias_bound
}

/// Accumulators admitted where the excess reaches `excess`.
fn gadget_range(requant: &Requant, excess: u64) -> (i64, i64) {
    let unit = 1i64 << requant.shift;
    let excess = excess as i64;
    (
        unit * (i64::from(requant.lo) - excess),
        unit * (i64::from(requant.hi) + excess) + unit - 1,
    )
}

/// Largest `|floor(acc / 2^shift) - clamp(..)|`.
fn max_excess(linear: &Linear, requant: &Requant) -> u64 {
    let top = (linear.acc_bound >> requant.shift) - i64::from(requant.hi);
    let bottom = i64::from(requant.lo) - ((-linear.acc_bound) >> requant.shift);
    top.max(bottom).max(0) as u64
}

/// A stage's plan with its cost in rows.
struct Choice {
    plan: StagePlan,
    tables: TablePlanner,
    rows: u64,
}

impl Choice {
    /// Tries every combination of cuts; the first of the cheapest wins, so the result is the same
    /// everywhere.
    fn best(
        stage: &Stage,
        first: bool,
        batch: usize,
        tables: &TablePlanner,
    ) -> Result<Self, Error> {
        let linear = &stage.linear;
        let Some(requant) = &stage.requant else {
            let (lanes, rows) = best_lanes(linear, first, false, batch, linear.acc_bound);
            return Ok(Self {
                plan: StagePlan {
                    linear: *linear,
                    lanes,
                    requant: None,
                },
                tables: tables.clone(),
                rows,
            });
        };
        let mut best: Option<Self> = None;
        let outputs = (i64::from(requant.hi) - i64::from(requant.lo) + 1) as u64;
        for output in tables.exact(outputs) {
            let tables = tables.with(&output);
            for remainder in tables.exact(1 << requant.shift) {
                let tables = tables.with(&remainder);
                for excess in tables.covering(max_excess(linear, requant)) {
                    let cuts = [output.clone(), remainder.clone(), excess];
                    let choice = Self::of(linear, requant, first, batch, &tables, cuts);
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

    fn of(
        linear: &Linear,
        requant: &Requant,
        first: bool,
        batch: usize,
        tables: &TablePlanner,
        [output, remainder, excess]: [Cut; 3],
    ) -> Self {
        let (lo, hi) = gadget_range(requant, excess.max());
        let reach = hi.max(-lo);
        let (lanes, linear_rows) = best_lanes(linear, first, true, batch, reach);
        let tables = tables.with(&excess);
        let activations = (linear.outputs * batch) as u64;
        let cuts = [&output, &remainder, &excess];
        let limbs: usize = cuts.iter().map(|c| c.limbs.len()).sum();
        let lookups: usize = cuts.iter().map(|c| c.lookups()).sum();
        let products = if excess.limbs.is_empty() { 0 } else { 2 };
        let rows = linear_rows + activations * (limbs + lookups + products) as u64 + tables.rows();
        Self {
            plan: StagePlan {
                linear: *linear,
                lanes,
                requant: Some(RequantPlan {
                    requant: *requant,
                    output: output.limbs,
                    remainder: remainder.limbs,
                    excess: excess.limbs,
                }),
            },
            tables,
            rows,
        }
    }
}

/// Bits of the narrowest lane that holds `-reach..=reach` strictly inside `±2^(bits-1)`.
fn lane_bits(reach: i64) -> u32 {
    (i64::BITS - reach.leading_zeros()) + 1
}

/// The packing with the fewest rows (constraints plus one per committed variable).
fn best_lanes(
    linear: &Linear,
    first: bool,
    requant: bool,
    batch: usize,
    reach: i64,
) -> (Lanes, u64) {
    let rows = |lanes: &Lanes| {
        let (m, n) = (lanes.row_groups as u64, lanes.col_groups as u64);
        let k = linear.inputs as u64;
        let weights = 2 * m * (k + 1);
        let input = k * (n - 1) + if first { k * n } else { 0 };
        let accumulators = m * (n - 1) + m * n * if requant { 2 } else { 1 };
        weights + input + accumulators
    };
    Lanes::candidates(lane_bits(reach), linear.outputs, batch)
        .into_iter()
        .map(|lanes| (lanes, rows(&lanes)))
        .min_by_key(|(_, rows)| *rows)
        .expect("a lane of at most 64 bits fits; qed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarm_network::{ActivationType, Layer};

    pub(crate) fn mlp(widths: &[usize], shift: u32) -> Topology {
        let mut layers = Vec::new();
        for pair in widths.windows(2) {
            if !layers.is_empty() {
                layers.push(Layer::Requant {
                    shift,
                    lo: 0,
                    hi: 255,
                });
            }
            layers.push(Layer::Linear {
                inputs: pair[0],
                outputs: pair[1],
            });
        }
        Topology::new(vec![widths[0]], ActivationType::U8, layers).unwrap()
    }

    #[test]
    fn lanes_hold_their_reach() {
        for reach in [1, 127, 128, 129, (1 << 26) - 1, 1 << 26] {
            let bits = lane_bits(reach);
            assert!(reach < 1 << (bits - 1), "{reach}");
            assert!(reach >= 1 << (bits - 2), "{reach}");
        }
    }

    #[test]
    fn mnist_keeps_nine_lanes() {
        for batch in [3, 63, 255] {
            let plan = Plan::new(&mlp(&[784, 128, 10], 8), batch).unwrap();
            let lanes = plan.stages[0].lanes;
            assert_eq!((lanes.bits, lanes.rows * lanes.cols), (27, 9));
        }
    }

    #[test]
    fn bounds_are_checked() {
        let plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
        plan.check().unwrap();

        let mut narrow = plan.clone();
        narrow.stages[0].lanes.bits -= 1;
        assert!(matches!(
            narrow.check(),
            Err(Error::LaneBound { layer: 0, .. })
        ));
        let mut narrow = plan.clone();
        narrow.stages[1].lanes.bits -= 1;
        assert!(matches!(
            narrow.check(),
            Err(Error::LaneBound { layer: 2, .. })
        ));
        let mut crowded = plan.clone();
        crowded.stages[0].lanes.cols += 253 / crowded.stages[0].lanes.bits as usize;
        assert!(matches!(crowded.check(), Err(Error::LaneBound { .. })));

        let mut short = plan;
        let excess = &mut short.stages[0].requant.as_mut().unwrap().excess;
        excess.pop();
        assert!(matches!(
            short.check(),
            Err(Error::GadgetRange { layer: 0, .. })
        ));
    }

    /// A plan with a requant, spoilt: what the check says of it.
    fn spoilt(spoil: impl FnOnce(&mut Plan)) -> Result<(), Error> {
        let mut plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
        plan.check().unwrap();
        spoil(&mut plan);
        plan.check()
    }

    fn requant(plan: &mut Plan) -> &mut RequantPlan {
        plan.stages[0].requant.as_mut().unwrap()
    }

    #[test]
    fn bounds_below_the_worst_case_are_refused() {
        let changes: [fn(&mut Linear); 3] = [
            |linear| linear.acc_bound -= 1,
            |linear| linear.bias_bound += 1,
            |linear| linear.inputs += 1,
        ];
        for change in changes {
            let error = spoilt(|plan| change(&mut plan.stages[0].linear));
            assert!(matches!(error, Err(Error::ShapeBound { layer: 0, .. })));
        }
    }

    #[test]
    fn lanes_that_miss_an_output_are_refused() {
        let changes: [fn(&mut Lanes); 6] = [
            |lanes| lanes.row_groups -= 1,
            |lanes| lanes.row_groups += 1,
            |lanes| lanes.col_groups += 1,
            |lanes| lanes.col_groups = 0,
            |lanes| lanes.rows = 0,
            |lanes| lanes.bits = 64,
        ];
        for change in changes {
            let error = spoilt(|plan| change(&mut plan.stages[0].lanes));
            assert_eq!(error, Err(Error::Lanes { layer: 0 }));
        }
    }

    #[test]
    fn clamps_without_a_choice_are_refused() {
        for (lo, hi) in [(0, 0), (255, 0), (7, 6)] {
            let error = spoilt(|plan| {
                let requant = &mut requant(plan).requant;
                (requant.lo, requant.hi) = (lo, hi);
            });
            assert_eq!(error, Err(Error::EmptyClamp { layer: 1, lo, hi }));
        }
    }

    /// A clamp to 127 whose activations are looked up once in the table of bytes lets 200 pass.
    #[test]
    fn one_sided_look_ups_of_a_clamp_are_refused() {
        let inexact = Err(Error::InexactRange {
            layer: 1,
            part: "activations",
            range: 128,
        });
        let byte = |range, paired| Limb {
            weight: 1,
            range,
            table: 256,
            paired,
        };
        for (limb, expected) in [
            (byte(128, true), Ok(())),
            (byte(128, false), inexact.clone()),
            (byte(256, false), inexact.clone()),
            (byte(129, true), inexact),
        ] {
            let found = spoilt(|plan| {
                plan.tables = (2..=256).collect();
                let requant = requant(plan);
                requant.requant.hi = 127;
                requant.output = vec![limb];
            });
            assert_eq!(found, expected, "{limb:?}");
        }
    }

    /// A shift of 5 whose remainder is looked up once in the table of bytes lets the prover move
    /// the activation by up to 7.
    #[test]
    fn one_sided_look_ups_of_a_partial_byte_are_refused() {
        let error = spoilt(|plan| {
            plan.tables = (2..=256).collect();
            requant(plan).remainder = vec![Limb {
                weight: 1,
                range: 32,
                table: 256,
                paired: false,
            }];
        });
        assert_eq!(
            error,
            Err(Error::InexactRange {
                layer: 1,
                part: "remainders",
                range: 32
            })
        );
        let gap = spoilt(|plan| {
            plan.tables = (2..=256).collect();
            requant(plan).remainder = [1, 8]
                .map(|weight| Limb {
                    weight,
                    range: 4,
                    table: 4,
                    paired: false,
                })
                .to_vec();
        });
        assert!(matches!(gap, Err(Error::InexactRange { .. })));
    }

    #[test]
    fn every_limb_has_a_table_and_every_table_a_sum() {
        let table = {
            let mut plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
            requant(&mut plan).output[0].table
        };
        assert_eq!(
            spoilt(|plan| plan.tables.retain(|size| *size != table)),
            Err(Error::MissingTable { layer: 1, table })
        );
        for tables in [vec![256, 256], vec![256, 32], vec![0, 256]] {
            assert_eq!(spoilt(|plan| plan.tables = tables), Err(Error::TableOrder));
        }
    }

    #[test]
    fn every_shift_and_clamp_has_a_plan() {
        for shift in 0..=30 {
            for (lo, hi) in [(0, 255), (-128, 127), (0, 127), (-3, 2), (7, 100), (0, 1)] {
                let layers = vec![
                    Layer::Linear {
                        inputs: 5,
                        outputs: 2,
                    },
                    Layer::Requant { shift, lo, hi },
                ];
                let topology = Topology::new(vec![5], ActivationType::I8, layers).unwrap();
                Plan::new(&topology, 2).unwrap();
            }
        }
    }
}
