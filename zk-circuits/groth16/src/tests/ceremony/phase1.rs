//! Phase-1 files: both formats, and every way in which one is refused.

use std::io::Cursor;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{BigInteger, One, PrimeField, Zero};

use super::*;
use crate::{
    ceremony::{initial_state, Phase1Error},
    KeyFileError, Segment,
};

/// A file as snarkjs writes it, with a section of contributions.
pub fn ptau(phase1: &Phase1) -> Vec<u8> {
    let g1 = |points: &[G1Affine]| -> Vec<u8> {
        let coordinates = points.iter().flat_map(|p| [p.x, p.y]);
        coordinates.flat_map(montgomery).collect()
    };
    let g2 = |points: &[G2Affine]| -> Vec<u8> {
        let coordinates = points.iter().flat_map(|p| [p.x.c0, p.x.c1, p.y.c0, p.y.c1]);
        coordinates.flat_map(montgomery).collect()
    };
    let mut header = 32u32.to_le_bytes().to_vec();
    header.extend(Fq::MODULUS.to_bytes_le());
    header.extend(phase1.size().trailing_zeros().to_le_bytes());
    header.extend(28u32.to_le_bytes());
    let sections = [
        header,
        g1(&phase1.tau_g1),
        g2(&phase1.tau_g2),
        g1(&phase1.alpha_g1),
        g1(&phase1.beta_g1),
        g2(&[phase1.beta_g2]),
        vec![0; 4],
    ];
    let mut file = b"ptau".to_vec();
    file.extend(1u32.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    for (kind, content) in (1u32..).zip(sections) {
        file.extend(kind.to_le_bytes());
        file.extend((content.len() as u64).to_le_bytes());
        file.extend(content);
    }
    file
}

/// The bytes of `value * 2^256`, as arithmetic holds it.
fn montgomery(value: Fq) -> Vec<u8> {
    let shift = Fq::from(2u64);
    let shifted = (0..256).fold(value, |value, _| value * shift);
    shifted.into_bigint().to_bytes_le()
}

fn read(bytes: &[u8], size: usize) -> Result<Phase1, Phase1Error> {
    Phase1::read(Cursor::new(bytes), size)
}

fn own(phase1: &Phase1) -> Vec<u8> {
    let mut bytes = Vec::new();
    phase1.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn both_formats_hold_the_same() {
    let phase1 = Phase1::generate_development(8, &mut rng(1));
    assert_eq!(phase1.check(&mut rng(2)), Ok(()));
    assert_eq!(read(&own(&phase1), 8), Ok(phase1.clone()));
    let other = read(&ptau(&phase1), 8).unwrap();
    assert!(!other.development());
    assert_eq!(other.check(&mut rng(2)), Ok(()));
    assert_eq!(other.tau_g1, phase1.tau_g1);
    assert_eq!(other.tau_g2, phase1.tau_g2);
    assert_eq!(other.alpha_g1, phase1.alpha_g1);
    assert_eq!(other.beta_g1, phase1.beta_g1);
    assert_eq!(other.beta_g2, phase1.beta_g2);
    assert_eq!(read(&own(&phase1), 4), phase1.truncated(4));
}

#[test]
fn damaged_files_of_our_own_are_refused() {
    let phase1 = Phase1::generate_development(4, &mut rng(1));
    let bytes = own(&phase1);
    let file = |bytes: &[u8]| match read(bytes, 4).unwrap_err() {
        Phase1Error::File(error) => error,
        other => panic!("{other}"),
    };
    assert_eq!(
        read(&bytes, 8),
        Err(Phase1Error::TooSmall {
            powers: 4,
            needed: 8
        })
    );
    for length in 0..bytes.len() {
        file(&bytes[..length]);
    }
    assert_eq!(
        file(&bytes[..bytes.len() - 1]),
        KeyFileError::Truncated("beta in G2")
    );
    assert_eq!(
        file(&[&bytes[..], &[0]].concat()),
        KeyFileError::Trailing(1)
    );
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        file(&changed)
    };
    let magic = KeyFileError::Magic {
        expected: "phase 1",
    };
    assert_eq!(with(0, b'S'), magic);
    assert_eq!(with(8, 9), KeyFileError::Version(9));
    assert!(matches!(with(12, 2), KeyFileError::Count { .. }));
    assert!(matches!(with(13, 1), KeyFileError::Truncated(_)));
    assert!(matches!(with(13, 3), KeyFileError::Point { .. }));
    let point = KeyFileError::Point {
        section: "tau in G1",
        index: 1,
    };
    assert_eq!(with(21 + 64, bytes[21 + 64] ^ 1), point);
}

#[test]
fn damaged_files_of_snarkjs_are_refused() {
    let phase1 = Phase1::generate_development(4, &mut rng(1));
    let bytes = ptau(&phase1);
    let refused = |bytes: &[u8]| read(bytes, 4).unwrap_err();
    assert_eq!(
        read(&bytes, 8),
        Err(Phase1Error::TooSmall {
            powers: 4,
            needed: 8
        })
    );
    for length in 0..bytes.len() {
        refused(&bytes[..length]);
    }
    let trailing = Phase1Error::File(KeyFileError::Trailing(1));
    assert_eq!(refused(&[&bytes[..], &[0]].concat()), trailing);
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        refused(&changed)
    };
    assert_eq!(with(4, 2), Phase1Error::File(KeyFileError::Version(2)));
    // 12 bytes before the sections, 12 before each content.
    assert_eq!(with(24, 48), Phase1Error::OtherCurve);
    assert_eq!(with(28, 0), Phase1Error::OtherCurve);
    assert_eq!(with(60, 0), Phase1Error::Section("header"));
    assert_eq!(with(60, 3), Phase1Error::Section("tau in G1"));
    // The section of powers of tau called a second header, and one nobody knows.
    assert_eq!(with(68, 1), Phase1Error::Section("header"));
    assert_eq!(with(68, 99), Phase1Error::Section("tau in G1"));
    assert_eq!(
        with(80 + 64, bytes[80 + 64] ^ 1),
        Phase1Error::File(KeyFileError::Point {
            section: "tau in G1",
            index: 1
        })
    );
}

#[test]
fn points_that_are_no_powers_are_refused() {
    let good = phase1();
    let three = Fr::from(3u64);
    let refused = |change: &dyn Fn(&mut Phase1)| {
        let mut changed = good.clone();
        change(&mut changed);
        let error = changed.check(&mut rng(4)).unwrap_err();
        // Nothing is computed from it either.
        assert_eq!(
            initial_of(changed, &qap(), descriptor(), 4).unwrap_err(),
            CeremonyError::Phase1(error.clone())
        );
        error
    };
    let times = |p: &mut G1Affine| *p = (*p * three).into_affine();
    let times_g2 = |p: &mut G2Affine| *p = (*p * three).into_affine();
    let last = good.size() - 1;
    assert_eq!(
        refused(&|p| times(&mut p.tau_g1[0])),
        Phase1Error::Generator("tau in G1")
    );
    assert_eq!(
        refused(&|p| times_g2(&mut p.tau_g2[0])),
        Phase1Error::Generator("tau in G2")
    );
    for at in [1, last, last + 1, 2 * last] {
        assert_eq!(
            refused(&|p| times(&mut p.tau_g1[at])),
            Phase1Error::Powers("tau in G1")
        );
    }
    for at in [0, 1, last] {
        assert_eq!(
            refused(&|p| times(&mut p.alpha_g1[at])),
            Phase1Error::Powers("alpha tau in G1")
        );
        assert_eq!(
            refused(&|p| times(&mut p.beta_g1[at])),
            Phase1Error::Powers("beta tau in G1")
        );
    }
    assert_eq!(
        refused(&|p| times_g2(&mut p.tau_g2[last])),
        Phase1Error::Powers("tau in G2")
    );
    assert_eq!(refused(&|p| times_g2(&mut p.beta_g2)), Phase1Error::Beta);
    assert_eq!(
        refused(&|p| p.beta_g1.iter_mut().for_each(times)),
        Phase1Error::Beta
    );
    // Another tau in G2.
    let secrets = phase1_secrets();
    let other = Phase1::of_secrets(good.size(), three, secrets.alpha, secrets.beta);
    assert_eq!(
        refused(&|p| p.tau_g2 = other.tau_g2.clone()),
        Phase1Error::Powers("tau in G1")
    );
}

#[test]
fn trivial_secrets_are_refused() {
    let size = qap().domain_size();
    let [three, five, seven] = [3u64, 5, 7].map(Fr::from);
    let refused = |tau, alpha, beta| {
        let phase1 = Phase1::of_secrets(size, tau, alpha, beta);
        let result = initial_of(phase1, &qap(), descriptor(), 4);
        result.unwrap_err()
    };
    let degenerate = |what| CeremonyError::Phase1(Phase1Error::Degenerate(what));
    assert_eq!(refused(Fr::one(), five, seven), degenerate("tau"));
    assert_eq!(refused(Fr::zero(), five, seven), degenerate("tau"));
    assert_eq!(refused(three, Fr::zero(), seven), degenerate("alpha"));
    assert_eq!(refused(three, -Fr::one(), seven), degenerate("alpha"));
    assert_eq!(refused(three, five, Fr::zero()), degenerate("beta"));
    assert_eq!(refused(three, five, Fr::one()), degenerate("beta"));
    // A root of unity of the domain: every quotient would be zero.
    let root = ark_poly::EvaluationDomain::group_gen(qap().domain());
    assert!(matches!(
        refused(root, five, seven),
        CeremonyError::Phase1(Phase1Error::Degenerate(_)) | CeremonyError::UnusedVariable { .. }
    ));
}

#[test]
fn a_committed_variable_in_no_row_is_refused() {
    // Without its consistency row and its constraint, the output's blind has no base.
    let mut unused = matrices();
    let blind = layout().columns(Segment::Output).end - 1;
    for row in &mut unused.a {
        row.retain(|(_, column)| *column != blind);
    }
    let consistency: Vec<usize> = qap()
        .consistency()
        .iter()
        .copied()
        .filter(|column| *column != blind)
        .collect();
    let qap = Qap::with_consistency(unused, consistency).unwrap();
    assert_eq!(
        initial_of(phase1(), &qap, descriptor(), 4).unwrap_err(),
        CeremonyError::Unsettled { column: blind }
    );
    // The base of a variable that some row settles may still happen to be zero.
    assert_eq!(
        initial_state(&phase1(), &qap, &mut |_| ()).unwrap_err(),
        CeremonyError::UnusedVariable {
            segment: Segment::Output,
            index: 1
        }
    );
}

/// As key generation by one party does.
#[test]
fn a_circuit_that_lost_a_consistency_row_is_refused() {
    let whole = qap();
    for lost in whole.consistency() {
        let rest = whole.consistency().iter().copied().filter(|c| c != lost);
        let qap = Qap::with_consistency(matrices(), rest.collect()).unwrap();
        assert_eq!(
            initial_of(phase1(), &qap, descriptor(), 4).unwrap_err(),
            CeremonyError::Unsettled { column: *lost }
        );
    }
}
