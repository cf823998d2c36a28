//! A phase-1 file for 32 rows that snarkjs 0.7.6 made: two contributions and a beacon, prepared for
//! phase 2, so that its Lagrange values can be compared with ours.

use ark_bn254::{G1Affine, G2Affine};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

use super::*;
use crate::{
    ceremony::lagrange,
    uncompressed::{montgomery, read_g1, read_g2, G1_BYTES, G2_BYTES},
};

const FILE: &[u8] = include_bytes!("../../../fixtures/snarkjs-5.ptau");
const SIZE: usize = 32;

fn read(size: usize) -> Phase1 {
    Phase1::read(Cursor::new(FILE), size).unwrap()
}

/// A section's content, found without the reader.
fn section(kind: u32) -> &'static [u8] {
    let mut rest = &FILE[12..];
    loop {
        let (head, content) = rest.split_at(12);
        let found = u32::from_le_bytes(head[..4].try_into().unwrap());
        let length = u64::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        if found == kind {
            return &content[..length];
        }
        rest = &content[length..];
    }
}

#[test]
fn a_file_of_snarkjs_gives_keys_that_prove() {
    for size in [2, 8, SIZE] {
        let phase1 = read(size);
        assert_eq!((phase1.size(), phase1.development()), (size, false));
        assert_eq!(phase1.check(&mut rng(1)), Ok(()));
    }
    let initial = initial_of(read(SIZE), &qap(), descriptor(), 2).unwrap();
    let ceremony = finished(&initial);
    let verified = ceremony.verify(&initial, &mut rng(3)).unwrap();
    proves(verified.proving_key().unwrap());
}

#[test]
fn lagrange_values_are_those_of_snarkjs() {
    let phase1 = read(SIZE);
    let domain = Radix2EvaluationDomain::new(SIZE).unwrap();
    // Those for 1, 2, 4, .. rows come before.
    let g1 = |kind: u32| -> Vec<G1Affine> {
        let points = section(kind).chunks_exact(G1_BYTES);
        let points = points.skip(SIZE - 1).take(SIZE);
        points.map(|b| read_g1(b, montgomery).unwrap()).collect()
    };
    assert_eq!(lagrange(&domain, &phase1.tau_g1[..SIZE]), g1(12));
    assert_eq!(lagrange(&domain, &phase1.alpha_g1), g1(14));
    assert_eq!(lagrange(&domain, &phase1.beta_g1), g1(15));
    let g2: Vec<G2Affine> = section(13)
        .chunks_exact(G2_BYTES)
        .skip(SIZE - 1)
        .map(|b| read_g2(b, montgomery).unwrap())
        .collect();
    assert_eq!(lagrange(&domain, &phase1.tau_g2), g2);
}
