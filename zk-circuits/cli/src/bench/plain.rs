//! arkworks' own Groth16, to compare verification with.

use anyhow::{ensure, Context, Result};
use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{prepare_verifying_key, Groth16, PreparedVerifyingKey, Proof};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_relations::lc;
use rand::rngs::OsRng;

/// `a * b = c` with `b` and `c` public: as many public scalars as challenge and tag, and of their
/// size.
#[derive(Clone, Copy)]
struct Product {
    a: Fr,
    b: Fr,
}

impl ConstraintSynthesizer<Fr> for Product {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let b = cs.new_input_variable(|| Ok(self.b))?;
        let c = cs.new_input_variable(|| Ok(self.a * self.b))?;
        let a = cs.new_witness_variable(|| Ok(self.a))?;
        cs.enforce_r1cs_constraint(|| lc!() + a, || lc!() + b, || lc!() + c)
    }
}

/// A proof and everything prepared to check it.
pub struct Plain {
    key: PreparedVerifyingKey<Bn254>,
    proof: Proof<Bn254>,
    public: [Fr; 2],
}

impl Plain {
    pub fn new() -> Result<Self> {
        let circuit = Product {
            a: Fr::rand(&mut OsRng),
            b: Fr::rand(&mut OsRng),
        };
        let key = Groth16::<Bn254>::generate_random_parameters_with_reduction(circuit, &mut OsRng)
            .context("plain Groth16 setup")?;
        let proof = Groth16::<Bn254>::create_random_proof_with_reduction(circuit, &key, &mut OsRng)
            .context("plain Groth16 proof")?;
        let plain = Self {
            key: prepare_verifying_key(&key.vk),
            proof,
            public: [circuit.b, circuit.a * circuit.b],
        };
        ensure!(plain.verify(), "plain Groth16 does not verify");
        Ok(plain)
    }

    pub fn verify(&self) -> bool {
        Groth16::<Bn254>::verify_proof(&self.key, &self.proof, &self.public).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_proof_verifies_and_a_wrong_input_does_not() {
        let mut plain = Plain::new().unwrap();
        plain.public[0] += Fr::from(1u64);
        assert!(!plain.verify());
    }
}
