//! Windows as gathers: every backend can pick values by their indices.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use swarm_network::Windows;

/// Indices of values on a device.
pub(super) fn indices(of: impl Iterator<Item = usize>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = of.map(|index| index as i32).collect();
    let len = values.len();
    Tensor::from_data(TensorData::new(values, [len]), (device, DType::I32))
}

/// A zero after the last value of each row.
pub(super) fn with_zero(x: Tensor<2, Int>) -> Tensor<2, Int> {
    let [rows, _] = x.dims();
    let zero = Tensor::zeros([rows, 1], (&x.device(), DType::I32));
    Tensor::cat(vec![x, zero], 1)
}

/// A pool on a device.
pub(super) struct BurnPool {
    /// For each cell of the window the values under it, `[channels · positions]` each.
    taps: Vec<Tensor<1, Int>>,
    kind: Kind,
}

enum Kind {
    /// The padding is the value after the last, zero.
    Sum { padded: bool },
    /// The padding is another cell of the same window.
    Max,
}

impl BurnPool {
    pub fn sum(windows: &Windows, input_len: usize, device: &Device) -> Self {
        Self {
            taps: taps(windows, device, |_| input_len),
            kind: Kind::Sum {
                padded: windows.window.padding != [0; 4],
            },
        }
    }

    pub fn max(windows: &Windows, device: &Device) -> Self {
        let inside = |index: usize| {
            let (channel, position) = (index / windows.positions(), index % windows.positions());
            let cell = windows.covered(position).next();
            channel * windows.cells() + cell.expect("no window lies in the padding; qed")
        };
        Self {
            taps: taps(windows, device, inside),
            kind: Kind::Max,
        }
    }

    /// `[rows, in]` to `[rows, channels · positions]`
    pub fn run(&self, x: Tensor<2, Int>) -> Tensor<2, Int> {
        let x = match self.kind {
            Kind::Sum { padded: true } => with_zero(x),
            _ => x,
        };
        let mut taps = self.taps.iter().map(|tap| x.clone().select(1, tap.clone()));
        let first = taps.next().expect("a window has one cell or more; qed");
        taps.fold(first, |pooled, tap| match self.kind {
            Kind::Sum { .. } => pooled + tap,
            Kind::Max => pooled.max_pair(tap),
        })
    }
}

/// For each cell of the window, for each value of the output, what is under it, or `padding`.
fn taps(
    windows: &Windows,
    device: &Device,
    padding: impl Fn(usize) -> usize,
) -> Vec<Tensor<1, Int>> {
    let outputs = windows.channels * windows.positions();
    let of = |tap: usize| {
        let value = |index: usize| {
            let (channel, position) = (index / windows.positions(), index % windows.positions());
            match windows.cell(position, tap) {
                Some(cell) => channel * windows.cells() + cell,
                None => padding(index),
            }
        };
        indices((0..outputs).map(value), device)
    };
    (0..windows.taps()).map(of).collect()
}
