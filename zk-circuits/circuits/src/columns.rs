//! Which variable stands in which column.

use crate::plan::{Plan, RequantPlan, StagePlan};
use crate::Error;
use std::ops::Range;
use swarm_groth16::SegmentLayout;

pub(crate) const ONE: usize = 0;
pub(crate) const RHO: usize = 1;
/// Columns before the segments: one, rho, tag.
pub(crate) const PUBLIC: usize = 3;
/// Largest number of variables: the field's largest evaluation domain.
const MAX_COLUMNS: u128 = 1 << 28;

/// First column of every block of a circuit's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub layout: SegmentLayout,
    pub num_witness: usize,
    pub stages: Vec<StageColumns>,
    /// Within x: equals [`Self::blind_y`], so that the requester can open y.
    pub blind_y_in_x: usize,
    /// Last column of y.
    pub blind_y: usize,
    /// Per table: multiplicities of its entries, in z.
    pub multiplicities: Vec<usize>,
    /// `rho^2, rho^3, ..`
    pub powers: usize,
    /// Per table: `multiplicity / (rho + entry)`.
    pub fractions: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageColumns {
    /// `[row group][input]`
    pub weight: usize,
    /// `[row group]`
    pub bias: usize,
    /// First stage only: `[input][column group]`
    pub input: Option<usize>,
    /// `[row group][column group]`
    pub accumulators: usize,
    /// Running sums of the inputs weighted by powers of rho: `[input][column group - 1]`.
    pub input_sums: usize,
    /// Running sums of weights times inputs: `[row group][input, then bias]`; the last one only
    /// where there is more than one column group.
    pub weight_sums: usize,
    /// Running sums of accumulators weighted by powers of rho, without the first and the last:
    /// `[row group][column group - 2]`.
    pub accumulator_sums: usize,
    pub requant: Option<RequantColumns>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequantColumns {
    /// Limbs of `q - lo`: `[activation][limb]`; in y for the last stage, else in z.
    pub output: usize,
    /// Limbs of remainder and excess: `[activation][limb]`
    pub inner: usize,
    /// `e⁺` of each activation.
    pub excess: usize,
    /// Inverses of `rho + looked-up value`: `[activation][look-up]`
    pub inverses: usize,
}

impl StagePlan {
    /// Stored sums of one row group of weights.
    pub(crate) fn weight_sums(&self) -> usize {
        self.linear.inputs + usize::from(self.lanes.col_groups > 1)
    }

    pub(crate) fn activations(&self, batch: usize) -> usize {
        self.linear.outputs * batch
    }

    fn accumulators(&self) -> usize {
        self.lanes.row_groups * self.lanes.col_groups
    }
}

impl RequantPlan {
    pub(crate) fn inner_limbs(&self) -> usize {
        self.remainder.len() + self.excess.len()
    }
}

/// Hands out consecutive columns.
struct Cursor(usize);

impl Cursor {
    fn take(&mut self, columns: usize) -> usize {
        let at = self.0;
        self.0 += columns;
        at
    }
}

impl Columns {
    pub fn new(plan: &Plan) -> Result<Self, Error> {
        let batch = plan.batch;
        let last = plan.stages.len() - 1;
        let mut at = Cursor(PUBLIC);

        let mut weights = Vec::new();
        for stage in &plan.stages {
            let groups = stage.lanes.row_groups;
            weights.push((at.take(groups * stage.linear.inputs), at.take(groups)));
        }
        at.take(1);
        let w = PUBLIC..at.0;

        let first = &plan.stages[0];
        let input = at.take(first.linear.inputs * first.lanes.col_groups);
        let blind_y_in_x = at.take(1);
        at.take(1);
        let x = w.end..at.0;

        let mut inner = Vec::new();
        for (index, stage) in plan.stages.iter().enumerate() {
            let Some(requant) = &stage.requant else {
                inner.push((0, 0, 0));
                continue;
            };
            let activations = stage.activations(batch);
            let accumulators = at.take(stage.accumulators());
            let output = match index == last {
                true => 0,
                false => at.take(activations * requant.output.len()),
            };
            inner.push((
                accumulators,
                output,
                at.take(activations * requant.inner_limbs()),
            ));
        }
        let table = |at: &mut Cursor| -> Vec<usize> {
            let sizes = plan.tables.iter();
            sizes.map(|size| at.take(*size as usize)).collect()
        };
        let multiplicities = table(&mut at);
        at.take(1);
        let z = x.end..at.0;

        let output = match &plan.stages[last].requant {
            None => at.take(plan.stages[last].accumulators()),
            Some(r) => at.take(plan.stages[last].activations(batch) * r.output.len()),
        };
        let blind_y = at.take(1);
        let y = z.end..at.0;

        let instance = at.0;
        let powers = at.take(plan.max_col_groups().saturating_sub(2));
        let mut stages = Vec::new();
        for (index, stage) in plan.stages.iter().enumerate() {
            let lanes = &stage.lanes;
            let (accumulators, hidden, limbs) = inner[index];
            stages.push(StageColumns {
                weight: weights[index].0,
                bias: weights[index].1,
                input: (index == 0).then_some(input),
                accumulators: match stage.requant {
                    None => output,
                    Some(_) => accumulators,
                },
                input_sums: at.take(stage.linear.inputs * (lanes.col_groups - 1)),
                weight_sums: at.take(lanes.row_groups * stage.weight_sums()),
                accumulator_sums: at.take(lanes.row_groups * lanes.col_groups.saturating_sub(2)),
                requant: stage.requant.as_ref().map(|requant| {
                    let activations = stage.activations(batch);
                    let clamps = usize::from(!requant.excess.is_empty());
                    RequantColumns {
                        output: if index == last { output } else { hidden },
                        inner: limbs,
                        excess: at.take(activations * clamps),
                        inverses: at.take(activations * requant.lookups()),
                    }
                }),
            });
        }
        let fractions = table(&mut at);
        let columns = at.0 as u128;
        if columns > MAX_COLUMNS {
            return Err(Error::TooLarge {
                columns,
                max: MAX_COLUMNS,
            });
        }
        Ok(Self {
            layout: SegmentLayout {
                weights: w.len(),
                input: x.len(),
                intermediate: z.len(),
                output: y.len(),
            },
            num_witness: at.0 - instance,
            stages,
            blind_y_in_x,
            blind_y,
            multiplicities,
            powers,
            fractions,
        })
    }

    /// Column of `rho^exponent`.
    pub fn power(&self, exponent: usize) -> usize {
        match exponent {
            0 => ONE,
            1 => RHO,
            more => self.powers + more - 2,
        }
    }

    /// All witness columns.
    pub fn witness(&self) -> Range<usize> {
        let start = self.layout.num_instance();
        start..start + self.num_witness
    }
}
