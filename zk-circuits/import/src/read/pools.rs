//! Pools and means over windows.

use super::call::{Call, Value};
use super::windows::{self, window};
use super::Builder;
use crate::error::Error;
use crate::graph::Op;
use swarm_network::{Window, MAX_WIDTH};

impl Builder {
    pub(super) fn max_pool(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[&windows::ATTRIBUTES[..], &["ceil_mode", "storage_order"]].concat())?;
        self.either(call, |builder, x| {
            let kernel = windows::kernel(call)?;
            let ceil = call.int("ceil_mode", 0) != 0;
            let input = builder.graph.shape(x);
            // More padding at the end makes the last windows whole: it never wins.
            let (window, [rows, cols]) = window(call, input, kernel, ceil)?;
            let shape = vec![input[0], rows, cols];
            Ok(builder.push(&call.place, Op::MaxPool { window }, vec![x], shape))
        })
    }

    pub(super) fn average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        self.average(call, x).map(Value::Real)
    }

    pub(super) fn average(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        let known = ["ceil_mode", "count_include_pad", "channels_last"];
        call.only(&[&windows::ATTRIBUTES[..], &known].concat())?;
        call.fixed("channels_last", 0, "keep the channels first")?;
        let input = self.graph.shape(x);
        let (window, output) = window(call, input, windows::kernel(call)?, false)?;
        let beyond = windows::window(call, input, window.kernel, call.int("ceil_mode", 0) != 0)?;
        if beyond.1 != output {
            return Err(call.refuse(
                "its last windows reach beyond the input (ceil_mode)",
                "use ceil_mode=0",
            ));
        }
        if window.padding != [0; 4] && call.int("count_include_pad", 0) == 0 {
            return Err(call.refuse(
                "its mean leaves the padding out, so that it divides by another number at the edge",
                "use count_include_pad=1 or no padding",
            ));
        }
        // A mean may become a convolution, whose weights these are.
        let cells = window.kernel[0] * window.kernel[1] * input[0];
        if cells > MAX_WIDTH {
            return Err(call.refuse(
                format!("its window holds {cells} values of all channels, more than {MAX_WIDTH}"),
                "use a smaller window",
            ));
        }
        let shape = vec![input[0], output[0], output[1]];
        Ok(self.push(&call.place, Op::AvgPool { window }, vec![x], shape))
    }

    pub(super) fn global_average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        self.global_average(call, x).map(Value::Real)
    }

    pub(super) fn global_average(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        call.only(&["channels_last"])?;
        call.fixed("channels_last", 0, "keep the channels first")?;
        self.mean(call, x)
    }

    /// The mean of each channel.
    fn mean(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        let &[channels, height, width] = self.graph.shape(x) else {
            return Err(call.refuse(
                format!(
                    "it takes [batch, channels, height, width], not {:?}",
                    self.graph.shape(x)
                ),
                "write the file again",
            ));
        };
        let window = Window {
            kernel: [height, width],
            stride: [1, 1],
            padding: [0; 4],
        };
        let shape = vec![channels, 1, 1];
        Ok(self.push(&call.place, Op::AvgPool { window }, vec![x], shape))
    }

    pub(super) fn reduce_mean(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["axes", "keepdims", "noop_with_empty_axes"])?;
        let x = call.real(0)?;
        let mut axes: Vec<i64> = match call.optional_constant(1)? {
            Some(axes) => axes.values.iter().map(|v| *v as i64).collect(),
            None => call.ints("axes").unwrap_or(&[]).to_vec(),
        };
        // Negative ones count from the end of [batch, channels, height, width].
        axes.iter_mut().filter(|a| **a < 0).for_each(|a| *a += 4);
        axes.sort_unstable();
        if axes != [2, 3] || self.graph.shape(x).len() != 3 {
            return Err(call.refuse(
                "it takes the mean over other axes than height and width",
                "only the mean of whole channels is supported",
            ));
        }
        let mean = self.mean(call, x)?;
        match call.int("keepdims", 1) {
            0 => {
                let shape = vec![self.graph.len_of(mean)];
                Ok(Value::Real(self.push(
                    &call.place,
                    Op::Flatten,
                    vec![mean],
                    shape,
                )))
            }
            _ => Ok(Value::Real(mean)),
        }
    }
}
