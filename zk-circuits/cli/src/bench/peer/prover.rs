//! Provers that run inside this program, on keys of arkworks.

use anyhow::{anyhow, Result};
use ark_bn254::{Bn254, Fr};
use ark_groth16::{Groth16, Proof, ProvingKey};

use super::{Instance, PUBLIC};

/// Whose multi-exponentiations and transforms prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Prover {
    /// Those of arkworks.
    #[value(name = "ark-groth16")]
    Ark,
    /// Those of taceo-ark-algebra.
    #[value(name = "taceo-groth16")]
    Taceo,
}

/// Makes the proof with the blinds r and s.
type Prove<'a> = Box<dyn Fn(Fr, Fr) -> Result<Proof<Bn254>> + 'a>;

impl Prover {
    /// The package's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ark => "ark-groth16",
            Self::Taceo => "taceo-groth16",
        }
    }

    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Ark => "0.6",
            Self::Taceo => "0.2",
        }
    }

    /// Ready to prove: the constraints are in the form that it takes.
    pub(super) fn with<'a>(self, key: &'a ProvingKey<Bn254>, instance: &'a Instance) -> Prove<'a> {
        let matrices = &instance.matrices;
        let assignment = &instance.assignment;
        let constraints = matrices.num_constraints();
        let [a, b, c] = [&matrices.a, &matrices.b, &matrices.c].map(Clone::clone);
        match self {
            Self::Ark => {
                let rows = [a, b, c];
                Box::new(move |r, s| {
                    Ok(Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
                        key,
                        r,
                        s,
                        &rows,
                        PUBLIC,
                        constraints,
                        assignment,
                    )?)
                })
            }
            Self::Taceo => {
                let rows = taceo_groth16::ConstraintMatrices {
                    num_instance_variables: PUBLIC,
                    num_witness_variables: matrices.num_columns() - PUBLIC,
                    num_constraints: constraints,
                    a_num_non_zero: a.iter().map(Vec::len).sum(),
                    b_num_non_zero: b.iter().map(Vec::len).sum(),
                    c_num_non_zero: c.iter().map(Vec::len).sum(),
                    a,
                    b,
                    c,
                };
                Box::new(move |r, s| {
                    // Its key is arkworks', whose quotient is that of libsnark.
                    taceo_groth16::Groth16::<Bn254>::prove::<taceo_groth16::LibSnarkReduction>(
                        key, r, s, &rows, assignment,
                    )
                    .map_err(|error| anyhow!("{error:#}"))
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::network;
    use ark_ff::UniformRand;
    use ark_groth16::prepare_verifying_key;
    use clap::ValueEnum;
    use rand::{rngs::StdRng, SeedableRng};

    #[test]
    fn all_make_the_same_proof_and_it_verifies() {
        let mut rng = StdRng::seed_from_u64(4);
        let topology = network::topology("6-4-2").unwrap();
        let instance = Instance::new(&topology, 2, &mut rng).unwrap();
        let (key, _) = instance.key(&mut rng).unwrap();
        let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let prepared = prepare_verifying_key(&key.vk);
        let public = &instance.assignment[1..PUBLIC];
        let [ark, taceo] = [Prover::Ark, Prover::Taceo].map(|prover| {
            let prove = prover.with(&key, &instance);
            prove(r, s).unwrap()
        });
        assert_eq!(ark, taceo);
        assert!(Groth16::<Bn254>::verify_proof(&prepared, &taceo, public).unwrap());
    }

    /// Under the names that the result has for them.
    #[test]
    fn the_script_measures_all() {
        let script = include_str!("../../../../../scripts/bench-groth16.py");
        for prover in Prover::value_variants() {
            let value = prover.to_possible_value().unwrap();
            assert_eq!(value.get_name(), prover.name());
            assert!(script.contains(&format!("\"{}\": [", prover.name())));
        }
        assert_eq!(Prover::Taceo.name(), "taceo-groth16");
    }
}
