//! Against arkworks' Groth16: with all trapdoors equal, and a consistency row for every instance
//! variable, this scheme is that one.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{One, Zero};
use ark_groth16::{r1cs_to_qap::LibsnarkReduction, r1cs_to_qap::R1CSToQAP, Groth16};
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};

use super::toy::*;
use crate::{tag, Qap, Row, Segment};

struct Circuit {
    assignment: Vec<Fr>,
}

impl ConstraintSynthesizer<Fr> for Circuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let matrices = matrices();
        let mut variables = vec![Variable::One];
        for (i, value) in self.assignment.iter().enumerate().skip(1) {
            variables.push(if i < matrices.num_instance() {
                cs.new_input_variable(|| Ok(*value))?
            } else {
                cs.new_witness_variable(|| Ok(*value))?
            });
        }
        let combination = |row: &Row| {
            row.iter().fold(LinearCombination::zero(), |lc, (k, i)| {
                lc + (*k, variables[*i])
            })
        };
        for ((a, b), c) in matrices.a.iter().zip(&matrices.b).zip(&matrices.c) {
            cs.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
        }
        Ok(())
    }
}

/// The rows of arkworks' reduction, and its domain.
fn every_row() -> Qap {
    let matrices = matrices();
    let all: Vec<usize> = (0..matrices.num_instance()).collect();
    let size = (matrices.num_constraints() + all.len()).next_power_of_two();
    Qap::over(matrices, all, size).unwrap()
}

fn assignment() -> Vec<Fr> {
    Values::random(5).assignment(Fr::one(), Fr::from(77u64), Fr::from(78u64))
}

#[test]
fn keys_equal_those_of_arkworks() {
    let mut ark_rng = rng(40);
    let domain = GeneralEvaluationDomain::<Fr>::new(every_row().rows()).unwrap();
    let tau = domain.sample_element_outside_domain(&mut ark_rng.clone());
    let setup = Setup::of(every_row(), |t| {
        t.tau = tau;
        t.segments = [t.gamma; 4];
    });
    let t = setup.trapdoors;
    let ark = Groth16::<Bn254>::generate_parameters_with_qap(
        Circuit {
            assignment: assignment(),
        },
        t.alpha,
        t.beta,
        t.gamma,
        t.delta,
        G1Affine::generator().into_group(),
        G2Affine::generator().into_group(),
        &mut ark_rng,
    )
    .unwrap();
    let pk = &setup.pk;
    let spread = |columns: &[u32], query: &[G1Affine]| {
        let mut all = vec![G1Affine::zero(); setup.qap.matrices().num_columns()];
        for (column, point) in columns.iter().zip(query) {
            all[*column as usize] = *point;
        }
        all
    };
    assert_eq!(spread(&pk.a_columns, &pk.a_query), ark.a_query);
    assert_eq!(spread(&pk.b_columns, &pk.b_g1_query), ark.b_g1_query);
    assert_eq!(pk.h_query, ark.h_query);
    assert_eq!(pk.l_query, ark.l_query);
    assert_eq!((pk.beta_g1, pk.delta_g1), (ark.beta_g1, ark.delta_g1));
    let ck = pk.commitment_key();
    let instance = [
        &setup.vk.points.ic[..],
        &ck.weights,
        &ck.input,
        &pk.intermediate,
        &ck.output,
    ]
    .concat();
    assert_eq!(instance, ark.vk.gamma_abc_g1);

    // A proof of ours verifies there, with the whole instance in the clear.
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let rho = setup.rho(&statement, &proof.c_z, &proof.c_y);
    let full = values.assignment(Fr::one(), rho, tag(&statement));
    let stock = ark_groth16::Proof::<Bn254> {
        a: proof.a,
        b: proof.b,
        c: proof.c,
    };
    let prepared = ark_groth16::prepare_verifying_key(&ark.vk);
    let public = &full[1..setup.qap.matrices().num_instance()];
    assert!(Groth16::<Bn254>::verify_proof(&prepared, &stock, public).unwrap());
    let mut wrong = public.to_vec();
    *wrong.last_mut().unwrap() += Fr::one();
    assert!(!Groth16::<Bn254>::verify_proof(&prepared, &stock, &wrong).unwrap());

    // And a proof of theirs here.
    let theirs = Groth16::<Bn254>::create_random_proof_with_reduction(
        Circuit {
            assignment: full.clone(),
        },
        &ark,
        &mut rng(41),
    )
    .unwrap();
    let ours = crate::Proof {
        a: theirs.a,
        b: theirs.b,
        c: theirs.c,
        c_z: setup.commit(Segment::Intermediate, &values),
        c_y: setup.commit(Segment::Output, &values),
    };
    assert!(setup.verifies(&statement, &ours));
}

#[test]
fn the_quotient_equals_that_of_arkworks() {
    let matrices = matrices();
    let assignment = assignment();
    let theirs = LibsnarkReduction::witness_map_from_matrices::<Fr, GeneralEvaluationDomain<Fr>>(
        &[matrices.a.clone(), matrices.b.clone(), matrices.c.clone()],
        matrices.num_instance(),
        matrices.num_constraints(),
        &assignment,
    )
    .unwrap();
    let ours = every_row().quotient(&assignment).unwrap();
    assert_eq!(ours, theirs);
    assert!(ours.last().unwrap().is_zero());
}

/// With fewer rows arkworks has nothing to compare with; the definition has: at any point,
/// `A · B - C = H · Z`.
#[test]
fn the_quotient_divides_with_the_rows_that_are_needed() {
    let qap = Qap::new(matrices()).unwrap();
    let assignment = assignment();
    let h = qap.quotient(&assignment).unwrap();
    for at in [9u64, 10, 11].map(Fr::from) {
        let columns = qap.evaluate_columns(at);
        let sum =
            |values: &[Fr]| -> Fr { values.iter().zip(&assignment).map(|(v, a)| *v * a).sum() };
        let quotient = h.iter().rev().fold(Fr::zero(), |sum, k| sum * at + k);
        assert_eq!(
            sum(&columns.a) * sum(&columns.b) - sum(&columns.c),
            quotient * columns.vanishing
        );
    }
}
