//! Layers in their place: what each takes and gives, and the bounds that follow.

use super::{ActivationType, Source, Windows, MAX_MULTIPLIER, WEIGHT_MIN};

/// A layer in its place in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub source: Source,
    pub operation: Operation,
    /// What it gives for each batch item.
    pub output: TensorType,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    Weighted(Weighted),
    Requant(Requant),
    /// The sum over each window.
    AvgPool(Windows),
    MaxPool(Windows),
    Add(Add),
    Flatten,
}

/// Shape and range of one batch item's part of a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorType {
    /// `[n]` or `[c, h, w]`; the input may have any rank.
    pub shape: Vec<usize>,
    /// Worst case over all weights and inputs in range.
    pub lo: i64,
    pub hi: i64,
    pub content: Content,
}

/// What the values of a tensor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Activations, or sums of a few: of the input, of requants and of max pools.
    Values,
    /// Sums in which weights have a part.
    Accumulators {
        /// Output channels of the layer with weights.
        channels: usize,
    },
}

impl TensorType {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Channels: the first axis of `[c, h, w]`, else every value is one.
    pub fn channels(&self) -> usize {
        match self.shape[..] {
            [channels, _, _] => channels,
            _ => self.len(),
        }
    }

    /// Values of one channel.
    pub fn positions(&self) -> usize {
        self.len() / self.channels()
    }

    pub fn is_accumulators(&self) -> bool {
        matches!(self.content, Content::Accumulators { .. })
    }

    /// The 8-bit type that holds the values, if there is one.
    pub fn activation_type(&self) -> Option<ActivationType> {
        ActivationType::holding(self.lo, self.hi)
    }

    /// Largest absolute value; of 8-bit values, the largest that their type holds.
    pub fn magnitude(&self) -> i64 {
        match self.activation_type() {
            Some(activations) => activations.magnitude(),
            None => self.hi.max(-self.lo),
        }
    }
}

/// A linear layer or a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighted {
    /// Index of the layer in the topology.
    pub layer: usize,
    /// Weights of one output channel: inputs of a linear layer, `in_channels / groups · kh · kw` of
    /// a convolution.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// `None` for a linear layer.
    pub conv: Option<Conv2d>,
    /// Largest absolute value of the values it takes.
    pub operand: i64,
    /// Biases lie in `-bias_bound..=bias_bound`: as large as the sum they are added to can be.
    pub bias_bound: i64,
    /// Accumulators lie in `-acc_bound..=acc_bound`, whatever weights and inputs in range.
    pub acc_bound: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv2d {
    pub windows: Windows,
    pub groups: usize,
}

impl Weighted {
    pub(super) fn new(
        layer: usize,
        inputs: usize,
        outputs: usize,
        conv: Option<Conv2d>,
        operand: i64,
    ) -> Self {
        let sum_bound = inputs as i64 * -WEIGHT_MIN * operand;
        Self {
            layer,
            inputs,
            outputs,
            conv,
            operand,
            bias_bound: sum_bound,
            acc_bound: 2 * sum_bound,
        }
    }

    /// Groups of channels that have nothing to do with each other; a linear layer is one.
    pub fn groups(&self) -> usize {
        self.conv.map_or(1, |conv| conv.groups)
    }

    /// Values of one output channel.
    pub fn positions(&self) -> usize {
        self.conv.map_or(1, |conv| conv.windows.positions())
    }

    /// Number of values it takes.
    pub fn input_len(&self) -> usize {
        self.conv
            .map_or(self.inputs, |c| c.windows.channels * c.windows.cells())
    }

    /// Shape of the weight tensor: `[out, in]` or `[out, in / groups, kh, kw]`.
    pub fn weight_shape(&self) -> Vec<usize> {
        match self.conv {
            None => vec![self.outputs, self.inputs],
            Some(conv) => {
                let [height, width] = conv.windows.window.kernel;
                let channels = conv.windows.channels / conv.groups;
                vec![self.outputs, channels, height, width]
            }
        }
    }

    /// Number of weights.
    pub fn weight_len(&self) -> usize {
        self.outputs * self.inputs
    }

    /// Multiply-accumulates of one inference.
    pub fn macs(&self) -> u64 {
        self.weight_len() as u64 * self.positions() as u64
    }

    /// Index of the value that meets weight `index` of a channel of group `group` at `position`;
    /// `None` in the padding.
    pub fn operand_of(&self, group: usize, index: usize, position: usize) -> Option<usize> {
        let Some(Conv2d { windows, groups }) = &self.conv else {
            return Some(index);
        };
        let (channel, tap) = (index / windows.taps(), index % windows.taps());
        let channel = group * (windows.channels / groups) + channel;
        let cell = windows.cell(position, tap)?;
        Some(channel * windows.cells() + cell)
    }
}

/// A requant layer: `q = clamp(floor(value · factor / 2^shift), lo, hi)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requant {
    /// Index of the layer in the topology.
    pub layer: usize,
    pub scale: Scale,
    pub lo: i32,
    pub hi: i32,
    pub output_type: ActivationType,
}

/// What a requant divides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// `2^shift`
    Shift(u32),
    /// `2^shift` with a shift for each channel.
    Shifts(Vec<u32>),
    /// `2^shift / m` with a multiplier `m` for each channel, part of the weights.
    Multipliers { shift: u32, channels: usize },
}

impl Requant {
    /// The shift after the factor: the largest of all channels.
    pub fn shift(&self) -> u32 {
        match &self.scale {
            Scale::Shift(shift) | Scale::Multipliers { shift, .. } => *shift,
            Scale::Shifts(shifts) => shifts.iter().copied().max().unwrap_or(0),
        }
    }

    /// Number of multipliers among the weights.
    pub fn multipliers(&self) -> usize {
        match self.scale {
            Scale::Multipliers { channels, .. } => channels,
            _ => 0,
        }
    }

    /// Whether every channel has the factor 1.
    pub fn is_uniform(&self) -> bool {
        matches!(self.scale, Scale::Shift(_))
    }

    /// What a value of `channel` is multiplied by before the shift: its multiplier, or
    /// `2^(shift − own shift)`, since `floor(v / 2^t) = floor(v · 2^(s−t) / 2^s)`. `multipliers` are
    /// the layer's own, as many as [`Self::multipliers`].
    pub fn factor(&self, channel: usize, multipliers: &[u16]) -> i64 {
        match &self.scale {
            Scale::Shift(_) => 1,
            Scale::Shifts(shifts) => 1 << (self.shift() - shifts[channel]),
            Scale::Multipliers { .. } => multipliers[channel].into(),
        }
    }

    /// Largest factor of any channel.
    pub fn max_factor(&self) -> i64 {
        match &self.scale {
            Scale::Shift(_) => 1,
            Scale::Shifts(shifts) => {
                let least = shifts.iter().copied().min().unwrap_or(0);
                1 << (self.shift() - least)
            }
            Scale::Multipliers { .. } => MAX_MULTIPLIER,
        }
    }

    /// `clamp(floor(value · factor / 2^shift), lo, hi)`
    pub fn apply(&self, value: i32, factor: i64) -> i32 {
        let scaled = (i64::from(value) * factor) >> self.shift();
        scaled.clamp(self.lo.into(), self.hi.into()) as i32
    }
}

/// `scale[0] · x + scale[1] · y`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Add {
    /// Where `y` comes from.
    pub with: Source,
    pub scale: [i64; 2],
}
