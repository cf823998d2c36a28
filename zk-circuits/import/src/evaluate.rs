//! Runs a graph as its file says, in real numbers: what an imported network is compared with.

use crate::graph::{channels, Graph, Op, Step, Weights};
use swarm_network::Window;

/// Every tensor for one batch item: the input, then what each step gives.
pub fn run(graph: &Graph, input: &[f64]) -> Vec<Vec<f64>> {
    let input = match graph.input.quantised {
        None => input.to_vec(),
        Some(quantisation) => input.iter().map(|v| quantisation.real(*v as i64)).collect(),
    };
    let mut tensors = vec![input];
    for step in &graph.steps {
        let given = evaluate(graph, step, &tensors);
        tensors.push(given);
    }
    tensors
}

fn evaluate(graph: &Graph, step: &Step, tensors: &[Vec<f64>]) -> Vec<f64> {
    let x = &tensors[step.inputs[0]];
    let each = |of: &dyn Fn(f64) -> f64| x.iter().map(|v| of(*v)).collect();
    match &step.op {
        Op::Linear(weights) => (0..weights.outputs())
            .map(|out| {
                let row = &weights.values[out * x.len()..][..x.len()];
                weights.bias[out] + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()
            })
            .collect(),
        Op::Conv {
            weights,
            window,
            groups,
        } => {
            let place = Windowed::new(graph.shape(step.inputs[0]), &step.shape, window);
            convolve(weights, *groups, &place, x)
        }
        Op::Affine { scale, shift } => {
            let positions = x.len() / channels(&step.shape).max(1);
            let of = |(at, value): (usize, &f64)| {
                let channel = at / positions % scale.len();
                value * scale[channel] + shift[channel % shift.len()]
            };
            x.iter().enumerate().map(of).collect()
        }
        Op::Clip { lo, hi } => each(&|v| v.max(*lo).min(*hi)),
        Op::MaxPool { window } => {
            let place = Windowed::new(graph.shape(step.inputs[0]), &step.shape, window);
            pool(&place, x, |cells| cells.fold(f64::NEG_INFINITY, f64::max))
        }
        Op::AvgPool { window } => {
            let place = Windowed::new(graph.shape(step.inputs[0]), &step.shape, window);
            let taps = (window.kernel[0] * window.kernel[1]) as f64;
            pool(&place, x, |cells| cells.sum::<f64>() / taps)
        }
        Op::Add => {
            let y = &tensors[step.inputs[1]];
            x.iter().zip(y).map(|(x, y)| x + y).collect()
        }
        Op::Flatten => x.clone(),
        Op::Quantise(quantisation) => each(&|v| quantisation.real(quantisation.integer(v))),
    }
}

/// A window over a `[c, h, w]` tensor.
struct Windowed<'a> {
    channels: usize,
    input: [usize; 2],
    output: [usize; 2],
    window: &'a Window,
}

impl<'a> Windowed<'a> {
    fn new(input: &[usize], output: &[usize], window: &'a Window) -> Self {
        Self {
            channels: input[0],
            input: [input[1], input[2]],
            output: [output[1], output[2]],
            window,
        }
    }

    fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    fn cells(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Taps of the window at `position` that lie inside, with the cells under them.
    fn covered(&self, position: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let [height, width] = self.window.kernel;
        let [top, left, ..] = self.window.padding;
        let row = position / self.output[1] * self.window.stride[0];
        let col = position % self.output[1] * self.window.stride[1];
        (0..height * width).filter_map(move |tap| {
            let row = (row + tap / width).checked_sub(top)?;
            let col = (col + tap % width).checked_sub(left)?;
            let inside = row < self.input[0] && col < self.input[1];
            inside.then(|| (tap, row * self.input[1] + col))
        })
    }
}

fn convolve(weights: &Weights, groups: usize, place: &Windowed, x: &[f64]) -> Vec<f64> {
    let outputs = weights.outputs();
    let (per_group, in_group) = (outputs / groups, place.channels / groups);
    let taps = place.window.kernel[0] * place.window.kernel[1];
    let mut out = vec![0.0; outputs * place.positions()];
    for position in 0..place.positions() {
        let covered: Vec<(usize, usize)> = place.covered(position).collect();
        for output in 0..outputs {
            let kernel = &weights.values[output * weights.fan_in()..][..weights.fan_in()];
            let first = output / per_group * in_group;
            let mut sum = weights.bias[output];
            for channel in 0..in_group {
                let cells = &x[(first + channel) * place.cells()..][..place.cells()];
                let kernel = &kernel[channel * taps..][..taps];
                sum += covered
                    .iter()
                    .map(|(tap, cell)| kernel[*tap] * cells[*cell])
                    .sum::<f64>();
            }
            out[output * place.positions() + position] = sum;
        }
    }
    out
}

fn pool(
    place: &Windowed,
    x: &[f64],
    of: impl Fn(&mut dyn Iterator<Item = f64>) -> f64,
) -> Vec<f64> {
    let mut out = Vec::with_capacity(place.channels * place.positions());
    for channel in x.chunks_exact(place.cells()) {
        for position in 0..place.positions() {
            let mut cells = place.covered(position).map(|(_, cell)| channel[cell]);
            out.push(of(&mut cells));
        }
    }
    out
}
