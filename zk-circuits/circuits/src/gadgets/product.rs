//! Linear layers and convolutions: `W·(X·r) = Y·r` with a power of the challenge for each position
//! and group of batch items.

use crate::columns::{Columns, ProductColumns};
use crate::matrices::Builder;
use crate::packing::{pack, Element, Grid};
use crate::plan::{Combine, Geometry, Plan, ProductPlan};
use crate::sum::Sum;
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_network::{LinearWeights, Matrix, Model, Weighted};

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
            let mut sum = self.operand(builder, *value, 0);
            for group in 1..groups {
                let next = Sum::of(self.at.input_sums + n * (groups - 1) + group - 1);
                let power = self.batch_power(builder, group);
                let operand = self.operand(builder, *value, group);
                builder.row(operand, power, next.clone().minus(&sum));
                sum = next;
            }
            weighted.push(sum);
        }
        weighted
    }

    /// A packed value for one column group.
    fn operand(&self, builder: &Builder, value: usize, group: usize) -> Sum {
        if builder.columns.input_packed_by == Some(self.layer) {
            return Sum::of(builder.columns.input + value * self.groups() + group);
        }
        let source = builder.plan.nodes[self.layer].source;
        builder.values().operand(source, &self.grid, value, group)
    }

    /// For every weight of a channel the sum of the values it meets, weighted by the powers of the
    /// positions.
    fn taps(&self, builder: &mut Builder, values: &[Sum]) -> Vec<Sum> {
        let met = &self.geometry.taps;
        let mut column = self.at.tap_sums..;
        let mut next_column = || Sum::of(column.next().expect("it has no end; qed"));
        match self.geometry.combine {
            Combine::One => met
                .iter()
                .map(|met| {
                    met.first()
                        .map_or(Sum::default(), |(_, n)| values[*n].clone())
                })
                .collect(),
            Combine::Each => met
                .iter()
                .map(|met| {
                    let mut sum = Sum::default();
                    for (position, n) in met {
                        if *position == 0 {
                            sum = values[*n].clone();
                            continue;
                        }
                        let next = next_column();
                        let power = builder.power(*position);
                        builder.row(values[*n].clone(), power, next.clone().minus(&sum));
                        sum = next;
                    }
                    sum
                })
                .collect(),
            Combine::Shifted => {
                let powered = self.powered(builder, values);
                let met = met.iter().zip(&self.geometry.shifts);
                met.map(|(met, shift)| {
                    if met.is_empty() {
                        return Sum::default();
                    }
                    let mut sum = Sum::default();
                    for (_, n) in met {
                        sum.add_sum(Fr::ONE, &powered[*n]);
                    }
                    let shifted = next_column();
                    builder.row(sum, builder.power(*shift), shifted.clone());
                    shifted
                })
                .collect()
            }
        }
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

/// Factors of a layer's channels: those of the requant in which its accumulators end.
pub(crate) fn factors(plan: &Plan, layer: usize, channels: usize, model: &Model) -> Vec<i64> {
    let Some(requant) = plan.folded(layer) else {
        return vec![1; channels];
    };
    let multipliers = model.multipliers_of(requant.layer);
    (0..channels)
        .map(|channel| requant.factor(channel, multipliers))
        .collect()
}

/// Packed weights and biases, each times the factor of its channel.
pub(crate) fn weights(
    weighted: &Weighted,
    plan: &ProductPlan,
    weights: &LinearWeights,
    factors: &[i64],
) -> Vec<Fr> {
    let grid = plan.grid(weighted, 1);
    let stride = grid.lanes.weight(1, 0);
    let mut values = Vec::new();
    for row_group in 0..grid.row_groups() {
        for k in 0..weighted.inputs {
            let lane = |o: usize| factors[o] * i64::from(weights.weight[o * weighted.inputs + k]);
            values.push(pack(grid.outputs_of(row_group).map(lane), stride));
        }
    }
    for row_group in 0..grid.row_groups() {
        let lane = |o: usize| factors[o] * i64::from(weights.bias[o]);
        values.push(pack(grid.outputs_of(row_group).map(lane), stride));
    }
    values
}

/// One value of the batch items of a column group, packed.
pub(crate) fn packed_items(grid: &Grid, rows: &Matrix, value: usize, group: usize) -> Fr {
    let lanes = &grid.lanes;
    let first = group * lanes.cols;
    let items = first..first + lanes.cols_in(group, rows.rows());
    pack(
        items.map(|item| rows.get(item, value).into()),
        lanes.weight(0, 1),
    )
}

/// Packed elements of a tensor, `[batch, values]`, each lane times the factor of its output.
pub(crate) fn elements(grid: &Grid, rows: &Matrix, factors: &[i64]) -> Vec<Fr> {
    let lanes = &grid.lanes;
    let stride = lanes.weight(0, 1);
    let of = |element: Element| {
        let outputs = grid.outputs_of(element.row_group);
        let items = lanes.cols_in(element.col_group, rows.rows());
        // A short column group keeps the stride of a full one.
        let lane = |lane: usize| {
            let (output, col) = (outputs.start + lane / lanes.cols, lane % lanes.cols);
            if col >= items {
                return 0;
            }
            let item = element.col_group * lanes.cols + col;
            factors[output] * i64::from(rows.get(item, grid.index(output, element)))
        };
        pack((0..outputs.len() * lanes.cols).map(lane), stride)
    };
    grid.elements().map(of).collect()
}

/// Variables that depend on the challenge. `powers` holds those of the challenge, `rows` what the
/// layer takes, `[batch, values]`.
pub(crate) fn assign(
    plan: &Plan,
    (layer, weighted, product): (usize, &Weighted, &ProductPlan),
    (columns, at): (&Columns, &ProductColumns),
    rows: &Matrix,
    powers: &[Fr],
    values: &mut [Fr],
) {
    let geometry = &at.geometry;
    let grid = product.grid(weighted, weighted.positions());
    let groups = grid.lanes.col_groups;
    let base = powers[geometry.base().min(powers.len() - 1)];
    let mut batch_powers = vec![Fr::ONE];
    for group in 1..groups {
        batch_powers.push(batch_powers[group - 1] * base);
        values[batch_power(columns, at, group)] = batch_powers[group];
    }

    let packed = columns.input_packed_by == Some(layer);
    let mut weighed = Vec::with_capacity(geometry.values.len());
    for (n, value) in geometry.values.iter().enumerate() {
        let operand = |group: usize| match packed {
            true => values[columns.input + value * groups + group],
            false => packed_items(&grid, rows, *value, group),
        };
        let mut sum = operand(0);
        let mut sums = Vec::with_capacity(groups - 1);
        for group in 1..groups {
            sum += operand(group) * batch_powers[group];
            sums.push(sum);
        }
        values[at.input_sums + n * (groups - 1)..][..groups - 1].copy_from_slice(&sums);
        weighed.push(sum);
    }
    let taps = taps(at, weighed, powers, values);

    let mut ones: Fr = (0..groups)
        .map(|group| grid.lanes.ones(group, plan.batch) * batch_powers[group])
        .sum();
    if geometry.positions.len() > 1 {
        let positions = geometry.positions.iter().map(|e| powers[*e]);
        ones *= positions.sum::<Fr>();
        values[at.ones] = ones;
    }

    let steps = geometry.steps(groups);
    let stored = at.weight_sums_of(weighted.inputs, groups);
    for row_group in 0..grid.row_groups() {
        let group = row_group / grid.lanes.row_groups;
        let sums = at.weight_sums + row_group * stored;
        let mut sum = Fr::ZERO;
        let own = &taps[group * weighted.inputs..][..weighted.inputs];
        for (k, tap) in own.iter().enumerate() {
            sum += values[at.weight + row_group * weighted.inputs + k] * tap;
            values[sums + k] = sum;
        }
        if steps > 0 {
            values[sums + weighted.inputs] = sum + values[at.bias + row_group] * ones;
        }
        accumulator_sums(at, &grid, row_group, (powers, &batch_powers), values);
    }
}

/// Sums of the values that each weight meets.
fn taps(at: &ProductColumns, mut weighed: Vec<Fr>, powers: &[Fr], values: &mut [Fr]) -> Vec<Fr> {
    let geometry = &at.geometry;
    if geometry.combine == Combine::Shifted {
        let mut column = at.powered;
        for (value, exponent) in weighed.iter_mut().zip(&geometry.exponents) {
            if *exponent > 0 {
                *value *= powers[*exponent];
                values[column] = *value;
                column += 1;
            }
        }
    }
    let mut column = at.tap_sums;
    let mut sums = Vec::with_capacity(geometry.taps.len());
    for (tap, met) in geometry.taps.iter().enumerate() {
        let mut sum = Fr::ZERO;
        match geometry.combine {
            Combine::One => sum = met.first().map_or(Fr::ZERO, |(_, n)| weighed[*n]),
            Combine::Each => {
                for (position, n) in met {
                    sum += weighed[*n] * powers[*position];
                    if *position > 0 {
                        values[column] = sum;
                        column += 1;
                    }
                }
            }
            Combine::Shifted if met.is_empty() => {}
            Combine::Shifted => {
                let summed: Fr = met.iter().map(|(_, n)| weighed[*n]).sum();
                sum = summed * powers[geometry.shifts[tap]];
                values[column] = sum;
                column += 1;
            }
        }
        sums.push(sum);
    }
    sums
}

/// Running sums of the accumulators of one row group.
fn accumulator_sums(
    at: &ProductColumns,
    grid: &Grid,
    row_group: usize,
    (powers, batch_powers): (&[Fr], &[Fr]),
    values: &mut [Fr],
) {
    let geometry = &at.geometry;
    let groups = grid.lanes.col_groups;
    let steps = geometry.steps(groups);
    let count = geometry.positions.len();
    let accumulator = |values: &[Fr], position: usize, col_group: usize| {
        let element = Element {
            row_group,
            position,
            col_group,
        };
        values[at.accumulators + grid.at(element)]
    };
    let first = at.accumulator_sums + row_group * steps.saturating_sub(1);
    let mut step = 0;
    let mut store = |values: &mut [Fr], sum: Fr| {
        // The last one is the sum on the other side.
        if step + 1 < steps {
            values[first + step] = sum;
        }
        step += 1;
    };
    if count == 1 {
        let mut sum = accumulator(values, 0, 0);
        for (group, power) in batch_powers.iter().enumerate().skip(1) {
            sum += accumulator(values, 0, group) * power;
            store(values, sum);
        }
        return;
    }
    let mut sum = Fr::ZERO;
    for (position, exponent) in geometry.positions.iter().enumerate() {
        let sums = at.position_sums + (row_group * count + position) * (groups - 1);
        let mut of_position = accumulator(values, position, 0);
        for (group, power) in batch_powers.iter().enumerate().skip(1) {
            of_position += accumulator(values, position, group) * power;
            values[sums + group - 1] = of_position;
        }
        sum += of_position * powers[*exponent];
        if *exponent > 0 {
            store(values, sum);
        }
    }
}
