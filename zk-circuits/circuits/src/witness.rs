//! The assignment, in two phases: what is committed before the challenge, and the rest.

use crate::columns::{Columns, RequantColumns, StageColumns};
use crate::packing::{pack, Lanes};
use crate::plan::{Plan, RequantPlan, StagePlan};
use crate::tables::Limb;
use crate::Error;
use ark_bn254::Fr;
use ark_ff::{batch_inversion, AdditiveGroup, Field};
use swarm_network::{LinearWeights, Matrix, Trace};

/// All values that are fixed before the challenge, blinds included.
#[derive(Debug, Clone)]
pub struct Committed {
    pub w: Vec<Fr>,
    pub x: Vec<Fr>,
    pub z: Vec<Fr>,
    pub y: Vec<Fr>,
    output: Matrix,
    stages: Vec<StageValues>,
}

impl Committed {
    /// What the network gives for this batch, `[batch, out]`.
    pub fn output(&self) -> &Matrix {
        &self.output
    }
}

/// What phase two needs as integers.
#[derive(Debug, Clone)]
struct StageValues {
    /// Inputs of the stage, `[batch, in]`.
    input: Matrix,
    /// `e⁺` of each activation; empty where there is no clamp.
    above: Vec<u64>,
    /// Looked-up values in the order of their inverses.
    lookups: Vec<u64>,
}

/// Packed weights and biases of all layers, without the blind.
pub(crate) fn weights(plan: &Plan, weights: &[LinearWeights]) -> Vec<Fr> {
    let mut values = Vec::new();
    for (stage, weights) in plan.stages.iter().zip(weights) {
        let (lanes, inputs, outputs) = (&stage.lanes, stage.linear.inputs, stage.linear.outputs);
        let stride = lanes.weight(1, 0);
        for group in 0..lanes.row_groups {
            let rows = group * lanes.rows..group * lanes.rows + lanes.rows_in(group, outputs);
            for k in 0..inputs {
                let lane = |row: usize| i64::from(weights.weight[row * inputs + k]);
                values.push(pack(rows.clone().map(lane), stride));
            }
        }
        for group in 0..lanes.row_groups {
            let rows = group * lanes.rows..group * lanes.rows + lanes.rows_in(group, outputs);
            let lane = |row: usize| i64::from(weights.bias[row]);
            values.push(pack(rows.map(lane), stride));
        }
    }
    values
}

/// Packed inputs, `[input][column group]`.
pub(crate) fn input(lanes: &Lanes, rows: &Matrix) -> Vec<Fr> {
    let stride = lanes.weight(0, 1);
    let mut values = Vec::with_capacity(rows.cols() * lanes.col_groups);
    for k in 0..rows.cols() {
        for group in 0..lanes.col_groups {
            let first = group * lanes.cols;
            let items = first..first + lanes.cols_in(group, rows.rows());
            values.push(pack(items.map(|item| rows.get(item, k).into()), stride));
        }
    }
    values
}

/// Packed accumulators, `[row group][column group]`.
pub(crate) fn accumulators(lanes: &Lanes, rows: &Matrix) -> Vec<Fr> {
    let stride = lanes.weight(0, 1);
    let mut values = Vec::with_capacity(lanes.row_groups * lanes.col_groups);
    for i in 0..lanes.row_groups {
        for j in 0..lanes.col_groups {
            let outputs = lanes.rows_in(i, rows.cols());
            let items = lanes.cols_in(j, rows.rows());
            // A short column group keeps the stride of a full one.
            let lane = |lane: usize| {
                let (row, col) = (lane / lanes.cols, lane % lanes.cols);
                if col < items {
                    rows.get(j * lanes.cols + col, i * lanes.rows + row).into()
                } else {
                    0
                }
            };
            values.push(pack((0..outputs * lanes.cols).map(lane), stride));
        }
    }
    values
}

/// Limbs of `q - lo` for every output of a last requant.
pub(crate) fn activations(requant: &RequantPlan, rows: &Matrix) -> Vec<Fr> {
    let lo = i64::from(requant.requant.lo);
    let values = rows.values().iter();
    values
        .flat_map(|q| digits(&requant.output, (i64::from(*q) - lo) as u64).map(Fr::from))
        .collect()
}

/// Cuts a value into limbs, least first; the last takes what is left.
fn digits(limbs: &[Limb], value: u64) -> impl Iterator<Item = u64> + '_ {
    let last = limbs.len().saturating_sub(1);
    limbs.iter().enumerate().map(move |(index, limb)| {
        let rest = value / limb.weight;
        if index == last {
            rest
        } else {
            rest % limb.range
        }
    })
}

/// Segment z without its blind, and the integers phase two needs.
struct Intermediate {
    z: Vec<Fr>,
    stages: Vec<StageValues>,
}

fn intermediate(plan: &Plan, rows: &Matrix, trace: &Trace) -> Intermediate {
    let last = plan.stages.len() - 1;
    let mut z = Vec::new();
    let mut stages = Vec::new();
    let mut counts: Vec<Vec<u64>> = plan
        .tables
        .iter()
        .map(|size| vec![0; *size as usize])
        .collect();
    let table_of = |limb: &Limb| {
        let found = plan.tables.binary_search(&limb.table);
        found.expect("the plan holds every table it uses; qed")
    };
    for (index, stage) in plan.stages.iter().enumerate() {
        let input = match index {
            0 => rows,
            _ => trace.activations[index - 1]
                .as_ref()
                .expect("only the last stage goes without requant; qed"),
        };
        let mut values = StageValues {
            input: input.clone(),
            above: Vec::new(),
            lookups: Vec::new(),
        };
        if let (Some(requant), Some(outputs)) = (&stage.requant, &trace.activations[index]) {
            let accumulated = &trace.accumulators[index];
            z.extend(accumulators(&stage.lanes, accumulated));
            if index < last {
                z.extend(activations(requant, outputs));
            }
            let limbs: Vec<(&Limb, usize)> = requant.limbs().map(|l| (l, table_of(l))).collect();
            for (acc, q) in accumulated.values().iter().zip(outputs.values()) {
                let cut = Activation::cut(requant, (*acc).into(), (*q).into());
                let inner = digits(&requant.remainder, cut.remainder)
                    .chain(digits(&requant.excess, cut.excess));
                let inner: Vec<u64> = inner.collect();
                z.extend(inner.iter().map(|v| Fr::from(*v)));
                let digits = digits(&requant.output, cut.output).chain(inner.iter().copied());
                for (value, (limb, table)) in digits.zip(&limbs) {
                    counts[*table][value as usize] += 1;
                    values.lookups.push(value);
                    if limb.paired {
                        counts[*table][(limb.range - 1 - value) as usize] += 1;
                        values.lookups.push(limb.range - 1 - value);
                    }
                }
                if !requant.excess.is_empty() {
                    values.above.push(cut.above);
                }
            }
        }
        stages.push(values);
    }
    z.extend(counts.iter().flatten().map(|count| Fr::from(*count)));
    Intermediate { z, stages }
}

/// One requantisation as the gadget sees it.
struct Activation {
    /// `q - lo`
    output: u64,
    remainder: u64,
    /// `e⁺ + e⁻`
    excess: u64,
    /// `e⁺`
    above: u64,
}

impl Activation {
    fn cut(requant: &RequantPlan, acc: i64, q: i64) -> Self {
        let shift = requant.requant.shift;
        let over = (acc >> shift) - q;
        Self {
            output: (q - i64::from(requant.requant.lo)) as u64,
            remainder: (acc - ((acc >> shift) << shift)) as u64,
            excess: over.unsigned_abs(),
            above: over.max(0) as u64,
        }
    }
}

/// Phase one. `w`, `x` and `y` come with their blinds, `z` gets `blind_z`.
pub(crate) fn commit_values(
    plan: &Plan,
    rows: &Matrix,
    trace: &Trace,
    [w, x, y]: [Vec<Fr>; 3],
    blind_z: Fr,
) -> Committed {
    let Intermediate { mut z, stages } = intermediate(plan, rows, trace);
    z.push(blind_z);
    Committed {
        w,
        x,
        z,
        y,
        output: trace.output().clone(),
        stages,
    }
}

/// Phase two: the whole assignment `[1, rho, tag, w.., x.., z.., y.., witness..]`.
pub(crate) fn assign(
    plan: &Plan,
    columns: &Columns,
    committed: &Committed,
    rho: Fr,
    tag: Fr,
) -> Result<Vec<Fr>, Error> {
    let mut values = vec![Fr::ONE, rho, tag];
    for segment in [&committed.w, &committed.x, &committed.z, &committed.y] {
        values.extend(segment);
    }
    debug_assert_eq!(values.len(), columns.layout.num_instance());
    values.resize(columns.witness().end, Fr::ZERO);

    let mut powers = vec![Fr::ONE];
    for e in 1..plan.max_col_groups() {
        powers.push(powers[e - 1] * rho);
    }
    for (e, power) in powers.iter().enumerate().skip(2) {
        values[columns.power(e)] = *power;
    }

    let inverses = table_inverses(plan, rho)?;
    for ((stage, at), integers) in plan
        .stages
        .iter()
        .zip(&columns.stages)
        .zip(&committed.stages)
    {
        linear(plan.batch, stage, at, &integers.input, &powers, &mut values);
        if let (Some(requant), Some(at)) = (&stage.requant, &at.requant) {
            look_ups(plan, requant, at, integers, &inverses, &mut values);
        }
    }
    for (table, inverses) in inverses.iter().enumerate() {
        for (entry, inverse) in inverses.iter().enumerate() {
            let multiplicity = values[columns.multiplicities[table] + entry];
            values[columns.fractions[table] + entry] = multiplicity * inverse;
        }
    }
    Ok(values)
}

/// `1/(rho + entry)` for every entry of every table; all inverses an assignment needs are here.
fn table_inverses(plan: &Plan, rho: Fr) -> Result<Vec<Vec<Fr>>, Error> {
    let mut tables = Vec::new();
    for size in &plan.tables {
        let mut poles: Vec<Fr> = (0..*size).map(|entry| rho + Fr::from(entry)).collect();
        if poles.contains(&Fr::ZERO) {
            return Err(Error::UnluckyChallenge);
        }
        batch_inversion(&mut poles);
        tables.push(poles);
    }
    Ok(tables)
}

fn linear(
    batch: usize,
    stage: &StagePlan,
    at: &StageColumns,
    rows: &Matrix,
    powers: &[Fr],
    values: &mut [Fr],
) {
    let (lanes, inputs) = (&stage.lanes, stage.linear.inputs);
    let groups = lanes.col_groups;
    let mut weighted = Vec::with_capacity(inputs);
    let packed = match at.input {
        Some(start) => values[start..start + inputs * groups].to_vec(),
        None => input(lanes, rows),
    };
    for (k, packed) in packed.chunks_exact(groups).enumerate() {
        let mut sum = packed[0];
        for j in 1..groups {
            sum += packed[j] * powers[j];
            values[at.input_sums + k * (groups - 1) + j - 1] = sum;
        }
        weighted.push(sum);
    }
    let ones: Fr = (0..groups).map(|j| lanes.ones(j, batch) * powers[j]).sum();
    for i in 0..lanes.row_groups {
        let sums = at.weight_sums + i * stage.weight_sums();
        let mut sum = Fr::ZERO;
        for (k, weighted) in weighted.iter().enumerate() {
            sum += values[at.weight + i * inputs + k] * weighted;
            values[sums + k] = sum;
        }
        if groups > 1 {
            values[sums + inputs] = sum + values[at.bias + i] * ones;
        }
        let mut sum = values[at.accumulators + i * groups];
        for j in 1..groups.saturating_sub(1) {
            sum += values[at.accumulators + i * groups + j] * powers[j];
            values[at.accumulator_sums + i * (groups - 2) + j - 1] = sum;
        }
    }
}

fn look_ups(
    plan: &Plan,
    requant: &RequantPlan,
    at: &RequantColumns,
    integers: &StageValues,
    inverses: &[Vec<Fr>],
    values: &mut [Fr],
) {
    for (activation, above) in integers.above.iter().enumerate() {
        values[at.excess + activation] = Fr::from(*above);
    }
    let tables: Vec<&Vec<Fr>> = requant
        .limbs()
        .flat_map(|limb| {
            let found = plan.tables.binary_search(&limb.table);
            let table = &inverses[found.expect("the plan holds every table it uses; qed")];
            std::iter::repeat_n(table, limb.lookups())
        })
        .collect();
    let of_activation = tables.iter().cycle();
    for (index, (value, table)) in integers.lookups.iter().zip(of_activation).enumerate() {
        values[at.inverses + index] = table[*value as usize];
    }
}
