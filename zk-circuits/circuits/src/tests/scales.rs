//! Requantisation with a factor for each channel, wherever the values come from.

use super::gadget::{exhaust_values, Neuron, Takes};
use super::support::*;
use crate::{Circuit, Plan};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Source, Topology, Window,
};

/// Values at the steps of the shift, one to either side, and all over the range.
fn around_steps(neuron: &Neuron, multiplier: i64, (lo, hi): (i64, i64)) -> Vec<i64> {
    let unit = 1i64 << neuron.requant().shift();
    let (first, last) = (
        i64::from(neuron.requant().lo),
        i64::from(neuron.requant().hi),
    );
    let steps = (first - 1..=last + 1).map(|q| (q * unit).div_euclid(multiplier.max(1)));
    let mut values: Vec<i64> = steps
        .flat_map(|v| [v, v + 1])
        .chain([lo, lo + 1, -1, 0, 1, hi - 1, hi])
        .filter(|v| (lo..=hi).contains(v))
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[test]
fn multipliers_within_the_weights() {
    for (multiplier, shift) in [(3u16, 14), (200, 18), (65_535, 24), (0, 13)] {
        let (lo, hi) = (-2, 3);
        let requant = Layer::MultiplierRequant { shift, lo, hi };
        let neuron = Neuron::taking(Takes::Accumulators, requant, Some(multiplier));
        assert_eq!(neuron.circuit.plan().own_multipliers(1), 0);
        let range = (127 * -128 - neuron.bound / 2, neuron.bound);
        let values = around_steps(&neuron, multiplier.into(), range);
        exhaust_values(&neuron, &values);
    }
}

#[test]
fn multipliers_of_activations() {
    for (multiplier, shift) in [(3u16, 7), (65_535, 19), (0, 7)] {
        let (lo, hi) = (-2, 3);
        let requant = Layer::MultiplierRequant { shift, lo, hi };
        let neuron = Neuron::taking(Takes::Values, requant, Some(multiplier));
        assert_eq!(neuron.circuit.plan().own_multipliers(2), 1);
        let values = around_steps(&neuron, multiplier.into(), (-128, 127));
        exhaust_values(&neuron, &values);
    }
}

#[test]
fn multipliers_of_accumulators_and_activations_together() {
    for (multiplier, shift) in [(3u16, 14), (200, 18), (0, 14)] {
        let (lo, hi) = (-2, 3);
        let requant = Layer::MultiplierRequant { shift, lo, hi };
        let neuron = Neuron::taking(Takes::Mixed, requant, Some(multiplier));
        assert_eq!(neuron.circuit.plan().own_multipliers(2), 1);
        let values = around_steps(&neuron, multiplier.into(), (-16_000, 16_000));
        exhaust_values(&neuron, &values);
    }
}

#[test]
fn plain_shifts_of_activations_and_sums() {
    for takes in [Takes::Values, Takes::Mixed] {
        for shift in [4, 5] {
            let (lo, hi) = (-2, 3);
            let shift = if takes == Takes::Mixed {
                shift + 8
            } else {
                shift
            };
            let neuron = Neuron::taking(takes, Layer::Requant { shift, lo, hi }, None);
            let range = if takes == Takes::Mixed { 16_000 } else { 127 };
            exhaust_values(&neuron, &around_steps(&neuron, 1, (-range, range)));
        }
    }
}

/// Two channels, the second with a multiplier: `[channels, 1, 1]`.
fn two_channels(requant: Layer, mixed: bool) -> Topology {
    let conv = Layer::Conv2d {
        in_channels: 2,
        out_channels: 2,
        window: Window::square(1, 1),
        groups: 1,
    };
    let before = match mixed {
        true => Layer::Add {
            with: Source::Input,
            scale: [1, 2],
        },
        false => Layer::Requant {
            shift: 5,
            lo: 0,
            hi: 255,
        },
    };
    let layers = vec![conv, before, requant];
    Topology::new(vec![2, 1, 2], ActivationType::U8, layers).unwrap()
}

/// Each channel has its own factor: exchanging the columns of two multipliers shows.
#[test]
fn multipliers_stay_with_their_channel() {
    let (lo, hi) = (0, 255);
    for mixed in [true, false] {
        let topology = two_channels(Layer::MultiplierRequant { shift: 18, lo, hi }, mixed);
        let circuit = Circuit::new(&topology, 3).unwrap();
        let weights = LinearWeights {
            weight: vec![1, 2, 3, 4],
            bias: vec![5, 6],
        };
        let model =
            Model::with_multipliers(topology, vec![weights], vec![vec![2000, 1000]]).unwrap();
        let rows = Matrix::new(3, 4, (1..13).map(|v| v * 9).collect()).unwrap();
        let honest = assignment(&circuit, &model, &rows);
        let matrices = circuit.matrices();
        assert_eq!(matrices.first_unsatisfied(&honest), None);
        let at = requants(&circuit).pop().unwrap().2.multipliers;
        assert_eq!(honest[at..at + 2], [Fr::from(2000u64), Fr::from(1000u64)]);
        let mut changed = honest.clone();
        changed.swap(at, at + 1);
        complete(&circuit, &matrices, &mut changed);
        assert!(matrices.first_unsatisfied(&changed).is_some());
        for by in [Fr::ONE, -Fr::ONE] {
            let mut changed = honest.clone();
            changed[at] += by;
            complete(&circuit, &matrices, &mut changed);
            assert!(matrices.first_unsatisfied(&changed).is_some());
        }
    }
}

/// One element may not hold channels with multipliers of their own: the plan refuses such lanes,
/// and so does key generation.
#[test]
fn channels_with_own_multipliers_never_share_an_element() {
    let (lo, hi) = (0, 255);
    for mixed in [true, false] {
        let topology = two_channels(Layer::MultiplierRequant { shift: 18, lo, hi }, mixed);
        let plan = Plan::new(&topology, 3).unwrap();
        for (layer, _, requant) in plan.requants() {
            if plan.own_multipliers(layer) == 0 {
                continue;
            }
            let of = plan.tensor(plan.nodes[layer].source);
            let grid = requant.grid(of);
            for element in grid.elements() {
                let channels: Vec<usize> = grid
                    .lanes_of(element, 3)
                    .map(|(_, _, output)| grid.index(output, element) / of.positions())
                    .collect();
                assert!(channels.windows(2).all(|c| c[0] == c[1]), "{channels:?}");
            }
        }
        let mut spoilt = plan.clone();
        for layer in &mut spoilt.layers {
            match layer {
                crate::LayerPlan::Product(plan) if mixed => {
                    (plan.lanes.rows, plan.lanes.row_groups) = (2, 1);
                }
                crate::LayerPlan::Requant(plan) if mixed => {
                    (plan.lanes.rows, plan.lanes.row_groups) = (2, 1);
                }
                crate::LayerPlan::Requant(plan) if plan.groups == 2 => {
                    plan.groups = 1;
                }
                _ => {}
            }
        }
        assert!(matches!(spoilt.check(), Err(crate::Error::Lanes { .. })));
    }
}

/// Shifts of channels are constants of the circuit: with another one the same values are refused.
#[test]
fn shifts_of_channels_are_the_topologys() {
    let of = |shifts: Vec<u32>, mixed: bool| {
        let (lo, hi) = (0, 255);
        let topology = two_channels(Layer::ChannelRequant { shifts, lo, hi }, mixed);
        let circuit = Circuit::new(&topology, 2).unwrap();
        let weights = LinearWeights {
            weight: vec![1, 2, 3, 4],
            bias: vec![5, 6],
        };
        let model = Model::new(topology, vec![weights]).unwrap();
        let rows = Matrix::new(2, 4, (1..9).map(|v| v * 9).collect()).unwrap();
        let values = assignment(&circuit, &model, &rows);
        (circuit, values)
    };
    for mixed in [true, false] {
        let (circuit, honest) = of(vec![3, 1], mixed);
        let matrices = circuit.matrices();
        assert_eq!(matrices.first_unsatisfied(&honest), None);
        let (other, values) = of(vec![1, 3], mixed);
        assert_eq!(other.matrices().first_unsatisfied(&values), None);
        if values.len() == honest.len() {
            assert!(matrices.first_unsatisfied(&values).is_some());
        }
        assert_ne!(values.first().copied(), Some(Fr::ZERO));
    }
}
