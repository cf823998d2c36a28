//! Where the windows of a convolution or a pool lie.

use super::{Window, MAX_KERNEL, MAX_WIDTH};
use crate::Error;

/// A window and the tensor it moves over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    pub channels: usize,
    /// Height and width of one channel, without padding.
    pub input: [usize; 2],
    pub window: Window,
    /// Height and width of what it gives: the number of positions along each axis.
    pub output: [usize; 2],
}

impl Windows {
    /// `shape` is that of the tensor of layer `layer`, which is of type `kind`.
    pub(crate) fn new(
        layer: usize,
        kind: &'static str,
        shape: &[usize],
        window: Window,
    ) -> Result<Self, Error> {
        let &[channels, height, width] = shape else {
            return Err(Error::NotAnImage {
                layer,
                kind,
                shape: shape.to_vec(),
            });
        };
        let refuse = |reason: String| Error::Window {
            layer,
            kind,
            reason,
        };
        let [top, left, bottom, right] = window.padding;
        let axes = [
            ("height", height, [top, bottom], 0),
            ("width", width, [left, right], 1),
        ];
        let mut output = [0; 2];
        for (name, size, [before, after], axis) in axes {
            let (kernel, stride) = (window.kernel[axis], window.stride[axis]);
            if !(1..=MAX_KERNEL).contains(&kernel) {
                return Err(refuse(format!(
                    "the kernel's {name} {kernel} is outside 1..={MAX_KERNEL}"
                )));
            }
            if !(1..=MAX_WIDTH).contains(&stride) {
                return Err(refuse(format!(
                    "the stride {stride} along its {name} is outside 1..={MAX_WIDTH}"
                )));
            }
            if before.max(after) >= kernel {
                return Err(refuse(format!(
                    "padding {} along its {name} must be less than the kernel's {kernel}, or a \
                     window could lie in the padding alone",
                    before.max(after)
                )));
            }
            let padded = size + before + after;
            let steps = padded.checked_sub(kernel).ok_or_else(|| {
                refuse(format!(
                    "the kernel's {name} {kernel} exceeds the padded input's {padded}"
                ))
            })?;
            output[axis] = steps / stride + 1;
        }
        Ok(Self {
            channels,
            input: [height, width],
            window,
            output,
        })
    }

    /// Number of positions of the window.
    pub fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Number of cells of one window.
    pub fn taps(&self) -> usize {
        self.window.kernel[0] * self.window.kernel[1]
    }

    /// Number of cells of one channel.
    pub fn cells(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Width of one channel with its padding.
    pub fn padded_width(&self) -> usize {
        self.input[1] + self.window.padding[1] + self.window.padding[3]
    }

    /// Row and column of the padded channel where the window of `position` begins.
    pub fn corner(&self, position: usize) -> [usize; 2] {
        let [row, col] = [position / self.output[1], position % self.output[1]];
        [row * self.window.stride[0], col * self.window.stride[1]]
    }

    /// The cell of the channel under `tap` of the window at `position`, both in row-major order;
    /// `None` in the padding.
    pub fn cell(&self, position: usize, tap: usize) -> Option<usize> {
        let [top, left, ..] = self.window.padding;
        let [row, col] = self.corner(position);
        let width = self.window.kernel[1];
        let row = (row + tap / width).checked_sub(top)?;
        let col = (col + tap % width).checked_sub(left)?;
        (row < self.input[0] && col < self.input[1]).then(|| row * self.input[1] + col)
    }

    /// Cells of the window at `position` that lie inside the channel.
    pub fn covered(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.taps()).filter_map(move |tap| self.cell(position, tap))
    }
}
