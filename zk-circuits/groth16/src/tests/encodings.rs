//! Bytes that are no proof, no point, no scalar.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};
use proptest::prelude::*;

use super::toy::*;
use crate::{
    check_commitment, decode_g1, decode_g2, decode_scalar, encode_g1, encode_g2, encode_scalar,
    verify, Proof, Statement, VerifyError, PROOF_BYTES,
};

fn bytes_of(value: BigInt<4>) -> [u8; 32] {
    value.to_bytes_le().try_into().unwrap()
}

/// x + q: the same residue with a second encoding, where it fits in 254 bits.
fn not_reduced(bytes: &[u8]) -> Vec<u8> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().unwrap());
    }
    let flags = limbs[3] >> 62 << 62;
    limbs[3] ^= flags;
    let mut x = BigInt::<4>::new(limbs);
    x.add_with_carry(&Fq::MODULUS);
    assert_eq!(x.0[3] >> 62, 0, "x + q must leave the flag bits free");
    x.0[3] |= flags;
    x.to_bytes_le()
}

/// A G1 point with so small an x that x + q still fits beside the flags.
fn small_g1() -> [u8; 32] {
    encode_g1(&G1Affine::generator())
}

fn off_curve_g1() -> [u8; 32] {
    (0u64..)
        .map(Fq::from)
        .find(|x| G1Affine::get_point_from_x_unchecked(*x, true).is_none())
        .map(|x| bytes_of(x.into_bigint()))
        .unwrap()
}

fn infinity_with_garbage() -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes[0] = 1;
    bytes[31] = 0x40;
    bytes
}

fn both_flags() -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes[31] = 0xc0;
    bytes
}

/// Every way in which 32 bytes can fail to be a G1 point.
fn bad_g1() -> Vec<(&'static str, [u8; 32])> {
    let modulus = bytes_of(Fq::MODULUS);
    vec![
        ("off curve", off_curve_g1()),
        ("x + q", not_reduced(&small_g1()).try_into().unwrap()),
        ("x = q", modulus),
        ("all ones", [0xff; 32]),
        ("infinity with an x", infinity_with_garbage()),
        ("both flags", both_flags()),
    ]
}

fn g2_outside_subgroup() -> G2Affine {
    (1u64..)
        .filter_map(|i| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(i), Fq::ONE), true))
        .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
        .unwrap()
}

fn bad_g2() -> Vec<(&'static str, [u8; 64])> {
    let generator = encode_g2(&G2Affine::generator());
    let mut first = generator;
    // c0 carries no flags: any value from q on is a second encoding.
    first[..32].copy_from_slice(&bytes_of(Fq::MODULUS));
    let off_curve = (0u64..)
        .map(|i| Fq2::new(Fq::from(i), Fq::ONE))
        .find(|x| G2Affine::get_point_from_x_unchecked(*x, true).is_none())
        .map(|x| {
            let mut bytes = [0u8; 64];
            bytes[..32].copy_from_slice(&bytes_of(x.c0.into_bigint()));
            bytes[32..].copy_from_slice(&bytes_of(x.c1.into_bigint()));
            bytes
        })
        .unwrap();
    let mut garbage = [0u8; 64];
    garbage[5] = 1;
    garbage[63] = 0x40;
    let mut flags = [0u8; 64];
    flags[63] = 0xc0;
    vec![
        ("outside the subgroup", encode_g2(&g2_outside_subgroup())),
        ("c0 = q", first),
        ("off curve", off_curve),
        ("all ones", [0xff; 64]),
        ("infinity with an x", garbage),
        ("both flags", flags),
    ]
}

#[test]
fn bad_points_are_refused() {
    for (name, bytes) in bad_g1() {
        assert_eq!(decode_g1(&bytes), None, "{name}");
        assert_eq!(
            check_commitment(&bytes),
            Err(VerifyError::MalformedCw),
            "{name}"
        );
    }
    for (name, bytes) in bad_g2() {
        assert_eq!(decode_g2(&bytes), None, "{name}");
    }
    // The curve check alone would let this one through.
    assert!(g2_outside_subgroup().is_on_curve());
}

#[test]
fn good_points_round_trip() {
    let mut negative = small_g1();
    negative[31] ^= 0x80;
    assert_eq!(decode_g1(&small_g1()), Some(G1Affine::generator()));
    assert_eq!(decode_g1(&negative), Some(-G1Affine::generator()));
    let zero = encode_g1(&G1Affine::zero());
    assert_eq!(decode_g1(&zero), Some(G1Affine::zero()));
    assert_eq!(check_commitment(&zero), Ok(()));
    let g2 = encode_g2(&G2Affine::generator());
    assert_eq!(decode_g2(&g2), Some(G2Affine::generator()));
}

#[test]
fn scalars_from_r_on_are_refused() {
    let mut below = Fr::MODULUS;
    below.sub_with_borrow(&BigInt::from(1u64));
    assert_eq!(decode_scalar(&bytes_of(below)), Some(-Fr::ONE));
    assert_eq!(decode_scalar(&bytes_of(Fr::MODULUS)), None);
    let mut above = Fr::MODULUS;
    above.add_with_carry(&BigInt::from(5u64));
    assert_eq!(decode_scalar(&bytes_of(above)), None);
    assert_eq!(decode_scalar(&[0xff; 32]), None);
    assert_eq!(encode_scalar(&-Fr::ONE), bytes_of(below));
}

struct Case {
    setup: Setup,
    statement: Statement,
    proof: [u8; PROOF_BYTES],
}

fn case() -> Case {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values).to_bytes();
    Case {
        setup,
        statement,
        proof,
    }
}

#[test]
fn other_lengths_are_refused() {
    let case = case();
    for length in [0, 1, 128, PROOF_BYTES - 1] {
        assert_eq!(
            case.setup
                .prepared
                .verify(&case.statement, &case.proof[..length]),
            Err(VerifyError::ProofLength)
        );
    }
    for extra in [&[0u8][..], &[0; 64]] {
        let long = [&case.proof[..], extra].concat();
        assert_eq!(
            case.setup.prepared.verify(&case.statement, &long),
            Err(VerifyError::ProofLength)
        );
    }
}

#[test]
fn each_malformed_element_has_its_own_error() {
    let case = case();
    let check = |at: usize, bad: &[u8], expected: VerifyError, name: &str| {
        let mut proof = case.proof;
        proof[at..at + bad.len()].copy_from_slice(bad);
        assert_eq!(
            case.setup.prepared.verify(&case.statement, &proof),
            Err(expected),
            "{name}"
        );
    };
    for (name, bad) in bad_g1() {
        check(0, &bad, VerifyError::MalformedA, name);
        check(96, &bad, VerifyError::MalformedC, name);
        check(128, &bad, VerifyError::MalformedCz, name);
        check(160, &bad, VerifyError::MalformedCy, name);
        for (c_w, expected) in [
            (true, VerifyError::MalformedCw),
            (false, VerifyError::MalformedCx),
        ] {
            let mut statement = case.statement;
            *(if c_w {
                &mut statement.c_w
            } else {
                &mut statement.c_x
            }) = bad;
            assert_eq!(
                case.setup.prepared.verify(&statement, &case.proof),
                Err(expected),
                "{name}"
            );
        }
    }
    for (name, bad) in bad_g2() {
        check(32, &bad, VerifyError::MalformedB, name);
    }
    let zero = encode_g1(&G1Affine::zero());
    check(0, &zero, VerifyError::MalformedA, "zero");
    check(96, &zero, VerifyError::MalformedC, "zero");
    check(
        32,
        &encode_g2(&G2Affine::zero()),
        VerifyError::MalformedB,
        "zero",
    );
    check(128, &zero, VerifyError::EquationFailed, "zero");
}

#[test]
fn checks_come_in_their_documented_order() {
    let case = case();
    let bad = off_curve_g1();
    let mut proof = [0xffu8; PROOF_BYTES];
    let mut statement = case.statement;
    statement.c_w = bad;
    statement.c_x = bad;
    let order = [
        (0..32, VerifyError::MalformedA),
        (32..96, VerifyError::MalformedB),
        (96..128, VerifyError::MalformedC),
        (128..160, VerifyError::MalformedCz),
        (160..192, VerifyError::MalformedCy),
    ];
    let vk = case.setup.vk.to_bytes();
    for (range, expected) in order {
        assert_eq!(verify(&vk, &statement, &proof), Err(expected));
        proof[range.clone()].copy_from_slice(&case.proof[range]);
    }
    assert_eq!(
        verify(&vk, &statement, &proof),
        Err(VerifyError::MalformedCw)
    );
    statement.c_w = case.statement.c_w;
    assert_eq!(
        verify(&vk, &statement, &proof),
        Err(VerifyError::MalformedCx)
    );
    statement.c_x = case.statement.c_x;
    assert_eq!(verify(&vk, &statement, &proof), Ok(()));
    assert_eq!(
        verify(&vk[1..], &statement, &proof),
        Err(VerifyError::MalformedKey)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever decodes is the one encoding of its value.
    #[test]
    fn encodings_are_unique(bytes: [u8; 32], top in 0u8..0x40) {
        let mut bytes = bytes;
        bytes[31] = top;
        if let Some(point) = decode_g1(&bytes) {
            prop_assert_eq!(encode_g1(&point), bytes);
        }
        if let Some(scalar) = decode_scalar(&bytes) {
            prop_assert_eq!(encode_scalar(&scalar), bytes);
        }
    }

    #[test]
    fn any_changed_bit_of_a_proof_is_refused(bit in 0usize..PROOF_BYTES * 8) {
        thread_local! {
            static CASE: Case = case();
        }
        CASE.with(|case| {
            let mut proof = case.proof;
            proof[bit / 8] ^= 1 << (bit % 8);
            assert!(case.setup.prepared.verify(&case.statement, &proof).is_err());
            assert!(Proof::from_bytes(&case.proof).is_ok());
        });
    }
}
