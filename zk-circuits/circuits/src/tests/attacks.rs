//! Committed values that are wrong have no witness.

use super::support::*;
use crate::columns::{Columns, ONE, RHO};
use crate::matrices::limb_columns;
use crate::packing::power_of_two;
use crate::{lint, Circuit, LintError};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_groth16::{ConstraintMatrices, Segment};
use swarm_network::{ActivationType, Matrix};

fn circuits() -> Vec<(Circuit, Vec<Fr>)> {
    let shapes = [
        (vec![3, 4, 2], (8, 0, 255), false),
        (vec![3, 4, 2], (5, -20, 50), true),
        (vec![2, 3, 2, 3], (7, -128, 127), false),
    ];
    let mut found = Vec::new();
    for (widths, requant, last) in shapes {
        for batch in [1, 2, 11] {
            let topology = network(ActivationType::I8, &widths, requant, last);
            let circuit = Circuit::new(&topology, batch).unwrap();
            let (model, rows) = dense(&topology, batch);
            let values = assignment(&circuit, &model, &rows);
            found.push((circuit, values));
        }
    }
    found
}

/// Completed as well as it can be, is the instance of `values` still refused?
fn refused(circuit: &Circuit, matrices: &ConstraintMatrices, values: &[Fr]) -> bool {
    let mut values = values.to_vec();
    complete(circuit, matrices, &mut values);
    matrices.first_unsatisfied(&values).is_some()
}

#[test]
fn the_completion_finds_the_honest_witness() {
    for (circuit, values) in circuits() {
        let matrices = circuit.matrices();
        let mut found = values.clone();
        found[matrices.num_instance()..].fill(Fr::ZERO);
        complete(&circuit, &matrices, &mut found);
        assert_eq!(matrices.first_unsatisfied(&found), None);
    }
}

#[test]
fn no_committed_value_can_be_changed_alone() {
    for (circuit, values) in circuits() {
        let matrices = circuit.matrices();
        for segment in Segment::ALL {
            let columns = matrices.layout.columns(segment);
            let free = [columns.end - 1];
            let free = if segment == Segment::Output {
                &[][..]
            } else {
                &free
            };
            for column in columns {
                // Weights that only meet zeros, and inputs that only meet zero weights, are free.
                let dead = segment == Segment::Weights && !matters(&matrices, &values, column);
                if free.contains(&column) || dead {
                    continue;
                }
                for change in [Fr::ONE, -power_of_two(27)] {
                    let mut changed = values.clone();
                    changed[column] += change;
                    assert!(
                        refused(&circuit, &matrices, &changed),
                        "{segment:?} column {column} of {:?}",
                        circuit.plan()
                    );
                }
            }
        }
    }
}

/// Whether the factor of a weight is not zero.
fn matters(matrices: &ConstraintMatrices, values: &[Fr], column: usize) -> bool {
    let rows = matrices.a.iter().zip(&matrices.b);
    let mut rows = rows.filter(|(a, _)| a.iter().any(|t| t.1 == column));
    rows.any(|(_, b)| evaluate(b, values) != Fr::ZERO)
}

#[test]
fn the_blind_of_y_is_the_one_in_x() {
    let (circuit, values) = circuits().remove(0);
    let (matrices, at) = (circuit.matrices(), circuit.columns());
    for column in [at.blind_y, at.blind_y_in_x] {
        let mut changed = values.clone();
        changed[column] += Fr::ONE;
        assert!(refused(&circuit, &matrices, &changed));
    }
    let mut both = values.clone();
    both[at.blind_y] += Fr::ONE;
    both[at.blind_y_in_x] += Fr::ONE;
    assert!(!refused(&circuit, &matrices, &both));
}

#[test]
fn multiplicities_wrong_by_one() {
    for (circuit, values) in circuits() {
        let matrices = circuit.matrices();
        let starts = &circuit.columns().multiplicities;
        for (start, size) in starts.iter().zip(&circuit.plan().tables) {
            for entry in [0, 1, *size as usize - 1] {
                let mut changed = values.clone();
                changed[start + entry] -= Fr::ONE;
                assert!(refused(&circuit, &matrices, &changed));
                // Moving the count to the neighbour does not help.
                let other = (entry + 1) % *size as usize;
                changed[start + other] += Fr::ONE;
                assert!(refused(&circuit, &matrices, &changed));
            }
        }
    }
}

/// A value one beyond its table has no multiplicities: not those of its neighbours either.
#[test]
fn values_outside_the_table() {
    let topology = network(ActivationType::I8, &[1, 1], (12, -2, 3), true);
    let circuit = Circuit::new(&topology, 1).unwrap();
    let matrices = circuit.matrices();
    let (model, rows) = dense(&topology, 1);
    let honest = assignment(&circuit, &model, &rows);
    let requant = circuit.plan().stages[0].requant.clone().unwrap();
    let at = circuit.columns().stages[0].requant.clone().unwrap();
    for (limb, column) in limb_columns(&requant, &at, 0) {
        let table = circuit.plan().tables.binary_search(&limb.table).unwrap();
        let counts = circuit.columns().multiplicities[table];
        let old = small(honest[column]) as usize;
        for outside in [-1, limb.table as i64] {
            for entry in 0..limb.table as usize {
                let mut changed = honest.clone();
                changed[column] = fr(outside);
                changed[counts + old] -= Fr::ONE;
                changed[counts + entry] += Fr::ONE;
                complete(&circuit, &matrices, &mut changed);
                // The sum of this table breaks, whatever else does.
                let fractions = circuit.columns().fractions[table];
                let sum = (0..matrices.num_constraints())
                    .find(|row| {
                        let c = &matrices.c[*row];
                        c.iter().any(|t| t.1 == fractions) && matrices.a[*row].is_empty()
                    })
                    .unwrap();
                assert_ne!(evaluate(&matrices.c[sum], &changed), Fr::ZERO);
            }
        }
    }
}

/// `(acc + 2^L, acc' - 1)` packs to the same element; the gadget reaches neither lane.
#[test]
fn lanes_have_no_second_opening() {
    let topology = network(ActivationType::U8, &[3, 6, 2], (6, 0, 255), false);
    let circuit = Circuit::new(&topology, 5).unwrap();
    let stage = &circuit.plan().stages[0];
    assert!(stage.lanes.rows * stage.lanes.cols > 1);
    let (lo, hi) = stage.requant.as_ref().unwrap().gadget_range();
    let lane = 1i64 << stage.lanes.bits;
    // No two accumulators of the gadget differ by a multiple of a lane.
    assert!(hi - lo < lane);
    assert!(-lane / 2 < lo && hi < lane / 2);

    // Outputs are opened by whoever reads them, who checks the range.
    let bound = topology.output_range().1;
    let lane = 1i64 << circuit.plan().stages[1].lanes.bits;
    assert!(2 * bound < lane);
    let mut rows = Matrix::zeros(5, 2);
    circuit.output(&rows, Fr::ZERO).unwrap();
    rows.values_mut()[3] = bound as i32 + 1;
    let error = circuit.output(&rows, Fr::ZERO).unwrap_err();
    assert!(error.to_string().contains("output[1, 1]"), "{error}");
}

/// Lanes beyond the last output or batch item must stay empty.
#[test]
fn padding_lanes_are_zero() {
    let topology = network(ActivationType::I8, &[3, 4, 2], (8, 0, 255), false);
    let circuit = Circuit::new(&topology, 11).unwrap();
    let matrices = circuit.matrices();
    let (model, rows) = dense(&topology, 11);
    let honest = assignment(&circuit, &model, &rows);
    let lanes = circuit.plan().stages[0].lanes;
    let last = lanes.col_groups - 1;
    let used = lanes.cols_in(last, 11);
    assert!(used < lanes.cols, "the test needs padding: {lanes:?}");
    // A value in a padding lane of the input, and what it makes of the accumulators.
    let at = &circuit.columns().stages[0];
    let mut changed = honest.clone();
    changed[at.input.unwrap() + last] += lanes.weight(0, used);
    for i in 0..lanes.row_groups {
        let weight = honest[at.weight + i * 3];
        changed[at.accumulators + i * lanes.col_groups + last] += weight * lanes.weight(0, used);
    }
    assert!(refused(&circuit, &matrices, &changed));
}

/// Accumulators at and just beyond what the gadget reaches.
#[test]
fn accumulators_beyond_the_gadget() {
    let topology = network(ActivationType::I8, &[1, 1], (12, -2, 3), true);
    let circuit = Circuit::new(&topology, 1).unwrap();
    let plan = circuit.plan().stages[0].requant.as_ref().unwrap();
    let bound = topology.stages()[0].linear.acc_bound;
    let (lo, hi) = plan.gadget_range();
    assert!(lo <= -bound && bound <= hi);
    let most: u64 = plan.excess.iter().map(|l| l.weight * l.max()).sum();
    let unit = 1i64 << 12;
    // With every limb at its largest the decomposition gives exactly the ends of the range.
    assert_eq!(hi, unit * (3 + most as i64) + unit - 1);
    assert_eq!(lo, unit * (-2 - most as i64));
}

/// Turns a committed variable into one the prover may still choose.
fn uncommit(matrices: &ConstraintMatrices, column: usize) -> ConstraintMatrices {
    let mut changed = matrices.clone();
    let witness = changed.num_columns();
    changed.num_witness += 1;
    for rows in [&mut changed.a, &mut changed.b, &mut changed.c] {
        for term in rows.iter_mut().flatten().filter(|t| t.1 == column) {
            term.1 = witness;
        }
    }
    changed
}

#[test]
fn the_lint_finds_operands_that_are_not_committed() {
    let topology = network(ActivationType::U8, &[3, 4, 2], (8, 0, 200), false);
    let circuit = Circuit::new(&topology, 25).unwrap();
    let matrices = circuit.matrices();
    assert_eq!(circuit.lint(&matrices), Ok(()));
    let at: &Columns = circuit.columns();
    let first = &at.stages[0];
    let requant = first.requant.as_ref().unwrap();
    let operands = [
        ("a weight", first.weight + 1),
        ("an input", first.input.unwrap() + 1),
        ("an activation", requant.output + 3),
        ("a limb", requant.inner + 2),
        ("a multiplicity", at.multiplicities[0] + 5),
        ("an accumulator", first.accumulators + 1),
        ("the first accumulator", first.accumulators),
        ("an output", at.stages[1].accumulators),
        ("a bias", first.bias),
    ];
    for (name, column) in operands {
        assert!(
            circuit.lint(&uncommit(&matrices, column)).is_err(),
            "{name}"
        );
    }
}

#[test]
fn the_lint_finds_a_look_up_of_the_excess() {
    let topology = network(ActivationType::U8, &[3, 4], (8, 0, 200), true);
    let circuit = Circuit::new(&topology, 2).unwrap();
    let mut matrices = circuit.matrices();
    let above = circuit.columns().stages[0].requant.as_ref().unwrap().excess;
    let inverse = matrices.num_columns();
    matrices.num_witness += 1;
    matrices.a.push(vec![(Fr::ONE, inverse)]);
    matrices.b.push(vec![(Fr::ONE, RHO), (Fr::ONE, above)]);
    matrices.c.push(vec![(Fr::ONE, ONE)]);
    let row = matrices.a.len() - 1;
    assert!(matches!(
        circuit.lint(&matrices),
        Err(LintError::Uncommitted { row: found, .. }) if found <= row
    ));
}

/// `u · v = 0` does not determine `u`: the row may not count as its definition.
#[test]
fn the_lint_knows_what_a_row_determines() {
    let layout = swarm_groth16::SegmentLayout {
        weights: 1,
        input: 1,
        intermediate: 2,
        output: 1,
    };
    let (committed, witness) = (5, 8);
    let row = |a, b, c| ConstraintMatrices {
        layout,
        num_witness: 2,
        a: vec![a],
        b: vec![b],
        c: vec![c],
    };
    let one = Fr::ONE;
    let of = |column| vec![(one, column)];
    // inverse · (rho + committed) = 1
    let look_up = row(of(witness), vec![(one, RHO), (one, committed)], of(ONE));
    assert_eq!(lint(&look_up, 0), Ok(()));
    // witness · committed = rho: committed may be zero
    let product = row(of(witness), of(committed), of(RHO));
    assert!(lint(&product, 0).is_err());
    // committed · witness = rho, the other way round
    let product = row(of(committed), of(witness), of(RHO));
    assert!(lint(&product, 0).is_err());
    // witness · (rho + witness') = 1
    let both = row(of(witness), vec![(one, RHO), (one, witness + 1)], of(ONE));
    assert!(lint(&both, 0).is_err());
    // committed · rho = witness
    assert_eq!(lint(&row(of(committed), of(RHO), of(witness)), 0), Ok(()));
    // committed · rho = committed is an identity; with a witness it would be a definition
    let identity = row(of(committed), of(RHO), of(committed - 1));
    assert_eq!(lint(&identity, 1), Ok(()));
    assert_eq!(
        lint(&row(of(committed), of(RHO), of(witness)), 1),
        Err(LintError::Identities {
            expected: 1,
            found: 0
        })
    );
    // witness · committed = witness' has no challenge in it
    let free = row(of(witness), of(committed), of(witness + 1));
    assert_eq!(lint(&free, 0), Ok(()));
}
