//! Honest assignments satisfy; the same shape gives the same circuit; row counts.

use super::support::*;
use crate::Circuit;
use proptest::prelude::*;
use swarm_network::ActivationType::{I8, U8};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn honest_assignments_satisfy((model, rows) in cases()) {
        let circuit = Circuit::new(model.topology(), rows.rows()).unwrap();
        let matrices = circuit.matrices();
        matrices.validate().unwrap();
        prop_assert_eq!(circuit.lint(&matrices), Ok(()));
        let values = assignment(&circuit, &model, &rows);
        prop_assert_eq!(values.len(), matrices.num_columns());
        prop_assert_eq!(matrices.first_unsatisfied(&values), None);
    }
}

#[test]
fn every_column_is_used_once_and_every_witness_is_constrained() {
    let topology = network(U8, &[7, 5, 4], (9, -3, 90), true);
    for batch in [1, 2, 13] {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        let mut used = vec![false; matrices.num_columns()];
        for row in matrices.a.iter().chain(&matrices.b).chain(&matrices.c) {
            for (_, column) in row {
                used[*column] = true;
            }
        }
        let unused: Vec<usize> = (0..used.len()).filter(|c| !used[*c]).collect();
        let blinds = swarm_groth16::Segment::ALL.map(|s| matrices.layout.columns(s).end - 1);
        // The tag and the blinds of w, x and z stand in no constraint; one need not, without rho.
        let expected: Vec<usize> = [&[2], &blinds[..3]].concat();
        assert!(expected.iter().all(|c| unused.contains(c)));
        assert!(unused.iter().all(|c| expected.contains(c)), "{unused:?}");
    }
}

#[test]
fn circuits_are_deterministic_and_digests_tell_them_apart() {
    let base = network(U8, &[6, 5, 3], (8, 0, 255), false);
    let digest = |topology, batch| {
        let circuit = Circuit::new(topology, batch).unwrap();
        circuit.descriptor(&circuit.matrices())
    };
    let first = digest(&base, 4);
    assert_eq!(first, digest(&base, 4));
    assert_eq!((first.batch, first.input_len, first.output_len), (4, 6, 3));
    assert_eq!(first.macs, 4 * (6 * 5 + 5 * 3));
    let others = [
        digest(&base, 5),
        digest(&network(I8, &[6, 5, 3], (8, 0, 255), false), 4),
        digest(&network(U8, &[6, 5, 3], (9, 0, 255), false), 4),
        digest(&network(U8, &[6, 5, 3], (8, 0, 254), false), 4),
        digest(&network(U8, &[6, 5, 3], (8, 1, 255), false), 4),
        digest(&network(U8, &[6, 5, 3], (8, 0, 255), true), 4),
    ];
    for (i, other) in others.iter().enumerate() {
        assert_ne!(first.digest, other.digest, "variant {i}");
    }
}

#[test]
fn the_digest_covers_the_matrices() {
    let circuit = Circuit::new(&network(U8, &[3, 2], (8, 0, 255), true), 2).unwrap();
    let matrices = circuit.matrices();
    let digest = circuit.descriptor(&matrices).digest;
    for which in 0..3 {
        let mut changed = matrices.clone();
        let rows = [&mut changed.a, &mut changed.b, &mut changed.c];
        let [a, b, c] = rows;
        let rows = [a, b, c].into_iter().nth(which).unwrap();
        let row = rows.iter_mut().find(|row| !row.is_empty()).unwrap();
        row[0].1 += 1;
        assert_ne!(circuit.descriptor(&changed).digest, digest);
        row_back(&mut changed, which);
        assert_eq!(circuit.descriptor(&changed).digest, digest);
    }
}

fn row_back(matrices: &mut swarm_groth16::ConstraintMatrices, which: usize) {
    let rows = [&mut matrices.a, &mut matrices.b, &mut matrices.c];
    let rows = rows.into_iter().nth(which).unwrap();
    rows.iter_mut().find(|row| !row.is_empty()).unwrap()[0].1 -= 1;
}

/// Rows as the reduction counts them; the prototype of the design stands beside.
#[test]
fn rows_of_mnist() {
    let topology = network(U8, &[784, 128, 10], (8, 0, 255), false);
    let prototype = [
        (3, 55_789, 53_464),
        (63, 130_469, 101_244),
        (255, 369_445, 254_140),
    ];
    for (batch, constraints, instance) in prototype {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        let found = (matrices.num_constraints(), matrices.num_instance());
        println!(
            "784-128-10, batch {batch}: {} constraints + {} instance = {} rows \
             (prototype {constraints} + {instance}), {} witness, tables {:?}, lanes {:?}",
            found.0,
            found.1,
            found.0 + found.1,
            matrices.num_witness,
            circuit.plan().tables,
            lanes(&circuit),
        );
        assert!(found.0 + found.1 < constraints + instance);
    }
}

fn lanes(circuit: &Circuit) -> Vec<crate::Lanes> {
    circuit.plan().products().map(|(_, _, p)| p.lanes).collect()
}

/// The figures of the soundness error in SECURITY.md.
#[test]
fn soundness_error_of_mnist() {
    let topology = network(U8, &[784, 128, 10], (8, 0, 255), false);
    let circuit = Circuit::new(&topology, 63).unwrap();
    let plan = circuit.plan();
    let lanes = lanes(&circuit);
    let found = circuit.challenge_identities().unwrap();
    // Row and column groups of the two layers, then the tables of 256 and 448 entries, in each of
    // which every one of 128 · 63 activations looks up two values.
    let groups: Vec<_> = lanes.iter().map(|l| (l.row_groups, l.col_groups)).collect();
    assert_eq!(groups, [(43, 21), (5, 13)]);
    assert_eq!(plan.tables, [256, 448]);
    let look_ups = 2 * 128 * 63;
    let tables = (look_ups + 255) + (look_ups + 447);
    assert_eq!(found.count, 43 + 5 + 2);
    assert_eq!(found.degree, 43 * 20 + 5 * 12 + tables);
    assert_eq!(found.degree, 33_878);
}

#[test]
fn shapes_beyond_the_field_are_refused() {
    let topology = network(U8, &[30_000, 1 << 20], (8, 0, 255), false);
    let error = Circuit::new(&topology, 1).unwrap_err();
    assert!(matches!(error, crate::Error::TooLarge { .. }), "{error}");
    let small = network(U8, &[2, 2], (8, 0, 255), false);
    for batch in [0, swarm_network::MAX_BATCH + 1] {
        assert!(matches!(
            Circuit::new(&small, batch),
            Err(crate::Error::BatchSize { .. })
        ));
    }
}

#[test]
fn challenges_that_meet_a_table_are_refused() {
    let topology = network(U8, &[3, 2], (8, 0, 255), true);
    let circuit = Circuit::new(&topology, 2).unwrap();
    let (model, rows) = dense(&topology, 2);
    let committed = commit(&circuit, &model, &rows);
    let tag = fr(1);
    let largest = *circuit.plan().tables.last().unwrap() as i64;
    for entry in [0, largest - 1] {
        assert_eq!(
            circuit.assign(&committed, -fr(entry), tag),
            Err(crate::Error::UnluckyChallenge)
        );
    }
    assert!(circuit.assign(&committed, -fr(largest), tag).is_ok());
}

#[test]
fn wrong_models_and_batches_are_refused() {
    let topology = network(U8, &[3, 2], (8, 0, 255), true);
    let circuit = Circuit::new(&topology, 4).unwrap();
    let (other, _) = dense(&network(U8, &[3, 2], (7, 0, 255), true), 4);
    let zero = Default::default();
    assert_eq!(
        circuit.weights(&other, zero),
        Err(crate::Error::OtherTopology)
    );
    let (_, rows) = dense(&topology, 3);
    assert_eq!(
        circuit.input(&rows, zero, zero),
        Err(crate::Error::Batch {
            found: 3,
            expected: 4
        })
    );
}

/// Keys in use name their circuit by its digest.
#[test]
fn digests_of_known_shapes() {
    let known = [
        (
            network(U8, &[64, 32, 10], (8, 0, 255), false),
            60,
            "02adc089a38e4c00395627337b957b16d287446e3967ef473b842a6ed8757406",
        ),
        (
            network(I8, &[5, 4, 3], (5, -20, 50), true),
            7,
            "76299a437ae4fc1251314f168327c89e8ca0587565bd1739fdea1d1775728c29",
        ),
        (
            network(U8, &[784, 128, 10], (8, 0, 255), false),
            1,
            "0d74a0a5df0459f90ccd62acc51ead3e81d4d13b30ab7f8786a5063decaed4f2",
        ),
        (
            network(I8, &[3, 9, 8, 2], (13, -128, 127), false),
            40,
            "2ffaf9a2d62dc6de3ee01fd4017eebf18ae4d354ecabcbd35e4ac8c64414fc2a",
        ),
    ];
    for (topology, batch, expected) in known {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let digest = circuit.descriptor(&circuit.matrices()).digest;
        let found = digest.map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(found, expected, "{}, batch {batch}", topology.label());
    }
}
