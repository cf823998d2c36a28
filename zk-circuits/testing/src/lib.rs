//! Random networks of all kinds of layers, for tests.
//!
//! A crate of its own, and not a feature of `swarm-network`: with a feature that only tests ask for,
//! everything built on that crate would be compiled once for tests and once more for binaries. Tests
//! of `swarm-network` itself that take these networks are integration tests, since its unit tests
//! have types of their own.

use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Source, Topology, Window,
};

/// Knuth's MMIX generator; its high bits are good enough here. The same networks, weights and
/// inputs for the same seed.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// In `0..below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % below
    }

    /// In `lo..=hi`, often at the ends.
    pub fn value(&mut self, lo: i64, hi: i64) -> i64 {
        match self.below(6) {
            0 => lo,
            1 => hi,
            _ => lo + (self.below(1 << 31) as i64) % (hi - lo + 1),
        }
    }

    fn window(&mut self) -> Window {
        let kernel = [1 + self.below(3), 1 + self.below(3)];
        let pad = |random: &mut Self, axis: usize| random.below(kernel[axis]);
        Window {
            kernel,
            stride: [1 + self.below(2), 1 + self.below(2)],
            padding: [pad(self, 0), pad(self, 1), pad(self, 0), pad(self, 1)],
        }
    }

    fn clamp(&mut self) -> (i32, i32) {
        match self.below(3) {
            0 => (0, 255),
            1 => (-128, 127),
            _ => {
                let lo = self.value(-128, 126) as i32;
                (lo, self.value(lo as i64 + 1, 127) as i32)
            }
        }
    }

    fn layer(&mut self, topology: &Topology) -> (Layer, Source) {
        let last = topology.layers().len() - 1;
        let source = match self.below(6) {
            0 => Source::Layer(self.below(last + 1)),
            1 => Source::Input,
            _ => Source::Layer(last),
        };
        let x = topology.tensor(source);
        let (lo, hi) = self.clamp();
        let layer = match self.below(12) {
            0 | 1 => Layer::Linear {
                inputs: x.len(),
                outputs: 1 + self.below(5),
            },
            2..=4 => {
                let groups = 1 + self.below(2);
                Layer::Conv2d {
                    in_channels: x.channels(),
                    out_channels: groups * (1 + self.below(3)),
                    window: self.window(),
                    groups,
                }
            }
            5 => Layer::MultiplierRequant {
                shift: 10 + self.below(25) as u32,
                lo,
                hi,
            },
            6 => Layer::ChannelRequant {
                shifts: (0..x.channels()).map(|_| self.below(14) as u32).collect(),
                lo,
                hi,
            },
            7 => Layer::AvgPool {
                window: self.window(),
            },
            8 => Layer::MaxPool {
                window: self.window(),
            },
            9 => Layer::Add {
                with: match self.below(3) {
                    0 => Source::Input,
                    _ => Source::Layer(self.below(last + 1)),
                },
                scale: [1 + self.below(3) as u32, 1 + self.below(70) as u32],
            },
            10 => Layer::Flatten,
            _ => Layer::Requant {
                shift: self.below(16) as u32,
                lo,
                hi,
            },
        };
        (layer, source)
    }

    /// Two branches from the last layer that keep its shape, and their sum.
    fn branch(&mut self, topology: &Topology, layers: &mut Vec<(Layer, Source)>) {
        let from = layers.len() - 1;
        let x = topology.output();
        for _ in 0..2 {
            let (lo, hi) = self.clamp();
            let window = Window::square(3, 1).padded(1);
            let layer = match self.below(5) {
                0 => Layer::MaxPool { window },
                1 => Layer::MultiplierRequant {
                    shift: 10 + self.below(10) as u32,
                    lo,
                    hi,
                },
                2 => Layer::Requant { shift: 1, lo, hi },
                3 => Layer::AvgPool { window },
                _ => Layer::Conv2d {
                    in_channels: x.channels(),
                    out_channels: x.channels(),
                    window,
                    groups: 1,
                },
            };
            layers.push((layer, Source::Layer(from)));
        }
        let add = Layer::Add {
            with: Source::Layer(from + 1),
            scale: [1 + self.below(3) as u32, 1 + self.below(3) as u32],
        };
        layers.push((add, Source::Layer(from + 2)));
    }

    /// A network that begins with a convolution and has up to `most` layers, each of which is
    /// tried until one fits.
    pub fn topology(&mut self, most: usize) -> Topology {
        let channels = 1 + self.below(3);
        let shape = vec![channels, 2 + self.below(4), 2 + self.below(4)];
        let dtype = match self.below(2) {
            0 => ActivationType::U8,
            _ => ActivationType::I8,
        };
        let conv = Layer::Conv2d {
            in_channels: channels,
            out_channels: 1 + self.below(4),
            window: Window::square(1 + self.below(2), 1),
            groups: 1,
        };
        let mut layers = vec![(conv, Source::Input)];
        let graph = |layers: &[_]| Topology::graph(shape.clone(), dtype, layers.to_vec());
        let mut found = graph(&layers).unwrap();
        for _ in 0..40 * most {
            if layers.len() >= most {
                break;
            }
            let mut longer = layers.clone();
            match self.below(4) {
                0 => self.branch(&found, &mut longer),
                _ => longer.push(self.layer(&found)),
            }
            if let Ok(topology) = graph(&longer) {
                (layers, found) = (longer, topology);
            }
        }
        found
    }

    /// Weights, biases and multipliers in range, often at its ends.
    pub fn model(&mut self, topology: &Topology) -> Model {
        let weights = topology
            .weighted()
            .map(|w| LinearWeights {
                weight: (0..w.weight_len())
                    .map(|_| self.value(-128, 127) as i8)
                    .collect(),
                bias: (0..w.outputs)
                    .map(|_| self.value(-w.bias_bound, w.bias_bound) as i32)
                    .collect(),
            })
            .collect();
        let multipliers = topology
            .multiplied()
            .map(|r| {
                (0..r.multipliers())
                    .map(|_| self.value(0, 65535) as u16)
                    .collect()
            })
            .collect();
        Model::with_multipliers(topology.clone(), weights, multipliers).unwrap()
    }

    /// `[rows, in]`, in range and often at its ends.
    pub fn input(&mut self, topology: &Topology, rows: usize) -> Matrix {
        let (lo, hi) = (topology.input_type().min(), topology.input_type().max());
        let values = (0..rows * topology.input_len())
            .map(|_| self.value(lo, hi) as i32)
            .collect();
        Matrix::new(rows, topology.input_len(), values).unwrap()
    }
}
