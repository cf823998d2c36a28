//! Linear layers and convolutions: `W·(X·r) = Y·r` with a power of the challenge for each position
//! and group of batch items.

mod witness;

use crate::columns::{Columns, ProductColumns};
use crate::matrices::Builder;
use crate::packing::{Element, Grid};
use crate::plan::{Combine, Geometry, ProductPlan};
use crate::sum::Sum;
use ark_bn254::Fr;
use ark_ff::Field;
use swarm_network::Weighted;
pub(crate) use witness::{assign, elements, factors, packed_items, weights};

/// Column of the power for column group `group`.
fn batch_power(columns: &Columns, at: &ProductColumns, group: usize) -> usize {
    match (at.geometry.base(), group) {
        (1, _) | (_, 0) => columns.power(group),
        (base, 1) => columns.power(base),
        _ => at.batch_powers + group - 2,
    }
}

pub(crate) fn rows(
    builder: &mut Builder,
    layer: usize,
    weighted: &Weighted,
    plan: &ProductPlan,
    at: &ProductColumns,
) {
    let rows = Rows {
        layer,
        weighted,
        grid: plan.grid(weighted, weighted.positions()),
        at,
        geometry: &at.geometry,
    };
    rows.batch_powers(builder);
    let values = rows.values(builder);
    let taps = rows.taps(builder, &values);
    let ones = rows.ones(builder);
    for row_group in 0..rows.grid.row_groups() {
        rows.row_group(builder, row_group, &taps, &ones);
    }
}

struct Rows<'a> {
    layer: usize,
    weighted: &'a Weighted,
    grid: Grid,
    at: &'a ProductColumns,
    geometry: &'a Geometry,
}

impl Rows<'_> {
    fn groups(&self) -> usize {
        self.grid.lanes.col_groups
    }

    fn batch_power(&self, builder: &Builder, group: usize) -> Sum {
        Sum::of(batch_power(builder.columns, self.at, group))
    }

    /// `rho^(base·j) = rho^(base·(j-1)) · rho^base`
    fn batch_powers(&self, builder: &mut Builder) {
        if self.geometry.base() == 1 {
            return;
        }
        for group in 2..self.groups() {
            let [before, first, this] =
                [group - 1, 1, group].map(|group| self.batch_power(builder, group));
            builder.row(before, first, this);
        }
    }

    /// Every value that meets a weight, its batch items weighted by their powers.
    fn values(&self, builder: &mut Builder) -> Vec<Sum> {
        let groups = self.groups();
        let mut weighted = Vec::with_capacity(self.geometry.values.len());
        for (n, value) in self.geometry.values.iter().enumerate() {
            let taken = |builder: &Builder, group: usize| {
                let values = builder.values();
                values.taken(self.layer, &self.grid, *value, group)
            };
            let mut sum = taken(builder, 0);
            for group in 1..groups {
                let next = Sum::of(self.at.input_sums + n * (groups - 1) + group - 1);
                let power = self.batch_power(builder, group);
                let operand = taken(builder, group);
                builder.row(operand, power, next.clone().minus(&sum));
                sum = next;
            }
            weighted.push(sum);
        }
        weighted
    }

    /// For every weight of a channel the sum of the values it meets, weighted by the powers of the
    /// positions.
    fn taps(&self, builder: &mut Builder, values: &[Sum]) -> Vec<Sum> {
        let geometry = self.geometry;
        let powered = match geometry.combine {
            Combine::Shifted => self.powered(builder, values),
            _ => Vec::new(),
        };
        let mut column = self.at.tap_sums..;
        let mut next_column = || Sum::of(column.next().expect("it has no end; qed"));
        let mut sums = Vec::with_capacity(geometry.tap_count());
        for tap in 0..geometry.tap_count() {
            let mut sum = Sum::default();
            match geometry.combine {
                Combine::One => {
                    if let Some((_, n)) = geometry.met(tap).next() {
                        sum = values[n].clone();
                    }
                }
                Combine::Each => {
                    for (position, n) in geometry.met(tap) {
                        if position == 0 {
                            sum = values[n].clone();
                            continue;
                        }
                        let next = next_column();
                        let power = builder.power(position);
                        builder.row(values[n].clone(), power, next.clone().minus(&sum));
                        sum = next;
                    }
                }
                Combine::Baked => unreachable!("constant weights are multiplied elsewhere"),
                Combine::Shifted if geometry.met(tap).len() == 0 => {}
                Combine::Shifted => {
                    for (_, n) in geometry.met(tap) {
                        sum.add_sum(Fr::ONE, &powered[n]);
                    }
                    let shifted = next_column();
                    let power = builder.power(geometry.shifts[tap]);
                    builder.row(sum, power, shifted.clone());
                    sum = shifted;
                }
            }
            sums.push(sum);
        }
        sums
    }

    /// Values times the powers of their cells.
    fn powered(&self, builder: &mut Builder, values: &[Sum]) -> Vec<Sum> {
        let mut column = self.at.powered..;
        let pairs = values.iter().zip(&self.geometry.exponents);
        pairs
            .map(|(value, exponent)| {
                if *exponent == 0 {
                    return value.clone();
                }
                let powered = Sum::of(column.next().expect("it has no end; qed"));
                builder.row(value.clone(), builder.power(*exponent), powered.clone());
                powered
            })
            .collect()
    }

    /// What a bias is multiplied by: the powers of all positions and used lanes.
    fn ones(&self, builder: &mut Builder) -> Sum {
        let mut lanes = Sum::default();
        for group in 0..self.groups() {
            let ones = self.grid.lanes.ones(group, builder.plan.batch);
            lanes.add_sum(ones, &self.batch_power(builder, group));
        }
        if self.geometry.positions.len() == 1 {
            return lanes;
        }
        let mut positions = Sum::default();
        for exponent in &self.geometry.positions {
            positions.add_sum(Fr::ONE, &builder.power(*exponent));
        }
        let ones = Sum::of(self.at.ones);
        builder.row(positions, lanes, ones.clone());
        ones
    }

    /// Weights times inputs, and accumulators, of one group of packed outputs.
    fn row_group(&self, builder: &mut Builder, row_group: usize, taps: &[Sum], ones: &Sum) {
        let inputs = self.weighted.inputs;
        let stored_sums = self.at.weight_sums_of(inputs, self.groups());
        let stored = |k: usize| Sum::of(self.at.weight_sums + row_group * stored_sums + k);
        let group = row_group / self.grid.lanes.row_groups;
        let mut sum = Sum::default();
        for (k, tap) in taps[group * inputs..][..inputs].iter().enumerate() {
            let next = stored(k);
            let weight = Sum::of(self.at.weight + row_group * inputs + k);
            builder.row(weight, tap.clone(), next.clone().minus(&sum));
            sum = next;
        }
        let steps = self.geometry.steps(self.groups());
        let total = match steps {
            0 => self.accumulator(row_group, 0, 0),
            _ => stored(inputs),
        };
        let bias = Sum::of(self.at.bias + row_group);
        builder.row(bias, ones.clone(), total.clone().minus(&sum));

        let mut step = 0;
        let mut next = || {
            step += 1;
            match step == steps {
                true => total.clone(),
                false => Sum::of(self.at.accumulator_sums + row_group * (steps - 1) + step - 1),
            }
        };
        if self.geometry.positions.len() == 1 {
            let mut sum = self.accumulator(row_group, 0, 0);
            for group in 1..self.groups() {
                let next = next();
                let power = self.batch_power(builder, group);
                let accumulator = self.accumulator(row_group, 0, group);
                builder.row(accumulator, power, next.clone().minus(&sum));
                sum = next;
            }
            return;
        }
        let mut sum = Sum::default();
        for (position, exponent) in self.geometry.positions.iter().enumerate() {
            let accumulators = self.position(builder, row_group, position);
            if *exponent == 0 {
                sum = accumulators;
                continue;
            }
            let next = next();
            let power = builder.power(*exponent);
            builder.row(accumulators, power, next.clone().minus(&sum));
            sum = next;
        }
    }

    /// Accumulators of one position, their batch items weighted by their powers.
    fn position(&self, builder: &mut Builder, row_group: usize, position: usize) -> Sum {
        let groups = self.groups();
        let count = self.geometry.positions.len();
        let first = self.at.position_sums + (row_group * count + position) * (groups - 1);
        let mut sum = self.accumulator(row_group, position, 0);
        for group in 1..groups {
            let next = Sum::of(first + group - 1);
            let power = self.batch_power(builder, group);
            let accumulator = self.accumulator(row_group, position, group);
            builder.row(accumulator, power, next.clone().minus(&sum));
            sum = next;
        }
        sum
    }

    fn accumulator(&self, row_group: usize, position: usize, col_group: usize) -> Sum {
        let element = Element {
            row_group,
            position,
            col_group,
        };
        Sum::of(self.at.accumulators + self.grid.at(element))
    }
}
