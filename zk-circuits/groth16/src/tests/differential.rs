//! The verifier against a second one that is written from the equation alone: bytes cut by hand,
//! arkworks' own pairings one at a time, nothing prepared, nothing shared with the crate but the
//! types of the key.

use ark_bn254::{Bn254, Fq12, Fr, G1Affine, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
use ark_ff::{Field, One, PrimeField, UniformRand, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::rand::{rngs::StdRng, Rng};
use tiny_keccak::{Hasher, Keccak};

use super::toy::*;
use crate::{encode_g1, Proof, Statement, VerifyingKey};

/// A point whose one compressed form is `bytes`.
fn point<P: CanonicalDeserialize + CanonicalSerialize>(bytes: &[u8]) -> Option<P> {
    let point = P::deserialize_compressed(bytes).ok()?;
    let mut again = Vec::new();
    point.serialize_compressed(&mut again).ok()?;
    (again == bytes).then_some(point)
}

/// The keccak256 digest of the parts as a big-endian number below 2^253.
fn hashed(parts: &[&[u8]]) -> Fr {
    let mut hasher = Keccak::v256();
    parts.iter().for_each(|part| hasher.update(part));
    let mut digest = [0u8; 32];
    hasher.finalize(&mut digest);
    digest[0] %= 32;
    Fr::from_be_bytes_mod_order(&digest)
}

fn domain(text: &str) -> [u8; 32] {
    let mut field = [0u8; 32];
    field[..text.len()].copy_from_slice(text.as_bytes());
    field
}

/// `e(A,B) = e(α,β) · e(IC_0 + ρ·IC_1 + tag·IC_2, γ) · Π_s e(C_s, γ_s) · e(C, δ)`
fn accepts(vk: &VerifyingKey, statement: &Statement, proof: &[u8]) -> Option<()> {
    if proof.len() != 32 + 64 + 32 + 32 + 32 {
        return None;
    }
    let (a, rest) = proof.split_at(32);
    let (b, rest) = rest.split_at(64);
    let (c, rest) = rest.split_at(32);
    let (c_z, c_y) = rest.split_at(32);

    let batch = statement.batch.to_le_bytes();
    let tag = hashed(&[
        &domain("swarmwork/groth16/tag/1"),
        &statement.genesis,
        &statement.job,
        &batch,
        &statement.provider,
    ]);
    let mut tag_bytes = Vec::new();
    tag.serialize_compressed(&mut tag_bytes).ok()?;
    let mut id = [0u8; 32];
    let mut hasher = Keccak::v256();
    hasher.update(&vk.to_bytes());
    hasher.finalize(&mut id);
    let rho = hashed(&[
        &domain("swarmwork/groth16/challenge/1"),
        &statement.genesis,
        &id,
        &tag_bytes,
        &batch,
        &statement.c_w,
        &statement.c_x,
        c_z,
        c_y,
    ]);
    if rho.is_zero() {
        return None;
    }

    let (a, b, c) = (
        point::<G1Affine>(a)?,
        point::<G2Affine>(b)?,
        point::<G1Affine>(c)?,
    );
    if a.is_zero() || b.is_zero() || c.is_zero() {
        return None;
    }
    let commitments = [&statement.c_w[..], &statement.c_x, c_z, c_y];
    let p = &vk.points;
    let public = p.ic[0] + p.ic[1] * rho + p.ic[2] * tag;
    let mut right: Fq12 = Bn254::pairing(p.alpha, p.beta).0;
    right *= Bn254::pairing(public.into_affine(), p.gamma).0;
    for (bytes, gamma) in commitments.into_iter().zip(p.segments) {
        right *= Bn254::pairing(point::<G1Affine>(bytes)?, gamma).0;
    }
    right *= Bn254::pairing(c, p.delta).0;
    (Bn254::pairing(a, b).0 == right).then_some(())
}

/// What both say; they must agree.
fn both(setup: &Setup, statement: &Statement, proof: &[u8], what: &str) -> bool {
    let ours = crate::verify(&setup.vk.to_bytes(), statement, proof);
    let theirs = accepts(&setup.vk, statement, proof).is_some();
    assert_eq!(ours.is_ok(), theirs, "{what}: {ours:?}");
    theirs
}

struct Case {
    setup: Setup,
    statement: Statement,
    proof: Proof,
}

fn cases() -> Vec<Case> {
    (0..3u64)
        .map(|seed| {
            let mut secrets = rng(100 + seed);
            let setup = Setup::new(|t| *t = crate::Trapdoors::random(&mut secrets));
            let values = match seed {
                // Commitments to zero: points at infinity are honest there.
                2 => Values {
                    w: vec![Fr::zero(); N + 1],
                    x: vec![Fr::zero(); N + 2],
                    z: vec![Fr::zero(); N + 1],
                    y: vec![Fr::zero(); 2],
                },
                _ => Values::random(seed),
            };
            let statement = setup.statement(&values);
            let proof = setup.prove(&statement, &values);
            Case {
                setup,
                statement,
                proof,
            }
        })
        .collect()
}

/// What anybody can do to a valid proof without making it invalid.
fn rerandomised(setup: &Setup, proof: &Proof, rng: &mut StdRng) -> Proof {
    let (k, s) = (Fr::rand(rng), Fr::rand(rng));
    let inverse = k.inverse().expect("not zero");
    let delta = setup.vk.points.delta;
    Proof {
        a: (proof.a * inverse).into_affine(),
        b: (proof.b * k + delta * (s * k)).into_affine(),
        c: (proof.c + proof.a * s).into_affine(),
        ..*proof
    }
}

#[test]
fn honest_and_rerandomised_proofs() {
    let mut rng = rng(7);
    for (i, case) in cases().iter().enumerate() {
        let honest = case.proof.to_bytes();
        assert!(both(&case.setup, &case.statement, &honest, "honest"));
        for _ in 0..4 {
            let copy = rerandomised(&case.setup, &case.proof, &mut rng);
            assert_ne!(copy.to_bytes(), honest);
            assert!(both(&case.setup, &case.statement, &copy.to_bytes(), "copy"));
        }
        let signs = Proof {
            a: -case.proof.a,
            b: -case.proof.b,
            ..case.proof
        };
        assert!(both(
            &case.setup,
            &case.statement,
            &signs.to_bytes(),
            "signs"
        ));
        for other in cases().iter().skip(i + 1) {
            let (p, s) = (other.proof.to_bytes(), &case.statement);
            assert!(!both(&case.setup, s, &p, "another key's proof"));
        }
    }
}

#[test]
fn proofs_with_changed_elements() {
    let mut rng = rng(8);
    for case in cases() {
        let g1 = |rng: &mut StdRng| G1Affine::rand(rng);
        let vk = &case.setup.vk.points;
        for round in 0..30 {
            let mut p = case.proof;
            match round % 15 {
                0 => p.a = g1(&mut rng),
                1 => p.b = G2Affine::rand(&mut rng),
                2 => p.c = g1(&mut rng),
                3 => p.c_z = g1(&mut rng),
                4 => p.c_y = g1(&mut rng),
                5 => p.a = -p.a,
                6 => p.b = -p.b,
                7 => p.c = -p.c,
                8 => std::mem::swap(&mut p.a, &mut p.c),
                9 => std::mem::swap(&mut p.c_z, &mut p.c_y),
                10 => p.b = (p.b + vk.delta).into_affine(),
                11 => p.b = (p.b + vk.segments[3]).into_affine(),
                12 => p.c = plus(p.c, p.a, Fr::one()),
                13 => p.c_y = plus(p.c_y, p.a, Fr::rand(&mut rng)),
                _ => (p.a, p.b) = (vk.alpha, vk.beta),
            }
            // Where the commitments are zero, exchanging them changes nothing.
            let same = p.to_bytes() == case.proof.to_bytes();
            let accepted = both(&case.setup, &case.statement, &p.to_bytes(), "element");
            assert_eq!(accepted, same, "{round}");
        }
    }
}

#[test]
fn proofs_with_changed_bytes() {
    let mut rng = rng(9);
    for case in cases() {
        let honest = case.proof.to_bytes();
        for _ in 0..60 {
            let mut bytes = honest.to_vec();
            for _ in 0..rng.gen_range(1..4) {
                let at = rng.gen_range(0..bytes.len());
                bytes[at] ^= 1 << rng.gen_range(0..8);
            }
            let same = bytes == honest;
            assert_eq!(both(&case.setup, &case.statement, &bytes, "bytes"), same);
        }
        for length in [0, 191, 193, 256] {
            let mut bytes = honest.to_vec();
            bytes.resize(length, 0);
            assert!(!both(&case.setup, &case.statement, &bytes, "length"));
        }
        for at in [0, 32, 96, 128, 160] {
            let mut bytes = honest.to_vec();
            let end = at + if at == 32 { 64 } else { 32 };
            bytes[at..end].fill(0);
            bytes[end - 1] = 0x40;
            let same = bytes == honest;
            assert_eq!(both(&case.setup, &case.statement, &bytes, "zero"), same);
        }
    }
}

#[test]
fn changed_statements() {
    let mut rng = rng(10);
    for case in cases() {
        let honest = case.proof.to_bytes();
        let bytes = case.statement.to_bytes();
        for _ in 0..40 {
            let mut changed = bytes;
            let at = rng.gen_range(0..bytes.len());
            changed[at] ^= 1 << rng.gen_range(0..8);
            let statement = Statement::from_bytes(&changed).expect("the length is right");
            assert!(!both(&case.setup, &statement, &honest, "statement"));
        }
        let mut other = case.statement;
        other.c_x = encode_g1(&G1Affine::rand(&mut rng));
        assert!(!both(&case.setup, &other, &honest, "input"));
    }
}
