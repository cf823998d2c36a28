//! Circuits with constant weights: against the interpreter, and committed values that are wrong.

use super::gadget::{exhaust_values, Neuron, Takes};
use super::layers::conv;
use super::support::*;
use crate::plan::Flow;
use crate::{Circuit, Combine, Error, LayerPlan, LintError, Plan};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use swarm_groth16::Segment;
use swarm_network::{ActivationType, Layer, Matrix, Model, Operation, Source, Topology, Window};
use swarm_testing::Random;

/// The circuit of one model: linted, satisfied by what the interpreter gives.
fn check(model: &Model, rows: &Matrix) -> Circuit {
    let circuit = Circuit::baked(model, rows.rows()).unwrap();
    let matrices = circuit.matrices();
    matrices.validate().unwrap();
    assert_eq!(circuit.lint(&matrices), Ok(()));
    // Nothing but look-ups needs the challenge.
    assert_eq!(circuit.identities(), circuit.plan().tables.len());
    let committed = commit(&circuit, model, rows);
    assert_eq!(*committed.output(), model.run(rows).unwrap());
    let values = circuit.assign(&committed, rho(), fr(99)).unwrap();
    assert_eq!(values.len(), matrices.num_columns());
    let label = model.topology().to_json();
    assert_eq!(matrices.first_unsatisfied(&values), None, "{label}");
    let blind_y = fr(BLINDS[1] as i64);
    assert_eq!(
        circuit.output(committed.output(), blind_y).unwrap(),
        committed.y
    );
    circuit
}

/// Whether a circuit takes it: a few of the random networks stack so many windows on each other that
/// their sums are refused as too dense.
fn fits(model: &Model, batch: usize) -> bool {
    !matches!(Circuit::baked(model, batch), Err(Error::TooDense { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn linear_networks_are_those_of_the_interpreter((model, rows) in cases()) {
        check(&model, &rows);
    }

    #[test]
    fn networks_of_all_layers_are_those_of_the_interpreter(
        seed in any::<u64>(),
        most in 1usize..12,
        batch in 1usize..12,
    ) {
        let mut random = Random(seed);
        let topology = random.topology(most);
        let model = random.model(&topology);
        prop_assume!(fits(&model, batch));
        let rows = random.input(&topology, batch);
        check(&model, &rows);
    }

    /// No layer leaves the range that its plan counts on.
    #[test]
    fn values_stay_in_the_ranges_that_weights_leave(seed in any::<u64>(), most in 1usize..12) {
        let mut random = Random(seed);
        let topology = random.topology(most);
        let model = random.model(&topology);
        prop_assume!(fits(&model, 1));
        let plan = Plan::baked(&Arc::new(model.clone()), 1).unwrap();
        let rows = random.input(&topology, 8);
        let trace = model.trace(&rows).unwrap();
        for (layer, (node, given)) in plan.nodes.iter().zip(trace.layers()).enumerate() {
            let (lo, hi) = (node.output.lo, node.output.hi);
            let whole = topology.nodes()[layer].output.clone();
            prop_assert!(whole.lo <= lo && hi <= whole.hi, "layer {layer}");
            prop_assert!(given.values().iter().all(|v| (lo..=hi).contains(&i64::from(*v))));
        }
    }
}

/// Every way in which constants stand in rows.
#[test]
fn random_networks_try_every_form() {
    let mut seen = BTreeSet::new();
    for seed in 0..200 {
        let mut random = Random(seed);
        let topology = random.topology(10);
        let model = random.model(&topology);
        let plan = Plan::baked(&Arc::new(model), 1 + seed as usize % 9).unwrap();
        let flow = Flow::new(&plan.nodes);
        for (_, weighted, product) in plan.products() {
            assert_eq!(product.combine, Combine::Baked);
            if weighted.groups() > 1 {
                seen.insert("groups".to_string());
            }
            if product.lanes.rows > 1 && product.lanes.cols > 1 {
                seen.insert("rows and columns".into());
            }
        }
        for (layer, requant, requant_plan) in plan.requants() {
            assert_eq!(plan.own_multipliers(layer), 0);
            let source = plan.nodes[layer].source;
            let takes = match (plan.tensor(source).is_accumulators(), flow.is_mixed(source)) {
                (true, true) => "mixed",
                (true, false) => "accumulators",
                (false, _) => "values",
            };
            let scale = match (requant.multipliers(), requant.is_uniform()) {
                (0, true) => "one",
                (0, false) => "shifts",
                _ => "multipliers",
            };
            seen.insert(format!("{takes} {scale}"));
            if scale == "multipliers" && requant_plan.lanes.rows > 1 {
                seen.insert(format!("{takes} share an element"));
            }
        }
        seen.insert(format!("input packed {}", flow.input_packed_by().is_some()));
        let ends = topology.output().is_accumulators();
        seen.insert(format!("copied {} {ends}", plan.copy.is_some()));
    }
    let mut expected = vec!["groups".to_string(), "rows and columns".into()];
    for takes in ["mixed", "accumulators", "values"] {
        for scale in ["one", "shifts", "multipliers", "share an element"] {
            expected.push(format!("{takes} {scale}"));
        }
    }
    for packed in [true, false] {
        expected.push(format!("input packed {packed}"));
        expected.push(format!("copied {packed} true"));
        expected.push(format!("copied {packed} false"));
    }
    for form in expected {
        assert!(seen.contains(&form), "{form} is not among {seen:?}");
    }
}

/// Every activation, excess and split around every accumulator that the input can give.
#[test]
fn every_activation_around_every_accumulator() {
    let scaled = |shift, multiplier| {
        let (lo, hi) = (-2, 3);
        match multiplier {
            None => Layer::Requant { shift, lo, hi },
            Some(_) => Layer::MultiplierRequant { shift, lo, hi },
        }
    };
    for (takes, shift, multiplier, constants) in [
        (Takes::Accumulators, 12, None, [127, -16_384]),
        (Takes::Accumulators, 12, None, [-128, 16_384]),
        (Takes::Accumulators, 11, None, [31, 300]),
        (Takes::Accumulators, 18, Some(200), [127, 77]),
        (Takes::Accumulators, 14, Some(0), [127, 77]),
        (Takes::Values, 5, None, [1, 0]),
        (Takes::Values, 19, Some(65_535), [1, 0]),
        (Takes::Mixed, 14, Some(3), [-5, 10_000]),
        (Takes::Mixed, 9, None, [7, -500]),
    ] {
        let neuron = Neuron::baked(takes, scaled(shift, multiplier), multiplier, constants);
        let values: BTreeSet<i64> = (-128..=127).filter_map(|x| neuron.requantised(x)).collect();
        let values: Vec<i64> = values.into_iter().collect();
        assert!(values.len() > 200);
        exhaust_values(&neuron, &values);
    }
}

/// Sums at the very ends of their range, in every lane.
#[test]
fn the_ends_of_a_range_are_reached() {
    let topology = network(ActivationType::I8, &[5, 7, 3], (9, -128, 127), false);
    let (model, _) = dense(&topology, 1);
    let plan = Plan::baked(&Arc::new(model.clone()), 1).unwrap();
    let weights = &model.weights()[0];
    let mut ends = (0, 0);
    for output in 0..7 {
        let own = &weights.weight[output * 5..][..5];
        for (large, small) in [(127, -128), (-128, 127)] {
            let x = |w: &i8| if *w > 0 { large } else { small };
            let rows = Matrix::new(1, 5, own.iter().map(x).collect()).unwrap();
            let circuit = check(&model, &rows);
            assert_eq!(*circuit.plan(), plan);
            let trace = model.trace(&rows).unwrap();
            let value = i64::from(trace.layers()[0].get(0, output));
            ends = (value.min(ends.0), value.max(ends.1));
        }
    }
    let output = &plan.nodes[0].output;
    assert_eq!((output.lo, output.hi), ends);
    let whole = &topology.nodes()[0].output;
    assert!(whole.lo < output.lo && output.hi < whole.hi);
}

fn attacked() -> Vec<(Circuit, Vec<Fr>)> {
    let mut found = Vec::new();
    let mut push = |topology: Topology, batch| {
        let (model, rows) = dense(&topology, batch);
        let circuit = Circuit::baked(&model, batch).unwrap();
        let values = assignment(&circuit, &model, &rows);
        found.push((circuit, values));
    };
    let int8 = ActivationType::I8;
    for (widths, requant, last) in [
        (vec![3, 4, 2], (8, 0, 255), false),
        (vec![3, 4, 2], (5, -20, 50), true),
        (vec![2, 3, 2, 3], (7, -128, 127), false),
    ] {
        for batch in [1, 2, 11] {
            push(network(int8, &widths, requant, last), batch);
        }
    }
    let requant = |shift| Layer::Requant {
        shift,
        lo: -3,
        hi: 4,
    };
    let pool = Layer::AvgPool {
        window: Window::square(2, 1),
    };
    let pooled = vec![
        conv([1, 2], Window::square(2, 1).padded(1), 1),
        pool.clone(),
        requant(9),
        pool,
        conv([2, 2], Window::square(1, 1), 2),
    ];
    push(Topology::new(vec![1, 2, 2], int8, pooled).unwrap(), 2);
    let residual = vec![
        (conv([2, 2], Window::square(1, 1), 1), Source::Input),
        (requant(8), Source::Layer(0)),
        (conv([2, 2], Window::square(1, 1), 1), Source::Layer(1)),
        (
            Layer::Add {
                with: Source::Layer(1),
                scale: [1, 20],
            },
            Source::Layer(2),
        ),
        (
            Layer::MultiplierRequant {
                shift: 20,
                lo: -3,
                hi: 4,
            },
            Source::Layer(3),
        ),
    ];
    push(Topology::graph(vec![2, 2, 1], int8, residual).unwrap(), 2);
    found
}

/// Neither the model's name, nor an input, an activation, a limb, a count or an output.
#[test]
fn no_committed_value_can_be_changed_alone() {
    for (circuit, values) in attacked() {
        let matrices = circuit.matrices();
        assert!(!refused(&circuit, &matrices, &values));
        for segment in Segment::ALL {
            let columns = matrices.layout.columns(segment);
            for column in columns.clone() {
                if column + 1 == columns.end && segment != Segment::Output {
                    continue;
                }
                for change in [Fr::ONE, -Fr::ONE, crate::packing::power_of_two(27)] {
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

/// A witness of another model, whose weights differ by one in one place, has no place here.
#[test]
fn another_models_witness_is_refused() {
    let topology = network(ActivationType::I8, &[3, 4, 2], (5, -20, 50), false);
    let (model, rows) = dense(&topology, 2);
    let circuit = Circuit::baked(&model, 2).unwrap();
    let matrices = circuit.matrices();
    let honest = assignment(&circuit, &model, &rows);
    let name = circuit.columns().model.unwrap();
    let mut tried = 0;
    for (layer, weight) in (0..8).flat_map(|weight| [(0, weight), (1, weight)]) {
        let mut weights = model.weights().to_vec();
        weights[layer].weight[weight] -= weights[layer].weight[weight].signum();
        let other = Model::new(topology.clone(), weights).unwrap();
        let of_other = Circuit::baked(&other, 2).unwrap();
        if of_other.columns() != circuit.columns() {
            continue;
        }
        tried += 1;
        let mut values = assignment(&of_other, &other, &rows);
        assert!(refused(&circuit, &matrices, &values));
        // Nor under the right name.
        values[name] = honest[name];
        assert!(refused(&circuit, &matrices, &values));
    }
    assert!(tried > 4, "{tried}");
}

#[test]
fn other_models_are_refused() {
    let topology = network(ActivationType::I8, &[3, 2], (5, -20, 50), true);
    let (model, rows) = dense(&topology, 2);
    let circuit = Circuit::baked(&model, 2).unwrap();
    let mut weights = model.weights().to_vec();
    weights[0].bias[0] += 1;
    let other = Model::new(topology.clone(), weights).unwrap();
    assert_eq!(circuit.weights(&other, Fr::ZERO), Err(Error::OtherModel));
    let w = circuit.weights(&model, Fr::ZERO).unwrap();
    assert_eq!(w.len(), 2);
    let blinds = crate::Blinds {
        x: Fr::ZERO,
        y: Fr::ZERO,
        z: Fr::ZERO,
    };
    let committed = circuit.commit_values(&other, w, &rows, blinds);
    assert!(matches!(committed, Err(Error::OtherModel)));
    let (another, _) = dense(&network(ActivationType::I8, &[3, 2], (6, -20, 50), true), 2);
    assert_eq!(
        circuit.weights(&another, Fr::ZERO),
        Err(Error::OtherTopology)
    );
}

/// The name tells models apart, and so does the digest, whatever else they share.
#[test]
fn names_and_digests_tell_models_apart() {
    let layers = vec![
        Layer::Linear {
            inputs: 2,
            outputs: 2,
        },
        Layer::MultiplierRequant {
            shift: 20,
            lo: 0,
            hi: 255,
        },
    ];
    let topology = Topology::new(vec![2], ActivationType::U8, layers).unwrap();
    let (model, _) = dense(&topology, 1);
    let mut others = vec![model.clone()];
    let (weights, multipliers) = (model.weights().to_vec(), model.multipliers().to_vec());
    let with = |weights, multipliers| {
        Model::with_multipliers(topology.clone(), weights, multipliers).unwrap()
    };
    let mut changed = weights.clone();
    changed[0].weight[3] -= 1;
    others.push(with(changed, multipliers.clone()));
    let mut changed = weights.clone();
    changed[0].bias[1] += 1;
    others.push(with(changed, multipliers.clone()));
    let mut changed = multipliers.clone();
    changed[0][0] ^= 1;
    others.push(with(weights, changed));
    let mut names = BTreeSet::new();
    let mut digests = BTreeSet::new();
    for model in &others {
        let circuit = Circuit::baked(model, 2).unwrap();
        let again = Circuit::baked(model, 2).unwrap();
        assert_eq!(circuit, again);
        names.insert(circuit.weights(model, Fr::ZERO).unwrap()[0]);
        digests.insert(circuit.descriptor(&circuit.matrices()).digest);
    }
    let committed = Circuit::new(&topology, 2).unwrap();
    digests.insert(committed.descriptor(&committed.matrices()).digest);
    assert_eq!((names.len(), digests.len()), (4, 5));

    // The digest covers the model by itself, too.
    let circuit = Circuit::baked(&model, 2).unwrap();
    let matrices = circuit.matrices();
    let mut other = circuit.clone();
    other.plan_mut().baked = Some(Arc::new(others[1].clone()));
    assert_ne!(
        circuit.descriptor(&matrices).digest,
        other.descriptor(&matrices).digest
    );
}

/// Lanes of y are no wider than the model needs, so more than its range would open it twice.
#[test]
fn outputs_beyond_the_models_range_are_refused() {
    let topology = network(ActivationType::U8, &[2, 2], (8, 0, 255), false);
    let (model, _) = dense(&topology, 1);
    let circuit = Circuit::baked(&model, 1).unwrap();
    let (lo, hi) = {
        let output = circuit.plan().output();
        (output.lo as i32, output.hi as i32)
    };
    let open = |value| {
        let rows = Matrix::new(1, 2, vec![0, value]).unwrap();
        topology.check_output(&rows, 1).unwrap();
        circuit.output(&rows, Fr::ZERO)
    };
    assert!(open(lo).is_ok() && open(hi).is_ok());
    for value in [lo - 1, hi + 1] {
        assert!(matches!(
            open(value),
            Err(Error::Network(swarm_network::Error::Range { .. }))
        ));
    }
}

#[test]
fn key_generation_refuses_another_plan() {
    let topology = network(ActivationType::U8, &[20, 6, 3], (5, 0, 255), false);
    let (model, _) = dense(&topology, 4);
    let circuit = Circuit::baked(&model, 4).unwrap();
    let matrices = circuit.matrices();
    type Spoil = fn(&mut Plan);
    type Expected = fn(&LintError) -> bool;
    let plans: [(&str, Spoil, Expected); 5] = [
        (
            "no model",
            |plan| plan.baked = None,
            |e| *e == LintError::OtherShape,
        ),
        (
            "a bound below the model's",
            |plan| match &mut plan.nodes[0].operation {
                Operation::Weighted(weighted) => weighted.acc_bound -= 1,
                _ => panic!("it has weights"),
            },
            |e| *e == LintError::OtherShape,
        ),
        (
            "a model of another topology",
            |plan| {
                let topology = network(ActivationType::U8, &[20, 6, 3], (6, 0, 255), false);
                plan.baked = Some(Arc::new(dense(&topology, 1).0));
            },
            |e| *e == LintError::OtherShape,
        ),
        (
            "a product for committed weights",
            |plan| match &mut plan.layers[0] {
                LayerPlan::Product(product) => product.combine = Combine::One,
                _ => panic!("it has weights"),
            },
            |e| *e == LintError::Plan(Error::Combine { layer: 0 }),
        ),
        (
            "lanes too narrow",
            |plan| {
                for layer in &mut plan.layers[..2] {
                    match layer {
                        LayerPlan::Product(plan) => plan.lanes.bits -= 1,
                        LayerPlan::Requant(plan) => plan.lanes.bits -= 1,
                        _ => {}
                    }
                }
            },
            |e| matches!(e, LintError::Plan(Error::LaneBound { .. })),
        ),
    ];
    for (name, spoil, expected) in plans {
        let mut spoilt = circuit.clone();
        spoil(spoilt.plan_mut());
        let error = without_key(&spoilt, &matrices);
        assert!(expected(&error), "{name}: {error}");
    }

    // The rules of a plan find a range that is too small by themselves.
    for layer in [0, 2] {
        let changes: [fn(&mut Plan, usize); 3] = [
            |plan, layer| plan.nodes[layer].output.hi -= 1,
            |plan, layer| plan.nodes[layer].output.lo += 1,
            |plan, layer| match &mut plan.nodes[layer].operation {
                Operation::Weighted(weighted) => weighted.acc_bound -= 1,
                _ => panic!("it has weights"),
            },
        ];
        let refused = changes.map(|change| {
            let mut plan = circuit.plan().clone();
            change(&mut plan, layer);
            plan.check().is_err()
        });
        assert_eq!(refused, [true; 3], "layer {layer}");
    }

    // A constant that is not the model's.
    let column = matrices.layout.columns(Segment::Input).start;
    let row = matrices
        .c
        .iter()
        .position(|row| row.iter().any(|t| t.1 == column));
    let row = row.unwrap();
    let mut changed = matrices.clone();
    let term = changed.c[row].iter_mut().find(|t| t.1 == column).unwrap();
    term.0 += Fr::ONE;
    assert_eq!(
        without_key(&circuit, &changed),
        LintError::OtherMatrices { row }
    );
    // A plan for committed weights takes no constants.
    let committed = Circuit::new(&topology, 4).unwrap();
    let mut spoilt = committed.clone();
    match &mut spoilt.plan_mut().layers[0] {
        LayerPlan::Product(product) => product.combine = Combine::Baked,
        _ => panic!("it has weights"),
    }
    assert_eq!(
        spoilt.lint(&committed.matrices()),
        Err(LintError::Plan(Error::Combine { layer: 0 }))
    );
}

/// Weights cost no rows: what is left are activations, tables and the input.
#[test]
fn rows_are_those_of_activations() {
    let topology = network(ActivationType::U8, &[784, 128, 10], (8, 0, 255), false);
    let model = Random(5).model(&topology);
    let circuit = Circuit::baked(&model, 1).unwrap();
    let matrices = circuit.matrices();
    let terms: usize = [&matrices.a, &matrices.b, &matrices.c]
        .map(|rows| rows.iter().map(Vec::len).sum())
        .iter()
        .sum();
    println!(
        "784-128-10 baked: {} constraints, {} instance, {} witness, {terms} terms, tables {:?}",
        matrices.num_constraints(),
        matrices.num_instance(),
        matrices.num_witness,
        circuit.plan().tables,
    );
    let tables: u64 = circuit.plan().tables.iter().sum();
    // Look-ups and two products for each of 128 activations, a few packed rows.
    let (_, _, requant) = circuit.plan().requants().next().unwrap();
    let activations = 128 * (requant.lookups() + 2);
    assert!(matrices.num_constraints() <= activations + tables as usize + 40);
    // Each input stands in a row for each group of outputs.
    assert!(terms < 784 * 20 + 10_000, "{terms}");
}

#[test]
fn sums_of_too_many_terms_are_refused() {
    let topology = network(ActivationType::U8, &[4000, 4000], (8, 0, 255), false);
    let (model, _) = dense(&topology, 1);
    let plan = |batch| Plan::baked(&Arc::new(model.clone()), batch);
    assert!(plan(1).is_ok());
    assert!(matches!(plan(600), Err(Error::TooDense { layer: 0, .. })));
}

/// Keys in use name their circuit by its digest.
#[test]
fn the_digest_of_a_known_model() {
    let topology = network(ActivationType::U8, &[64, 32, 10], (8, 0, 255), false);
    let circuit = Circuit::baked(&dense(&topology, 1).0, 1).unwrap();
    let digest = circuit.descriptor(&circuit.matrices()).digest;
    let found = digest.map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(
        found,
        "1754d29272cb2439d22ad4f2aef3627426fdb1955c752177b2882e2ee373935d"
    );
}
