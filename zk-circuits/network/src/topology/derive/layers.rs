//! What each kind of layer takes and gives.

use super::Derive;
use crate::topology::node::{Add, Conv2d, Operation, Requant, Scale, TensorType, Weighted};
use crate::topology::{ActivationType, Content, Source, Windows, MAX_OPERAND, MAX_SCALE};
use crate::Error;

impl Derive<'_> {
    pub(super) fn linear(
        &self,
        x: &TensorType,
        inputs: usize,
        outputs: usize,
    ) -> Result<(Operation, TensorType), Error> {
        if inputs != x.len() {
            return Err(Error::WidthMismatch {
                layer: self.index,
                expected: inputs,
                found: x.len(),
            });
        }
        for found in [inputs, outputs] {
            self.check_width(found)?;
        }
        let operand = self.operand(x)?;
        let weighted = Weighted::new(self.index, inputs, outputs, None, operand);
        self.weighted(weighted, vec![outputs])
    }

    pub(super) fn conv2d(
        &self,
        x: &TensorType,
        windows: Windows,
        [in_channels, out_channels]: [usize; 2],
        groups: usize,
    ) -> Result<(Operation, TensorType), Error> {
        if in_channels != windows.channels {
            return Err(Error::ChannelMismatch {
                layer: self.index,
                expected: in_channels,
                found: windows.channels,
            });
        }
        self.check_width(out_channels)?;
        let divides = |channels: usize| groups > 0 && channels.is_multiple_of(groups);
        if !divides(in_channels) || !divides(out_channels) {
            return Err(Error::Groups {
                layer: self.index,
                groups,
                channels: [in_channels, out_channels],
            });
        }
        let inputs = in_channels / groups * windows.taps();
        let operand = self.operand(x)?;
        let conv = Conv2d { windows, groups };
        let weighted = Weighted::new(self.index, inputs, out_channels, Some(conv), operand);
        let [height, width] = windows.output;
        self.weighted(weighted, vec![out_channels, height, width])
    }

    fn weighted(
        &self,
        weighted: Weighted,
        shape: Vec<usize>,
    ) -> Result<(Operation, TensorType), Error> {
        let output = TensorType {
            shape,
            lo: -weighted.acc_bound,
            hi: weighted.acc_bound,
            content: Content::Accumulators {
                channels: weighted.outputs,
            },
        };
        Ok((Operation::Weighted(weighted), output))
    }

    /// Largest absolute value of what a layer with weights takes.
    fn operand(&self, x: &TensorType) -> Result<i64, Error> {
        if x.is_accumulators() {
            return Err(Error::NeedsActivations {
                layer: self.index,
                kind: self.kind,
            });
        }
        let found = x.magnitude();
        if found > MAX_OPERAND {
            return Err(Error::Operand {
                layer: self.index,
                kind: self.kind,
                found,
                max: MAX_OPERAND,
            });
        }
        Ok(found)
    }

    pub(super) fn requant(
        &self,
        x: &TensorType,
        scale: Scale,
        lo: i32,
        hi: i32,
    ) -> Result<(Operation, TensorType), Error> {
        let layer = self.index;
        if lo >= hi {
            return Err(Error::EmptyClamp { layer, lo, hi });
        }
        let output_type = ActivationType::holding(lo.into(), hi.into())
            .ok_or(Error::ClampType { layer, lo, hi })?;
        let requant = Requant {
            layer,
            scale,
            lo,
            hi,
            output_type,
        };
        if let Content::Accumulators { channels } = x.content {
            if !requant.is_uniform() && channels != x.channels() {
                return Err(Error::ScaleAfterFlatten { layer });
            }
        }
        let output = TensorType {
            shape: x.shape.clone(),
            lo: lo.into(),
            hi: hi.into(),
            content: Content::Values,
        };
        Ok((Operation::Requant(requant), output))
    }

    pub(super) fn avgpool(&self, x: &TensorType, windows: Windows) -> (Operation, TensorType) {
        let taps = windows.taps() as i64;
        // Zeros of the padding count, so that fewer values than taps may come together.
        let (lo, hi) = match windows.window.padding {
            [0, 0, 0, 0] => (x.lo, x.hi),
            _ => (x.lo.min(0), x.hi.max(0)),
        };
        let [height, width] = windows.output;
        let output = TensorType {
            shape: vec![windows.channels, height, width],
            lo: taps * lo,
            hi: taps * hi,
            content: x.content,
        };
        (Operation::AvgPool(windows), output)
    }

    pub(super) fn maxpool(
        &self,
        x: &TensorType,
        windows: Windows,
    ) -> Result<(Operation, TensorType), Error> {
        if x.is_accumulators() || x.activation_type().is_none() {
            return Err(Error::NeedsActivations {
                layer: self.index,
                kind: self.kind,
            });
        }
        let [height, width] = windows.output;
        let output = TensorType {
            shape: vec![windows.channels, height, width],
            ..x.clone()
        };
        Ok((Operation::MaxPool(windows), output))
    }

    pub(super) fn add(
        &self,
        x: &TensorType,
        with: Source,
        scale: [u32; 2],
    ) -> Result<(Operation, TensorType), Error> {
        let layer = self.index;
        let y = self.tensor(with)?;
        if x.shape != y.shape {
            return Err(Error::AddShapes {
                layer,
                shapes: [x.shape.clone(), y.shape.clone()],
            });
        }
        if let Some(found) = scale.into_iter().find(|s| !(1..=MAX_SCALE).contains(s)) {
            return Err(Error::AddScale {
                layer,
                found,
                max: MAX_SCALE,
            });
        }
        let content = match (x.content, y.content) {
            (Content::Values, content) | (content, Content::Values) => content,
            _ => return Err(Error::AddAccumulators { layer }),
        };
        let scale = scale.map(i64::from);
        for (scale, tensor) in scale.into_iter().zip([x, y]) {
            self.check_bound(scale * tensor.hi.max(-tensor.lo))?;
        }
        let output = TensorType {
            shape: x.shape.clone(),
            lo: scale[0] * x.lo + scale[1] * y.lo,
            hi: scale[0] * x.hi + scale[1] * y.hi,
            content,
        };
        Ok((Operation::Add(Add { with, scale }), output))
    }
}
