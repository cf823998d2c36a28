//! Checks the layers against each other and derives all shapes and bounds.

mod layers;

use super::node::{Operation, Scale, TensorType};
use super::{
    ActivationType, Content, Layer, Node, Source, Windows, MAX_LAYERS, MAX_MULTIPLIER_SHIFT,
    MAX_SHIFT, MAX_SHIFT_SPREAD, MAX_WIDTH,
};
use crate::Error;

/// The type of the network's input.
pub(super) fn input(shape: &[usize], dtype: ActivationType) -> Result<TensorType, Error> {
    let len = shape
        .iter()
        .try_fold(1usize, |len, dim| len.checked_mul(*dim));
    match len {
        Some(len) if !shape.is_empty() && (1..=MAX_WIDTH).contains(&len) => Ok(TensorType {
            shape: shape.to_vec(),
            lo: dtype.min(),
            hi: dtype.max(),
            content: Content::Values,
        }),
        _ => Err(Error::Input(format!(
            "shape {shape:?} must hold between 1 and {MAX_WIDTH} values"
        ))),
    }
}

pub(super) fn nodes(input: &TensorType, layers: &[(Layer, Source)]) -> Result<Vec<Node>, Error> {
    if layers.is_empty() || layers.len() > MAX_LAYERS {
        return Err(Error::LayerCount {
            found: layers.len(),
            max: MAX_LAYERS,
        });
    }
    let mut nodes: Vec<Node> = Vec::new();
    for (index, (layer, source)) in layers.iter().enumerate() {
        let derive = Derive {
            index,
            kind: layer.kind(),
            input,
            nodes: &nodes,
        };
        let x = derive.tensor(*source)?;
        let (operation, output) = derive.layer(layer, x)?;
        derive.check_output(&output)?;
        nodes.push(Node {
            source: *source,
            operation,
            output,
        });
    }
    check_uses(&nodes)?;
    if !nodes
        .iter()
        .any(|n| matches!(n.operation, Operation::Weighted(_)))
    {
        return Err(Error::NoWeights);
    }
    Ok(nodes)
}

/// Every layer but the last is used, accumulators once.
fn check_uses(nodes: &[Node]) -> Result<(), Error> {
    let mut used_by: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        let with = match &node.operation {
            Operation::Add(add) => Some(add.with),
            _ => None,
        };
        for source in [Some(node.source), with].into_iter().flatten() {
            if let Source::Layer(layer) = source {
                used_by[layer].push(index);
            }
        }
    }
    for (layer, (node, by)) in nodes.iter().zip(&used_by).enumerate() {
        let last = layer + 1 == nodes.len();
        if by.is_empty() && !last {
            return Err(Error::Unused { layer });
        }
        if let ([first, second, ..], true) = (&by[..], node.output.is_accumulators()) {
            return Err(Error::AccumulatorsUsedTwice {
                layer,
                by: [*first, *second],
            });
        }
    }
    Ok(())
}

/// One layer and what is before it.
struct Derive<'a> {
    index: usize,
    kind: &'static str,
    input: &'a TensorType,
    nodes: &'a [Node],
}

impl<'a> Derive<'a> {
    fn tensor(&self, source: Source) -> Result<&'a TensorType, Error> {
        match source {
            Source::Input => Ok(self.input),
            Source::Layer(layer) => match self.nodes.get(layer) {
                Some(node) => Ok(&node.output),
                None => Err(Error::NotEarlier {
                    layer: self.index,
                    kind: self.kind,
                    found: layer,
                }),
            },
        }
    }

    fn layer(&self, layer: &Layer, x: &TensorType) -> Result<(Operation, TensorType), Error> {
        match layer {
            Layer::Linear { inputs, outputs } => self.linear(x, *inputs, *outputs),
            Layer::Conv2d {
                in_channels,
                out_channels,
                window,
                groups,
            } => {
                let windows = Windows::new(self.index, self.kind, &x.shape, *window)?;
                self.conv2d(x, windows, [*in_channels, *out_channels], *groups)
            }
            Layer::Requant { shift, lo, hi } => {
                self.check_shift(*shift, MAX_SHIFT)?;
                self.requant(x, Scale::Shift(*shift), *lo, *hi)
            }
            Layer::MultiplierRequant { shift, lo, hi } => {
                self.check_shift(*shift, MAX_MULTIPLIER_SHIFT)?;
                let scale = Scale::Multipliers {
                    shift: *shift,
                    channels: x.channels(),
                };
                self.requant(x, scale, *lo, *hi)
            }
            Layer::ChannelRequant { shifts, lo, hi } => {
                self.check_shifts(shifts, x.channels())?;
                self.requant(x, Scale::Shifts(shifts.clone()), *lo, *hi)
            }
            Layer::AvgPool { window } => {
                let windows = Windows::new(self.index, self.kind, &x.shape, *window)?;
                Ok(self.avgpool(x, windows))
            }
            Layer::MaxPool { window } => {
                let windows = Windows::new(self.index, self.kind, &x.shape, *window)?;
                self.maxpool(x, windows)
            }
            Layer::Add { with, scale } => self.add(x, *with, *scale),
            Layer::Flatten => {
                let shape = vec![x.len()];
                Ok((Operation::Flatten, TensorType { shape, ..x.clone() }))
            }
        }
    }

    fn check_width(&self, found: usize) -> Result<(), Error> {
        if (1..=MAX_WIDTH).contains(&found) {
            return Ok(());
        }
        Err(Error::Width {
            layer: self.index,
            kind: self.kind,
            found,
            max: MAX_WIDTH,
        })
    }

    fn check_shift(&self, found: u32, max: u32) -> Result<(), Error> {
        if found <= max {
            return Ok(());
        }
        Err(Error::Shift {
            layer: self.index,
            found,
            max,
        })
    }

    fn check_shifts(&self, shifts: &[u32], channels: usize) -> Result<(), Error> {
        if shifts.len() != channels {
            return Err(Error::ShiftCount {
                layer: self.index,
                found: shifts.len(),
                channels,
            });
        }
        for shift in shifts {
            self.check_shift(*shift, MAX_SHIFT)?;
        }
        let (least, most) = (shifts.iter().min(), shifts.iter().max());
        let spread = most.unwrap_or(&0) - least.unwrap_or(&0);
        if spread > MAX_SHIFT_SPREAD {
            return Err(Error::ShiftSpread {
                layer: self.index,
                found: spread,
                max: MAX_SHIFT_SPREAD,
            });
        }
        Ok(())
    }

    /// Not too many values, and all of them in `i32`.
    fn check_output(&self, output: &TensorType) -> Result<(), Error> {
        let len = output
            .shape
            .iter()
            .try_fold(1usize, |len, dim| len.checked_mul(*dim));
        if len.is_none_or(|len| len > MAX_WIDTH) {
            return Err(Error::TensorSize {
                layer: self.index,
                kind: self.kind,
                shape: output.shape.clone(),
                max: MAX_WIDTH,
            });
        }
        self.check_bound(output.hi.max(-output.lo))
    }

    fn check_bound(&self, bound: i64) -> Result<(), Error> {
        if bound > i32::MAX.into() {
            return Err(Error::AccumulatorBound {
                layer: self.index,
                kind: self.kind,
                bound,
                limit: i32::MAX.into(),
            });
        }
        Ok(())
    }
}
