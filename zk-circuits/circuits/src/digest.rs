//! One hash for everything that makes a circuit what it is.

use crate::plan::Plan;
use crate::tables::Limb;
use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};
use swarm_groth16::{ConstraintMatrices, Row};
use swarm_network::Topology;

/// Domain with version; another way to build or to hash circuits needs another.
const DOMAIN: &[u8] = b"swarmwork/circuit/1";

/// BLAKE3 over topology, batch, lanes, limbs, tables and the three matrices, all lengths prefixed.
pub(crate) fn digest(topology: &Topology, plan: &Plan, matrices: &ConstraintMatrices) -> [u8; 32] {
    let mut hasher = Writer(blake3::Hasher::new());
    hasher.bytes(DOMAIN);
    hasher.bytes(topology.to_json().as_bytes());
    hasher.number(plan.batch);
    hasher.number(plan.stages.len());
    for stage in &plan.stages {
        hasher.number(stage.linear.acc_bound as usize);
        hasher.number(stage.linear.bias_bound as usize);
        hasher.number(stage.lanes.bits as usize);
        hasher.number(stage.lanes.rows);
        hasher.number(stage.lanes.cols);
        let cuts = stage.requant.as_ref();
        let cuts = cuts.map(|r| [&r.output, &r.remainder, &r.excess]);
        for limbs in cuts.into_iter().flatten() {
            hasher.limbs(limbs);
        }
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

struct Writer(blake3::Hasher);

impl Writer {
    fn number(&mut self, value: usize) {
        self.0.update(&(value as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.update(bytes);
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
