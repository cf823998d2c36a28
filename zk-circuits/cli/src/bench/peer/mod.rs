//! `bench-peer`: arkworks' or TACEO's Groth16 on the constraints of a circuit of ours, and the same
//! key and witness in the files that snarkjs and its like read.
//!
//! The other provers get the constraints as they are, with the challenge and the tag as public
//! inputs and every tensor as witness: they commit to nothing, and pay no consistency row for it.

mod iden3;
mod prover;

use std::path::PathBuf;

use anyhow::{ensure, Context, Result};
use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::UniformRand;
use ark_groth16::{prepare_verifying_key, Groth16, ProvingKey};
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use ark_serialize::{CanonicalSerialize, Compress};
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::json;
use swarm_circuits::{Blinds, Circuit};
use swarm_groth16::{ConstraintMatrices, Qap, Row};
use swarm_network::Topology;

use super::{
    network,
    run::{median, peak_mb, timed},
    Peer,
};
use crate::files;
use crate::report::Report;

use prover::Prover;

/// Columns that are public inputs: one, challenge, tag.
const PUBLIC: usize = 3;
/// Checks of a proof, of which the median counts.
const CHECKS: usize = 20;

#[derive(clap::Args)]
pub struct PeerArgs {
    /// The network, as `bench` names it.
    #[arg(long, value_name = "WIDTHS")]
    pub network: String,
    /// Rows of the circuit: the largest batch is taken that needs no more.
    #[arg(long, value_name = "N")]
    pub rows: usize,
    /// Who proves.
    #[arg(long, value_name = "NAME", default_value = "ark-groth16")]
    pub prover: Prover,
    /// Proofs to make; the median is reported.
    #[arg(long, default_value_t = 3)]
    pub proofs: usize,
    /// Existing folder for circuit.zkey and circuit.wtns.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
}

/// A circuit with values that satisfy it.
struct Instance {
    matrices: ConstraintMatrices,
    assignment: Vec<Fr>,
}

/// What a key is made from. These are no secrets: the key exists to be measured.
struct Secrets {
    tau: Fr,
    delta: Fr,
}

pub fn run_peer(args: &PeerArgs, report: &Report) -> Result<()> {
    ensure!(args.proofs > 0, "--proofs must be at least 1");
    let topology = network::topology(&args.network)?;
    let (batch, rows) = largest_batch(&topology, args.rows)?;
    let mut rng = StdRng::seed_from_u64(1);
    let instance = Instance::new(&topology, batch, &mut rng)?;
    let (key, setup_s) = timed(|| instance.key(&mut rng));
    let (key, secrets) = key?;

    let name = args.prover.name();
    let constraints = instance.matrices.num_constraints();
    let prover = args.prover.with(&key, &instance);
    let prepared = prepare_verifying_key(&key.vk);
    let (mut prove, mut verify) = (Vec::new(), Vec::new());
    for _ in 0..args.proofs {
        let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let (proof, seconds) = timed(|| prover(r, s));
        let proof = proof.with_context(|| format!("{name} cannot prove"))?;
        prove.push(seconds);
        for _ in 0..CHECKS {
            let public = &instance.assignment[1..PUBLIC];
            let (checked, seconds) =
                timed(|| Groth16::<Bn254>::verify_proof(&prepared, &proof, public));
            ensure!(checked?, "the proof of {name} does not verify");
            verify.push(seconds);
        }
    }
    let prove_s = median(prove);
    let peer = Peer {
        name: name.into(),
        version: format!("{}, {constraints} constraints", args.prover.version()),
        network: args.network.clone(),
        batch,
        ms_per_inference: Some(prove_s * 1e3 / batch as f64),
        verify_ms: Some(median(verify) * 1e3),
        pk_bytes: Some(key.serialized_size(Compress::No) as u64),
        setup_s: Some(setup_s),
        prove_s: Some(prove_s),
        proof_bytes: Some(128),
        peak_mb: peak_mb(),
        same_constraints: true,
    };
    // After the peak was taken: no prover needs the memory that files take.
    if let Some(dir) = &args.export {
        let zkey = iden3::zkey(&key, &instance.matrices, PUBLIC, &secrets)?;
        files::write(&dir.join("circuit.zkey"), &zkey)?;
        files::write(
            &dir.join("circuit.wtns"),
            &iden3::wtns(&instance.assignment),
        )?;
    }
    report.result(
        &json!({ "batch": batch, "rows": rows, "constraints": constraints, "peer": peer }),
        &[],
    );
    Ok(())
}

/// The largest batch whose circuit has at most `limit` rows, and how many it has.
fn largest_batch(topology: &Topology, limit: usize) -> Result<(usize, usize)> {
    let rows = |batch: usize| -> Result<usize> {
        Ok(Qap::new(Circuit::new(topology, batch)?.matrices())?.rows())
    };
    let least = rows(1)?;
    ensure!(
        least <= limit,
        "a batch of one takes {least} rows, more than {limit}"
    );
    let mut fits = (1, least);
    let mut too_large = swarm_network::MAX_BATCH + 1;
    let mut next = 2;
    while fits.0 + 1 < too_large {
        let batch = next.min(too_large - 1);
        match rows(batch)? {
            found if found <= limit => {
                fits = (batch, found);
                next = if too_large <= swarm_network::MAX_BATCH {
                    (batch + too_large) / 2
                } else {
                    2 * batch
                };
            }
            _ => {
                too_large = batch;
                next = (fits.0 + batch) / 2;
            }
        }
    }
    Ok(fits)
}

impl Instance {
    /// A batch of random inputs under a random challenge.
    fn new(topology: &Topology, batch: usize, rng: &mut StdRng) -> Result<Self> {
        let circuit = Circuit::new(topology, batch)?;
        let model = network::model(topology, 1)?;
        let rows = network::rows(topology, batch, 0)?;
        let blinds = Blinds {
            x: Fr::rand(rng),
            y: Fr::rand(rng),
            z: Fr::rand(rng),
        };
        let weights = circuit.weights(&model, Fr::rand(rng))?;
        let committed = circuit.commit_values(&model, weights, &rows, blinds)?;
        let assignment = circuit.assign(&committed, Fr::rand(rng), Fr::rand(rng))?;
        Ok(Self {
            matrices: circuit.matrices(),
            assignment,
        })
    }

    /// arkworks' key, and the secrets behind its query for the quotient.
    fn key(&self, rng: &mut StdRng) -> Result<(ProvingKey<Bn254>, Secrets)> {
        let rows = self.matrices.num_constraints() + PUBLIC;
        let domain = GeneralEvaluationDomain::<Fr>::new(rows)
            .with_context(|| format!("no domain has {rows} rows"))?;
        // The generator draws tau first, the same way.
        let mut own = StdRng::seed_from_u64(rng.gen());
        let secrets = Secrets {
            tau: domain.sample_element_outside_domain(&mut own.clone()),
            delta: Fr::rand(rng),
        };
        let key = Groth16::<Bn254>::generate_parameters_with_qap(
            self,
            Fr::rand(rng),
            Fr::rand(rng),
            Fr::rand(rng),
            secrets.delta,
            G1Affine::generator().into_group(),
            G2Affine::generator().into_group(),
            &mut own,
        )
        .context("ark-groth16 cannot make a key")?;
        Ok((key, secrets))
    }
}

impl ConstraintSynthesizer<Fr> for &Instance {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let mut variables = vec![Variable::One];
        for (column, value) in self.assignment.iter().enumerate().skip(1) {
            variables.push(if column < PUBLIC {
                cs.new_input_variable(|| Ok(*value))?
            } else {
                cs.new_witness_variable(|| Ok(*value))?
            });
        }
        let combination = |row: &Row| {
            let terms = row.iter().map(|(k, column)| (*k, variables[*column]));
            LinearCombination(terms.collect())
        };
        let m = &self.matrices;
        for ((a, b), c) in m.a.iter().zip(&m.b).zip(&m.c) {
            cs.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_batch_fits_and_the_next_does_not() {
        let topology = network::topology("12-7-3").unwrap();
        let rows = |batch| {
            let matrices = Circuit::new(&topology, batch).unwrap().matrices();
            Qap::new(matrices).unwrap().rows()
        };
        for limit in [rows(1), rows(1) + 1, rows(9), rows(20) - 1] {
            let (batch, found) = largest_batch(&topology, limit).unwrap();
            assert_eq!(found, rows(batch));
            assert!(
                found <= limit && limit < rows(batch + 1),
                "{limit}: {batch}"
            );
        }
        assert!(largest_batch(&topology, rows(1) - 1).is_err());
    }

    #[test]
    fn arkworks_proves_the_circuit() {
        let mut rng = StdRng::seed_from_u64(3);
        let topology = network::topology("6-4-2").unwrap();
        let instance = Instance::new(&topology, 2, &mut rng).unwrap();
        assert_eq!(
            instance.matrices.first_unsatisfied(&instance.assignment),
            None
        );
        let (key, _) = instance.key(&mut rng).unwrap();
        let proof = Groth16::<Bn254>::create_random_proof_with_reduction(&instance, &key, &mut rng)
            .unwrap();
        let prepared = prepare_verifying_key(&key.vk);
        let public = &instance.assignment[1..PUBLIC];
        assert!(Groth16::<Bn254>::verify_proof(&prepared, &proof, public).unwrap());
    }
}
