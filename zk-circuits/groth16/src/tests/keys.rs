//! Keys that must be refused, and the files keys travel in.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, Zero};

use super::toy::*;
use crate::{
    generate_development, generate_with, inspect_key, CommitmentKey, KeyElement, KeyError,
    KeyFileError, KeyPoints, MatrixError, ProverError, ProvingKey, Qap, Segment, SetupError,
    Trapdoors, Validation, VerifyingKey, VERIFYING_KEY_BYTES,
};

type Change<'a> = &'a dyn Fn(&mut KeyPoints);

#[test]
fn a_good_key_round_trips_and_tells_its_descriptor() {
    let setup = Setup::honest();
    let bytes = setup.vk.to_bytes();
    assert_eq!(bytes.len(), VERIFYING_KEY_BYTES);
    assert!(bytes.len() < 1024);
    assert_eq!(VerifyingKey::from_bytes(&bytes), Ok(setup.vk));
    let info = inspect_key(&bytes).unwrap();
    assert_eq!(info.id, setup.vk.id());
    assert!(info.development);
    assert_eq!(info.circuit_digest, [7; 32]);
    assert_eq!(
        (info.batch, info.input_len, info.output_len),
        (1, N as u32, 1)
    );
    assert_eq!(info.macs, N as u64);
    // One, challenge, tag and four blinds have consistency rows, the others need none.
    let rows = setup.qap.matrices().num_constraints() + 7;
    assert_eq!(info.rows, rows as u64);
}

#[test]
fn every_byte_of_a_key_is_in_its_id() {
    let setup = Setup::honest();
    let bytes = setup.vk.to_bytes();
    let mut parsed = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        if let Ok(info) = inspect_key(&changed) {
            parsed += 1;
            assert_ne!(info.id, setup.vk.id());
        }
    }
    // The stamp, the digest and the numbers parse with another bit.
    assert!(parsed > 40);
}

#[test]
fn malformed_keys_are_refused() {
    let setup = Setup::honest();
    let bytes = setup.vk.to_bytes();
    let refused = |bytes: &[u8]| inspect_key(bytes).unwrap_err();
    assert_eq!(refused(&[]), KeyError::Length);
    assert_eq!(refused(&bytes[..bytes.len() - 1]), KeyError::Length);
    assert_eq!(refused(&[&bytes[..], &[0]].concat()), KeyError::Length);
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        refused(&changed)
    };
    assert_eq!(with(0, b'S'), KeyError::Magic);
    assert_eq!(with(8, 1), KeyError::Version);
    assert_eq!(with(9, 2), KeyError::Origin);
    let points = VERIFYING_KEY_BYTES - 4 * 32 - 7 * 64;
    let elements = [
        (0, 32, KeyElement::Alpha),
        (32, 64, KeyElement::Beta),
        (96, 64, KeyElement::Gamma),
        (160, 64, KeyElement::Delta),
        (224, 64, KeyElement::GammaWeights),
        (288, 64, KeyElement::GammaInput),
        (352, 64, KeyElement::GammaIntermediate),
        (416, 64, KeyElement::GammaOutput),
        (480, 32, KeyElement::IcOne),
        (512, 32, KeyElement::IcChallenge),
        (544, 32, KeyElement::IcTag),
    ];
    for (at, length, element) in elements {
        let mut changed = bytes.clone();
        changed[points + at..points + at + length].fill(0xff);
        assert_eq!(refused(&changed), KeyError::Malformed(element));
        changed[points + at..points + at + length].fill(0);
        changed[points + at + length - 1] = 0x40;
        assert_eq!(refused(&changed), KeyError::Identity(element));
    }
}

#[test]
fn empty_descriptors_are_refused() {
    let setup = Setup::honest();
    let changes: [&dyn Fn(&mut VerifyingKey); 5] = [
        &|k| k.descriptor.batch = 0,
        &|k| k.descriptor.input_len = 0,
        &|k| k.descriptor.output_len = 0,
        &|k| k.descriptor.macs = 0,
        &|k| k.rows = 0,
    ];
    for change in changes {
        let mut key = setup.vk;
        change(&mut key);
        assert_eq!(inspect_key(&key.to_bytes()), Err(KeyError::Descriptor));
    }
}

fn refused(change: Change) -> KeyError {
    let mut key = Setup::honest().vk;
    change(&mut key.points);
    inspect_key(&key.to_bytes()).unwrap_err()
}

#[test]
fn generators_are_refused_except_under_gamma() {
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let sign = |negative: bool, p: G2Affine| if negative { -p } else { p };
    for negative in [false, true] {
        let g = sign(negative, g2);
        let cases: [(KeyElement, Change); 6] = [
            (KeyElement::Beta, &|k| k.beta = g),
            (KeyElement::Delta, &|k| k.delta = g),
            (KeyElement::GammaWeights, &|k| k.segments[0] = g),
            (KeyElement::GammaInput, &|k| k.segments[1] = g),
            (KeyElement::GammaIntermediate, &|k| k.segments[2] = g),
            (KeyElement::GammaOutput, &|k| k.segments[3] = g),
        ];
        for (element, change) in cases {
            assert_eq!(refused(change), KeyError::Generator(element));
        }
        let alpha = if negative { -g1 } else { g1 };
        assert_eq!(
            refused(&|k| k.alpha = alpha),
            KeyError::Generator(KeyElement::Alpha)
        );
    }
    let mut key = Setup::honest().vk;
    key.points.gamma = g2;
    assert!(inspect_key(&key.to_bytes()).is_ok());
}

#[test]
fn equal_trapdoors_are_refused_up_to_sign() {
    use KeyElement::*;
    let elements = [
        Beta,
        Gamma,
        Delta,
        GammaWeights,
        GammaInput,
        GammaIntermediate,
        GammaOutput,
    ];
    fn slot(k: &mut KeyPoints, i: usize) -> &mut G2Affine {
        match i {
            0 => &mut k.beta,
            1 => &mut k.gamma,
            2 => &mut k.delta,
            _ => &mut k.segments[i - 3],
        }
    }
    for i in 0..7 {
        for j in i + 1..7 {
            for negative in [false, true] {
                let error = refused(&|k| {
                    let p = *slot(k, i);
                    *slot(k, j) = if negative { -p } else { p };
                });
                assert_eq!(error, KeyError::Shared(elements[i], elements[j]));
            }
        }
    }
}

#[test]
fn setup_refuses_what_would_be_a_bad_key() {
    let qap = Qap::new(matrices()).unwrap();
    let good = Trapdoors::random(&mut rng(1));
    let zeroed: [&dyn Fn(&mut Trapdoors); 6] = [
        &|t| t.alpha = Fr::zero(),
        &|t| t.beta = Fr::zero(),
        &|t| t.gamma = Fr::zero(),
        &|t| t.delta = Fr::zero(),
        &|t| t.segments[2] = Fr::zero(),
        // Tau in the evaluation domain makes the vanishing polynomial zero.
        &|t| t.tau = Fr::one(),
    ];
    for change in zeroed {
        let mut trapdoors = good;
        change(&mut trapdoors);
        assert_eq!(
            generate_with(&qap, descriptor(), &trapdoors).unwrap_err(),
            SetupError::Trapdoor
        );
    }
    let mut empty = descriptor();
    empty.batch = 0;
    assert_eq!(
        generate_development(&qap, empty, &mut rng(1)).unwrap_err(),
        SetupError::Key(KeyError::Descriptor)
    );
    assert!(generate_development(&qap, descriptor(), &mut rng(1)).is_ok());
}

/// A lost consistency row gives a zero base where nothing else holds the variable, and is refused
/// by name before that.
#[test]
fn setup_refuses_lost_consistency_rows() {
    let all = matrices();
    let blind = |segment| all.layout.columns(segment).end - 1;
    let kept: Vec<usize> = (0..3).chain(Segment::ALL.map(blind)).collect();
    let qap = |kept: Vec<usize>| Qap::with_consistency(all.clone(), kept).unwrap();
    assert!(generate_development(&qap(kept.clone()), descriptor(), &mut rng(1)).is_ok());
    for lost in &kept {
        let rest = kept.iter().copied().filter(|c| c != lost).collect();
        assert_eq!(
            generate_development(&qap(rest), descriptor(), &mut rng(1)).unwrap_err(),
            SetupError::Unsettled { column: *lost }
        );
    }
    for segment in [Segment::Weights, Segment::Input, Segment::Intermediate] {
        let rest = kept.iter().copied().filter(|c| *c != blind(segment));
        let trapdoors = Trapdoors::random(&mut rng(1));
        assert_eq!(
            generate_with(&qap(rest.collect()), descriptor(), &trapdoors).unwrap_err(),
            SetupError::UnusedVariable {
                segment,
                index: all.layout.len_of(segment) - 1
            }
        );
    }
}

#[test]
fn malformed_matrices_are_refused() {
    let good = matrices();
    let refused = |change: &dyn Fn(&mut crate::ConstraintMatrices)| {
        let mut matrices = good.clone();
        change(&mut matrices);
        Qap::new(matrices).unwrap_err()
    };
    assert!(matches!(
        refused(&|m| {
            m.b.pop();
        }),
        MatrixError::RowCounts { .. }
    ));
    assert_eq!(
        refused(&|m| {
            m.a.clear();
            m.b.clear();
            m.c.clear();
        }),
        MatrixError::Empty
    );
    assert_eq!(
        refused(&|m| m.layout.output = 0),
        MatrixError::EmptySegment(Segment::Output)
    );
    let columns = good.num_columns();
    assert_eq!(
        refused(&|m| m.c[3].push((Fr::one(), columns))),
        MatrixError::Column {
            matrix: 'C',
            row: 3,
            column: columns,
            columns
        }
    );
    assert!(matches!(
        refused(&|m| m.num_witness = 1 << 28),
        MatrixError::TooLarge { .. }
    ));
}

#[test]
fn commitments_need_exactly_one_value_per_variable() {
    let setup = Setup::honest();
    let values = Values::random(5);
    for segment in Segment::ALL {
        let good = values.of(segment);
        for found in [0, good.len() - 1, good.len() + 1] {
            let mut wrong = good.to_vec();
            wrong.resize(found, Fr::one());
            assert_eq!(
                setup.pk.commit(segment, &wrong),
                Err(ProverError::SegmentLength {
                    segment,
                    expected: good.len(),
                    found
                })
            );
        }
    }
    assert_eq!(
        setup
            .pk
            .commitment_key()
            .commit(Segment::Intermediate, &values.z),
        Err(ProverError::NotInCommitmentKey)
    );
}

#[test]
fn a_commitment_is_the_plain_sum() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let bases = &setup.pk.commitment_key().input;
    let mut sum = ark_bn254::G1Projective::zero();
    for (base, value) in bases.iter().zip(&values.x) {
        sum += *base * value;
    }
    assert_eq!(setup.commit(Segment::Input, &values), sum.into_affine());
}

#[test]
fn a_key_of_another_circuit_is_refused_by_the_prover() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let try_with = |change: &dyn Fn(&mut crate::ConstraintMatrices)| {
        let mut other = setup.qap.matrices().clone();
        change(&mut other);
        let assignment = vec![Fr::one(); other.num_columns()];
        let other = Qap::new(other).unwrap();
        setup
            .pk
            .prove(&other, &assignment, proof.c_z, proof.c_y, &mut rng(3))
            .unwrap_err()
    };
    assert_eq!(
        try_with(&|m| m.layout.output += 1),
        ProverError::KeyMismatch("segment sizes")
    );
    assert_eq!(
        try_with(&|m| m.num_witness += 1),
        ProverError::KeyMismatch("witness sizes")
    );
    assert_eq!(
        try_with(&|m| {
            m.a.push(vec![]);
            m.b.push(vec![]);
            m.c.push(vec![]);
        }),
        ProverError::KeyMismatch("row counts")
    );
}

fn proving_bytes(pk: &ProvingKey) -> Vec<u8> {
    let mut bytes = vec![];
    pk.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn key_files_round_trip() {
    let setup = Setup::honest();
    let bytes = proving_bytes(&setup.pk);
    for validation in [Validation::Full, Validation::LocallyVerified] {
        assert_eq!(
            ProvingKey::from_bytes(&bytes, validation).as_ref(),
            Ok(&setup.pk)
        );
    }
    let commitment = setup.pk.commitment_key();
    assert_eq!(
        CommitmentKey::from_bytes(&commitment.to_bytes()).as_ref(),
        Ok(commitment)
    );
    assert!(commitment.to_bytes().len() * 2 < bytes.len());
}

#[test]
fn broken_key_files_are_refused() {
    let setup = Setup::honest();
    let full = |bytes: &[u8]| ProvingKey::from_bytes(bytes, Validation::Full).unwrap_err();
    let bytes = proving_bytes(&setup.pk);
    let commitment = setup.pk.commitment_key().to_bytes();
    for length in (0..bytes.len()).step_by(59) {
        // Cut anywhere, it is refused without a panic.
        full(&bytes[..length]);
    }
    for length in (0..commitment.len()).step_by(31) {
        CommitmentKey::from_bytes(&commitment[..length]).unwrap_err();
    }
    assert_eq!(
        full(&[&bytes[..], &[0]].concat()),
        KeyFileError::Trailing(1)
    );
    assert_eq!(
        CommitmentKey::from_bytes(&[&commitment[..], &[0; 3]].concat()),
        Err(KeyFileError::Trailing(3))
    );
    assert_eq!(
        full(&commitment),
        KeyFileError::Magic {
            expected: "proving key"
        }
    );
    assert_eq!(
        CommitmentKey::from_bytes(&bytes).unwrap_err(),
        KeyFileError::Magic {
            expected: "commitment key"
        }
    );
    let mut version = bytes.clone();
    version[8] = 9;
    assert_eq!(full(&version), KeyFileError::Version(9));
    let mut origin = bytes.clone();
    origin[12 + 9] = 7;
    assert_eq!(full(&origin), KeyFileError::VerifyingKey(KeyError::Origin));
    let mut count = bytes.clone();
    count[12 + VERIFYING_KEY_BYTES + 7] = 0xff;
    assert!(matches!(
        full(&count),
        KeyFileError::Count {
            section: "weights",
            ..
        }
    ));
    // The first weight base moved off the curve, then beyond the modulus, then to zero.
    let point = 12 + VERIFYING_KEY_BYTES + 4 * 8;
    let bad = KeyFileError::Point {
        section: "weights",
        index: 0,
    };
    let mut off = bytes.clone();
    off[point] ^= 1;
    assert_eq!(full(&off), bad);
    let mut large = bytes.clone();
    large[point..point + 32].fill(0xff);
    assert_eq!(full(&large), bad);
    let mut zero = bytes.clone();
    zero[point..point + 64].fill(0);
    assert_eq!(full(&zero), bad);
}

#[test]
fn a_b_query_outside_the_subgroup_is_refused_unless_verified_before() {
    let mut pk = Setup::honest().pk;
    let outside = (1u64..)
        .filter_map(|i| {
            G2Affine::get_point_from_x_unchecked(
                ark_bn254::Fq2::new(i.into(), ark_bn254::Fq::ONE),
                true,
            )
        })
        .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    pk.b_g2_query[2] = outside;
    let bytes = proving_bytes(&pk);
    assert_eq!(
        ProvingKey::from_bytes(&bytes, Validation::Full).unwrap_err(),
        KeyFileError::Subgroup {
            section: "b query in G2"
        }
    );
    assert!(ProvingKey::from_bytes(&bytes, Validation::LocallyVerified).is_ok());
}

/// The domain of a key file is that of its rows, which may be fewer than the instance variables.
#[test]
fn a_key_file_of_another_domain_is_refused() {
    let pk = Setup::honest().pk;
    for size in [
        pk.domain_size / 2,
        pk.domain_size * 2,
        pk.domain_size - 1,
        0,
        1,
    ] {
        let mut other = pk.clone();
        other.domain_size = size;
        other.h_query.truncate(size.saturating_sub(1));
        let error = ProvingKey::from_bytes(&proving_bytes(&other), Validation::Full);
        assert_eq!(
            error.unwrap_err(),
            KeyFileError::Count {
                section: "h query",
                found: size as u64,
                limit: pk.domain_size as u64
            }
        );
    }
}

#[test]
fn columns_out_of_order_are_refused() {
    let good = Setup::honest().pk;
    let mut pk = good.clone();
    pk.a_columns.swap(0, 1);
    assert!(matches!(
        ProvingKey::from_bytes(&proving_bytes(&pk), Validation::Full),
        Err(KeyFileError::Column {
            section: "a columns",
            index: 1
        })
    ));
    let mut pk = good;
    *pk.b_columns.last_mut().unwrap() = 10_000;
    assert!(matches!(
        ProvingKey::from_bytes(&proving_bytes(&pk), Validation::Full),
        Err(KeyFileError::Column {
            section: "b columns",
            ..
        })
    ));
}
