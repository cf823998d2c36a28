//! Circuits of convolutional and residual networks: honest assignments, counts, sizes.

use super::support::*;
use crate::packing::power_of_two;
use crate::plan::Geometry;
use crate::{Circuit, Combine, Error, Plan};
use proptest::prelude::*;
use std::collections::BTreeSet;
use swarm_network::{ActivationType, Layer, Model, Source, Topology, Window};
use swarm_testing::Random;

fn check(circuit: &Circuit, model: &Model, random: &mut Random) {
    let matrices = circuit.matrices();
    matrices.validate().unwrap();
    assert_eq!(circuit.lint(&matrices), Ok(()));
    let rows = random.input(model.topology(), circuit.batch());
    let committed = commit(circuit, model, &rows);
    let values = circuit.assign(&committed, rho(), fr(99)).unwrap();
    assert_eq!(*committed.output(), model.run(&rows).unwrap());
    assert_eq!(values.len(), matrices.num_columns());
    let label = model.topology().to_json();
    assert_eq!(matrices.first_unsatisfied(&values), None, "{label}");
    let opened = circuit
        .output(committed.output(), fr(BLINDS[1] as i64))
        .unwrap();
    assert_eq!(opened, committed.y);
    let read = circuit.read_output(&opened);
    assert_eq!(read, Ok((committed.output().clone(), fr(BLINDS[1] as i64))));
    let mut wrong = opened.clone();
    wrong[0] += power_of_two(253);
    assert!(circuit.read_output(&wrong).is_err());
    assert_eq!(
        circuit.read_output(&opened[1..]),
        Err(Error::OutputElements {
            found: opened.len() - 1,
            expected: opened.len()
        })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn honest_assignments_satisfy(seed in any::<u64>(), most in 1usize..12, batch in 1usize..12) {
        let mut random = Random(seed);
        let topology = random.topology(most);
        let model = random.model(&topology);
        let circuit = Circuit::new(&topology, batch).unwrap();
        check(&circuit, &model, &mut random);
    }
}

/// All forms that the input, a product and the output take.
#[test]
fn random_networks_try_every_form() {
    let mut seen = BTreeSet::new();
    for seed in 0..150 {
        let topology = Random(seed).topology(10);
        let circuit = Circuit::new(&topology, 1 + seed as usize % 9).unwrap();
        let plan = circuit.plan();
        for (_, weighted, product) in plan.products() {
            let groups = product.lanes.col_groups;
            seen.insert(format!("{:?}, batch {}", product.combine, groups.min(2)));
            if weighted.groups() > 1 && weighted.outputs > weighted.groups() {
                seen.insert("groups".into());
            }
            if product.lanes.rows > 1 && weighted.positions() > 1 {
                seen.insert("rows".into());
            }
        }
        for (layer, requant, _) in plan.requants() {
            let of = plan.tensor(plan.nodes[layer].source);
            let mixed = plan.flow().is_mixed(plan.nodes[layer].source);
            seen.insert(format!(
                "{} {} {}",
                if of.is_accumulators() {
                    "accumulators"
                } else {
                    "values"
                },
                if requant.is_uniform() {
                    "one"
                } else {
                    "channels"
                },
                if plan.own_multipliers(layer) > 0 {
                    "own"
                } else {
                    ""
                },
            ));
            if mixed {
                seen.insert("mixed".into());
            }
        }
        let packed = circuit.columns().input_packed_by.is_some();
        seen.insert(format!("input packed {packed}"));
        seen.insert(
            format!("{:?}", plan.flow().outlet())
                .split('(')
                .next()
                .unwrap()
                .into(),
        );
        if plan.copy.is_some() && topology.output().is_accumulators() {
            seen.insert("copied accumulators".into());
        }
    }
    let expected = [
        "One, batch 1",
        "One, batch 2",
        "Each, batch 1",
        "Each, batch 2",
        "Shifted, batch 1",
        "Shifted, batch 2",
        "groups",
        "rows",
        "accumulators one ",
        "accumulators channels ",
        "accumulators channels own",
        "values one ",
        "values channels ",
        "values channels own",
        "mixed",
        "input packed true",
        "input packed false",
        "Own",
        "Copy",
        "copied accumulators",
    ];
    for form in expected {
        assert!(seen.contains(form), "{form} is not among {seen:?}");
    }
}

#[test]
fn every_column_is_used_and_every_witness_is_constrained() {
    for seed in 0..60 {
        let topology = Random(seed).topology(9);
        let circuit = Circuit::new(&topology, 1 + seed as usize % 4).unwrap();
        let matrices = circuit.matrices();
        let mut used = vec![false; matrices.num_columns()];
        for row in matrices.a.iter().chain(&matrices.b).chain(&matrices.c) {
            for (_, column) in row {
                used[*column] = true;
            }
        }
        let unused: Vec<usize> = (0..used.len()).filter(|c| !used[*c]).collect();
        let layout = &matrices.layout;
        let blinds = swarm_groth16::Segment::ALL.map(|s| layout.columns(s).end - 1);
        let input = layout.columns(swarm_groth16::Segment::Input);
        // Strides may leave out values of the input; the tag and the blinds of w, x and z stand in
        // no constraint.
        let free = |c: &usize| *c == 2 || blinds[..3].contains(c) || input.contains(c);
        assert!(
            unused.iter().all(free),
            "{unused:?} of {}",
            topology.to_json()
        );
    }
}

pub fn conv(channels: [usize; 2], window: Window, groups: usize) -> Layer {
    Layer::Conv2d {
        in_channels: channels[0],
        out_channels: channels[1],
        window,
        groups,
    }
}

/// What the polynomial trick rests on: the powers of positions and batch groups are distinct, and
/// cells times what is left for their tap are the power of the position.
#[test]
fn exponents_are_separable() {
    let mut shifted = 0;
    for seed in 0..200 {
        let topology = Random(seed).topology(8);
        for weighted in topology.weighted() {
            let combines = match weighted.positions() {
                1 => vec![Combine::One],
                _ => vec![Combine::Each, Combine::Shifted],
            };
            for combine in combines {
                let geometry = Geometry::new(weighted, combine);
                let mut powers = BTreeSet::new();
                for group in 0..5 {
                    for position in &geometry.positions {
                        assert!(powers.insert(position + group * geometry.base()));
                    }
                }
                if combine != Combine::Shifted {
                    continue;
                }
                shifted += 1;
                for tap in 0..geometry.tap_count() {
                    for (position, value) in geometry.met(tap) {
                        let sum = geometry.exponents[value] + geometry.shifts[tap];
                        assert_eq!(sum, geometry.positions[position]);
                    }
                }
            }
        }
    }
    assert!(shifted > 100);
}

/// Rows of LeNet-5, one inference in a proof: far fewer than a copy of every window would take.
#[test]
fn rows_of_lenet() {
    let relu = |shift| Layer::Requant {
        shift,
        lo: 0,
        hi: 255,
    };
    let linear = |inputs, outputs| Layer::Linear { inputs, outputs };
    let pool = Layer::AvgPool {
        window: Window::square(2, 2),
    };
    let layers = vec![
        conv([1, 6], Window::square(5, 1).padded(2), 1),
        relu(10),
        pool.clone(),
        conv([6, 16], Window::square(5, 1), 1),
        relu(12),
        pool,
        Layer::Flatten,
        linear(400, 120),
        relu(10),
        linear(120, 84),
        relu(8),
        linear(84, 10),
    ];
    let topology = Topology::new(vec![1, 28, 28], ActivationType::U8, layers).unwrap();
    assert_eq!(topology.label(), "1x28x28-6c5-a2-16c5-a2-120-84-10");
    for (batch, most) in [(1, 52_000), (16, 600_000)] {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        let rows = matrices.num_constraints();
        println!(
            "LeNet-5, batch {batch}: {rows} constraints, {} instance, {} witness, tables {:?}, {:?}",
            matrices.num_instance(),
            matrices.num_witness,
            circuit.plan().tables,
            circuit
                .plan()
                .products()
                .map(|(_, _, p)| (p.combine, p.lanes))
                .collect::<Vec<_>>(),
        );
        assert!(rows < most, "{rows}");
    }
    let circuit = Circuit::new(&topology, 1).unwrap();
    let mut random = Random(3);
    let model = random.model(&topology);
    check(&circuit, &model, &mut random);
}

/// A product costs its cells and taps, not the cells of every window.
#[test]
fn convolutions_are_not_copied() {
    let (channels, size) = (16, 16);
    let layers = vec![conv([channels, 16], Window::square(3, 1).padded(1), 1)];
    let shape = vec![channels, size, size];
    let topology = Topology::new(shape, ActivationType::U8, layers).unwrap();
    let circuit = Circuit::new(&topology, 1).unwrap();
    let (_, plan, at) = product(&circuit, 0);
    assert_eq!(plan.combine, Combine::Shifted);
    let (cells, taps) = (channels * size * size, channels * 9);
    assert_eq!(at.geometry.values.len(), cells);
    assert_eq!(at.geometry.tap_count(), taps);
    let groups = plan.lanes.row_groups;
    let rows = cells + taps + groups * (taps + 1) + groups * size * size + 1;
    let powers = (size + 2) * (size + 2) - 2;
    assert!(circuit.matrices().num_constraints() <= rows + powers + 1);
}

/// Kernels that never overlap need no shift.
#[test]
fn patches_are_summed_term_by_term() {
    let layers = vec![conv([3, 8], Window::square(4, 4), 1)];
    let topology = Topology::new(vec![3, 16, 16], ActivationType::U8, layers).unwrap();
    let circuit = Circuit::new(&topology, 1).unwrap();
    assert_eq!(product(&circuit, 0).1.combine, Combine::Each);
}

/// Factors of channels stand within the weights: a multiplier costs bits of lanes, no rows for its
/// products.
#[test]
fn multipliers_of_accumulators_cost_no_variables() {
    let with = |requant: Layer| {
        let layers = vec![
            Layer::Linear {
                inputs: 9,
                outputs: 4,
            },
            requant,
        ];
        let topology = Topology::new(vec![9], ActivationType::U8, layers).unwrap();
        Circuit::new(&topology, 1).unwrap()
    };
    let (lo, hi) = (0, 255);
    let plain = with(Layer::Requant { shift: 8, lo, hi });
    let multiplied = with(Layer::MultiplierRequant { shift: 24, lo, hi });
    let of = |circuit: &Circuit| {
        let lanes = product(circuit, 0).1.lanes;
        (circuit.layout().weights, lanes.row_groups)
    };
    let (weights, groups) = of(&plain);
    assert_eq!(weights, groups * 10 + 1);
    let (weights, groups) = of(&multiplied);
    assert_eq!(weights, groups * 10 + 1);
    assert!(multiplied.plan().own_multipliers(1) == 0);
}

/// Deep sums of sums would make rows of any length.
#[test]
fn sums_of_sums_of_sums_are_refused() {
    let window = Window::square(60, 1).padded(59);
    let one = Window::square(1, 1);
    let layers = vec![
        (conv([1, 1], one, 1), Source::Input),
        (
            Layer::Requant {
                shift: 8,
                lo: 0,
                hi: 1,
            },
            Source::Layer(0),
        ),
        (Layer::AvgPool { window }, Source::Layer(1)),
        (Layer::AvgPool { window }, Source::Layer(2)),
        (
            Layer::Requant {
                shift: 8,
                lo: 0,
                hi: 255,
            },
            Source::Layer(3),
        ),
    ];
    let topology = Topology::graph(vec![1, 4, 4], ActivationType::U8, layers).unwrap();
    let error = Circuit::new(&topology, 1).unwrap_err();
    assert!(matches!(error, Error::TooDense { layer: 4, .. }), "{error}");
    // The same chain by adding a tensor to itself again and again.
    let mut layers = vec![(conv([1, 1], one, 1), Source::Input)];
    layers.push((
        Layer::Requant {
            shift: 8,
            lo: 0,
            hi: 1,
        },
        Source::Layer(0),
    ));
    for layer in 1..30 {
        layers.push((
            Layer::Add {
                with: Source::Layer(layer),
                scale: [1, 1],
            },
            Source::Layer(layer),
        ));
    }
    let topology = Topology::graph(vec![1, 1, 1], ActivationType::U8, layers).unwrap();
    let error = Plan::new(&topology, 1).unwrap_err();
    assert!(matches!(error, Error::TooDense { .. }), "{error}");
}

#[test]
fn digests_tell_layers_apart() {
    let digest = |layers: Vec<Layer>| {
        let topology = Topology::new(vec![2, 4, 4], ActivationType::U8, layers).unwrap();
        let circuit = Circuit::new(&topology, 3).unwrap();
        circuit.descriptor(&circuit.matrices()).digest
    };
    let requant = Layer::Requant {
        shift: 6,
        lo: 0,
        hi: 255,
    };
    let windows = [
        Window::square(2, 2),
        Window::square(2, 1),
        Window::square(2, 2).padded(1),
    ];
    let mut digests = BTreeSet::new();
    for window in windows {
        digests.insert(digest(vec![conv([2, 2], window, 1)]));
        digests.insert(digest(vec![conv([2, 2], window, 2)]));
        let first = [conv([2, 2], Window::square(1, 1), 1), requant.clone()];
        for pool in [Layer::AvgPool { window }, Layer::MaxPool { window }] {
            digests.insert(digest([&first[..], &[pool]].concat()));
        }
    }
    assert_eq!(digests.len(), 12);
}
