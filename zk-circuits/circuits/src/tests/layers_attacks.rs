//! Committed values of convolutional and residual networks that are wrong have no witness.

use super::layers::conv;
use super::support::*;
use crate::columns::{LayerColumns, RHO};
use crate::{Circuit, Combine, Error, LayerPlan, LintError};
use ark_bn254::Fr;
use ark_ff::Field;
use swarm_groth16::{ConstraintMatrices, Segment};
use swarm_network::{ActivationType, Layer, Operation, Source, Topology, Window};

fn requant(shift: u32) -> Layer {
    Layer::Requant {
        shift,
        lo: -3,
        hi: 4,
    }
}

/// Small networks that between them hold every gadget in every form.
fn networks() -> Vec<(&'static str, Topology, usize)> {
    let padded = Window::square(2, 1).padded(1);
    let graph = |shape: &[usize], layers: Vec<(Layer, Source)>| {
        Topology::graph(shape.to_vec(), ActivationType::I8, layers).unwrap()
    };
    let chain = |shape: &[usize], layers: Vec<Layer>| {
        Topology::new(shape.to_vec(), ActivationType::I8, layers).unwrap()
    };
    let pool = Window::square(2, 1);
    vec![
        (
            "padding and groups",
            chain(&[2, 2, 3], vec![conv([2, 2], padded, 2), requant(8)]),
            2,
        ),
        (
            "many batch items",
            chain(
                &[1, 3, 2],
                vec![
                    conv([1, 3], Window::square(2, 1), 1),
                    requant(8),
                    Layer::Flatten,
                ],
            ),
            14,
        ),
        (
            "stride, pool before the clamp",
            chain(
                &[1, 5, 3],
                vec![
                    conv([1, 2], Window::square(2, 1), 1),
                    Layer::AvgPool {
                        window: Window {
                            kernel: [2, 2],
                            stride: [2, 1],
                            padding: [0, 0, 1, 0],
                        },
                    },
                    requant(10),
                ],
            ),
            1,
        ),
        (
            "max pool and its sums",
            chain(
                &[1, 3, 3],
                vec![
                    conv([1, 1], Window::square(1, 1), 1),
                    requant(9),
                    Layer::MaxPool { window: pool },
                    Layer::AvgPool { window: pool },
                    conv([1, 2], Window::square(1, 1), 1),
                ],
            ),
            2,
        ),
        (
            "residual with multipliers",
            graph(
                &[2, 2, 1],
                vec![
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
                    (
                        Layer::Add {
                            with: Source::Layer(1),
                            scale: [2, 1],
                        },
                        Source::Layer(4),
                    ),
                ],
            ),
            2,
        ),
        (
            "shifts of channels",
            chain(
                &[1, 2, 2],
                vec![
                    conv([1, 3], Window::square(2, 2), 1),
                    Layer::ChannelRequant {
                        shifts: vec![7, 9, 8],
                        lo: -3,
                        hi: 4,
                    },
                    Layer::AvgPool {
                        window: Window::square(1, 1),
                    },
                    Layer::ChannelRequant {
                        shifts: vec![1, 0, 2],
                        lo: -2,
                        hi: 2,
                    },
                ],
            ),
            2,
        ),
        (
            "copied accumulators",
            chain(
                &[1, 2, 3],
                vec![
                    conv([1, 2], Window::square(2, 1), 1),
                    Layer::AvgPool {
                        window: Window {
                            kernel: [1, 2],
                            stride: [1, 1],
                            padding: [0; 4],
                        },
                    },
                ],
            ),
            2,
        ),
    ]
}

/// Whether a column meets something that is not zero.
fn matters(matrices: &ConstraintMatrices, values: &[Fr], column: usize) -> bool {
    let rows = matrices.a.iter().zip(&matrices.b).zip(&matrices.c);
    let holds = |row: &swarm_groth16::Row| row.iter().any(|t| t.1 == column);
    let mut rows = rows.filter(|((a, b), c)| holds(a) || holds(b) || holds(c));
    rows.any(|((a, b), c)| {
        let zero = Fr::from(0u64);
        holds(c)
            || holds(a) && evaluate(b, values) != zero
            || holds(b) && evaluate(a, values) != zero
    })
}

#[test]
fn no_committed_value_can_be_changed_alone() {
    for (name, topology, batch) in networks() {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        let (model, rows) = dense(&topology, batch);
        let values = assignment(&circuit, &model, &rows);
        assert_eq!(matrices.first_unsatisfied(&values), None, "{name}");
        let mut found = values.clone();
        found[matrices.num_instance()..].fill(Fr::from(0u64));
        assert!(!refused(&circuit, &matrices, &found), "{name}");

        for segment in Segment::ALL {
            let columns = matrices.layout.columns(segment);
            let blind = columns.end - 1;
            for column in columns {
                let free = column == blind && segment != Segment::Output;
                if free || !matters(&matrices, &values, column) {
                    continue;
                }
                // Multiplicities have a test of their own, here some suffice.
                let multiplicities = circuit.columns().multiplicities.first();
                let counts = multiplicities.is_some_and(|first| column >= first + 3);
                if counts && segment == Segment::Intermediate {
                    continue;
                }
                for change in [Fr::ONE, -Fr::ONE] {
                    let mut changed = values.clone();
                    changed[column] += change;
                    assert!(
                        refused(&circuit, &matrices, &changed),
                        "{name}: {segment:?} column {column}"
                    );
                }
            }
        }
    }
}

/// Every layer's own values are operands of an identity: leaving one uncommitted is found.
#[test]
fn the_lint_finds_operands_that_are_not_committed() {
    for (name, topology, batch) in networks() {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        assert_eq!(circuit.lint(&matrices), Ok(()), "{name}");
        for (layer, at) in circuit.columns().layers.iter().enumerate() {
            let operands = match at {
                LayerColumns::Product(at) => vec![at.weight, at.bias, at.accumulators],
                LayerColumns::Requant(at) => vec![at.output, at.inner],
                LayerColumns::MaxPool(at) => vec![at.output],
                LayerColumns::Sums | LayerColumns::Baked(_) => vec![],
            };
            for column in operands {
                let mut changed = matrices.clone();
                let witness = changed.num_columns();
                changed.num_witness += 1;
                let rows = [&mut changed.a, &mut changed.b, &mut changed.c];
                for term in rows.into_iter().flatten().flatten() {
                    if term.1 == column {
                        term.1 = witness;
                    }
                }
                let found = circuit.lint(&changed);
                assert!(found.is_err(), "{name}: layer {layer}, column {column}");
            }
        }
    }
}

/// Whoever knows the challenge shifts value from one position of the window to another. Under any
/// other challenge it shows.
#[test]
fn positions_are_told_apart_unless_the_challenge_is_known() {
    let shapes = [
        (Window::square(3, 1).padded(1), 1, Combine::Shifted),
        (Window::square(2, 2), 1, Combine::Each),
        (Window::square(3, 1).padded(1), 40, Combine::Shifted),
    ];
    for (window, batch, combine) in shapes {
        let layers = vec![conv([1, 2], window, 1)];
        let topology = Topology::new(vec![1, 4, 4], ActivationType::U8, layers).unwrap();
        let circuit = Circuit::new(&topology, batch).unwrap();
        let matrices = circuit.matrices();
        let (model, rows) = dense(&topology, batch);
        let honest = assignment(&circuit, &model, &rows);
        let (_, plan, at) = product(&circuit, 0);
        assert_eq!(plan.combine, combine);
        let groups = plan.lanes.col_groups;
        assert_eq!(groups > 1, batch > 1);
        let [first, second] = [0, 1].map(|p| at.geometry.positions[p] as u64);
        let mut forged = honest.clone();
        forged[at.accumulators] += rho().pow([second - first]);
        forged[at.accumulators + groups] -= Fr::ONE;
        complete(&circuit, &matrices, &mut forged);
        assert_eq!(matrices.first_unsatisfied(&forged), None);
        for other in [rho() + Fr::ONE, -rho(), Fr::from(2u64)] {
            forged[RHO] = other;
            assert!(refused(&circuit, &matrices, &forged), "{other}");
        }
        if groups > 1 {
            // The same between two groups of batch items.
            let mut forged = honest.clone();
            forged[at.accumulators] += rho().pow([at.geometry.base() as u64]);
            forged[at.accumulators + 1] -= Fr::ONE;
            complete(&circuit, &matrices, &mut forged);
            assert_eq!(matrices.first_unsatisfied(&forged), None);
            forged[RHO] += Fr::ONE;
            assert!(refused(&circuit, &matrices, &forged));
        }
    }
}

/// Degree of the identities: powers of positions and batch groups, for each group of outputs.
#[test]
fn degrees_are_those_of_the_positions() {
    for (name, topology, batch) in networks() {
        let circuit = Circuit::new(&topology, batch).unwrap();
        let found = circuit.challenge_identities().unwrap();
        assert_eq!(found.count, circuit.identities(), "{name}");
        let plan = circuit.plan();
        let mut most = 0;
        for (n, (_, weighted, product_plan)) in plan.products().enumerate() {
            let geometry = &product(&circuit, n).2.geometry;
            let largest = geometry.positions.iter().max().unwrap();
            let degree = largest + (product_plan.lanes.col_groups - 1) * geometry.base();
            most += product_plan.row_groups(weighted) * degree;
        }
        for size in &plan.tables {
            most += *size as usize - 1;
        }
        let lookups: usize = crate::lookups::lookups(plan, circuit.columns())
            .iter()
            .map(|block| block.count)
            .sum();
        assert_eq!(found.degree, (most + lookups) as u64, "{name}");
    }
}

/// Plans of pools and convolutions that break a rule.
#[test]
fn plans_that_break_a_rule_are_refused() {
    let networks = networks();
    let plan = |name: &str| {
        let (_, topology, batch) = networks.iter().find(|n| n.0 == name).unwrap();
        let circuit = Circuit::new(topology, *batch).unwrap();
        circuit.plan().clone()
    };
    let mut short = plan("max pool and its sums");
    let LayerPlan::MaxPool(maxpool) = &mut short.layers[2] else {
        panic!("layer 2 is a max pool")
    };
    // Differences of -3..=4 need 8 entries.
    maxpool.table = 7;
    short.tables.push(7);
    short.tables.sort_unstable();
    let range = 8;
    assert_eq!(
        short.check(),
        Err(Error::ShortTable {
            layer: 2,
            table: 7,
            range
        })
    );
    let mut missing = plan("max pool and its sums");
    let LayerPlan::MaxPool(maxpool) = &mut missing.layers[2] else {
        panic!("layer 2 is a max pool")
    };
    maxpool.table = 12_345;
    assert_eq!(
        missing.check(),
        Err(Error::MissingTable {
            layer: 2,
            table: 12_345
        })
    );

    let mut one = plan("stride, pool before the clamp");
    let LayerPlan::Product(product) = &mut one.layers[0] else {
        panic!("layer 0 has weights")
    };
    product.combine = Combine::One;
    assert_eq!(one.check(), Err(Error::Combine { layer: 0 }));

    // A pool whose sums are counted as one value each.
    let mut narrow = plan("stride, pool before the clamp");
    let (lo, hi) = (narrow.nodes[0].output.lo, narrow.nodes[0].output.hi);
    (narrow.nodes[1].output.lo, narrow.nodes[1].output.hi) = (lo, hi);
    assert!(matches!(
        narrow.check(),
        Err(Error::ShapeBound { layer: 1, .. })
    ));
    // An add that forgets its scale.
    let mut unscaled = plan("residual with multipliers");
    unscaled.nodes[5].output.hi -= 1;
    assert!(matches!(
        unscaled.check(),
        Err(Error::ShapeBound { layer: 5, .. })
    ));

    let mut sums = plan("copied accumulators");
    sums.copy.as_mut().unwrap().bits += 1;
    assert_eq!(sums.check(), Err(Error::OtherLanes { layer: 0, drain: 1 }));
    sums.copy = None;
    assert_eq!(sums.check(), Err(Error::OtherLayer { layer: 1 }));
    let mut other = plan("copied accumulators");
    other.layers[1] = other.layers[0].clone();
    assert_eq!(other.check(), Err(Error::OtherLayer { layer: 1 }));
}

/// Lanes hold what is summed over a window, not one accumulator alone.
#[test]
fn lanes_hold_pooled_accumulators() {
    let (_, topology, batch) = networks().swap_remove(2);
    let circuit = Circuit::new(&topology, batch).unwrap();
    let mut spoilt = circuit.clone();
    let bound = match &circuit.plan().nodes[0].operation {
        Operation::Weighted(weighted) => weighted.acc_bound,
        _ => panic!("layer 0 has weights"),
    };
    let bits = i64::BITS - bound.leading_zeros() + 1;
    for layer in &mut spoilt.plan_mut().layers {
        match layer {
            LayerPlan::Product(plan) => plan.lanes.bits = bits,
            LayerPlan::Requant(plan) => plan.lanes.bits = bits,
            _ => {}
        }
    }
    assert!(matches!(
        spoilt.lint(&circuit.matrices()),
        Err(LintError::Plan(Error::LaneBound { layer: 0, .. }))
    ));
}
