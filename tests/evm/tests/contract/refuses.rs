//! What is no proof of the statement is refused, and the error says what was wrong.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};
use revm::primitives::U256;
use swarm_evm::calldata;
use swarm_evm_tests::{set_word, word, Chain, Sample, Q, REGIONS};
use swarm_groth16::{verify, Proof, VerifyError};

struct Case {
    sample: Sample,
    chain: Chain,
    data: Vec<u8>,
    q: U256,
}

impl Case {
    fn new() -> Self {
        let sample = Sample::new(1);
        let mut chain = Chain::new(&sample.source());
        let data = sample.calldata();
        assert!(chain.call(&data).is_accepted());
        Self {
            sample,
            chain,
            data,
            q: Q.parse().unwrap(),
        }
    }

    /// The error for the call with some words replaced.
    fn error(&mut self, words: &[(usize, U256)]) -> String {
        let mut data = self.data.clone();
        for (index, value) in words {
            set_word(&mut data, *index, *value);
        }
        assert_ne!(data, self.data);
        self.chain.call(&data).error().to_owned()
    }

    /// The contract's error for a changed proof, which must be that of the Rust verifier.
    fn same_error(&mut self, change: impl FnOnce(&mut Proof), what: &str) -> VerifyError {
        let statement = self.sample.proof.statement;
        let mut proof = Proof::from_bytes(&self.sample.proof.bytes).unwrap();
        change(&mut proof);
        let bytes = proof.to_bytes();
        let theirs = verify(&self.sample.vk, &statement, &bytes).unwrap_err();
        let data = calldata(&statement, &bytes).unwrap();
        let ours = self.chain.call(&data);
        assert_eq!(ours.error(), format!("{theirs:?}"), "{what}");
        theirs
    }
}

fn u256(coordinate: Fq) -> U256 {
    U256::from_be_slice(&coordinate.into_bigint().to_bytes_be())
}

#[test]
fn every_changed_byte_is_refused() {
    let mut case = Case::new();
    for at in 0..case.data.len() {
        let mut data = case.data.clone();
        data[at] ^= 1 << (at % 8);
        let verdict = case.chain.call(&data);
        let expected = match at.checked_sub(4) {
            // No such function.
            None => "",
            Some(at) => match at / 32 {
                0 | 1 | 3 => "EquationFailed",
                // The batch index is an integer of 32 bits.
                2 if at % 32 < 28 => "",
                2 => "EquationFailed",
                index => {
                    let within =
                        |r: &&swarm_evm_tests::Region| (r.at..r.at + r.words).contains(&index);
                    REGIONS.iter().find(within).unwrap().error
                }
            },
        };
        assert_eq!(verdict.error(), expected, "byte {at}");
    }
}

#[test]
fn shortened_calls_are_refused() {
    let mut case = Case::new();
    for length in [0, 3, 4, 36, case.data.len() - 32, case.data.len() - 1] {
        let verdict = case.chain.call(&case.data[..length]);
        assert_eq!(verdict.error(), "", "{length}");
    }
}

#[test]
fn coordinates_from_q_on_are_refused() {
    let mut case = Case::new();
    for region in &REGIONS {
        for index in region.at..region.at + region.words {
            let value = word(&case.data, index);
            let q = case.q;
            for other in [value + q, value + q + q, value + q + q + q, q, U256::MAX] {
                assert_eq!(case.error(&[(index, other)]), region.error, "word {index}");
            }
        }
        // Infinity, not reduced.
        let all: Vec<(usize, U256)> = (region.at..region.at + region.words)
            .map(|index| (index, case.q))
            .collect();
        assert_eq!(case.error(&all), region.error);
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let mut case = Case::new();
    for region in &REGIONS {
        for index in region.at..region.at + region.words {
            let value = word(&case.data, index);
            let next = if value + U256::from(1) == case.q {
                U256::ZERO
            } else {
                value + U256::from(1)
            };
            for other in [next, U256::ZERO] {
                assert_eq!(case.error(&[(index, other)]), region.error, "word {index}");
            }
        }
        // All zero but for one coordinate: neither a point nor infinity.
        for odd in region.at..region.at + region.words {
            let almost: Vec<(usize, U256)> = (region.at..region.at + region.words)
                .map(|index| (index, U256::from(u8::from(index == odd))))
                .collect();
            assert_eq!(case.error(&almost), region.error, "word {odd}");
        }
    }
    // y^2 = x^3 + 3 over the other field is another curve: a point of G2 with real coordinates.
    let b: Vec<(usize, U256)> = [0, 1, 0, 2]
        .into_iter()
        .enumerate()
        .map(|(i, value)| (10 + i, U256::from(value)))
        .collect();
    assert_eq!(case.error(&b), "MalformedB");
}

#[test]
fn infinity_is_for_commitments_only() {
    let mut case = Case::new();
    for region in &REGIONS {
        let zero: Vec<(usize, U256)> = (region.at..region.at + region.words)
            .map(|index| (index, U256::ZERO))
            .collect();
        let expected = if region.commitment {
            "EquationFailed"
        } else {
            region.error
        };
        assert_eq!(case.error(&zero), expected);
    }
    let zero = G1Affine::zero();
    case.same_error(|p| p.c_z = zero, "C_z");
    case.same_error(|p| p.c_y = zero, "C_y");
}

#[test]
fn points_of_the_twist_outside_the_subgroup_are_refused() {
    let mut case = Case::new();
    let outside: Vec<G2Affine> = (1u64..)
        .filter_map(|i| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(i), Fq::ONE), true))
        .filter(|p| p.is_on_curve() && !p.is_in_correct_subgroup_assuming_on_curve())
        .take(3)
        .collect();
    // Beside the right point by a point of the cofactor's order: the pairing cannot tell them apart.
    let r = ark_bn254::Fr::MODULUS;
    let small = outside[0].mul_bigint(r);
    let b = Proof::from_bytes(&case.sample.proof.bytes).unwrap().b;
    let beside = (small + b).into_affine();
    assert!(beside.is_on_curve() && beside != b);
    for point in outside.into_iter().chain([beside]) {
        let words: Vec<(usize, U256)> = [point.x.c1, point.x.c0, point.y.c1, point.y.c0]
            .into_iter()
            .enumerate()
            .map(|(i, part)| (10 + i, u256(part)))
            .collect();
        assert_eq!(case.error(&words), "PairingRefused");
        let mut proof = case.sample.proof.bytes;
        proof[32..96].copy_from_slice(&swarm_groth16::encode_g2(&point));
        assert_eq!(
            verify(&case.sample.vk, &case.sample.proof.statement, &proof),
            Err(VerifyError::MalformedB)
        );
    }
}

#[test]
fn other_points_fail_the_equation() {
    let mut case = Case::new();
    let g1 = G1Affine::generator();
    let g2 = G2Affine::generator();
    let failed = VerifyError::EquationFailed;
    // Another point, and the same x with the other y.
    assert_eq!(case.same_error(|p| p.a = g1, "A"), failed);
    assert_eq!(case.same_error(|p| p.a = -p.a, "-A"), failed);
    assert_eq!(case.same_error(|p| p.b = g2, "B"), failed);
    assert_eq!(case.same_error(|p| p.b = -p.b, "-B"), failed);
    assert_eq!(case.same_error(|p| p.c = g1, "C"), failed);
    assert_eq!(case.same_error(|p| p.c = -p.c, "-C"), failed);
    assert_eq!(case.same_error(|p| p.c_z = g1, "C_z"), failed);
    assert_eq!(case.same_error(|p| p.c_z = -p.c_z, "-C_z"), failed);
    assert_eq!(case.same_error(|p| p.c_y = g1, "C_y"), failed);
    assert_eq!(case.same_error(|p| p.c_y = -p.c_y, "-C_y"), failed);
    let exchange = |p: &mut Proof| std::mem::swap(&mut p.c_z, &mut p.c_y);
    assert_eq!(case.same_error(exchange, "C_z and C_y"), failed);
    for at in [4, 6] {
        let other = [(at, U256::from(1)), (at + 1, U256::from(2))];
        assert_eq!(case.error(&other), "EquationFailed");
        let y = case.q - word(&case.data, at + 1);
        assert_eq!(case.error(&[(at + 1, y)]), "EquationFailed");
    }
    let exchange: Vec<(usize, U256)> = (4..8).map(|at| (at, word(&case.data, at ^ 2))).collect();
    assert_eq!(case.error(&exchange), "EquationFailed");
}

#[test]
fn both_signs_of_a_and_b_together_are_the_same_proof() {
    let mut case = Case::new();
    let statement = case.sample.proof.statement;
    let mut proof = Proof::from_bytes(&case.sample.proof.bytes).unwrap();
    proof.a = -proof.a;
    proof.b = -proof.b;
    let bytes = proof.to_bytes();
    assert_eq!(verify(&case.sample.vk, &statement, &bytes), Ok(()));
    let verdict = case.chain.call(&calldata(&statement, &bytes).unwrap());
    assert!(verdict.is_accepted());
}

#[test]
fn a_proof_under_another_key_is_refused() {
    let mut case = Case::new();
    let other = Sample::new(2);
    assert_eq!(case.chain.call(&other.calldata()).error(), "EquationFailed");
    assert!(Chain::new(&other.source())
        .call(&other.calldata())
        .is_accepted());
}
