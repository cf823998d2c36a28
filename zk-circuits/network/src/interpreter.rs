//! The reference semantics: what every backend and every proof must agree with.

use crate::topology::{Operation, Requant, Source, TensorType, Weighted, Windows};
use crate::{BatchInput, BatchOutput, Error, LinearWeights, Matrix, Model};

/// Everything computed for one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What each layer gives, `[batch, values]`.
    layers: Vec<Matrix>,
}

impl Trace {
    /// What each layer gives, `[batch, values]` in row-major order of its shape.
    pub fn layers(&self) -> &[Matrix] {
        &self.layers
    }

    /// What `source` gives; `input` is the network's.
    pub fn tensor<'a>(&'a self, source: Source, input: &'a Matrix) -> &'a Matrix {
        match source {
            Source::Input => input,
            Source::Layer(layer) => &self.layers[layer],
        }
    }

    /// The network's output.
    pub fn output(&self) -> &Matrix {
        self.layers.last().expect("one layer or more; qed")
    }
}

impl Model {
    /// Output of every row of `input` (`[batch, in]`), `[batch, out]`.
    pub fn run(&self, input: &Matrix) -> Result<Matrix, Error> {
        Ok(self.trace(input)?.output().clone())
    }

    /// Like [`Self::run`], with everything on the way.
    pub fn trace(&self, input: &Matrix) -> Result<Trace, Error> {
        self.topology().check_input(input)?;
        let mut trace = Trace { layers: Vec::new() };
        let mut weights = self.weights().iter();
        let mut multipliers = self.multipliers().iter();
        for node in self.topology().nodes() {
            let x = trace.tensor(node.source, input);
            let given = match &node.operation {
                Operation::Weighted(weighted) => {
                    let weights = weights.next().expect("one for each such layer; qed");
                    products(weighted, weights, x)
                }
                Operation::Requant(spec) => {
                    let multipliers = match spec.multipliers() {
                        0 => &[][..],
                        _ => multipliers.next().expect("one for each such layer; qed"),
                    };
                    requant(spec, multipliers, &node.output, x)
                }
                Operation::AvgPool(windows) => pool(windows, x, |cells| cells.sum()),
                Operation::MaxPool(windows) => pool(windows, x, |cells| {
                    cells.max().expect("no window lies in the padding; qed")
                }),
                Operation::Add(add) => {
                    let [a, b] = add.scale.map(|scale| scale as i32);
                    let y = trace.tensor(add.with, input);
                    let pairs = x.values().iter().zip(y.values());
                    let sums = pairs.map(|(x, y)| a * x + b * y).collect();
                    matrix(x.rows(), x.cols(), sums)
                }
                Operation::Flatten => x.clone(),
            };
            trace.layers.push(given);
        }
        Ok(trace)
    }

    /// The reference output of one batch as a provider would deliver it.
    pub fn run_batch(&self, input: &BatchInput) -> Result<BatchOutput, Error> {
        Ok(BatchOutput {
            rows: self.run(&input.rows)?,
            blind_y: input.blind_y,
        })
    }
}

fn matrix(rows: usize, cols: usize, values: Vec<i32>) -> Matrix {
    Matrix::new(rows, cols, values).expect("one value for each position; qed")
}

/// No sum overflows: `|bias| + Σ |w·x| ≤ acc_bound ≤ i32::MAX`, and so do all partial sums.
fn products(spec: &Weighted, weights: &LinearWeights, input: &Matrix) -> Matrix {
    let positions = spec.positions();
    let mut out = vec![0; input.rows() * spec.outputs * positions];
    let per_group = spec.outputs / spec.groups();
    let mut x = vec![0; spec.inputs];
    for item in 0..input.rows() {
        let values = input.row(item);
        let out = &mut out[item * spec.outputs * positions..][..spec.outputs * positions];
        for group in 0..spec.groups() {
            for position in 0..positions {
                for (index, x) in x.iter_mut().enumerate() {
                    let operand = spec.operand_of(group, index, position);
                    *x = operand.map_or(0, |at| values[at]);
                }
                for output in group * per_group..(group + 1) * per_group {
                    let weight = &weights.weight[output * spec.inputs..][..spec.inputs];
                    let sum: i32 = weight.iter().zip(&x).map(|(w, x)| i32::from(*w) * x).sum();
                    out[output * positions + position] = sum + weights.bias[output];
                }
            }
        }
    }
    matrix(input.rows(), spec.outputs * positions, out)
}

fn requant(spec: &Requant, multipliers: &[u16], output: &TensorType, x: &Matrix) -> Matrix {
    let positions = output.positions();
    let factors: Vec<i64> = (0..output.channels())
        .map(|channel| spec.factor(channel, multipliers))
        .collect();
    let of =
        |(at, value): (usize, &i32)| spec.apply(*value, factors[at / positions % factors.len()]);
    matrix(
        x.rows(),
        x.cols(),
        x.values().iter().enumerate().map(of).collect(),
    )
}

fn pool(
    windows: &Windows,
    input: &Matrix,
    of: impl Fn(&mut dyn Iterator<Item = i32>) -> i32,
) -> Matrix {
    let mut out = Vec::with_capacity(input.rows() * windows.channels * windows.positions());
    for item in 0..input.rows() {
        for channel in input.row(item).chunks_exact(windows.cells()) {
            for position in 0..windows.positions() {
                let mut cells = windows.covered(position).map(|cell| channel[cell]);
                out.push(of(&mut cells));
            }
        }
    }
    matrix(input.rows(), windows.channels * windows.positions(), out)
}
