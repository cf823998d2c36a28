//! Packed weights and tensors, and the running sums of both sides.

use super::batch_power;
use crate::columns::{Columns, ProductColumns};
use crate::packing::{pack, Element, Grid};
use crate::plan::{Combine, Plan, ProductPlan};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_network::{LinearWeights, Matrix, Model, Weighted};

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
        for (group, power) in batch_powers.iter().enumerate().skip(1) {
            sum += operand(group) * power;
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
    let mut sums = Vec::with_capacity(geometry.tap_count());
    for tap in 0..geometry.tap_count() {
        let mut sum = Fr::ZERO;
        let mut met = geometry.met(tap);
        match geometry.combine {
            Combine::One => sum = met.next().map_or(Fr::ZERO, |(_, n)| weighed[n]),
            Combine::Each => {
                for (position, n) in met {
                    sum += weighed[n] * powers[position];
                    if position > 0 {
                        values[column] = sum;
                        column += 1;
                    }
                }
            }
            Combine::Baked => unreachable!("constant weights have no witness"),
            Combine::Shifted if met.len() == 0 => {}
            Combine::Shifted => {
                let summed: Fr = met.map(|(_, n)| weighed[n]).sum();
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
