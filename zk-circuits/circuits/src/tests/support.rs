//! Random networks, and the best witness for committed values that may be wrong.

use crate::columns::{LayerColumns, ProductColumns, RequantColumns, RHO};
use crate::gadgets::requant::limb_columns;
use crate::lookups::lookups;
use crate::plan::{ProductPlan, RequantPlan};
use crate::{Blinds, Circuit, Committed, LintError};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use proptest::prelude::*;
use std::collections::HashMap;
use swarm_groth16::{ConstraintMatrices, Row};
use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Requant, Topology, Weighted,
};

pub fn fr(value: i64) -> Fr {
    crate::packing::scalar(value)
}

/// A challenge like any other.
pub fn rho() -> Fr {
    Fr::from(0x1234_5678_9abc_def1u64).pow([5u64])
}

/// Why these matrices of the circuit get no key.
pub fn without_key(circuit: &Circuit, matrices: &ConstraintMatrices) -> LintError {
    let error = circuit.key_parts(matrices.clone()).unwrap_err();
    assert_eq!(circuit.lint(matrices), Err(error.clone()));
    error
}

/// Widths with the same requant between all layers, and after the last where `last` says so.
pub fn network(
    dtype: ActivationType,
    widths: &[usize],
    (shift, lo, hi): (u32, i32, i32),
    last: bool,
) -> Topology {
    let mut layers = Vec::new();
    for (index, pair) in widths.windows(2).enumerate() {
        layers.push(Layer::Linear {
            inputs: pair[0],
            outputs: pair[1],
        });
        if last || index + 2 < widths.len() {
            layers.push(Layer::Requant { shift, lo, hi });
        }
    }
    Topology::new(vec![widths[0]], dtype, layers).unwrap()
}

fn clamps() -> impl Strategy<Value = (i32, i32)> {
    prop_oneof![
        Just((0, 255)),
        Just((-128, 127)),
        Just((0, 127)),
        (-128i32..127).prop_flat_map(|lo| (Just(lo), lo + 1..=127)),
        (0i32..255).prop_flat_map(|lo| (Just(lo), lo + 1..=255)),
    ]
}

fn topologies() -> impl Strategy<Value = Topology> {
    let dtype = prop_oneof![Just(ActivationType::U8), Just(ActivationType::I8)];
    let widths = prop::collection::vec(1usize..12, 2..5);
    let requants = prop::collection::vec((0u32..18, clamps()), 4);
    (dtype, widths, requants, any::<bool>()).prop_map(|(dtype, widths, requants, last)| {
        let mut layers = Vec::new();
        for (i, pair) in widths.windows(2).enumerate() {
            layers.push(Layer::Linear {
                inputs: pair[0],
                outputs: pair[1],
            });
            if last || i + 2 < widths.len() {
                let (shift, (lo, hi)) = requants[i];
                layers.push(Layer::Requant { shift, lo, hi });
            }
        }
        Topology::new(vec![widths[0]], dtype, layers).unwrap()
    })
}

/// Values in `lo..=hi`, often at the ends.
fn values(lo: i64, hi: i64, len: usize) -> impl Strategy<Value = Vec<i64>> {
    let value = prop_oneof![
        6 => lo..=hi,
        1 => Just(lo),
        1 => Just(hi),
        1 => Just(0i64.clamp(lo, hi)),
    ];
    prop::collection::vec(value, len)
}

pub fn models() -> impl Strategy<Value = Model> {
    topologies().prop_flat_map(|topology| {
        let weights: Vec<_> = topology
            .weighted()
            .map(|w| {
                let bound = w.bias_bound;
                let weight = values(-128, 127, w.weight_len());
                let bias = values(-bound, bound, w.outputs);
                (weight, bias).prop_map(|(weight, bias)| LinearWeights {
                    weight: weight.into_iter().map(|w| w as i8).collect(),
                    bias: bias.into_iter().map(|b| b as i32).collect(),
                })
            })
            .collect();
        weights.prop_map(move |w| Model::new(topology.clone(), w).unwrap())
    })
}

/// A model with a batch of any size for it.
pub fn cases() -> impl Strategy<Value = (Model, Matrix)> {
    (models(), 1usize..24).prop_flat_map(|(model, rows)| {
        let dtype = model.topology().input_type();
        let cols = model.topology().input_len();
        values(dtype.min(), dtype.max(), rows * cols).prop_map(move |v| {
            let values = v.into_iter().map(|v| v as i32).collect();
            (model.clone(), Matrix::new(rows, cols, values).unwrap())
        })
    })
}

/// A model and a batch without zeros, so that every committed value matters.
pub fn dense(topology: &Topology, batch: usize) -> (Model, Matrix) {
    let mut state = 7u32;
    let mut next = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % most + 1
    };
    let weights = topology
        .weighted()
        .map(|w| LinearWeights {
            weight: (0..w.weight_len())
                .map(|i| next(127) as i8 * if i % 3 == 0 { -1 } else { 1 })
                .collect(),
            bias: (0..w.outputs).map(|_| next(1000) as i32).collect(),
        })
        .collect();
    let multipliers = topology
        .multiplied()
        .map(|r| (0..r.multipliers()).map(|_| next(65_535) as u16).collect())
        .collect();
    let cols = topology.input_len();
    let rows = (0..batch * cols).map(|_| next(127) as i32).collect();
    let model = Model::with_multipliers(topology.clone(), weights, multipliers).unwrap();
    (model, Matrix::new(batch, cols, rows).unwrap())
}

/// The `n`-th layer with weights.
pub fn product(circuit: &Circuit, n: usize) -> (&Weighted, &ProductPlan, &ProductColumns) {
    let (layer, weighted, plan) = circuit.plan().products().nth(n).unwrap();
    match &circuit.columns().layers[layer] {
        LayerColumns::Product(at) => (weighted, plan, at),
        _ => panic!("layer {layer} has other columns"),
    }
}

/// Every requant layer.
pub fn requants(circuit: &Circuit) -> Vec<(&Requant, &RequantPlan, &RequantColumns)> {
    let requants = circuit.plan().requants();
    requants
        .map(
            |(layer, requant, plan)| match &circuit.columns().layers[layer] {
                LayerColumns::Requant(at) => (requant, plan, at),
                _ => panic!("layer {layer} has other columns"),
            },
        )
        .collect()
}

/// Activations of all batch items of a requant layer.
pub fn activations(circuit: &Circuit, layer: usize) -> usize {
    circuit.plan().nodes[layer].output.len() * circuit.batch()
}

pub const BLINDS: [u64; 3] = [11, 22, 33];

pub fn commit(circuit: &Circuit, model: &Model, rows: &Matrix) -> Committed {
    let w = circuit.weights(model, Fr::from(44u64)).unwrap();
    let [x, y, z] = BLINDS.map(Fr::from);
    circuit
        .commit_values(model, w, rows, Blinds { x, y, z })
        .unwrap()
}

pub fn assignment(circuit: &Circuit, model: &Model, rows: &Matrix) -> Vec<Fr> {
    let committed = commit(circuit, model, rows);
    circuit.assign(&committed, rho(), Fr::from(99u64)).unwrap()
}

pub fn evaluate(row: &Row, values: &[Fr]) -> Fr {
    row.iter().map(|(c, column)| values[*column] * c).sum()
}

/// The best witness for an instance that may be anything: `e⁺` as the clamp demands it, everything
/// else from rows that leave one value. What cannot be solved stays zero.
pub fn complete(circuit: &Circuit, matrices: &ConstraintMatrices, values: &mut [Fr]) {
    let mut known: Vec<bool> = (0..values.len())
        .map(|c| c < matrices.num_instance())
        .collect();
    for (requant, plan, at) in requants(circuit) {
        if plan.excess.is_empty() {
            continue;
        }
        for activation in 0..activations(circuit, requant.layer) {
            let limbs: Vec<_> = limb_columns(plan, at, activation).collect();
            let sum = |from: usize, count: usize| -> Fr {
                let limbs = limbs[from..from + count].iter();
                limbs
                    .map(|(limb, column)| Fr::from(limb.weight) * values[*column])
                    .sum()
            };
            let q = sum(0, plan.output.len()) + fr(requant.lo.into());
            let inner = plan.output.len() + plan.remainder.len();
            let excess = sum(inner, plan.excess.len());
            let column = at.excess + activation;
            values[column] = match q == fr(requant.hi.into()) {
                true => excess,
                false => Fr::ZERO,
            };
            known[column] = true;
        }
    }
    solve(matrices, values, &mut known);
}

/// Completed as well as it can be, is the instance of `values` still refused?
pub fn refused(circuit: &Circuit, matrices: &ConstraintMatrices, values: &[Fr]) -> bool {
    let mut values = values.to_vec();
    complete(circuit, matrices, &mut values);
    matrices.first_unsatisfied(&values).is_some()
}

/// Solves rows with one unknown until none is left.
fn solve(matrices: &ConstraintMatrices, values: &mut [Fr], known: &mut [bool]) {
    let mut open: Vec<usize> = (0..matrices.num_constraints()).collect();
    loop {
        let before = open.len();
        open.retain(|row| {
            let (a, b, c) = (&matrices.a[*row], &matrices.b[*row], &matrices.c[*row]);
            let mut terms = a.iter().chain(b).chain(c).map(|t| t.1);
            let Some(column) = terms.clone().find(|column| !known[*column]) else {
                return false;
            };
            if terms.any(|other| other != column && !known[other]) {
                return true;
            }
            values[column] = Fr::ZERO;
            let coefficient =
                |row: &Row| -> Fr { row.iter().filter(|t| t.1 == column).map(|t| t.0).sum() };
            let [va, vb, vc] = [a, b, c].map(|row| evaluate(row, values));
            if coefficient(a) != Fr::ZERO && vb != Fr::ZERO {
                values[column] = (vc / vb - va) / coefficient(a);
            } else if coefficient(c) != Fr::ZERO {
                values[column] = (va * vb - vc) / coefficient(c);
            }
            known[column] = true;
            false
        });
        if open.len() == before {
            return;
        }
    }
}

/// The rows of a circuit as a search sees them.
pub struct Rows {
    matrices: ConstraintMatrices,
    /// Rows that must hold as they stand.
    plain: Vec<usize>,
    /// Rows of look-ups with the size of their table.
    lookups: Vec<(usize, u64)>,
}

impl Rows {
    pub fn of(circuit: &Circuit) -> Self {
        let matrices = circuit.matrices();
        let tables = tables_of_inverses(circuit);
        let fractions = circuit.columns().fractions.first().copied();
        let is_fraction = |column: usize| fractions.is_some_and(|first| column >= first);
        let mut rows = Self {
            plain: Vec::new(),
            lookups: Vec::new(),
            matrices,
        };
        for row in 0..rows.matrices.num_constraints() {
            let [a, c] = [&rows.matrices.a[row], &rows.matrices.c[row]];
            if let Some(size) = a.iter().find_map(|t| tables.get(&t.1)) {
                rows.lookups.push((row, *size));
            } else if !a.iter().chain(c).any(|t| is_fraction(t.1)) {
                rows.plain.push(row);
            }
        }
        rows
    }

    pub fn matrices(&self) -> &ConstraintMatrices {
        &self.matrices
    }

    /// Those of the rows in which one of these columns stands.
    pub fn with_any(&self, columns: &[usize]) -> Self {
        let [a, b, c] = [&self.matrices.a, &self.matrices.b, &self.matrices.c];
        let stands = |row: usize| {
            let mut terms = a[row].iter().chain(&b[row]).chain(&c[row]);
            terms.any(|(_, column)| columns.contains(column))
        };
        let plain = self.plain.iter().copied().filter(|row| stands(*row));
        let lookups = self.lookups.iter().copied().filter(|(row, _)| stands(*row));
        Self {
            matrices: self.matrices.clone(),
            plain: plain.collect(),
            lookups: lookups.collect(),
        }
    }

    /// Whether the rows hold, where a look-up holds if and only if its value is in its table.
    ///
    /// This is what the look-ups prove; with it, gadgets can be searched without fitting
    /// multiplicities to every guess.
    pub fn admit(&self, values: &[Fr]) -> bool {
        let [a, b, c] = [&self.matrices.a, &self.matrices.b, &self.matrices.c];
        let plain = self.plain.iter().all(|row| {
            evaluate(&a[*row], values) * evaluate(&b[*row], values) == evaluate(&c[*row], values)
        });
        plain
            && self.lookups.iter().all(|(row, size)| {
                let [low, high @ ..] = (evaluate(&b[*row], values) - values[RHO]).into_bigint().0;
                high == [0; 3] && low < *size
            })
    }
}

/// Table size by column of the inverse.
fn tables_of_inverses(circuit: &Circuit) -> HashMap<usize, u64> {
    let blocks = lookups(circuit.plan(), circuit.columns());
    blocks.iter().flat_map(|block| block.columns()).collect()
}

/// A small non-negative value as an integer.
pub fn small(value: Fr) -> u64 {
    value.into_bigint().0[0]
}
