//! The assignment, in two phases: what is committed before the challenge, and the rest.

use crate::columns::{Columns, LayerColumns};
use crate::digest;
use crate::gadgets::maxpool::{self, differences};
use crate::gadgets::product::{self, elements, factors, packed_items};
use crate::gadgets::requant::{digits, Activation};
use crate::packing::scalar;
use crate::plan::{LayerPlan, Outlet, Plan, RequantPlan};
use crate::tables::Limb;
use crate::Error;
use ark_bn254::Fr;
use ark_ff::{batch_inversion, AdditiveGroup, Field};
use swarm_network::{Matrix, Model, Operation, Requant, Source, TensorType, Trace};

/// All values that are fixed before the challenge, blinds included.
#[derive(Debug, Clone)]
pub struct Committed {
    pub w: Vec<Fr>,
    pub x: Vec<Fr>,
    pub z: Vec<Fr>,
    pub y: Vec<Fr>,
    input: Matrix,
    trace: Trace,
    lookups: Vec<Lookups>,
}

impl Committed {
    /// What the network gives for this batch, `[batch, out]`.
    pub fn output(&self) -> &Matrix {
        self.trace.output()
    }

    fn tensor(&self, source: Source) -> &Matrix {
        self.trace.tensor(source, &self.input)
    }
}

/// What phase two needs of one layer as integers.
#[derive(Debug, Clone, Default)]
struct Lookups {
    /// `e⁺` of each activation; empty where there is no clamp.
    above: Vec<u64>,
    /// Looked-up values in the order of their inverses.
    values: Vec<u64>,
}

/// Packed weights and biases, and multipliers that are variables of their own, of all layers,
/// without the blind; the model's name where they are constants.
pub(crate) fn weights(plan: &Plan, model: &Model) -> Vec<Fr> {
    if plan.baked.is_some() {
        return vec![digest::model(model)];
    }
    let mut values = Vec::new();
    let mut weights = model.weights().iter();
    for (layer, node) in plan.nodes.iter().enumerate() {
        match (&node.operation, &plan.layers[layer]) {
            (Operation::Weighted(weighted), LayerPlan::Product(product)) => {
                let weights = weights.next().expect("one for each such layer; qed");
                let factors = factors(plan, layer, weighted.outputs, model);
                values.extend(product::weights(weighted, product, weights, &factors));
            }
            (Operation::Requant(_), _) if plan.own_multipliers(layer) > 0 => {
                let multipliers = model.multipliers_of(layer).iter();
                values.extend(multipliers.map(|m| Fr::from(u64::from(*m))));
            }
            _ => {}
        }
    }
    values
}

/// The input: packed, `[value][column group]`, or `[item][value]`.
pub(crate) fn input(plan: &Plan, columns: &Columns, rows: &Matrix) -> Vec<Fr> {
    let Some(layer) = columns.input_packed_by else {
        return rows.values().iter().map(|v| scalar((*v).into())).collect();
    };
    let (Operation::Weighted(weighted), LayerPlan::Product(product)) =
        (&plan.nodes[layer].operation, &plan.layers[layer])
    else {
        unreachable!("only layers with weights pack the input")
    };
    let grid = product.grid(weighted, weighted.positions());
    let groups = grid.lanes.col_groups;
    (0..rows.cols() * groups)
        .map(|at| packed_items(&grid, rows, at / groups, at % groups))
        .collect()
}

/// The output without the blind.
pub(crate) fn output(plan: &Plan, rows: &Matrix) -> Vec<Fr> {
    if let Some(grid) = plan.copy_grid() {
        return elements(&grid, rows, &vec![1; grid.groups * grid.outputs]);
    }
    let Outlet::Own(layer) = plan.flow().outlet() else {
        unreachable!("it would be copied")
    };
    committed_output(plan, layer, rows, &[])
}

/// What layer `layer` commits to as its output, `rows` being what it gives. `factors` are those of
/// the channels, all 1 where there are none.
fn committed_output(plan: &Plan, layer: usize, rows: &Matrix, factors: &[i64]) -> Vec<Fr> {
    let node = &plan.nodes[layer];
    match (&node.operation, &plan.layers[layer]) {
        (Operation::Weighted(weighted), LayerPlan::Product(product)) => {
            let grid = product.grid(weighted, weighted.positions());
            let ones = vec![1; weighted.outputs];
            let factors = if factors.is_empty() { &ones } else { factors };
            elements(&grid, rows, factors)
        }
        (Operation::Requant(requant), LayerPlan::Requant(requant_plan)) => {
            activations(requant_plan, requant, rows)
        }
        (Operation::MaxPool(_), _) => {
            let values = rows.values().iter();
            let offset = |v: &i32| scalar(i64::from(*v) - node.output.lo);
            values.map(offset).collect()
        }
        _ => Vec::new(),
    }
}

/// Limbs of `q - lo` for every activation.
fn activations(plan: &RequantPlan, requant: &Requant, rows: &Matrix) -> Vec<Fr> {
    let lo = i64::from(requant.lo);
    let values = rows.values().iter();
    values
        .flat_map(|q| digits(&plan.output, (i64::from(*q) - lo) as u64).map(Fr::from))
        .collect()
}

/// How often every entry of every table is looked up.
struct Counts<'a> {
    plan: &'a Plan,
    counts: Vec<Vec<u64>>,
}

impl<'a> Counts<'a> {
    fn new(plan: &'a Plan) -> Self {
        let sizes = plan.tables.iter();
        Self {
            plan,
            counts: sizes.map(|size| vec![0; *size as usize]).collect(),
        }
    }

    fn table(&self, size: u64) -> usize {
        let found = self.plan.tables.binary_search(&size);
        found.expect("the plan holds every table it uses; qed")
    }
}

/// Phase one. `w`, `x` and `y` come with their blinds, `z` gets `blind_z`.
pub(crate) fn commit_values(
    plan: &Plan,
    model: &Model,
    (input, trace): (Matrix, Trace),
    [w, x, y]: [Vec<Fr>; 3],
    blind_z: Fr,
) -> Committed {
    let outlet = plan.flow().outlet();
    let mut committed = Committed {
        w,
        x,
        z: Vec::new(),
        y,
        input,
        trace,
        lookups: Vec::new(),
    };
    let mut counts = Counts::new(plan);
    let mut z = Vec::new();
    for (layer, node) in plan.nodes.iter().enumerate() {
        let given = &committed.trace.layers()[layer];
        let sums = plan.baked.is_some() && matches!(node.operation, Operation::Weighted(_));
        if outlet != Outlet::Own(layer) && !sums {
            let factors = match &node.operation {
                Operation::Weighted(weighted) => factors(plan, layer, weighted.outputs, model),
                _ => Vec::new(),
            };
            z.extend(committed_output(plan, layer, given, &factors));
        }
        let taken = committed.tensor(node.source);
        let lookups = match (&node.operation, &plan.layers[layer]) {
            (Operation::Requant(requant), LayerPlan::Requant(requant_plan)) => {
                let multipliers = model.multipliers_of(layer);
                let cuts = cuts(requant, &node.output, multipliers, taken, given);
                look_up_activations(requant_plan, cuts, &mut counts, &mut z)
            }
            (Operation::MaxPool(windows), LayerPlan::MaxPool(maxpool)) => {
                let table = counts.table(maxpool.table);
                let windows = differences(windows, taken, given);
                let values: Vec<u64> = windows.filter(|w| w.len() > 1).flatten().collect();
                for value in &values {
                    counts.counts[table][*value as usize] += 1;
                }
                Lookups {
                    above: Vec::new(),
                    values,
                }
            }
            _ => Lookups::default(),
        };
        committed.lookups.push(lookups);
    }
    z.extend(counts.counts.iter().flatten().map(|count| Fr::from(*count)));
    z.push(blind_z);
    committed.z = z;
    committed
}

/// Every requantisation of a layer.
fn cuts<'a>(
    requant: &'a Requant,
    output: &TensorType,
    multipliers: &[u16],
    taken: &'a Matrix,
    given: &'a Matrix,
) -> impl Iterator<Item = Activation> + 'a {
    let positions = output.positions();
    let factors: Vec<i64> = (0..output.channels())
        .map(|channel| requant.factor(channel, multipliers))
        .collect();
    let pairs = taken.values().iter().zip(given.values()).enumerate();
    pairs.map(move |(at, (value, q))| {
        let factor = factors[at / positions % factors.len()];
        Activation::cut(requant, i64::from(*value) * factor, (*q).into())
    })
}

/// Commits to the inner limbs of all activations and counts what is looked up.
fn look_up_activations(
    plan: &RequantPlan,
    cuts: impl Iterator<Item = Activation>,
    counts: &mut Counts,
    z: &mut Vec<Fr>,
) -> Lookups {
    let mut lookups = Lookups::default();
    let limbs: Vec<(&Limb, usize)> = plan
        .limbs()
        .map(|limb| (limb, counts.table(limb.table)))
        .collect();
    for cut in cuts {
        let inner: Vec<u64> = digits(&plan.remainder, cut.remainder)
            .chain(digits(&plan.excess, cut.excess))
            .collect();
        z.extend(inner.iter().map(|v| Fr::from(*v)));
        let digits = digits(&plan.output, cut.output).chain(inner);
        for (value, (limb, table)) in digits.zip(&limbs) {
            let complement = limb.paired.then(|| limb.range - 1 - value);
            for value in [Some(value), complement].into_iter().flatten() {
                counts.counts[*table][value as usize] += 1;
                lookups.values.push(value);
            }
        }
        if !plan.excess.is_empty() {
            lookups.above.push(cut.above);
        }
    }
    lookups
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

    let mut powers = vec![Fr::ONE, rho];
    for e in 2..=columns.max_power {
        powers.push(powers[e - 1] * rho);
        values[columns.power(e)] = powers[e];
    }

    let inverses = table_inverses(plan, rho)?;
    for (layer, node) in plan.nodes.iter().enumerate() {
        let taken = committed.tensor(node.source);
        match (&node.operation, &plan.layers[layer], &columns.layers[layer]) {
            (
                Operation::Weighted(weighted),
                LayerPlan::Product(product_plan),
                LayerColumns::Product(at),
            ) => product::assign(
                plan,
                (layer, weighted, product_plan),
                (columns, at),
                taken,
                &powers,
                &mut values,
            ),
            (_, LayerPlan::Requant(requant), LayerColumns::Requant(at)) => {
                let lookups = &committed.lookups[layer];
                for (activation, above) in lookups.above.iter().enumerate() {
                    values[at.excess + activation] = Fr::from(*above);
                }
                let tables = requant
                    .limbs()
                    .flat_map(|limb| std::iter::repeat_n(limb.table, limb.lookups()));
                let tables: Vec<u64> = tables.collect();
                let found = (&inverses[..], &tables[..]);
                look_ups(plan, lookups, found, &mut values[at.inverses..]);
            }
            (
                Operation::MaxPool(windows),
                LayerPlan::MaxPool(maxpool_plan),
                LayerColumns::MaxPool(at),
            ) => {
                let given = &committed.trace.layers()[layer];
                maxpool::assign(windows, at, taken, given, &mut values);
                let found = (&inverses[..], &[maxpool_plan.table][..]);
                let lookups = &committed.lookups[layer];
                look_ups(plan, lookups, found, &mut values[at.inverses..]);
            }
            _ => {}
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

/// Fills in the inverses of looked-up values, the tables of which are `tables` over and over.
fn look_ups(
    plan: &Plan,
    lookups: &Lookups,
    (inverses, tables): (&[Vec<Fr>], &[u64]),
    values: &mut [Fr],
) {
    let tables: Vec<&Vec<Fr>> = tables
        .iter()
        .map(|size| {
            let found = plan.tables.binary_search(size);
            &inverses[found.expect("the plan holds every table it uses; qed")]
        })
        .collect();
    let of_value = tables.iter().cycle();
    for ((value, table), inverse) in lookups.values.iter().zip(of_value).zip(values) {
        *inverse = table[*value as usize];
    }
}
