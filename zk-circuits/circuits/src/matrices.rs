//! The constraints, row by row.
//!
//! Looked-up values stand on the B side and their inverses on the A side: the values are small, so
//! that the expensive B queries of a proof stay cheap. Linear constraints stand in C alone.

use crate::columns::{Columns, RequantColumns, StageColumns, ONE, RHO};
use crate::packing::{power_of_two, scalar};
use crate::plan::{Plan, RequantPlan, StagePlan};
use crate::tables::Limb;
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_groth16::{ConstraintMatrices, Row};

/// A linear combination that is being put together.
#[derive(Debug, Clone, Default)]
struct Sum {
    constant: Fr,
    terms: Row,
}

impl Sum {
    fn of(column: usize) -> Self {
        Self::default().plus(Fr::ONE, column)
    }

    fn constant(value: Fr) -> Self {
        Self::default().plus(value, ONE)
    }

    fn plus(mut self, coefficient: Fr, column: usize) -> Self {
        self.add(coefficient, column);
        self
    }

    fn add(&mut self, coefficient: Fr, column: usize) {
        if column == ONE {
            self.constant += coefficient;
        } else if coefficient != Fr::ZERO {
            self.terms.push((coefficient, column));
        }
    }

    fn add_sum(&mut self, coefficient: Fr, other: &Sum) {
        self.constant += coefficient * other.constant;
        let scaled = other.terms.iter().map(|(c, col)| (coefficient * c, *col));
        self.terms.extend(scaled);
    }

    fn minus(mut self, other: &Sum) -> Self {
        self.add_sum(-Fr::ONE, other);
        self
    }

    fn into_row(mut self) -> Row {
        if self.constant != Fr::ZERO {
            self.terms.insert(0, (self.constant, ONE));
        }
        self.terms
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    columns: &'a Columns,
    a: Vec<Row>,
    b: Vec<Row>,
    c: Vec<Row>,
}

pub(crate) fn build(plan: &Plan, columns: &Columns) -> ConstraintMatrices {
    let mut builder = Builder {
        plan,
        columns,
        a: Vec::new(),
        b: Vec::new(),
        c: Vec::new(),
    };
    builder.powers();
    for (index, (stage, at)) in plan.stages.iter().zip(&columns.stages).enumerate() {
        builder.linear(index, stage, at);
        if let (Some(requant), Some(requant_at)) = (&stage.requant, &at.requant) {
            builder.decompose(stage, requant, at, requant_at);
            builder.clamp(stage, requant, requant_at);
            builder.look_up(stage, requant, requant_at);
        }
    }
    builder.tables();
    builder.linear_row(Sum::of(columns.blind_y_in_x).minus(&Sum::of(columns.blind_y)));
    ConstraintMatrices {
        layout: columns.layout,
        num_witness: columns.num_witness,
        a: builder.a,
        b: builder.b,
        c: builder.c,
    }
}

impl Builder<'_> {
    fn row(&mut self, a: Sum, b: Sum, c: Sum) {
        self.a.push(a.into_row());
        self.b.push(b.into_row());
        self.c.push(c.into_row());
    }

    /// `sum = 0`
    fn linear_row(&mut self, sum: Sum) {
        self.row(Sum::default(), Sum::default(), sum);
    }

    /// `rho^e = rho^(e-1) · rho`
    fn powers(&mut self) {
        for e in 2..self.plan.max_col_groups() {
            let (from, to) = (self.columns.power(e - 1), self.columns.power(e));
            self.row(Sum::of(from), Sum::of(RHO), Sum::of(to));
        }
    }

    /// `W · (X · r) = Y · r` with `r_j = rho^j`, each side as running sums.
    fn linear(&mut self, index: usize, stage: &StagePlan, at: &StageColumns) {
        let (lanes, inputs) = (&stage.lanes, stage.linear.inputs);
        let groups = lanes.col_groups;

        let mut weighted = Vec::with_capacity(inputs);
        for k in 0..inputs {
            let mut sum = self.operand(index, k, 0);
            for j in 1..groups {
                let next = Sum::of(at.input_sums + k * (groups - 1) + j - 1);
                let power = Sum::of(self.columns.power(j));
                self.row(self.operand(index, k, j), power, next.clone().minus(&sum));
                sum = next;
            }
            weighted.push(sum);
        }

        let mut ones = Sum::default();
        for j in 0..groups {
            ones.add(lanes.ones(j, self.plan.batch), self.columns.power(j));
        }
        for i in 0..lanes.row_groups {
            let accumulator = |j: usize| Sum::of(at.accumulators + i * groups + j);
            let stored = |k: usize| Sum::of(at.weight_sums + i * stage.weight_sums() + k);
            let mut sum = Sum::default();
            for (k, input) in weighted.iter().enumerate() {
                let next = stored(k);
                let weight = Sum::of(at.weight + i * inputs + k);
                self.row(weight, input.clone(), next.clone().minus(&sum));
                sum = next;
            }
            let total = match groups {
                1 => accumulator(0),
                _ => stored(inputs),
            };
            let bias = Sum::of(at.bias + i);
            self.row(bias, ones.clone(), total.clone().minus(&sum));

            let mut sum = accumulator(0);
            for j in 1..groups {
                let next = match j == groups - 1 {
                    true => total.clone(),
                    false => Sum::of(at.accumulator_sums + i * (groups - 2) + j - 1),
                };
                let power = Sum::of(self.columns.power(j));
                self.row(accumulator(j), power, next.clone().minus(&sum));
                sum = next;
            }
        }
    }

    /// Packed input `input` of a stage for column group `group`.
    fn operand(&self, index: usize, input: usize, group: usize) -> Sum {
        let lanes = &self.plan.stages[index].lanes;
        if let Some(start) = self.columns.stages[index].input {
            return Sum::of(start + input * lanes.col_groups + group);
        }
        let before = &self.plan.stages[index - 1];
        let (Some(requant), Some(at)) = (&before.requant, &self.columns.stages[index - 1].requant)
        else {
            unreachable!("only the last stage goes without requant")
        };
        let mut sum = Sum::default();
        for lane in 0..lanes.cols_in(group, self.plan.batch) {
            let item = group * lanes.cols + lane;
            let activation = item * before.linear.outputs + input;
            sum.add_sum(lanes.weight(0, lane), &output(requant, at, activation));
        }
        sum
    }

    /// Every lane of an accumulator is `remainder + 2^shift · (q + e⁺ − e⁻)`.
    fn decompose(
        &mut self,
        stage: &StagePlan,
        requant: &RequantPlan,
        at: &StageColumns,
        requant_at: &RequantColumns,
    ) {
        let (lanes, outputs, batch) = (&stage.lanes, stage.linear.outputs, self.plan.batch);
        for i in 0..lanes.row_groups {
            for j in 0..lanes.col_groups {
                let mut sum = Sum::of(at.accumulators + i * lanes.col_groups + j);
                for row in 0..lanes.rows_in(i, outputs) {
                    for col in 0..lanes.cols_in(j, batch) {
                        let item = j * lanes.cols + col;
                        let activation = item * outputs + i * lanes.rows + row;
                        let lane = accumulator(requant, requant_at, activation);
                        sum.add_sum(-lanes.weight(row, col), &lane);
                    }
                }
                self.linear_row(sum);
            }
        }
    }

    /// `e⁺ · (hi − q) = 0` and `e⁻ · (q − lo) = 0`
    fn clamp(&mut self, stage: &StagePlan, requant: &RequantPlan, at: &RequantColumns) {
        if requant.excess.is_empty() {
            return;
        }
        let hi = Sum::constant(scalar(requant.requant.hi.into()));
        let lo = Sum::constant(scalar(requant.requant.lo.into()));
        for activation in 0..stage.activations(self.plan.batch) {
            let q = output(requant, at, activation);
            let above = Sum::of(at.excess + activation);
            let below = excess(requant, at, activation).minus(&above);
            self.row(above, hi.clone().minus(&q), Sum::default());
            self.row(below, q.minus(&lo), Sum::default());
        }
    }

    /// `inverse · (rho + value) = 1` for every look-up.
    fn look_up(&mut self, stage: &StagePlan, requant: &RequantPlan, at: &RequantColumns) {
        let mut inverse = at.inverses;
        for activation in 0..stage.activations(self.plan.batch) {
            for (limb, column) in limb_columns(requant, at, activation) {
                for value in looked_up(limb, column) {
                    let mut value = value;
                    value.add(Fr::ONE, RHO);
                    self.row(Sum::of(inverse), value, Sum::constant(Fr::ONE));
                    inverse += 1;
                }
            }
        }
    }

    /// `Σ 1/(rho + value) = Σ multiplicity/(rho + entry)`, table by table.
    fn tables(&mut self) {
        for (table, size) in self.plan.tables.iter().enumerate() {
            let mut sum = Sum::default();
            for (stage, at) in self.plan.stages.iter().zip(&self.columns.stages) {
                let (Some(requant), Some(at)) = (&stage.requant, &at.requant) else {
                    continue;
                };
                let mut inverse = at.inverses;
                for _ in 0..stage.activations(self.plan.batch) {
                    for limb in requant.limbs() {
                        for _ in 0..limb.lookups() {
                            if limb.table == *size {
                                sum.add(Fr::ONE, inverse);
                            }
                            inverse += 1;
                        }
                    }
                }
            }
            for entry in 0..*size as usize {
                let fraction = self.columns.fractions[table] + entry;
                let multiplicity = self.columns.multiplicities[table] + entry;
                let pole = Sum::constant(Fr::from(entry as u64)).plus(Fr::ONE, RHO);
                self.row(Sum::of(fraction), pole, Sum::of(multiplicity));
                sum.add(-Fr::ONE, fraction);
            }
            self.linear_row(sum);
        }
    }
}

/// The values of one limb that are looked up.
fn looked_up(limb: &Limb, column: usize) -> impl Iterator<Item = Sum> {
    let complement = limb
        .paired
        .then(|| Sum::constant(Fr::from(limb.range - 1)).plus(-Fr::ONE, column));
    std::iter::once(Sum::of(column)).chain(complement)
}

/// Limbs of an activation with their columns, in the order of the look-ups.
pub(crate) fn limb_columns<'a>(
    requant: &'a RequantPlan,
    at: &RequantColumns,
    activation: usize,
) -> impl Iterator<Item = (&'a Limb, usize)> {
    let output = at.output + activation * requant.output.len();
    let inner = at.inner + activation * requant.inner_limbs();
    let inner_limbs = requant.remainder.iter().chain(&requant.excess);
    (requant.output.iter().zip(output..)).chain(inner_limbs.zip(inner..))
}

fn limb_sum<'a>(limbs: impl Iterator<Item = &'a Limb>, first: usize) -> Sum {
    let mut sum = Sum::default();
    for (limb, column) in limbs.zip(first..) {
        sum.add(Fr::from(limb.weight), column);
    }
    sum
}

/// `q`
fn output(requant: &RequantPlan, at: &RequantColumns, activation: usize) -> Sum {
    let mut sum = limb_sum(
        requant.output.iter(),
        at.output + activation * requant.output.len(),
    );
    sum.add(scalar(requant.requant.lo.into()), ONE);
    sum
}

/// `e⁺ + e⁻`
fn excess(requant: &RequantPlan, at: &RequantColumns, activation: usize) -> Sum {
    let first = at.inner + activation * requant.inner_limbs() + requant.remainder.len();
    limb_sum(requant.excess.iter(), first)
}

/// `remainder + 2^shift · (q + 2·e⁺ − (e⁺ + e⁻))`
fn accumulator(requant: &RequantPlan, at: &RequantColumns, activation: usize) -> Sum {
    let unit = power_of_two(requant.requant.shift);
    let inner = at.inner + activation * requant.inner_limbs();
    let mut sum = limb_sum(requant.remainder.iter(), inner);
    sum.add_sum(unit, &output(requant, at, activation));
    if !requant.excess.is_empty() {
        sum.add(unit.double(), at.excess + activation);
        sum.add_sum(-unit, &excess(requant, at, activation));
    }
    sum
}
