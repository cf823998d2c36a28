//! Windows of convolutions and pools from their attributes.

use super::call::Call;
use crate::error::Error;
use swarm_network::{Window, MAX_KERNEL};

/// Attributes that [`window`] reads.
pub const ATTRIBUTES: [&str; 5] = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

/// The window and the height and width of what it gives. `ceil`: windows that reach beyond the
/// padding count too.
pub fn window(
    call: &Call,
    input: &[usize],
    kernel: [usize; 2],
    ceil: bool,
) -> Result<(Window, [usize; 2]), Error> {
    let &[_, height, width] = input else {
        return Err(call.refuse(
            format!("it takes a tensor of shape [batch, channels, height, width], not {input:?}"),
            "one-dimensional convolutions can be written as two-dimensional ones of height 1",
        ));
    };
    if call
        .ints("dilations")
        .is_some_and(|d| d.iter().any(|d| *d != 1))
    {
        return Err(call.refuse(
            "its window is dilated",
            "use dilation 1, or a larger kernel with zeros in it",
        ));
    }
    if kernel.iter().any(|side| *side > MAX_KERNEL) {
        return Err(call.refuse(
            format!("its kernel {kernel:?} has a side above {MAX_KERNEL}"),
            "use a smaller window",
        ));
    }
    let stride = sizes::<2>(call, "strides")?.unwrap_or([1, 1]);
    if stride.contains(&0) {
        return Err(call.refuse("its stride is 0", "write the file again"));
    }
    let pads = sizes::<4>(call, "pads")?.unwrap_or([0; 4]);
    let mut padding = match call.text("auto_pad").as_str() {
        "" | "NOTSET" => pads,
        "VALID" => [0; 4],
        same @ ("SAME_UPPER" | "SAME_LOWER") => {
            let mut padding = [0; 4];
            for (axis, size) in [height, width].into_iter().enumerate() {
                let reach = (size.div_ceil(stride[axis]) - 1) * stride[axis] + kernel[axis];
                let missing = reach.saturating_sub(size);
                let (less, more) = (missing / 2, missing - missing / 2);
                let (before, after) = match same {
                    "SAME_UPPER" => (less, more),
                    _ => (more, less),
                };
                (padding[axis], padding[axis + 2]) = (before, after);
            }
            padding
        }
        other => {
            return Err(call.refuse(
                format!("its attribute \"auto_pad\" is {other:?}"),
                "export it with explicit pads",
            ))
        }
    };
    let mut output = [0; 2];
    for (axis, size) in [height, width].into_iter().enumerate() {
        let padded = size
            .checked_add(padding[axis])
            .and_then(|s| s.checked_add(padding[axis + 2]));
        let room = padded.and_then(|padded| padded.checked_sub(kernel[axis]));
        let room = room.ok_or_else(|| {
            call.refuse(
                format!("its kernel {kernel:?} exceeds the padded input of {height}x{width}"),
                "write the file again",
            )
        })?;
        output[axis] = room / stride[axis] + 1;
        let left = room % stride[axis];
        // A last window must begin inside the input or the padding before it.
        if ceil && left > 0 && output[axis] * stride[axis] < size + padding[axis] {
            output[axis] += 1;
            padding[axis + 2] += stride[axis] - left;
        }
    }
    let window = Window {
        kernel,
        stride,
        padding,
    };
    Ok((window, output))
}

/// The attribute `kernel_shape`.
pub fn kernel(call: &Call) -> Result<[usize; 2], Error> {
    sizes::<2>(call, "kernel_shape")?.ok_or_else(|| {
        call.refuse(
            "it has no attribute \"kernel_shape\"",
            "write the file again",
        )
    })
}

fn sizes<const N: usize>(call: &Call, name: &str) -> Result<Option<[usize; N]>, Error> {
    // Far above any size that a network may have, and far from overflow.
    const LARGEST: i64 = 1 << 24;
    let Some(found) = call.ints(name) else {
        return Ok(None);
    };
    let fits = |v: &i64| (0..=LARGEST).contains(v);
    let converted: Vec<usize> = match found.iter().all(fits) {
        true => found.iter().map(|v| *v as usize).collect(),
        false => Vec::new(),
    };
    match converted.try_into() {
        Ok(sizes) => Ok(Some(sizes)),
        Err(_) => Err(call.refuse(
            format!("its attribute {name:?} is {found:?}; {N} sizes are supported"),
            "two axes (height, width) are supported, with no negative padding",
        )),
    }
}
