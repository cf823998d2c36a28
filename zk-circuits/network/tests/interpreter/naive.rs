//! Another way to the same numbers: `i128`, Euclidean division, padded images, one item at a time,
//! from the layers alone.

use swarm_network::{Layer, Model, Source, Window};

/// An image or, as `[n, 1, 1]`, a row.
#[derive(Clone)]
struct Image {
    channels: Vec<Vec<Vec<i128>>>,
    flat: bool,
}

impl Image {
    fn row(values: Vec<i128>) -> Self {
        Self {
            channels: values.into_iter().map(|v| vec![vec![v]]).collect(),
            flat: true,
        }
    }

    fn values(&self) -> Vec<i128> {
        self.channels.iter().flatten().flatten().copied().collect()
    }

    fn map(&self, f: impl Fn(usize, i128) -> i128) -> Self {
        let mut image = self.clone();
        for (c, channel) in image.channels.iter_mut().enumerate() {
            for value in channel.iter_mut().flatten() {
                *value = f(c, *value);
            }
        }
        image
    }

    /// Every window of `channel` with `None` for the padding.
    fn windows(&self, channel: usize, window: &Window) -> Vec<Vec<Vec<Option<i128>>>> {
        let cells = &self.channels[channel];
        let [top, left, bottom, right] = window.padding;
        let width = left + cells[0].len() + right;
        let mut padded = vec![vec![None; width]; top];
        for row in cells {
            let mut line = vec![None; left];
            line.extend(row.iter().map(|v| Some(*v)));
            line.extend(vec![None; right]);
            padded.push(line);
        }
        padded.extend(vec![vec![None; width]; bottom]);
        let [kh, kw] = window.kernel;
        let rows = (0..=padded.len() - kh).step_by(window.stride[0]);
        rows.map(|y| {
            (0..=width - kw)
                .step_by(window.stride[1])
                .map(|x| {
                    padded[y..y + kh]
                        .iter()
                        .flat_map(|row| row[x..x + kw].to_vec())
                        .collect()
                })
                .collect()
        })
        .collect()
    }

    fn pool(&self, window: &Window, of: impl Fn(&[Option<i128>]) -> i128) -> Self {
        let channels = 0..self.channels.len();
        let pooled = channels.map(|c| {
            let rows = self.windows(c, window).into_iter();
            rows.map(|row| row.iter().map(|w| of(w)).collect())
                .collect()
        });
        Self {
            channels: pooled.collect(),
            flat: false,
        }
    }
}

fn requant(image: &Image, lo: i32, hi: i32, of: impl Fn(usize, i128) -> i128) -> Image {
    image.map(|channel, v| of(channel, v).max(lo.into()).min(hi.into()))
}

/// Output of one input row.
pub fn run(model: &Model, row: &[i32]) -> Vec<i128> {
    let topology = model.topology();
    let values: Vec<i128> = row.iter().map(|v| i128::from(*v)).collect();
    let input = match topology.input_shape() {
        [_, height, width] => Image {
            channels: values
                .chunks(height * width)
                .map(|c| c.chunks(*width).map(<[i128]>::to_vec).collect())
                .collect(),
            flat: false,
        },
        _ => Image::row(values),
    };
    let mut weights = model.weights().iter();
    let mut multipliers = model.multipliers().iter();
    let mut given: Vec<Image> = Vec::new();
    for (layer, node) in topology.layers().iter().zip(topology.nodes()) {
        let of = |source: Source| match source {
            Source::Input => &input,
            Source::Layer(layer) => &given[layer],
        };
        let x = of(node.source);
        let y = match layer {
            Layer::Linear { inputs, outputs } => {
                let weights = weights.next().unwrap();
                let x = x.values();
                let sum = |o: usize| {
                    let products =
                        (0..*inputs).map(|i| i128::from(weights.weight[o * inputs + i]) * x[i]);
                    i128::from(weights.bias[o]) + products.sum::<i128>()
                };
                Image::row((0..*outputs).map(sum).collect())
            }
            Layer::Conv2d {
                in_channels,
                out_channels,
                window,
                groups,
            } => {
                let weights = weights.next().unwrap();
                let (per_in, per_out) = (in_channels / groups, out_channels / groups);
                let taps = window.kernel[0] * window.kernel[1];
                let windows: Vec<_> = (0..*in_channels).map(|c| x.windows(c, window)).collect();
                let channel = |o: usize| {
                    let sum = |y: usize, x: usize| {
                        let mut sum = i128::from(weights.bias[o]);
                        for c in 0..per_in {
                            let cells = &windows[o / per_out * per_in + c][y][x];
                            for (tap, cell) in cells.iter().enumerate() {
                                let w = weights.weight[(o * per_in + c) * taps + tap];
                                sum += i128::from(w) * cell.unwrap_or(0);
                            }
                        }
                        sum
                    };
                    let width = windows[0][0].len();
                    (0..windows[0].len())
                        .map(|y| (0..width).map(|x| sum(y, x)).collect())
                        .collect()
                };
                Image {
                    channels: (0..*out_channels).map(channel).collect(),
                    flat: false,
                }
            }
            Layer::Requant { shift, lo, hi } => {
                requant(x, *lo, *hi, |_, v| v.div_euclid(1 << shift))
            }
            Layer::MultiplierRequant { shift, lo, hi } => {
                let multipliers = multipliers.next().unwrap();
                requant(x, *lo, *hi, |channel, v| {
                    (v * i128::from(multipliers[channel])).div_euclid(1 << shift)
                })
            }
            Layer::ChannelRequant { shifts, lo, hi } => {
                requant(x, *lo, *hi, |channel, v| v.div_euclid(1 << shifts[channel]))
            }
            Layer::AvgPool { window } => {
                x.pool(window, |cells| cells.iter().flatten().sum::<i128>())
            }
            Layer::MaxPool { window } => {
                x.pool(window, |cells| *cells.iter().flatten().max().unwrap())
            }
            Layer::Add { with, scale } => {
                let mut other = of(*with).values().into_iter();
                let mut sum = x.clone();
                for value in sum.channels.iter_mut().flatten().flatten() {
                    let [a, b] = scale.map(i128::from);
                    *value = a * *value + b * other.next().unwrap();
                }
                sum
            }
            Layer::Flatten => Image::row(x.values()),
        };
        let (lo, hi) = (node.output.lo.into(), node.output.hi.into());
        assert!(
            y.values().iter().all(|v| (lo..=hi).contains(v)),
            "{layer:?}"
        );
        assert_eq!(y.flat, node.output.shape.len() == 1, "{layer:?}");
        given.push(y);
    }
    given.last().unwrap().values()
}
