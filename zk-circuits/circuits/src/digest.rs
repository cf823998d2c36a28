//! One hash for everything that makes a circuit what it is.

use crate::packing::Lanes;
use crate::plan::{LayerPlan, Plan};
use crate::tables::Limb;
use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};
use swarm_groth16::{ConstraintMatrices, Row};
use swarm_network::{Model, Operation, Topology};

/// Domain with version; another way to build or to hash circuits needs another.
const DOMAIN: &[u8] = b"swarmwork/circuit/1";
/// Of circuits with constant weights.
const BAKED_DOMAIN: &[u8] = b"swarmwork/circuit/baked/1";
/// Of the names of their models.
const MODEL_DOMAIN: &[u8] = b"swarmwork/circuit/model/1";

/// BLAKE3 over the model whose weights are constants, if there is one, topology, batch, lanes, limbs,
/// tables and the three matrices, all lengths prefixed.
pub(crate) fn digest(topology: &Topology, plan: &Plan, matrices: &ConstraintMatrices) -> [u8; 32] {
    let mut hasher = Writer(blake3::Hasher::new());
    match &plan.baked {
        None => hasher.bytes(DOMAIN),
        Some(model) => {
            hasher.bytes(BAKED_DOMAIN);
            hasher.bytes(&model_hash(model));
        }
    }
    hasher.bytes(topology.to_json().as_bytes());
    hasher.number(plan.batch);
    hasher.number(plan.products().count());
    for (node, layer) in plan.nodes.iter().zip(&plan.layers) {
        match (&node.operation, layer) {
            (Operation::Weighted(weighted), LayerPlan::Product(product)) => {
                hasher.number(weighted.acc_bound as usize);
                hasher.number(weighted.bias_bound as usize);
                hasher.lanes(&product.lanes);
            }
            (_, LayerPlan::Requant(requant)) => {
                for limbs in [&requant.output, &requant.remainder, &requant.excess] {
                    hasher.limbs(limbs);
                }
            }
            (_, LayerPlan::MaxPool(maxpool)) => hasher.number(maxpool.table as usize),
            _ => {}
        }
    }
    if let Some(lanes) = &plan.copy {
        hasher.lanes(lanes);
    }
    hasher.number(plan.tables.len());
    for size in &plan.tables {
        hasher.number(*size as usize);
    }
    let layout = &matrices.layout;
    for length in [
        layout.weights,
        layout.input,
        layout.intermediate,
        layout.output,
        matrices.num_witness,
    ] {
        hasher.number(length);
    }
    for rows in [&matrices.a, &matrices.b, &matrices.c] {
        hasher.matrix(rows);
    }
    hasher.0.finalize().into()
}

/// What a circuit with constant weights commits to in their place: the model's hash without its
/// three highest bits, so that it is below the field's order.
pub(crate) fn model(model: &Model) -> Fr {
    let mut bytes = model_hash(model);
    bytes[31] &= 0x1f;
    Fr::from_le_bytes_mod_order(&bytes)
}

/// BLAKE3 over topology, weights, biases and multipliers, all lengths prefixed.
fn model_hash(model: &Model) -> [u8; 32] {
    let mut hasher = Writer(blake3::Hasher::new());
    hasher.bytes(MODEL_DOMAIN);
    hasher.bytes(model.topology().to_json().as_bytes());
    for layer in model.weights() {
        let weights: Vec<u8> = layer.weight.iter().map(|w| *w as u8).collect();
        hasher.bytes(&weights);
        let biases: Vec<u8> = layer.bias.iter().flat_map(|b| b.to_le_bytes()).collect();
        hasher.bytes(&biases);
    }
    for multipliers in model.multipliers() {
        let bytes: Vec<u8> = multipliers.iter().flat_map(|m| m.to_le_bytes()).collect();
        hasher.bytes(&bytes);
    }
    hasher.0.finalize().into()
}

struct Writer(blake3::Hasher);

impl Writer {
    fn number(&mut self, value: usize) {
        self.0.update(&(value as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.update(bytes);
    }

    fn lanes(&mut self, lanes: &Lanes) {
        self.number(lanes.bits as usize);
        self.number(lanes.rows);
        self.number(lanes.cols);
    }

    fn limbs(&mut self, limbs: &[Limb]) {
        self.number(limbs.len());
        for limb in limbs {
            self.number(limb.weight as usize);
            self.number(limb.range as usize);
            self.number(limb.table as usize);
            self.number(usize::from(limb.paired));
        }
    }

    fn matrix(&mut self, rows: &[Row]) {
        self.number(rows.len());
        let mut buffer = Vec::new();
        for row in rows {
            buffer.extend((row.len() as u64).to_le_bytes());
            for (coefficient, column) in row {
                buffer.extend((*column as u64).to_le_bytes());
                buffer.extend(canonical(coefficient));
            }
            if buffer.len() > 1 << 16 {
                self.0.update(&buffer);
                buffer.clear();
            }
        }
        self.0.update(&buffer);
    }
}

fn canonical(value: &Fr) -> Vec<u8> {
    value.into_bigint().to_bytes_le()
}
