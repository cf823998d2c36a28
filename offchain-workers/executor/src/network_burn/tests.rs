//! The device's integers against the reference's.

use super::*;
use crate::probe::convolutions;
use swarm_network::{ActivationType, Layer, LinearWeights, Topology};

fn topology(input_type: ActivationType, inputs: usize) -> Topology {
    let layers = vec![Layer::Linear { inputs, outputs: 3 }];
    Topology::new(vec![inputs], input_type, layers).unwrap()
}

#[test]
fn slices_are_as_long_as_exactness_allows() {
    for (input_type, expected) in [(ActivationType::U8, 514), (ActivationType::I8, 1023)] {
        let topology = topology(input_type, 5);
        let slice = weights::exact_slice(topology.weighted().next().unwrap());
        assert_eq!(slice, expected);
        let largest = slice as i64 * 128 * input_type.magnitude();
        assert!(
            largest < weights::F32_EXACT
                && largest + 128 * input_type.magnitude() >= weights::F32_EXACT
        );
    }
}

#[test]
fn both_methods_agree_with_the_reference_at_the_extremes() {
    // 1029 = 2 * 514 + 1 inputs: two full slices and one of a single row.
    for (input_type, inputs) in [(ActivationType::U8, 1029), (ActivationType::I8, 1024)] {
        let topology = topology(input_type, inputs);
        let bound = topology.weighted().next().unwrap().bias_bound as i32;
        let odd = |i: usize| if i.is_multiple_of(2) { -128 } else { 127 };
        let weight = [
            vec![-128; inputs],
            vec![127; inputs],
            (0..inputs).map(odd).collect(),
        ];
        let weights = LinearWeights {
            weight: weight.concat(),
            bias: vec![-bound, bound, 1],
        };
        let model = Model::new(topology, vec![weights]).unwrap();
        let (lo, hi) = (input_type.min() as i32, input_type.max() as i32);
        let mixed = (0..inputs).map(|i| if i % 3 == 0 { lo } else { hi });
        let values = vec![lo; inputs]
            .into_iter()
            .chain(vec![hi; inputs])
            .chain(mixed);
        let input = Matrix::new(3, inputs, values.collect()).unwrap();
        let expected = model.run(&input).unwrap();
        for method in [Method::I32, Method::SplitF32] {
            let network = BurnNetwork::load(&model, &Device::flex(), method).unwrap();
            assert_eq!(
                network.run(&input).unwrap(),
                expected,
                "{input_type:?} {method:?}"
            );
        }
    }
}

#[test]
fn rows_beyond_one_pass_are_taken_in_several() {
    let topology = topology(ActivationType::U8, 2);
    let weights = LinearWeights {
        weight: vec![1, 2, 3, 4, 5, 6],
        bias: vec![0, 1, -1],
    };
    let model = Model::new(topology, vec![weights]).unwrap();
    let mut network = BurnNetwork::load(&model, &Device::flex(), Method::I32).unwrap();
    network.rows_at_once = 2;
    let input = Matrix::new(5, 2, (0..10).collect()).unwrap();
    assert_eq!(network.run(&input).unwrap(), model.run(&input).unwrap());
}

#[test]
fn a_device_that_panics_is_a_failure_and_not_the_end() {
    let failure = guarded::<()>(|| panic!("out of {}", "memory")).unwrap_err();
    assert_eq!(failure.to_string(), "out of memory");
}

#[test]
fn all_kinds_of_layers_agree_with_the_reference() {
    let (model, input) = convolutions().unwrap();
    let expected = model.run(&input).unwrap();
    for method in [Method::I32, Method::SplitF32] {
        let mut network = BurnNetwork::load(&model, &Device::flex(), method).unwrap();
        assert_eq!(network.run(&input).unwrap(), expected, "{method:?}");
        network.rows_at_once = 3;
        assert_eq!(
            network.run(&input).unwrap(),
            expected,
            "{method:?} in parts"
        );
    }
}

/// Values and factors at the ends of what 32 bits hold, for shifts on both sides of the parts.
#[test]
fn multipliers_are_exact_at_the_extremes() {
    let inputs = 8;
    for shift in [0, 1, 14, 15, 16, 29, 30, 31, 45, 46] {
        for (lo, hi) in [(0, 255), (-128, 127), (-3, 2)] {
            let layers = vec![
                Layer::Linear {
                    inputs: 1,
                    outputs: inputs,
                },
                Layer::MultiplierRequant { shift, lo, hi },
            ];
            let topology = Topology::new(vec![1], ActivationType::U8, layers).unwrap();
            let bound = topology.weighted().next().unwrap().bias_bound as i32;
            let weights = LinearWeights {
                weight: vec![127, -128, 127, -128, 1, -1, 0, 0],
                bias: vec![bound, -bound, 0, -1, 255, 0, -1, 1],
            };
            for multiplier in [0, 1, 3, 255, 256, 32_767, 32_768, 65_535] {
                let multipliers = vec![vec![multiplier; inputs]];
                let model =
                    Model::with_multipliers(topology.clone(), vec![weights.clone()], multipliers);
                let model = model.unwrap();
                let input = Matrix::new(4, 1, vec![0, 1, 200, 255]).unwrap();
                let network = BurnNetwork::load(&model, &Device::flex(), Method::I32).unwrap();
                let expected = model.run(&input).unwrap();
                assert_eq!(
                    network.run(&input).unwrap(),
                    expected,
                    "{multiplier} >> {shift} to {lo}..={hi}"
                );
            }
        }
    }
}

/// The factor on a tensor of all of `i32`, without a network.
#[test]
fn scaling_covers_all_of_i32() {
    let values = [
        i32::MIN,
        i32::MIN + 1,
        -65_537,
        -32_769,
        -1,
        0,
        1,
        32_767,
        32_768,
        i32::MAX,
    ];
    for factor in [0i64, 1, 2, 255, 32_768, 65_535, 65_536] {
        for shift in [0, 3, 14, 15, 20, 29, 30, 33, 46] {
            let device = Device::flex();
            let data = TensorData::new(values.to_vec(), [1, values.len()]);
            let tensor = Tensor::<2, Int>::from_data(data, (&device, DType::I32));
            let data = TensorData::new(vec![factor as i32; values.len()], [1, values.len()]);
            let factors = Tensor::<2, Int>::from_data(data, (&device, DType::I32));
            let found = requant::scaled(tensor, factors, shift).clamp(-128, 255);
            let expected =
                values.map(|v| ((i64::from(v) * factor) >> shift).clamp(-128, 255) as i32);
            let found = found.try_into_vec_as::<i32>().unwrap();
            assert_eq!(found, expected, "{factor} >> {shift}");
        }
    }
}
