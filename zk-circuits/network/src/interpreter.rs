//! The reference semantics: what every backend and every proof must agree with.

use crate::topology::{Linear, Requant};
use crate::{BatchOutput, Error, LinearWeights, Matrix, Model};

/// Everything computed for one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Accumulators of each stage's linear layer, `[batch, out]`.
    pub accumulators: Vec<Matrix>,
    /// Activations of each stage's requant layer, `[batch, out]`; `None` where there is none.
    pub activations: Vec<Option<Matrix>>,
}

impl Trace {
    /// The network's output.
    pub fn output(&self) -> &Matrix {
        match self.activations.last() {
            Some(Some(activations)) => activations,
            _ => self.accumulators.last().expect("one stage or more; qed"),
        }
    }
}

/// `clamp(floor(acc / 2^shift), lo, hi)`
pub fn requantise(acc: i32, requant: &Requant) -> i32 {
    (acc >> requant.shift).clamp(requant.lo, requant.hi)
}

impl Model {
    /// Output of every row of `input` (`[batch, in]`), `[batch, out]`.
    pub fn run(&self, input: &Matrix) -> Result<Matrix, Error> {
        Ok(self.trace(input)?.output().clone())
    }

    /// Like [`Self::run`], with all accumulators and activations on the way.
    pub fn trace(&self, input: &Matrix) -> Result<Trace, Error> {
        self.topology().check_input(input)?;
        let mut trace = Trace {
            accumulators: Vec::new(),
            activations: Vec::new(),
        };
        for (stage, weights) in self.topology().stages().iter().zip(self.weights()) {
            let x = match trace.activations.last() {
                Some(Some(activations)) => activations,
                _ => input,
            };
            let accumulators = linear(&stage.linear, weights, x);
            let activations = stage.requant.map(|r| requant(&r, &accumulators));
            trace.accumulators.push(accumulators);
            trace.activations.push(activations);
        }
        Ok(trace)
    }

    /// The reference output of one batch as a provider would deliver it.
    pub fn run_batch(&self, input: &crate::BatchInput) -> Result<BatchOutput, Error> {
        Ok(BatchOutput {
            rows: self.run(&input.rows)?,
            blind_y: input.blind_y,
        })
    }
}

/// No sum overflows: `|bias| + Σ |w·x| ≤ acc_bound ≤ i32::MAX`, and so do all partial sums.
fn linear(spec: &Linear, weights: &LinearWeights, input: &Matrix) -> Matrix {
    let mut out = Vec::with_capacity(input.rows() * spec.outputs);
    for row in 0..input.rows() {
        let x = input.row(row);
        for (weight, bias) in weights.weight.chunks_exact(spec.inputs).zip(&weights.bias) {
            let sum: i32 = weight.iter().zip(x).map(|(w, x)| i32::from(*w) * x).sum();
            out.push(sum + bias);
        }
    }
    Matrix::new(input.rows(), spec.outputs, out).expect("one value per row and output; qed")
}

fn requant(spec: &Requant, accumulators: &Matrix) -> Matrix {
    let values = accumulators.values();
    let values = values.iter().map(|acc| requantise(*acc, spec)).collect();
    Matrix::new(accumulators.rows(), accumulators.cols(), values).expect("same shape; qed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationType, Layer, Topology};
    use proptest::prelude::*;

    /// Another way to the same numbers: `i64`, Euclidean division, one item at a time.
    fn naive(model: &Model, x: &[i32]) -> Vec<i64> {
        let mut x: Vec<i64> = x.iter().map(|v| i64::from(*v)).collect();
        for (stage, weights) in model.topology().stages().iter().zip(model.weights()) {
            let mut y = Vec::new();
            for o in 0..stage.linear.outputs {
                let mut acc = i64::from(weights.bias[o]);
                for (i, x) in x.iter().enumerate() {
                    acc += i64::from(weights.weight[o * stage.linear.inputs + i]) * x;
                }
                assert!(acc.abs() <= stage.linear.acc_bound);
                if let Some(r) = stage.requant {
                    acc = acc.div_euclid(1 << r.shift);
                    acc = acc.max(r.lo.into()).min(r.hi.into());
                }
                y.push(acc);
            }
            x = y;
        }
        x
    }

    fn clamp() -> impl Strategy<Value = (i32, i32)> {
        prop_oneof![
            Just((0, 255)),
            Just((-128, 127)),
            (-128i32..127).prop_flat_map(|lo| (Just(lo), lo + 1..=127)),
            (0i32..255).prop_flat_map(|lo| (Just(lo), lo + 1..=255)),
        ]
    }

    fn topologies() -> impl Strategy<Value = Topology> {
        let dtype = prop_oneof![Just(ActivationType::U8), Just(ActivationType::I8)];
        let widths = prop::collection::vec(1usize..6, 2..5);
        let requants = prop::collection::vec((0u32..16, clamp()), 4);
        (dtype, widths, requants, any::<bool>()).prop_map(|(dtype, widths, requants, last)| {
            let mut layers = Vec::new();
            for (i, pair) in widths.windows(2).enumerate() {
                layers.push(Layer::Linear {
                    inputs: pair[0],
                    outputs: pair[1],
                });
                if last || i + 2 < widths.len() {
                    let (shift, (lo, hi)) = requants[i];
                    layers.push(Layer::Requant { shift, lo, hi });
                }
            }
            Topology::new(vec![widths[0]], dtype, layers).unwrap()
        })
    }

    fn models() -> impl Strategy<Value = Model> {
        topologies().prop_flat_map(|topology| {
            let weights: Vec<_> = topology
                .stages()
                .iter()
                .map(|s| {
                    let bound = s.linear.bias_bound as i32;
                    (
                        prop::collection::vec(any::<i8>(), s.linear.inputs * s.linear.outputs),
                        prop::collection::vec(-bound..=bound, s.linear.outputs),
                    )
                        .prop_map(|(weight, bias)| LinearWeights { weight, bias })
                })
                .collect();
            weights.prop_map(move |w| Model::new(topology.clone(), w).unwrap())
        })
    }

    fn cases() -> impl Strategy<Value = (Model, Matrix)> {
        (models(), 1usize..4).prop_flat_map(|(model, rows)| {
            let dtype = model.topology().input_type();
            let cols = model.topology().input_len();
            let value = dtype.min() as i32..=dtype.max() as i32;
            prop::collection::vec(value, rows * cols)
                .prop_map(move |v| (model.clone(), Matrix::new(rows, cols, v).unwrap()))
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_twin((model, input) in cases()) {
            let output = model.run(&input).unwrap();
            let (lo, hi) = model.topology().output_range();
            for row in 0..input.rows() {
                let expected = naive(&model, input.row(row));
                let found: Vec<i64> = output.row(row).iter().map(|v| i64::from(*v)).collect();
                prop_assert!(found.iter().all(|v| (lo..=hi).contains(v)));
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn model_files_survive_a_round_trip(model in models()) {
            prop_assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
        }
    }

    #[test]
    fn extremes_stay_within_the_bound() {
        let inputs = 32896;
        let layers = vec![Layer::Linear { inputs, outputs: 2 }];
        let topology = Topology::new(vec![inputs], ActivationType::U8, layers).unwrap();
        let bound = topology.stages()[0].linear.bias_bound as i32;
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

    #[test]
    fn negative_accumulators_round_down() {
        let requant = |shift, lo, hi| Requant {
            layer: 1,
            shift,
            lo,
            hi,
            output_type: ActivationType::I8,
        };
        assert_eq!(requantise(-1, &requant(8, -128, 127)), -1);
        assert_eq!(requantise(-256, &requant(8, -128, 127)), -1);
        assert_eq!(requantise(-257, &requant(8, -128, 127)), -2);
        assert_eq!(requantise(255, &requant(8, -128, 127)), 0);
        assert_eq!(requantise(1 << 20, &requant(8, -128, 127)), 127);
        assert_eq!(requantise(-3, &requant(0, -2, 2)), -2);
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
}
