//! Layers as a topology lists them.

use std::fmt;

/// Type of an 8-bit activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivationType {
    U8,
    I8,
}

impl ActivationType {
    pub fn min(self) -> i64 {
        match self {
            Self::U8 => 0,
            Self::I8 => -128,
        }
    }

    pub fn max(self) -> i64 {
        match self {
            Self::U8 => 255,
            Self::I8 => 127,
        }
    }

    /// Largest absolute value.
    pub fn magnitude(self) -> i64 {
        self.max().max(-self.min())
    }

    /// The type that holds `lo..=hi`; `u8` where both do.
    pub fn holding(lo: i64, hi: i64) -> Option<Self> {
        let holds = |t: &Self| t.min() <= lo && hi <= t.max();
        [Self::U8, Self::I8].into_iter().find(holds)
    }
}

/// Whose output a layer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The network's input.
    Input,
    /// The output of an earlier layer, by its index.
    Layer(usize),
}

impl Source {
    /// What layer `layer` takes unless it says otherwise.
    pub fn before(layer: usize) -> Self {
        match layer.checked_sub(1) {
            None => Self::Input,
            Some(before) => Self::Layer(before),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("the input"),
            Self::Layer(layer) => write!(f, "layer {layer}"),
        }
    }
}

/// How a window moves over the two spatial axes of a `[c, h, w]` tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Height and width.
    pub kernel: [usize; 2],
    /// Down and to the right.
    pub stride: [usize; 2],
    /// Rows and columns added around the tensor: top, left, bottom, right.
    pub padding: [usize; 4],
}

impl Window {
    /// A square window without padding.
    pub fn square(kernel: usize, stride: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding: [0; 4],
        }
    }

    /// The same padding on all four sides.
    pub fn padded(self, padding: usize) -> Self {
        Self {
            padding: [padding; 4],
            ..self
        }
    }
}

/// One layer. Those with weights give accumulators, which a requant makes activations again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// `acc[o] = bias[o] + Σ_i weight[o,i] · x[i]`, over the values of `x` in row-major order
    /// whatever its shape; gives `[outputs]`.
    Linear { inputs: usize, outputs: usize },
    /// Cross-correlation with zeros around the tensor: `acc[o,y,x] = bias[o] +
    /// Σ_{i,dy,dx} weight[o,i,dy,dx] · x[g·in/groups + i, y·sy + dy − top, x·sx + dx − left]`, where
    /// channel `o` belongs to group `g`, `out_channels / groups` channels to each.
    Conv2d {
        in_channels: usize,
        out_channels: usize,
        window: Window,
        groups: usize,
    },
    /// `q = clamp(floor(acc / 2^shift), lo, hi)`; `lo = 0` makes it a ReLU.
    Requant { shift: u32, lo: i32, hi: i32 },
    /// `q = clamp(floor(acc · m / 2^shift), lo, hi)` with a multiplier `m` of 16 bits for each
    /// channel, which is part of the weights.
    MultiplierRequant { shift: u32, lo: i32, hi: i32 },
    /// [`Self::Requant`] with a shift for each channel.
    ChannelRequant { shifts: Vec<u32>, lo: i32, hi: i32 },
    /// The **sum** over each window, zeros around the tensor included: the division by the size of
    /// the window belongs to a shift or a multiplier after it.
    AvgPool { window: Window },
    /// The largest value of each window that lies inside the tensor: padding never wins.
    MaxPool { window: Window },
    /// `scale[0] · x + scale[1] · y`, where `y` is the output of `with`.
    Add { with: Source, scale: [u32; 2] },
    /// The same values as one row: `[c, h, w]` becomes `[c·h·w]`.
    Flatten,
}

impl Layer {
    /// Its name in the file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Linear { .. } => "linear",
            Self::Conv2d { .. } => "conv2d",
            Self::Requant { .. } | Self::MultiplierRequant { .. } | Self::ChannelRequant { .. } => {
                "requant"
            }
            Self::AvgPool { .. } => "avgpool",
            Self::MaxPool { .. } => "maxpool",
            Self::Add { .. } => "add",
            Self::Flatten => "flatten",
        }
    }
}
