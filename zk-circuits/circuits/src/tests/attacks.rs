//! Committed values that are wrong have no witness.

use super::support::*;
use crate::columns::{ONE, RHO};
use crate::gadgets::requant::limb_columns;
use crate::packing::power_of_two;
use crate::{challenge_identities, lint, Circuit, Identities, LayerPlan, Limb, LintError};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_groth16::{ConstraintMatrices, Segment};
use swarm_network::{ActivationType, Matrix, Operation};

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
    let (_, requant, at) = requants(&circuit)[0];
    for (limb, column) in limb_columns(requant, at, 0) {
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
    let lanes = product(&circuit, 0).1.lanes;
    assert!(lanes.rows * lanes.cols > 1);
    let (requant, plan, _) = requants(&circuit)[0];
    let (lo, hi) = plan.gadget_range(requant);
    let lane = 1i64 << lanes.bits;
    // No two accumulators of the gadget differ by a multiple of a lane.
    assert!(hi - lo < lane);
    assert!(-lane / 2 < lo && hi < lane / 2);

    // Outputs are opened by whoever reads them, who checks the range.
    let bound = topology.output_range().1;
    let lane = 1i64 << product(&circuit, 1).1.lanes.bits;
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
    let (_, plan, at) = product(&circuit, 0);
    let lanes = plan.lanes;
    let last = lanes.col_groups - 1;
    let used = lanes.cols_in(last, 11);
    assert!(used < lanes.cols, "the test needs padding: {lanes:?}");
    // A value in a padding lane of the input, and what it makes of the accumulators.
    let mut changed = honest.clone();
    changed[circuit.columns().input + last] += lanes.weight(0, used);
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
    let (requant, plan, _) = requants(&circuit)[0];
    let bound = product(&circuit, 0).0.acc_bound;
    let (lo, hi) = plan.gadget_range(requant);
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
    let at = circuit.columns();
    let (_, _, first) = product(&circuit, 0);
    let (_, _, requant) = requants(&circuit)[0];
    let operands = [
        ("a weight", first.weight + 1),
        ("an input", at.input + 1),
        ("an activation", requant.output + 3),
        ("a limb", requant.inner + 2),
        ("a multiplicity", at.multiplicities[0] + 5),
        ("an accumulator", first.accumulators + 1),
        ("the first accumulator", first.accumulators),
        ("an output", product(&circuit, 1).2.accumulators),
        ("a bias", first.bias),
    ];
    for (name, column) in operands {
        println!("{name}");
        without_key(&circuit, &uncommit(&matrices, column));
    }
}

#[test]
fn the_lint_finds_a_look_up_of_the_excess() {
    let topology = network(ActivationType::U8, &[3, 4], (8, 0, 200), true);
    let circuit = Circuit::new(&topology, 2).unwrap();
    let mut matrices = circuit.matrices();
    let above = requants(&circuit)[0].2.excess;
    let inverse = matrices.num_columns();
    matrices.num_witness += 1;
    matrices.a.push(vec![(Fr::ONE, inverse)]);
    matrices.b.push(vec![(Fr::ONE, RHO), (Fr::ONE, above)]);
    matrices.c.push(vec![(Fr::ONE, ONE)]);
    let row = matrices.a.len() - 1;
    assert!(matches!(
        without_key(&circuit, &matrices),
        LintError::Uncommitted { row: found, .. } if found <= row
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

/// The sum row of each table, in order of the tables.
fn sums(circuit: &Circuit, matrices: &ConstraintMatrices) -> Vec<usize> {
    let first = circuit.columns().fractions.iter();
    first
        .map(|fraction| {
            (0..matrices.num_constraints())
                .find(|row| {
                    let c = &matrices.c[*row];
                    matrices.a[*row].is_empty() && c.iter().any(|t| t.1 == *fraction)
                })
                .unwrap()
        })
        .collect()
}

/// Whoever knows the challenge before committing shifts value between two accumulators of a row so
/// that their weighted sum stays. Under any other challenge the shift shows.
#[test]
fn freivalds_says_nothing_once_the_challenge_is_known() {
    let topology = network(ActivationType::U8, &[3, 2], (8, 0, 255), false);
    let circuit = Circuit::new(&topology, 25).unwrap();
    let matrices = circuit.matrices();
    let groups = product(&circuit, 0).1.lanes.col_groups;
    assert!(groups > 1, "{groups}");
    let (model, rows) = dense(&topology, 25);
    let mut forged = assignment(&circuit, &model, &rows);
    let first = product(&circuit, 0).2.accumulators;
    forged[first] += rho();
    forged[first + 1] -= Fr::ONE;
    complete(&circuit, &matrices, &mut forged);
    assert_eq!(matrices.first_unsatisfied(&forged), None);
    for other in [rho() + Fr::ONE, -rho(), Fr::from(2u64)] {
        forged[RHO] = other;
        assert!(refused(&circuit, &matrices, &forged), "{other}");
    }
}

/// A neuron with bias 100, requantised by 2^12 to -2..=3, and its assignment for one input.
fn one_neuron(weight: i8, input: i32) -> (Circuit, Vec<Fr>) {
    let topology = network(ActivationType::I8, &[1, 1], (12, -2, 3), true);
    let circuit = Circuit::new(&topology, 1).unwrap();
    let weights = swarm_network::LinearWeights {
        weight: vec![weight],
        bias: vec![100],
    };
    let model = swarm_network::Model::new(topology, vec![weights]).unwrap();
    let rows = Matrix::new(1, 1, vec![input]).unwrap();
    let values = assignment(&circuit, &model, &rows);
    (circuit, values)
}

/// Whoever knows the challenge before committing fits multiplicities, which are field elements, to
/// an activation beyond its clamp. Under any other challenge they do not fit.
#[test]
fn look_ups_say_nothing_once_the_challenge_is_known() {
    // The accumulator 16484 gives 4, which the clamp makes 3.
    let (circuit, mut forged) = one_neuron(-128, -128);
    let matrices = circuit.matrices();
    let (_, requant, at) = requants(&circuit)[0];
    let limbs: Vec<_> = limb_columns(requant, at, 0).collect();
    assert_eq!(
        requant.output.len(),
        1,
        "the test sets the activation as one limb"
    );
    assert_eq!(small(forged[limbs[0].1]), 5);
    forged[limbs[0].1] = fr(6);
    for (_, column) in &limbs[1 + requant.remainder.len()..] {
        forged[*column] = Fr::ZERO;
    }
    complete(&circuit, &matrices, &mut forged);
    // Only the sums are wrong: the multiplicity of entry 0 takes up what each lacks.
    for (table, row) in sums(&circuit, &matrices).into_iter().enumerate() {
        let lack = evaluate(&matrices.c[row], &forged);
        forged[circuit.columns().multiplicities[table]] += lack * rho();
    }
    complete(&circuit, &matrices, &mut forged);
    assert_eq!(matrices.first_unsatisfied(&forged), None);
    for other in [rho() + Fr::ONE, -rho(), Fr::from(2u64)] {
        forged[RHO] = other;
        assert!(refused(&circuit, &matrices, &forged), "{other}");
    }
}

/// An excess looked up nowhere could be as large as the field: any activation would pass.
#[test]
fn an_excess_out_of_range_is_refused() {
    // The accumulator 5100 gives 1, within the clamp: at its ends the excess would be an honest one.
    let (circuit, honest) = one_neuron(50, 100);
    let matrices = circuit.matrices();
    let (_, requant, at) = requants(&circuit)[0];
    let limbs: Vec<_> = limb_columns(requant, at, 0).collect();
    let (output, activation) = limbs[0];
    assert_eq!((requant.output.len(), small(honest[activation])), (1, 3));
    let table_of = |limb: &Limb| circuit.plan().tables.binary_search(&limb.table).unwrap();
    let count = |values: &mut [Fr], value: u64, by: Fr| {
        let counts = circuit.columns().multiplicities[table_of(output)];
        values[counts + value as usize] += by;
        if output.paired {
            values[counts + (output.range - 1 - value) as usize] += by;
        }
    };
    let acc: Fr = honest[product(&circuit, 0).2.accumulators];
    let unit = power_of_two(12);
    // The activation at each end of the clamp, the remainder honest, and the excess that a field
    // of any size offers.
    for (q, sign) in [(-2i64, -Fr::ONE), (3, Fr::ONE)] {
        let mut forged = honest.clone();
        forged[activation] = fr(q + 2);
        count(&mut forged, 3, -Fr::ONE);
        count(&mut forged, (q + 2) as u64, Fr::ONE);
        let remainder: Fr = limbs[requant.output.len()..][..requant.remainder.len()]
            .iter()
            .map(|(limb, column)| Fr::from(limb.weight) * honest[*column])
            .sum();
        let excess = sign * ((acc - remainder) / unit - fr(q));
        let mut left = excess;
        let excesses = &limbs[requant.output.len() + requant.remainder.len()..];
        for (limb, column) in excesses.iter().rev() {
            forged[*column] = if limb.weight == 1 { left } else { Fr::ZERO };
            left -= forged[*column];
        }
        complete(&circuit, &matrices, &mut forged);
        let broken: Vec<usize> = (0..matrices.num_constraints())
            .filter(|row| {
                let of = |rows: &[swarm_groth16::Row]| evaluate(&rows[*row], &forged);
                of(&matrices.a) * of(&matrices.b) != of(&matrices.c)
            })
            .collect();
        // Decomposition and clamp hold, and the activation is in its table: the sum of the table
        // that the excess is looked up in stands against it alone.
        let (excess, _) = excesses.iter().find(|(limb, _)| limb.weight == 1).unwrap();
        assert_eq!(broken, [sums(&circuit, &matrices)[table_of(excess)]]);
    }
}

/// Squaring the challenge again and again gives an identity of a degree that the field cannot tell
/// from a constant.
#[test]
fn the_lint_bounds_the_degree() {
    let layout = swarm_groth16::SegmentLayout {
        weights: 1,
        input: 1,
        intermediate: 2,
        output: 1,
    };
    let (committed, instance) = (5, 8);
    let of = |column| vec![(Fr::ONE, column)];
    let squarings = |count: usize| {
        let mut matrices = ConstraintMatrices {
            layout,
            num_witness: count,
            a: vec![],
            b: vec![],
            c: vec![],
        };
        let mut last = RHO;
        for i in 0..count {
            matrices.a.push(of(last));
            matrices.b.push(of(last));
            matrices.c.push(of(instance + i));
            last = instance + i;
        }
        matrices.a.push(of(last));
        matrices.b.push(of(ONE));
        matrices.c.push(of(committed));
        matrices
    };
    for count in [0, 1, 5, 40] {
        let found = challenge_identities(&squarings(count));
        let expected = Identities {
            count: 1,
            degree: 1 << count,
        };
        assert_eq!(found, Ok(expected));
        assert_eq!(lint(&squarings(count), 1), Ok(()));
    }
    for count in [41, 62, 63, 64, 254, 300] {
        let refused = lint(&squarings(count), 1);
        assert!(matches!(refused, Err(LintError::Degree { .. })), "{count}");
    }
}

/// Freivalds: column groups less one for every row group. LogUp: look-ups and entries less one for
/// every table.
#[test]
fn degrees_are_those_of_freivalds_and_logup() {
    let mut checked = Vec::new();
    for (circuit, _) in circuits() {
        let plan = circuit.plan();
        let mut degree = 0;
        for (_, _, product) in plan.products() {
            degree += product.lanes.row_groups * (product.lanes.col_groups - 1);
        }
        for (layer, _, requant) in plan.requants() {
            degree += requant.lookups() * activations(&circuit, layer);
        }
        for size in &plan.tables {
            degree += *size as usize - 1;
        }
        let found = circuit.challenge_identities().unwrap();
        assert_eq!(found.degree, degree as u64, "{plan:?}");
        assert_eq!(found.count, circuit.identities());
        checked.push(found.count);
    }
    assert!(checked.iter().any(|count| *count > 2));
}

/// Rules that no single row shows: the plan, and that the matrices are the plan's.
#[test]
fn key_generation_refuses_another_plan_or_other_matrices() {
    let topology = network(ActivationType::U8, &[3, 4, 2], (5, 0, 200), false);
    let circuit = Circuit::new(&topology, 5).unwrap();
    let matrices = circuit.matrices();
    assert!(circuit.key_parts(matrices.clone()).is_ok());

    type Spoil = fn(&mut crate::Plan);
    type Expected = fn(&LintError) -> bool;
    let plans: [(&str, Spoil, Expected); 5] = [
        (
            "a clamp that is not the network's",
            |p| match &mut p.nodes[1].operation {
                Operation::Requant(requant) => requant.hi = 199,
                _ => panic!("it is a requant"),
            },
            |e| *e == LintError::OtherShape,
        ),
        (
            "a bound below the network's",
            |p| match &mut p.nodes[2].operation {
                Operation::Weighted(weighted) => weighted.acc_bound -= 1,
                _ => panic!("it has weights"),
            },
            |e| *e == LintError::OtherShape,
        ),
        (
            "a layer left out",
            |p| {
                p.nodes.pop();
            },
            |e| *e == LintError::OtherShape,
        ),
        (
            "lanes too narrow",
            |p| {
                for layer in &mut p.layers[..2] {
                    match layer {
                        LayerPlan::Product(plan) => plan.lanes.bits -= 1,
                        LayerPlan::Requant(plan) => plan.lanes.bits -= 1,
                        _ => {}
                    }
                }
            },
            |e| matches!(e, LintError::Plan(crate::Error::LaneBound { .. })),
        ),
        (
            "an activation looked up on one side only",
            |p| {
                let LayerPlan::Requant(requant) = &mut p.layers[1] else {
                    panic!("it is a requant")
                };
                let limb = &mut requant.output[0];
                (limb.table, limb.paired) = (256, false);
                p.tables = (2..=256).collect();
            },
            |e| matches!(e, LintError::Plan(crate::Error::InexactRange { .. })),
        ),
    ];
    for (name, spoil, expected) in plans {
        let mut spoilt = circuit.clone();
        spoil(spoilt.plan_mut());
        let error = without_key(&spoilt, &matrices);
        assert!(expected(&error), "{name}: {error}");
    }

    let at = circuit.columns();
    let (_, _, requant) = requants(&circuit)[0];
    let row_of = |in_a: Option<usize>, in_c: Option<usize>| {
        let holds = |row: &swarm_groth16::Row, column: Option<usize>| match column {
            Some(column) => row.iter().any(|t| t.1 == column),
            None => row.is_empty(),
        };
        (0..matrices.num_constraints())
            .find(|row| holds(&matrices.a[*row], in_a) && holds(&matrices.c[*row], in_c))
            .unwrap()
    };
    let rows = [
        ("a clamp", row_of(Some(requant.excess), None)),
        ("a decomposition", row_of(None, Some(requant.inner))),
        ("the blind of y", row_of(None, Some(at.blind_y))),
        ("a look-up", row_of(Some(requant.inverses), Some(ONE))),
    ];
    for (name, row) in rows {
        println!("{name}");
        // Left without its constraint, whatever else stands.
        let mut spoilt = matrices.clone();
        for rows in [&mut spoilt.a, &mut spoilt.b, &mut spoilt.c] {
            rows[row].clear();
        }
        without_key(&circuit, &spoilt);
    }
    let mut padded = matrices.clone();
    let row = row_of(None, Some(requant.inner));
    padded.c[row].push((power_of_two(200), requant.excess));
    assert_eq!(
        without_key(&circuit, &padded),
        LintError::OtherMatrices { row }
    );
}

/// Two tables in one sum: an activation could be counted as an entry of the other table.
#[test]
fn the_lint_finds_tables_that_share_a_sum() {
    let topology = network(ActivationType::U8, &[3, 4], (8, 0, 200), true);
    let circuit = Circuit::new(&topology, 2).unwrap();
    let mut matrices = circuit.matrices();
    let sums = sums(&circuit, &matrices);
    assert!(sums.len() > 1);
    let moved = std::mem::take(&mut matrices.c[sums[1]]);
    matrices.c[sums[0]].extend(moved);
    assert!(matches!(
        without_key(&circuit, &matrices),
        LintError::Identities { .. }
    ));
}
