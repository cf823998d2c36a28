//! The reference against another implementation of the same semantics, on networks of all kinds of
//! layers; extremes; rounding.

mod naive;

use proptest::prelude::*;
use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Source, Topology, Window,
};
use swarm_testing::Random;

fn check(model: &Model, input: &Matrix) -> Result<(), TestCaseError> {
    let output = model.run(input).unwrap();
    let (lo, hi) = model.topology().output_range();
    prop_assert_eq!(output.cols(), model.topology().output_len());
    for row in 0..input.rows() {
        let expected = naive::run(model, input.row(row));
        let found: Vec<i128> = output.row(row).iter().map(|v| i128::from(*v)).collect();
        prop_assert!(found.iter().all(|v| (lo.into()..=hi.into()).contains(v)));
        prop_assert_eq!(found, expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn agrees_with_the_naive_twin(seed in any::<u64>(), most in 1usize..14, rows in 1usize..4) {
        let mut random = Random(seed);
        let topology = random.topology(most);
        let model = random.model(&topology);
        let input = random.input(&topology, rows);
        check(&model, &input)?;
    }

    #[test]
    fn files_survive_a_round_trip(seed in any::<u64>(), most in 1usize..14) {
        let mut random = Random(seed);
        let topology = random.topology(most);
        let json = topology.to_json();
        let again = Topology::from_json(&json).unwrap();
        prop_assert_eq!(again.to_json(), json);
        prop_assert_eq!(&again, &topology);
        let model = random.model(&topology);
        prop_assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
    }
}

/// The random networks try everything, and graphs rather than chains.
#[test]
fn random_networks_have_layers_of_all_kinds() {
    let mut kinds = std::collections::BTreeMap::new();
    let mut branches = 0;
    for seed in 0..200 {
        let topology = Random(seed).topology(12);
        for (index, layer) in topology.layers().iter().enumerate() {
            *kinds
                .entry(
                    format!("{layer:?}")
                        .split([' ', '{'])
                        .next()
                        .unwrap()
                        .to_string(),
                )
                .or_insert(0) += 1;
            let elsewhere = topology.nodes()[index].source != Source::before(index);
            branches += usize::from(elsewhere || matches!(layer, Layer::Add { .. }));
        }
    }
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    assert!(kinds.values().all(|count| *count > 10), "{kinds:?}");
    assert!(branches > 50, "{branches}");
}

#[test]
fn extremes_stay_within_the_bound() {
    let inputs = 32896;
    let layers = vec![Layer::Linear { inputs, outputs: 2 }];
    let topology = Topology::new(vec![inputs], ActivationType::U8, layers).unwrap();
    let bound = topology.weighted().next().unwrap().bias_bound as i32;
    let weight = [vec![-128; inputs], vec![127; inputs]].concat();
    let bias = vec![-bound, bound];
    let model = Model::new(topology, vec![LinearWeights { weight, bias }]).unwrap();
    let input = Matrix::new(1, inputs, vec![255; inputs]).unwrap();
    let low = -2 * i64::from(bound);
    let high = i64::from(bound) + 127 * 255 * inputs as i64;
    let output = model.run(&input).unwrap();
    assert_eq!(i64::from(output.get(0, 0)), low);
    assert_eq!(i64::from(output.get(0, 1)), high);
}

/// One neuron with weight 1 and the requant under test after it.
fn requantised(requant: Layer, multiplier: Option<u16>, values: &[i32]) -> Vec<i32> {
    let layers = vec![
        Layer::Linear {
            inputs: 1,
            outputs: 1,
        },
        requant,
    ];
    let topology = Topology::new(vec![1], ActivationType::I8, layers).unwrap();
    let of = |value: &i32| {
        // What the input cannot reach, the bias does.
        let x = (*value).clamp(-128, 127);
        let weights = vec![LinearWeights {
            weight: vec![1],
            bias: vec![value - x],
        }];
        let multipliers = multiplier.map(|m| vec![m]).into_iter().collect();
        let model = Model::with_multipliers(topology.clone(), weights, multipliers).unwrap();
        let input = Matrix::new(1, 1, vec![x]).unwrap();
        model.run(&input).unwrap().get(0, 0)
    };
    values.iter().map(of).collect()
}

#[test]
fn negative_accumulators_round_down() {
    let (lo, hi) = (-128, 127);
    let found = requantised(
        Layer::Requant { shift: 8, lo, hi },
        None,
        &[-1, -256, -257, 255, 256, 16000],
    );
    assert_eq!(found, [-1, -1, -2, 0, 1, 62]);
    let narrow = Layer::Requant {
        shift: 0,
        lo: -2,
        hi: 2,
    };
    assert_eq!(requantised(narrow, None, &[-3, -2, 2, 3]), [-2, -2, 2, 2]);
    // 3 / 256 of each, rounded down.
    let found = requantised(
        Layer::MultiplierRequant { shift: 8, lo, hi },
        Some(3),
        &[-1, -85, -86, 85, 86, 16000],
    );
    assert_eq!(found, [-1, -1, -2, 0, 1, 127]);
    let shifts = Layer::ChannelRequant {
        shifts: vec![3],
        lo,
        hi,
    };
    assert_eq!(
        requantised(shifts, None, &[-1, -8, -9, 7, 8]),
        [-1, -1, -2, 0, 1]
    );
}

#[test]
fn padding_counts_as_zero_in_sums_and_never_wins_a_maximum() {
    let window = Window::square(2, 2).padded(1);
    let one = Layer::Conv2d {
        in_channels: 1,
        out_channels: 1,
        window: Window::square(1, 1),
        groups: 1,
    };
    let run = |pool: Layer| {
        let layers = vec![
            pool,
            Layer::Requant {
                shift: 0,
                lo: -128,
                hi: 127,
            },
            one.clone(),
        ];
        let topology = Topology::new(vec![1, 2, 2], ActivationType::I8, layers).unwrap();
        let weights = vec![LinearWeights {
            weight: vec![1],
            bias: vec![0],
        }];
        let model = Model::new(topology, weights).unwrap();
        let input = Matrix::new(1, 4, vec![-1, -2, -3, -4]).unwrap();
        model.run(&input).unwrap().into_values()
    };
    assert_eq!(run(Layer::AvgPool { window }), [-1, -2, -3, -4]);
    assert_eq!(run(Layer::MaxPool { window }), [-1, -2, -3, -4]);
}

#[test]
fn inputs_out_of_range_are_named() {
    let layers = vec![Layer::Linear {
        inputs: 2,
        outputs: 1,
    }];
    let topology = Topology::new(vec![2], ActivationType::I8, layers).unwrap();
    let weights = LinearWeights {
        weight: vec![1, 1],
        bias: vec![0],
    };
    let model = Model::new(topology, vec![weights]).unwrap();
    let run = |cols, values| model.run(&Matrix::new(1, cols, values).unwrap());
    assert_eq!(run(2, vec![127, -128]).unwrap().values(), [-1]);
    assert_eq!(
        run(2, vec![0, 128]).unwrap_err().to_string(),
        "tensor input[0, 1] is 128, outside -128..=127"
    );
    assert_eq!(
        run(3, vec![0, 0, 0]).unwrap_err().to_string(),
        "tensor input has shape [1, 3]; expected [1, 2]"
    );
}
